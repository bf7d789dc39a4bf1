#include "config.h"

#include "engine/core/wb-engine-error.h"
#include "engine/tokenizer/wb-tokenizer.h"
#include "tests/support/wb-test-bpe.h"

/* vocab.json and merges.txt that somebody damaged: one clear sentence each. */

#define SPECIALS "\"[PAD]\": 0, \"[CLS]\": 1, \"[SEP]\": 2, \"[UNK]\": 3,\n"
#define VOCAB "{" SPECIALS "\"a\": 4, \"b\": 5,\n\"ab\": 6, \"Ġ\": 7, \"[MASK]\": 8}"
#define MERGES "#version: 0.2\na b\n"

static char *
new_folder (const char *vocab, gssize n_vocab, const char *merges, gssize n_merges)
{
  char *folder = wb_test_folder_new ();

  wb_test_write (folder, "vocab.json", vocab, n_vocab);
  wb_test_write (folder, "merges.txt", merges, n_merges);
  return folder;
}

static WbTokenizer *
load (const char *vocab, const char *merges)
{
  g_autoptr (WbTestFolder) folder = new_folder (vocab, -1, merges, -1);
  g_autoptr (GError) error = NULL;
  WbTokenizer *tokenizer = wb_tokenizer_load (folder, &error);

  g_assert_no_error (error);
  return tokenizer;
}

static void
assert_ids (const WbTokenizer *tokenizer, const char *text, const char *pair, const char *want)
{
  g_autoptr (WbEncoding) encoding = wb_encoding_new ();
  g_autoptr (GString) got = g_string_new (NULL);

  g_assert_true (wb_tokenizer_encode (tokenizer, text, pair, NULL, encoding, NULL));
  for (gsize i = 0; i < encoding->n; i++)
    g_string_append_printf (got, "%s%d/%d", i > 0 ? " " : "", encoding->ids[i],
                            encoding->type_ids[i]);
  g_assert_cmpstr (got->str, ==, want);
}

static void /* one [SEP] between the texts, the names of special tokens are text */
test_reads (void)
{
  g_autoptr (WbTokenizer) tokenizer = load (VOCAB, MERGES);

  g_assert_cmpint (wb_tokenizer_get_kind (tokenizer), ==, WB_TOKENIZER_BPE);
  g_assert_cmpuint (wb_tokenizer_get_n_ids (tokenizer), ==, 9);
  g_assert_cmpint (wb_tokenizer_get_special (tokenizer, WB_SPECIAL_MASK), ==, 8);
  assert_ids (tokenizer, "abab b", NULL, "1/0 6/0 6/0 7/0 5/0 2/0");
  assert_ids (tokenizer, "ab", "ba", "1/0 6/0 2/0 5/1 4/1 2/1");
  assert_ids (tokenizer, "", NULL, "1/0 2/0");
  assert_ids (tokenizer, "", "", "1/0 2/0 2/1");
  assert_ids (tokenizer, "é", NULL, "1/0 3/0 3/0 2/0");
  assert_ids (tokenizer, "[a]", NULL, "1/0 3/0 4/0 3/0 2/0");
}

/* "a" × n where pairs of it merge, and pairs of those: from the left, whether the word is short or
 * long, so what is left over stands at the end. */
static void
test_overlap (void)
{
  g_autoptr (WbTokenizer) tokenizer =
      load ("{" SPECIALS "\"a\": 4, \"aa\": 5, \"aaaa\": 6}", "a a\naa aa\n");
  g_autoptr (WbEncoding) out = wb_encoding_new ();

  for (gsize n = 1; n < 200; n++)
    {
      g_autofree char *text = g_strnfill (n, 'a');
      const gsize      fours = n / 4, twos = n % 4 / 2, ones = n % 2;
      g_assert_true (wb_tokenizer_encode (tokenizer, text, NULL, NULL, out, NULL));
      g_assert_cmpuint (out->n, ==, fours + twos + ones + 2);
      for (gsize i = 0; i + 2 < out->n; i++)
        g_assert_cmpint (out->ids[i + 1], ==, i < fours ? 6 : i < fours + twos ? 5 : 4);
    }
}

static void /* without a version, with blank lines and other ends of lines; ids with a gap */
test_layouts (void)
{
  g_autoptr (WbTokenizer) plain = load (VOCAB, "a b");
  g_autoptr (WbTokenizer) crlf = load (VOCAB, "#version: 0.2\r\n\r\na b\r\n\r\n");
  g_autoptr (WbTokenizer) none = load (VOCAB, "");
  g_autoptr (WbTokenizer) gap =
      load ("{" SPECIALS "\"a\": 90, \"\\u0062\": 5, \"ab\": 6}", "#version: 0.2\na b");

  assert_ids (plain, "ab", NULL, "1/0 6/0 2/0");
  assert_ids (crlf, "ab", NULL, "1/0 6/0 2/0");
  assert_ids (none, "ab", NULL, "1/0 4/0 5/0 2/0");
  assert_ids (gap, "aba", NULL, "1/0 6/0 90/0 2/0");
  g_assert_null (wb_tokenizer_dup_token (gap, 40));
  g_assert_cmpint (wb_tokenizer_get_special (gap, WB_SPECIAL_MASK), ==, 91); /* after the last */
  g_assert_cmpuint (wb_tokenizer_get_n_ids (gap), ==, 92);
}

static void
test_config (void)
{
  g_autoptr (WbTestFolder) folder = new_folder (VOCAB, -1, MERGES, -1);
  static const struct
  {
    const char *config;
    const char *part; /* (nullable): fine */
  } cases[] = {
    { "{\"do_lower_case\": true, \"vocab_type\": \"gpt2\"}", NULL },
    { "{\"tokenizer_class\": \"DebertaTokenizer\", \"add_prefix_space\": false}", NULL },
    { "{\"vocab_type\": \"spm\"}", "vocab_type: \"spm\" is not supported" },
    { "{\"tokenizer_class\": \"DebertaV2Tokenizer\"}", "DebertaV2Tokenizer" },
    { "{\"split_by_punct\": true}", "split_by_punct: is not supported" },
    { "{\"add_prefix_space\": 1}", "add_prefix_space: must be true or false" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WbTokenizer) tokenizer = NULL;
      wb_test_write (folder, "tokenizer_config.json", cases[i].config, -1);
      tokenizer = wb_tokenizer_load (folder, &error);
      if (cases[i].part == NULL)
        {
          g_assert_no_error (error);
          assert_ids (tokenizer, "ab A", NULL, "1/0 6/0 7/0 3/0 2/0");
          continue;
        }
      g_assert_null (tokenizer);
      if (strstr (error->message, cases[i].part) == NULL)
        g_error ("%s", error->message);
    }
}

/* Fact sheet 6.2 and 8.7, over whole pairs: a × a, b × b, the limit with the special tokens; what
 * is kept of each, in the order in which they come out. */
static const struct
{
  WbTruncation truncation;
  guint64      seed;
  guint        a, b, limit;
  WbOffset     kept[2];
  gboolean     swapped;
} cuts[] = {
  { WB_TRUNCATION_LONGEST_FIRST, 0, 7, 4, 9, { { 0, 3 }, { 0, 3 } }, FALSE },
  { WB_TRUNCATION_LONGEST_FIRST, 0, 7, 4, 14, { { 0, 7 }, { 0, 4 } }, FALSE },
  { WB_TRUNCATION_PUBLISHED, 0, 10, 8, 15, { { 2, 8 }, { 1, 7 } }, FALSE },
  { WB_TRUNCATION_PUBLISHED, 12345, 10, 8, 15, { { 3, 9 }, { 2, 8 } }, FALSE },
  { WB_TRUNCATION_PUBLISHED, 0, 5, 9, 12, { { 2, 6 }, { 0, 5 } }, TRUE },
};

static void
test_truncation (void)
{
  g_autoptr (WbTokenizer) tokenizer = load (VOCAB, "");
  g_autoptr (WbEncoding) out = wb_encoding_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (cuts); i++)
    {
      const WbEncodeOptions options = { cuts[i].limit, cuts[i].truncation, cuts[i].seed };
      g_autofree char      *a = g_strnfill (cuts[i].a, 'a');
      g_autofree char      *b = g_strnfill (cuts[i].b, 'b');
      gsize                 at = 1;
      g_assert_true (wb_tokenizer_encode (tokenizer, a, b, &options, out, NULL));
      g_assert_cmpint (out->swapped, ==, cuts[i].swapped);
      g_assert_cmpuint (out->n, <=, cuts[i].limit);
      for (gint side = 0; side < 2; side++, at++)
        {
          for (guint k = cuts[i].kept[side].start; k < cuts[i].kept[side].end; k++, at++)
            {
              g_assert_cmpint (out->ids[at], ==, (side == 1) != cuts[i].swapped ? 5 : 4);
              g_assert_cmpint (out->type_ids[at], ==, side);
              g_assert_cmpuint (out->offsets[at].start, ==, k);
              g_assert_cmpuint (out->offsets[at].end, ==, k + 1);
            }
          g_assert_cmpint (out->ids[at], ==, 2);
        }
      g_assert_cmpuint (at, ==, out->n);
    }
}

typedef struct
{
  const char *name;
  const char *vocab;
  const char *merges;
  const char *part;
} Damage;

static const Damage damages[] = {
  { "twice", "{" SPECIALS "\"a\": 4,\n\"a\": 5}", "",
    "vocab.json: line 3: the token \"a\" is there twice" },
  { "same-id", "{" SPECIALS "\"a\": 4,\n\"b\": 4}", "",
    "vocab.json: line 3: the tokens \"a\" and \"b\" have the same id 4" },
  { "negative", "{" SPECIALS "\"a\": -1}", "", "vocab.json: line 2: a token whose id" },
  { "real", "{" SPECIALS "\"a\": 1.0}", "", "vocab.json: line 2: a token whose id" },
  { "text", "{" SPECIALS "\"a\": \"4\"}", "", "vocab.json: line 2: a token whose id" },
  { "huge-id", "{" SPECIALS "\"a\": 2000000}", "", "vocab.json: line 2: a token whose id" },
  { "huger-id", "{" SPECIALS "\"a\": 99999999999999999999999}", "", "vocab.json: line 2: a token" },
  { "empty-token", "{" SPECIALS "\"\": 4}", "",
    "vocab.json: line 2: the token with the id 4 is empty" },
  { "array", "[1]", "", "vocab.json: line 1: must be an object" },
  { "unfinished", "{\"a\": 4", "", "vocab.json: line 1, column 8" },
  { "no-file", "", "", "vocab.json: line 1, column 1: the text is empty" },
  { "empty", "{}", "", "the vocabulary is empty" },
  { "no-specials", "{\"a\": 0}", "",
    "vocab.json: has no token \"[SEP]\"; a DeBERTa vocabulary needs" },
  { "gpt2", "{\"!\": 0, \"a\": 1}", "", "GPT-2's own vocabulary (encoder.json)" },
  { "not-utf8", "{" SPECIALS "\"a\xff\": 4}", "", "vocab.json: line 2" },
  { "merge-part", VOCAB, "#version: 0.2\na b\nab c\n",
    "merges.txt: line 3: merges \"ab\" and \"c\", but \"c\"" },
  { "merge-result", VOCAB, "b a\n",
    "merges.txt: line 1: makes \"ba\", which is not in the vocabulary" },
  { "merge-twice", VOCAB, "a b\n\na b\n",
    "merges.txt: line 3: merges \"a\" and \"b\", as an earlier one" },
  { "merge-three", VOCAB, "a b c\n", "merges.txt: line 1: must be two strings" },
  { "merge-one", VOCAB, MERGES "ab\n", "merges.txt: line 3: must be two strings" },
  { "merge-blank", VOCAB, MERGES " b\n", "merges.txt: line 3: must be two strings" },
  { "merge-half", VOCAB, MERGES "a \n", "merges.txt: line 3: must be two strings" },
  { "merge-not-utf8", VOCAB, MERGES "a \xff\n", "merges.txt: line 3: is not UTF-8" },
  { "version-later", VOCAB, "a b\n#version: 0.2\n", "merges.txt: line 2" },
};

static void
test_damage (gconstpointer data)
{
  const Damage *damage = data;
  g_autoptr (WbTestFolder) folder = new_folder (damage->vocab, -1, damage->merges, -1);
  g_autoptr (GError) error = NULL;

  g_assert_null (wb_tokenizer_load (folder, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
  g_assert_true (g_str_has_prefix (error->message, folder));
  if (strstr (error->message, damage->part) == NULL)
    g_error ("%s", error->message);
}

static void
test_nul (void)
{
  static const char merges[] = "a b\na \0b\n";
  static const char vocab[] = "{\"a\0\": 1}";
  g_autoptr (WbTestFolder) one = new_folder (VOCAB, -1, merges, sizeof merges - 1);
  g_autoptr (WbTestFolder) two = new_folder (vocab, sizeof vocab - 1, MERGES, -1);
  g_autoptr (GError) error = NULL;

  g_assert_null (wb_tokenizer_load (one, &error));
  g_assert_nonnull (strstr (error->message, "merges.txt: line 2: is not UTF-8"));
  g_clear_error (&error);
  g_assert_null (wb_tokenizer_load (two, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
}

static void /* more merges than there can be tokens */
test_many_merges (void)
{
  g_autoptr (GString) merges = g_string_new (NULL);
  g_autoptr (WbTestFolder) folder = NULL;
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i <= 2000000; i++)
    g_string_append (merges, "a b\n");
  folder = new_folder (VOCAB, -1, merges->str, (gssize) merges->len);
  g_assert_null (wb_tokenizer_load (folder, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "more than 2000000 merges"));
}

static void
test_missing (void)
{
  g_autoptr (WbTestFolder) folder = wb_test_folder_new ();
  g_auto (GStrv) none = wb_tokenizer_find_files (folder);
  g_auto (GStrv) both = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (none[0]);
  wb_test_write (folder, "vocab.json", VOCAB, -1);
  g_assert_null (wb_tokenizer_load (folder, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_MISSING);
  g_assert_nonnull (strstr (error->message, "vocab.json without merges.txt"));
  wb_test_write (folder, "merges.txt", MERGES, -1);
  wb_test_write (folder, "tokenizer_config.json", "{}", -1);
  both = wb_tokenizer_find_files (folder);
  g_assert_cmpstr (both[0], ==, "vocab.json");
  g_assert_cmpstr (both[1], ==, "merges.txt");
  g_assert_cmpstr (both[2], ==, "tokenizer_config.json");
  g_assert_null (both[3]);
}

/* Every byte of both files changed, one after the other: loaded or refused, never worse. */
static void
test_flips (void)
{
  const gsize n_vocab = strlen (VOCAB), n_merges = strlen (MERGES);
  g_autoptr (WbTestFolder) folder = wb_test_folder_new ();

  for (gsize i = 0; i < n_vocab + n_merges; i++)
    for (guint bit = 0; bit < 8; bit += 3)
      {
        char vocab[] = VOCAB, merges[] = MERGES;
        g_autoptr (GError) error = NULL;
        g_autoptr (WbTokenizer) tokenizer = NULL;
        if (i < n_vocab)
          vocab[i] ^= (char) (1 << bit);
        else
          merges[i - n_vocab] ^= (char) (1 << bit);
        wb_test_write (folder, "vocab.json", vocab, (gssize) n_vocab);
        wb_test_write (folder, "merges.txt", merges, (gssize) n_merges);
        tokenizer = wb_tokenizer_load (folder, &error);
        g_assert_true ((tokenizer != NULL) == (error == NULL));
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/bpe-files/reads", test_reads);
  g_test_add_func ("/engine/bpe-files/overlap", test_overlap);
  g_test_add_func ("/engine/bpe-files/layouts", test_layouts);
  g_test_add_func ("/engine/bpe-files/config", test_config);
  g_test_add_func ("/engine/bpe-files/truncation", test_truncation);
  for (gsize i = 0; i < G_N_ELEMENTS (damages); i++)
    {
      g_autofree char *path = g_strdup_printf ("/engine/bpe-files/damage/%s", damages[i].name);
      g_test_add_data_func (path, &damages[i], test_damage);
    }
  g_test_add_func ("/engine/bpe-files/nul", test_nul);
  g_test_add_func ("/engine/bpe-files/missing", test_missing);
  g_test_add_func ("/engine/bpe-files/flips", test_flips);
  g_test_add_func ("/engine/bpe-files/many-merges", test_many_merges);
  return g_test_run ();
}
