#include "config.h"

#include "engine/core/wb-engine-error.h"
#include "engine/tokenizer/files/wb-tokenizer-export.h"
#include "engine/tokenizer/wb-tokenizer-train.h"
#include "engine/tokenizer/wb-tokenizer.h"
#include "tests/support/wb-test-shared.h"
#include "tests/support/wb-test-text.h"

/* Folders that have only tokenizer.json: one that we wrote, changed here and there. */

static const char *const odd[] = {
  "",
  "  two  spaces\tand\nnewline ",
  "ﬁne ＡＢＣ ½ ™",
  "A\u0302\u0300",
  "日本語 тест",
  "x\u200dy",
  "\ufffd \u2581 \u2581x",
  "\U00100000 é ü",
  "[CLS] [MASK]",
  "<0x41> [UNK]",
  "\u00a0\u3000x",
  "ﷺ",
};

typedef struct
{
  char        *folder;
  char        *json;
  WbTokenizer *spm;
} Fixture;

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

static void /* @data: with byte fallback? */
set_up (Fixture *fixture, gconstpointer data)
{
  g_auto (GStrv) text = wb_test_text_new (300, 1);
  g_autofree char *path = NULL;

  fixture->folder = g_dir_make_tmp ("wb-tokenizer-XXXXXX", NULL);
  g_assert_true (wb_tokenizer_train ((const char *const *) text, 300, 400, data != NULL,
                                     fixture->folder, NULL));
  fixture->spm = wb_tokenizer_load (fixture->folder, NULL);
  g_assert_true (wb_tokenizer_export (fixture->spm, fixture->folder, NULL));
  path = g_build_filename (fixture->folder, "tokenizer.json", NULL);
  g_assert_true (g_file_get_contents (path, &fixture->json, NULL, NULL));
  remove_file (fixture, "spm.model");
  remove_file (fixture, "tokenizer_config.json");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  remove_file (fixture, "tokenizer.json");
  wb_tokenizer_free (fixture->spm);
  g_free (fixture->json);
  wb_test_tokenizer_folder_free (fixture->folder);
}

static WbTokenizer *
load (const Fixture *fixture, const char *json)
{
  g_autoptr (GError) error = NULL;
  WbTokenizer *tokenizer;

  write_file (fixture, "tokenizer.json", json);
  tokenizer = wb_tokenizer_load (fixture->folder, &error);
  g_assert_no_error (error);
  return tokenizer;
}

static void
assert_same (const WbTokenizer *a, const WbTokenizer *b, const char *text)
{
  g_autoptr (WbEncoding) one = wb_encoding_new ();
  g_autoptr (WbEncoding) two = wb_encoding_new ();

  g_assert_true (wb_tokenizer_encode (a, text, text, NULL, one, NULL));
  g_assert_true (wb_tokenizer_encode (b, text, text, NULL, two, NULL));
  g_test_message ("%s", text);
  g_assert_cmpmem (one->ids, one->n * sizeof *one->ids, two->ids, two->n * sizeof *two->ids);
  g_assert_cmpmem (one->type_ids, one->n * 4, two->type_ids, two->n * 4);
  g_assert_cmpmem (one->offsets, one->n * sizeof *one->offsets, two->offsets,
                   two->n * sizeof *two->offsets);
}

static void
assert_all_same (const Fixture *fixture, const WbTokenizer *json)
{
  g_auto (GStrv) text = wb_test_text_new (100, 5);

  g_assert_cmpuint (wb_tokenizer_get_n_ids (json), ==, wb_tokenizer_get_n_ids (fixture->spm));
  for (gsize i = 0; text[i] != NULL; i++)
    assert_same (fixture->spm, json, text[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (odd); i++)
    assert_same (fixture->spm, json, odd[i]);
}

static void
test_same (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WbTokenizer) json = load (fixture, fixture->json);

  assert_all_same (fixture, json);
}

static void /* transformers 4.x loses the flag, not the pieces */
test_lost_flag (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text =
      wb_test_change (fixture->json, "\"byte_fallback\":true", "\"byte_fallback\":false");
  g_autoptr (WbTokenizer) json = load (fixture, text);

  assert_all_same (fixture, json);
  g_assert_nonnull (strstr (wb_tokenizer_get_note (json), "byte fallback"));
  g_assert_null (strstr (wb_tokenizer_get_note (json), "map"));
}

/* (transfer full): the file with these steps in its normalizer */
static char *
with_normalizer (const char *json, const char *steps)
{
  const char      *start = strstr (json, "\"normalizer\"");
  const char      *end = strstr (json, "\"pre_tokenizer\"");
  g_autofree char *head = g_strndup (json, (gsize) (start - json));

  return g_strconcat (head, "\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[", steps,
                      "]},\n", end, NULL);
}

static char * /* as transformers 4.x writes it */
make_4 (const char *json)
{
  const char      *map = strstr (json, "{\"type\":\"Precompiled\"");
  g_autofree char *step = map != NULL ? g_strndup (map, (gsize) (strchr (map, '}') - map)) : NULL;
  g_autofree char *steps = g_strconcat (
      "{\"type\":\"Strip\",\"strip_left\":true,\"strip_right\":true},", step != NULL ? step : "",
      step != NULL ? "}," : "",
      "{\"type\":\"Replace\",\"pattern\":{\"Regex\":\" {2,}\"},\"content\":\" \"}", NULL);

  return with_normalizer (json, steps);
}

static char * /* as transformers 5 writes it */
make_5 (const char *json)
{
  return with_normalizer (
      json, "{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"\\\\s{2,}|[\\\\n\\\\r\\\\t]\"},"
            "\"content\":\" \"},{\"type\":\"NFC\"},"
            "{\"type\":\"Strip\",\"strip_left\":false,\"strip_right\":true}");
}

static void
test_same_4 (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = make_4 (fixture->json);
  g_autoptr (WbTokenizer) json = load (fixture, text);

  assert_all_same (fixture, json);
}

/* The published map comes back.  The library's own, with which the vocabulary was trained, is a
 * newer one: there U+200D is no blank any more. */
static void
test_lost_map (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = make_5 (fixture->json);
  g_autoptr (WbTokenizer) json = load (fixture, text);
  g_autoptr (WbEncoding) joined = wb_encoding_new ();
  g_autoptr (WbEncoding) blank = wb_encoding_new ();

  g_assert_null (strstr (text, "Precompiled"));
  g_assert_nonnull (strstr (wb_tokenizer_get_note (json), "nmt_nfkc"));
  g_assert_null (wb_tokenizer_get_note (fixture->spm));
  for (gsize i = 0; i < G_N_ELEMENTS (odd); i++)
    if (strstr (odd[i], "\u200d") == NULL)
      assert_same (fixture->spm, json, odd[i]);
  g_assert_true (wb_tokenizer_encode (json, "x\u200dy", NULL, NULL, joined, NULL));
  g_assert_true (wb_tokenizer_encode (json, "x y", NULL, NULL, blank, NULL));
  g_assert_cmpmem (joined->ids, joined->n * 4, blank->ids, blank->n * 4);
}

static void
test_config (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lower = wb_test_change (fixture->json, "\"normalizers\":[",
                                           "\"normalizers\":[{\"type\":\"Lowercase\"},");
  g_autofree char *split =
      wb_test_change (lower, "\"pre_tokenizer\":",
                      "\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":"
                      "\"Punctuation\",\"behavior\":\"Isolated\"},");
  g_autofree char *both = wb_test_change (split, ",\n\"decoder\"", "]},\n\"decoder\"");
  g_autoptr (WbTokenizer) json = load (fixture, both);
  g_autoptr (WbEncoding) encoding = wb_encoding_new ();
  g_autofree char *token = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (wb_tokenizer_encode (json, "A,a", NULL, NULL, encoding, NULL));
  token = wb_tokenizer_dup_token (json, encoding->ids[2]);
  g_assert_cmpstr (token, ==, "a");
  g_assert_cmpuint (encoding->n, ==, 8); /* every part with its own blank */
  write_file (fixture, "tokenizer_config.json", "{\"do_lower_case\": false}");
  g_assert_null (wb_tokenizer_load (fixture->folder, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "tokenizer_config.json says do_lower_case is false, "
                                            "tokenizer.json says true"));
}

static void
test_added (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text =
      wb_test_change (fixture->json, "\"added_tokens\":[",
                      "\"added_tokens\":[{\"id\":450,\"content\":\"<E>\",\"single_word\":false,"
                      "\"lstrip\":false,\"rstrip\":false,\"normalized\":true,\"special\":false},");
  g_autoptr (WbTokenizer) json = load (fixture, text);
  g_autoptr (WbEncoding) encoding = wb_encoding_new ();

  g_assert_true (wb_tokenizer_encode (json, "a <E>b", NULL, NULL, encoding, NULL));
  g_assert_cmpint (encoding->ids[3], ==, 450);
  g_assert_cmpuint (encoding->offsets[3].start, ==, 2);
  g_assert_cmpuint (encoding->offsets[3].end, ==, 5);
}

/* What we cannot reproduce, by its place and value. */

typedef struct
{
  const char   *from;
  const char   *to;
  WbEngineError code;
  const char   *part;
} Refusal;

#define PART(kind, id, type) "{\"" kind "\":{\"id\":\"" id "\",\"type_id\":" type "}}"
#define ODD_SINGLE PART ("SpecialToken", "$Z", "0") "," PART ("Sequence", "A:0 ", "0")
#define ODD_PAIR                                                                                   \
  PART ("Sequence", "Z", "0")                                                                      \
  "," PART ("Sequence", "A:0 ", "0") "," PART ("Sequence", "B:1 ", "1")

static const Refusal refusals[] = {
  { "\"type\":\"Unigram\"", "\"type\":\"WordPiece\"", WB_ENGINE_ERROR_UNSUPPORTED,
    "model.type is \"WordPiece\"" },
  { "\"unk_id\":3", "\"unk_id\":null", WB_ENGINE_ERROR_INVALID, "model.unk_id" },
  { "\"unk_id\":3", "\"unk_id\":400000", WB_ENGINE_ERROR_INVALID, "model.unk_id" },
  { "\"unk_id\":3", "\"unk_id\":5", WB_ENGINE_ERROR_INVALID, "" },
  { "[\"[PAD]\",0]", "[\"[PAD]\"]", WB_ENGINE_ERROR_INVALID, "model.vocab[0]" },
  { "[\"[PAD]\",0]", "[\"[PAD]\",0,1]", WB_ENGINE_ERROR_INVALID, "model.vocab[0]" },
  { "[\"[PAD]\",0]", "[\"\",0]", WB_ENGINE_ERROR_INVALID, "piece 0" },
  { "[\"[PAD]\",0]", "[\"[CLS]\",0]", WB_ENGINE_ERROR_INVALID, "there twice" },
  { "[\"[PAD]\",0]", "[\"[PAD]\",1e300]", WB_ENGINE_ERROR_INVALID, "piece 0: its score" },
  { "\"vocab\":", "\"merges\":[],\"words\":", WB_ENGINE_ERROR_INVALID, "model.vocab is missing" },
  { "\"model\":", "\"modell\":", WB_ENGINE_ERROR_INVALID, "model is missing" },
  { "\"version\":\"1.0\"", "\"model\":5", WB_ENGINE_ERROR_INVALID, "model must be an object" },
  { "\"version\":\"1.0\"", "\"normalizer\":5", WB_ENGINE_ERROR_INVALID,
    "normalizer is there twice" },
  { "{\"type\":\"Strip\"", "{\"type\":\"NFKC\"},{\"type\":\"Strip\"", WB_ENGINE_ERROR_UNSUPPORTED,
    "normalizer.normalizers[0] is \"NFKC\"" },
  { "{\"type\":\"Strip\"",
    "{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"Nmt\"}]},{\"type\":"
    "\"Strip\"",
    WB_ENGINE_ERROR_UNSUPPORTED, "normalizer.normalizers[0].normalizers[0] is \"Nmt\"" },
  { "\" {2,}\"", "\" {3,}\"", WB_ENGINE_ERROR_UNSUPPORTED, "].pattern is {\"Regex\":\" {3,}\"}" },
  { "},\"content\":\" \"}", "},\"content\":\"_\"}", WB_ENGINE_ERROR_UNSUPPORTED,
    "].content is \"_\"" },
  { "\"strip_right\":true", "\"strip_right\":false", WB_ENGINE_ERROR_UNSUPPORTED,
    "normalizer.normalizers[0].strip_right is false" },
  { "{\"type\":\"Strip\"",
    "{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"\"},{\"type\":\"Strip\"",
    WB_ENGINE_ERROR_UNSUPPORTED,
    "normalizer.normalizers[2] is \"Precompiled\": it is there twice" },
  /* another order gives other ids: the map makes blanks of what no run was of */
  { "{\"type\":\"Strip\"",
    "{\"type\":\"Replace\",\"pattern\":{\"Regex\":\" {2,}\"},\"content\":\" \"},"
    "{\"type\":\"Strip\"",
    WB_ENGINE_ERROR_UNSUPPORTED, "it is there twice" },
  { "{\"type\":\"Strip\",\"strip_left\":true,\"strip_right\":true},", "",
    WB_ENGINE_ERROR_UNSUPPORTED, "normalizer is not one that transformers writes" },
  { "\"prepend_scheme\":\"always\"", "\"prepend_scheme\":\"first\"", WB_ENGINE_ERROR_UNSUPPORTED,
    "pre_tokenizer.prepend_scheme is \"first\"" },
  { "\"replacement\":\"▁\"", "\"replacement\":\"_\"", WB_ENGINE_ERROR_UNSUPPORTED,
    "pre_tokenizer.replacement is \"_\"" },
  { "\"pre_tokenizer\":{\"type\":\"Metaspace\"", "\"pre_tokenizer\":{\"type\":\"Whitespace\"",
    WB_ENGINE_ERROR_UNSUPPORTED, "pre_tokenizer is \"Whitespace\"" },
  { "\"truncation\":null", "\"truncation\":{\"direction\":\"Left\"}", WB_ENGINE_ERROR_UNSUPPORTED,
    "truncation.direction is \"Left\"" },
  { "\"pair\":[{\"SpecialToken\":{\"id\":\"[CLS]\",\"type_id\":0}},", "\"pair\":[",
    WB_ENGINE_ERROR_UNSUPPORTED, "post_processor.pair is \"$A:0" },
  /* a token called $A, and a text whose name brings what stands behind it */
  { "\"single\":[", "\"single\":[" ODD_SINGLE "],\"pair\":[" ODD_PAIR "],\"old\":[",
    WB_ENGINE_ERROR_INVALID, "post_processor is not what" },
  { "\"single\":[", "\"single\":[{\"SpecialToken\":{\"id\":\"$A\",\"type_id\":0}}],\"old\":[",
    WB_ENGINE_ERROR_UNSUPPORTED, "post_processor.single is \"$A:0\"" },
  { "\"single\":[", "\"single\":[],\"old\":[", WB_ENGINE_ERROR_UNSUPPORTED,
    "post_processor.single is \"\"" },
  { "\"type\":\"TemplateProcessing\"", "\"type\":\"ByteLevel\"", WB_ENGINE_ERROR_UNSUPPORTED,
    "post_processor is ByteLevel" },
  { "\"ids\":[1]", "\"ids\":[2]", WB_ENGINE_ERROR_INVALID,
    "tokenizer.json gives \"[CLS]\" the id 1" },
  { "{\"id\":0,\"content\":\"[PAD]\"", "{\"id\":7,\"content\":\"[PAD]\"", WB_ENGINE_ERROR_INVALID,
    "[PAD]" },
  { "\"content\":\"[PAD]\"", "\"content\":5", WB_ENGINE_ERROR_INVALID, "added_tokens" },
};

static void
test_refuses (Fixture *fixture, gconstpointer data)
{
  g_autofree char *base = make_4 (fixture->json);

  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      const Refusal   *refusal = &refusals[i];
      g_autofree char *text = wb_test_change (base, refusal->from, refusal->to);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", refusal->to);
      write_file (fixture, "tokenizer.json", text);
      g_assert_null (wb_tokenizer_load (fixture->folder, &error));
      g_assert_error (error, WB_ENGINE_ERROR, (gint) refusal->code);
      g_assert_nonnull (strstr (error->message, "tokenizer.json"));
      if (strstr (error->message, refusal->part) == NULL)
        g_error ("“%s” does not say “%s”", error->message, refusal->part);
    }
}

/* The steps of transformers 4 in another order: the map makes blanks, of which no run is folded. */
static void
test_order (Fixture *fixture, gconstpointer data)
{
  static const char runs[] =
      ",{\"type\":\"Replace\",\"pattern\":{\"Regex\":\" {2,}\"},\"content\":\" \"}";
  static const char strip[] = "{\"type\":\"Strip\",\"strip_left\":true,\"strip_right\":true},";
  g_autofree char  *base = make_4 (fixture->json);
  g_autofree char  *without = wb_test_change (base, runs, "");
  g_autofree char  *first = g_strconcat (runs + 1, ",", strip, NULL);
  g_autofree char  *text = wb_test_change (without, strip, first);
  g_autoptr (GError) error = NULL;

  write_file (fixture, "tokenizer.json", text);
  g_assert_null (wb_tokenizer_load (fixture->folder, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "in this order"));
}

/* Members that nobody reads are passed over, however large; those that are read are small. */
static void
test_large_members (Fixture *fixture, gconstpointer data)
{
  static const char *const read[] = { "added_tokens", "truncation" };
  g_autoptr (GString) list = g_string_new ("0");
  g_autofree char *passed = NULL;
  g_autofree char *text = NULL;
  g_autoptr (WbTokenizer) json = NULL;

  while (list->len < 5 << 20)
    g_string_append (list, ",[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[]");
  passed = g_strconcat ("{\"junk\":[", list->str, "],", NULL);
  text = wb_test_change (fixture->json, "{", passed);
  json = load (fixture, text);
  assert_same (fixture->spm, json, "toka");
  for (gsize i = 0; i < G_N_ELEMENTS (read); i++)
    {
      g_autofree char *member = g_strconcat ("{\"", read[i], "\":[", list->str, "],", NULL);
      g_autofree char *large = wb_test_change (fixture->json, "{", member);
      g_autoptr (GError) error = NULL;

      write_file (fixture, "tokenizer.json", large);
      g_assert_null (wb_tokenizer_load (fixture->folder, &error));
      g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, "4194304 are possible"));
    }
}

/* What was loaded is saved whole: a token that only tokenizer.json has is among it. */
static void
assert_saved (const WbTokenizer *tokenizer)
{
  char            *folder = g_dir_make_tmp ("wb-tokenizer-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "tokenizer.json", NULL);
  g_autoptr (WbTokenizer) again = NULL;
  g_autoptr (GError) error = NULL;

  wb_tokenizer_save (tokenizer, folder, &error);
  g_assert_no_error (error);
  again = wb_tokenizer_load (folder, &error);
  g_assert_no_error (error);
  g_assert_cmpint (wb_tokenizer_get_id (again, "<E>"), ==, 470);
  assert_same (tokenizer, again, "a <E>b toka");
  g_unlink (path);
  wb_test_tokenizer_folder_free (folder);
}

/* Beside spm.model it must say the same; its added tokens count. */
static void
test_beside (Fixture *fixture, gconstpointer data)
{
  static const char *const changes[][3] = {
    { "\n[\"[PAD]\",0]", "\n[\"[PAT]\",0]",
      "has \"[PAT]\" at id 0, spm.model has \"[PAD]\" there" },
    { "\n[\"[PAD]\",0],", "", "at id 0, spm.model has" },
    { "\"type\":\"Unigram\"", "\"type\":\"BPE\"", "is another kind than that of spm.model" },
    { "\"version\"", "version", "line 1, column 2" },
  };
  g_autofree char *extra =
      wb_test_change (fixture->json, "\"added_tokens\":[",
                      "\"added_tokens\":[{\"id\":470,\"content\":\"<E>\",\"special\":true},");
  g_autoptr (WbTokenizer) json = NULL;
  g_auto (GStrv) names = NULL;

  g_assert_true (wb_tokenizer_save (fixture->spm, fixture->folder, NULL)); /* spm.model is back */
  json = load (fixture, extra);
  g_assert_cmpint (wb_tokenizer_get_id (json, "<E>"), ==, 470);
  assert_saved (json);
  names = wb_tokenizer_find_files (fixture->folder);
  g_assert_true (g_strv_contains ((const char *const *) names, "tokenizer.json"));
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autofree char *text = wb_test_change (fixture->json, changes[i][0], changes[i][1]);
      g_autoptr (GError) error = NULL;
      write_file (fixture, "tokenizer.json", text);
      g_assert_null (wb_tokenizer_load (fixture->folder, &error));
      g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
      if (strstr (error->message, changes[i][2]) == NULL)
        g_error ("“%s” does not say “%s”", error->message, changes[i][2]);
    }
}

static void /* fewer pieces than spm.model */
test_beside_short (Fixture *fixture, gconstpointer data)
{
  const char      *last = g_strrstr (fixture->json, ",\n[");
  g_autofree char *head = g_strndup (fixture->json, (gsize) (last - fixture->json));
  g_autofree char *text = g_strconcat (head, "\n]}}\n", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (wb_tokenizer_save (fixture->spm, fixture->folder, NULL));
  write_file (fixture, "tokenizer.json", text);
  g_assert_null (wb_tokenizer_load (fixture->folder, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "pieces, spm.model has"));
}

static void /* whatever is cut off or changed: a message, or a tokenizer that works */
test_damage (Fixture *fixture, gconstpointer data)
{
  const gsize length = strlen (fixture->json);
  GRand      *rand = g_rand_new_with_seed (3);

  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *text = g_strdup (fixture->json);
      g_autoptr (GError) error = NULL;
      g_autoptr (WbTokenizer) tokenizer = NULL;
      g_autoptr (WbEncoding) encoding = wb_encoding_new ();
      const gsize reach = i % 3 == 0 ? length : 3000; /* the head has the pipeline */

      if (i % 5 == 0)
        text[g_rand_int_range (rand, 0, (gint32) reach)] = '\0';
      else
        text[g_rand_int_range (rand, 0, (gint32) reach)] = "\"[]{}:,0x-9 "[i % 12];
      write_file (fixture, "tokenizer.json", text);
      tokenizer = wb_tokenizer_load (fixture->folder, &error);
      g_assert_true (tokenizer != NULL ? error == NULL : error->domain == WB_ENGINE_ERROR);
      for (gsize k = 0; tokenizer != NULL && k < G_N_ELEMENTS (odd); k++)
        g_assert_true (wb_tokenizer_encode (tokenizer, odd[k], NULL, NULL, encoding, NULL));
    }
  g_rand_free (rand);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, bytes, function)                                                                 \
  g_test_add ("/engine/tokenizer-json/" name, Fixture, bytes, set_up, function, tear_down)
  ADD ("same/plain", NULL, test_same);
  ADD ("same/bytes", "", test_same);
  ADD ("same-4/plain", NULL, test_same_4);
  ADD ("same-4/bytes", "", test_same_4);
  ADD ("lost-flag", "", test_lost_flag);
  ADD ("lost-map", "", test_lost_map);
  ADD ("config", "", test_config);
  ADD ("added", NULL, test_added);
  ADD ("refuses", "", test_refuses);
  ADD ("order", "", test_order);
  ADD ("large-members", NULL, test_large_members);
  ADD ("beside", "", test_beside);
  ADD ("beside-short", NULL, test_beside_short);
  ADD ("damage", "", test_damage);
  return g_test_run ();
}
