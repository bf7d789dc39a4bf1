/* Durations and times of day on an axis. */
#include "config.h"

#include "app/figures/wb-axis-private.h"

#include <math.h>

#define MINUTE 60.0
#define HOUR 3600.0
#define DAY 86400.0

gboolean
wb_axis_is_time (WbAxisUnit unit)
{
  return unit == WB_AXIS_DURATION || unit == WB_AXIS_CLOCK;
}

static double
time_step (double rough)
{
  static const double steps[] = { 1,           2,           5,          10,         15,
                                  30,          MINUTE,      2 * MINUTE, 5 * MINUTE, 10 * MINUTE,
                                  15 * MINUTE, 30 * MINUTE, HOUR,       2 * HOUR,   3 * HOUR,
                                  6 * HOUR,    12 * HOUR,   DAY,        2 * DAY,    7 * DAY };

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    if (steps[i] >= rough)
      return steps[i];
  return ceil (rough / (7 * DAY)) * 7 * DAY;
}

/* Local time as the number of seconds since a local midnight in 1970; NULL where there is none. */
static GDateTime *
local_time (double value)
{
  return fabs (value) < 1e11 ? g_date_time_new_from_unix_local ((gint64) floor (value)) : NULL;
}

static double
offset_at (WbAxisUnit unit, double value)
{
  g_autoptr (GDateTime) local = unit == WB_AXIS_CLOCK ? local_time (value) : NULL;

  return local != NULL ? (double) g_date_time_get_utc_offset (local) / G_USEC_PER_SEC : 0;
}

gboolean
wb_axis_time_ticks (WbAxis *self, guint wanted)
{
  const double rough = (self->high - self->low) / wanted;
  const double offset = offset_at (self->unit, self->low);
  double       tick;

  if (!(rough > 0.5) || rough > 1e9)
    return FALSE;
  self->step = time_step (rough);
  self->decimals = 0;
  self->n_ticks = 0;
  tick = ceil ((self->low + offset) / self->step - 1e-9) * self->step - offset;
  for (; tick <= self->high && self->n_ticks < WB_AXIS_MAX_TICKS; tick += self->step)
    self->ticks[self->n_ticks++] = tick;
  return self->n_ticks > 0;
}

static char *
format_clock (double value, const char *format)
{
  g_autoptr (GDateTime) local = local_time (value);

  return local != NULL ? g_date_time_format (local, format) : g_strdup ("–");
}

static char *
clock_label (const WbAxis *self, double value)
{
  g_autofree char *midnight = format_clock (value, "%H:%M:%S");

  if (self->step >= DAY || g_str_equal (midnight, "00:00:00"))
    return format_clock (value, "%-d %b");
  return self->step < MINUTE ? g_steal_pointer (&midnight) : format_clock (value, "%H:%M");
}

/* One unit for all ticks of an axis: 45 s, 7:30 min, 1:30 h, 2.5 d. */
static char *
duration_label (const WbAxis *self, double value)
{
  const double seconds = round (fabs (value));
  const char  *sign = value < 0 && seconds > 0 ? "−" : "";

  if (value == 0)
    return g_strdup ("0");
  if (self->high < MINUTE)
    return g_strdup_printf ("%s%.6g s", sign, self->step < 1 ? fabs (value) : seconds);
  if (self->high < HOUR && self->step >= MINUTE)
    return g_strdup_printf ("%s%.0f min", sign, seconds / MINUTE);
  if (self->high < HOUR)
    return g_strdup_printf ("%s%.0f:%02.0f min", sign, floor (seconds / MINUTE),
                            fmod (seconds, MINUTE));
  if (self->high >= 3 * DAY && self->step >= 12 * HOUR)
    return g_strdup_printf ("%s%.6g d", sign, seconds / DAY);
  if (self->step < MINUTE)
    return g_strdup_printf ("%s%.0f:%02.0f:%02.0f", sign, floor (seconds / HOUR),
                            floor (fmod (seconds, HOUR) / MINUTE), fmod (seconds, MINUTE));
  return g_strdup_printf ("%s%.0f:%02.0f h", sign, floor (seconds / HOUR),
                          floor (fmod (seconds, HOUR) / MINUTE));
}

char *
wb_axis_time_label (const WbAxis *self, double value)
{
  return self->unit == WB_AXIS_CLOCK ? clock_label (self, value) : duration_label (self, value);
}

char *
wb_axis_format_place (WbAxisUnit unit, double value)
{
  const double seconds = floor (fabs (value) + 0.5);

  if (!isfinite (value))
    return wb_axis_format (value, 4);
  switch (unit)
    {
    case WB_AXIS_COUNT:
      return g_strdup_printf ("%'.0f", value);
    case WB_AXIS_CLOCK:
      return format_clock (value, "%-d %b %H:%M:%S");
    case WB_AXIS_DURATION:
      return g_strdup_printf ("%s%.0f:%02.0f:%02.0f", value <= -0.5 ? "−" : "",
                              floor (seconds / HOUR), floor (fmod (seconds, HOUR) / MINUTE),
                              fmod (seconds, MINUTE));
    case WB_AXIS_NUMBER:
    default:
      return wb_axis_format (value, 4);
    }
}
