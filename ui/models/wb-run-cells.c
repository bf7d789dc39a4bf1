#include "config.h"

#include "ui/models/wb-run-cells.h"

#include "ui/widgets/wb-format.h"
#include "ui/widgets/wb-run-name.h"
#include "ui/widgets/wb-run-sparkline.h"
#include "ui/widgets/wb-status-cell.h"

#include <glib/gi18n-lib.h>
#include <math.h>

typedef struct
{
  WbRunColumn column;
  gboolean    narrow;
} Kind;

static const struct
{
  WbRunColumn column;
  const char *style;
} styles[] = {
  { WB_RUN_COLUMN_BEST, "metric" },        { WB_RUN_COLUMN_LAST, "dim-label" },
  { WB_RUN_COLUMN_SEED, "dim-label" },     { WB_RUN_COLUMN_RATE, "dim-label" },
  { WB_RUN_COLUMN_DURATION, "dim-label" }, { WB_RUN_COLUMN_WAITED, "dim-label" },
  { WB_RUN_COLUMN_STARTED, "dim-label" },  { WB_RUN_COLUMN_NOTE, "dim-label" },
};

static char *
dup_mean (const WbRunMean *mean, gboolean of_group)
{
  if (!of_group)
    return g_strdup_printf ("%.4f", mean->mean);
  if (isnan (mean->deviation))
    return g_strdup_printf ("%.4f (%u)", mean->mean, mean->n);
  return g_strdup_printf ("%.4f ± %.4f (%u)", mean->mean, mean->deviation, mean->n);
}

/* With its sign, and an arrow for better or worse: not by the colour alone. */
static char *
dup_difference (const WbRunMean *mean, int verdict)
{
  const char *arrow = verdict > 0 ? "▲ " : verdict < 0 ? "▼ " : "";
  const char *sign = verdict == 0 ? "±" : mean->mean > 0 ? "+" : "−";

  return g_strdup_printf ("%s%s%.4f", arrow, sign, fabs (mean->mean));
}

static char *
dup_seed (WbRunRow *row)
{
  const guint n = wb_run_row_get_n_runs (row);

  if (!wb_run_row_is_group (row))
    return g_strdup_printf ("%" G_GUINT64_FORMAT, wb_run_get_seed (wb_run_row_get_run (row)));
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u seed", "%u seeds", n), n);
}

char *
wb_run_cells_dup_text (WbRunRow *row, WbRunColumn column)
{
  WbRunMean mean;

  if (!wb_run_column_is_number (column))
    return wb_run_row_dup_text (row, column);
  if (column == WB_RUN_COLUMN_SEED)
    return dup_seed (row);
  if (column == WB_RUN_COLUMN_BASELINE && wb_run_row_is_baseline (row) &&
      !wb_run_row_is_group (row))
    return g_strdup (_ ("Baseline"));
  wb_run_row_get_mean (row, column, &mean);
  if (mean.n == 0)
    return g_strdup ("");
  switch (column)
    {
    case WB_RUN_COLUMN_PUBLISHED:
    case WB_RUN_COLUMN_BASELINE:
      return dup_difference (&mean, wb_run_row_get_verdict (row, column));
    case WB_RUN_COLUMN_RATE:
      return g_strdup_printf ("%'.0f", mean.mean);
    case WB_RUN_COLUMN_DURATION:
    case WB_RUN_COLUMN_WAITED:
      return wb_format_duration (mean.mean);
    case WB_RUN_COLUMN_STARTED:
      return wb_format_day ((gint64) mean.mean, g_get_real_time () / G_USEC_PER_SEC);
    default:
      return dup_mean (&mean, wb_run_row_is_group (row));
    }
}

static const Kind *
kind_of (GtkWidget *cell)
{
  return g_object_get_data (G_OBJECT (cell), "kind");
}

static void
show_verdict (GtkWidget *cell, int verdict)
{
  if (verdict > 0)
    gtk_widget_add_css_class (cell, "success");
  else
    gtk_widget_remove_css_class (cell, "success");
  if (verdict < 0)
    gtk_widget_add_css_class (cell, "error");
  else
    gtk_widget_remove_css_class (cell, "error");
}

static gboolean
is_difference (WbRunColumn column)
{
  return column == WB_RUN_COLUMN_PUBLISHED || column == WB_RUN_COLUMN_BASELINE;
}

static void
show_text (WbRunRow *row, GtkWidget *cell)
{
  const WbRunColumn column = kind_of (cell)->column;
  g_autofree char  *text = wb_run_cells_dup_text (row, column);

  if (g_strcmp0 (gtk_inscription_get_text (GTK_INSCRIPTION (cell)), text) == 0)
    return;
  gtk_inscription_set_text (GTK_INSCRIPTION (cell), text);
  if (is_difference (column))
    show_verdict (cell, wb_run_row_get_verdict (row, column));
}

/* Words may be cut off; where a published score is from is said nowhere else. */
static gboolean
tooltip_cb (GtkWidget *cell, int x, int y, gboolean keyboard, GtkTooltip *tooltip, gpointer data)
{
  WbRunRow        *row = g_object_get_data (G_OBJECT (cell), "row");
  g_autofree char *text = NULL;

  if (row == NULL)
    return FALSE;
  text = kind_of (cell)->column == WB_RUN_COLUMN_PUBLISHED
             ? wb_run_row_dup_published (row)
             : wb_run_cells_dup_text (row, kind_of (cell)->column);
  if (text == NULL || *text == '\0')
    return FALSE;
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

/* Not a label: an inscription's size does not depend on its text, so that two hundred rows of them
 * are laid out in a few milliseconds. */
static GtkWidget *
text_cell_new (const Kind *kind)
{
  GtkWidget     *cell = gtk_inscription_new (NULL);
  const gboolean number = wb_run_column_is_number (kind->column);

  gtk_inscription_set_min_chars (GTK_INSCRIPTION (cell), 1);
  gtk_inscription_set_nat_chars (GTK_INSCRIPTION (cell), 1);
  gtk_inscription_set_min_lines (GTK_INSCRIPTION (cell), 1);
  gtk_inscription_set_nat_lines (GTK_INSCRIPTION (cell), 1);
  gtk_inscription_set_wrap_mode (GTK_INSCRIPTION (cell), PANGO_WRAP_CHAR);
  gtk_widget_set_valign (cell, GTK_ALIGN_CENTER);
  gtk_inscription_set_xalign (GTK_INSCRIPTION (cell), number ? 1 : 0);
  /* models differ in their ends */
  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (cell),
                                     kind->column == WB_RUN_COLUMN_MODEL
                                         ? GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_MIDDLE
                                         : GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  for (gsize i = 0; i < G_N_ELEMENTS (styles); i++)
    if (styles[i].column == kind->column)
      gtk_widget_add_css_class (cell, styles[i].style);
  if (number)
    gtk_widget_add_css_class (cell, "numeric");
  else
    gtk_widget_set_hexpand (cell, TRUE);
  gtk_widget_set_has_tooltip (cell, TRUE);
  g_signal_connect (cell, "query-tooltip", G_CALLBACK (tooltip_cb), NULL);
  return cell;
}

static void
setup_cb (GtkListItemFactory *factory, GtkListItem *item, const Kind *kind)
{
  GtkWidget *cell;

  if (kind->column == WB_RUN_COLUMN_NAME)
    cell = wb_run_name_new (kind->narrow);
  else if (kind->column == WB_RUN_COLUMN_STATUS)
    cell = wb_status_cell_new (kind->narrow);
  else if (kind->column == WB_RUN_COLUMN_LOSS)
    cell = wb_run_sparkline_new ();
  else
    cell = text_cell_new (kind);
  g_object_set_data (G_OBJECT (cell), "kind", (gpointer) kind);
  gtk_list_item_set_child (item, cell);
}

static void
show_row (GtkWidget *cell, WbRunRow *row)
{
  WbRunRow *old = g_object_get_data (G_OBJECT (cell), "row");

  if (old == row)
    return;
  if (old != NULL)
    g_signal_handlers_disconnect_by_func (old, show_text, cell);
  g_object_set_data_full (G_OBJECT (cell), "row", row != NULL ? g_object_ref (row) : NULL,
                          g_object_unref);
  if (row == NULL)
    return;
  g_signal_connect_object (row, "changed", G_CALLBACK (show_text), cell, 0);
  show_text (row, cell);
}

static void
set_row (GtkWidget *cell, WbRunRow *row)
{
  if (WB_IS_RUN_NAME (cell))
    wb_run_name_set_row (WB_RUN_NAME (cell), row);
  else if (WB_IS_STATUS_CELL (cell))
    wb_status_cell_set_row (WB_STATUS_CELL (cell), row);
  else if (WB_IS_RUN_SPARKLINE (cell))
    wb_run_sparkline_set_run (WB_RUN_SPARKLINE (cell),
                              row != NULL ? wb_run_row_get_run (row) : NULL);
  else
    show_row (cell, row);
}

static void
bind_cb (GtkListItemFactory *factory, GtkListItem *item, const Kind *kind)
{
  set_row (gtk_list_item_get_child (item), gtk_list_item_get_item (item));
}

static void
unbind_cb (GtkListItemFactory *factory, GtkListItem *item, const Kind *kind)
{
  GtkWidget *cell = gtk_list_item_get_child (item);

  if (cell != NULL)
    set_row (cell, NULL);
}

GtkListItemFactory *
wb_run_cells_new (WbRunColumn column, gboolean narrow)
{
  static Kind         kinds[WB_RUN_N_COLUMNS][2];
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  Kind               *kind = &kinds[column][narrow ? 1 : 0];

  *kind = (Kind){ column, narrow };
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), kind);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), kind);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), kind);
  return factory;
}
