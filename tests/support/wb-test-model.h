#pragma once

#include <math.h>
#include <string.h>

#include "engine/core/wb-engine-error.h"
#include "engine/model/wb-model.h"

/* Models whose weights come from a closed form, and packed batches for them. */

/**
 * WbTestForm:
 *
 * Element @k (row-major, from 0) of parameter @p, number @t of the table.
 */
typedef double (*WbTestForm) (const WbParameter *p, gsize t, gsize k);

/* tests/vectors/closed_form.py: the same formulas. */
static inline double
wb_test_form_vectors (const WbParameter *p, gsize t, gsize k)
{
  const double m = (double) (k % 1009);
  const double wave = sin (1.7 * (double) t + 0.61 * (double) k + 0.37 * m * m);

  if (p->n_dims == 2 && p->depth == 0) /* the tables */
    return 0.5 * wave;
  if (p->n_dims == 2)
    return 1.2 / sqrt ((double) p->dims[1]) * wave;
  return p->init == WB_INIT_ONES ? 1 + 0.3 * wave : 0.2 * wave;
}

/* Fact sheet 13: each tensor has a number of its own there. */
static inline gsize
wb_test_golden_number (const char *name)
{
  static const struct
  {
    const char *name;
    gsize       number;
  } whole[] = { { "deberta.embeddings.word_embeddings.weight", 1 },
                { "deberta.embeddings.LayerNorm.weight", 2 },
                { "deberta.embeddings.LayerNorm.bias", 3 },
                { "deberta.encoder.rel_embeddings.weight", 4 },
                { "deberta.encoder.LayerNorm.weight", 5 },
                { "deberta.encoder.LayerNorm.bias", 6 },
                { "deberta.encoder.conv.conv.weight", 7 },
                { "deberta.encoder.conv.conv.bias", 8 },
                { "deberta.encoder.conv.LayerNorm.weight", 9 },
                { "deberta.encoder.conv.LayerNorm.bias", 10 },
                { "deberta.embeddings.position_embeddings.weight", 11 },
                { "deberta.embeddings.token_type_embeddings.weight", 12 },
                { "deberta.embeddings.embed_proj.weight", 13 },
                { "pooler.dense.weight", 80 },
                { "pooler.dense.bias", 81 },
                { "classifier.weight", 82 },
                { "classifier.bias", 83 },
                { "qa_outputs.weight", 84 },
                { "qa_outputs.bias", 85 },
                { "cls.predictions.transform.dense.weight", 60 },
                { "cls.predictions.transform.dense.bias", 61 },
                { "cls.predictions.transform.LayerNorm.weight", 62 },
                { "cls.predictions.transform.LayerNorm.bias", 63 },
                { "cls.predictions.bias", 64 },
                { "lm_predictions.lm_head.dense.weight", 60 },
                { "lm_predictions.lm_head.dense.bias", 61 },
                { "lm_predictions.lm_head.LayerNorm.weight", 62 },
                { "lm_predictions.lm_head.LayerNorm.bias", 63 },
                { "lm_predictions.lm_head.bias", 64 },
                { "mask_predictions.LayerNorm.weight", 70 },
                { "mask_predictions.LayerNorm.bias", 71 },
                { "mask_predictions.dense.weight", 72 },
                { "mask_predictions.dense.bias", 73 },
                { "mask_predictions.classifier.weight", 74 },
                { "mask_predictions.classifier.bias", 75 } },
    in_layer[] = { { "attention.self.in_proj.weight", 0 },
                   { "attention.self.q_bias", 1 },
                   { "attention.self.v_bias", 2 },
                   { "attention.self.pos_proj.weight", 3 },
                   { "attention.self.pos_q_proj.weight", 4 },
                   { "attention.self.pos_q_proj.bias", 5 },
                   { "attention.self.query_proj.weight", 0 },
                   { "attention.self.query_proj.bias", 1 },
                   { "attention.self.key_proj.weight", 2 },
                   { "attention.self.key_proj.bias", 3 },
                   { "attention.self.value_proj.weight", 4 },
                   { "attention.self.value_proj.bias", 5 },
                   { "attention.output.dense.weight", 6 },
                   { "attention.output.dense.bias", 7 },
                   { "attention.output.LayerNorm.weight", 8 },
                   { "attention.output.LayerNorm.bias", 9 },
                   { "intermediate.dense.weight", 10 },
                   { "intermediate.dense.bias", 11 },
                   { "output.dense.weight", 12 },
                   { "output.dense.bias", 13 },
                   { "output.LayerNorm.weight", 14 },
                   { "output.LayerNorm.bias", 15 },
                   { "attention.self.pos_key_proj.weight", 16 },
                   { "attention.self.pos_key_proj.bias", 17 },
                   { "attention.self.pos_query_proj.weight", 18 },
                   { "attention.self.pos_query_proj.bias", 19 } };
  const char *prefix = "deberta.encoder.layer.";

  for (gsize i = 0; i < G_N_ELEMENTS (whole); i++)
    if (g_str_equal (name, whole[i].name))
      return whole[i].number;
  for (gsize i = 0; i < G_N_ELEMENTS (in_layer); i++)
    if (g_str_has_prefix (name, prefix) &&
        g_str_equal (strchr (name + strlen (prefix), '.') + 1, in_layer[i].name))
      return 20 + 20 * g_ascii_strtoull (name + strlen (prefix), NULL, 10) + in_layer[i].number;
  g_assert_not_reached ();
}

static inline double
wb_test_form_golden (const WbParameter *p, gsize t, gsize k)
{
  const gboolean norm = strstr (p->name, "LayerNorm.weight") != NULL;
  const double   number = (double) wb_test_golden_number (p->name);

  return 0.3 * sin (1.7 * number + 0.61 * (double) k) + (norm ? 1 : 0);
}

/* @json: the configuration without braces: "\"model_type\": …" */
static inline WbModelConfig *
wb_test_config_new (const char *json)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strconcat ("{", json, "}", NULL);
  WbModelConfig   *config = wb_model_config_parse (text, -1, "test", &error);

  g_assert_no_error (error);
  return config;
}

static inline WbModel *
wb_test_model_new (WbBackend           *backend,
                   const WbModelConfig *config,
                   const WbHeadSpec    *head,
                   WbTestForm           form)
{
  g_autoptr (GError) error = NULL;
  WbModel                *model = wb_model_new (backend, config, head, &error);
  const WbParameterTable *table;

  g_assert_no_error (error);
  table = wb_model_get_table (model);
  for (gsize t = 0; t < wb_parameter_table_get_n (table); t++)
    {
      const WbParameter *p = wb_parameter_table_get (table, t);
      const gsize        cols = p->n_elements / p->dims[0];
      float             *data = wb_model_get_parameter (model, t).data;

      for (gsize k = 0; k < p->n_elements; k++) /* k as published */
        data[wb_parameter_row (p, k / cols) * cols + k % cols] = (float) form (p, t, k);
    }
  return model;
}

static inline WbBackend *
wb_test_backend_open (guint n_threads)
{
  g_autoptr (GError) error = NULL;
  WbBackend *backend;

  if (g_getenv ("WB_ONE_THREAD") != NULL)
    n_threads = 1;
  backend = wb_backend_open ("cpu", n_threads, &error);
  g_assert_no_error (error);
  return backend;
}

/* A batch that owns its arrays; sequences are added one by one. */
typedef struct
{
  WbBatch batch;
  GArray *ids;      /* gint32 */
  GArray *type_ids; /* gint32 */
  GArray *slots;    /* gint32 */
  GArray *bounds;   /* gint32 */
  GArray *ordinals; /* guint32 */
  GArray *labels;   /* gint32 */
  GArray *targets;  /* float */
  GArray *distinct; /* gint32, ascending: those of this batch, or of the step's */
} WbTestBatch;

static inline WbTestBatch *
wb_test_batch_new (void)
{
  WbTestBatch *self = g_new0 (WbTestBatch, 1);
  const gint32 zero = 0;

  self->ids = g_array_new (FALSE, FALSE, sizeof (gint32));
  self->type_ids = g_array_new (FALSE, FALSE, sizeof (gint32));
  self->slots = g_array_new (FALSE, FALSE, sizeof (gint32));
  self->bounds = g_array_new (FALSE, FALSE, sizeof (gint32));
  self->ordinals = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->labels = g_array_new (FALSE, FALSE, sizeof (gint32));
  self->targets = g_array_new (FALSE, FALSE, sizeof (float));
  self->distinct = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_array_append_val (self->bounds, zero);
  return self;
}

static inline void
wb_test_batch_free (WbTestBatch *self)
{
  GArray *arrays[] = { self->ids,      self->type_ids, self->slots,   self->bounds,
                       self->ordinals, self->labels,   self->targets, self->distinct };

  for (gsize i = 0; i < G_N_ELEMENTS (arrays); i++)
    g_array_unref (arrays[i]);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbTestBatch, wb_test_batch_free)

/* @types: (nullable) */
static inline void
wb_test_batch_add (WbTestBatch  *self,
                   const gint32 *ids,
                   const gint32 *types,
                   gsize         n,
                   guint32       ordinal,
                   gint32        label,
                   float         target)
{
  const gint32 end = (gint32) (self->ids->len + n), zero = 0;

  g_array_append_vals (self->ids, ids, (guint) n);
  for (gsize i = 0; i < n; i++)
    g_array_append_vals (self->type_ids, types != NULL ? &types[i] : &zero, 1);
  g_array_append_val (self->bounds, end);
  g_array_append_val (self->ordinals, ordinal);
  g_array_append_val (self->labels, label);
  g_array_append_val (self->targets, target);
  self->batch.max_length = MAX (self->batch.max_length, n);
}

static inline gint
wb_test_compare_ids (gconstpointer a, gconstpointer b)
{
  return *(const gint32 *) a - *(const gint32 *) b;
}

/* Adds the batch's ids to @distinct, ascending, each once. */
static inline void
wb_test_batch_collect (const WbTestBatch *self, GArray *distinct)
{
  guint n = 0;

  g_array_append_vals (distinct, self->ids->data, self->ids->len);
  g_array_sort (distinct, wb_test_compare_ids);
  for (guint i = 0; i < distinct->len; i++)
    if (n == 0 || g_array_index (distinct, gint32, i) != g_array_index (distinct, gint32, n - 1))
      g_array_index (distinct, gint32, n++) = g_array_index (distinct, gint32, i);
  g_array_set_size (distinct, n);
}

/* @distinct: (nullable): the step's ids; %NULL: this batch's own.  Lends the batch. */
static inline const WbBatch *
wb_test_batch_finish (WbTestBatch *self, const GArray *distinct)
{
  if (distinct == NULL)
    {
      wb_test_batch_collect (self, self->distinct);
      distinct = self->distinct;
    }
  g_array_set_size (self->slots, self->ids->len);
  for (guint i = 0; i < self->ids->len; i++)
    {
      guint slot = 0;

      g_assert_true (g_array_binary_search (
          (GArray *) distinct, &g_array_index (self->ids, gint32, i), wb_test_compare_ids, &slot));
      g_array_index (self->slots, gint32, i) = (gint32) slot;
    }
  self->batch.n_tokens = self->ids->len;
  self->batch.n_sequences = self->ordinals->len;
  self->batch.ids = (const gint32 *) self->ids->data;
  self->batch.type_ids = (const gint32 *) self->type_ids->data;
  self->batch.slots = (const gint32 *) self->slots->data;
  self->batch.cu_seqlens = (const gint32 *) self->bounds->data;
  self->batch.ordinals = (const guint32 *) self->ordinals->data;
  self->batch.labels = (const gint32 *) self->labels->data;
  self->batch.targets = (const float *) self->targets->data;
  return &self->batch;
}

/* tests/vectors/closed_form.py's generated_ids().  @ids: (n) output */
static inline void
wb_test_generated_ids (gint32 *ids, gsize sequence, gsize n, gsize vocabulary)
{
  for (gsize i = 0; i < n; i++)
    ids[i] = (gint32) (4 + (7919 * (sequence + 1) + 31 * i * i + 17 * i) % (vocabulary - 4));
  ids[0] = 1;
  ids[n / 2] = ids[n - 1] = 2;
}
