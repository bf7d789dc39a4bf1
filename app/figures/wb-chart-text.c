/* The texts of a chart, drawn or handed on, and its legend. */
#include "config.h"

#include "app/figures/wb-chart-private.h"

#include <math.h>

#define SAMPLE 26 /* a piece of line with its marker, and the gap behind it */
#define BETWEEN 16

void
wb_chart_measure_text (const WbChart *self,
                       PangoLayout   *layout,
                       const char    *text,
                       int           *width,
                       int           *height)
{
  pango_layout_set_font_description (layout, self->font);
  pango_layout_set_text (layout, text, -1);
  pango_layout_get_pixel_size (layout, width, height);
}

static void
keep_text (const WbChart *self, cairo_t *cr, const char *text, double x, double y, double align)
{
  WbChartText kept = { .text = g_strdup (text), .x = x, .y = y, .align = align };

  cairo_user_to_device (cr, &kept.x, &kept.y);
  cairo_pattern_get_rgba (cairo_get_source (cr), &kept.color.red, &kept.color.green,
                          &kept.color.blue, &kept.color.alpha);
  kept.size = pango_font_description_get_size (self->font) / (double) PANGO_SCALE;
  kept.bold = pango_font_description_get_weight (self->font) >= PANGO_WEIGHT_BOLD;
  g_array_append_val (self->texts, kept);
}

double
wb_chart_draw_text (const WbChart *self,
                    cairo_t       *cr,
                    const char    *text,
                    double         x,
                    double         y,
                    double         align)
{
  g_autoptr (PangoLayout) layout = pango_cairo_create_layout (cr);
  int w;

  wb_chart_measure_text (self, layout, text, &w, NULL);
  if (self->texts != NULL)
    {
      const double base = pango_layout_get_baseline (layout) / (double) PANGO_SCALE;

      keep_text (self, cr, text, x, y + base, align);
      return w;
    }
  cairo_move_to (cr, round (x - w * align), round (y));
  pango_cairo_show_layout (cr, layout);
  return w;
}

static gboolean
in_legend (const WbChartSeries *series)
{
  return !series->hidden && series->name != NULL;
}

/* Moves on to where the next name goes: behind the one before, or into the next row. */
static void
next_place (const WbChart *self, double width, double *x, guint *row)
{
  if (*x > self->left && *x + SAMPLE + width > self->left + self->width)
    {
      *x = self->left;
      *row += 1;
    }
}

guint
wb_chart_count_legend_rows (const WbChart *self, PangoContext *context)
{
  g_autoptr (PangoLayout) layout = pango_layout_new (context);
  double x = self->left;
  guint  row = 0, n = 0;

  for (gsize s = 0; s < self->n_series; s++)
    {
      int w;

      if (!in_legend (&self->series[s]))
        continue;
      wb_chart_measure_text (self, layout, self->series[s].name, &w, NULL);
      next_place (self, w, &x, &row);
      x += SAMPLE + w + BETWEEN;
      n++;
    }
  if (self->legend == WB_CHART_LEGEND_NEVER)
    return 0;
  return n > 1 || (n > 0 && (self->legend == WB_CHART_LEGEND_ALWAYS || self->n_series > 1))
             ? row + 1
             : 0;
}

void
wb_chart_draw_sample (cairo_t *cr, const WbPalette *palette, guint color, double height)
{
  wb_chart_set_color (cr, wb_palette_series (palette, color), 1);
  wb_chart_set_dash (cr, color);
  cairo_set_line_width (cr, 2);
  cairo_move_to (cr, 0, height / 2);
  cairo_rel_line_to (cr, 20, 0);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  wb_chart_draw_marker (cr, color, 10, height / 2, 3);
  cairo_fill (cr);
}

void
wb_chart_draw_legend (const WbChart *self, cairo_t *cr, double line)
{
  g_autoptr (PangoLayout) layout = pango_cairo_create_layout (cr);
  double x = self->left;
  guint  row = 0;

  for (gsize s = 0; self->legend_rows > 0 && s < self->n_series; s++)
    {
      const WbChartSeries *series = &self->series[s];
      double               y;
      int                  w;

      if (!in_legend (series))
        continue;
      wb_chart_measure_text (self, layout, series->name, &w, NULL);
      next_place (self, w, &x, &row);
      if (row >= self->legend_rows)
        return;
      y = row * (line + WB_CHART_GAP);
      cairo_save (cr);
      cairo_translate (cr, x, y);
      wb_chart_draw_sample (cr, self->palette, series->color, line);
      cairo_restore (cr);
      wb_chart_set_color (cr, self->palette->dim, 1);
      wb_chart_draw_text (self, cr, series->name, x + SAMPLE, y, 0);
      x += SAMPLE + w + BETWEEN;
    }
}
