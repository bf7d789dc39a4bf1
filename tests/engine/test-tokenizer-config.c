#include "config.h"

#include <pthread.h>

#include "engine/core/wb-engine-error.h"
#include "engine/tokenizer/wb-tokenizer-train.h"
#include "engine/tokenizer/wb-tokenizer.h"
#include "tests/support/wb-test-shared.h"
#include "tests/support/wb-test-text.h"

/* What the files beside spm.model say, on a small vocabulary of our own. */

typedef struct
{
  char       *folder;
  WbEncoding *encoding;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_auto (GStrv) text = wb_test_text_new (300, 1);

  fixture->folder = g_dir_make_tmp ("wb-tokenizer-XXXXXX", NULL);
  g_assert_true (
      wb_tokenizer_train ((const char *const *) text, 300, 400, TRUE, fixture->folder, NULL));
  fixture->encoding = wb_encoding_new ();
}

static void
write_file (const Fixture *fixture, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
remove_file (const Fixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

  g_unlink (path);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  remove_file (fixture, "added_tokens.json");
  remove_file (fixture, "special_tokens_map.json");
  wb_test_tokenizer_folder_free (fixture->folder);
  wb_encoding_free (fixture->encoding);
}

static WbTokenizer *
load (const Fixture *fixture, const char *config)
{
  g_autoptr (GError) error = NULL;
  WbTokenizer *tokenizer;

  write_file (fixture, "tokenizer_config.json", config);
  tokenizer = wb_tokenizer_load (fixture->folder, &error);
  g_assert_no_error (error);
  return tokenizer;
}

static void
assert_refused (const Fixture *fixture, const char *config, WbEngineError code, const char *part)
{
  g_autoptr (GError) error = NULL;

  write_file (fixture, "tokenizer_config.json", config);
  g_assert_null (wb_tokenizer_load (fixture->folder, &error));
  g_assert_error (error, WB_ENGINE_ERROR, (gint) code);
  if (strstr (error->message, part) == NULL)
    g_error ("“%s” does not say “%s”", error->message, part);
}

static char * /* "▁to@0-2 ka@2-4": pieces and places without the special tokens */
describe (const Fixture *fixture, const WbTokenizer *tokenizer, const char *text)
{
  GString *out = g_string_new (NULL);

  g_assert_true (wb_tokenizer_encode (tokenizer, text, NULL, NULL, fixture->encoding, NULL));
  for (gsize i = 1; i + 1 < fixture->encoding->n; i++)
    {
      g_autofree char *token = wb_tokenizer_dup_token (tokenizer, fixture->encoding->ids[i]);
      const WbOffset   offset = fixture->encoding->offsets[i];
      g_string_append_printf (out, "%s%s@%u-%u", i > 1 ? " " : "", token, offset.start, offset.end);
    }
  return g_string_free (out, FALSE);
}

static void
test_lower_case (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WbTokenizer) plain = load (fixture, "{}");
  g_autoptr (WbTokenizer) lower = load (fixture, "{\"do_lower_case\": true}");
  g_autofree char *want = describe (fixture, plain, "toka sela é");
  g_autofree char *got = describe (fixture, lower, "TOKA Sela É");
  g_autofree char *dotted = describe (fixture, lower, "İ x");

  g_assert_cmpstr (got, ==, want);
  /* one character became i and a dot above; the dot's two bytes and the i share its place */
  g_assert_true (g_str_has_suffix (dotted, "<0xCC>@0-1 <0x87>@0-1 ▁@1-2 x@2-3") ||
                 strstr (dotted, "<0xCC>@0-1 <0x87>@0-1 ") != NULL);
}

/* Further special tokens get ids in their order; more than there are ids for are refused, and many
 * take no longer than their number. */
static void
test_many_extras (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) names = g_string_new ("{\"additional_special_tokens\": [\"<0>\"");
  g_autoptr (WbTokenizer) tokenizer = NULL;
  gsize n = 1;

  for (; n < 50000; n++)
    g_string_append_printf (names, ",\"<%zu>\",\"<0>\"", n);
  g_string_append (names, "]}");
  tokenizer = load (fixture, names->str);
  g_assert_cmpint (wb_tokenizer_get_id (tokenizer, "<49999>"), ==,
                   wb_tokenizer_get_id (tokenizer, "<0>") + 49999);
  g_assert_cmpuint (wb_tokenizer_get_n_ids (tokenizer), ==,
                    (gsize) wb_tokenizer_get_id (tokenizer, "<49999>") + 1);
  g_string_truncate (names, names->len - 2);
  for (; n < 100001; n++)
    g_string_append_printf (names, ",\"<%zu>\"", n);
  g_string_append (names, "]}");
  assert_refused (fixture, names->str, WB_ENGINE_ERROR_INVALID,
                  "tokenizer_config.json names more than 100000 special tokens");
}

static void
test_split_by_punct (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WbTokenizer) plain = load (fixture, "{}");
  g_autoptr (WbTokenizer) split = load (fixture, "{\"split_by_punct\": true}");
  g_autofree char *word = describe (fixture, plain, "a");
  g_autofree char *got = describe (fixture, split, "a,a€a“");
  g_autofree char *lone = describe (fixture, split, ",");

  g_assert_cmpstr (word, ==, "▁@0-0 a@0-1");
  /* ASCII and category P are cut, a symbol (€) is not; every part begins with its own blank */
  g_assert_true (g_str_has_prefix (got, "▁@0-0 a@0-1 ▁@1-1 ,@1-2 ▁@2-2 a@2-3 <0xE2>@3-4"));
  g_assert_nonnull (strstr (got, " a@4-5 ▁@5-5 <0xE2>@5-6"));
  g_assert_cmpstr (lone, ==, "▁@0-0 ,@0-1");
}

static void
test_added (Fixture *fixture, gconstpointer data)
{
  const char *decoder = "{\"added_tokens_decoder\": {\"0\": {\"content\": \"[PAD]\"}, "
                        "\"450\": {\"content\": \"[MASK]\", \"special\": true}}}";
  g_autoptr (WbTokenizer) plain = load (fixture, "{}");
  g_autoptr (WbTokenizer) moved = load (fixture, decoder);
  g_autofree char *name = wb_tokenizer_dup_token (moved, 450);
  g_autofree char *none = wb_tokenizer_dup_token (moved, 449);

  g_assert_cmpint (wb_tokenizer_get_id (moved, "[MASK]"), ==, 450);
  g_assert_cmpuint (wb_tokenizer_get_n_ids (moved), ==, 451);
  g_assert_cmpstr (name, ==, "[MASK]");
  g_assert_null (none);
  g_assert_cmpuint (wb_tokenizer_get_n_ids (plain), <, 450);
}

static void
test_added_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WbTokenizer) tokenizer = NULL;

  write_file (fixture, "added_tokens.json", "{\"[MASK]\": 470}");
  tokenizer = load (fixture, "{}");
  g_assert_cmpint (wb_tokenizer_get_id (tokenizer, "[MASK]"), ==, 470);
  write_file (fixture, "added_tokens.json", "{\"[MASK]\": \"470\"}");
  assert_refused (fixture, "{}", WB_ENGINE_ERROR_INVALID, "added_tokens.json: [MASK]");
}

static void /* other names for the special tokens: those that the file lacks come after the end */
test_names (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WbTokenizer) plain = load (fixture, "{}");
  const gsize n = wb_tokenizer_get_n_ids (plain);
  g_autoptr (WbTokenizer) other = NULL;

  write_file (fixture, "special_tokens_map.json", "{\"cls_token\": {\"content\": \"<s>\"}}");
  other = load (fixture, "{\"sep_token\": \"</s>\"}");
  g_assert_cmpuint (wb_tokenizer_get_n_ids (other), ==, n + 2);
  g_assert_cmpint (wb_tokenizer_get_id (other, "[MASK]"), ==, (gint32) n - 1);
  g_assert_cmpint (wb_tokenizer_get_id (other, "</s>"), ==, (gint32) n);
  g_assert_cmpint (wb_tokenizer_get_id (other, "<s>"), ==, (gint32) n + 1);
  g_assert_true (wb_tokenizer_encode (other, "a", NULL, NULL, fixture->encoding, NULL));
  g_assert_cmpint (fixture->encoding->ids[0], ==, (gint32) n + 1);
  g_assert_cmpint (fixture->encoding->ids[fixture->encoding->n - 1], ==, (gint32) n);
}

/* Tokens beside the vocabulary are taken where a text has them, before anything else: whatever
 * their case when it is lower-cased, unless they are special; the five never. */
static void
test_added_in_text (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WbTokenizer) tokenizer =
      load (fixture, "{\"do_lower_case\": true, \"added_tokens_decoder\": {"
                     "\"450\": {\"content\": \"<E>\"}, \"451\": {\"content\": \"<E>é\"}, "
                     "\"452\": {\"content\": \"ab\", \"single_word\": true}, "
                     "\"453\": {\"content\": \"<L>\", \"lstrip\": true}, "
                     "\"454\": {\"content\": \"<R>\", \"rstrip\": true}, "
                     "\"456\": {\"content\": \"<S>\", \"special\": true}, "
                     "\"455\": {\"content\": \"[MASK]\", \"special\": true}}}");
  static const char *const cases[][2] = {
    { "<E>", "<E>@0-3" },
    { "a<E>a <E>éa", "▁@0-0 a@0-1 <E>@1-4 ▁@4-4 a@4-5 <E>é@6-10 ▁@10-10 a@10-11" },
    { "<E><E>a", "<E>@0-3 <E>@3-6 ▁@6-6 a@6-7" },
    { "a<e>É", "▁@0-0 a@0-1 <E>é@1-5" },
    { "<s>", "▁@0-0 <0x3C>@0-1 s@1-2 <0x3E>@2-3" },
    { "<S>", "<S>@0-3" },
    { "ab a", "ab@0-2 ▁@3-3 a@3-4" },
    { "é ab", "▁@0-0 é@0-1 ab@2-4" },
    { "aab", "▁@0-0 a@0-1 a@1-2 b@2-3" },
    { "a  <L> a", "▁@0-0 a@0-1 <L>@1-6 ▁@7-7 a@7-8" },
    { "a  <R> \u3000a", "▁@0-0 a@0-1 <R>@3-8 ▁@8-8 a@8-9" },
    { "a[MASK]", "▁@0-0 a@0-1 <0x5B>@1-2 m@2-3 a@3-4 s@4-5 k@5-6 <0x5D>@6-7" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *got = describe (fixture, tokenizer, cases[i][0]);
      g_assert_cmpstr (got, ==, cases[i][1]);
    }
  g_assert_cmpuint (wb_tokenizer_get_n_ids (tokenizer), ==, 457);
}

static void /* special tokens beyond the five that no file gives an id follow the last one */
test_extra (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WbTokenizer) plain = load (fixture, "{}");
  g_autoptr (WbTokenizer) extra =
      load (fixture, "{\"bos_token\": \"[CLS]\", \"eos_token\": \"<end>\", "
                     "\"additional_special_tokens\": [\"<X>\", {\"content\": \"<Y>\"}]}");
  const gint32     n = (gint32) wb_tokenizer_get_n_ids (plain);
  g_autofree char *got = describe (fixture, extra, "a<Y>");

  g_assert_cmpint (wb_tokenizer_get_id (extra, "<end>"), ==, n);
  g_assert_cmpint (wb_tokenizer_get_id (extra, "<X>"), ==, n + 1);
  g_assert_cmpint (wb_tokenizer_get_id (extra, "<Y>"), ==, n + 2);
  g_assert_cmpuint (wb_tokenizer_get_n_ids (extra), ==, (gsize) n + 3);
  g_assert_cmpstr (got, ==, "▁@0-0 a@0-1 <Y>@1-4");
}

static void /* what no file gives an id takes the first one free, wherever the others are */
test_free_ids (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WbTokenizer) plain = load (fixture, "{}");
  const gint32     mask = wb_tokenizer_get_id (plain, "[MASK]");
  g_autofree char *config =
      g_strdup_printf ("{\"added_tokens_decoder\": {\"%d\": {\"content\": \"<E>\"}, "
                       "\"%d\": {\"content\": \"<F>\"}}, \"additional_special_tokens\": [\"<X>\"]}",
                       mask + 1, mask + 3);
  g_autoptr (WbTokenizer) tokenizer = load (fixture, config);

  g_assert_cmpint (wb_tokenizer_get_id (tokenizer, "[MASK]"), ==, mask);
  g_assert_cmpint (wb_tokenizer_get_id (tokenizer, "<X>"), ==, mask + 2);
  g_assert_cmpuint (wb_tokenizer_get_n_ids (tokenizer), ==, (gsize) mask + 4);
}

/* Two files that disagree: both are named. */
static void
test_contradictions (Fixture *fixture, gconstpointer data)
{
  write_file (fixture, "special_tokens_map.json", "{\"cls_token\": \"<s>\"}");
  assert_refused (fixture, "{\"cls_token\": \"[CLS]\"}", WB_ENGINE_ERROR_INVALID,
                  "special_tokens_map.json says cls_token is \"<s>\", tokenizer_config.json says "
                  "\"[CLS]\"");
  remove_file (fixture, "special_tokens_map.json");
  write_file (fixture, "added_tokens.json", "{\"<E>\": 470}");
  assert_refused (fixture, "{\"added_tokens_decoder\": {\"471\": {\"content\": \"<E>\"}}}",
                  WB_ENGINE_ERROR_INVALID,
                  "tokenizer_config.json gives \"<E>\" the id 471, added_tokens.json gives it 470");
  assert_refused (
      fixture, "{\"added_tokens_decoder\": {\"470\": {\"content\": \"<F>\"}}}",
      WB_ENGINE_ERROR_INVALID,
      "tokenizer_config.json gives the id 470 to \"<F>\", added_tokens.json gives it to "
      "\"<E>\"");
  write_file (fixture, "added_tokens.json", "{\"<E>\": 0}");
  assert_refused (fixture, "{}", WB_ENGINE_ERROR_INVALID,
                  "spm.model: has \"[PAD]\" where added_tokens.json puts \"<E>\"");
  write_file (fixture, "added_tokens.json", "{\"[SEP]\": 470}");
  assert_refused (fixture, "{}", WB_ENGINE_ERROR_INVALID,
                  "spm.model: has at id 2 what added_tokens.json puts at another place");
}

static void
test_refuses (Fixture *fixture, gconstpointer data)
{
  assert_refused (fixture, "{\"vocab_type\": \"gpt2\"}", WB_ENGINE_ERROR_UNSUPPORTED,
                  "vocab_type: \"gpt2\"");
  assert_refused (fixture, "{\"tokenizer_class\": \"BertTokenizer\"}", WB_ENGINE_ERROR_UNSUPPORTED,
                  "BertTokenizer");
  assert_refused (fixture, "{\"truncation_side\": \"left\"}", WB_ENGINE_ERROR_UNSUPPORTED,
                  "truncation_side");
  assert_refused (fixture, "{\"sp_model_kwargs\": {\"enable_sampling\": true}}",
                  WB_ENGINE_ERROR_UNSUPPORTED, "sp_model_kwargs");
  assert_refused (fixture, "{\"do_lower_case\": \"yes\"}", WB_ENGINE_ERROR_INVALID,
                  "do_lower_case: must be true or false");
  assert_refused (fixture, "{\"cls_token\": 5}", WB_ENGINE_ERROR_INVALID, "cls_token");
  assert_refused (fixture, "[]", WB_ENGINE_ERROR_INVALID, "must hold an object");
  assert_refused (fixture, "{", WB_ENGINE_ERROR_INVALID, "tokenizer_config.json");
  assert_refused (fixture, "{\"add_prefix_space\": false}", WB_ENGINE_ERROR_UNSUPPORTED,
                  "add_prefix_space");
  assert_refused (fixture, "{\"additional_special_tokens\": [5]}", WB_ENGINE_ERROR_INVALID,
                  "additional_special_tokens");
  assert_refused (fixture, "{\"added_tokens_decoder\": {\"5\": {\"content\": \"[MASK]\"}}}",
                  WB_ENGINE_ERROR_INVALID, "[MASK]");
  assert_refused (fixture, "{\"added_tokens_decoder\": {\"x\": {\"content\": \"[MASK]\"}}}",
                  WB_ENGINE_ERROR_INVALID, "added_tokens_decoder");
  assert_refused (fixture, "{\"added_tokens_decoder\": {\"900000000\": {\"content\": \"[MASK]\"}}}",
                  WB_ENGINE_ERROR_INVALID, "[MASK]");
}

static void
test_missing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  remove_file (fixture, "spm.model");
  g_assert_null (wb_tokenizer_load (fixture->folder, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_MISSING);
  g_assert_nonnull (strstr (error->message, "spm.model"));
}

/* Several threads, one tokenizer: as alone. */

/* Blanks and control characters that are dropped belong to what stands before them, and the bytes
 * of one character share its place. */
static void
test_places (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WbTokenizer) tokenizer = load (fixture, "{}");
  g_autofree char *blanks = describe (fixture, tokenizer, " a  日 ");
  g_autofree char *control = describe (fixture, tokenizer, "日\x01\x02 a");

  g_assert_cmpstr (blanks, ==, "▁@1-1 a@1-2 ▁@2-4 <0xE6>@4-5 <0x97>@4-5 <0xA5>@4-5");
  g_assert_cmpstr (control, ==, "▁@0-0 <0xE6>@0-3 <0x97>@0-3 <0xA5>@0-3 ▁@3-4 a@4-5");
}

typedef struct
{
  const WbTokenizer *tokenizer;
  char             **text;
  gsize              n_ids;
} Work;

static gpointer
count_ids (gpointer data)
{
  Work *work = data;
  g_autoptr (WbEncoding) encoding = wb_encoding_new ();

  for (gsize i = 0; work->text[i] != NULL; i++)
    {
      g_assert_true (
          wb_tokenizer_encode (work->tokenizer, work->text[i], NULL, NULL, encoding, NULL));
      for (gsize k = 0; k < encoding->n; k++)
        work->n_ids += (gsize) encoding->ids[k] * (k + 1);
    }
  return NULL;
}

static void
test_threads (Fixture *fixture, gconstpointer data)
{
  g_auto (GStrv) text = wb_test_text_new (300, 7);
  g_autoptr (WbTokenizer) tokenizer = load (fixture, "{\"do_lower_case\": true}");
  Work      works[3] = { { tokenizer, text, 0 }, { tokenizer, text, 0 }, { tokenizer, text, 0 } };
  pthread_t threads[2];

  for (gsize i = 0; i < 2; i++)
    g_assert_cmpint (pthread_create (&threads[i], NULL, count_ids, &works[i]), ==, 0);
  for (gsize i = 0; i < 2; i++)
    pthread_join (threads[i], NULL);
  count_ids (&works[2]);
  g_assert_cmpuint (works[0].n_ids, ==, works[2].n_ids);
  g_assert_cmpuint (works[1].n_ids, ==, works[2].n_ids);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add ("/engine/tokenizer-config/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("lower-case", test_lower_case);
  ADD ("split-by-punct", test_split_by_punct);
  ADD ("many-extras", test_many_extras);
  ADD ("added", test_added);
  ADD ("added-file", test_added_file);
  ADD ("names", test_names);
  ADD ("added-in-text", test_added_in_text);
  ADD ("extra", test_extra);
  ADD ("free-ids", test_free_ids);
  ADD ("contradictions", test_contradictions);
  ADD ("refuses", test_refuses);
  ADD ("missing", test_missing);
  ADD ("places", test_places);
  ADD ("threads", test_threads);
  return g_test_run ();
}
