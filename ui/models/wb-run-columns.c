#include "config.h"

#include "ui/models/wb-run-columns.h"

#include "ui/models/wb-run-cells.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define NEVER (WB_WIDTH_FULL + 1) /* not before it is chosen */
#define NARROW_NAME 110

struct _WbRunColumns
{
  GObject parent_instance;

  GtkColumnView *view; /* (unowned) */
  GSettings     *settings;
  WbWidth        width;
  gboolean       grouped;

  WbRunColumn order[WB_RUN_N_COLUMNS];
  gboolean    shown[WB_RUN_N_COLUMNS];
  gboolean    chosen; /* by somebody: no more by the room there is */

  WbRunColumn sort;
  gboolean    descending;
  WbRunColumn asked; /* by a sorter's comparison, see read_sorter() */
  gboolean    busy;  /* changing the view's columns here */
};

enum
{
  CHANGED,
  ORDER_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbRunColumns, wb_run_columns, G_TYPE_OBJECT)

/* Width, that of groups, and the least width of the list in which a column is shown as long as
 * nobody has chosen. */
static const struct
{
  int      width, grouped;
  guint    narrowest;
  gboolean expand;
} traits[WB_RUN_N_COLUMNS] = {
  [WB_RUN_COLUMN_NAME] = { 140, 140, WB_WIDTH_NARROW, TRUE },
  [WB_RUN_COLUMN_STATUS] = { 190, 190, WB_WIDTH_NARROW, FALSE },
  [WB_RUN_COLUMN_TASK] = { 84, 84, WB_WIDTH_WIDE, FALSE },
  [WB_RUN_COLUMN_MODEL] = { 120, 120, WB_WIDTH_WIDE, TRUE },
  [WB_RUN_COLUMN_LOSS] = { 90, 90, WB_WIDTH_MEDIUM, FALSE },
  [WB_RUN_COLUMN_BEST] = { 84, 176, WB_WIDTH_NARROW, FALSE },
  [WB_RUN_COLUMN_LAST] = { 84, 176, WB_WIDTH_FULL, FALSE },
  [WB_RUN_COLUMN_PUBLISHED] = { 112, 112, WB_WIDTH_FULL, FALSE },
  [WB_RUN_COLUMN_BASELINE] = { 108, 108, NEVER, FALSE },
  [WB_RUN_COLUMN_SEED] = { 84, 84, NEVER, FALSE },
  [WB_RUN_COLUMN_RATE] = { 90, 90, NEVER, FALSE },
  [WB_RUN_COLUMN_DURATION] = { 88, 88, WB_WIDTH_WIDE, FALSE },
  [WB_RUN_COLUMN_WAITED] = { 88, 88, NEVER, FALSE },
  [WB_RUN_COLUMN_STARTED] = { 112, 112, WB_WIDTH_MEDIUM, FALSE },
  [WB_RUN_COLUMN_TAGS] = { 120, 120, NEVER, FALSE },
  [WB_RUN_COLUMN_NOTE] = { 160, 160, NEVER, TRUE },
};

static const WbRunColumn default_order[WB_RUN_N_COLUMNS] = {
  WB_RUN_COLUMN_NAME,     WB_RUN_COLUMN_STATUS,  WB_RUN_COLUMN_TASK, WB_RUN_COLUMN_MODEL,
  WB_RUN_COLUMN_LOSS,     WB_RUN_COLUMN_BEST,    WB_RUN_COLUMN_LAST, WB_RUN_COLUMN_PUBLISHED,
  WB_RUN_COLUMN_BASELINE, WB_RUN_COLUMN_SEED,    WB_RUN_COLUMN_RATE, WB_RUN_COLUMN_DURATION,
  WB_RUN_COLUMN_WAITED,   WB_RUN_COLUMN_STARTED, WB_RUN_COLUMN_TAGS, WB_RUN_COLUMN_NOTE,
};

/* ---- columns of the view ---- */

static WbRunColumn
column_of (GtkColumnViewColumn *view_column)
{
  return GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (view_column), "column"));
}

static gboolean
is_narrow_kind (GtkColumnViewColumn *view_column)
{
  return GPOINTER_TO_INT (g_object_get_data (G_OBJECT (view_column), "narrow"));
}

/* Name and status have another form where there is little room. */
static gboolean
wants_narrow (WbRunColumns *self, WbRunColumn column)
{
  if (column == WB_RUN_COLUMN_NAME)
    return self->width == WB_WIDTH_NARROW || (!self->chosen && self->width < WB_WIDTH_WIDE);
  return column == WB_RUN_COLUMN_STATUS && self->width == WB_WIDTH_NARROW;
}

static gboolean
wants (WbRunColumns *self, WbRunColumn column)
{
  if (self->width == WB_WIDTH_NARROW)
    return traits[column].narrowest == WB_WIDTH_NARROW && (!self->chosen || self->shown[column]);
  if (self->chosen)
    return self->shown[column];
  if (self->grouped && column == WB_RUN_COLUMN_LAST)
    return FALSE; /* its room goes to the deviations of the best */
  return traits[column].narrowest <= self->width;
}

/* Columns grow with the text, as far as there is room. */
static double
scale_of (WbRunColumns *self)
{
  GtkWidget   *bin = gtk_widget_get_ancestor (GTK_WIDGET (self->view), WB_TYPE_WIDTH_BIN);
  const double scale = wb_text_scale (GTK_WIDGET (self->view));

  return bin != NULL && wb_width_bin_is_tight (WB_WIDTH_BIN (bin)) ? MIN (scale, 1.25) : scale;
}

static int
width_at_100 (WbRunColumns *self, WbRunColumn column)
{
  if (self->width == WB_WIDTH_NARROW)
    return column == WB_RUN_COLUMN_NAME ? NARROW_NAME : column == WB_RUN_COLUMN_STATUS ? 132 : 84;
  return self->grouped ? traits[column].grouped : traits[column].width;
}

static int
width_of (WbRunColumns *self, WbRunColumn column)
{
  return (int) (width_at_100 (self, column) * scale_of (self));
}

/* Called by the view's sorter when read_sorter() asks it: says which column was asked. */
static int
ask_cb (gconstpointer a, gconstpointer b, gpointer data)
{
  GtkColumnViewColumn *column = data;
  WbRunColumns        *self = g_object_get_data (G_OBJECT (column), "columns");

  if (self != NULL)
    self->asked = column_of (column);
  return -1;
}

static GtkColumnViewColumn *
view_column_new (WbRunColumns *self, WbRunColumn column)
{
  const gboolean       narrow = wants_narrow (self, column);
  GtkColumnViewColumn *result = gtk_column_view_column_new (wb_run_column_get_title (column),
                                                            wb_run_cells_new (column, narrow));

  g_object_set_data (G_OBJECT (result), "column", GUINT_TO_POINTER (column));
  g_object_set_data (G_OBJECT (result), "narrow", GINT_TO_POINTER (narrow));
  g_object_set_data (G_OBJECT (result), "columns", self);
  if (wb_run_column_is_sortable (column))
    {
      g_autoptr (GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (ask_cb, result, NULL));

      gtk_column_view_column_set_sorter (result, sorter);
    }
  gtk_column_view_column_set_expand (result, traits[column].expand);
  gtk_column_view_column_set_resizable (result, TRUE);
  return result;
}

static GtkColumnViewColumn *
get_view_column (WbRunColumns *self, guint position)
{
  GtkColumnViewColumn *column =
      g_list_model_get_item (gtk_column_view_get_columns (self->view), position);

  if (column != NULL)
    g_object_unref (column); /* the view has it */
  return column;
}

static GtkColumnViewColumn *
find_view_column (WbRunColumns *self, WbRunColumn column)
{
  GtkColumnViewColumn *found;

  for (guint i = 0; (found = get_view_column (self, i)) != NULL; i++)
    if (column_of (found) == column)
      return found;
  return NULL;
}

/* Columns that are not shown are taken out: GTK 4.8 counts the width of invisible ones. */
static void
remove_unwanted (WbRunColumns *self)
{
  GtkColumnViewColumn *column;

  for (guint i = 0; (column = get_view_column (self, i)) != NULL;)
    if (!wants (self, column_of (column)) ||
        is_narrow_kind (column) != wants_narrow (self, column_of (column)))
      gtk_column_view_remove_column (self->view, column);
    else
      i++;
}

static gboolean
is_number_title (const char *title)
{
  for (guint i = 0; i < WB_RUN_N_COLUMNS; i++)
    if (g_strcmp0 (wb_run_column_get_title (i), title) == 0)
      return wb_run_column_is_number (i);
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

      if (!GTK_IS_LABEL (label) || !is_number_title (gtk_label_get_label (GTK_LABEL (label))))
        continue;
      gtk_widget_set_halign (box, GTK_ALIGN_END);
      gtk_box_reorder_child_after (GTK_BOX (box), gtk_widget_get_last_child (box), NULL);
    }
}

static void
restore_sort (WbRunColumns *self)
{
  GtkColumnViewColumn *column =
      self->sort < WB_RUN_N_COLUMNS ? find_view_column (self, self->sort) : NULL;

  gtk_column_view_sort_by_column (self->view, column,
                                  self->descending ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
}

/* Brings the view to what is wanted, touching only what differs. */
static void
apply (WbRunColumns *self)
{
  guint position = 0;

  self->busy = TRUE;
  remove_unwanted (self);
  for (guint i = 0; i < WB_RUN_N_COLUMNS; i++)
    {
      const WbRunColumn    column = self->order[i];
      GtkColumnViewColumn *there = find_view_column (self, column);

      if (!wants (self, column))
        continue;
      if (there == NULL)
        {
          g_autoptr (GtkColumnViewColumn) added = view_column_new (self, column);

          gtk_column_view_insert_column (self->view, position, added);
          there = added;
        }
      else if (get_view_column (self, position) != there)
        gtk_column_view_insert_column (self->view, position, there);
      if (gtk_column_view_column_get_fixed_width (there) != width_of (self, column))
        gtk_column_view_column_set_fixed_width (there, width_of (self, column));
      position++;
    }
  restore_sort (self);
  align_titles (self->view);
  self->busy = FALSE;
}

/* ---- what is kept ---- */

static void
save (WbRunColumns *self)
{
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  g_auto (GStrv) all = NULL;

  if (self->settings == NULL)
    return;
  for (guint i = 0; self->chosen && i < WB_RUN_N_COLUMNS; i++)
    {
      g_autofree char *id = g_strconcat (self->shown[self->order[i]] ? "" : "-",
                                         wb_run_column_get_id (self->order[i]), NULL);

      g_strv_builder_add (ids, id);
    }
  all = g_strv_builder_end (ids);
  g_settings_set_strv (self->settings, "runs-columns", (const char *const *) all);
}

static void
save_order (WbRunColumns *self)
{
  g_autofree char *text =
      self->sort < WB_RUN_N_COLUMNS
          ? g_strconcat (self->descending ? "-" : "", wb_run_column_get_id (self->sort), NULL)
          : g_strdup ("");

  if (self->settings != NULL)
    g_settings_set_string (self->settings, "runs-order", text);
}

static void
set_default (WbRunColumns *self)
{
  memcpy (self->order, default_order, sizeof default_order);
  for (guint i = 0; i < WB_RUN_N_COLUMNS; i++)
    self->shown[i] = traits[i].narrowest <= WB_WIDTH_FULL;
  self->chosen = FALSE;
}

/* Ids that are missing or unknown (of another version) change nothing for the others. */
static void
load_columns (WbRunColumns *self)
{
  g_auto (GStrv) ids = g_settings_get_strv (self->settings, "runs-columns");
  gboolean seen[WB_RUN_N_COLUMNS] = { FALSE };
  guint    n = 0;

  set_default (self);
  self->chosen = ids[0] != NULL;
  for (char **id = ids; *id != NULL; id++)
    {
      const gboolean hidden = **id == '-';
      WbRunColumn    column;

      if (!wb_run_column_find (*id + hidden, &column) || seen[column])
        continue;
      seen[column] = TRUE;
      self->shown[column] = !hidden || column == WB_RUN_COLUMN_NAME;
      self->order[n++] = column;
    }
  for (guint i = 0; i < WB_RUN_N_COLUMNS; i++)
    if (!seen[default_order[i]])
      self->order[n++] = default_order[i];
}

static void
load_order (WbRunColumns *self)
{
  g_autofree char *text = g_settings_get_string (self->settings, "runs-order");
  WbRunColumn      column;

  self->descending = *text == '-';
  self->sort =
      wb_run_column_find (text + self->descending, &column) && wb_run_column_is_sortable (column)
          ? column
          : WB_RUN_N_COLUMNS;
}

void
wb_run_columns_bind_settings (WbRunColumns *self, GSettings *settings)
{
  g_return_if_fail (WB_IS_RUN_COLUMNS (self) && G_IS_SETTINGS (settings));

  g_set_object (&self->settings, settings);
  load_columns (self);
  load_order (self);
  apply (self);
  g_signal_emit (self, signals[ORDER_CHANGED], 0);
}

/* ---- what people do to the view ---- */

/* Which column the view's own sorter goes by first, which GTK 4.8 does not say: it is asked to
 * compare two things, and the column that it asks in turn answers "smaller". */
static void
read_sorter (WbRunColumns *self)
{
  GtkSorter  *sorter = gtk_column_view_get_sorter (self->view);
  GtkOrdering ordering;

  if (self->busy)
    return;
  self->asked = WB_RUN_N_COLUMNS;
  ordering = gtk_sorter_compare (sorter, self, self->view);
  self->sort = self->asked;
  self->descending = ordering == GTK_ORDERING_LARGER;
  save_order (self);
  g_signal_emit (self, signals[ORDER_CHANGED], 0);
}

static void
insert_before (WbRunColumns *self, WbRunColumn column, WbRunColumn next)
{
  guint       n = 0;
  WbRunColumn rest[WB_RUN_N_COLUMNS];

  for (guint i = 0; i < WB_RUN_N_COLUMNS; i++)
    if (self->order[i] != column)
      rest[n++] = self->order[i];
  n = 0;
  for (guint i = 0; i + 1 < WB_RUN_N_COLUMNS; i++)
    {
      if (rest[i] == next)
        self->order[n++] = column;
      self->order[n++] = rest[i];
    }
  if (n < WB_RUN_N_COLUMNS)
    self->order[n] = column;
}

/* From now on what is shown is what was chosen. */
static void
choose (WbRunColumns *self)
{
  if (!self->chosen)
    for (guint i = 0; i < WB_RUN_N_COLUMNS; i++)
      self->shown[i] = wants (self, i);
  self->chosen = TRUE;
}

/* A title was dragged: hidden columns stay before the one that they stood before. */
static void
columns_moved_cb (WbRunColumns *self)
{
  GtkColumnViewColumn *column, *next;
  guint                n = g_list_model_get_n_items (gtk_column_view_get_columns (self->view));
  guint                wanted = 0;

  for (guint i = 0; i < WB_RUN_N_COLUMNS; i++)
    wanted += wants (self, i);
  if (self->busy || n != wanted)
    return; /* in the middle of a move: taken out, not yet in again */
  choose (self);
  next = NULL;
  while (n-- > 0)
    {
      column = get_view_column (self, n);
      insert_before (self, column_of (column), next != NULL ? column_of (next) : WB_RUN_N_COLUMNS);
      next = column;
    }
  save (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* ---- what is asked ---- */

void
wb_run_columns_set_width (WbRunColumns *self, WbWidth width)
{
  g_return_if_fail (WB_IS_RUN_COLUMNS (self));
  self->width = width;
  apply (self);
}

void
wb_run_columns_set_grouped (WbRunColumns *self, gboolean grouped)
{
  g_return_if_fail (WB_IS_RUN_COLUMNS (self));
  self->grouped = grouped;
  apply (self);
}

gboolean
wb_run_columns_is_shown (WbRunColumns *self, WbRunColumn column)
{
  g_return_val_if_fail (WB_IS_RUN_COLUMNS (self) && (guint) column < WB_RUN_N_COLUMNS, FALSE);
  return self->chosen ? self->shown[column] : wants (self, column);
}

static void
change (WbRunColumns *self)
{
  save (self);
  apply (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
wb_run_columns_show (WbRunColumns *self, WbRunColumn column, gboolean show)
{
  g_return_if_fail (WB_IS_RUN_COLUMNS (self) && (guint) column < WB_RUN_N_COLUMNS);

  if (column == WB_RUN_COLUMN_NAME || wb_run_columns_is_shown (self, column) == show)
    return;
  choose (self);
  self->shown[column] = show;
  change (self);
}

WbRunColumn
wb_run_columns_get_nth (WbRunColumns *self, guint place)
{
  g_return_val_if_fail (WB_IS_RUN_COLUMNS (self) && place < WB_RUN_N_COLUMNS, WB_RUN_COLUMN_NAME);
  return self->order[place];
}

void
wb_run_columns_move (WbRunColumns *self, WbRunColumn column, int by)
{
  int place = 0;

  g_return_if_fail (WB_IS_RUN_COLUMNS (self) && (guint) column < WB_RUN_N_COLUMNS);
  while (self->order[place] != column)
    place++;
  if (place + by < 0 || place + by >= WB_RUN_N_COLUMNS)
    return;
  choose (self);
  self->order[place] = self->order[place + by];
  self->order[place + by] = column;
  change (self);
}

gboolean
wb_run_columns_is_changed (WbRunColumns *self)
{
  g_return_val_if_fail (WB_IS_RUN_COLUMNS (self), FALSE);
  return self->chosen;
}

void
wb_run_columns_reset (WbRunColumns *self)
{
  g_return_if_fail (WB_IS_RUN_COLUMNS (self));
  set_default (self);
  change (self);
}

WbRunColumn
wb_run_columns_get_order (WbRunColumns *self, gboolean *descending)
{
  g_return_val_if_fail (WB_IS_RUN_COLUMNS (self), WB_RUN_N_COLUMNS);
  *descending = self->descending;
  return self->sort;
}

static void
wb_run_columns_dispose (GObject *object)
{
  WbRunColumns *self = WB_RUN_COLUMNS (object);

  g_clear_weak_pointer (&self->view);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (wb_run_columns_parent_class)->dispose (object);
}

static void
wb_run_columns_class_init (WbRunColumnsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_run_columns_dispose;
  signals[CHANGED] = g_signal_new ("changed", WB_TYPE_RUN_COLUMNS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
  signals[ORDER_CHANGED] = g_signal_new ("order-changed", WB_TYPE_RUN_COLUMNS, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
wb_run_columns_init (WbRunColumns *self)
{
  self->width = WB_WIDTH_FULL;
  self->sort = WB_RUN_N_COLUMNS;
  set_default (self);
}

WbRunColumns *
wb_run_columns_new (GtkColumnView *view)
{
  WbRunColumns *self = g_object_new (WB_TYPE_RUN_COLUMNS, NULL);

  g_set_weak_pointer (&self->view, view);
  apply (self);
  g_signal_connect_object (gtk_column_view_get_sorter (view), "changed", G_CALLBACK (read_sorter),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_column_view_get_columns (view), "items-changed",
                           G_CALLBACK (columns_moved_cb), self, G_CONNECT_SWAPPED);
  return self;
}
