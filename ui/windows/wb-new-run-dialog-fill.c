/* The form begins as an earlier run: every field as that has it, to be changed. */
#include "config.h"

#include "ui/windows/wb-new-run-dialog-private.h"

#include "app/runs/wb-model-choice.h"
#include "app/runs/wb-task-info.h"
#include "ui/widgets/wb-field-row.h"

static void
take_task (WbNewRunDialog *self, const char *task)
{
  GListModel *tasks = adw_combo_row_get_model (self->task);

  for (guint i = 0; i < g_list_model_get_n_items (tasks); i++)
    {
      g_autoptr (WbTaskInfo) info = g_list_model_get_item (tasks, i);

      if (g_str_equal (wb_task_info_get_id (info), task))
        adw_combo_row_set_selected (self->task, i);
    }
}

/* Which of the library's choices @model means; %GTK_INVALID_LIST_POSITION: none. */
static guint
find_choice (WbNewRunDialog *self, const char *model)
{
  GListModel *models = adw_combo_row_get_model (self->library);

  for (guint i = 0; models != NULL && i < g_list_model_get_n_items (models); i++)
    {
      g_autoptr (WbModelChoice) choice = g_list_model_get_item (models, i);

      if (g_str_equal (wb_model_choice_get_name (choice), model) ||
          g_strcmp0 (wb_model_choice_get_path (choice), model) == 0)
        return i;
    }
  return GTK_INVALID_LIST_POSITION;
}

/* Library, folder, random weights: the last two stand at the end of the choice. */
static void
take_model (WbNewRunDialog *self, WbRunSpec *from)
{
  const char *model = wb_run_spec_get (from, "model");
  const char *config = wb_run_spec_get (from, "init-from-config");
  const guint folder = self->has_library ? 1 : 0;
  const guint choice =
      self->has_library && *model != '\0' ? find_choice (self, model) : GTK_INVALID_LIST_POSITION;

  if (*config != '\0')
    {
      adw_combo_row_set_selected (self->start_from, folder + 1);
      wb_new_run_dialog_propose (self, "init-from-config", config);
    }
  else if (choice != GTK_INVALID_LIST_POSITION)
    {
      adw_combo_row_set_selected (self->start_from, 0);
      adw_combo_row_set_selected (self->library, choice);
    }
  else
    {
      adw_combo_row_set_selected (self->start_from, folder);
      wb_new_run_dialog_propose (self, "model", model);
    }
}

static void
take_recipe (WbNewRunDialog *self, const char *recipe)
{
  for (guint i = 0; i < self->recipes->len; i++)
    if (g_str_equal (self->recipes->pdata[i], recipe))
      adw_combo_row_set_selected (self->recipe, i);
}

void
wb_new_run_dialog_fill (WbNewRunDialog *self, WbRunSpec *from)
{
  GHashTableIter iter;
  gpointer       field, row;

  g_return_if_fail (WB_IS_NEW_RUN_DIALOG (self) && WB_IS_RUN_SPEC (from));

  take_task (self, wb_run_spec_get (from, "task"));
  take_model (self, from);
  take_recipe (self, wb_run_spec_get (from, "recipe"));
  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &field, &row))
    if (*wb_run_spec_get (from, field) != '\0' && row != self->folder && row != self->config)
      wb_new_run_dialog_propose (self, field, wb_run_spec_get (from, field));
}
