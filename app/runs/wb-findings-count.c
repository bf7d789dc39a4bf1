/* Confusions, losses, and ranges of targets. */
#include <math.h>
#include <stdlib.h>

#include "app/runs/wb-findings-private.h"
#include "engine/train/wb-metrics.h"

#define N_RANGES 10

int
wb_findings_predict (const WbFindings *self, gsize unit)
{
  const gsize n = self->predictions->n_labels;
  return wb_argmax (self->predictions->logits + unit * n, n);
}

int
wb_findings_get_gold (const WbFindings *self, gsize unit)
{
  const float gold = self->predictions->gold[unit];
  return gold >= 0 && gold < (float) self->n_labels ? (int) gold : -1;
}

/* log of the sum of exp of a row */
static double
log_sum (const WbFindings *self, gsize unit)
{
  const float *row = self->predictions->logits + unit * self->predictions->n_labels;
  double       largest = -INFINITY, sum = 0;

  for (gsize k = 0; k < self->predictions->n_labels; k++)
    largest = fmax (largest, row[k]);
  for (gsize k = 0; k < self->predictions->n_labels; k++)
    sum += exp (row[k] - largest);
  return largest + log (sum);
}

double
wb_findings_get_probability (const WbFindings *self, gsize unit, gsize k)
{
  return exp (self->predictions->logits[unit * self->predictions->n_labels + k] -
              log_sum (self, unit));
}

/* -log p (gold); NaN: not known; what no number can be given for counts as the worst. */
static double
unit_loss (const WbFindings *self, gsize unit)
{
  const int gold = wb_findings_get_gold (self, unit);
  double    loss;

  if (gold < 0)
    return NAN;
  loss = log_sum (self, unit) -
         self->predictions->logits[unit * self->predictions->n_labels + (gsize) gold];
  return isnan (loss) ? (double) INFINITY : loss;
}

/* A word without a piece has no loss. */
static gboolean
is_said (const WbFindings *self, gsize unit)
{
  return !isnan (self->predictions->logits[unit * self->predictions->n_labels]);
}

static double
sentence_loss (const WbFindings *self, gsize i)
{
  double sum = 0;
  gsize  n = 0;

  for (gsize u = self->predictions->first[i]; u < self->predictions->first[i + 1]; u++)
    if (is_said (self, u) && wb_findings_get_gold (self, u) >= 0)
      {
        sum += unit_loss (self, u);
        n++;
      }
  return n > 0 ? sum / (double) n : (double) NAN;
}

static double
squared_error (const WbFindings *self, gsize i)
{
  const double target = self->predictions->gold[i];
  const double difference = self->predictions->logits[i] - target;

  if (isnan (target))
    return NAN;
  return isnan (difference) ? (double) INFINITY : difference * difference;
}

static double
example_loss (const WbFindings *self, gsize i)
{
  switch (self->kind)
    {
    case WB_FINDINGS_WORDS:
      return sentence_loss (self, i);
    case WB_FINDINGS_VALUES:
      return squared_error (self, i);
    case WB_FINDINGS_CLASSES:
    default:
      return unit_loss (self, i);
    }
}

static int
compare_losses (gconstpointer a, gconstpointer b, gpointer data)
{
  const double *losses = data;
  const guint32 i = *(const guint32 *) a, k = *(const guint32 *) b;

  if (losses[i] != losses[k])
    return losses[i] > losses[k] ? -1 : 1;
  return (i > k) - (i < k);
}

void
wb_findings_count_all (WbFindings *self)
{
  const WbPredictions *from = self->predictions;

  for (gsize u = 0; self->n_labels > 0 && u < from->n_units; u++)
    if (wb_findings_get_gold (self, u) >= 0)
      self->counts[(gsize) wb_findings_get_gold (self, u) * self->n_labels +
                   (gsize) wb_findings_predict (self, u)]++;
  for (gsize i = 0; i < from->n; i++)
    {
      self->losses[i] = example_loss (self, i);
      if (!isnan (self->losses[i]))
        self->ranking[self->n_ranked++] = (guint32) i;
    }
  g_qsort_with_data (self->ranking, (gint) self->n_ranked, sizeof *self->ranking, compare_losses,
                     self->losses);
}

static int
compare_targets (gconstpointer a, gconstpointer b, gpointer data)
{
  const float  *gold = data;
  const guint32 i = *(const guint32 *) a, k = *(const guint32 *) b;

  if (gold[i] != gold[k])
    return gold[i] < gold[k] ? -1 : 1;
  return (i > k) - (i < k);
}

static void
add_range (WbFindings *self, const guint32 *order, gsize from, gsize end)
{
  const float    *gold = self->predictions->gold, *said = self->predictions->logits;
  WbFindingsRange range = { gold[order[from]], gold[order[end - 1]], end - from, 0, 0, 0 };

  for (gsize i = from; i < end; i++)
    {
      range.target += gold[order[i]];
      range.value += said[order[i]];
      range.error += fabs ((double) said[order[i]] - gold[order[i]]);
    }
  range.target /= (double) range.n;
  range.value /= (double) range.n;
  range.error /= (double) range.n;
  g_array_append_val (self->ranges, range);
}

void
wb_findings_make_ranges (WbFindings *self)
{
  const gsize         n = self->n_ranked;
  const float        *gold = self->predictions->gold;
  g_autofree guint32 *order = g_memdup2 (self->ranking, n * sizeof *order);
  gsize               from = 0;

  if (n == 0)
    return;
  g_qsort_with_data (order, (gint) n, sizeof *order, compare_targets, (gpointer) gold);
  for (gsize k = 1; k <= N_RANGES; k++)
    {
      gsize end = MAX (n * k / N_RANGES, from);

      while (end > from && end < n && gold[order[end]] == gold[order[end - 1]])
        end++;
      if (end == from)
        continue;
      add_range (self, order, from, end);
      from = end;
    }
}
