#pragma once

#include "ui/plots/wb-line-plot.h"

G_BEGIN_DECLS

#define WB_TYPE_PLOT_CARD (wb_plot_card_get_type ())
G_DECLARE_FINAL_TYPE (WbPlotCard, wb_plot_card, WB, PLOT_CARD, GtkWidget)

/**
 * WbPlotCard:
 *
 * The chart that is the same everywhere: title, menu, legend, and the plot or its table.  The menu
 * turns one into the other.
 */

/* @more: (nullable): items for the menu that the page has */
GtkWidget  *wb_plot_card_new (const char *title, GMenuModel *more);
WbLinePlot *wb_plot_card_get_plot (WbPlotCard *self);
void        wb_plot_card_set_title (WbPlotCard *self, const char *title);
void        wb_plot_card_show_table (WbPlotCard *self, gboolean table);

G_END_DECLS
