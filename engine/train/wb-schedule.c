#include "config.h"

#include "engine/train/wb-schedule.h"

#include <math.h>

static const char *const names[] = {
  [WB_SCHEDULE_LINEAR] = "linear",
  [WB_SCHEDULE_COSINE] = "cosine",
  [WB_SCHEDULE_COSINE_WITH_RESTARTS] = "cosine_with_restarts",
  [WB_SCHEDULE_POLYNOMIAL] = "polynomial",
  [WB_SCHEDULE_CONSTANT] = "constant",
  [WB_SCHEDULE_CONSTANT_WITH_WARMUP] = "constant_with_warmup",
  [WB_SCHEDULE_INVERSE_SQRT] = "inverse_sqrt",
  [WB_SCHEDULE_WARMUP_LINEAR] = "warmup_linear",
  [WB_SCHEDULE_WARMUP_LINEAR_SHIFT] = "warmup_linear_shift",
  [WB_SCHEDULE_WARMUP_CONSTANT] = "warmup_constant",
  [WB_SCHEDULE_WARMUP_COSINE] = "warmup_cosine",
  [WB_SCHEDULE_WARMUP_LINEAR_COSINE] = "warmup_linear_cosine",
  [WB_SCHEDULE_WARMUP_CYCLIC_LINEAR_COSINE] = "warmup_cyclic_linear_cosine",
};

const char *
wb_schedule_get_name (WbScheduleKind kind)
{
  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (names), NULL);

  return names[kind];
}

/* Whether @name is names[i], hyphens and underscores being the same. */
static gboolean
is_name (const char *name, const char *known)
{
  for (; *name != '\0' && *known != '\0'; name++, known++)
    if (*name != *known && !(*name == '-' && *known == '_'))
      return FALSE;
  return *name == *known;
}

gboolean
wb_schedule_parse (const char *name, WbScheduleKind *kind)
{
  g_return_val_if_fail (name != NULL && kind != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (is_name (name, names[i]))
      {
        *kind = (WbScheduleKind) i;
        return TRUE;
      }
  return FALSE;
}

/* transformers' schedules after the warm-up (fact sheet 5.10); q: share of the rest that is done.
 */
static double
factor_after_warmup (WbScheduleKind kind, double t, double w, double q, double learning_rate)
{
  const double polynomial_end = 1e-7, timescale = w > 0 ? w : 10000;

  switch (kind)
    {
    case WB_SCHEDULE_LINEAR:
      return fmax (0, 1 - q);
    case WB_SCHEDULE_COSINE:
      return fmax (0, 0.5 * (1 + cos (G_PI * q)));
    case WB_SCHEDULE_COSINE_WITH_RESTARTS: /* one cycle */
      return q >= 1 ? 0 : fmax (0, 0.5 * (1 + cos (G_PI * fmod (q, 1))));
    case WB_SCHEDULE_POLYNOMIAL: /* of power 1 */
      if (learning_rate <= 0)
        return 0;
      return ((learning_rate - polynomial_end) * fmax (0, 1 - q) + polynomial_end) / learning_rate;
    case WB_SCHEDULE_INVERSE_SQRT:
      return 1 / sqrt ((t + timescale - w) / timescale);
    default: /* constant_with_warmup */
      return 1;
    }
}

static double
transformers_factor (WbScheduleKind kind, double t, double total, double w, double learning_rate)
{
  if (kind == WB_SCHEDULE_CONSTANT)
    return 1;
  if (t < w)
    return t / fmax (1, w);
  return factor_after_warmup (kind, t, w, (t - w) / fmax (1, total - w), learning_rate);
}

/* f of warmup_cyclic_linear_cosine: four periods, each falling by a quarter along a cosine. */
static double
cyclic_factor (double step, double total, double w)
{
  const double rest = total - trunc (total * w);
  const double since = step - trunc (rest * w);
  const double period = fmax (1, floor (rest / 4));
  const double k = floor (since / period);
  const double sign = fmod (k, 2) == 0 ? 1 : -1;

  return fmax (0, 1 - k / 4 + (sign * cos (G_PI * since / period) - 1) / 8);
}

/* The published schedules (fact sheet 5.3), which end at 0. */
static double
published_factor (WbScheduleKind kind, double step, double total, double warmup)
{
  const double w = warmup / total;
  double       x = step / total;

  if (kind != WB_SCHEDULE_WARMUP_CYCLIC_LINEAR_COSINE)
    x -= floor (x);
  if (x < w)
    return x / w;
  switch (kind)
    {
    case WB_SCHEDULE_WARMUP_LINEAR:
      return 1 - x;
    case WB_SCHEDULE_WARMUP_LINEAR_SHIFT:
      return 1 - (x - w) / (1 - w);
    case WB_SCHEDULE_WARMUP_COSINE:
      return 0.5 * (1 + cos (G_PI * x));
    case WB_SCHEDULE_WARMUP_LINEAR_COSINE:
      return fmax (0, 0.5 * (1 + cos (G_PI * (x - w) / (1 - w))));
    case WB_SCHEDULE_WARMUP_CYCLIC_LINEAR_COSINE:
      return cyclic_factor (step, total, w);
    default: /* warmup_constant */
      return 1;
    }
}

double
wb_schedule_factor (WbScheduleKind kind,
                    guint64        step,
                    guint64        total,
                    guint64        warmup,
                    double         learning_rate)
{
  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (names), 0);

  if (kind < WB_SCHEDULE_WARMUP_LINEAR)
    return transformers_factor (kind, (double) step, (double) total, (double) warmup,
                                learning_rate);
  if (total == 0)
    return 1;
  return published_factor (kind, (double) step, (double) total, (double) warmup);
}
