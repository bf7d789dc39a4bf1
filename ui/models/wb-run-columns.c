#include "config.h"

#include "ui/models/wb-run-columns.h"

#include "app/runs/wb-run.h"
#include "ui/widgets/wb-format.h"
#include "ui/widgets/wb-run-sparkline.h"
#include "ui/widgets/wb-status-cell.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/**
 * Column:
 * @text: (transfer full): what the cell says; NULL for columns with widgets of their own
 * @compare: (nullable): order
 * @style: (nullable): CSS class of the label
 * @align: 0: left, 1: right
 * @chars: width of the column
 * @narrowest: the least width of the list in which it is shown
 */
typedef struct
{
  const char *id, *title;
  char *(*text) (WbRun *run);
  int (*compare) (WbRun *a, WbRun *b);
  const char *style;
  float       align;
  int         width;
  WbWidth     narrowest;
} Column;

static char *
task_text (WbRun *run)
{
  return g_strdup (wb_run_get_task_title (run));
}

static char *
model_text (WbRun *run)
{
  return g_strdup (wb_run_get_model (run));
}

static char *
metric_text (double value)
{
  return isnan (value) ? g_strdup ("") : g_strdup_printf ("%.4f", value);
}

static char *
best_text (WbRun *run)
{
  return metric_text (wb_run_get_best (run));
}

static char *
last_text (WbRun *run)
{
  return metric_text (wb_run_get_last (run));
}

static char *
duration_text (WbRun *run)
{
  return wb_format_duration (wb_run_get_duration (run));
}

static char *
started_text (WbRun *run)
{
  return wb_format_day (wb_run_get_created (run), g_get_real_time () / G_USEC_PER_SEC);
}

static int
by_number (double a, double b)
{
  if (isnan (a) || isnan (b))
    return isnan (a) - isnan (b);
  return (a > b) - (a < b);
}

/* Not collated: names are in no particular language, and a quick order matters with many. */
static int
by_text (const char *a, const char *b)
{
  return g_ascii_strcasecmp (a != NULL ? a : "", b != NULL ? b : "");
}

static int
by_name (WbRun *a, WbRun *b)
{
  return by_text (wb_run_get_name (a), wb_run_get_name (b));
}

static int
by_status (WbRun *a, WbRun *b)
{
  return (int) wb_run_get_status (a) - (int) wb_run_get_status (b);
}

static int
by_task (WbRun *a, WbRun *b)
{
  return by_text (wb_run_get_task_title (a), wb_run_get_task_title (b));
}

static int
by_model (WbRun *a, WbRun *b)
{
  return by_text (wb_run_get_model (a), wb_run_get_model (b));
}

static int
by_best (WbRun *a, WbRun *b)
{
  return by_number (wb_run_get_best (a), wb_run_get_best (b));
}

static int
by_last (WbRun *a, WbRun *b)
{
  return by_number (wb_run_get_last (a), wb_run_get_last (b));
}

static int
by_duration (WbRun *a, WbRun *b)
{
  return by_number (wb_run_get_duration (a), wb_run_get_duration (b));
}

static int
by_started (WbRun *a, WbRun *b)
{
  const gint64 x = wb_run_get_created (a), y = wb_run_get_created (b);

  return x != y ? (x > y) - (x < y)
                : (wb_run_get_id (a) > wb_run_get_id (b)) - (wb_run_get_id (a) < wb_run_get_id (b));
}

static const Column columns[] = {
  { "name", N_ ("Name"), NULL, by_name, NULL, 0, -1, WB_WIDTH_NARROW },
  { "status", N_ ("Status"), NULL, by_status, NULL, 0, 190, WB_WIDTH_NARROW },
  { "task", N_ ("Task"), task_text, by_task, NULL, 0, 130, WB_WIDTH_WIDE },
  { "model", N_ ("Model"), model_text, by_model, NULL, 0, 130, WB_WIDTH_WIDE },
  { "loss", N_ ("Loss"), NULL, NULL, NULL, 0, 100, WB_WIDTH_MEDIUM },
  { "best", N_ ("Best"), best_text, by_best, "metric", 1, 84, WB_WIDTH_NARROW },
  { "last", N_ ("Last"), last_text, by_last, "dim-label", 1, 84, WB_WIDTH_FULL },
  { "duration", N_ ("Duration"), duration_text, by_duration, "dim-label", 1, 96, WB_WIDTH_WIDE },
  { "started", N_ ("Started"), started_text, by_started, "dim-label", 1, 100, WB_WIDTH_MEDIUM },
};

/* The first columns where there is less room for them, and for the other ones. */
static const Column folded_name = { "name-folded", N_ ("Name"), NULL, by_name,
                                    NULL,          0,           -1,   WB_WIDTH_NARROW };
static const Column narrow_status = { "status-narrow", N_ ("Status"), NULL, by_status, NULL, 0, 132,
                                      WB_WIDTH_NARROW };

static int
compare_cb (gconstpointer a, gconstpointer b, gpointer data)
{
  const Column *column = data;

  return column->compare ((WbRun *) a, (WbRun *) b);
}

static void
show_text (WbRun *run, GParamSpec *pspec, GtkLabel *label)
{
  const Column    *column = g_object_get_data (G_OBJECT (label), "column");
  g_autofree char *text = column->text (run);

  if (g_strcmp0 (gtk_label_get_label (label), text) != 0)
    gtk_label_set_label (label, text);
}

static void
show_name (WbRun *run, GParamSpec *pspec, GtkWidget *cell)
{
  GtkWidget *name = gtk_widget_get_first_child (cell), *below = gtk_widget_get_last_child (cell);

  gtk_label_set_label (GTK_LABEL (name), wb_run_get_name (run));
  gtk_widget_set_tooltip_text (name, wb_run_get_name (run));
  if (below != name)
    {
      g_autofree char *text =
          g_strdup_printf ("%s · %s", wb_run_get_task_title (run), wb_run_get_model (run));

      gtk_label_set_label (GTK_LABEL (below), text);
    }
}

static GtkWidget *
name_label_new (GtkWidget *box, PangoEllipsizeMode ellipsize)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), ellipsize);
  gtk_box_append (GTK_BOX (box), label);
  return label;
}

static GtkWidget *
name_cell_new (gboolean folded)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  name_label_new (box, PANGO_ELLIPSIZE_MIDDLE);
  if (folded)
    {
      GtkWidget *below = name_label_new (box, PANGO_ELLIPSIZE_END);

      gtk_widget_add_css_class (below, "dim-label");
      gtk_widget_add_css_class (below, "caption");
    }
  return box;
}

static GtkWidget *
text_cell_new (const Column *column)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), column->align);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (column->style != NULL)
    gtk_widget_add_css_class (label, column->style);
  if (column->align > 0)
    gtk_widget_add_css_class (label, "numeric");
  g_object_set_data (G_OBJECT (label), "column", (gpointer) column);
  return label;
}

static gboolean
is (const Column *column, const char *id)
{
  return g_strcmp0 (column->id, id) == 0;
}

static void
setup_cb (GtkListItemFactory *factory, GtkListItem *item, const Column *column)
{
  GtkWidget *cell;

  if (is (column, "name") || column == &folded_name)
    cell = name_cell_new (column == &folded_name);
  else if (is (column, "status") || column == &narrow_status)
    cell = wb_status_cell_new (column == &narrow_status);
  else if (is (column, "loss"))
    cell = wb_run_sparkline_new ();
  else
    cell = text_cell_new (column);
  gtk_list_item_set_child (item, cell);
}

static void
bind_cb (GtkListItemFactory *factory, GtkListItem *item, const Column *column)
{
  GtkWidget *cell = gtk_list_item_get_child (item);
  WbRun     *run = gtk_list_item_get_item (item);

  if (WB_IS_STATUS_CELL (cell))
    wb_status_cell_set_run (WB_STATUS_CELL (cell), run);
  else if (is (column, "loss"))
    wb_run_sparkline_set_run (WB_RUN_SPARKLINE (cell), run);
  else if (is (column, "name") || column == &folded_name)
    {
      g_signal_connect_object (run, "notify", G_CALLBACK (show_name), cell, 0);
      show_name (run, NULL, cell);
    }
  else
    {
      g_signal_connect_object (run, "notify", G_CALLBACK (show_text), cell, 0);
      show_text (run, NULL, GTK_LABEL (cell));
    }
}

static void
unbind_cb (GtkListItemFactory *factory, GtkListItem *item, const Column *column)
{
  GtkWidget *cell = gtk_list_item_get_child (item);
  WbRun     *run = gtk_list_item_get_item (item);

  if (cell == NULL)
    return;
  if (WB_IS_STATUS_CELL (cell))
    wb_status_cell_set_run (WB_STATUS_CELL (cell), NULL);
  else if (is (column, "loss"))
    wb_run_sparkline_set_run (WB_RUN_SPARKLINE (cell), NULL);
  else if (run != NULL)
    g_signal_handlers_disconnect_matched (run, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, cell);
}

static GtkListItemFactory *
factory_new (const Column *column)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), (gpointer) column);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), (gpointer) column);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), (gpointer) column);
  return factory;
}

/* @scale: of the text */
static GtkColumnViewColumn *
column_new (const Column *column, double scale)
{
  GtkColumnViewColumn *result =
      gtk_column_view_column_new (_ (column->title), factory_new (column));

  if (column->compare != NULL)
    {
      g_autoptr (GtkSorter) sorter =
          GTK_SORTER (gtk_custom_sorter_new (compare_cb, (gpointer) column, NULL));

      gtk_column_view_column_set_sorter (result, sorter);
    }
  gtk_column_view_column_set_fixed_width (result,
                                          column->width < 0 ? -1 : (int) (column->width * scale));
  gtk_column_view_column_set_expand (result, column->width < 0 || is (column, "model"));
  gtk_column_view_column_set_resizable (result, TRUE);
  g_object_set_data (G_OBJECT (result), "column", (gpointer) column);
  return result;
}

static const Column *
shown_at (GtkColumnView *view, guint position)
{
  g_autoptr (GtkColumnViewColumn) column =
      g_list_model_get_item (gtk_column_view_get_columns (view), position);

  return column != NULL ? g_object_get_data (G_OBJECT (column), "column") : NULL;
}

static gboolean
is_number (const char *title)
{
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    if (g_strcmp0 (_ (columns[i].title), title) == 0)
      return columns[i].align > 0;
  return FALSE;
}

/* Titles over numbers stand on the right like the numbers, the mark of the order before them; GTK
 * has no setting for it. */
static void
align_titles (GtkColumnView *view)
{
  GtkWidget *header = gtk_widget_get_first_child (GTK_WIDGET (view));
  GtkWidget *title = header != NULL ? gtk_widget_get_first_child (header) : NULL;

  for (; title != NULL; title = gtk_widget_get_next_sibling (title))
    {
      GtkWidget *box = gtk_widget_get_first_child (title);
      GtkWidget *label = GTK_IS_BOX (box) ? gtk_widget_get_first_child (box) : NULL;

      if (!GTK_IS_LABEL (label) || !is_number (gtk_label_get_label (GTK_LABEL (label))))
        continue;
      gtk_widget_set_halign (box, GTK_ALIGN_END);
      gtk_box_reorder_child_after (GTK_BOX (box), gtk_widget_get_last_child (box), NULL);
    }
}

/* Columns grow with the text, as far as there is room. */
static double
scale_of (GtkColumnView *view)
{
  GtkWidget   *bin = gtk_widget_get_ancestor (GTK_WIDGET (view), WB_TYPE_WIDTH_BIN);
  const double scale = wb_text_scale (GTK_WIDGET (view));

  return bin != NULL && wb_width_bin_is_tight (WB_WIDTH_BIN (bin)) ? MIN (scale, 1.25) : scale;
}

static void
scale_columns (GtkColumnView *view)
{
  GListModel  *shown = gtk_column_view_get_columns (view);
  const double scale = scale_of (view);

  for (guint i = 0; i < g_list_model_get_n_items (shown); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (shown, i);
      const Column *what = g_object_get_data (G_OBJECT (column), "column");

      if (what->width >= 0)
        gtk_column_view_column_set_fixed_width (column, (int) (what->width * scale));
    }
}

static void
insert (GtkColumnView *view, guint position, const Column *column)
{
  g_autoptr (GtkColumnViewColumn) added = column_new (column, scale_of (view));

  gtk_column_view_insert_column (view, position, added);
}

static void
remove_at (GtkColumnView *view, guint position)
{
  g_autoptr (GtkColumnViewColumn) column =
      g_list_model_get_item (gtk_column_view_get_columns (view), position);

  gtk_column_view_remove_column (view, column);
}

static const Column *
variant (guint i, WbWidth width)
{
  if (width < columns[i].narrowest)
    return NULL;
  if (i == 0 && width < WB_WIDTH_WIDE)
    return &folded_name;
  return i == 1 && width == WB_WIDTH_NARROW ? &narrow_status : &columns[i];
}

static gboolean
same_place (const Column *column, guint i)
{
  return column == &columns[i] || (i == 0 && column == &folded_name) ||
         (i == 1 && column == &narrow_status);
}

/* Columns that are not shown are taken out: GTK 4.8 counts the width of invisible ones. */
void
wb_run_columns_fold (GtkColumnView *view, WbWidth width)
{
  guint position = 0;

  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      const Column *column = variant (i, width), *shown = shown_at (view, position);

      if (shown != NULL && same_place (shown, i) && shown != column)
        remove_at (view, position);
      if (column != NULL && shown_at (view, position) != column)
        insert (view, position, column);
      position += column != NULL;
    }
  if (wb_text_scale (GTK_WIDGET (view)) != 1)
    scale_columns (view);
  align_titles (view);
}
