#include "config.h"

#include "engine/core/wb-engine-error.h"
#include "engine/tokenizer/wb-tokenizer-private.h"
#include "tests/support/wb-test-shared.h"

/* DeBERTa-v3's own file: the vectors of the fact sheet, 8.4 and 8.7.  Skipped where WB_SHARED has
 * no spm.model. */

typedef struct
{
  char        *folder;
  WbTokenizer *tokenizer;
  WbEncoding  *encoding;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = wb_test_tokenizer_folder_new ();
  if (fixture->folder == NULL)
    return;
  fixture->tokenizer = wb_tokenizer_load (fixture->folder, &error);
  g_assert_no_error (error);
  fixture->encoding = wb_encoding_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  wb_encoding_free (fixture->encoding);
  wb_tokenizer_free (fixture->tokenizer);
  g_clear_pointer (&fixture->folder, wb_test_tokenizer_folder_free);
}

static gboolean
skip (const Fixture *fixture)
{
  if (fixture->tokenizer == NULL)
    g_test_skip ("WB_SHARED has no data/tokenizers/deberta-v3/spm.model");
  return fixture->tokenizer == NULL;
}

typedef struct
{
  const char *text;
  gint32      ids[24]; /* ends with 0 */
} Vector;

static const Vector vectors[] = {
  { "this is the first sentence", { 291, 269, 262, 362, 4378 } },
  { "blah blah blah", { 19325, 19325, 19325 } },
  { "second", { 567 } },
  { "sunny day today", { 7913, 406, 561 } },
  { "Hello world!", { 5365, 447, 300 } },
  { "I was born in 92000, and this is falsé.",
    { 273, 284, 1338, 267, 8972, 528, 261, 263, 291, 269, 45428, 268, 5858, 260 } },
  { "Hello, y'all! How are you 😁 ?",
    { 5365, 261, 2982, 280, 3068, 300, 577, 281, 274, 507, 122874, 1102 } },
  { "The quick brown fox jumps over the lazy dog.",
    { 279, 1538, 3258, 16123, 14929, 360, 262, 9118, 1560, 260 } },
  { "DeBERTa: Decoding-enhanced BERT with Disentangled Attention",
    { 2060, 67943, 452, 294, 115865, 271, 43150, 736, 40613, 275, 9424, 10645, 68446, 21464 } },
  { "don't re-enter: (a,b)", { 418, 280, 297, 961, 271, 21857, 294, 287, 452, 261, 1285, 285 } },
  { "12345 3.14 1e-5", { 621, 28317, 404, 260, 2160, 376, 473, 271, 524 } },
  { "ﬁne ＡＢＣ ① ½ ™", { 1399, 6783, 376, 14624, 15043 } },
  { "A\u0302\u0300", { 507, 229, 190, 170 } },
  { "\u1ea6", { 507, 229, 190, 170 } },
  { "  two  spaces\tand\nnewline ", { 375, 3654, 263, 353, 2291 } },
  { "🤗 emoji 日本語 тест", { 507, 123983, 30151, 507, 100868, 89387, 65639, 43302 } },
  { "Москва — столица России", { 74807, 64545, 48477, 533, 507, 73503, 32612, 102479, 115891 } },
  { "今天天气很好", { 507, 112359, 62459, 62459, 111436, 105359, 64243 } },
  { "한국어 텍스트", { 118120, 33251, 507, 124754, 108084 } },
  { "ﷺ", { 507, 113526, 88157, 101079, 114443 } },
  { "[MASK] [CLS]", { 647, 41197, 1301, 592, 647, 16312, 430, 592 } },
  { "“quoted” – dash…", { 317, 68280, 318, 377, 11439, 260, 260, 260 } },
  { "naïve café", { 34972, 15924 } },
  { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", { 266, 104015, 104015, 45061, 104015, 104015 } },
  { "https://github.com/microsoft/DeBERTa?x=1&y=2",
    { 3597,  294, 320, 320, 45552, 260, 549, 320, 54797, 320, 11618,
      67943, 452, 302, 982, 1510,  435, 974, 608, 1510,  445 } },
  { "I\u00ad'm soft", { 273, 198, 177, 280, 358, 2052 } },
  { "\u202ertl", { 507, 230, 132, 178, 834, 19878 } },
  { "x\u200dy", { 1204, 2982 } },
  { "\ufffd \u2581 \u2581x", { 1204 } },
  { "\U00100000", { 507, 248, 132, 132, 132 } },
  { "", { 0 } },
  { "   ", { 0 } },
  { "\r\n", { 0 } },
};

static void
assert_ids (const WbEncoding *encoding, const gint32 *want)
{
  gsize n = 0;

  while (want[n] != 0)
    n++;
  g_assert_cmpuint (encoding->n, ==, n + 2);
  g_assert_cmpint (encoding->ids[0], ==, 1);
  g_assert_cmpint (encoding->ids[n + 1], ==, 2);
  g_assert_cmpmem (encoding->ids + 1, n * sizeof *want, want, n * sizeof *want);
}

static void
test_ids (Fixture *fixture, gconstpointer data)
{
  if (skip (fixture))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_test_message ("%s", vectors[i].text);
      g_assert_true (wb_tokenizer_encode (fixture->tokenizer, vectors[i].text, NULL, NULL,
                                          fixture->encoding, &error));
      g_assert_no_error (error);
      assert_ids (fixture->encoding, vectors[i].ids);
    }
}

static void /* a NUL cannot come through the public function */
test_nul (Fixture *fixture, gconstpointer data)
{
  const gint32 want[] = { 507, 4, 36687 };
  g_autoptr (GArray) tokens = g_array_new (FALSE, FALSE, sizeof (WbToken));

  if (skip (fixture))
    return;
  g_assert_true (wb_tokenizer_encode_side (fixture->tokenizer, "\0x\ay", 4,
                                           (WbEncodingMemory *) fixture->encoding, tokens, NULL));
  g_assert_cmpuint (tokens->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (g_array_index (tokens, WbToken, i).id, ==, want[i]);
  g_assert_cmpuint (g_array_index (tokens, WbToken, 2).offset.end, ==, 4);
}

static void
test_pair (Fixture *fixture, gconstpointer data)
{
  const gint32 ids[] = { 1, 291, 269, 262, 362, 4378, 2, 19325, 19325, 19325, 2 };
  const gint32 types[] = { 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1 };

  if (skip (fixture))
    return;
  g_assert_true (wb_tokenizer_encode (fixture->tokenizer, "this is the first sentence",
                                      "blah blah blah", NULL, fixture->encoding, NULL));
  g_assert_cmpmem (fixture->encoding->ids, fixture->encoding->n * 4, ids, sizeof ids);
  g_assert_cmpmem (fixture->encoding->type_ids, fixture->encoding->n * 4, types, sizeof types);
  g_assert_cmpuint (fixture->encoding->offsets[7].start, ==, 0);
  g_assert_cmpuint (fixture->encoding->offsets[7].end, ==, 4);
  g_assert_cmpuint (fixture->encoding->offsets[6].end, ==, 0);
}

static void
test_names (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    gint32      id;
    const char *name;
  } names[] = { { 0, "[PAD]" },      { 1, "[CLS]" },        { 2, "[SEP]" },     { 3, "[UNK]" },
                { 4, "<0x00>" },     { 128, "<0x7C>" },     { 262, "▁the" },    { 507, "▁" },
                { 1000, "▁ideas" },  { 50000, "▁soundly" }, { 100000, "▁VCC" }, { 127999, "얻" },
                { 128000, "[MASK]" } };

  if (skip (fixture))
    return;
  g_assert_cmpuint (wb_tokenizer_get_n_ids (fixture->tokenizer), ==, 128001);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = wb_tokenizer_dup_token (fixture->tokenizer, names[i].id);
      g_assert_cmpstr (name, ==, names[i].name);
      g_assert_cmpint (wb_tokenizer_get_id (fixture->tokenizer, names[i].name), ==, names[i].id);
    }
  g_assert_null (wb_tokenizer_dup_token (fixture->tokenizer, 128001));
  g_assert_null (wb_tokenizer_dup_token (fixture->tokenizer, -1));
  g_assert_cmpint (wb_tokenizer_get_id (fixture->tokenizer, "no such piece"), ==, -1);
}

typedef struct
{
  const char *text;
  WbOffset    offsets[12]; /* ends with 0, 0 after the first */
} Places;

/* Starts: SentencePiece's own.  Ends: the same, but for characters that became several pieces. */
static const Places places[] = {
  { "Hello world!", { { 0, 5 }, { 5, 11 }, { 11, 12 } } },
  { "  two  spaces\tand\nnewline ", { { 2, 5 }, { 5, 13 }, { 13, 17 }, { 17, 21 }, { 21, 25 } } },
  { "ﬁne ＡＢＣ ① ½ ™", { { 0, 3 }, { 3, 7 }, { 7, 9 }, { 9, 11 }, { 11, 13 } } },
  { "A\u0302\u0300", { { 0, 0 }, { 0, 3 }, { 0, 3 }, { 0, 3 } } },
  { "“quoted” – dash…",
    { { 0, 1 }, { 1, 7 }, { 7, 8 }, { 8, 10 }, { 10, 15 }, { 15, 16 }, { 15, 16 }, { 15, 16 } } },
  { "한국어 텍스트", { { 0, 2 }, { 2, 3 }, { 3, 4 }, { 4, 5 }, { 5, 7 } } },
  { "ﷺ", { { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
  { "\U00100000", { { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
  { "\ufffd \u2581 \u2581x", { { 5, 6 } } },
  { "a  \U00100000", { { 0, 1 }, { 1, 3 }, { 3, 4 }, { 3, 4 }, { 3, 4 }, { 3, 4 } } },
  { "\U00100000\x01\x02 b", { { 0, 0 }, { 0, 3 }, { 0, 3 }, { 0, 3 }, { 0, 3 }, { 3, 5 } } },
  { "I\u00ad'm soft", { { 0, 1 }, { 1, 2 }, { 1, 2 }, { 2, 3 }, { 3, 4 }, { 4, 9 } } },
};

static void
test_offsets (Fixture *fixture, gconstpointer data)
{
  const WbEncoding *encoding = fixture->encoding;

  if (skip (fixture))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_test_message ("%s", places[i].text);
      g_assert_true (wb_tokenizer_encode (fixture->tokenizer, places[i].text, NULL, NULL,
                                          fixture->encoding, NULL));
      for (gsize k = 0; k + 2 < encoding->n; k++)
        {
          g_assert_cmpuint (encoding->offsets[k + 1].start, ==, places[i].offsets[k].start);
          g_assert_cmpuint (encoding->offsets[k + 1].end, ==, places[i].offsets[k].end);
        }
      g_assert_cmpuint (places[i].offsets[encoding->n - 2].end, ==, 0);
    }
}

static void
test_limits (Fixture *fixture, gconstpointer data)
{
  const WbEncodeOptions four = { .max_length = 4 }, two = { .max_length = 2 };
  const WbEncoding     *encoding = fixture->encoding;
  g_autoptr (GError) error = NULL;

  if (skip (fixture))
    return;
  g_assert_true (wb_tokenizer_encode (fixture->tokenizer, "this is the first", NULL, &four,
                                      fixture->encoding, NULL));
  g_assert_cmpuint (encoding->n, ==, 4);
  g_assert_cmpint (encoding->ids[2], ==, 269);
  g_assert_cmpuint (encoding->truncated, ==, 2);
  g_assert_true (
      wb_tokenizer_encode (fixture->tokenizer, "this is", NULL, &two, fixture->encoding, NULL));
  g_assert_cmpuint (encoding->n, ==, 2);
  g_assert_false (
      wb_tokenizer_encode (fixture->tokenizer, "a", "b", &two, fixture->encoding, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
}

static void
test_invalid_text (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  if (skip (fixture))
    return;
  g_assert_false (
      wb_tokenizer_encode (fixture->tokenizer, "abc\xff", NULL, NULL, fixture->encoding, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "byte 3"));
}

static void
test_save (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WbTokenizer) again = NULL;
  g_autoptr (GError) error = NULL;
  char *folder;

  if (skip (fixture))
    return;
  folder = g_dir_make_tmp ("wb-tokenizer-XXXXXX", NULL);
  g_assert_true (wb_tokenizer_save (fixture->tokenizer, folder, &error));
  g_assert_no_error (error);
  again = wb_tokenizer_load (folder, &error);
  g_assert_no_error (error);
  g_assert_true (wb_tokenizer_encode (again, "second", NULL, NULL, fixture->encoding, NULL));
  g_assert_cmpint (fixture->encoding->ids[1], ==, 567);
  wb_test_tokenizer_folder_free (folder);
}

/* The map for every code point, U+0000 to U+10FFFF without the surrogates, each followed by a line
 * end: the digest of the fact sheet, 8.4, which counts 4,837 that change. */
static void
test_map (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GChecksum) digest = g_checksum_new (G_CHECKSUM_SHA256);
  guint n_changed = 0;

  if (skip (fixture))
    return;
  for (gunichar c = 0; c <= 0x10ffff; c++)
    {
      char        text[6];
      const gsize length = (gsize) g_unichar_to_utf8 (c, text);
      gsize       matched = 0;
      const char *replacement;
      if (c >= 0xd800 && c < 0xe000)
        continue;
      replacement = wb_charsmap_match (&fixture->tokenizer->file->charsmap, text, length, &matched);
      if (replacement != NULL)
        g_assert_cmpuint (matched, ==, length);
      n_changed += replacement != NULL;
      g_checksum_update (digest, (const guchar *) (replacement != NULL ? replacement : text),
                         replacement != NULL ? (gssize) strlen (replacement) : (gssize) length);
      g_checksum_update (digest, (const guchar *) "\n", 1);
    }
  g_assert_cmpuint (n_changed, ==, 4837);
  g_assert_cmpstr (g_checksum_get_string (digest), ==,
                   "e2b294ef5cf053439e3fd33d3460fdd15500b780afb166e9dc0698176df68363");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add ("/engine/tokenizer/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("ids", test_ids);
  ADD ("nul", test_nul);
  ADD ("pair", test_pair);
  ADD ("names", test_names);
  ADD ("offsets", test_offsets);
  ADD ("limits", test_limits);
  ADD ("invalid-text", test_invalid_text);
  ADD ("save", test_save);
  ADD ("map", test_map);
  return g_test_run ();
}
