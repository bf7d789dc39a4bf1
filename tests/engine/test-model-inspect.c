#include "config.h"

#include "engine/model/wb-model-inspect.h"

#include <gio/gio.h>

#include "tests/support/wb-test-model.h"
#include "tests/support/wb-test-worst.h"

/* The inspecting path against the fused one, and what an inspection remembers.
 *
 * Mistakes planted one at a time, each seen to fail here: the terms of the layer before; the input
 * of the next layer not kept; the kept input of layer 0 used for every layer; what is above a
 * switched term not computed again; the [CLS] context not gathered. */

#define MODEL(more) SIZES "\"model_type\": \"deberta-v2\", " more
#define SIZES                                                                                      \
  "\"vocab_size\": 97, \"hidden_size\": 32, \"num_attention_heads\": 4, "                          \
  "\"num_hidden_layers\": 3, \"intermediate_size\": 64, \"max_position_embeddings\": 96, "         \
  "\"relative_attention\": true, "
#define N_LAYERS 3
#define N_HEADS 4
#define N_TOKENS 70
#define N_LABELS 3

typedef struct
{
  const char *name;
  const char *json;
} Case;

static const Case cases[] = {
  { "v3", MODEL ("\"pos_att_type\": \"c2p|p2c\", \"share_att_key\": true, \"norm_rel_ebd\": "
                 "\"layer_norm\", \"position_buckets\": 16, \"max_relative_positions\": 64, "
                 "\"position_biased_input\": false") },
  { "own-projections",
    MODEL ("\"pos_att_type\": \"c2p|p2c\", \"share_att_key\": false, \"norm_rel_ebd\": \"none\", "
           "\"max_relative_positions\": 96, \"position_biased_input\": false") },
  { "c2p", MODEL ("\"pos_att_type\": \"c2p\", \"share_att_key\": true, \"norm_rel_ebd\": "
                  "\"layer_norm\", \"position_buckets\": 32, \"max_relative_positions\": 64") },
  { "p2c", MODEL ("\"pos_att_type\": \"p2c\", \"share_att_key\": true, "
                  "\"max_relative_positions\": 20, \"type_vocab_size\": 2") },
  { "no-positions", MODEL ("\"pos_att_type\": \"none\", \"type_vocab_size\": 2") },
  { "v1", SIZES "\"model_type\": \"deberta\", \"pos_att_type\": \"c2p|p2c\", "
                "\"position_biased_input\": false, \"max_relative_positions\": 40" },
  { "v2-convolution",
    MODEL ("\"pos_att_type\": \"c2p|p2c\", \"share_att_key\": true, \"norm_rel_ebd\": "
           "\"layer_norm\", \"position_buckets\": 16, \"max_relative_positions\": 64, "
           "\"position_biased_input\": false, \"conv_kernel_size\": 3, \"conv_act\": \"gelu\"") },
  { "projected-embeddings",
    MODEL ("\"pos_att_type\": \"c2p|p2c\", \"share_att_key\": true, \"embedding_size\": 16, "
           "\"position_buckets\": 16, \"max_relative_positions\": 64") },
};

static const WbHeadSpec three = { .kind = WB_HEAD_CLASSIFICATION, .n_labels = N_LABELS };

/* The model, one text, and what came out of an inspection of it. */
typedef struct
{
  WbBackend     *backend;
  WbModelConfig *config;
  WbModel       *model;
  WbTestBatch   *text;
  WbInspection  *inspection;
  GByteArray    *seen; /* every map of every layer delivered */
  GArray        *layers;
  gsize          stop_at; /* layers after which to cancel */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  const Case *spec = data;
  g_autoptr (GError) error = NULL;
  const WbModelLimits limits = { N_TOKENS, 1, N_TOKENS, 0, FALSE };
  gint32              ids[N_TOKENS], types[N_TOKENS];

  self->backend = wb_test_backend_open (2);
  self->config = wb_test_config_new (spec->json);
  self->model = wb_test_model_new (self->backend, self->config, &three, wb_test_form_vectors);
  g_assert_true (wb_model_reserve (self->model, &limits, &error));
  wb_test_generated_ids (ids, 1, N_TOKENS, 97);
  for (gsize i = 0; i < N_TOKENS; i++)
    types[i] = self->config->type_vocab_size > 0 && i > N_TOKENS / 2;
  self->text = wb_test_batch_new ();
  wb_test_batch_add (self->text, ids, types, N_TOKENS, 0, -1, 0);
  wb_test_batch_finish (self->text, NULL);
  self->inspection = wb_inspection_new (self->model, &self->text->batch, TRUE, &error);
  g_assert_no_error (error);
  self->seen = g_byte_array_new ();
  self->layers = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->stop_at = G_MAXSIZE;
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  wb_inspection_free (self->inspection);
  wb_test_batch_free (self->text);
  wb_model_free (self->model);
  wb_model_config_free (self->config);
  wb_backend_close (self->backend);
  g_byte_array_unref (self->seen);
  g_array_unref (self->layers);
}

/* Every row of probabilities is one, every score the sum of its terms. */
static void
assert_adds_up (const WbInspectedLayer *layer)
{
  const WbAttentionMaps *m = &layer->maps;

  for (gsize r = 0; r < layer->n_heads * layer->n_tokens; r++)
    {
      double sum = 0;

      for (gsize j = 0, at = r * layer->n_tokens; j < layer->n_tokens; j++, at++)
        {
          sum += (double) ((const float *) m->probabilities.data)[at];
          g_assert_cmpfloat_with_epsilon (((const float *) m->scores.data)[at],
                                          ((const float *) m->c2c.data)[at] +
                                              ((const float *) m->c2p.data)[at] +
                                              ((const float *) m->p2c.data)[at],
                                          1e-6f);
        }
      g_assert_cmpfloat_with_epsilon (sum, 1, 1e-5);
    }
}

static gboolean
see_cb (const WbInspectedLayer *layer, gpointer user_data)
{
  Fixture        *self = user_data;
  const WbTensor *maps[] = { &layer->maps.c2c, &layer->maps.c2p, &layer->maps.p2c,
                             &layer->maps.scores, &layer->maps.probabilities };

  g_assert_cmpuint (layer->n_tokens, ==, N_TOKENS);
  assert_adds_up (layer);
  for (gsize m = 0; m < G_N_ELEMENTS (maps); m++)
    {
      g_assert_cmpuint (maps[m]->rows, ==, layer->n_heads * N_TOKENS);
      g_assert_cmpuint (maps[m]->stride, ==, N_TOKENS);
      g_byte_array_append (self->seen, maps[m]->data,
                           (guint) (maps[m]->rows * N_TOKENS * sizeof (float)));
    }
  g_array_append_val (self->layers, layer->layer);
  return self->layers->len < self->stop_at;
}

static void
want_everything (WbInspection *inspection)
{
  static const gsize heads[N_HEADS] = { 0, 1, 2, 3 };

  for (gsize l = 0; l < N_LAYERS; l++)
    wb_inspection_want (inspection, l, heads, N_HEADS);
}

static void
run (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  g_byte_array_set_size (self->seen, 0);
  g_array_set_size (self->layers, 0);
  g_assert_true (wb_inspection_run (self->inspection, see_cb, self, &error));
  g_assert_no_error (error);
}

static gsize
best (const float *logits)
{
  gsize label = 0;

  for (gsize c = 1; c < N_LABELS; c++)
    label = logits[c] > logits[label] ? c : label;
  return label;
}

/* Worst of three instruction sets: 3.6e-7. */
static void
test_fused (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  float        fused[N_LABELS];
  const float *logits;
  double       worst = 0;

  g_assert_null (wb_inspection_get_logits (self->inspection));
  want_everything (self->inspection);
  run (self);
  logits = wb_inspection_get_logits (self->inspection);
  g_assert_nonnull (logits);
  g_assert_true (wb_model_predict (self->model, &self->text->batch, fused, &error));
  for (gsize c = 0; c < N_LABELS; c++)
    worst = wb_test_worse (worst, fabs ((double) logits[c] - (double) fused[c]));
  g_test_message ("logits off by %.3g", worst);
  g_assert_cmpfloat (worst, <, 2e-6);
  g_assert_cmpuint (best (logits), ==, best (fused));
  g_assert_cmpuint (self->layers->len, ==, N_LAYERS);
}

/* A term off in one head changes its layer's maps and what is above, to the bit what an inspection
 * that never knew it computes; put back, everything is as before. */
static void
ablate (Fixture *self, gsize layer)
{
  const WbAttentionTerms left = WB_ATTENTION_C2P | WB_ATTENTION_P2C;
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) before = NULL, after = NULL;
  float       plain[N_LABELS], off[N_LABELS];
  const gsize layer_size = 5 * N_HEADS * N_TOKENS * N_TOKENS * sizeof (float);

  want_everything (self->inspection);
  run (self);
  before = g_byte_array_append (g_byte_array_new (), self->seen->data, self->seen->len);
  memcpy (plain, wb_inspection_get_logits (self->inspection), sizeof plain);

  wb_inspection_set_terms (self->inspection, layer, 2, left);
  g_assert_null (wb_inspection_get_logits (self->inspection));
  run (self);
  after = g_byte_array_append (g_byte_array_new (), self->seen->data, self->seen->len);
  memcpy (off, wb_inspection_get_logits (self->inspection), sizeof off);
  for (gsize l = 0; l < N_LAYERS; l++)
    g_assert_cmpint (
        l < layer, ==,
        memcmp (before->data + l * layer_size, after->data + l * layer_size, layer_size) == 0);
  g_assert_true (memcmp (plain, off, sizeof off) != 0);

  wb_inspection_free (self->inspection);
  self->inspection = wb_inspection_new (self->model, &self->text->batch, TRUE, &error);
  g_assert_no_error (error);
  want_everything (self->inspection);
  wb_inspection_set_terms (self->inspection, layer, 2, left);
  run (self);
  g_assert_cmpmem (self->seen->data, self->seen->len, after->data, after->len);
  g_assert_cmpmem (wb_inspection_get_logits (self->inspection), sizeof off, off, sizeof off);

  wb_inspection_set_terms (self->inspection, layer, 2, WB_ATTENTION_ALL_TERMS);
  run (self);
  g_assert_cmpmem (self->seen->data, self->seen->len, before->data, before->len);
  g_assert_cmpmem (wb_inspection_get_logits (self->inspection), sizeof plain, plain, sizeof plain);
}

static void
test_ablation (Fixture *self, gconstpointer data)
{
  ablate (self, 1);
  ablate (self, 0);
}

/* Another head of another layer, asked for later: what asking for everything gave. */
static void
test_later_wish (Fixture *self, gconstpointer data)
{
  static const gsize one = 2;
  const gsize        map = N_TOKENS * N_TOKENS * sizeof (float);
  g_autoptr (GByteArray) everything = NULL;

  want_everything (self->inspection);
  run (self);
  everything = g_byte_array_append (g_byte_array_new (), self->seen->data, self->seen->len);
  for (gsize l = 0; l < N_LAYERS; l++)
    wb_inspection_want (self->inspection, l, NULL, 0);
  run (self);
  g_assert_cmpuint (self->seen->len, ==, 0);
  for (gsize l = N_LAYERS; l-- > 0;)
    {
      wb_inspection_want (self->inspection, l, &one, 1);
      if (l + 1 < N_LAYERS)
        wb_inspection_want (self->inspection, l + 1, NULL, 0);
      run (self);
      g_assert_cmpuint (self->seen->len, ==, 5 * map);
      for (gsize m = 0; m < 5; m++)
        g_assert_cmpmem (self->seen->data + m * map, map,
                         everything->data + ((l * 5 + m) * N_HEADS + one) * map, map);
      g_assert_nonnull (wb_inspection_get_logits (self->inspection));
    }
}

/* The callback ends it between layers; the next run goes on to the same numbers. */
static void
test_cancel (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  float     plain[N_LABELS];
  const int flag = 1;

  run (self);
  memcpy (plain, wb_inspection_get_logits (self->inspection), sizeof plain);
  wb_inspection_free (self->inspection);
  self->inspection = wb_inspection_new (self->model, &self->text->batch, TRUE, &error);
  want_everything (self->inspection);
  self->stop_at = 2;
  g_assert_false (wb_inspection_run (self->inspection, see_cb, self, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_cmpuint (self->layers->len, ==, 2);
  g_assert_null (wb_inspection_get_logits (self->inspection));

  wb_backend_set_cancel (self->backend, &flag);
  g_assert_false (wb_inspection_run (self->inspection, see_cb, self, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  wb_backend_set_cancel (self->backend, NULL);

  self->stop_at = G_MAXSIZE;
  run (self);
  g_assert_cmpmem (wb_inspection_get_logits (self->inspection), sizeof plain, plain, sizeof plain);
}

/* Without head: the same maps, no logits, and nothing above the last wanted layer. */
static void
test_without_head (Fixture *self, gconstpointer data)
{
  static const gsize heads[] = { 3, 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) with = NULL;

  wb_inspection_want (self->inspection, 1, heads, 2);
  run (self);
  with = g_byte_array_append (g_byte_array_new (), self->seen->data, self->seen->len);
  wb_inspection_free (self->inspection);
  self->inspection = wb_inspection_new (self->model, &self->text->batch, FALSE, &error);
  wb_inspection_want (self->inspection, 1, heads, 2);
  run (self);
  g_assert_cmpmem (self->seen->data, self->seen->len, with->data, with->len);
  g_assert_null (wb_inspection_get_logits (self->inspection));
  wb_inspection_want (self->inspection, 2, heads, 1);
  run (self);
  g_assert_cmpuint (self->layers->len, ==, 2);
}

/* Every kind of head says the same after either path. */
static void
test_heads (Fixture *self, gconstpointer data)
{
  static const WbHeadSpec heads[] = {
    { .kind = WB_HEAD_TOKEN, .n_labels = 5 },
    { .kind = WB_HEAD_SPAN },
    { .kind = WB_HEAD_MASKED_LM },
    { .kind = WB_HEAD_REPLACED_TOKEN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (heads); i++)
    {
      g_autoptr (GError) error = NULL;
      const WbModelLimits limits = { N_TOKENS, 1, N_TOKENS, 0, FALSE, 0 };
      g_autoptr (WbModel) model =
          wb_test_model_new (self->backend, self->config, &heads[i], wb_test_form_vectors);
      g_autoptr (WbInspection) inspection = NULL;
      g_autofree float *fused = NULL;
      gsize             rows, cols;

      g_assert_true (wb_model_reserve (model, &limits, &error));
      inspection = wb_inspection_new (model, &self->text->batch, TRUE, &error);
      wb_model_get_output_shape (model, &self->text->batch, &rows, &cols);
      g_assert_cmpuint (rows, ==, N_TOKENS);
      fused = g_new (float, rows *cols);
      want_everything (inspection);
      g_assert_true (wb_inspection_run (inspection, NULL, NULL, &error));
      g_assert_true (wb_model_predict (model, &self->text->batch, fused, &error));
      g_assert_no_error (error);
      for (gsize k = 0; k < rows * cols; k++)
        g_assert_cmpfloat_with_epsilon (wb_inspection_get_logits (inspection)[k], fused[k], 5e-6f);
    }
}

/* The enhanced mask decoder's encoder is inspected, its two passes through the last layer are not.
 */
static void
test_enhanced (Fixture *self, gconstpointer data)
{
  static const WbHeadSpec head = { .kind = WB_HEAD_MASKED_LM, .enhanced = TRUE };
  g_autoptr (GError) error = NULL;
  const WbModelLimits limits = { N_TOKENS, 1, N_TOKENS, 0, FALSE, 0 };
  g_autoptr (WbModel) model =
      wb_test_model_new (self->backend, self->config, &head, wb_test_form_vectors);

  g_assert_true (wb_model_reserve (model, &limits, &error));
  g_assert_null (wb_inspection_new (model, &self->text->batch, TRUE, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  wb_inspection_free (self->inspection);
  self->inspection = wb_inspection_new (model, &self->text->batch, FALSE, &error);
  want_everything (self->inspection);
  run (self);
  g_assert_cmpuint (self->layers->len, ==, N_LAYERS);
  g_clear_pointer (&self->inspection, wb_inspection_free);
}

static void
test_refuses (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const WbModelLimits limits = { N_TOKENS - 1, 1, N_TOKENS - 1, 0, FALSE };
  WbBatch             two = self->text->batch;
  const gint32        bounds[] = { 0, 5, N_TOKENS };
  const guint32       ordinals[] = { 0, 1 };

  two.n_sequences = 2;
  two.cu_seqlens = bounds;
  two.ordinals = ordinals;
  g_assert_null (wb_inspection_new (self->model, &two, TRUE, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE);
  g_clear_error (&error);
  g_assert_true (wb_model_reserve (self->model, &limits, &error));
  g_assert_false (wb_inspection_run (self->inspection, NULL, NULL, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*func) (Fixture *, gconstpointer);
  } tests[] = { { "later-wish", test_later_wish },     { "cancel", test_cancel },
                { "without-head", test_without_head }, { "heads", test_heads },
                { "enhanced", test_enhanced },         { "refuses", test_refuses } };

  g_test_init (&argc, &argv, NULL);
  for (gsize c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      g_autofree char *path = g_strdup_printf ("/engine/model/inspect/fused/%s", cases[c].name);

      g_test_add (path, Fixture, &cases[c], set_up, test_fused, tear_down);
      g_free (path);
      path = g_strdup_printf ("/engine/model/inspect/ablation/%s", cases[c].name);
      g_test_add (path, Fixture, &cases[c], set_up, test_ablation, tear_down);
    }
  for (gsize t = 0; t < G_N_ELEMENTS (tests); t++)
    {
      g_autofree char *path = g_strdup_printf ("/engine/model/inspect/%s", tests[t].name);

      g_test_add (path, Fixture, &cases[0], set_up, tests[t].func, tear_down);
    }
  return g_test_run ();
}
