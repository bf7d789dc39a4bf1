#include "config.h"

#include "ui/widgets/wb-format.h"

#include "app/figures/wb-axis.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define MINUTE 60
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static gboolean
unknown (double seconds)
{
  return !isfinite (seconds) || seconds < 0 || seconds > 1e10;
}

char *
wb_format_duration (double seconds)
{
  const gint64 all = unknown (seconds) ? 0 : (gint64) (seconds + 0.5);

  if (unknown (seconds) || seconds == 0)
    return g_strdup ("");
  if (all >= HOUR)
    return g_strdup_printf ("%d:%02d:%02d", (int) (all / HOUR), (int) (all / MINUTE % 60),
                            (int) (all % 60));
  return g_strdup_printf ("%d:%02d", (int) (all / MINUTE), (int) (all % 60));
}

char *
wb_format_span (double seconds)
{
  const gint64 all = unknown (seconds) ? 0 : (gint64) (seconds + 0.5);

  if (unknown (seconds))
    return g_strdup ("");
  if (all < 2 * MINUTE)
    return g_strdup_printf (_ ("%d s"), (int) all);
  if (all < HOUR)
    return g_strdup_printf (_ ("%d min"), (int) ((all + 30) / MINUTE));
  if (all < DAY)
    return g_strdup_printf (_ ("%d h %d min"), (int) (all / HOUR), (int) (all / MINUTE % 60));
  return g_strdup_printf (_ ("%d d %d h"), (int) (all / DAY), (int) (all / HOUR % 24));
}

char *
wb_format_time_left (double seconds)
{
  g_autofree char *span = NULL;

  if (unknown (seconds))
    return g_strdup ("");
  if (seconds < 10)
    return g_strdup (_ ("a few seconds left"));
  span = wb_format_span (seconds);
  /* Translators: %s is a span of time, "18 min" */
  return g_strdup_printf (_ ("%s left"), span);
}

char *
wb_format_bytes (guint64 bytes)
{
  return g_format_size (bytes);
}

char *
wb_format_count (guint64 n)
{
  if (n >= 1000000000)
    return g_strdup_printf (_ ("%.1f billion"), (double) n / 1e9);
  if (n >= 10000000)
    return g_strdup_printf (_ ("%.0f million"), (double) n / 1e6);
  if (n >= 1000000)
    return g_strdup_printf (_ ("%.1f million"), (double) n / 1e6);
  return g_strdup_printf ("%'" G_GUINT64_FORMAT, n);
}

char *
wb_format_day (gint64 when, gint64 now)
{
  g_autoptr (GDateTime) then = NULL, today = NULL;
  g_autoptr (GDateTime) then_day = NULL, today_day = NULL;
  gint64 days;

  if (when <= 0)
    return g_strdup ("");
  then = g_date_time_new_from_unix_local (when);
  today = g_date_time_new_from_unix_local (now);
  if (then == NULL || today == NULL)
    return g_strdup ("");
  then_day = g_date_time_new_local (g_date_time_get_year (then), g_date_time_get_month (then),
                                    g_date_time_get_day_of_month (then), 12, 0, 0);
  today_day = g_date_time_new_local (g_date_time_get_year (today), g_date_time_get_month (today),
                                     g_date_time_get_day_of_month (today), 12, 0, 0);
  days = (g_date_time_difference (today_day, then_day) + G_TIME_SPAN_DAY / 2) / G_TIME_SPAN_DAY;
  if (days == 0)
    return g_date_time_format (then, "%-H:%M");
  if (days == 1)
    return g_strdup (_ ("Yesterday"));
  if (days > 1 && days < 7)
    return g_date_time_format (then, "%a");
  if (g_date_time_get_year (then) == g_date_time_get_year (today))
    return g_date_time_format (then, _ ("%-d %b"));
  return g_date_time_format (then, _ ("%-d %b %Y"));
}

char *
wb_format_moment (gint64 when)
{
  g_autoptr (GDateTime) then = when > 0 ? g_date_time_new_from_unix_local (when) : NULL;

  return then != NULL ? g_date_time_format (then, _ ("%-d %B %Y, %-H:%M")) : g_strdup ("");
}

const char *
wb_format_metric (const char *name)
{
  static const struct
  {
    const char *name, *title;
  } metrics[] = {
    { "accuracy", N_ ("accuracy") },
    { "f1", N_ ("F1") },
    { "mcc", N_ ("Matthews correlation") },
    { "pearson", N_ ("Pearson correlation") },
    { "spearman", N_ ("Spearman correlation") },
    { "loss", N_ ("loss") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (metrics); i++)
    if (g_strcmp0 (metrics[i].name, name) == 0)
      return _ (metrics[i].title);
  return name != NULL ? name : "";
}

char *
wb_format_value (double value)
{
  return wb_axis_format (value, 4);
}
