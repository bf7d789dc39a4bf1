#include "app/results/wb-published.h"

#include <string.h>

/* Fact sheet 10.1: the official README's table of development scores, and model cards.  In per
 * cent; 0: not published.  Where two values stand in a cell they are of two metrics, for MNLI of
 * the matched and the mismatched set. */
typedef struct
{
  const char *model, *task;
  double      first, second;
} Score;

static const Score scores[] = {
  { "deberta-base", "mnli", 88.8, 88.5 },       { "deberta-large", "mnli", 91.3, 91.1 },
  { "deberta-large", "sst-2", 96.5, 0 },        { "deberta-large", "qnli", 95.3, 0 },
  { "deberta-large", "cola", 69.5, 0 },         { "deberta-large", "rte", 91.0, 0 },
  { "deberta-large", "mrpc", 92.6, 94.6 },      { "deberta-large", "qqp", 92.3, 0 },
  { "deberta-large", "stsb", 92.8, 92.5 },      { "deberta-xlarge", "mnli", 91.5, 91.2 },
  { "deberta-xlarge", "sst-2", 97.0, 0 },       { "deberta-xlarge", "rte", 93.1, 0 },
  { "deberta-xlarge", "mrpc", 92.1, 94.3 },     { "deberta-xlarge", "stsb", 92.9, 92.7 },
  { "deberta-v2-xlarge", "mnli", 91.7, 91.6 },  { "deberta-v2-xlarge", "sst-2", 97.5, 0 },
  { "deberta-v2-xlarge", "qnli", 95.8, 0 },     { "deberta-v2-xlarge", "cola", 71.1, 0 },
  { "deberta-v2-xlarge", "rte", 93.9, 0 },      { "deberta-v2-xlarge", "mrpc", 92.0, 94.2 },
  { "deberta-v2-xlarge", "qqp", 92.3, 89.8 },   { "deberta-v2-xlarge", "stsb", 92.9, 92.9 },
  { "deberta-v2-xxlarge", "mnli", 91.7, 91.9 }, { "deberta-v2-xxlarge", "sst-2", 97.2, 0 },
  { "deberta-v2-xxlarge", "qnli", 96.0, 0 },    { "deberta-v2-xxlarge", "cola", 72.0, 0 },
  { "deberta-v2-xxlarge", "rte", 93.5, 0 },     { "deberta-v2-xxlarge", "mrpc", 93.1, 94.9 },
  { "deberta-v2-xxlarge", "qqp", 92.7, 90.3 },  { "deberta-v2-xxlarge", "stsb", 93.2, 93.1 },
  { "deberta-v3-xsmall", "mnli", 88.1, 88.3 },  { "deberta-v3-small", "mnli", 88.3, 87.7 },
  { "deberta-v3-base", "mnli", 90.6, 90.7 },    { "deberta-v3-large", "mnli", 91.8, 91.9 },
  { "deberta-v3-large", "sst-2", 96.9, 0 },     { "deberta-v3-large", "qnli", 96.0, 0 },
  { "deberta-v3-large", "cola", 75.3, 0 },      { "deberta-v3-large", "rte", 92.7, 0 },
  { "deberta-v3-large", "mrpc", 92.2, 0 },      { "deberta-v3-large", "qqp", 93.0, 0 },
  { "deberta-v3-large", "stsb", 93.0, 0 },
};

static const char readme[] = "development set, the table of microsoft/DeBERTa's README";
static const char card[] = "development set, the model card of microsoft/deberta-base";

/* Metrics of a cell's two values. */
static const struct
{
  const char *task, *first, *second;
} metrics[] = {
  { "cola", "mcc", NULL },           { "mrpc", "accuracy", "f1" },  { "qqp", "accuracy", "f1" },
  { "stsb", "pearson", "spearman" }, { "sst-2", "accuracy", NULL }, { "qnli", "accuracy", NULL },
  { "rte", "accuracy", NULL },
};

/* (transfer full): "deberta-large" of "/models/microsoft/DeBERTa-large-mnli/". */
static char *
dup_model (const char *model)
{
  g_autofree char *name = g_path_get_basename (model);
  char            *lower = g_ascii_strdown (name, -1);

  if (g_str_has_suffix (lower, "-mnli"))
    lower[strlen (lower) - strlen ("-mnli")] = '\0';
  return lower;
}

static const Score *
find_score (const char *task, const char *model)
{
  for (gsize i = 0; i < G_N_ELEMENTS (scores); i++)
    if (strcmp (scores[i].task, task) == 0 && strcmp (scores[i].model, model) == 0)
      return &scores[i];
  return NULL;
}

static double
mean_of (double a, double b)
{
  return a > 0 && b > 0 ? (a + b) / 2 : 0;
}

/* MNLI's best checkpoint is chosen by the mean over both sets, which both have. */
static double
value_of (const Score *score, const char *metric)
{
  g_auto (GStrv) parts = g_strsplit (metric, "+", 2);

  if (strcmp (score->task, "mnli") == 0)
    return strcmp (metric, "accuracy") == 0 ? mean_of (score->first, score->second) : 0;
  for (gsize i = 0; i < G_N_ELEMENTS (metrics); i++)
    {
      if (strcmp (metrics[i].task, score->task) != 0)
        continue;
      if (parts[0] != NULL && parts[1] != NULL)
        return g_strcmp0 (parts[0], metrics[i].first) == 0 &&
                       g_strcmp0 (parts[1], metrics[i].second) == 0
                   ? mean_of (score->first, score->second)
                   : 0;
      return g_strcmp0 (metric, metrics[i].first) == 0    ? score->first
             : g_strcmp0 (metric, metrics[i].second) == 0 ? score->second
                                                          : 0;
    }
  return 0;
}

gboolean
wb_published_find (const char *task, const char *model, const char *metric, WbPublished *out)
{
  g_autofree char *name = NULL;
  const Score     *score;
  double           value;

  g_return_val_if_fail (task != NULL && model != NULL && metric != NULL && out != NULL, FALSE);

  name = dup_model (model);
  score = find_score (task, name);
  value = score != NULL ? value_of (score, metric) : 0;
  if (value <= 0)
    return FALSE;
  out->value = value / 100;
  out->source = strcmp (name, "deberta-base") == 0 ? card : readme;
  return TRUE;
}

gboolean
wb_metric_is_lower_better (const char *metric)
{
  static const char *const lower[] = { "loss", "perplexity", "mse", "mae", NULL };

  return metric != NULL && g_strv_contains (lower, metric);
}
