#include "config.h"

#include "ui/widgets/wb-field-row.h"

#include "app/core/wb-translate.h"

#include <glib/gi18n-lib.h>

struct _WbFieldRow
{
  AdwActionRow parent_instance;

  GtkEntry    *entry;
  GtkDropDown *drop;
  GtkWidget   *reset, *browse;

  char                 *field, *help, *fallback;
  GPtrArray            *choices; /* of the drop-down, NULL-terminated; NULL: the entry is used */
  WbFieldKind           kind;
  gboolean              is_text;   /* words, not a number */
  gboolean              of_recipe; /* fallback */
  GtkFileChooserNative *chooser;
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbFieldRow, wb_field_row, ADW_TYPE_ACTION_ROW)

const char *
wb_field_row_get_field (WbFieldRow *self)
{
  g_return_val_if_fail (WB_IS_FIELD_ROW (self), NULL);
  return self->field;
}

const char *
wb_field_row_get_text (WbFieldRow *self)
{
  guint selected;

  g_return_val_if_fail (WB_IS_FIELD_ROW (self), NULL);
  if (self->choices == NULL)
    return gtk_editable_get_text (GTK_EDITABLE (self->entry));
  selected = gtk_drop_down_get_selected (self->drop);
  return selected < self->choices->len - 1 ? self->choices->pdata[selected] : self->fallback;
}

void
wb_field_row_set_text (WbFieldRow *self, const char *text)
{
  g_return_if_fail (WB_IS_FIELD_ROW (self));
  if (text == NULL || *text == '\0')
    text = self->fallback;
  if (self->choices == NULL)
    {
      if (g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (self->entry)), text) != 0)
        gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
      return;
    }
  for (guint i = 0; i + 1 < self->choices->len; i++)
    if (g_strcmp0 (self->choices->pdata[i], text) == 0)
      gtk_drop_down_set_selected (self->drop, i);
}

void
wb_field_row_set_placeholder (WbFieldRow *self, const char *text)
{
  g_return_if_fail (WB_IS_FIELD_ROW (self));
  gtk_entry_set_placeholder_text (self->entry, text);
}

void
wb_field_row_set_compact (WbFieldRow *self, gboolean compact)
{
  const int wide = self->kind == WB_FIELD_TEXT && !self->is_text ? 10 : 22;

  g_return_if_fail (WB_IS_FIELD_ROW (self));
  gtk_editable_set_width_chars (GTK_EDITABLE (self->entry), compact ? 9 : wide);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->entry), compact ? 9 : wide);
}

static void
show_help (WbFieldRow *self)
{
  g_autofree char *text = NULL;

  if (gtk_widget_get_visible (self->reset) && *self->fallback != '\0')
    /* Translators: the default of a setting, then what the setting is for */
    text = g_strdup_printf (self->of_recipe ? _ ("Recipe %s: %s") : _ ("Default %s: %s"),
                            self->fallback, self->help);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), text != NULL ? text : self->help);
}

void
wb_field_row_set_help (WbFieldRow *self, const char *help)
{
  g_return_if_fail (WB_IS_FIELD_ROW (self) && help != NULL);

  if (g_str_equal (self->help, help))
    return;
  g_free (self->help);
  self->help = g_strdup (help);
  show_help (self);
}

void
wb_field_row_set_problem (WbFieldRow *self, const char *message, gboolean blocks)
{
  GtkWidget *widget = GTK_WIDGET (self);

  g_return_if_fail (WB_IS_FIELD_ROW (self));

  gtk_widget_remove_css_class (widget, "field-error");
  gtk_widget_remove_css_class (widget, "field-warning");
  gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
  gtk_accessible_update_state (
      GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_STATE_INVALID,
      message != NULL && blocks ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  message != NULL ? message : self->help, -1);
  if (message == NULL)
    {
      show_help (self);
      return;
    }
  gtk_widget_add_css_class (widget, blocks ? "field-error" : "field-warning");
  if (blocks)
    gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), message);
}

gboolean
wb_field_row_is_changed (WbFieldRow *self)
{
  g_return_val_if_fail (WB_IS_FIELD_ROW (self), FALSE);
  return g_strcmp0 (wb_field_row_get_text (self), self->fallback) != 0;
}

/* A changed setting is marked and has the arrow that brings it back. */
static void
show_changed (WbFieldRow *self)
{
  const gboolean changed = *self->fallback != '\0' && wb_field_row_is_changed (self);

  gtk_widget_set_visible (self->reset, changed);
  if (changed)
    gtk_widget_add_css_class (GTK_WIDGET (self), "field-changed");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "field-changed");
  show_help (self);
}

static void
changed_cb (WbFieldRow *self)
{
  if (self->field == NULL) /* under construction */
    return;
  show_changed (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
wb_field_row_set_fallback (WbFieldRow *self, const char *fallback, gboolean of_recipe)
{
  gboolean changed;

  g_return_if_fail (WB_IS_FIELD_ROW (self) && fallback != NULL);

  changed = wb_field_row_is_changed (self);
  g_free (self->fallback);
  self->fallback = g_strdup (fallback);
  self->of_recipe = of_recipe;
  gtk_widget_set_tooltip_text (self->reset, of_recipe ? _ ("Back to the recipe's value")
                                                      : _ ("Back to the default"));
  if (!changed)
    wb_field_row_set_text (self, fallback);
  show_changed (self);
}

static void
reset_cb (GtkButton *button, WbFieldRow *self)
{
  wb_field_row_set_text (self, self->fallback);
  gtk_widget_grab_focus (self->choices == NULL ? GTK_WIDGET (self->entry)
                                               : GTK_WIDGET (self->drop));
}

static void
response_cb (GtkNativeDialog *dialog, int response, WbFieldRow *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

      if (path != NULL)
        wb_field_row_set_text (self, path);
    }
  g_clear_object (&self->chooser);
}

static void
browse_cb (GtkButton *button, WbFieldRow *self)
{
  GtkRoot       *root = gtk_widget_get_root (GTK_WIDGET (self));
  const char    *text = wb_field_row_get_text (self);
  const gboolean folder = self->kind == WB_FIELD_FOLDER;
  g_autoptr (GFile) start = NULL;

  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (
      adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self)), GTK_WINDOW (root),
      folder ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER : GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Choose"),
      _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  if (g_path_is_absolute (text) && g_file_test (text, G_FILE_TEST_EXISTS))
    {
      start = g_file_new_for_path (text);
      gtk_file_chooser_set_file (GTK_FILE_CHOOSER (self->chooser), start, NULL);
    }
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (response_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
wb_field_row_dispose (GObject *object)
{
  WbFieldRow *self = WB_FIELD_ROW (object);

  g_clear_object (&self->chooser);
  G_OBJECT_CLASS (wb_field_row_parent_class)->dispose (object);
}

static void
wb_field_row_finalize (GObject *object)
{
  WbFieldRow *self = WB_FIELD_ROW (object);

  g_free (self->field);
  g_free (self->help);
  g_free (self->fallback);
  g_clear_pointer (&self->choices, g_ptr_array_unref);
  G_OBJECT_CLASS (wb_field_row_parent_class)->finalize (object);
}

static void
wb_field_row_class_init (WbFieldRowClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = wb_field_row_dispose;
  object_class->finalize = wb_field_row_finalize;
  signals[CHANGED] = g_signal_new ("changed", WB_TYPE_FIELD_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/DebertaWorkbench/wb-field-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WbFieldRow, entry);
  gtk_widget_class_bind_template_child (widget_class, WbFieldRow, drop);
  gtk_widget_class_bind_template_child (widget_class, WbFieldRow, reset);
  gtk_widget_class_bind_template_child (widget_class, WbFieldRow, browse);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, reset_cb);
  gtk_widget_class_bind_template_callback (widget_class, browse_cb);
}

static void
wb_field_row_init (WbFieldRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
set_label (GtkWidget *widget, const char *title)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
}

static void
set_up_browse (WbFieldRow *self, const char *title)
{
  /* Translators: accessible name of a button; %s is the field that it fills */
  g_autofree char *name = g_strdup_printf (_ ("Choose: %s"), title);

  gtk_widget_set_visible (self->browse, TRUE);
  gtk_button_set_icon_name (GTK_BUTTON (self->browse), self->kind == WB_FIELD_FOLDER
                                                           ? "folder-open-symbolic"
                                                           : "document-open-symbolic");
  set_label (self->browse, name);
  gtk_widget_set_tooltip_text (self->browse, _ ("Choose…"));
}

static void
capitalise (char **text)
{
  if (g_ascii_islower ((*text)[0]) && !g_ascii_isupper ((*text)[1]))
    (*text)[0] = g_ascii_toupper ((*text)[0]);
}

GtkWidget *
wb_field_row_new (const char *field,
                  const char *title,
                  const char *help,
                  WbFieldKind kind,
                  const char *fallback)
{
  WbFieldRow *self = g_object_new (WB_TYPE_FIELD_ROW, "title", title, "use-markup", FALSE, NULL);
  g_autofree char *name = g_strdup_printf ("field-%s", field);

  self->kind = kind;
  self->help = g_strdup (help != NULL ? help : "");
  self->fallback = g_strdup (fallback != NULL ? fallback : "");
  gtk_editable_set_text (GTK_EDITABLE (self->entry), self->fallback);
  self->field = g_strdup (field);
  gtk_widget_set_name (GTK_WIDGET (self->entry), name);
  set_label (GTK_WIDGET (self->entry), title);
  set_label (GTK_WIDGET (self->drop), title);
  if (kind != WB_FIELD_TEXT)
    set_up_browse (self, title);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (self), GTK_WIDGET (self->entry));
  self->is_text = TRUE;
  gtk_entry_set_alignment (self->entry, 0);
  wb_field_row_set_compact (self, FALSE);
  show_help (self);
  return GTK_WIDGET (self);
}

static void
use_choices (WbFieldRow *self, const WbSettingInfo *info)
{
  g_autoptr (GtkStringList) model = gtk_string_list_new (NULL);
  g_autofree char *name = g_strdup_printf ("field-%s", info->key);

  self->choices = g_ptr_array_new ();
  for (const char *const *c = info->choices; c != NULL && *c != NULL; c++)
    g_ptr_array_add (self->choices, (gpointer) *c);
  for (const char *const *w = info->words; w != NULL && *w != NULL; w++)
    g_ptr_array_add (self->choices, (gpointer) *w);
  g_ptr_array_add (self->choices, NULL);
  gtk_string_list_splice (model, 0, 0, (const char *const *) self->choices->pdata);
  gtk_drop_down_set_model (self->drop, G_LIST_MODEL (model));
  gtk_widget_set_name (GTK_WIDGET (self->entry), NULL);
  gtk_widget_set_name (GTK_WIDGET (self->drop), name);
  gtk_widget_set_visible (GTK_WIDGET (self->entry), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->drop), TRUE);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (self), GTK_WIDGET (self->drop));
  wb_field_row_set_text (self, info->fallback);
}

GtkWidget *
wb_field_row_new_setting (const WbSettingInfo *info)
{
  g_autofree char *help = g_strdup (wb_translate (info->help));
  WbFieldRow      *self;

  capitalise (&help);
  self = WB_FIELD_ROW (wb_field_row_new (info->key, wb_translate (info->title), help, WB_FIELD_TEXT,
                                         info->fallback));
  self->is_text = FALSE;
  gtk_entry_set_alignment (self->entry, 1);
  wb_field_row_set_compact (self, FALSE);
  if (info->type == WB_SETTING_CHOICE)
    use_choices (self, info);
  return GTK_WIDGET (self);
}
