#include "config.h"

#include "ui/widgets/wb-edit-popover.h"

#include <glib/gi18n-lib.h>

struct _WbEditPopover
{
  GtkPopover parent_instance;

  GtkWidget *field; /* GtkEntry or GtkTextView */
  GtkWidget *problem;
  GtkWidget *before; /* (nullable): had the keyboard; a weak pointer */
  guint      closed_id;
};

static guint apply_signal;

G_DEFINE_FINAL_TYPE (WbEditPopover, wb_edit_popover, GTK_TYPE_POPOVER)

static char *
dup_text (WbEditPopover *self)
{
  GtkTextBuffer *buffer;
  GtkTextIter    start, end;

  if (GTK_IS_ENTRY (self->field))
    return g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->field)));
  buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->field));
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

static void
apply (WbEditPopover *self)
{
  g_autofree char *text = dup_text (self);

  gtk_widget_set_visible (self->problem, FALSE);
  g_signal_emit (self, apply_signal, 0, text);
}

static gboolean
apply_cb (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  apply (WB_EDIT_POPOVER (widget));
  return TRUE;
}

void
wb_edit_popover_set_problem (WbEditPopover *self, const char *problem)
{
  g_return_if_fail (WB_IS_EDIT_POPOVER (self));
  gtk_label_set_label (GTK_LABEL (self->problem), problem);
  gtk_widget_set_visible (self->problem, TRUE);
}

static gboolean
unparent_cb (gpointer data)
{
  WbEditPopover *self = data;

  GtkWidget *before = self->before;

  self->closed_id = 0;
  if (before != NULL && gtk_widget_get_mapped (before))
    gtk_widget_grab_focus (before);
  gtk_widget_unparent (GTK_WIDGET (self));
  return G_SOURCE_REMOVE;
}

/* Not at once: GTK still works on it. */
static void
wb_edit_popover_closed (GtkPopover *popover)
{
  WbEditPopover *self = WB_EDIT_POPOVER (popover);

  if (self->closed_id == 0)
    self->closed_id = g_idle_add (unparent_cb, self);
}

static void
wb_edit_popover_dispose (GObject *object)
{
  g_clear_handle_id (&WB_EDIT_POPOVER (object)->closed_id, g_source_remove);
  g_clear_weak_pointer (&WB_EDIT_POPOVER (object)->before);
  G_OBJECT_CLASS (wb_edit_popover_parent_class)->dispose (object);
}

static void
wb_edit_popover_class_init (WbEditPopoverClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_edit_popover_dispose;
  GTK_POPOVER_CLASS (klass)->closed = wb_edit_popover_closed;
  apply_signal = g_signal_new ("apply", WB_TYPE_EDIT_POPOVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_add_binding (GTK_WIDGET_CLASS (klass), GDK_KEY_Return, GDK_CONTROL_MASK,
                                apply_cb, NULL);
}

static void
wb_edit_popover_init (WbEditPopover *self)
{
}

static GtkWidget *
entry_new (WbEditPopover *self, const char *text)
{
  GtkWidget *entry = gtk_entry_new ();

  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  gtk_editable_set_width_chars (GTK_EDITABLE (entry), 32);
  g_signal_connect_object (entry, "activate", G_CALLBACK (apply), self, G_CONNECT_SWAPPED);
  self->field = entry;
  return entry;
}

static GtkWidget *
view_new (WbEditPopover *self, const char *text)
{
  GtkWidget *view = gtk_text_view_new (), *scrolled = gtk_scrolled_window_new ();

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)), text, -1);
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (view), GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (view), FALSE);
  gtk_widget_add_css_class (view, "note-text");
  gtk_widget_set_size_request (scrolled, 300, 110);
  gtk_widget_add_css_class (scrolled, "card");
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), view);
  self->field = view;
  return scrolled;
}

GtkWidget *
wb_edit_popover_new (const char *title, const char *text, gboolean several_lines)
{
  WbEditPopover *self = g_object_new (WB_TYPE_EDIT_POPOVER, NULL);
  GtkWidget     *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *label = gtk_label_new (title);
  GtkWidget     *button = gtk_button_new_with_mnemonic (_ ("_Apply"));

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "heading");
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), several_lines ? view_new (self, text) : entry_new (self, text));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->field), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  title, -1);
  gtk_widget_set_name (self->field, "edit-text");
  self->problem = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->problem), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (self->problem), 36);
  gtk_label_set_xalign (GTK_LABEL (self->problem), 0);
  gtk_widget_add_css_class (self->problem, "error");
  gtk_widget_set_name (self->problem, "edit-problem");
  gtk_widget_set_visible (self->problem, FALSE);
  gtk_box_append (GTK_BOX (box), self->problem);
  gtk_widget_set_name (button, "edit-apply");
  gtk_widget_set_halign (button, GTK_ALIGN_END);
  gtk_widget_add_css_class (button, "suggested-action");
  g_signal_connect_object (button, "clicked", G_CALLBACK (apply), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), button);
  gtk_popover_set_child (GTK_POPOVER (self), box);
  gtk_widget_set_name (GTK_WIDGET (self), "edit-popover");
  return GTK_WIDGET (self);
}

void
wb_edit_popover_open (WbEditPopover *self, GtkWidget *parent, GtkWidget *over)
{
  graphene_rect_t bounds;

  g_return_if_fail (WB_IS_EDIT_POPOVER (self));
  g_set_weak_pointer (&self->before, gtk_root_get_focus (gtk_widget_get_root (parent)));
  gtk_widget_set_parent (GTK_WIDGET (self), parent);
  if (over != NULL && gtk_widget_compute_bounds (over, parent, &bounds))
    gtk_popover_set_pointing_to (GTK_POPOVER (self),
                                 &(GdkRectangle){ (int) bounds.origin.x, (int) bounds.origin.y,
                                                  MIN ((int) bounds.size.width, 240),
                                                  (int) bounds.size.height });
  gtk_popover_popup (GTK_POPOVER (self));
  gtk_widget_grab_focus (self->field);
}
