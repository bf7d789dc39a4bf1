#include "config.h"

#include "engine/ref/wb-ref-model-private.h"

#include <math.h>
#include <string.h>

#include "engine/ops/wb-attention.h"
#include "engine/ref/wb-ref-attention.h"

/* Attention of both families: fact sheet 2.1 to 2.6. */

/* (transfer full): (2R, H) the layer's table; %NULL without relative attention */
static double *
relative_table (const WbRefSequence *s, gsize layer)
{
  const WbRefModel    *self = s->model;
  const WbModelConfig *c = self->config;
  const gsize          rows = 2 * c->relative_span;
  double              *e;

  if (!c->relative_attention)
    return NULL;
  e = g_memdup2 (wb_ref_model_get_parameter (self, "deberta.encoder.", "rel_embeddings.weight"),
                 rows * s->h * sizeof *e);
  if (c->normalize_relative)
    wb_ref_model_layernorm (self, "deberta.encoder.", "LayerNorm", e, rows);
  wb_ref_model_drop (
      wb_ref_model_get_dropout (self, c->hidden_dropout, WB_RANDOM_RELATIVE_TABLE, layer),
      WB_RANDOM_NO_EXAMPLE, e, rows * s->h);
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
project_packed (const WbRefSequence *s, const char *prefix, Part part, const double *x)
{
  static const char *const biases[] = { "attention.self.q_bias", NULL, "attention.self.v_bias" };
  const WbRefModel        *self = s->model;
  const gsize              h = s->h, d = h / self->config->n_heads;
  g_autofree char         *name = g_strconcat (prefix, "attention.self.in_proj.weight", NULL);
  const WbParameter       *p = wb_parameter_table_find (self->table, name);
  const double            *w = self->parameters + p->offset;
  const double *bias = part == KEY ? NULL : wb_ref_model_get_parameter (self, prefix, biases[part]);
  double       *y = g_new (double, s->n *h);

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
project (const WbRefSequence *s, const char *prefix, Part part, const double *x)
{
  static const char *const names[] = { "attention.self.query_proj", "attention.self.key_proj",
                                       "attention.self.value_proj" };

  if (s->model->config->family == WB_FAMILY_V1)
    return project_packed (s, prefix, part, x);
  return wb_ref_model_linear (s->model, prefix, names[part], x, s->n, s->h, s->h,
                              WB_ACTIVATION_LINEAR);
}

/* (transfer full): (2R, H) the layer's table @e as keys (c2p) or queries (p2c) */
static double *
project_table (const WbRefSequence *s, const char *prefix, Part part, const double *e)
{
  static const char *const names[][2] = { { "pos_query_proj", "pos_key_proj" },
                                          { "query_proj", "key_proj" },
                                          { "pos_q_proj", "pos_proj" } };
  const WbModelConfig     *c = s->model->config;
  const guint              kind = c->family == WB_FAMILY_V1 ? 2 : c->share_att_key ? 1 : 0;
  g_autofree char         *name = g_strconcat ("attention.self.", names[kind][part], NULL);

  return wb_ref_model_linear (s->model, prefix, name, e, 2 * c->relative_span, s->h, s->h,
                              WB_ACTIVATION_LINEAR);
}

/* The rows of padded queries; the real ones never see padding. */
static void
pad_context (const WbRefSequence *s, const double *v, double *context)
{
  wb_ref_sequence_mask (s, context);
  if (s->model->padding == WB_REF_PADDING_ZERO)
    return;
  for (gsize i = s->real; i < s->n; i++)
    for (gsize j = 0; j < s->n; j++)
      for (gsize o = 0; o < s->h; o++)
        context[i * s->h + o] += v[j * s->h + o] / (double) s->n;
}

double *
wb_ref_sequence_attend (const WbRefSequence *s,
                        const char          *prefix,
                        gsize                layer,
                        const double        *x,
                        const double        *query)
{
  const WbModelConfig   *c = s->model->config;
  const gsize            h = s->h, rows = 2 * c->relative_span;
  const gint32           bounds[2] = { 0, (gint32) s->real };
  const WbRelativeWindow all = { 0, rows };
  WbBatch                batch = *s->batch;
  g_autofree double     *e = relative_table (s, layer);
  g_autofree double     *q = project (s, prefix, QUERY, query);
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
  args.dropout =
      wb_ref_model_get_dropout (s->model, c->attention_dropout, WB_RANDOM_ATTENTION, layer);
  wb_ref_attention_forward (&args, context, lse);
  pad_context (s, v, context);
  return context;
}
