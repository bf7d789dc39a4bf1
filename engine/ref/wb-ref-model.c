#include "config.h"

#include "engine/ref/wb-ref-model.h"

#include <math.h>
#include <string.h>

#include "engine/core/wb-rng.h"
#include "engine/ops/wb-attention.h"
#include "engine/ref/wb-ref-activation.h"
#include "engine/ref/wb-ref-attention.h"
#include "engine/ref/wb-ref-conv.h"

/* Formulas: fact sheet 2.2 to 2.11 and 3.12. */

typedef struct
{
  const WbRefModel *model;
  const WbBatch    *batch; /* one sequence */
  gsize             n;     /* its tokens */
  gsize             real;  /* those that are not padding */
  gsize             h;
  guint32           ordinal;
} Sequence;

static const double *
parameter (const WbRefModel *self, const char *prefix, const char *name)
{
  g_autofree char   *full = g_strconcat (prefix, name, NULL);
  const WbParameter *p = wb_parameter_table_find (self->table, full);

  return p == NULL ? NULL : self->parameters + p->offset;
}

/* (transfer full): act (x wᵀ + b), (rows, out); NAME.weight, NAME.bias where there is one */
static double *
linear (const WbRefModel *self,
        const char       *prefix,
        const char       *name,
        const double     *x,
        gsize             rows,
        gsize             in,
        gsize             out,
        WbActivation      act)
{
  g_autofree char *weight = g_strconcat (name, ".weight", NULL);
  g_autofree char *bias = g_strconcat (name, ".bias", NULL);
  const double    *w = parameter (self, prefix, weight), *b = parameter (self, prefix, bias);
  double          *y = g_new (double, rows *out);

  for (gsize r = 0; r < rows; r++)
    for (gsize o = 0; o < out; o++)
      {
        double sum = b != NULL ? b[o] : 0;

        for (gsize i = 0; i < in; i++)
          sum += x[r * in + i] * w[o * in + i];
        y[r * out + o] = wb_ref_activation (act, sum);
      }
  return y;
}

/* In place. */
static void
layernorm (const WbRefModel *self, const char *prefix, const char *name, double *x, gsize rows)
{
  g_autofree char *weight = g_strconcat (name, ".weight", NULL);
  g_autofree char *bias = g_strconcat (name, ".bias", NULL);
  const double    *gamma = parameter (self, prefix, weight), *beta = parameter (self, prefix, bias);
  const gsize      n = self->config->hidden_size;

  for (gsize r = 0; r < rows; r++)
    {
      double *row = x + r * n, mean = 0, variance = 0;

      for (gsize c = 0; c < n; c++)
        mean += row[c] / (double) n;
      for (gsize c = 0; c < n; c++)
        variance += (row[c] - mean) * (row[c] - mean) / (double) n;
      for (gsize c = 0; c < n; c++)
        row[c] =
            (row[c] - mean) / sqrt (variance + (double) self->config->layer_norm_eps) * gamma[c] +
            beta[c];
    }
}

static WbDropout
dropout_of (const WbRefModel *self, float p, WbRandomPurpose purpose, gsize layer)
{
  return (WbDropout){ self->training ? p : 0,
                      { self->seed, self->step, wb_random_stream (purpose, (guint) layer) } };
}

/* In place; element = index in @x. */
static void
drop (WbDropout dropout, guint32 ordinal, double *x, gsize n)
{
  const float scale = 1 / (1 - dropout.p); /* in F32, as the sheet of random numbers says */

  if (dropout.p == 0)
    return;
  for (gsize i = 0; i < n; i++)
    {
      const gboolean kept =
          wb_random_u32 (&dropout.random, ordinal, (guint32) i) >= wb_dropout_threshold (dropout.p);
      x[i] = kept ? x[i] * (double) scale : 0;
    }
}

static void
add (double *x, const double *y, gsize n)
{
  for (gsize i = 0; i < n; i++)
    x[i] += y[i];
}

static void
mask_padding (const Sequence *s, double *x)
{
  memset (x + s->real * s->h, 0, (s->n - s->real) * s->h * sizeof *x);
}

static double *
embed (const Sequence *s)
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

      add (x + t * e, parameter (self, prefix, "word_embeddings.weight") + id * e, e);
      if (c->type_vocab_size > 0)
        add (x + t * e, parameter (self, prefix, "token_type_embeddings.weight") + type * e, e);
      if (c->position_biased_input)
        add (x + t * e, parameter (self, prefix, "position_embeddings.weight") + t * e, e);
    }
  if (e != s->h)
    {
      projected = linear (self, prefix, "embed_proj", x, s->n, e, s->h, WB_ACTIVATION_LINEAR);
      g_free (x);
      x = projected;
    }
  layernorm (self, prefix, "LayerNorm", x, s->n);
  mask_padding (s, x);
  drop (dropout_of (self, c->hidden_dropout, WB_RANDOM_EMBEDDING, 0), s->ordinal, x, s->n * s->h);
  return x;
}

/* (transfer full): (2R, H) the layer's table; %NULL without relative attention */
static double *
relative_table (const Sequence *s, gsize layer)
{
  const WbRefModel    *self = s->model;
  const WbModelConfig *c = self->config;
  const gsize          rows = 2 * c->relative_span;
  double              *e;

  if (!c->relative_attention)
    return NULL;
  e = g_memdup2 (parameter (self, "deberta.encoder.", "rel_embeddings.weight"),
                 rows * s->h * sizeof *e);
  if (c->normalize_relative)
    layernorm (self, "deberta.encoder.", "LayerNorm", e, rows);
  drop (dropout_of (self, c->hidden_dropout, WB_RANDOM_RELATIVE_TABLE, layer), WB_RANDOM_NO_EXAMPLE,
        e, rows * s->h);
  return e;
}

typedef enum
{
  QUERY,
  KEY,
  VALUE
} Part;

/* v1: rows 3dh to 3dh + d of in_proj are head h's queries, then its keys, then its values; keys
 * have no bias: fact sheet 2.1. */
static double *
project_packed (const Sequence *s, const char *prefix, Part part, const double *x)
{
  static const char *const biases[] = { "attention.self.q_bias", NULL, "attention.self.v_bias" };
  const WbRefModel        *self = s->model;
  const gsize              h = s->h, d = h / self->config->n_heads;
  g_autofree char         *name = g_strconcat (prefix, "attention.self.in_proj.weight", NULL);
  const WbParameter       *p = wb_parameter_table_find (self->table, name);
  const double            *w = self->parameters + p->offset;
  const double            *bias = part == KEY ? NULL : parameter (self, prefix, biases[part]);
  double                  *y = g_new (double, s->n *h);

  for (gsize t = 0; t < s->n; t++)
    for (gsize o = 0; o < h; o++)
      {
        const gsize row = wb_parameter_row (p, 3 * d * (o / d) + part * d + o % d);
        double      sum = bias != NULL ? bias[o] : 0;

        for (gsize i = 0; i < h; i++)
          sum += x[t * h + i] * w[row * h + i];
        y[t * h + o] = sum;
      }
  return y;
}

/* (transfer full): (n, H) */
static double *
project (const Sequence *s, const char *prefix, Part part, const double *x)
{
  static const char *const names[] = { "attention.self.query_proj", "attention.self.key_proj",
                                       "attention.self.value_proj" };

  if (s->model->config->family == WB_FAMILY_V1)
    return project_packed (s, prefix, part, x);
  return linear (s->model, prefix, names[part], x, s->n, s->h, s->h, WB_ACTIVATION_LINEAR);
}

/* (transfer full): (2R, H) the layer's table @e as keys (c2p) or queries (p2c) */
static double *
project_table (const Sequence *s, const char *prefix, Part part, const double *e)
{
  static const char *const names[][2] = { { "pos_query_proj", "pos_key_proj" },
                                          { "query_proj", "key_proj" },
                                          { "pos_q_proj", "pos_proj" } };
  const WbModelConfig     *c = s->model->config;
  const guint              kind = c->family == WB_FAMILY_V1 ? 2 : c->share_att_key ? 1 : 0;
  g_autofree char         *name = g_strconcat ("attention.self.", names[kind][part], NULL);

  return linear (s->model, prefix, name, e, 2 * c->relative_span, s->h, s->h, WB_ACTIVATION_LINEAR);
}

/* The rows of padded queries; the real ones never see padding. */
static void
pad_context (const Sequence *s, const double *v, double *context)
{
  mask_padding (s, context);
  if (s->model->padding == WB_REF_PADDING_ZERO)
    return;
  for (gsize i = s->real; i < s->n; i++)
    for (gsize j = 0; j < s->n; j++)
      for (gsize o = 0; o < s->h; o++)
        context[i * s->h + o] += v[j * s->h + o] / (double) s->n;
}

static double *
attend (const Sequence *s, const char *prefix, gsize layer, const double *x)
{
  const WbModelConfig   *c = s->model->config;
  const gsize            h = s->h, rows = 2 * c->relative_span;
  const gint32           bounds[2] = { 0, (gint32) s->real };
  const WbRelativeWindow all = { 0, rows };
  WbBatch                batch = *s->batch;
  g_autofree double     *e = relative_table (s, layer);
  g_autofree double     *q = project (s, prefix, QUERY, x);
  g_autofree double     *k = project (s, prefix, KEY, x);
  g_autofree double     *v = project (s, prefix, VALUE, x);
  g_autofree double     *pk = NULL;
  g_autofree double     *pq = NULL;
  g_autofree gint32     *index = g_new (gint32, 2 * s->real - 1);
  g_autofree double     *lse = g_new (double, s->n * c->n_heads);
  double                *context = g_new (double, s->n *h);
  WbRefAttention         args = { .batch = &batch,
                                  .heads = c->n_heads,
                                  .d = h / c->n_heads,
                                  .window = rows,
                                  .q = q,
                                  .k = k,
                                  .v = v,
                                  .index = index };

  batch.n_tokens = batch.max_length = s->real;
  batch.cu_seqlens = bounds;
  if (e != NULL && c->c2p)
    pk = project_table (s, prefix, KEY, e);
  if (e != NULL && c->p2c)
    pq = project_table (s, prefix, QUERY, e);
  args.pk = pk;
  args.pq = pq;
  wb_relative_index_fill (index, s->real, c->position_buckets, c->max_distance, c->relative_span,
                          &all);
  args.scale = 1 / sqrt ((double) args.d * (double) (1 + c->n_divisor_terms));
  args.dropout = dropout_of (s->model, c->attention_dropout, WB_RANDOM_ATTENTION, layer);
  wb_ref_attention_forward (&args, context, lse);
  pad_context (s, v, context);
  return context;
}

/* (transfer full): LN (dropout (dense (x)) + residual) */
static double *
block_output (const Sequence *s,
              const char     *prefix,
              const char     *block,
              const double   *x,
              gsize           in,
              const double   *residual,
              WbRandomPurpose purpose,
              gsize           layer)
{
  const WbRefModel *self = s->model;
  g_autofree char  *dense = g_strconcat (block, ".dense", NULL);
  g_autofree char  *norm = g_strconcat (block, ".LayerNorm", NULL);
  double           *y = linear (self, prefix, dense, x, s->n, in, s->h, WB_ACTIVATION_LINEAR);

  drop (dropout_of (self, self->config->hidden_dropout, purpose, layer), s->ordinal, y,
        s->n * s->h);
  add (y, residual, s->n * s->h);
  layernorm (self, prefix, norm, y, s->n);
  return y;
}

static double *
run_layer (const Sequence *s, gsize layer, const double *x)
{
  const WbModelConfig *c = s->model->config;
  g_autofree char     *prefix = g_strdup_printf ("deberta.encoder.layer.%zu.", layer);
  g_autofree double   *context = attend (s, prefix, layer, x);
  g_autofree double   *y1 = block_output (s, prefix, "attention.output", context, s->h, x,
                                          WB_RANDOM_ATTENTION_OUTPUT, layer);
  g_autofree double   *g = linear (s->model, prefix, "intermediate.dense", y1, s->n, s->h,
                                   c->intermediate_size, c->hidden_act);

  return block_output (s, prefix, "output", g, c->intermediate_size, y1, WB_RANDOM_OUTPUT, layer);
}

/* The convolution over @x, layer 0's input, joins its output @y, in place: fact sheet 2.8. */
static void
convolve (const Sequence *s, const double *x, double *y)
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
                                .weight = parameter (self, prefix, "conv.weight"),
                                .bias = parameter (self, prefix, "conv.bias"),
                                .residual = residual,
                                .gamma = parameter (self, prefix, "LayerNorm.weight"),
                                .beta = parameter (self, prefix, "LayerNorm.bias"),
                                .activation = c->conv_act,
                                .dropout = dropout_of (self, c->hidden_dropout, WB_RANDOM_CONV, 0) };

  wb_ref_conv_forward (&args, pre, sum, y);
  mask_padding (s, y);
}

static void
run_head (const Sequence *s, const double *x, double *logits)
{
  const WbRefModel    *self = s->model;
  const WbModelConfig *c = self->config;
  g_autofree double   *first = g_memdup2 (x, s->h * sizeof *first);
  g_autofree double   *pooled = NULL;
  g_autofree double   *out = NULL;

  drop (dropout_of (self, c->pooler_dropout, WB_RANDOM_POOLER, 0), s->ordinal, first, s->h);
  pooled = linear (self, "pooler.", "dense", first, 1, s->h, s->h, c->pooler_act);
  drop (dropout_of (self, c->classifier_dropout, WB_RANDOM_CLASSIFIER, 0), s->ordinal, pooled,
        s->h);
  out =
      linear (self, "", "classifier", pooled, 1, s->h, self->head->n_labels, WB_ACTIVATION_LINEAR);
  memcpy (logits, out, self->head->n_labels * sizeof *out);
}

static void
run_sequence (const Sequence *s, double *logits, double *states, gsize stride)
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
      const gsize    start = (gsize) batch->cu_seqlens[b];
      const gsize    n = (gsize) batch->cu_seqlens[b + 1] - start;
      const gint32   bounds[2] = { 0, (gint32) n };
      const WbBatch  one = { .n_tokens = n,
                             .n_sequences = 1,
                             .max_length = n,
                             .ids = batch->ids + start,
                             .type_ids = batch->type_ids != NULL ? batch->type_ids + start : NULL,
                             .cu_seqlens = bounds,
                             .ordinals = batch->ordinals + b };
      const gsize    real = self->real_lengths != NULL ? self->real_lengths[b] : n;
      const Sequence s = { self, &one, n, real, h, batch->ordinals[b] };

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
