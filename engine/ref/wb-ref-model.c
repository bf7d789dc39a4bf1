#include "config.h"

#include "engine/ref/wb-ref-model-private.h"

#include <math.h>
#include <string.h>

#include "engine/ref/wb-ref-conv.h"

/* Formulas: fact sheet 2.2 to 2.11 and 3.12. */

static void
add (double *x, const double *y, gsize n)
{
  for (gsize i = 0; i < n; i++)
    x[i] += y[i];
}

static double *
embed (const WbRefSequence *s)
{
  const WbRefModel    *self = s->model;
  const WbModelConfig *c = self->config;
  const char          *prefix = "deberta.embeddings.";
  const gsize          e = c->embedding_size;
  double              *x = g_new0 (double, s->n *e);
  double              *projected;

  for (gsize t = 0; t < s->n; t++)
    {
      const gsize id = (gsize) s->batch->ids[t];
      const gsize type = s->batch->type_ids != NULL ? (gsize) s->batch->type_ids[t] : 0;

      add (x + t * e, wb_ref_model_get_parameter (self, prefix, "word_embeddings.weight") + id * e,
           e);
      if (c->type_vocab_size > 0)
        add (x + t * e,
             wb_ref_model_get_parameter (self, prefix, "token_type_embeddings.weight") + type * e,
             e);
      if (c->position_biased_input)
        add (x + t * e,
             wb_ref_model_get_parameter (self, prefix, "position_embeddings.weight") + t * e, e);
    }
  if (e != s->h)
    {
      projected =
          wb_ref_model_linear (self, prefix, "embed_proj", x, s->n, e, s->h, WB_ACTIVATION_LINEAR);
      g_free (x);
      x = projected;
    }
  wb_ref_model_layernorm (self, prefix, "LayerNorm", x, s->n);
  wb_ref_sequence_mask (s, x);
  wb_ref_model_drop (wb_ref_model_get_dropout (self, c->hidden_dropout, WB_RANDOM_EMBEDDING, 0),
                     s->ordinal, x, s->n * s->h);
  return x;
}

/* (transfer full): LN (dropout (dense (x)) + residual) */
static double *
block_output (const WbRefSequence *s,
              const char          *prefix,
              const char          *block,
              const double        *x,
              gsize                in,
              const double        *residual,
              WbRandomPurpose      purpose,
              gsize                layer)
{
  const WbRefModel *self = s->model;
  g_autofree char  *dense = g_strconcat (block, ".dense", NULL);
  g_autofree char  *norm = g_strconcat (block, ".LayerNorm", NULL);
  double *y = wb_ref_model_linear (self, prefix, dense, x, s->n, in, s->h, WB_ACTIVATION_LINEAR);

  wb_ref_model_drop (wb_ref_model_get_dropout (self, self->config->hidden_dropout, purpose, layer),
                     s->ordinal, y, s->n * s->h);
  add (y, residual, s->n * s->h);
  wb_ref_model_layernorm (self, prefix, norm, y, s->n);
  return y;
}

static double *
run_layer (const WbRefSequence *s, gsize layer, const double *x)
{
  const WbModelConfig *c = s->model->config;
  g_autofree char     *prefix = g_strdup_printf ("deberta.encoder.layer.%zu.", layer);
  g_autofree double   *context = wb_ref_sequence_attend (s, prefix, layer, x);
  g_autofree double   *y1 = block_output (s, prefix, "attention.output", context, s->h, x,
                                          WB_RANDOM_ATTENTION_OUTPUT, layer);
  g_autofree double   *g = wb_ref_model_linear (s->model, prefix, "intermediate.dense", y1, s->n,
                                                s->h, c->intermediate_size, c->hidden_act);

  return block_output (s, prefix, "output", g, c->intermediate_size, y1, WB_RANDOM_OUTPUT, layer);
}

/* The convolution over @x, layer 0's input, joins its output @y, in place: fact sheet 2.8. */
static void
convolve (const WbRefSequence *s, const double *x, double *y)
{
  const WbRefModel    *self = s->model;
  const WbModelConfig *c = self->config;
  const char          *prefix = "deberta.encoder.conv.";
  const gsize          size = s->n * s->h;
  g_autofree double   *residual = g_memdup2 (y, size * sizeof *y);
  g_autofree double   *pre = g_new (double, size);
  g_autofree double   *sum = g_new (double, size);
  const WbRefConv      args = { .batch = s->batch,
                                .cols = s->h,
                                .kernel = c->conv_kernel,
                                .groups = c->conv_groups,
                                .eps = (double) c->layer_norm_eps,
                                .x = x,
                                .weight = wb_ref_model_get_parameter (self, prefix, "conv.weight"),
                                .bias = wb_ref_model_get_parameter (self, prefix, "conv.bias"),
                                .residual = residual,
                                .gamma = wb_ref_model_get_parameter (self, prefix, "LayerNorm.weight"),
                                .beta = wb_ref_model_get_parameter (self, prefix, "LayerNorm.bias"),
                                .activation = c->conv_act,
                                .dropout = wb_ref_model_get_dropout (self, c->hidden_dropout,
                                                                     WB_RANDOM_CONV, 0) };

  wb_ref_conv_forward (&args, pre, sum, y);
  wb_ref_sequence_mask (s, y);
}

static void
run_head (const WbRefSequence *s, const double *x, double *logits)
{
  const WbRefModel    *self = s->model;
  const WbModelConfig *c = self->config;
  g_autofree double   *first = g_memdup2 (x, s->h * sizeof *first);
  g_autofree double   *pooled = NULL;
  g_autofree double   *out = NULL;

  wb_ref_model_drop (wb_ref_model_get_dropout (self, c->pooler_dropout, WB_RANDOM_POOLER, 0),
                     s->ordinal, first, s->h);
  pooled = wb_ref_model_linear (self, "pooler.", "dense", first, 1, s->h, s->h, c->pooler_act);
  wb_ref_model_drop (
      wb_ref_model_get_dropout (self, c->classifier_dropout, WB_RANDOM_CLASSIFIER, 0), s->ordinal,
      pooled, s->h);
  out = wb_ref_model_linear (self, "", "classifier", pooled, 1, s->h, self->head->n_labels,
                             WB_ACTIVATION_LINEAR);
  memcpy (logits, out, self->head->n_labels * sizeof *out);
}

static void
run_sequence (const WbRefSequence *s, double *logits, double *states, gsize stride)
{
  const gsize size = s->n * s->h;
  double     *x = embed (s);

  for (gsize l = 0;; l++)
    {
      double *y;

      if (states != NULL)
        memcpy (states + l * stride, x, size * sizeof *x);
      if (l == s->model->config->n_layers)
        break;
      y = run_layer (s, l, x);
      if (l == 0 && s->model->config->conv_kernel > 0)
        convolve (s, x, y);
      g_free (x);
      x = y;
    }
  run_head (s, x, logits);
  g_free (x);
}

void
wb_ref_model_logits (const WbRefModel *self, const WbBatch *batch, double *logits, double *states)
{
  const gsize h = self->config->hidden_size;

  for (gsize b = 0; b < batch->n_sequences; b++)
    {
      const gsize         start = (gsize) batch->cu_seqlens[b];
      const gsize         n = (gsize) batch->cu_seqlens[b + 1] - start;
      const gint32        bounds[2] = { 0, (gint32) n };
      const WbBatch       one = { .n_tokens = n,
                                  .n_sequences = 1,
                                  .max_length = n,
                                  .ids = batch->ids + start,
                                  .type_ids = batch->type_ids != NULL ? batch->type_ids + start : NULL,
                                  .cu_seqlens = bounds,
                                  .ordinals = batch->ordinals + b };
      const gsize         real = self->real_lengths != NULL ? self->real_lengths[b] : n;
      const WbRefSequence s = { self, &one, n, real, h, batch->ordinals[b] };

      run_sequence (&s, logits + b * self->head->n_labels,
                    states != NULL ? states + start * h : NULL, batch->n_tokens * h);
    }
}

/* -log softmax, mixed with its mean over the classes by the smoothing: fact sheet 5.10. */
static double
cross_entropy (const WbHeadSpec *head, const double *logits, gint32 label)
{
  const gsize  n = head->n_labels;
  const double weight = head->class_weights != NULL ? (double) head->class_weights[label] : 1;
  double       sum = 0, mean = 0, log_sum;

  for (gsize i = 0; i < n; i++)
    sum += exp (logits[i]);
  log_sum = log (sum);
  for (gsize i = 0; i < n; i++)
    mean += (log_sum - logits[i]) / (double) n;
  return weight *
         ((1 - head->label_smoothing) * (log_sum - logits[label]) + head->label_smoothing * mean);
}

double
wb_ref_model_loss (const WbRefModel *self, const WbBatch *batch, const WbLossWeight *weight)
{
  const gsize        c = self->head->n_labels;
  g_autofree double *logits = g_new (double, batch->n_sequences *c);
  double             sum = 0;

  wb_ref_model_logits (self, batch, logits, NULL);
  for (gsize b = 0; b < batch->n_sequences; b++)
    {
      if (self->head->kind == WB_HEAD_REGRESSION)
        sum += pow (logits[b] - (double) batch->targets[b], 2);
      else if (batch->labels[b] >= 0)
        sum += cross_entropy (self->head, logits + b * c, batch->labels[b]);
    }
  return sum / weight->sum;
}
