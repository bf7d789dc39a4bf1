#include "config.h"

#include "engine/model/wb-model-inspect.h"
#include "tests/support/wb-test-vectors.h"
#include "tests/support/wb-test-worst.h"

/* Every term of the attention of every layer and head against tests/vectors/attention.py, which
 * computes them in double from transformers' weights and hidden states.
 *
 * Mistakes planted one at a time, each seen to fail here: the longest distance clamped to the last
 * row but one; p2c's index negated; c2p from the queries' projection; the bias of the position
 * projections left out; the table not normalized; token types not added. */

#define N_MAPS 4 /* c2c, c2p, p2c, probabilities */

/* Worst of three instruction sets: 1.7e-6. */
#define BOUND 5e-6

static guint
number_of (const char *name)
{
  guint value = 0;

  for (; *name != '\0'; name++)
    value = (value * 31 + (guint8) *name) % 1000003;
  return value % 997;
}

/* attention.py's make_model() */
static double
form (const WbParameter *p, gsize t, gsize k)
{
  const double m = (double) (k % 1009);
  const double wave = sin (1.7 * number_of (p->name) + 0.61 * (double) k + 0.37 * m * m);

  if (g_str_has_suffix (p->name, "embeddings.weight"))
    return 0.5 * wave;
  if (p->n_dims > 1)
    return 1.2 / sqrt ((double) (p->n_elements / p->dims[0])) * wave;
  return g_str_has_suffix (p->name, "LayerNorm.weight") ? 1 + 0.3 * wave : 0.2 * wave;
}

/* One text's numbers, in the order in which they are delivered. */
typedef struct
{
  const guchar *next; /* little-endian F32 */
  gsize         left;
  gboolean      whole;
  double        size; /* of what a number is a sum with */
  double        worst;
} Wanted;

static double
take (Wanted *self)
{
  guint32 bits;
  float   value;

  g_assert_cmpuint (self->left, >=, sizeof bits);
  memcpy (&bits, self->next, sizeof bits);
  bits = GUINT32_FROM_LE (bits);
  memcpy (&value, &bits, sizeof value);
  self->next += sizeof bits;
  self->left -= sizeof bits;
  return (double) value;
}

static void
compare (Wanted *self, double got)
{
  self->worst = wb_test_worse (self->worst, fabs (got - take (self)) / self->size);
}

/* M w, then w M. */
static void
compare_projections (Wanted *self, const float *map, gsize n)
{
  for (guint turned = 0; turned < 2; turned++)
    for (gsize i = 0; i < n; i++)
      {
        double sum = 0;

        for (gsize j = 0; j < n; j++)
          sum += sin (1 + (double) j) * (double) map[turned ? j * n + i : i * n + j];
        compare (self, sum);
      }
}

static gboolean
compare_cb (const WbInspectedLayer *layer, gpointer user_data)
{
  Wanted         *self = user_data;
  const gsize     n = layer->n_tokens;
  const WbTensor *maps[N_MAPS] = { &layer->maps.c2c, &layer->maps.c2p, &layer->maps.p2c,
                                   &layer->maps.probabilities };

  for (gsize h = 0; h < layer->n_heads; h++)
    for (gsize m = 0; m < N_MAPS; m++)
      {
        const float *map = (const float *) maps[m]->data + h * n * n;

        if (!self->whole)
          compare_projections (self, map, n);
        for (gsize i = 0; self->whole && i < n * n; i++)
          compare (self, (double) map[i]);
      }
  return TRUE;
}

static void
want_everything (WbInspection *inspection, const WbModelConfig *config)
{
  g_autofree gsize *heads = g_new (gsize, config->n_heads);

  for (gsize h = 0; h < config->n_heads; h++)
    heads[h] = h;
  for (gsize l = 0; l < config->n_layers; l++)
    wb_inspection_want (inspection, l, heads, config->n_heads);
}

/* A projection's error counts relative to the weights' L2 norm: then it is that of the elements. */
static void
check_text (WbModel *model, JsonObject *text)
{
  const WbModelConfig *config = wb_model_get_config (model);
  const gsize          n = (gsize) json_object_get_int_member (text, "n");
  const gboolean       whole = json_object_has_member (text, "maps");
  const char        *base64 = json_object_get_string_member (text, whole ? "maps" : "projections");
  g_autofree gint32 *ids = g_new (gint32, n), *types = g_new0 (gint32, n);
  g_autoptr (WbTestBatch) batch = wb_test_batch_new ();
  g_autoptr (WbInspection) inspection = NULL;
  g_autoptr (GError) error = NULL;
  const WbModelLimits limits = { n, 1, n, 0, FALSE };
  Wanted              wanted = { .whole = whole };
  g_autofree guchar  *bytes = g_base64_decode (base64, &wanted.left);

  wanted.next = bytes;
  wanted.size = whole ? 1 : sqrt ((double) n / 2);
  wb_test_generated_ids (ids, (gsize) json_object_get_int_member (text, "sequence"), n,
                         config->vocab_size);
  for (gsize i = 0; i < n; i++)
    types[i] = config->type_vocab_size > 0 && i > n / 2;
  wb_test_batch_add (batch, ids, types, n, 0, -1, 0);
  g_assert_true (wb_model_reserve (model, &limits, &error));
  inspection = wb_inspection_new (model, wb_test_batch_finish (batch, NULL), FALSE, &error);
  g_assert_no_error (error);
  want_everything (inspection, config);
  g_assert_true (wb_inspection_run (inspection, compare_cb, &wanted, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (wanted.left, ==, 0);
  g_test_message ("%zu tokens: off by %.3g", n, wanted.worst);
  g_assert_cmpfloat (wanted.worst, <, BOUND);
}

static void
test_model (gconstpointer data)
{
  static const WbHeadSpec head = { .kind = WB_HEAD_CLASSIFICATION, .n_labels = 2 };
  JsonObject             *item = (JsonObject *) data;
  g_autofree char        *json = json_to_string (json_object_get_member (item, "config"), FALSE);
  JsonArray              *texts = json_object_get_array_member (item, "texts");
  g_autoptr (GError) error = NULL;
  g_autoptr (WbModelConfig) config = wb_model_config_parse (json, -1, "vectors", &error);
  g_autoptr (WbBackend) backend = wb_test_backend_open (2);
  g_autoptr (WbModel) model = NULL;

  g_assert_no_error (error);
  model = wb_test_model_new (backend, config, &head, form);
  g_assert_cmpuint (json_array_get_length (texts), ==, 2);
  for (guint t = 0; t < json_array_get_length (texts); t++)
    check_text (model, json_array_get_object_element (texts, t));
}

int
main (int argc, char **argv)
{
  g_autoptr (JsonObject) vectors = NULL;
  JsonArray *models;

  g_test_init (&argc, &argv, NULL);
  vectors = wb_test_vectors_load ("attention.json");
  models = json_object_get_array_member (vectors, "models");
  g_assert_cmpuint (json_array_get_length (models), ==, 13);
  for (guint i = 0; i < json_array_get_length (models); i++)
    {
      JsonObject      *item = json_array_get_object_element (models, i);
      g_autofree char *path = g_strdup_printf ("/engine/model/attention/%s",
                                               json_object_get_string_member (item, "name"));

      g_test_add_data_func (path, item, test_model);
    }
  return g_test_run ();
}
