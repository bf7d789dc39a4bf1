#include "config.h"

#include "engine/model/wb-model.h"
#include "tests/support/wb-test-vectors.h"
#include "tests/support/wb-test-worst.h"

/* Logits against transformers', whole packed batches of lengths from 10 to 300. */

/* transformers' own F32 is up to 3.6e-7 from its F64, which the vectors hold; ours up to 3.3e-7. */
#define BOUND 5e-6

static const WbHeadSpec three = { .kind = WB_HEAD_CLASSIFICATION, .n_labels = 3 };

static void
check_batch (JsonObject *vectors, JsonArray *items, WbTestBatch *batch)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbModelConfig) config = wb_test_vectors_config (vectors);
  g_autoptr (WbBackend) backend = wb_test_backend_open (2);
  g_autoptr (WbModel) model = wb_test_model_new (backend, config, &three, wb_test_form_vectors);
  const WbBatch      *b = wb_test_batch_finish (batch, NULL);
  const WbModelLimits limits = { b->n_tokens, b->n_sequences, b->max_length, 0, FALSE };
  g_autofree float   *logits = g_new (float, b->n_sequences * 3);
  double              worst = 0;

  g_assert_true (wb_model_reserve (model, &limits, &error));
  g_assert_true (wb_model_predict (model, b, logits, &error));
  g_assert_no_error (error);
  for (guint s = 0; s < b->n_sequences; s++)
    {
      JsonObject *item = json_array_get_object_element (items, s);
      JsonArray  *want = json_object_get_array_member (item, "logits");

      for (guint c = 0; c < 3; c++)
        worst = wb_test_worse (
            worst, fabs ((double) logits[s * 3 + c] - json_array_get_double_element (want, c)));
    }
  g_test_message ("%zu sequences, %zu tokens, worst %.3g", b->n_sequences, b->n_tokens, worst);
  g_assert_cmpfloat (worst, <, BOUND);
}

static void
test_generated (void)
{
  g_autoptr (JsonObject) vectors = wb_test_vectors_load ("logits.json");
  JsonArray *items = json_object_get_array_member (vectors, "generated");
  g_autoptr (WbTestBatch) batch = wb_test_batch_new ();

  for (guint s = 0; s < json_array_get_length (items); s++)
    {
      JsonObject        *item = json_array_get_object_element (items, s);
      const gsize        n = (gsize) json_object_get_int_member (item, "n");
      g_autofree gint32 *ids = g_new (gint32, n);

      wb_test_generated_ids (ids, s, n, 128100);
      g_assert_cmpint (wb_test_checksum (ids, n), ==,
                       json_object_get_int_member (item, "checksum"));
      wb_test_batch_add (batch, ids, NULL, n, s, -1, 0);
    }
  check_batch (vectors, items, batch);
}

/* The first text of "join" rows, one blank between, and the second of the first. */
static void
add_item (WbTestBatch *batch, const WbTokenizer *tokenizer, JsonObject *item)
{
  const guint row = (guint) json_object_get_int_member (item, "row");
  const guint join = (guint) json_object_get_int_member (item, "join");
  g_autoptr (GPtrArray) rows = wb_test_xnli_read (json_object_get_string_member (item, "file"));
  g_autoptr (GString) first = g_string_new (NULL);
  const guint start = batch->ids->len;
  gsize       n;

  g_assert_nonnull (rows);
  for (guint i = row; i < row + join; i++)
    g_string_append_printf (first, "%s%s", i == row ? "" : " ", ((char **) rows->pdata[i])[0]);
  n = wb_test_batch_add_pair (batch, tokenizer, first->str, ((char **) rows->pdata[row])[1], row,
                              -1);
  g_assert_cmpint ((gint64) n, ==, json_object_get_int_member (item, "n"));
  g_assert_cmpint (wb_test_checksum (&g_array_index (batch->ids, gint32, start), n), ==,
                   json_object_get_int_member (item, "checksum"));
}

static void
test_xnli (void)
{
  g_autoptr (JsonObject) vectors = wb_test_vectors_load ("logits.json");
  JsonArray *items = json_object_get_array_member (vectors, "xnli");
  g_autoptr (WbTestBatch) batch = wb_test_batch_new ();
  g_autoptr (WbTokenizer) tokenizer = wb_test_tokenizer_load ();

  if (tokenizer == NULL)
    return;
  for (guint s = 0; s < json_array_get_length (items); s++)
    add_item (batch, tokenizer, json_array_get_object_element (items, s));
  check_batch (vectors, items, batch);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/model/logits/generated", test_generated);
  g_test_add_func ("/engine/model/logits/xnli", test_xnli);
  return g_test_run ();
}
