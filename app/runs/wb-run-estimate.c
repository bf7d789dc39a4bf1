#include <math.h>
#include <string.h>

#include "app/core/wb-workspace-private.h"
#include "app/core/wb-machine-private.h"
#include "app/runs/wb-model-choice.h"
#include "app/runs/wb-run-private.h"
#include "app/runs/wb-run-spec-private.h"
#include "app/worker/wb-evaluation-private.h"
#include "data/store/wb-store-runs.h"
#include "engine/checkpoint/wb-checkpoint.h"
#include "engine/model/wb-model.h"
#include "engine/train/wb-trainer.h"

/* Of one run: the first value of every list, what cannot be read left at the default. */
static WbSettings *
first_settings (WbRunSpec *self)
{
  WbSettings          *settings = wb_run_spec_dup_base_settings (self);
  gsize                n;
  const WbSettingInfo *all = wb_setting_get_all (&n);

  for (gsize i = 0; i < n; i++)
    {
      g_auto (GStrv) values = wb_run_spec_split (self, all[i].key);
      if (values[0] != NULL && *values[0] != '\0')
        wb_settings_set (settings, all[i].key, values[0], NULL);
    }
  return settings;
}

static WbModelConfig *
first_config (WbRunSpec *self)
{
  g_auto (GStrv) models = wb_run_spec_split (self, "model");
  const char      *config = wb_run_spec_get (self, "init-from-config");
  g_autofree char *folder = NULL;

  if (*config != '\0')
    return wb_checkpoint_load_config (config, NULL);
  if (models[0] == NULL || *models[0] == '\0')
    return NULL;
  folder = wb_model_choice_resolve (wb_run_spec_get_workspace (self), models[0], NULL);
  return folder != NULL ? wb_checkpoint_load_config (folder, NULL) : NULL;
}

static gboolean
has_word (const char *line, const char *end)
{
  static const char mark[] = "-DOCSTART-"; /* between documents */

  while (line < end && (*line == ' ' || *line == '\t' || *line == '\r'))
    line++;
  return line < end &&
         ((gsize) (end - line) < sizeof mark - 1 || memcmp (line, mark, sizeof mark - 1) != 0);
}

/* Lines, or the sentences of a file with a word a line: a line with a word behind one without. */
static guint64
count_in_text (const char *text, gsize length, gboolean sentences)
{
  const char *end = text + length;
  gboolean    inside = FALSE;
  guint64     n = 0;

  while (text < end)
    {
      const char *stop = memchr (text, '\n', (gsize) (end - text));
      gboolean    words;

      stop = stop != NULL ? stop : end;
      words = has_word (text, stop);
      n += !sentences || (words && !inside);
      inside = words;
      text = stop + 1; /* one behind the end at most */
    }
  return n;
}

/* Examples of one file; a compressed one is not looked into. */
static guint64
count_in_file (const WbTask *task, const char *path)
{
  g_autoptr (GMappedFile) file =
      g_str_has_suffix (path, ".gz") ? NULL : g_mapped_file_new (path, FALSE, NULL);
  const char *text = file != NULL ? g_mapped_file_get_contents (file) : NULL;
  guint64     n = 0;

  if (text != NULL)
    n = count_in_text (text, g_mapped_file_get_length (file), task->kind == WB_TASK_TOKENS);
  return n > 0 && task->train.has_header ? n - 1 : n;
}

/* Of the training file, or of its files, one for each language; 0: not known of all. */
static guint64
count_examples (WbRunSpec *self, const WbTask *task)
{
  g_autoptr (GPtrArray) evaluations =
      g_ptr_array_new_with_free_func ((GDestroyNotify) wb_plan_split_free);
  g_autofree char *train = NULL;
  g_auto (GStrv) files = NULL;
  const char *field;
  guint64     total = 0;

  if (!wb_run_spec_find_files (self, task, &train, evaluations, &field, NULL))
    return 0;
  files = wb_task_expand (task, train);
  for (gsize i = 0; files[i] != NULL; i++)
    {
      const guint64 n = count_in_file (task, files[i]);

      if (n == 0)
        return 0;
      total += n;
    }
  return total;
}

static void
estimate_model (WbRunEstimate       *out,
                const WbModelConfig *config,
                const WbTask        *task,
                WbSettings          *settings)
{
  const WbHeadSpec head = {
    .kind = task != NULL ? wb_evaluation_get_head (task) : WB_HEAD_CLASSIFICATION,
    .n_labels = task != NULL ? wb_task_get_n_labels (task) : 2,
  };
  g_autoptr (WbParameterTable) table = wb_parameter_table_new (config, &head);
  const guint64 rows = config->vocab_size * config->embedding_size;
  const guint64 length = wb_settings_get_count (settings, "max-length");
  const guint64 batch = wb_settings_get_count (settings, "batch-size");
  const guint64 part = (batch + wb_settings_get_count (settings, "accumulation") - 1) /
                       wb_settings_get_count (settings, "accumulation");
  const gsize         touched = MIN (config->vocab_size, 30000);
  const WbModelLimits limits = { .max_tokens = part * length,
                                 .max_sequences = part,
                                 .max_length = length,
                                 .max_distinct = MIN (config->vocab_size, batch * length),
                                 .training = TRUE };
  const guint         threads = (guint) wb_settings_get_count (settings, "threads");
  WbModelMemory       memory;
  guint64             checkpoint;

  wb_model_measure_parts (config, &head, &limits, threads, &memory);
  out->parameters = wb_parameter_table_get_n_elements (table);
  out->weights = 4 * out->parameters;
  out->gradients = memory.gradients;
  out->optimizer = wb_trainer_measure (config, &head, touched);
  out->activations = memory.activations;
  out->working = memory.working;
  out->memory = out->weights + out->gradients + out->optimizer + out->activations + out->working;
  checkpoint = 4 * (out->parameters - rows) + 4 * touched * config->embedding_size + out->optimizer;
  out->disk = 3 * checkpoint + 4 * out->parameters;
}

/* An earlier run on this machine that did enough steps to be believed. */
static gboolean
is_measured (const WbRunRecord *record)
{
  return record->step >= 10 && record->seconds > 0 &&
         g_strcmp0 (record->host, g_get_host_name ()) == 0;
}

static gboolean
is_same_setting (WbSettings *a, WbSettings *b, const char *key)
{
  return strcmp (wb_settings_get (a, key), wb_settings_get (b, key)) == 0;
}

/* Seconds a step of the newest run of the same task and model shape that was set up alike. */
static double
measured_step (GPtrArray *records, const WbTask *task, guint64 parameters, WbSettings *settings)
{
  for (guint i = records->len; i > 0; i--)
    {
      const WbRunRecord *record = records->pdata[i - 1];
      g_autoptr (WbRunPlan) plan = NULL;

      if (!is_measured (record) || strcmp (record->task, task->name) != 0 ||
          (guint64) record->parameters != parameters)
        continue;
      plan = wb_run_plan_parse (record->settings, NULL);
      if (plan != NULL && is_same_setting (plan->settings, settings, "batch-size") &&
          is_same_setting (plan->settings, settings, "max-length") &&
          is_same_setting (plan->settings, settings, "threads"))
        return record->seconds / (double) record->step;
    }
  return -1;
}

/* Useful operations of forward and backward for one token in a text of @length, as architecture.md
 * 4 counts them: three times the layers' products with their weights, and of attention 8 n H. */
static double
count_token_flops (const WbModelConfig *config, double length)
{
  const double width = (double) config->hidden_size, inner = (double) config->intermediate_size;

  return 3 * (double) config->n_layers *
         (8 * width * width + 4 * width * inner + 8 * length * width);
}

/* Operations a second that the newest run with as many threads reached; one of the same size goes
 * before any other.  How long its texts were is not kept: half of what they could be. */
static double
measured_rate (GPtrArray *records, guint64 parameters, WbSettings *settings)
{
  double rate = -1;

  for (guint i = records->len, opened = 0; i > 0 && opened < 4; i--)
    {
      const WbRunRecord *record = records->pdata[i - 1];
      const gboolean     same = (guint64) record->parameters == parameters;
      g_autoptr (WbRunPlan) plan = NULL;
      g_autoptr (WbModelConfig) config = NULL;

      if (!is_measured (record) || !(record->tokens_per_second > 0) || (rate > 0 && !same))
        continue;
      plan = wb_run_plan_parse (record->settings, NULL);
      if (plan == NULL || !is_same_setting (plan->settings, settings, "threads"))
        continue;
      opened++;
      config = wb_checkpoint_load_config (
          plan->config_path != NULL ? plan->config_path : plan->model_path, NULL);
      if (config == NULL)
        continue;
      rate = record->tokens_per_second *
             count_token_flops (
                 config, 0.5 * (double) wb_settings_get_count (plan->settings, "max-length"));
      if (same)
        break;
    }
  return rate;
}

static void
estimate_steps (WbRunSpec *self, WbRunEstimate *out, const WbTask *task, WbSettings *settings)
{
  const double batch = (double) wb_settings_get_count (settings, "batch-size");
  const double epochs = wb_settings_get_number (settings, "epochs");

  out->examples = count_examples (self, task);
  out->steps = wb_settings_get_count (settings, "max-steps");
  if (out->steps == 0 && out->examples > 0)
    out->steps = (guint64) ceil (epochs * ceil ((double) out->examples / batch));
}

static void
estimate_time (WbRunSpec           *self,
               WbRunEstimate       *out,
               const WbTask        *task,
               const WbModelConfig *config,
               WbSettings          *settings)
{
  g_autoptr (GPtrArray) records =
      wb_run_records_recent (wb_workspace_get_store (wb_run_spec_get_workspace (self)));
  const WbRunLengths *lengths = wb_run_spec_get_lengths (self);
  const double        length =
      lengths != NULL ? wb_run_lengths_get_mean (lengths, (guint32) out->max_length) : 0;
  double step, rate;

  if (records == NULL || config == NULL || out->steps == 0)
    return;
  step = measured_step (records, task, out->parameters, settings);
  if (step > 0)
    {
      out->seconds = step * (double) out->steps;
      out->source = WB_RUN_ESTIMATE_STEPS;
      return;
    }
  rate = length > 0 ? measured_rate (records, out->parameters, settings) : -1;
  if (rate > 0)
    {
      out->seconds = (double) out->steps * (double) wb_settings_get_count (settings, "batch-size") *
                     length * count_token_flops (config, length) / rate;
      out->source = WB_RUN_ESTIMATE_RATE;
    }
}

void
wb_run_spec_estimate (WbRunSpec *self, WbRunEstimate *estimate)
{
  g_autoptr (WbSettings) settings = first_settings (self);
  g_autoptr (WbModelConfig) config = first_config (self);
  const WbTask *task = wb_task_find (wb_run_spec_get (self, "task"));

  *estimate = (WbRunEstimate){ .seconds = -1 };
  estimate->memory_available = wb_machine_get_available_memory ();
  estimate->disk_free = wb_workspace_get_free_space (wb_run_spec_get_workspace (self), NULL);
  estimate->max_length = wb_settings_get_count (settings, "max-length");
  if (config != NULL)
    estimate_model (estimate, config, task, settings);
  estimate->disk *= MAX (wb_run_spec_count_runs (self), 1);
  if (task == NULL)
    return;
  estimate_steps (self, estimate, task, settings);
  estimate_time (self, estimate, task, config, settings);
}
