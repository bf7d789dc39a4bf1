#include "config.h"

#include "app/export/wb-model-card-private.h"

#include <math.h>
#include <string.h>

#include "app/library/wb-known-model-private.h"

/* ---- where the weights came from ---- */

/* …/models--owner--name/snapshots/<revision> */
static char *
cache_name (const char *folder)
{
  g_auto (GStrv) parts = g_strsplit (folder, "/", -1);
  const guint n = g_strv_length (parts);
  const char *owner, *gap;

  if (n < 3 || strcmp (parts[n - 2], "snapshots") != 0 ||
      !g_str_has_prefix (parts[n - 3], "models--"))
    return NULL;
  owner = parts[n - 3] + strlen ("models--");
  gap = strstr (owner, "--");
  return gap != NULL ? g_strdup_printf ("%.*s/%s", (int) (gap - owner), owner, gap + 2) : NULL;
}

char *
wb_model_card_dup_hub_name (const char *folder, const WbModelConfig *config)
{
  char               *cached = cache_name (folder);
  g_autofree char    *base = g_path_get_basename (folder);
  const WbKnownModel *published;

  if (cached != NULL)
    return cached;
  published = wb_known_model_find_named (base, config);
  return published != NULL ? g_strconcat ("microsoft/", published->name, NULL) : NULL;
}

static char *
dup_base (const WbModelCard *self)
{
  if (self->plan == NULL)
    return wb_model_card_dup_hub_name (self->source, self->config);
  return self->plan->model_path != NULL
             ? wb_model_card_dup_hub_name (self->plan->model_path, self->config)
             : NULL;
}

/* ---- text ---- */

/* In a table's cell or a line: no markup of its own, no line break. */
static void
append_plain (GString *out, const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if (strchr ("\\`*_|<>[]#", *p) != NULL)
      g_string_append_printf (out, "\\%c", *p);
    else
      g_string_append_c (out, (guchar) *p < 0x20 ? ' ' : *p);
}

static void
append_row (GString *out, const char *name, const char *value)
{
  g_string_append (out, "| ");
  append_plain (out, name);
  g_string_append (out, " | ");
  append_plain (out, value);
  g_string_append (out, " |\n");
}

static void
append_introduction (const WbModelCard *self, const char *base, GString *out)
{
  const WbRunPlan *plan = self->plan;

  g_string_append (out, "# ");
  append_plain (out, self->name);
  g_string_append_printf (out, "\n\nA DeBERTa %s model (%zu layers, %zu wide, %zu heads)",
                          wb_known_model_get_family (self->config), self->config->n_layers,
                          self->config->hidden_size, self->config->n_heads);
  if (plan == NULL)
    g_string_append (out, ", converted by DeBERTa Workbench " PACKAGE_VERSION);
  else
    g_string_append_printf (out, ", fine-tuned on %s by DeBERTa Workbench " PACKAGE_VERSION,
                            plan->task->title);
  if (base != NULL)
    g_string_append_printf (out, " from [%s](https://huggingface.co/%s)", base, base);
  else if (plan != NULL && plan->model_path == NULL)
    g_string_append (out, ", from random weights");
  g_string_append (out, ".\n\n");
}

static void
append_task (const WbModelCard *self, GString *out)
{
  const WbTask  *task = self->plan->task;
  char *const   *labels = self->config->id2label;
  const gboolean regression = task->kind == WB_TASK_REGRESSION;

  g_string_append_printf (out, "## Task\n\n%s: %s  \nInput: %s.  \n", task->title, task->summary,
                          task->is_pair ? "two texts, as a pair"
                          : task->kind == WB_TASK_TOKENS
                              ? "the words of a sentence; the first piece "
                                "of each says its label"
                              : "one text");
  if (regression)
    g_string_append_printf (out, "Output: one number, from %g to %g.\n\n", task->target_min,
                            task->target_max);
  else
    g_string_append (out, "\n| class | label |\n| --- | --- |\n");
  for (gsize i = 0; !regression && labels != NULL && labels[i] != NULL; i++)
    {
      g_autofree char *class = g_strdup_printf ("%zu", i);
      append_row (out, class, labels[i]);
    }
  g_string_append (out, regression ? "" : "\n");
}

static void
append_file (GString *out, const char *what, const char *path)
{
  g_autofree char *base = g_path_get_basename (path);

  append_row (out, what, base);
}

static void
append_data (const WbModelCard *self, GString *out)
{
  const WbRunPlan *plan = self->plan;

  g_string_append (out, "## Data\n\n| file | name |\n| --- | --- |\n");
  append_file (out, "training", plan->train_path);
  for (guint i = 0; i < plan->evaluations->len; i++)
    {
      const WbPlanSplit *split = plan->evaluations->pdata[i];
      append_file (out, split->name, split->path);
    }
  if (plan->train_digest != NULL)
    append_row (out, "digest of the training file", plan->train_digest);
  if (wb_model_card_has_official_data (self))
    g_string_append_printf (out, "\n%zu training examples: GLUE's, by number and names.\n\n",
                            self->n_train);
  else if (self->n_train > 0)
    g_string_append_printf (out, "\n%zu training examples, in the layout of %s.\n\n", self->n_train,
                            plan->task->title);
  else
    g_string_append (out, "\n");
}

static void
append_results (const WbModelCard *self, GString *out)
{
  if (self->results == NULL || self->results->len == 0)
    return;
  g_string_append (out, "## Results\n\n");
  if (self->record != NULL && self->record->best_step >= 0)
    g_string_append_printf (out,
                            "The state after step %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
                            ", the best by %s.\n\n",
                            self->record->best_step, self->record->total_steps,
                            self->record->metric != NULL ? self->record->metric : "its metric");
  g_string_append (out, "| split | metric | value |\n| --- | --- | --- |\n");
  for (guint i = 0; i < self->results->len; i++)
    {
      const WbResultRecord *result = self->results->pdata[i];
      char                  value[G_ASCII_DTOSTR_BUF_SIZE];

      g_string_append (out, "| ");
      append_plain (out, result->split);
      g_string_append_printf (out, " | %s | %s |\n", result->metric,
                              isfinite (result->value)
                                  ? g_ascii_formatd (value, sizeof value, "%.4f", result->value)
                                  : "–");
    }
  g_string_append_c (out, '\n');
}

static void
append_settings (const WbModelCard *self, GString *out)
{
  gsize                n;
  const WbSettingInfo *all = wb_setting_get_all (&n);
  g_autofree char     *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, self->plan->seed);

  g_string_append (out, "## Settings\n\n| setting | value |\n| --- | --- |\n");
  append_row (out, "seed", seed);
  for (gsize i = 0; i < n; i++)
    append_row (out, all[i].key, wb_settings_get (self->plan->settings, all[i].key));
  g_string_append_c (out, '\n');
}

/* ---- how to use it ---- */

static const char *
torch_type (const char *dtype)
{
  if (strcmp (dtype, "f16") == 0)
    return "float16";
  return strcmp (dtype, "bf16") == 0 ? "bfloat16" : "float32";
}

static const char *
auto_class (const char *architecture)
{
  static const char *const heads[] = { "ForSequenceClassification", "ForTokenClassification",
                                       "ForQuestionAnswering", "ForMultipleChoice", "ForMaskedLM" };

  for (gsize i = 0; architecture != NULL && i < G_N_ELEMENTS (heads); i++)
    if (g_str_has_suffix (architecture, heads[i]))
      return heads[i];
  return "";
}

/* Multiple choice takes (examples, choices, tokens): one question beside each of its answers. */
static void
append_call (const WbModelCard *self, const char *suffix, GString *out)
{
  const gboolean pair = self->plan != NULL && self->plan->task->is_pair;

  if (strcmp (suffix, "ForMultipleChoice") == 0)
    g_string_append (
        out, "choices = [\"an answer\", \"another answer\"]\n"
             "inputs = tokenizer([\"the question\"] * len(choices), choices, padding=True, "
             "return_tensors=\"pt\")\n"
             "outputs = model(**{name: rows.unsqueeze(0) for name, rows in inputs.items()})\n");
  else
    g_string_append_printf (out,
                            "inputs = tokenizer(%s, return_tensors=\"pt\")\n"
                            "outputs = model(**inputs)\n",
                            pair ? "\"first text\", \"second text\"" : "\"a text\"");
}

static void
append_usage (const WbModelCard *self, GString *out)
{
  const gboolean short_type = strcmp (self->dtype, "f32") != 0;
  const char    *suffix = auto_class (self->architecture);
  const gboolean predicts = strcmp (suffix, "ForSequenceClassification") == 0 ||
                            strcmp (suffix, "ForTokenClassification") == 0; /* the tasks' heads */

  g_string_append_printf (out,
                          "## Use\n\n```python\n"
                          "from transformers import AutoModel%s, AutoTokenizer\n\n"
                          "folder = \"PATH-OF-THIS-FOLDER\"\n"
                          "tokenizer = AutoTokenizer.from_pretrained(folder)\n"
                          "model = AutoModel%s.from_pretrained(folder%s)\n",
                          suffix, suffix, short_type ? ", dtype=\"float32\"" : "");
  append_call (self, suffix, out);
  g_string_append (out, "```\n\n");
  if (short_type)
    g_string_append_printf (
        out,
        "The weights are stored as %s. Without `dtype=\"float32\"` transformers "
        "also computes in it.\n\n",
        torch_type (self->dtype));
  g_string_append_printf (
      out, "With DeBERTa Workbench: `deberta-workbench %s --model PATH-OF-THIS-FOLDER %s`.\n\n",
      predicts ? "predict" : "attention", predicts ? "--task NAME --file FILE" : "--text TEXT");
}

static void
append_origin (const WbModelCard *self, GString *out)
{
  const WbRunRecord *record = self->record;

  g_string_append (out, "## Made with\n\nDeBERTa Workbench " PACKAGE_VERSION);
  if (record != NULL && record->fingerprint != NULL)
    {
      g_string_append (out, ", ");
      append_plain (out, record->fingerprint);
    }
  if (record != NULL && record->seconds > 0)
    g_string_append_printf (out, "; %.0f seconds of training", record->seconds);
  g_string_append (out, ".\n\n");
}

static void
append_licence (const WbModelCard *self, GString *out)
{
  g_autofree char *licence = wb_model_card_dup_licence (self->source);

  g_string_append (out, "## Licence\n\n");
  if (licence != NULL)
    g_string_append_printf (out, "The model that this one was made from says `%s`. ", licence);
  else
    g_string_append (out, "The files that this model was made from name no licence: see where "
                          "they came from (the DeBERTa models that Microsoft publishes are under "
                          "the MIT licence). ");
  g_string_append (out, "The data that it was trained on has terms of its own.\n");
}

char *
wb_model_card_dup_text (const WbModelCard *self)
{
  GString         *out = g_string_new ("---\n");
  g_autofree char *base = dup_base (self);

  wb_model_card_append_front_matter (self, base, out);
  g_string_append (out, "---\n\n");
  append_introduction (self, base, out);
  if (self->plan != NULL)
    {
      append_task (self, out);
      append_data (self, out);
      append_results (self, out);
      append_settings (self, out);
    }
  append_usage (self, out);
  append_origin (self, out);
  append_licence (self, out);
  return g_string_free (out, FALSE);
}
