#include "app/export/wb-export.h"

#include <math.h>
#include <string.h>

#include "app/core/wb-app-error.h"
#include "app/core/wb-file-tree-private.h"
#include "app/core/wb-workspace-private.h"
#include "app/export/wb-model-card-private.h"
#include "app/library/wb-model-folder-private.h"
#include "app/runs/wb-model-choice-private.h"
#include "data/datasets/wb-dataset.h"
#include "data/store/wb-store-metrics.h"
#include "engine/checkpoint/wb-checkpoint-convert.h"
#include "engine/tokenizer/files/wb-tokenizer-export.h"

void
wb_export_report_free (WbExportReport *self)
{
  if (self == NULL)
    return;
  g_free (self->from);
  g_free (self->to);
  g_free (self->dtype);
  g_free (self->architecture);
  g_strfreev (self->left_out);
  g_free (self);
}

/* ---- the run's results ---- */

/* The value of a series at the step of the best state; NaN: none. */
static double
value_at (WbStore *store, const WbRunRecord *record, const char *series)
{
  g_autoptr (WbMetricSeries) points =
      wb_store_get_metrics (store, record->id, series, record->best_step - 1, NULL);

  return points != NULL && points->n > 0 && points->steps[0] == record->best_step
             ? points->values[0]
             : NAN;
}

static void
add_result (GPtrArray *results, const char *split, const char *metric, double value)
{
  WbResultRecord *result = wb_result_record_new ();

  result->split = g_strdup (split);
  result->metric = g_strdup (metric);
  result->value = value;
  g_ptr_array_add (results, result);
}

/* What the run's own evaluations said of the state that was kept. */
static void
add_evaluations (WbStore           *store,
                 const WbRunRecord *record,
                 const WbRunPlan   *plan,
                 GPtrArray         *results)
{
  for (guint i = 0; record->best_step >= 0 && i < plan->evaluations->len; i++)
    {
      const WbPlanSplit *split = plan->evaluations->pdata[i];

      for (gsize m = 0; plan->task->metrics[m] != NULL; m++)
        {
          g_autofree char *series = g_strdup_printf ("%s/%s", split->name, plan->task->metrics[m]);
          const double     value = value_at (store, record, series);

          if (isfinite (value))
            add_result (results, split->name, plan->task->metrics[m], value);
        }
    }
}

/* What `evaluate` said of it since, on other files; the newest of each. */
static void
add_later (WbStore *store, const WbRunRecord *record, const WbRunPlan *plan, GPtrArray *results)
{
  g_autoptr (GPtrArray) all = wb_store_list_results (store, record->id, NULL);
  const guint n_own = results->len;

  for (guint i = all != NULL ? all->len : 0; i > 0; i--)
    {
      const WbResultRecord *result = all->pdata[i - 1];
      gboolean              known = FALSE;

      for (guint k = 0; k < results->len && !known; k++)
        {
          const WbResultRecord *other = results->pdata[k];
          known = strcmp (other->split, result->split) == 0 &&
                  (k < n_own || strcmp (other->metric, result->metric) == 0);
        }
      if (!known && g_strcmp0 (result->task, plan->task->name) == 0 &&
          g_strv_contains (plan->task->metrics, result->metric))
        add_result (results, result->split, result->metric, result->value);
    }
}

static GPtrArray *
collect_results (WbStore *store, const WbRunRecord *record, const WbRunPlan *plan)
{
  GPtrArray *results = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_result_record_free);

  if (record == NULL || plan == NULL)
    return results;
  add_evaluations (store, record, plan, results);
  add_later (store, record, plan, results);
  return results;
}

/* ---- the folder ---- */

static gboolean
check_target (const char *to, GError **error)
{
  GDir    *dir = g_dir_open (to, 0, NULL);
  gboolean empty =
      dir == NULL ? !g_file_test (to, G_FILE_TEST_EXISTS) : g_dir_read_name (dir) == NULL;

  g_clear_pointer (&dir, g_dir_close);
  if (empty)
    return TRUE;
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_INVALID,
               "%s is there already and not empty; give a new folder", to);
  return FALSE;
}

/* A model on its way out. */
typedef struct
{
  WbWorkspace    *workspace;
  WbExportReport *report;
  WbRunRecord    *record; /* nullable */
  WbRunPlan      *plan;   /* nullable */
  char           *made;   /* the folder beside its place; of this export alone */
} Export;

static void
export_clear (Export *self)
{
  g_clear_pointer (&self->record, wb_run_record_free);
  g_clear_pointer (&self->plan, wb_run_plan_free);
  g_free (self->made);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Export, export_clear)

static char *
dup_name (const Export *self)
{
  return self->plan != NULL ? g_strdup (self->record->name)
                            : g_path_get_basename (self->report->to);
}

/* 0: the file is not what it was any more. */
static gsize
count_training (const Export *self)
{
  g_autoptr (WbDataset) dataset = NULL;

  if (self->plan != NULL && self->plan->train_path != NULL)
    dataset = wb_dataset_load (self->plan->task, self->plan->train_path, WB_SPLIT_TRAIN,
                               WB_DATASET_DEFAULT, NULL);
  return dataset != NULL &&
                 g_strcmp0 (wb_dataset_get_digest (dataset), self->plan->train_digest) == 0
             ? wb_dataset_get_n_examples (dataset)
             : 0;
}

static gboolean
write_card (Export *self, GError **error)
{
  WbStore *store = wb_workspace_get_store (self->workspace);
  g_autoptr (WbModelConfig) config = wb_model_config_load (self->made, error);
  g_autoptr (GPtrArray) results = collect_results (store, self->record, self->plan);
  g_autofree char  *name = dup_name (self);
  g_autofree char  *path = g_build_filename (self->made, "README.md", NULL);
  g_autofree char  *text = NULL;
  const WbModelCard card = {
    .name = name,
    .config = config,
    .architecture = self->report->architecture,
    .dtype = self->report->dtype,
    .source = self->plan != NULL && self->plan->model_path != NULL ? self->plan->model_path
                                                                   : self->report->from,
    .plan = self->plan,
    .record = self->record,
    .n_train = count_training (self),
    .results = results,
  };

  if (config == NULL)
    return FALSE;
  text = wb_model_card_dup_text (&card);
  return wb_tree_write_file (path, text, -1, error);
}

static gboolean
write_tokenizer (Export *self, GError **error)
{
  g_autoptr (WbTokenizer) tokenizer = wb_tokenizer_load (self->report->from, error);

  return tokenizer != NULL && wb_tokenizer_export (tokenizer, self->made, error);
}

static gboolean
parse_dtype (const char *text, WbDtype *dtype, GError **error)
{
  static const WbDtype types[] = { WB_DTYPE_F32, WB_DTYPE_F16, WB_DTYPE_BF16 };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_ascii_strcasecmp (text, wb_dtype_name (types[i])) == 0)
      {
        *dtype = types[i];
        return TRUE;
      }
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
               "“%.40s” is no type that weights are stored in; f32, f16 and bf16 are", text);
  return FALSE;
}

static gboolean
write_model (Export *self, const WbDtype *dtype, GError **error)
{
  WbExportReport *report = self->report;
  g_autoptr (WbConvertReport) converted =
      wb_checkpoint_convert (report->from, self->made, dtype, error);

  if (converted == NULL)
    return FALSE;
  report->dtype = g_strdup (wb_dtype_name (converted->dtype));
  report->architecture = g_strdup (converted->architecture);
  report->n_tensors = (guint) converted->n_tensors;
  g_ptr_array_add (converted->left_out, NULL);
  report->left_out = g_strdupv ((char **) converted->left_out->pdata);
  return TRUE;
}

/* A licence goes along. */
static gboolean
copy_licence (Export *self, GError **error)
{
  static const char *const names[] = { "LICENSE", "LICENSE.md", "LICENSE.txt" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *from = g_build_filename (self->report->from, names[i], NULL);
      g_autofree char *to = g_build_filename (self->made, names[i], NULL);

      if (wb_model_folder_has_own (self->report->from, names[i]) &&
          !wb_tree_copy_file (from, to, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
make_folder (Export *self, const WbDtype *dtype, GError **error)
{
  self->made = wb_tree_make_beside (self->report->to, error);
  if (self->made == NULL)
    return FALSE;
  if (write_model (self, dtype, error) && write_tokenizer (self, error) &&
      copy_licence (self, error) && write_card (self, error) && wb_tree_sync (self->made, error) &&
      wb_tree_place (self->made, self->report->to, error))
    return TRUE;
  wb_tree_remove (self->made, NULL);
  return FALSE;
}

static gboolean
find_source (Export *self, const char *what, GError **error)
{
  self->report->from = wb_model_choice_resolve (self->workspace, what, error);
  if (self->report->from == NULL)
    return FALSE;
  self->record = wb_model_choice_find_run (self->workspace, self->report->from);
  if (self->record == NULL)
    return TRUE;
  self->report->run_id = self->record->id;
  self->plan = wb_run_plan_parse (self->record->settings, error);
  return self->plan != NULL;
}

static gboolean
check_source (const Export *self, GError **error)
{
  g_autoptr (WbModelConfig) config =
      wb_model_folder_open (self->report->from, NULL, WB_MODEL_NEEDS_ALL, error);

  return config != NULL;
}

WbExportReport *
wb_export_run (WbWorkspace *workspace, const WbExport *request, GError **error)
{
  g_autoptr (WbExportReport) report = g_new0 (WbExportReport, 1);
  g_auto (Export) self = { .workspace = workspace, .report = report };
  WbDtype dtype = WB_DTYPE_F32;

  g_return_val_if_fail (WB_IS_WORKSPACE (workspace) && request != NULL, NULL);

  report->to = g_canonicalize_filename (request->to, NULL);
  if ((request->dtype != NULL && !parse_dtype (request->dtype, &dtype, error)) ||
      !check_target (report->to, error) || !find_source (&self, request->what, error) ||
      !check_source (&self, error) ||
      !make_folder (&self, request->dtype != NULL ? &dtype : NULL, error))
    return NULL;
  return g_steal_pointer (&report);
}
