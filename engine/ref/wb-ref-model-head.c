#include "config.h"

#include "engine/ref/wb-ref-model-private.h"

#include <string.h>

/* The heads of one sequence: fact sheet 2.11, 3.7, 3.8, 3.12. */

/* (1, C) of the first token */
static gsize
pooled (const WbRefSequence *s, const double *x, gsize n_outputs, double *logits)
{
  const WbRefModel    *self = s->model;
  const WbModelConfig *c = self->config;
  g_autofree double   *first = g_memdup2 (x, s->h * sizeof *first);
  g_autofree double   *dense = NULL;
  g_autofree double   *out = NULL;

  wb_ref_model_drop (wb_ref_model_get_dropout (self, c->pooler_dropout, WB_RANDOM_POOLER, 0),
                     s->ordinal, first, s->h);
  dense = wb_ref_model_linear (self, "pooler.", "dense", first, 1, s->h, s->h, c->pooler_act);
  wb_ref_model_drop (
      wb_ref_model_get_dropout (self, c->classifier_dropout, WB_RANDOM_CLASSIFIER, 0), s->ordinal,
      dense, s->h);
  out =
      wb_ref_model_linear (self, "", "classifier", dense, 1, s->h, n_outputs, WB_ACTIVATION_LINEAR);
  memcpy (logits, out, n_outputs * sizeof *out);
  return n_outputs;
}

/* (n, C); only token classification has a dropout */
static gsize
tokens (const WbRefSequence *s, const double *x, gsize n_outputs, double *logits)
{
  const WbRefModel  *self = s->model;
  const gboolean     span = self->head->kind == WB_HEAD_SPAN;
  g_autofree double *dropped = g_memdup2 (x, s->n * s->h * sizeof *x);
  g_autofree double *out = NULL;

  if (!span)
    wb_ref_model_drop (
        wb_ref_model_get_dropout (self, self->config->hidden_dropout, WB_RANDOM_CLASSIFIER, 0),
        s->ordinal, dropped, s->n * s->h);
  out = wb_ref_model_linear (self, "", span ? "qa_outputs" : "classifier", dropped, s->n, s->h,
                             n_outputs, WB_ACTIVATION_LINEAR);
  memcpy (logits, out, s->n * n_outputs * sizeof *out);
  return s->n * n_outputs;
}

/* (labelled tokens, V) */
static gsize
masked (const WbRefSequence *s, const double *x, double *logits)
{
  const WbRefModel    *self = s->model;
  const WbModelConfig *c = self->config;
  const gboolean       legacy = self->head->lm_layout == WB_LM_LAYOUT_LEGACY;
  const gboolean       tied = wb_head_spec_is_tied (self->head);
  const char          *prefix = legacy ? "cls.predictions.transform." : "lm_predictions.lm_head.";
  const double        *w =
      tied ? wb_ref_model_get_parameter (self, "deberta.embeddings.", "word_embeddings.weight")
                  : wb_ref_model_get_parameter (self, "cls.predictions.decoder.", "weight");
  const double      *b = wb_ref_model_get_parameter (self,
                                                !tied    ? "cls.predictions.decoder."
                                                     : legacy ? "cls.predictions."
                                                              : "lm_predictions.lm_head.",
                                                     "bias");
  const gsize        e = c->embedding_size;
  g_autofree double *y =
      wb_ref_model_linear (self, prefix, "dense", x, s->n, s->h, e, c->hidden_act);
  gsize n = 0;

  wb_ref_model_layernorm (self, prefix, "LayerNorm", y, s->n);
  for (gsize t = 0; t < s->n; t++)
    for (gsize v = 0;
         (s->batch->token_labels == NULL || s->batch->token_labels[t] >= 0) && v < c->vocab_size;
         v++)
      {
        double sum = b[v];

        for (gsize i = 0; i < e; i++)
          sum += y[t * e + i] * w[v * e + i];
        logits[n++] = sum;
      }
  return n;
}

/* (n, 1) */
static gsize
replaced (const WbRefSequence *s, const double *x, double *logits)
{
  const WbRefModel  *self = s->model;
  const char        *prefix = "mask_predictions.";
  g_autofree double *u = g_memdup2 (x, s->n * s->h * sizeof *x);
  g_autofree double *y = NULL;
  g_autofree double *out = NULL;

  for (gsize i = 0; i < s->n * s->h; i++)
    u[i] += x[i % s->h];
  wb_ref_model_layernorm (self, prefix, "LayerNorm", u, s->n);
  y = wb_ref_model_linear (self, prefix, "dense", u, s->n, s->h, s->h, self->config->hidden_act);
  out = wb_ref_model_linear (self, prefix, "classifier", y, s->n, s->h, 1, WB_ACTIVATION_LINEAR);
  memcpy (logits, out, s->n * sizeof *out);
  return s->n;
}

gsize
wb_ref_sequence_head (const WbRefSequence *s, const double *x, double *logits)
{
  const gsize n = wb_head_spec_get_n_outputs (s->model->head, s->model->config);

  switch (s->model->head->kind)
    {
    case WB_HEAD_TOKEN:
    case WB_HEAD_SPAN:
      return tokens (s, x, n, logits);
    case WB_HEAD_MASKED_LM:
      return masked (s, x, logits);
    case WB_HEAD_REPLACED_TOKEN:
      return replaced (s, x, logits);
    case WB_HEAD_CLASSIFICATION:
    case WB_HEAD_REGRESSION:
    case WB_HEAD_SOFT_CLASSIFICATION:
    case WB_HEAD_MULTI_LABEL:
    case WB_HEAD_CHOICE:
    default:
      return pooled (s, x, n, logits);
    }
}
