#include "config.h"

#include "ui/pages/wb-run-log.h"

#include <glib/gi18n-lib.h>

#define LINES 1000
#define REFRESH_MS 1000

struct _WbRunLog
{
  GtkWidget parent_instance;

  GtkWidget   *scrolled;
  GtkTextView *view;
  WbRun       *run;
  guint        refresh_id, scroll_id;
};

G_DEFINE_FINAL_TYPE (WbRunLog, wb_run_log, GTK_TYPE_WIDGET)

static gboolean
at_end (WbRunLog *self)
{
  GtkAdjustment *adjustment =
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scrolled));

  return gtk_adjustment_get_value (adjustment) + gtk_adjustment_get_page_size (adjustment) >=
         gtk_adjustment_get_upper (adjustment) - 40;
}

static gboolean
scroll_cb (gpointer data)
{
  WbRunLog      *self = data;
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);

  self->scroll_id = 0;
  gtk_text_view_scroll_to_mark (self->view, gtk_text_buffer_get_insert (buffer), 0, FALSE, 0, 1);
  return G_SOURCE_REMOVE;
}

static void
show_text (WbRunLog *self, const char *text)
{
  GtkTextBuffer   *buffer = gtk_text_view_get_buffer (self->view);
  const gboolean   follow = at_end (self);
  GtkTextIter      start, end;
  g_autofree char *before = NULL;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  before = gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
  if (g_str_equal (before, text))
    return;
  gtk_text_buffer_set_text (buffer, text, -1);
  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_place_cursor (buffer, &end);
  if (follow && self->scroll_id == 0) /* when the lines have been laid out */
    self->scroll_id = g_timeout_add (50, scroll_cb, self);
}

static void
read_log (WbRunLog *self)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) lines = wb_run_dup_log (self->run, LINES, &error);
  g_autofree char *text = NULL;

  if (lines == NULL)
    text = g_strdup (error != NULL ? error->message : "");
  else if (lines[0] == NULL)
    text = g_strdup (_ ("Nothing has been logged yet."));
  else
    text = g_strjoinv ("\n", lines);
  show_text (self, text);
}

static gboolean
refresh_cb (gpointer data)
{
  WbRunLog *self = data;

  self->refresh_id = 0;
  if (self->run != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    read_log (self);
  return G_SOURCE_REMOVE;
}

static void
refresh_soon (WbRunLog *self)
{
  if (self->refresh_id == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->refresh_id = g_timeout_add (REFRESH_MS, refresh_cb, self);
}

void
wb_run_log_set_run (WbRunLog *self, WbRun *run)
{
  g_return_if_fail (WB_IS_RUN_LOG (self));

  if (self->run == run)
    return;
  g_clear_handle_id (&self->refresh_id, g_source_remove);
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_func (self->run, refresh_soon, self);
  g_set_object (&self->run, run);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->view), "", -1);
  if (run == NULL)
    return;
  g_signal_connect_object (run, "notify", G_CALLBACK (refresh_soon), self, G_CONNECT_SWAPPED);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    read_log (self);
}

static void
wb_run_log_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (wb_run_log_parent_class)->map (widget);
  if (WB_RUN_LOG (widget)->run != NULL)
    read_log (WB_RUN_LOG (widget));
}

static void
wb_run_log_dispose (GObject *object)
{
  WbRunLog *self = WB_RUN_LOG (object);

  g_clear_handle_id (&self->refresh_id, g_source_remove);
  g_clear_handle_id (&self->scroll_id, g_source_remove);
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_func (self->run, refresh_soon, self);
  g_clear_object (&self->run);
  g_clear_pointer (&self->scrolled, gtk_widget_unparent);
  G_OBJECT_CLASS (wb_run_log_parent_class)->dispose (object);
}

static void
wb_run_log_class_init (WbRunLogClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_run_log_dispose;
  GTK_WIDGET_CLASS (klass)->map = wb_run_log_map;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
wb_run_log_init (WbRunLog *self)
{
  self->scrolled = gtk_scrolled_window_new ();
  self->view = GTK_TEXT_VIEW (gtk_text_view_new ());
  gtk_text_view_set_editable (self->view, FALSE);
  gtk_text_view_set_cursor_visible (self->view, FALSE);
  gtk_text_view_set_monospace (self->view, TRUE);
  gtk_widget_set_direction (GTK_WIDGET (self->view), GTK_TEXT_DIR_LTR); /* the log is English */
  gtk_text_view_set_wrap_mode (self->view, GTK_WRAP_WORD_CHAR);
  gtk_widget_set_vexpand (self->scrolled, TRUE);
  gtk_widget_add_css_class (self->scrolled, "card");
  gtk_widget_add_css_class (GTK_WIDGET (self->view), "log");
  gtk_widget_set_overflow (self->scrolled, GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Log"), -1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), GTK_WIDGET (self->view));
  gtk_widget_set_parent (self->scrolled, GTK_WIDGET (self));
  gtk_widget_add_css_class (GTK_WIDGET (self), "run-log");
}
