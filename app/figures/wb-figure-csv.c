/* The points of a chart as comma-separated values (RFC 4180). */
#include "config.h"

#include "app/figures/wb-figure.h"

#include "app/core/wb-csv.h"

#include <math.h>
#include <string.h>

/* The fewest digits that read back as the same double. */
static void
append_number (GString *out, double value)
{
  static const char *const formats[] = { "%.15g", "%.16g", "%.17g" };
  char                     text[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (value))
    {
      g_string_append (out, isnan (value) ? "NaN" : value > 0 ? "inf" : "-inf");
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_ascii_formatd (text, sizeof text, formats[i], value);
      if (g_ascii_strtod (text, NULL) == value)
        break;
    }
  g_string_append (out, text);
}

static gboolean
shown (const WbChartSeries *series)
{
  return !series->hidden && series->n > 0;
}

static gboolean
has_band (const WbChartSeries *series)
{
  return series->band_low != NULL && series->band_high != NULL;
}

static void
append_named (GString *out, const char *name, const char *what)
{
  g_autofree char *title = g_strdup_printf ("%s (%s)", name, what);

  g_string_append_c (out, ',');
  wb_csv_append_cell (out, title);
}

static void
append_heading (GString *out, const WbFigure *self)
{
  wb_csv_append_cell (out, self->chart.x_title != NULL ? self->chart.x_title : "x");
  for (gsize s = 0; s < self->chart.n_series; s++)
    {
      const WbChartSeries *series = &self->chart.series[s];
      const char          *name = series->name;

      if (!shown (series))
        continue;
      if (name == NULL)
        name = self->title != NULL ? self->title : "y";
      g_string_append_c (out, ',');
      wb_csv_append_cell (out, name);
      if (series->smooth != NULL)
        append_named (out, name, "smoothed");
      if (has_band (series))
        {
          append_named (out, name, "low");
          append_named (out, name, "high");
        }
    }
  g_string_append (out, "\r\n");
}

/* The smallest x that no line has yet; FALSE at the end. */
static gboolean
next_x (const WbFigure *self, const gsize *at, double *x)
{
  gboolean found = FALSE;

  for (gsize s = 0; s < self->chart.n_series; s++)
    {
      const WbChartSeries *series = &self->chart.series[s];

      if (shown (series) && at[s] < series->n && (!found || series->x[at[s]] < *x))
        {
          *x = series->x[at[s]];
          found = TRUE;
        }
    }
  return found;
}

/* One more cell; empty where the series has no point. */
static void
append_value (GString *out, const double *values, gsize i, gboolean here)
{
  g_string_append_c (out, ',');
  if (here)
    append_number (out, values[i]);
}

static void
append_line (GString *out, const WbFigure *self, gsize *at, double x)
{
  append_number (out, x);
  for (gsize s = 0; s < self->chart.n_series; s++)
    {
      const WbChartSeries *series = &self->chart.series[s];
      const gsize          i = at[s];
      const gboolean       here = shown (series) && i < series->n && series->x[i] == x;

      if (!shown (series))
        continue;
      append_value (out, series->y, i, here);
      if (series->smooth != NULL)
        append_value (out, series->smooth, i, here);
      if (has_band (series))
        {
          append_value (out, series->band_low, i, here);
          append_value (out, series->band_high, i, here);
        }
      at[s] += here;
    }
  g_string_append (out, "\r\n");
}

char *
wb_figure_format_csv (const WbFigure *self, gsize *length)
{
  g_autofree gsize *at = g_new0 (gsize, self->chart.n_series + 1);
  GString          *out = g_string_new (NULL);
  double            x = 0;

  append_heading (out, self);
  while (next_x (self, at, &x))
    append_line (out, self, at, x);
  *length = out->len;
  return g_string_free (out, FALSE);
}
