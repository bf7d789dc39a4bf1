#include "config.h"

#include <string.h>

#include "app/feed/wb-features-private.h"
#include "app/tasks/wb-entity-score-private.h"
#include "tests/support/wb-test-folder.h"
#include "tests/support/wb-test-model-folder.h"
#include "tests/support/wb-test-text.h"
#include "tests/support/wb-test-vectors.h"

/* Named entities: their score against seqeval's, and which piece stands for a word. */

static GArray *
read_labels (JsonArray *all, guint i)
{
  JsonArray *sentence = json_array_get_array_element (all, i);
  GArray    *labels = g_array_new (FALSE, FALSE, sizeof (int));

  for (guint k = 0; k < json_array_get_length (sentence); k++)
    {
      const int label = (int) json_array_get_int_element (sentence, k);
      g_array_append_val (labels, label);
    }
  return labels;
}

static void
check_case (JsonObject *object)
{
  static const char *const metrics[] = { "f1", "precision", "recall", "accuracy" };
  const WbTask            *task = wb_task_find ("ner");
  JsonArray               *gold = json_object_get_array_member (object, "gold");
  JsonArray               *predicted = json_object_get_array_member (object, "predicted");
  WbEntityScore            score = { 0 };

  for (guint i = 0; i < json_array_get_length (gold); i++)
    {
      g_autoptr (GArray) a = read_labels (gold, i);
      g_autoptr (GArray) b = read_labels (predicted, i);

      g_assert_cmpuint (a->len, ==, b->len);
      wb_entity_score_add (&score, task, (int *) (gpointer) a->data, (int *) (gpointer) b->data,
                           a->len);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (metrics); i++)
    g_assert_cmpfloat_with_epsilon (wb_entity_score_get (&score, metrics[i]),
                                    json_object_get_double_member (object, metrics[i]), 1e-12);
}

static void
test_seqeval (void)
{
  g_autoptr (JsonObject) vectors = wb_test_vectors_load ("entities.json");
  JsonArray *cases = json_object_get_array_member (vectors, "cases");

  g_assert_cmpuint (json_array_get_length (cases), ==, 120);
  for (guint i = 0; i < json_array_get_length (cases); i++)
    check_case (json_array_get_object_element (cases, i));
}

static void
test_spans (void)
{
  const WbTask *task = wb_task_find ("ner");
  /* O I-PER I-PER B-PER I-ORG O B-LOC */
  static const int      labels[] = { 0, 4, 4, 3, 6, 0, 7 };
  static const WbEntity expected[] = { { 1, 3, 4 }, { 3, 4, 3 }, { 4, 5, 6 }, { 6, 7, 7 } };
  g_autoptr (GArray) entities = g_array_new (FALSE, FALSE, sizeof (WbEntity));

  wb_entities_find (task, labels, G_N_ELEMENTS (labels), entities);
  g_assert_cmpuint (entities->len, ==, G_N_ELEMENTS (expected));
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      const WbEntity *entity = &g_array_index (entities, WbEntity, i);

      g_assert_cmpuint (entity->first, ==, expected[i].first);
      g_assert_cmpuint (entity->end, ==, expected[i].end);
      g_assert_cmpint (entity->label, ==, expected[i].label);
    }
  g_assert_cmpstr (wb_entity_get_type (task, &expected[2]), ==, "ORG");
}

/* ---- pieces ---- */

/* The published rule, fact sheet 6.8: each word is tokenized alone, with a blank in front. */
static gsize
count_pieces (const WbTokenizer *tokenizer, const WbExample *example, const WbWord *word)
{
  g_autofree char *text = g_utf8_substring (example->text, word->start, word->end);
  g_autoptr (WbEncoding) encoding = wb_encoding_new ();
  const WbEncodeOptions options = { 0 };
  g_autoptr (GError) error = NULL;

  wb_tokenizer_encode (tokenizer, text, NULL, &options, encoding, &error);
  g_assert_no_error (error);
  return encoding->n - 2;
}

static void
check_example (const WbTokenizer *tokenizer,
               const WbDataset   *set,
               const WbFeatures  *features,
               gsize              i)
{
  const WbExample *example = &wb_dataset_get_examples (set)[i];
  const WbWord    *words = wb_dataset_get_words (set) + example->first_word;
  const gint32    *tokens, *labels, *token_labels = wb_features_get_token_labels (features, i);
  const gsize      length = wb_features_get_length (features, i);
  gsize            first, next = 1;
  const gsize      n = wb_features_get_words (features, i, &first, &tokens, &labels);

  g_assert_cmpuint (n, ==, example->n_words);
  g_assert_cmpuint (first, ==, example->first_word);
  g_assert_cmpint (token_labels[0], ==, -100);
  for (gsize w = 0; w < n; w++)
    {
      const gsize pieces = count_pieces (tokenizer, example, &words[w]);
      const gsize end = MIN (next + pieces, length - 1);

      g_assert_cmpint (tokens[w], ==, next < end ? (gint32) next : -1);
      g_assert_cmpint (labels[w], ==, 8 - words[w].label); /* through the map */
      for (gsize t = next; t < end; t++)
        g_assert_cmpint (token_labels[t], ==, t == next ? labels[w] : -100);
      next = end;
    }
  g_assert_cmpuint (next, ==, length - 1);
  g_assert_cmpint (token_labels[next], ==, -100);
}

static void
check_set (const WbTokenizer *tokenizer, const WbDataset *set, gsize max_length, gsize most)
{
  static const int       map[] = { 8, 7, 6, 5, 4, 3, 2, 1, 0 };
  const WbFeatureOptions options = { .max_length = max_length, .label_map = map };
  g_autoptr (GError) error = NULL;
  g_autoptr (WbFeatures) features = wb_features_new (set, tokenizer, &options, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (wb_features_get_n_units (features), ==, wb_dataset_get_n_words (set));
  for (gsize i = 0; i < MIN (most, wb_dataset_get_n_examples (set)); i++)
    check_example (tokenizer, set, features, i);
}

/* Words of every example that no piece stands for. */
static guint
count_missing (const WbFeatures *features, const WbDataset *set)
{
  guint missing = 0;

  for (gsize i = 0; i < wb_dataset_get_n_examples (set); i++)
    {
      const gint32 *tokens, *labels;
      gsize         first;
      const gsize   n = wb_features_get_words (features, i, &first, &tokens, &labels);

      for (gsize w = 0; w < n; w++)
        missing += tokens[w] < 0;
    }
  return missing;
}

static guint
count_missing_at (const WbTokenizer *tokenizer, const WbDataset *set, gsize max_length)
{
  const WbFeatureOptions options = { .max_length = max_length };
  g_autoptr (WbFeatures) features = wb_features_new (set, tokenizer, &options, NULL, NULL, NULL);

  return count_missing (features, set);
}

/* Words that are nothing to the tokenizer (a zero-width space, a soft hyphen), of bytes (what the
 * vocabulary has not, whole and beside others of it), of many pieces, and those that are cut off.
 */
static void
test_pieces (void)
{
  static const char text[] =
      "lor B-PER\n\u200b I-PER\npan O\n\n"
      "\u200b O\n🙂🙃 B-ORG\n漢 I-ORG\n字 I-ORG\nlor漢 O\n\u00ad O\n\n"
      "panlorbipipanlorbipipanlorbipipanlor B-LOC\nlor O\n. O\n";
  g_autofree char *folder = g_dir_make_tmp ("wb-entities-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "words.txt", NULL);
  g_auto (GStrv) sentences = wb_test_text_new (300, 5);

  for (int byte_fallback = 0; byte_fallback < 2; byte_fallback++)
    {
      g_autofree char *vocabulary =
          g_build_filename (folder, byte_fallback ? "bytes" : "plain", NULL);
      g_autoptr (WbTokenizer) tokenizer = NULL;
      g_autoptr (WbDataset) set = NULL;
      g_autoptr (GError) error = NULL;
      guint whole;

      g_assert_true (g_file_set_contents (path, text, -1, NULL));
      g_assert_true (wb_tokenizer_train ((const char *const *) sentences, g_strv_length (sentences),
                                         byte_fallback ? 400 : 150, byte_fallback, vocabulary,
                                         &error));
      tokenizer = wb_tokenizer_load (vocabulary, &error);
      g_assert_no_error (error);
      set = wb_dataset_load (wb_task_find ("ner"), path, WB_SPLIT_DEV, WB_DATASET_DEFAULT, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (wb_dataset_get_n_words (set), ==, 12);
      whole = count_missing_at (tokenizer, set, 256);
      g_assert_cmpuint (whole, >, 0);
      g_assert_cmpuint (whole, <, 6);
      g_assert_cmpuint (count_missing_at (tokenizer, set, 8), >, whole);
      check_set (tokenizer, set, 256, 3);
      check_set (tokenizer, set, 8, 3);
    }
  wb_test_folder_free (g_steal_pointer (&folder));
}

static void
test_pieces_real (void)
{
  const char      *shared = g_getenv ("WB_SHARED");
  g_autofree char *path =
      g_build_filename (shared != NULL ? shared : "/nowhere", "data/ner/conll2003/eng.testa", NULL);
  g_autofree char *folder = wb_test_tokenizer_folder_new ();
  g_autoptr (WbTokenizer) tokenizer = NULL;
  g_autoptr (WbDataset) set = NULL;
  g_autoptr (GError) error = NULL;

  if (folder == NULL || !g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("the real files of CoNLL-2003 or the tokenizer are not here (WB_SHARED)");
      return;
    }
  tokenizer = wb_tokenizer_load (folder, &error);
  g_assert_no_error (error);
  set = wb_dataset_load (wb_task_find ("ner"), path, WB_SPLIT_DEV, WB_DATASET_DEFAULT, &error);
  g_assert_no_error (error);
  check_set (tokenizer, set, 256, 1000);
  check_set (tokenizer, set, 12, 1000);
  wb_test_tokenizer_folder_free (g_steal_pointer (&folder));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/entities/seqeval", test_seqeval);
  g_test_add_func ("/app/entities/spans", test_spans);
  g_test_add_func ("/app/entities/pieces", test_pieces);
  g_test_add_func ("/app/entities/pieces-real", test_pieces_real);
  return g_test_run ();
}
