/* Where the cards stand: one, two or more columns. */
#include "config.h"

#include "ui/pages/wb-run-charts-private.h"

static void
place (WbRunCharts *self, CardId id, int column, int row, int span)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (self->grid);
  GtkLayoutChild   *child = gtk_layout_manager_get_layout_child (layout, self->cards[id].box);

  g_object_set (child, "column", column, "row", row, "column-span", span, NULL);
}

void
wb_run_charts_lay_out (WbRunCharts *self)
{
  const gboolean memory = gtk_widget_get_visible (self->cards[CARD_MEMORY].box);
  const int      span = memory ? 3 : 4;

  if (self->width >= WB_WIDTH_WIDE)
    {
      place (self, CARD_LOSS, 0, 0, 8);
      place (self, CARD_METRICS, 8, 0, 4);
      for (int i = CARD_RATE; i < N_CARDS; i++)
        place (self, (CardId) i, (i - CARD_RATE) * span % WB_RUN_CHARTS_COLUMNS, 1, span);
      return;
    }
  if (self->width == WB_WIDTH_MEDIUM)
    {
      place (self, CARD_LOSS, 0, 0, 12);
      place (self, CARD_METRICS, 0, 1, memory ? 12 : 6);
      for (int i = CARD_RATE; i < N_CARDS; i++)
        {
          const int at = i - CARD_RATE + (memory ? 2 : 1);

          place (self, (CardId) i, at % 2 * 6, 1 + at / 2, 6);
        }
      return;
    }
  for (int i = 0; i < N_CARDS; i++)
    place (self, (CardId) i, 0, i, 12);
}
