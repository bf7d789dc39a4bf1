#pragma once

#include <glib.h>

#ifdef __x86_64__
#include <cpuid.h>
#endif

G_BEGIN_DECLS

/* Whether the processor converts halves to floats, and the system keeps the registers for it.
 * (clang 14's __builtin_cpu_supports() does not know the word.) */
static inline gboolean
wb_processor_has_f16c (void)
{
#ifdef __x86_64__
  guint a, b, c, d;

  return __builtin_cpu_supports ("avx") && __get_cpuid (1, &a, &b, &c, &d) != 0 &&
         (c & bit_F16C) != 0;
#else
  return FALSE;
#endif
}

G_END_DECLS
