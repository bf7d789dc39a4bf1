#pragma once

#include "app/figures/wb-chart.h"

G_BEGIN_DECLS

/**
 * WbFigure:
 * @title: (nullable): above the chart
 * @chart: what wb_chart_layout() asks for, but for palette, font, pixels and legend: a figure is
 *   light, whatever the window looks like, and always has its legend
 * @width, @height: in units; 0: 960 by 540
 *
 * A chart on a page of its own, for papers and mails.
 */
typedef struct
{
  const char *title;
  WbChart     chart;
  double      width, height;
} WbFigure;

/* Endings that wb_figure_save() knows: "svg", "pdf", "png", "csv"; ended by %NULL. */
const char *const *wb_figure_get_endings (void);

/**
 * wb_figure_save:
 * @path: its ending says how: .svg (text stays text), .pdf, .png (two pixels a unit) or .csv (all
 *   points, also those out of view)
 * @error: WB_APP_ERROR_USAGE: another ending; WB_APP_ERROR_FAILED: it cannot be drawn; or a
 *   GFileError
 *
 * The file is there whole or not at all; one of that name is replaced.  Any thread.
 */
gboolean wb_figure_save (const WbFigure *self, const char *path, GError **error);

/**
 * wb_figure_format_csv:
 *
 * One line for every x that any visible series has, in order; a cell is empty where a series has no
 * point there and NaN where its value is none.  Smoothed values, and the ends of a band, follow in
 * columns of their own. Numbers are written so that they read back as the same doubles.
 *
 * Returns: (transfer full)
 */
char *wb_figure_format_csv (const WbFigure *self, gsize *length);

G_END_DECLS
