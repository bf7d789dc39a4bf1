#include "config.h"

#include <math.h>

#include "engine/ref/wb-ref-loss.h"
#include "engine/ref/wb-ref-model.h"

/* The heads' losses: fact sheet 3.12, 5.10. */

static double *
widen (const float *x, gsize n)
{
  double *y = NULL;

  if (x != NULL)
    y = g_new (double, n);
  for (gsize i = 0; y != NULL && i < n; i++)
    y[i] = (double) x[i];
  return y;
}

static gsize
count_rows (const WbRefModel *self, const WbBatch *batch)
{
  gsize n = 0;

  if (!wb_head_spec_reads_tokens (self->head))
    return batch->n_sequences;
  if (self->head->kind != WB_HEAD_MASKED_LM)
    return batch->n_tokens;
  for (gsize t = 0; t < batch->n_tokens; t++)
    n += batch->token_labels[t] >= 0;
  return n;
}

static double
hard (const WbRefModel *self,
      const double     *logits,
      const gint32     *labels,
      gsize             rows,
      gsize             classes,
      double            denominator)
{
  g_autofree double      *weights = widen (self->head->class_weights, classes);
  const WbRefCrossEntropy args = { rows,       classes, logits,
                                   labels,     weights, self->head->label_smoothing,
                                   denominator };

  return wb_ref_cross_entropy (&args);
}

/* The labelled tokens' labels, whose rows are the only ones. */
static double
masked (const WbRefModel *self, const WbBatch *batch, const double *logits, double denominator)
{
  g_autofree gint32 *labels = g_new (gint32, batch->n_tokens);
  gsize              n = 0;

  for (gsize t = 0; t < batch->n_tokens; t++)
    if (batch->token_labels[t] >= 0)
      labels[n++] = batch->token_labels[t];
  return hard (self, logits, labels, n, self->config->vocab_size, denominator);
}

static double
numbers (const WbRefModel *self, const WbBatch *batch, const double *logits, double denominator)
{
  const gsize        rows = batch->n_sequences, cols = self->head->n_labels;
  g_autofree double *targets = widen (batch->targets, rows * cols);
  g_autofree double *weights = widen (self->head->class_weights, cols);
  const WbRefTargets args = { rows,       cols,    logits,
                              targets,    weights, self->head->label_smoothing,
                              denominator };

  if (self->head->kind == WB_HEAD_REGRESSION)
    return wb_ref_squared_error (rows * cols, logits, targets, denominator);
  return self->head->kind == WB_HEAD_MULTI_LABEL ? wb_ref_sigmoid_cross_entropy (&args)
                                                 : wb_ref_soft_cross_entropy (&args);
}

static double
replaced (const WbBatch *batch, const double *logits, double denominator)
{
  g_autofree double *targets = g_new (double, batch->n_tokens);
  const WbRefTargets args = { batch->n_tokens, 1, logits, targets, NULL, 0, denominator };

  for (gsize t = 0; t < batch->n_tokens; t++)
    targets[t] = batch->token_labels[t] >= 0 ? (double) batch->token_labels[t] : (double) NAN;
  return wb_ref_sigmoid_cross_entropy (&args);
}

/* Softmax over rows bounds[i] to bounds[i + 1] - 1 of column @col; a label beyond its segment is
 * none. */
static double
segments (const WbRefModel *self,
          const double     *logits,
          gsize             cols,
          gsize             col,
          const gint32     *bounds,
          gsize             n,
          const gint32     *labels,
          double            denominator)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    {
      const gsize        first = (gsize) bounds[i], rows = (gsize) bounds[i + 1] - first;
      const gint32       label = labels[i] < (gint32) rows ? labels[i] : -1;
      g_autofree double *row = g_new (double, rows);

      for (gsize r = 0; r < rows; r++)
        row[r] = logits[(first + r) * cols + col];
      sum += hard (self, row, &label, 1, rows, denominator);
    }
  return sum;
}

static double
spans (const WbRefModel   *self,
       const WbBatch      *batch,
       const double       *logits,
       const WbLossWeight *weight)
{
  const gint32      *sides[] = { batch->starts, batch->ends };
  const double       denominators[] = { 2 * weight->sum, 2 * weight->ends };
  g_autofree gint32 *labels = g_new (gint32, batch->n_sequences);
  double             sum = 0;

  for (gsize side = 0; side < 2; side++)
    {
      for (gsize i = 0; i < batch->n_sequences; i++)
        labels[i] = MAX (sides[side][i], 0);
      sum += segments (self, logits, 2, side, batch->cu_seqlens, batch->n_sequences, labels,
                       denominators[side]);
    }
  return sum;
}

double
wb_ref_model_loss (const WbRefModel *self, const WbBatch *batch, const WbLossWeight *weight)
{
  const gsize        rows = count_rows (self, batch);
  const gsize        cols = wb_head_spec_get_n_outputs (self->head, self->config);
  g_autofree double *logits = g_new (double, MAX (rows * cols, 1));

  wb_ref_model_logits (self, batch, logits, NULL);
  switch (self->head->kind)
    {
    case WB_HEAD_REGRESSION:
    case WB_HEAD_SOFT_CLASSIFICATION:
    case WB_HEAD_MULTI_LABEL:
      return numbers (self, batch, logits, weight->sum);
    case WB_HEAD_TOKEN:
      return hard (self, logits, batch->token_labels, rows, cols, weight->sum);
    case WB_HEAD_SPAN:
      return spans (self, batch, logits, weight);
    case WB_HEAD_CHOICE:
      return segments (self, logits, 1, 0, batch->groups, batch->n_groups, batch->labels,
                       weight->sum);
    case WB_HEAD_MASKED_LM:
      return masked (self, batch, logits, weight->sum);
    case WB_HEAD_REPLACED_TOKEN:
      return replaced (batch, logits, weight->sum);
    case WB_HEAD_CLASSIFICATION:
    default:
      return hard (self, logits, batch->labels, rows, cols, weight->sum);
    }
}
