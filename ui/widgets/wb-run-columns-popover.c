#include "config.h"

#include "ui/widgets/wb-run-columns-popover.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  WbRunColumns *columns;
  GtkWidget    *list;
  GtkWidget    *reset;
  gboolean      busy;
} Popover;

static void fill (Popover *self);

static WbRunColumn
column_of (GtkWidget *widget)
{
  return GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (widget), "column"));
}

static void
check_cb (GtkCheckButton *check, GParamSpec *pspec, Popover *self)
{
  if (!self->busy)
    wb_run_columns_show (self->columns, column_of (GTK_WIDGET (check)),
                         gtk_check_button_get_active (check));
}

/* The keyboard stays with the column that it moves. */
static void
focus_mover (Popover *self, WbRunColumn column, const char *which)
{
  GtkWidget *row = gtk_widget_get_first_child (self->list);

  while (row != NULL && column_of (gtk_widget_get_first_child (row)) != column)
    row = gtk_widget_get_next_sibling (row);
  for (GtkWidget *w = row != NULL ? gtk_widget_get_first_child (row) : NULL; w != NULL;
       w = gtk_widget_get_next_sibling (w))
    if (g_strcmp0 (g_object_get_data (G_OBJECT (w), "way"), which) == 0)
      gtk_widget_grab_focus (w);
}

static void
move_cb (GtkButton *button, Popover *self)
{
  const WbRunColumn column = column_of (GTK_WIDGET (button));
  const char       *way = g_object_get_data (G_OBJECT (button), "way");

  wb_run_columns_move (self->columns, column, g_str_equal (way, "up") ? -1 : 1);
  focus_mover (self, column, way);
}

static GtkWidget *
mover_new (Popover *self, WbRunColumn column, const char *way, gboolean sensitive)
{
  const gboolean up = g_str_equal (way, "up");
  GtkWidget *button = gtk_button_new_from_icon_name (up ? "go-up-symbolic" : "go-down-symbolic");
  g_autofree char *name =
      g_strdup_printf (up ? _ ("Move “%s” to the front") : _ ("Move “%s” to the back"),
                       wb_run_column_get_title (column));

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_sensitive (button, sensitive);
  gtk_widget_set_tooltip_text (button, up ? _ ("To the front") : _ ("To the back"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data (G_OBJECT (button), "column", GUINT_TO_POINTER (column));
  g_object_set_data (G_OBJECT (button), "way", (gpointer) way);
  g_signal_connect (button, "clicked", G_CALLBACK (move_cb), self);
  return button;
}

static GtkWidget *
row_new (Popover *self, guint place)
{
  const WbRunColumn column = wb_run_columns_get_nth (self->columns, place);
  GtkWidget        *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget        *check = gtk_check_button_new_with_label (wb_run_column_get_title (column));
  g_autofree char  *name = g_strconcat ("column-", wb_run_column_get_id (column), NULL);

  gtk_widget_set_name (check, name);
  gtk_widget_set_hexpand (check, TRUE);
  gtk_widget_set_sensitive (check, column != WB_RUN_COLUMN_NAME);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check),
                               wb_run_columns_is_shown (self->columns, column));
  g_object_set_data (G_OBJECT (check), "column", GUINT_TO_POINTER (column));
  g_signal_connect (check, "notify::active", G_CALLBACK (check_cb), self);
  gtk_box_append (GTK_BOX (row), check);
  gtk_box_append (GTK_BOX (row), mover_new (self, column, "up", place > 0));
  gtk_box_append (GTK_BOX (row), mover_new (self, column, "down", place + 1 < WB_RUN_N_COLUMNS));
  return row;
}

static void
fill (Popover *self)
{
  GtkWidget *child;

  self->busy = TRUE;
  while ((child = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_box_remove (GTK_BOX (self->list), child);
  for (guint i = 0; i < WB_RUN_N_COLUMNS; i++)
    gtk_box_append (GTK_BOX (self->list), row_new (self, i));
  gtk_widget_set_sensitive (self->reset, wb_run_columns_is_changed (self->columns));
  self->busy = FALSE;
}

/* A check that was clicked keeps its place, so that its row is not made anew under the pointer. */
static gboolean
is_same (Popover *self)
{
  GtkWidget *row = gtk_widget_get_first_child (self->list);

  for (guint i = 0; i < WB_RUN_N_COLUMNS; i++, row = gtk_widget_get_next_sibling (row))
    if (row == NULL ||
        column_of (gtk_widget_get_first_child (row)) != wb_run_columns_get_nth (self->columns, i))
      return FALSE;
  return TRUE;
}

static void
changed_cb (WbRunColumns *columns, Popover *self)
{
  GtkWidget *row = gtk_widget_get_first_child (self->list);

  if (!is_same (self))
    {
      fill (self);
      return;
    }
  self->busy = TRUE;
  for (; row != NULL; row = gtk_widget_get_next_sibling (row))
    {
      GtkWidget *check = gtk_widget_get_first_child (row);

      gtk_check_button_set_active (GTK_CHECK_BUTTON (check),
                                   wb_run_columns_is_shown (columns, column_of (check)));
    }
  gtk_widget_set_sensitive (self->reset, wb_run_columns_is_changed (columns));
  self->busy = FALSE;
}

static void
show_cb (GtkWidget *popover, Popover *self)
{
  fill (self);
}

static void
reset_cb (GtkButton *button, Popover *self)
{
  wb_run_columns_reset (self->columns);
}

static void
popover_free (gpointer data, GObject *where)
{
  Popover *self = data;

  g_signal_handlers_disconnect_by_func (self->columns, changed_cb, self);
  g_object_unref (self->columns);
  g_free (self);
}

GtkWidget *
wb_run_columns_popover_new (WbRunColumns *columns)
{
  Popover   *self = g_new0 (Popover, 1);
  GtkWidget *popover = gtk_popover_new (), *scrolled = gtk_scrolled_window_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->columns = g_object_ref (columns);
  self->list = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  self->reset = gtk_button_new_with_mnemonic (_ ("_Reset Columns"));
  gtk_widget_set_name (self->reset, "reset-columns");
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), 420);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->list);
  gtk_box_append (GTK_BOX (box), scrolled);
  gtk_box_append (GTK_BOX (box), self->reset);
  gtk_popover_set_child (GTK_POPOVER (popover), box);
  gtk_widget_set_name (popover, "columns-popover");
  g_signal_connect (popover, "show", G_CALLBACK (show_cb), self);
  g_signal_connect (self->reset, "clicked", G_CALLBACK (reset_cb), self);
  g_signal_connect (columns, "changed", G_CALLBACK (changed_cb), self);
  g_object_weak_ref (G_OBJECT (popover), popover_free, self);
  return popover;
}
