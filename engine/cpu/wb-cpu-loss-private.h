#pragma once

#include <glib.h>
#include <math.h>

G_BEGIN_DECLS

/* For kernel files only (static in each: compiled per instruction set). */

/* log (sum (exp (logits))) of @n numbers @stride apart, with the greatest taken out */
static inline double
wb_cpu_log_sum_exp (const float *logits, gsize n, gsize stride)
{
  double greatest = (double) logits[0], sum = 0;

  for (gsize i = 1; i < n; i++)
    greatest = logits[i * stride] > greatest ? (double) logits[i * stride] : greatest;
  for (gsize i = 0; i < n; i++)
    sum += exp ((double) logits[i * stride] - greatest);
  return greatest + log (sum);
}

G_END_DECLS
