#include "config.h"

#include "ui/windows/wb-new-run-dialog-private.h"

#include "app/runs/wb-model-choice.h"
#include "app/runs/wb-run-launcher.h"
#include "app/runs/wb-task-info.h"
#include "ui/widgets/wb-field-row.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define CHECK_MS 80 /* after the last key */
#define FOLDER_HELP N_ ("With config.json, weights and tokenizer, as on Hugging Face")

typedef enum
{
  START_LIBRARY,
  START_FOLDER,
  START_RANDOM,
} StartFrom;

enum
{
  STARTED,
  QUEUED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbNewRunDialog, wb_new_run_dialog, ADW_TYPE_WINDOW)

static StartFrom
start_from (WbNewRunDialog *self)
{
  return adw_combo_row_get_selected (self->start_from) + (self->has_library ? 0 : 1);
}

static void
mark_combo (AdwComboRow *row, const char *help, const WbRunProblem *problem)
{
  GtkWidget *widget = GTK_WIDGET (row);

  gtk_widget_remove_css_class (widget, "field-error");
  gtk_widget_remove_css_class (widget, "field-warning");
  if (problem != NULL)
    gtk_widget_add_css_class (widget, problem->blocks ? "field-error" : "field-warning");
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), problem != NULL ? problem->message : help);
}

static const WbRunProblem *
problem_of (GPtrArray *problems, const char *field)
{
  for (guint i = 0; i < problems->len; i++)
    {
      const WbRunProblem *problem = problems->pdata[i];

      if (g_str_equal (problem->field, field))
        return problem;
    }
  return NULL;
}

static const WbRunProblem *
blocking_of (GPtrArray *problems, const char *field)
{
  const WbRunProblem *problem = problem_of (problems, field);

  return problem != NULL && problem->blocks ? problem : NULL;
}

static const char *
task_help (WbNewRunDialog *self)
{
  WbTaskInfo *info = adw_combo_row_get_selected_item (self->task);

  return info != NULL ? wb_task_info_get_description (info) : "";
}

static const char *
library_help (WbNewRunDialog *self)
{
  WbModelChoice *choice = adw_combo_row_get_selected_item (self->library);

  return choice != NULL ? wb_model_choice_get_subtitle (choice) : "";
}

static void
mark_fields (WbNewRunDialog *self, GPtrArray *problems)
{
  GHashTableIter iter;
  gpointer       field, row;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &field, &row))
    {
      const WbRunProblem *problem =
          g_hash_table_contains (self->touched, field) ? problem_of (problems, field) : NULL;

      if (WB_IS_FIELD_ROW (row))
        wb_field_row_set_problem (row, problem != NULL ? problem->message : NULL,
                                  problem != NULL && problem->blocks);
    }
  mark_combo (self->task, task_help (self), problem_of (problems, "task"));
  mark_combo (self->library, library_help (self), problem_of (problems, "model"));
  /* warnings stand in the card: the row goes on naming the recipe */
  mark_combo (self->recipe, self->recipe_help, blocking_of (problems, "recipe"));
}

static void
update_start (WbNewRunDialog *self, GPtrArray *problems)
{
  const guint      n = wb_run_spec_count_runs (self->spec);
  gboolean         blocked = n == 0;
  g_autofree char *label = NULL;

  for (guint i = 0; i < problems->len; i++)
    blocked |= ((WbRunProblem *) problems->pdata[i])->blocks;
  label = n > 1 ? g_strdup_printf (_ ("_Start %u Runs"), n) : g_strdup (_ ("_Start"));
  gtk_button_set_label (GTK_BUTTON (self->start), label);
  gtk_widget_set_sensitive (self->start, !blocked);
  gtk_widget_set_sensitive (self->enqueue, !blocked);
}

/* (transfer full) (nullable): where the model of the form lies. */
static char *
dup_model_folder (WbNewRunDialog *self)
{
  WbModelChoice *choice = adw_combo_row_get_selected_item (self->library);
  const char    *text = wb_field_row_get_text (WB_FIELD_ROW (self->folder));

  if (start_from (self) == START_LIBRARY)
    return choice != NULL ? g_strdup (wb_model_choice_get_path (choice)) : NULL;
  return start_from (self) == START_FOLDER && *text != '\0' ? g_canonicalize_filename (text, NULL)
                                                            : NULL;
}

/* Beside the row that names the folder its path need not be said again: "There are no weights …",
 * "config.json: talking_head is true …". */
static void
leave_out_folder (WbRunProblem *problem, const char *folder)
{
  const char *rest = problem->message + strlen (folder);
  char       *message;

  if (!g_str_has_prefix (problem->message, folder))
    return;
  if (*rest == '/')
    message = g_strdup (rest + 1);
  else if (g_str_has_prefix (rest, ": "))
    {
      message = g_strdup (rest + 2);
      *message = g_ascii_toupper (*message);
    }
  else
    return;
  g_free (problem->message);
  problem->message = message;
}

static void
shorten_model (WbNewRunDialog *self, GPtrArray *problems)
{
  g_autofree char *folder = dup_model_folder (self);

  for (guint i = 0; folder != NULL && i < problems->len; i++)
    if (g_str_equal (((WbRunProblem *) problems->pdata[i])->field, "model"))
      leave_out_folder (problems->pdata[i], folder);
}

/* A folder that is fine says what it holds. */
static void
describe_folder (WbNewRunDialog *self, GPtrArray *problems)
{
  g_autofree char *folder =
      start_from (self) == START_FOLDER && problem_of (problems, "model") == NULL
          ? dup_model_folder (self)
          : NULL;
  g_autofree char *text = folder != NULL ? wb_model_choice_describe (folder) : NULL;

  wb_field_row_set_help (WB_FIELD_ROW (self->folder), text != NULL ? text : _ (FOLDER_HELP));
}

/* What is not filled in yet is said in the form's words, not in those of the command line. */
static void
speak_plainly (WbNewRunDialog *self, GPtrArray *problems)
{
  static const struct
  {
    const char *field, *message;
  } missing[] = {
    { "model", N_ ("Choose a model to start from") },
    { "init-from-config", N_ ("Choose a configuration") },
    { "data", N_ ("Choose the data folder, or a training file") },
    { "train", N_ ("Choose the data folder, or a training file") },
  };

  for (guint i = 0; i < problems->len; i++)
    if (g_str_equal (((WbRunProblem *) problems->pdata[i])->field, "recipe"))
      {
        char *message = ((WbRunProblem *) problems->pdata[i])->message;
        *message = g_ascii_toupper (*message);
      }
  for (guint i = 0; i < problems->len; i++)
    for (guint m = 0; m < G_N_ELEMENTS (missing); m++)
      {
        WbRunProblem *problem = problems->pdata[i];

        if (!g_str_equal (problem->field, missing[m].field) ||
            *wb_run_spec_get (self->spec, problem->field) != '\0')
          continue;
        g_free (problem->message);
        problem->message = g_strdup (_ (missing[m].message));
        if (m == 0 && start_from (self) == START_RANDOM)
          {
            g_free (problem->message);
            problem->message = g_strdup (_ (missing[1].message));
          }
      }
}

static void
check_now (WbNewRunDialog *self)
{
  g_autoptr (GPtrArray) problems = wb_run_spec_check (self->spec);

  g_clear_handle_id (&self->check_id, g_source_remove);
  speak_plainly (self, problems);
  shorten_model (self, problems);
  describe_folder (self, problems);
  mark_fields (self, problems);
  update_start (self, problems);
  wb_run_spec_card_update (self->card, self->spec, problems);
}

static gboolean
check_cb (gpointer data)
{
  WbNewRunDialog *self = data;

  self->check_id = 0; /* this source ends by itself */
  check_now (self);
  return G_SOURCE_REMOVE;
}

static void
check_soon (WbNewRunDialog *self)
{
  g_clear_handle_id (&self->check_id, g_source_remove);
  if (self->spec != NULL) /* rows still speak while the dialog is taken apart */
    self->check_id = g_timeout_add (CHECK_MS, check_cb, self);
}

void
wb_new_run_dialog_set_field (WbNewRunDialog *self, const char *field, const char *text)
{
  g_autoptr (GError) error = NULL;

  if (self->spec != NULL && !wb_run_spec_set (self->spec, field, text, &error))
    g_critical ("%s", error->message); /* the form and the program disagree about its fields */
  check_soon (self);
}

/* Model and config exclude each other; only what is shown counts. */
void
wb_new_run_dialog_apply_model (WbNewRunDialog *self)
{
  const StartFrom  from = start_from (self);
  WbModelChoice   *choice = adw_combo_row_get_selected_item (self->library);
  const char      *model = "";
  g_autofree char *models = NULL;

  if (!self->ready)
    return;
  if (from == START_LIBRARY && choice != NULL)
    model = models = wb_new_run_dialog_dup_models (self, wb_model_choice_get_name (choice));
  else if (from == START_FOLDER)
    model = wb_field_row_get_text (WB_FIELD_ROW (self->folder));
  wb_new_run_dialog_set_field (self, "model", model);
  wb_new_run_dialog_set_field (
      self, "init-from-config",
      from == START_RANDOM ? wb_field_row_get_text (WB_FIELD_ROW (self->config)) : "");
  wb_new_run_dialog_update_recipes (self);
}

static void
task_cb (WbNewRunDialog *self)
{
  WbTaskInfo *info = adw_combo_row_get_selected_item (self->task);

  if (info == NULL || !self->ready)
    return;
  wb_new_run_dialog_set_field (self, "task", wb_task_info_get_id (info));
  wb_new_run_dialog_update_recipes (self);
}

static void
start_from_cb (WbNewRunDialog *self)
{
  const StartFrom from = start_from (self);

  if (!self->ready)
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->library), from == START_LIBRARY);
  gtk_widget_set_visible (GTK_WIDGET (self->further),
                          from == START_LIBRARY &&
                              g_list_model_get_n_items (adw_combo_row_get_model (self->library)) >
                                  1);
  gtk_widget_set_visible (self->folder, from == START_FOLDER);
  gtk_widget_set_visible (self->config, from == START_RANDOM);
  wb_new_run_dialog_apply_model (self);
}

static void
library_cb (WbNewRunDialog *self)
{
  wb_new_run_dialog_apply_model (self);
}

static void
field_changed_cb (WbFieldRow *row, WbNewRunDialog *self)
{
  const char *field = wb_field_row_get_field (row);

  if (!self->filling)
    g_hash_table_add (self->touched, g_strdup (field));
  if (GTK_WIDGET (row) == self->folder || GTK_WIDGET (row) == self->config)
    wb_new_run_dialog_apply_model (self);
  else
    wb_new_run_dialog_set_field (self, field,
                                 wb_field_row_is_changed (row) ? wb_field_row_get_text (row) : "");
}

static void
set_busy (WbNewRunDialog *self, gboolean busy)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->bin), !busy);
  gtk_widget_set_sensitive (self->start, !busy);
  gtk_widget_set_sensitive (self->enqueue, !busy);
  gtk_spinner_set_spinning (self->spinner, busy);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), busy);
}

static void
show_error (WbNewRunDialog *self, const char *message)
{
  g_autofree char *escaped = g_markup_escape_text (message, -1);
  AdwToast        *toast = adw_toast_new (escaped);

  adw_toast_set_timeout (toast, 0);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
started_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WbNewRunDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = wb_run_launcher_launch_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* closed meanwhile */
  set_busy (self, FALSE);
  if (error != NULL)
    {
      show_error (self, error->message);
      return;
    }
  if (self->to_queue)
    g_signal_emit (self, signals[QUEUED], 0, ids->len);
  else
    g_signal_emit (self, signals[STARTED], 0, g_array_index (ids, gint64, 0), ids->len);
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
launch (WbNewRunDialog *self, WbLaunch how)
{
  self->to_queue = how == WB_LAUNCH_QUEUE;
  set_busy (self, TRUE);
  wb_run_launcher_launch_async (self->spec, how, self->cancellable, started_cb,
                                g_object_ref (self));
}

static void
start_cb (WbNewRunDialog *self)
{
  launch (self, WB_LAUNCH_START);
}

static void
enqueue_cb (WbNewRunDialog *self)
{
  launch (self, WB_LAUNCH_QUEUE);
}

void
wb_new_run_dialog_tell (WbNewRunDialog *self, const char *message)
{
  g_autofree char *escaped = g_markup_escape_text (message, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}

static void
copied_cb (WbNewRunDialog *self)
{
  wb_new_run_dialog_tell (self, _ ("Command copied"));
}

static void
problem_cb (WbNewRunDialog *self, const char *field)
{
  GtkWidget *row = g_hash_table_lookup (self->rows, field);

  if (g_str_equal (field, "recipe"))
    row = GTK_WIDGET (self->recipe);
  if (row == NULL || !gtk_widget_get_visible (row))
    row = g_str_equal (field, "task") ? GTK_WIDGET (self->task) : GTK_WIDGET (self->start_from);
  if (gtk_widget_get_ancestor (row, ADW_TYPE_EXPANDER_ROW) != NULL)
    adw_expander_row_set_expanded (self->more, TRUE);
  gtk_widget_grab_focus (row);
}

static void
fold_cb (WbNewRunDialog *self)
{
  const gboolean narrow = wb_width_bin_get_width (self->bin) == WB_WIDTH_NARROW;
  GHashTableIter iter;
  gpointer       row;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    wb_field_row_set_compact (row, narrow);
  gtk_widget_set_size_request (GTK_WIDGET (self->card), narrow ? -1 : 320, -1);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->columns),
                                  narrow ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
}

static void
wb_new_run_dialog_dispose (GObject *object)
{
  WbNewRunDialog *self = WB_NEW_RUN_DIALOG (object);

  self->ready = FALSE;
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->check_id, g_source_remove);
  g_clear_object (&self->spec);
  G_OBJECT_CLASS (wb_new_run_dialog_parent_class)->dispose (object);
}

static void
wb_new_run_dialog_finalize (GObject *object)
{
  WbNewRunDialog *self = WB_NEW_RUN_DIALOG (object);

  g_object_unref (self->cancellable);
  g_hash_table_unref (self->rows);
  g_hash_table_unref (self->touched);
  g_hash_table_unref (self->further_names);
  g_clear_pointer (&self->own_recipes, g_ptr_array_unref);
  g_clear_pointer (&self->recipes, g_ptr_array_unref);
  g_free (self->offer);
  g_free (self->recipe_help);
  G_OBJECT_CLASS (wb_new_run_dialog_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/DebertaWorkbench/wb-new-run-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, WbNewRunDialog, toasts);
  gtk_widget_class_bind_template_child (widget_class, WbNewRunDialog, start);
  gtk_widget_class_bind_template_child (widget_class, WbNewRunDialog, enqueue);
  gtk_widget_class_bind_template_child (widget_class, WbNewRunDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, WbNewRunDialog, bin);
  gtk_widget_class_bind_template_child (widget_class, WbNewRunDialog, columns);
  gtk_widget_class_bind_template_child (widget_class, WbNewRunDialog, what);
  gtk_widget_class_bind_template_child (widget_class, WbNewRunDialog, training);
  gtk_widget_class_bind_template_child (widget_class, WbNewRunDialog, more);
  gtk_widget_class_bind_template_child (widget_class, WbNewRunDialog, further);
  gtk_widget_class_bind_template_child (widget_class, WbNewRunDialog, task);
  gtk_widget_class_bind_template_child (widget_class, WbNewRunDialog, start_from);
  gtk_widget_class_bind_template_child (widget_class, WbNewRunDialog, library);
  gtk_widget_class_bind_template_child (widget_class, WbNewRunDialog, recipe);
  gtk_widget_class_bind_template_child (widget_class, WbNewRunDialog, card);
  gtk_widget_class_bind_template_callback (widget_class, task_cb);
  gtk_widget_class_bind_template_callback (widget_class, start_from_cb);
  gtk_widget_class_bind_template_callback (widget_class, library_cb);
  gtk_widget_class_bind_template_callback (widget_class, wb_new_run_dialog_take_recipe);
  gtk_widget_class_bind_template_callback (widget_class, wb_new_run_dialog_save_recipe);
  gtk_widget_class_bind_template_callback (widget_class, wb_new_run_dialog_open_further);
  gtk_widget_class_bind_template_callback (widget_class, start_cb);
  gtk_widget_class_bind_template_callback (widget_class, enqueue_cb);
  gtk_widget_class_bind_template_callback (widget_class, fold_cb);
}

static void
wb_new_run_dialog_class_init (WbNewRunDialogClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = wb_new_run_dialog_dispose;
  object_class->finalize = wb_new_run_dialog_finalize;
  signals[STARTED] = g_signal_new ("started", WB_TYPE_NEW_RUN_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 2, G_TYPE_INT64, G_TYPE_UINT);
  signals[QUEUED] = g_signal_new ("queued", WB_TYPE_NEW_RUN_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  g_type_ensure (WB_TYPE_WIDTH_BIN);
  g_type_ensure (WB_TYPE_RUN_SPEC_CARD);
  bind_template (widget_class);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static GtkWidget *
adopt (WbNewRunDialog *self, GtkWidget *row)
{
  g_hash_table_insert (self->rows, g_strdup (wb_field_row_get_field (WB_FIELD_ROW (row))), row);
  g_signal_connect_object (row, "changed", G_CALLBACK (field_changed_cb), self, 0);
  return row;
}

static GtkWidget *
add_field (WbNewRunDialog *self,
           const char     *field,
           const char     *title,
           const char     *help,
           WbFieldKind     kind)
{
  GtkWidget *row = adopt (self, wb_field_row_new (field, title, help, kind, NULL));

  adw_preferences_group_add (self->what, row);
  return row;
}

static void
build_what (WbNewRunDialog *self)
{
  self->folder = add_field (self, "model", _ ("Model folder"), _ (FOLDER_HELP), WB_FIELD_FOLDER);
  self->config = add_field (self, "init-from-config", _ ("Configuration"),
                            _ ("A config.json with tokenizer files beside it; weights are random"),
                            WB_FIELD_FILE);
  add_field (self, "data", _ ("Data folder"),
             _ ("With the task's files as distributed; empty: the imported data set"),
             WB_FIELD_FOLDER);
  add_field (self, "train", _ ("Training file"), _ ("Instead of the folder's own"), WB_FIELD_FILE);
  add_field (self, "dev", _ ("Evaluation file"), _ ("Instead of the folder's own"), WB_FIELD_FILE);
  add_field (self, "name", _ ("Name"), _ ("In the list of runs; empty: made from task and model"),
             WB_FIELD_TEXT);
  wb_field_row_set_placeholder (
      WB_FIELD_ROW (add_field (self, "seed", _ ("Seed"), _ ("One number, or several: 1, 2, 3"),
                               WB_FIELD_TEXT)),
      "1");
}

static void
build_settings (WbNewRunDialog *self)
{
  gsize                n;
  const WbSettingInfo *infos = wb_setting_get_all (&n);

  for (gsize i = 0; i < n; i++)
    {
      GtkWidget *row = adopt (self, wb_field_row_new_setting (&infos[i]));

      if (infos[i].group == WB_SETTING_GROUP_TRAINING)
        adw_preferences_group_add (self->training, row);
      else
        adw_expander_row_add_row (self->more, row);
    }
}

static gboolean
is_trainable (gpointer item, gpointer data)
{
  return wb_task_info_is_trainable (item);
}

static void
set_combo_model (AdwComboRow *row, GListModel *model, GType type, const char *property)
{
  g_autoptr (GtkExpression) title = gtk_property_expression_new (type, NULL, property);

  adw_combo_row_set_expression (row, title);
  adw_combo_row_set_model (row, model);
}

static void
build_combos (WbNewRunDialog *self, WbWorkspace *workspace)
{
  g_autoptr (GListModel) tasks = G_LIST_MODEL (gtk_filter_list_model_new (
      wb_task_info_list (), GTK_FILTER (gtk_custom_filter_new (is_trainable, NULL, NULL))));
  g_autoptr (GListModel) models = wb_model_choice_list (workspace, NULL);
  g_autoptr (GtkStringList) from = gtk_string_list_new (NULL);

  self->has_library = models != NULL && g_list_model_get_n_items (models) > 0;
  if (self->has_library)
    gtk_string_list_append (from, _ ("Library or Earlier Run"));
  gtk_string_list_append (from, _ ("Model in a Folder"));
  gtk_string_list_append (from, _ ("Random Weights"));
  set_combo_model (self->task, tasks, WB_TYPE_TASK_INFO, "title");
  if (self->has_library)
    set_combo_model (self->library, models, WB_TYPE_MODEL_CHOICE, "title");
  adw_combo_row_set_model (self->start_from, G_LIST_MODEL (from));
}

/* What the spec starts with, so that the form never says something else. */
static void
read_spec (WbNewRunDialog *self)
{
  GHashTableIter iter;
  gpointer       field, row;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &field, &row))
    wb_field_row_set_text (row, wb_run_spec_get (self->spec, field));
}

static void
wb_new_run_dialog_init (WbNewRunDialog *self)
{
  self->recipes = g_ptr_array_new_with_free_func (g_free);
  self->recipe_help = g_strdup ("");
  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->cancellable = g_cancellable_new ();
  self->touched = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->further_names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->card, "copied", G_CALLBACK (copied_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->card, "problem-activated", G_CALLBACK (problem_cb), self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
wb_new_run_dialog_new (GtkWindow *parent, WbWorkspace *workspace)
{
  WbNewRunDialog *self = g_object_new (WB_TYPE_NEW_RUN_DIALOG, "transient-for", parent, NULL);

  self->spec = wb_run_spec_new (workspace);
  build_what (self);
  build_settings (self);
  build_combos (self, workspace);
  wb_new_run_dialog_read_own_recipes (self, workspace);
  read_spec (self);
  g_hash_table_remove_all (self->touched);
  self->ready = TRUE;
  start_from_cb (self);
  task_cb (self);
  check_now (self);
  fold_cb (self);
  return GTK_WIDGET (self);
}

void
wb_new_run_dialog_propose (WbNewRunDialog *self, const char *field, const char *text)
{
  GtkWidget *row;

  g_return_if_fail (WB_IS_NEW_RUN_DIALOG (self));
  row = g_hash_table_lookup (self->rows, field);
  g_return_if_fail (row != NULL);
  self->filling = TRUE; /* not typed: it is not marked as wrong */
  wb_field_row_set_text (WB_FIELD_ROW (row), text);
  self->filling = FALSE;
}

WbRunSpec *
wb_new_run_dialog_get_spec (WbNewRunDialog *self)
{
  g_return_val_if_fail (WB_IS_NEW_RUN_DIALOG (self), NULL);
  return self->spec;
}
