#include "config.h"

#include "app/figures/wb-axis-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double
nice_step (double rough, gboolean integral)
{
  static const double nice[] = { 1, 2, 2.5, 5, 10 };
  const double        power = pow (10, floor (log10 (rough)));

  for (gsize i = 0; i < G_N_ELEMENTS (nice); i++)
    {
      const double step = nice[i] * power;

      if (step >= rough * (1 - 1e-9) && (!integral || step == floor (step)))
        return step;
    }
  return integral ? MAX (1, ceil (rough)) : 10 * power;
}

/* 10^-k: a quotient of exact numbers, so that 3 * 10^-1 is written 0.3 */
static double
multiple (double count, double step)
{
  const int    k = (int) floor (log10 (step) + 1e-9) - 1;
  const double unit = pow (10, -MIN (k, 0));

  return k < 0 ? count * round (step * unit) / unit : count * step;
}

static void
linear_ticks (WbAxis *self, guint wanted)
{
  const double step = nice_step ((self->high - self->low) / wanted, self->unit == WB_AXIS_COUNT);
  const double from = ceil (self->low / step - 1e-6);
  const double magnitude = MAX (fabs (self->low), fabs (self->high));
  const double rounding = (self->high - self->low) * 1e-7;

  self->n_ticks = 0;
  self->step = step;
  for (guint i = 0; i < WB_AXIS_MAX_TICKS; i++)
    {
      const double tick = multiple (from + i, step);

      if (tick > self->high + rounding)
        break;
      if (tick >= self->low - rounding)
        self->ticks[self->n_ticks++] = tick;
    }
  self->decimals = 0;
  while (self->decimals < 12)
    {
      const double shifted = step * pow (10, self->decimals);

      if (fabs (shifted - round (shifted)) < 1e-6 * shifted)
        break;
      self->decimals++;
    }
  self->scientific = magnitude >= 1e7 || magnitude < 1e-3;
}

static void
log_ticks (WbAxis *self, guint wanted)
{
  static const double parts[] = { 1, 2, 5 };
  const double        decades = log10 (self->high / self->low);
  const guint         n_parts = decades * 3 <= wanted + 1 ? 3 : 1;
  const int           stride = MAX (1, (int) ceil (decades / wanted));
  const int           from = (int) floor (log10 (self->low));

  self->n_ticks = 0;
  for (int e = from; e <= (int) ceil (log10 (self->high)); e += stride)
    for (guint p = 0; p < n_parts; p++)
      {
        const double tick = parts[p] * pow (10, e);

        if (self->n_ticks < WB_AXIS_MAX_TICKS && tick >= self->low * (1 - 1e-9) &&
            tick <= self->high * (1 + 1e-9))
          self->ticks[self->n_ticks++] = tick;
      }
  self->decimals = -1;
  self->scientific = self->high >= 1e7 || self->low < 1e-3;
}

void
wb_axis_init (WbAxis *self, double low, double high, gboolean is_log, WbAxisUnit unit, guint wanted)
{
  memset (self, 0, sizeof *self);
  if (!isfinite (low) || !isfinite (high))
    low = 0, high = 1;
  if (high < low)
    low = high;
  low = CLAMP (low, -1e300, 1e300); /* high - low stays finite */
  high = CLAMP (high, -1e300, 1e300);
  /* too close for a double to tell ticks apart */
  if (high - low <= 1e-9 * MAX (fabs (low), fabs (high)))
    {
      const double half = low == 0 ? 1 : fabs (low) * 0.1;

      low -= low == 0 ? 0 : half;
      high += half;
    }
  self->low = low;
  self->high = high;
  self->log = is_log && low > 0;
  self->unit = unit;
  wanted = CLAMP (wanted, 2, 12);
  if (self->log)
    log_ticks (self, wanted);
  if (self->log && self->n_ticks >= 2)
    return;
  if (!wb_axis_is_time (unit) || !wb_axis_time_ticks (self, wanted))
    linear_ticks (self, wanted);
}

void
wb_axis_widen (WbAxis *self, guint wanted)
{
  double step;

  wanted = CLAMP (wanted, 2, 12);
  if (self->log)
    {
      wb_axis_init (self, self->low / 1.1, self->high * 1.1, TRUE, self->unit, wanted);
      return;
    }
  step = nice_step ((self->high - self->low) / wanted, self->unit == WB_AXIS_COUNT);
  wb_axis_init (self, multiple (floor (self->low / step + 1e-6), step),
                multiple (ceil (self->high / step - 1e-6), step), FALSE, self->unit, wanted);
}

double
wb_axis_place (const WbAxis *self, double value)
{
  if (!self->log)
    return (value - self->low) / (self->high - self->low);
  return value > 0 ? log (value / self->low) / log (self->high / self->low) : NAN;
}

double
wb_axis_value (const WbAxis *self, double place)
{
  if (!self->log)
    return self->low + place * (self->high - self->low);
  return self->low * pow (self->high / self->low, place);
}

/* 2.5e-05 as 2.5e-5 */
static char *
format_scientific (double value, guint digits)
{
  g_autofree char *text = g_strdup_printf ("%.*e", (int) digits - 1, value);
  char            *e = strchr (text, 'e');
  const int        exponent = atoi (e + 1);
  char            *end = e;

  if (memchr (text, '.', (gsize) (e - text)) != NULL ||
      memchr (text, ',', (gsize) (e - text)) != NULL)
    {
      while (end[-1] == '0')
        end--;
      if (end[-1] == '.' || end[-1] == ',')
        end--;
    }
  return g_strdup_printf ("%.*se%d", (int) (end - text), text, exponent);
}

/* 2M, 1.25G: what counts tokens would else fill the axis with zeros. */
static char *
format_large (double value)
{
  static const char *const units[] = { "M", "G", "T" };
  guint                    u = 0;

  for (value /= 1e6; u + 1 < G_N_ELEMENTS (units) && fabs (value) >= 1000; u++)
    value /= 1000;
  return g_strdup_printf ("%.6g%s", value, units[u]);
}

char *
wb_axis_label (const WbAxis *self, guint tick)
{
  const double value = self->ticks[tick];

  if (wb_axis_is_time (self->unit))
    return wb_axis_time_label (self, value);
  if (value == 0)
    return g_strdup ("0");
  if (self->unit == WB_AXIS_COUNT && fabs (value) >= 1e6 && fabs (value) < 1e15)
    return format_large (value);
  if (self->scientific)
    return format_scientific (value, 4);
  if (self->decimals < 0) /* 1, 2 or 5 times a power of ten: one digit */
    return g_strdup_printf ("%'.*f", MAX (0, -(int) floor (log10 (value) + 1e-9)), value);
  return g_strdup_printf ("%'.*f", self->decimals, value);
}

char *
wb_axis_format (double value, guint digits)
{
  const double magnitude = fabs (value);
  int          decimals;

  if (isnan (value))
    return g_strdup ("–");
  if (isinf (value))
    return g_strdup (value > 0 ? "∞" : "−∞");
  if (value == 0)
    return g_strdup ("0");
  if (magnitude < 1e-3 || magnitude >= 1e9)
    return format_scientific (value, digits);
  decimals = (int) digits - 1 - (int) floor (log10 (magnitude));
  if (value == floor (value) && magnitude < 1e9)
    decimals = 0;
  return g_strdup_printf ("%'.*f", MAX (decimals, 0), value);
}
