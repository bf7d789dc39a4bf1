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

/* @layer: whose parameters; @number: whose random numbers; the residual is @query */
static double *
run_layer (const WbRefSequence *s, gsize layer, gsize number, const double *x, const double *query)
{
  const WbModelConfig *c = s->model->config;
  g_autofree char     *prefix = g_strdup_printf ("deberta.encoder.layer.%zu.", layer);
  g_autofree double   *context = wb_ref_sequence_attend (s, prefix, number, x, query);
  g_autofree double   *y1 = block_output (s, prefix, "attention.output", context, s->h, query,
                                          WB_RANDOM_ATTENTION_OUTPUT, number);
  g_autofree double   *g = wb_ref_model_linear (s->model, prefix, "intermediate.dense", y1, s->n,
                                                s->h, c->intermediate_size, c->hidden_act);

  return block_output (s, prefix, "output", g, c->intermediate_size, y1, WB_RANDOM_OUTPUT, number);
}

/* (transfer full): the enhanced mask decoder over @x, the last layer's input: fact sheet 3.7 */
static double *
decode (const WbRefSequence *s, const double *x)
{
  const gsize   last = s->model->config->n_layers - 1, size = s->n * s->h;
  const double *positions =
      wb_ref_model_get_parameter (s->model, "deberta.embeddings.", "position_embeddings.weight");
  g_autofree double *z0 = g_memdup2 (x, size * sizeof *x);
  g_autofree double *q1 = NULL;

  add (z0, positions, size);
  q1 = run_layer (s, last, last, x, z0);
  return run_layer (s, last, last + 1, x, q1);
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

/* Returns how many logits there are. */
static gsize
run_sequence (const WbRefSequence *s, double *logits, double *states, gsize stride)
{
  const WbModelConfig *c = s->model->config;
  const gsize          size = s->n * s->h;
  double              *x = embed (s);
  g_autofree double   *decoded = NULL;
  gsize                n;

  for (gsize l = 0;; l++)
    {
      double *y;

      if (states != NULL)
        memcpy (states + l * stride, x, size * sizeof *x);
      if (l == c->n_layers)
        break;
      if (l + 1 == c->n_layers && wb_head_spec_is_enhanced (s->model->head, c))
        decoded = decode (s, x);
      y = run_layer (s, l, l, x, x);
      if (l == 0 && c->conv_kernel > 0)
        convolve (s, x, y);
      g_free (x);
      x = y;
    }
  n = wb_ref_sequence_head (s, decoded != NULL ? decoded : x, logits);
  g_free (x);
  return n;
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
                                  .ordinals = batch->ordinals + b,
                                  .token_labels =
                                batch->token_labels != NULL ? batch->token_labels + start : NULL };
      const gsize         real = self->real_lengths != NULL ? self->real_lengths[b] : n;
      const WbRefSequence s = { self, &one, n, real, h, batch->ordinals[b] };

      logits += run_sequence (&s, logits, states != NULL ? states + start * h : NULL,
                              batch->n_tokens * h);
    }
}
