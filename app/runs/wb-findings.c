#include "app/runs/wb-findings-private.h"

#include <math.h>

G_DEFINE_BOXED_TYPE (WbFindings, wb_findings, wb_findings_ref, wb_findings_unref)

static void
type_clear (gpointer data)
{
  g_free (((WbFindingsType *) data)->name);
}

static WbFindingsKind
kind_of (const WbTask *task)
{
  static const WbFindingsKind kinds[] = {
    [WB_TASK_CLASSIFICATION] = WB_FINDINGS_CLASSES,
    [WB_TASK_REGRESSION] = WB_FINDINGS_VALUES,
    [WB_TASK_TOKENS] = WB_FINDINGS_WORDS,
  };

  return kinds[task->kind];
}

WbFindings *
wb_findings_new (WbPredictions *predictions,
                 const WbTask  *task,
                 WbDataset     *dataset,
                 const char    *missing)
{
  WbFindings *self = g_new0 (WbFindings, 1);

  self->references = 1;
  self->kind = kind_of (task);
  self->labels = g_strdupv ((char **) task->labels);
  self->n_labels = self->kind == WB_FINDINGS_VALUES ? 0 : predictions->n_labels;
  self->predictions = predictions;
  self->dataset = dataset != NULL ? wb_dataset_ref (dataset) : NULL;
  self->missing = g_strdup (dataset == NULL ? missing : NULL);
  self->counts = g_new0 (gsize, self->n_labels * self->n_labels + 1);
  self->losses = g_new (double, predictions->n + 1);
  self->ranking = g_new (guint32, predictions->n + 1);
  self->types = g_array_new (FALSE, FALSE, sizeof (WbFindingsType));
  g_array_set_clear_func (self->types, type_clear);
  self->ranges = g_array_new (FALSE, FALSE, sizeof (WbFindingsRange));
  wb_findings_count_all (self);
  if (self->kind == WB_FINDINGS_VALUES)
    wb_findings_make_ranges (self);
  else if (self->kind == WB_FINDINGS_WORDS)
    wb_findings_make_types (self, task);
  return self;
}

WbFindings *
wb_findings_ref (WbFindings *self)
{
  g_atomic_int_inc (&self->references);
  return self;
}

void
wb_findings_unref (WbFindings *self)
{
  if (!g_atomic_int_dec_and_test (&self->references))
    return;
  wb_predictions_free (self->predictions);
  g_clear_pointer (&self->dataset, wb_dataset_unref);
  g_strfreev (self->labels);
  g_free (self->missing);
  g_free (self->counts);
  g_free (self->losses);
  g_free (self->ranking);
  g_array_unref (self->types);
  g_array_unref (self->ranges);
  g_free (self);
}

WbFindingsKind
wb_findings_get_kind (const WbFindings *self)
{
  return self->kind;
}

const char *
wb_findings_get_split (const WbFindings *self)
{
  return self->predictions->split != NULL ? self->predictions->split : "";
}

const char *
wb_findings_get_path (const WbFindings *self)
{
  return self->predictions->path != NULL ? self->predictions->path : "";
}

guint64
wb_findings_get_step (const WbFindings *self)
{
  return self->predictions->step;
}

gsize
wb_findings_get_n (const WbFindings *self)
{
  return self->predictions->n;
}

gsize
wb_findings_get_n_labels (const WbFindings *self)
{
  return self->n_labels;
}

const char *const *
wb_findings_get_labels (const WbFindings *self)
{
  return (const char *const *) self->labels;
}

gsize
wb_findings_count (const WbFindings *self, gsize gold, gsize predicted)
{
  g_return_val_if_fail (gold < self->n_labels && predicted < self->n_labels, 0);
  return self->counts[gold * self->n_labels + predicted];
}

gsize
wb_findings_count_gold (const WbFindings *self, gsize gold)
{
  gsize sum = 0;

  for (gsize k = 0; k < self->n_labels; k++)
    sum += wb_findings_count (self, gold, k);
  return sum;
}

gsize
wb_findings_count_predicted (const WbFindings *self, gsize predicted)
{
  gsize sum = 0;

  for (gsize k = 0; k < self->n_labels; k++)
    sum += wb_findings_count (self, k, predicted);
  return sum;
}

const WbFindingsType *
wb_findings_get_types (const WbFindings *self, gsize *n)
{
  *n = self->types->len;
  return (const WbFindingsType *) self->types->data;
}

const WbFindingsRange *
wb_findings_get_ranges (const WbFindings *self, gsize *n)
{
  *n = self->ranges->len;
  return (const WbFindingsRange *) self->ranges->data;
}

const char *
wb_findings_get_missing (const WbFindings *self)
{
  return self->missing;
}

static void
get_word_counts (const WbFindings *self, gsize index, WbFinding *out)
{
  out->gold = (int) (self->predictions->first[index + 1] - self->predictions->first[index]);
  out->predicted = 0;
  for (gsize u = self->predictions->first[index]; u < self->predictions->first[index + 1]; u++)
    out->predicted += wb_findings_get_gold (self, u) >= 0 &&
                      wb_findings_get_gold (self, u) != wb_findings_predict (self, u);
}

void
wb_findings_get (const WbFindings *self, gsize index, WbFinding *out)
{
  g_return_if_fail (index < self->predictions->n);

  *out = (WbFinding){ .index = index, .loss = self->losses[index], .target = NAN, .value = NAN };
  if (self->dataset != NULL)
    {
      const WbExample *example = &wb_dataset_get_examples (self->dataset)[index];
      out->line = example->line;
      out->text = example->text;
      out->pair = example->pair;
    }
  if (self->kind == WB_FINDINGS_WORDS)
    get_word_counts (self, index, out);
  else if (self->kind == WB_FINDINGS_VALUES)
    {
      out->target = self->predictions->gold[index];
      out->value = self->predictions->logits[index];
      out->gold = out->predicted = -1;
    }
  else
    {
      out->gold = wb_findings_get_gold (self, index);
      out->predicted = wb_findings_predict (self, index);
    }
}

void
wb_findings_get_probabilities (const WbFindings *self, gsize index, double *probabilities)
{
  g_return_if_fail (self->kind == WB_FINDINGS_CLASSES && index < self->predictions->n);

  for (gsize k = 0; k < self->n_labels; k++)
    probabilities[k] = wb_findings_get_probability (self, index, k);
}

static gboolean
fits (const WbFindings *self, gsize unit, int gold, int predicted, gboolean wrong)
{
  const int a = wb_findings_get_gold (self, unit), b = wb_findings_predict (self, unit);

  return (gold < 0 || a == gold) && (predicted < 0 || b == predicted) &&
         (!wrong || (a >= 0 && a != b));
}

static gboolean
is_wanted (const WbFindings *self, gsize i, int gold, int predicted, gboolean wrong)
{
  const WbPredictions *from = self->predictions;

  if (self->kind == WB_FINDINGS_VALUES || (gold < 0 && predicted < 0 && !wrong))
    return TRUE;
  if (self->kind == WB_FINDINGS_CLASSES)
    return fits (self, i, gold, predicted, wrong);
  for (gsize u = from->first[i]; u < from->first[i + 1]; u++)
    if (fits (self, u, gold, predicted, wrong))
      return TRUE;
  return FALSE;
}

gsize *
wb_findings_rank (const WbFindings *self,
                  gboolean          worst,
                  int               gold,
                  int               predicted,
                  gboolean          wrong,
                  gsize             most,
                  gsize            *n)
{
  gsize *result = g_new (gsize, self->n_ranked + 1);

  *n = 0;
  for (gsize k = 0; k < self->n_ranked && (most == 0 || *n < most); k++)
    {
      const gsize i = self->ranking[worst ? k : self->n_ranked - 1 - k];

      if (is_wanted (self, i, gold, predicted, wrong))
        result[(*n)++] = i;
    }
  return result;
}
