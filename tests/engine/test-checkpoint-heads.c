#include "config.h"

#include "engine/checkpoint/wb-checkpoint.h"
#include "tests/support/wb-test-folder.h"
#include "tests/support/wb-test-training.h"

/* A model of every head goes out and comes back with the same bits, v1's and v2's. */

static const char *const families[] = { WB_TEST_V3, WB_TEST_V1, WB_TEST_CONV };

static WbModel *
make (WbBackend *backend, const char *json, const WbHeadSpec *head, guint64 seed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbModelConfig) config = wb_test_config_new (json);
  WbModel *model = wb_model_new (backend, config, head, &error);

  g_assert_no_error (error);
  g_assert_true (wb_model_initialize (model, seed, FALSE, &error));
  return model;
}

static void
assert_same (WbModel *a, WbModel *b)
{
  const WbParameterTable *table = wb_model_get_table (a);

  for (gsize i = 0; i < wb_parameter_table_get_n (table); i++)
    {
      const gsize n = wb_parameter_table_get (table, i)->n_elements * sizeof (float);

      g_assert_cmpmem (wb_model_get_parameter (a, i).data, n, wb_model_get_parameter (b, i).data,
                       n);
    }
}

static void
test_round_trip (gconstpointer head)
{
  g_autoptr (WbBackend) backend = wb_test_backend_open (1);

  for (gsize f = 0; f < G_N_ELEMENTS (families); f++)
    {
      g_autoptr (WbModel) out = make (backend, families[f], head, 1);
      g_autoptr (WbModel) in = make (backend, families[f], head, 2);
      g_autoptr (WbLoadReport) report = NULL;
      g_autoptr (GError) error = NULL;
      char *folder = wb_test_folder_new ();

      wb_checkpoint_save (out, folder, NULL, &error);
      g_assert_no_error (error);
      report = wb_checkpoint_load_weights (in, folder, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (report->missing->len, ==, 0);
      g_assert_cmpuint (report->ignored->len, ==, 0);
      g_assert_false (report->head_is_new);
      assert_same (out, in);
      wb_test_folder_free (folder);
    }
}

/* Without the decoder a model has no absolute positions: with it they are new, and said to be. */
static void
test_new_positions (void)
{
  static const WbHeadSpec plain = { WB_HEAD_MASKED_LM, .lm_layout = WB_LM_LAYOUT_NEW };
  static const WbHeadSpec enhanced = { WB_HEAD_MASKED_LM, .lm_layout = WB_LM_LAYOUT_NEW,
                                       .enhanced = TRUE };
  g_autoptr (WbBackend) backend = wb_test_backend_open (1);
  g_autoptr (WbModel) out = make (backend, WB_TEST_V3, &plain, 1);
  g_autoptr (WbModel) in = make (backend, WB_TEST_V3, &enhanced, 2);
  g_autoptr (WbLoadReport) report = NULL;
  g_autoptr (GError) error = NULL;
  char *folder = wb_test_folder_new ();

  wb_checkpoint_save (out, folder, NULL, &error);
  g_assert_no_error (error);
  report = wb_checkpoint_load_weights (in, folder, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (report->missing->len, ==, 1);
  g_assert_cmpstr (report->missing->pdata[0], ==, "deberta.embeddings.position_embeddings.weight");
  wb_test_folder_free (folder);
}

/* What a head is not defined for is refused by name. */
static void
test_refused (void)
{
  static const float weights[] = { 1, 2, 3 };
  static const struct
  {
    WbHeadSpec  head;
    const char *json;
    gint        code;
    const char *part;
  } bad[] = {
    { { WB_HEAD_SPAN, .label_smoothing = 0.1 },
      "",
      WB_ENGINE_ERROR_UNSUPPORTED,
      "question answering: label smoothing" },
    { { WB_HEAD_REGRESSION, 1, 0.1 },
      "",
      WB_ENGINE_ERROR_UNSUPPORTED,
      "regression: label smoothing" },
    { { WB_HEAD_MULTI_LABEL, 3, 0.1 }, "", WB_ENGINE_ERROR_UNSUPPORTED, "several labels" },
    { { WB_HEAD_MASKED_LM, .class_weights = weights },
      "",
      WB_ENGINE_ERROR_UNSUPPORTED,
      "masked language model: class weights" },
    { { WB_HEAD_CHOICE, .class_weights = weights },
      "",
      WB_ENGINE_ERROR_UNSUPPORTED,
      "multiple choice: class weights" },
    { { WB_HEAD_TOKEN, 3, 1.0 }, "", WB_ENGINE_ERROR_INVALID, "from 0 up to but not 1" },
    { { WB_HEAD_TOKEN, 0 }, "", WB_ENGINE_ERROR_INVALID, "at least one label" },
    { { WB_HEAD_TOKEN, WB_MODEL_MAX_LABELS + 1 }, "", WB_ENGINE_ERROR_INVALID, "at most 100000" },
    { { (WbHeadKind) 99, 3 }, "", WB_ENGINE_ERROR_INVALID, "99" },
    { { WB_HEAD_MASKED_LM, .enhanced = TRUE },
      ",\"embedding_size\":16",
      WB_ENGINE_ERROR_UNSUPPORTED,
      "embedding_size" },
  };
  g_autoptr (WbBackend) backend = wb_test_backend_open (1);

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *json = g_strconcat (WB_TEST_V3, bad[i].json, NULL);
      g_autoptr (WbModelConfig) config = wb_test_config_new (json);
      g_autoptr (GError) error = NULL;

      g_assert_null (wb_model_new (backend, config, &bad[i].head, &error));
      g_assert_error (error, WB_ENGINE_ERROR, bad[i].code);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, bad[i].part));
    }
}

/* Labels that a head cannot have, and arrays that are not there. */
static void
test_bad_labels (void)
{
  static const gint32     ids[] = { 1, 5, 2, 1, 2 }, bounds[] = { 0, 3, 5 };
  static const guint32    ordinals[] = { 0, 1 };
  static const gint32     high[] = { 0, 97, -1, 2, 0 }, groups[] = { 0, 1 }, empty[] = { 0, 2, 2 };
  const WbBatch           bare = { 5, 2, 3, ids, .cu_seqlens = bounds, .ordinals = ordinals };
  WbBatch                 bad[6];
  static const WbHeadSpec heads[] = { { WB_HEAD_TOKEN, 3 },       { WB_HEAD_MASKED_LM },
                                      { WB_HEAD_REPLACED_TOKEN }, { WB_HEAD_CHOICE },
                                      { WB_HEAD_CHOICE },         { WB_HEAD_SPAN } };
  g_autoptr (WbModelConfig) config = wb_test_config_new (WB_TEST_V3);

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      bad[i] = bare;
      bad[i].token_labels = high;
    }
  bad[3].labels = bad[4].labels = high;
  bad[3].groups = groups; /* a sequence that is in no group */
  bad[3].n_groups = 1;
  bad[4].groups = empty;
  bad[4].n_groups = 2;
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    for (gsize k = 0; k < 2; k++)
      {
        const WbBatch *batch = k == 0 ? &bad[i] : &bare;
        WbLossWeight   weight = { 0 };
        g_autoptr (GError) error = NULL;

        g_assert_false (wb_head_spec_add_weight (&heads[i], config, batch, &weight, &error));
        g_assert_true (error->domain == WB_ENGINE_ERROR);
        g_test_message ("%s", error->message);
      }
}

/* The decoder has 64 positions; the encoder alone has no such limit. */
static void
test_long (void)
{
  static const WbHeadSpec heads[] = { { WB_HEAD_MASKED_LM },
                                      { WB_HEAD_MASKED_LM, .enhanced = TRUE } };
  const WbModelLimits     limits = { 65, 1, 65, 0, FALSE };
  gint32                  ids[65], labels[65];
  g_autoptr (WbBackend) backend = wb_test_backend_open (1);
  g_autoptr (WbTestBatch) batch = wb_test_batch_new ();

  for (gsize i = 0; i < 65; i++)
    labels[i] = i == 64 ? 7 : -100;
  wb_test_generated_ids (ids, 1, 65, WB_TEST_VOCABULARY);
  wb_test_batch_add (batch, ids, NULL, 65, 0, -1, 0);
  wb_test_batch_finish (batch, NULL);
  batch->batch.token_labels = labels;
  for (gsize i = 0; i < G_N_ELEMENTS (heads); i++)
    {
      g_autoptr (WbModel) model = make (backend, WB_TEST_V3, &heads[i], 1);
      g_autoptr (GError) error = NULL;
      float logits[WB_TEST_VOCABULARY];

      if (i == 0)
        {
          g_assert_true (wb_model_reserve (model, &limits, &error));
          g_assert_true (wb_model_predict (model, &batch->batch, logits, &error));
          g_assert_no_error (error);
          continue;
        }
      g_assert_false (wb_model_reserve (model, &limits, &error));
      g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_UNSUPPORTED);
      g_assert_nonnull (strstr (error->message, "65 tokens"));
      g_assert_nonnull (strstr (error->message, "enhanced mask decoder"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (wb_test_heads); i++)
    {
      g_autofree char *path =
          g_strconcat ("/engine/checkpoint-heads/", wb_test_heads[i].name, NULL);

      g_test_add_data_func (path, &wb_test_heads[i].head, test_round_trip);
    }
  g_test_add_func ("/engine/checkpoint-heads/new-positions", test_new_positions);
  g_test_add_func ("/engine/checkpoint-heads/long", test_long);
  g_test_add_func ("/engine/checkpoint-heads/refused", test_refused);
  g_test_add_func ("/engine/checkpoint-heads/bad-labels", test_bad_labels);
  return g_test_run ();
}
