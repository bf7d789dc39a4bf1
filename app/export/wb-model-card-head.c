#include <math.h>
#include <string.h>

#include "app/export/wb-model-card-private.h"

/* The front matter is YAML; every text of it is written in double quotes, as JSON does, which YAML
 * reads the same. */

static void
append_quoted (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (const char *p = text; *p != '\0'; p++)
    if (*p == '"' || *p == '\\')
      g_string_append_printf (out, "\\%c", *p);
    else if ((guchar) *p < 0x20 || *p == 0x7f)
      g_string_append_printf (out, "\\u%04x", (guint) (guchar) *p);
    else
      g_string_append_c (out, *p);
  g_string_append_c (out, '"');
}

static void
append_pair (GString *out, const char *key, const char *value)
{
  g_string_append_printf (out, "%s: ", key);
  append_quoted (out, value);
  g_string_append_c (out, '\n');
}

/* ---- what the hub calls things ---- */

static const char *
pipeline_tag (const char *architecture)
{
  static const struct
  {
    const char *suffix, *tag;
  } tags[] = {
    { "ForSequenceClassification", "text-classification" },
    { "ForTokenClassification", "token-classification" },
    { "ForQuestionAnswering", "question-answering" },
    { "ForMultipleChoice", "multiple-choice" },
    { "ForMaskedLM", "fill-mask" },
  };

  for (gsize i = 0; architecture != NULL && i < G_N_ELEMENTS (tags); i++)
    if (g_str_has_suffix (architecture, tags[i].suffix))
      return tags[i].tag;
  return "feature-extraction";
}

static const char *
metric_type (const char *metric)
{
  if (strcmp (metric, "mcc") == 0)
    return "matthews_correlation";
  if (strcmp (metric, "pearson") == 0)
    return "pearsonr";
  return strcmp (metric, "spearman") == 0 ? "spearmanr" : metric;
}

/* "dev_matched" is "validation_matched" there. */
static char *
split_name (const char *split)
{
  return g_str_has_prefix (split, "dev") ? g_strconcat ("validation", split + 3, NULL)
                                         : g_strdup (split);
}

/* (transfer full) (nullable): the task's configuration of nyu-mll/glue. */
static char *
glue_name (const WbTask *task)
{
  g_auto (GStrv) parts = task->is_sample ? NULL : g_strsplit (task->name, "-", -1);

  return parts != NULL ? g_strjoinv ("", parts) : NULL;
}

static gboolean
is_split_file (const WbTask *task, const char *path)
{
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *plain =
      g_str_has_suffix (base, ".gz") ? g_strndup (base, strlen (base) - 3) : g_strdup (base);

  for (const WbTaskSplit *split = task->splits; split->name != NULL; split++)
    if (strcmp (split->file, plain) == 0)
      return TRUE;
  return FALSE;
}

/* Training examples of GLUE's files: fact sheet 6.3.  MRPC's file has the dev examples too where
 * they were not taken out, QNLI's has a first edition, and rows of QQP's are lost to its own
 * quotes. */
static gboolean
is_official_count (const WbTask *task, gsize n)
{
  static const struct
  {
    const char *task;
    gsize       least, most;
  } counts[] = {
    { "cola", 8551, 8551 },     { "sst-2", 67349, 67349 },  { "mrpc", 3668, 3668 },
    { "mrpc", 4076, 4076 },     { "stsb", 5749, 5749 },     { "qqp", 363840, 363870 },
    { "mnli", 392702, 392702 }, { "qnli", 104743, 104743 }, { "qnli", 108436, 108436 },
    { "rte", 2490, 2490 },      { "wnli", 635, 635 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    if (strcmp (counts[i].task, task->name) == 0 && n >= counts[i].least && n <= counts[i].most)
      return TRUE;
  return FALSE;
}

gboolean
wb_model_card_has_official_data (const WbModelCard *self)
{
  const WbRunPlan *plan = self->plan;
  gboolean         ok = plan != NULL && plan->train_path != NULL &&
                is_split_file (plan->task, plan->train_path) &&
                is_official_count (plan->task, self->n_train);

  for (guint i = 0; ok && i < plan->evaluations->len; i++)
    ok = is_split_file (plan->task, ((WbPlanSplit *) plan->evaluations->pdata[i])->path);
  return ok;
}

/* ---- licence ---- */

char *
wb_model_card_dup_licence (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "README.md", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL) || !g_utf8_validate (text, -1, NULL))
    return NULL;
  lines = g_strsplit (text, "\n", -1);
  if (lines[0] == NULL || strcmp (g_strchomp (lines[0]), "---") != 0)
    return NULL;
  for (gsize i = 1; lines[i] != NULL && strcmp (g_strchomp (lines[i]), "---") != 0; i++)
    if (g_str_has_prefix (lines[i], "license:"))
      {
        char       *value = g_strstrip (lines[i] + strlen ("license:"));
        const gsize n =
            strspn (value, "abcdefghijklmnopqrstuvwxyz0123456789.-"); /* the hub's identifiers */

        return n > 0 && value[n] == '\0' ? g_strdup (value) : NULL;
      }
  return NULL;
}

/* ---- model-index ---- */

static void
append_dataset (const WbModelCard *self, const WbTask *task, const char *split, GString *out)
{
  const gboolean   official = wb_model_card_has_official_data (self);
  g_autofree char *config = official ? glue_name (task) : NULL;
  g_autofree char *title = official ? g_strdup_printf ("GLUE %s", task->title)
                                    : g_strdup_printf ("own data, %s", task->title);
  g_autofree char *name = split_name (split);

  g_string_append (out, "    dataset:\n");
  append_pair (out, "      name", title);
  append_pair (out, "      type", official ? "nyu-mll/glue" : "own");
  if (config != NULL)
    append_pair (out, "      config", config);
  append_pair (out, "      split", name);
}

static void
append_metric (const WbResultRecord *result, GString *out)
{
  char value[G_ASCII_DTOSTR_BUF_SIZE];

  append_pair (out, "    - type", metric_type (result->metric));
  append_pair (out, "      name", result->metric);
  g_string_append_printf (out, "      value: %s\n",
                          g_ascii_formatd (value, sizeof value, "%.6f", result->value));
}

static gboolean
is_shown (const WbModelCard *self, guint i)
{
  return isfinite (((WbResultRecord *) self->results->pdata[i])->value);
}

/* One entry for every split, its metrics inside. */
static void
append_results (const WbModelCard *self, GString *out)
{
  const char *split = NULL;

  for (guint i = 0; i < self->results->len; i++)
    {
      const WbResultRecord *result = self->results->pdata[i];

      if (!is_shown (self, i))
        continue;
      if (split == NULL || strcmp (split, result->split) != 0)
        {
          g_string_append (out, "  - task:\n");
          append_pair (out, "      type", pipeline_tag (self->architecture));
          append_dataset (self, self->plan->task, result->split, out);
          g_string_append (out, "    metrics:\n");
        }
      split = result->split;
      append_metric (result, out);
    }
}

static gboolean
has_results (const WbModelCard *self)
{
  for (guint i = 0; self->results != NULL && self->plan != NULL && i < self->results->len; i++)
    if (is_shown (self, i))
      return TRUE;
  return FALSE;
}

/* Each once, in the order measured. */
static void
append_metric_names (const WbModelCard *self, GString *out)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  g_string_append (out, "metrics:\n");
  for (guint i = 0; i < self->results->len; i++)
    {
      const WbResultRecord *result = self->results->pdata[i];
      const char           *type = metric_type (result->metric);

      if (!is_shown (self, i) || !g_hash_table_add (seen, (gpointer) type))
        continue;
      g_string_append (out, "- ");
      append_quoted (out, type);
      g_string_append_c (out, '\n');
    }
}

void
wb_model_card_append_front_matter (const WbModelCard *self, const char *base, GString *out)
{
  g_autofree char *licence = wb_model_card_dup_licence (self->source);

  append_pair (out, "library_name", "transformers");
  append_pair (out, "pipeline_tag", pipeline_tag (self->architecture));
  g_string_append_printf (out, "tags:\n- \"%s\"\n- \"deberta-workbench\"\n",
                          self->config->model_type);
  if (licence != NULL)
    append_pair (out, "license", licence);
  if (base != NULL)
    append_pair (out, "base_model", base);
  if (wb_model_card_has_official_data (self))
    g_string_append (out, "datasets:\n- \"nyu-mll/glue\"\n");
  if (!has_results (self))
    return;
  append_metric_names (self, out);
  g_string_append (out, "model-index:\n");
  append_pair (out, "- name", self->name);
  g_string_append (out, "  results:\n");
  append_results (self, out);
}
