#include "config.h"

#include "engine/tokenizer/wb-masking.h"
#include "engine/tokenizer/wb-tokenizer-private.h"
#include "tests/support/wb-test-bpe.h"
#include "tests/support/wb-test-text.h"

/* The published generator of masked sequences: the fact sheet's vectors, and those of an
 * implementation of its own in Python (tests/vectors/masking.py). */

#define N_IDS 128001
#define N_LINES 200

/* v3's places of the special tokens, and words without pieces between them. */
static WbTokenizer *
new_words (void)
{
  static const char *const specials[] = { "[PAD]", "[CLS]", "[SEP]", "[UNK]" };
  WbTokenizerConfig        config;
  WbBpe                   *bpe = wb_bpe_new ();
  g_autoptr (GError) error = NULL;
  WbTokenizer *tokenizer;

  for (gint32 i = 0; i < N_IDS; i++)
    {
      g_autofree char *name = i < 4            ? g_strdup (specials[i])
                              : i + 1 == N_IDS ? g_strdup ("[MASK]")
                                               : g_strdup_printf ("Ġ%d", i);
      g_assert_true (wb_bpe_add_token (bpe, name, strlen (name), i, NULL));
    }
  g_assert_true (wb_bpe_close (bpe, "merge", NULL));
  wb_tokenizer_config_init (&config, ".");
  tokenizer = wb_tokenizer_new_bpe (bpe, &config, "words", &error);
  g_assert_no_error (error);
  return tokenizer;
}

static gsize /* of a sequence of @n with its two special tokens */
mask_words (guint64 seed, const WbMaskingOptions *options, gint32 *ids, gint32 *labels, gint32 n)
{
  g_autoptr (WbTokenizer) tokenizer = new_words ();
  g_autoptr (WbMasking) masking = wb_masking_new (tokenizer, options);
  WbMt19937 rng;

  ids[0] = 1;
  for (gint32 i = 1; i + 1 < n; i++)
    ids[i] = 99 + i;
  ids[n - 1] = 2;
  wb_mt19937_init_python (&rng, seed);
  return wb_masking_apply (masking, &rng, ids, labels, (gsize) n);
}

static void /* fact sheet 3.10, the first vector */
test_known_single (void)
{
  const WbMaskingOptions options = { 1, 1, 0, 512 };
  const guint            want[] = { 4, 11, 15, 21, 26, 33 };
  gint32                 ids[42], labels[42];

  g_assert_cmpuint (mask_words (0, &options, ids, labels, 42), ==, G_N_ELEMENTS (want));
  for (guint i = 0, k = 0; i < 42; i++)
    {
      const gboolean chosen = k < G_N_ELEMENTS (want) && want[k] == i;
      g_assert_cmpint (labels[i], ==, chosen ? 99 + (gint) i : 0);
      if (chosen)
        g_assert_cmpint (ids[i], ==, N_IDS - 1);
      k += chosen;
    }
}

static void /* the second: one of the six becomes a random token */
test_known_grams (void)
{
  const WbMaskingOptions options = { 3, 0.8, 0.1, 512 };
  const guint            want[] = { 2, 7, 17, 23, 29, 31 };
  gint32                 ids[42], labels[42];

  g_assert_cmpuint (mask_words (7, &options, ids, labels, 42), ==, G_N_ELEMENTS (want));
  for (guint k = 0; k < G_N_ELEMENTS (want); k++)
    {
      g_assert_cmpint (labels[want[k]], ==, 99 + (gint) want[k]);
      g_assert_cmpint (ids[want[k]], ==, want[k] == 29 ? 82657 : N_IDS - 1);
    }
}

static void /* 15 % of 30 and of 70, which are halves, to the even number; 28 words have five marks
             */
test_half_to_even (void)
{
  const WbMaskingOptions options = { 1, 1, 0, 512 };
  gint32                 ids[70], labels[70];

  g_assert_cmpuint (mask_words (3, &options, ids, labels, 30), ==, 4);
  g_assert_cmpuint (mask_words (3, &options, ids, labels, 70), ==, 10);
  g_assert_cmpuint (mask_words (3, &options, ids, labels, 50), ==, 8);
  g_assert_cmpuint (mask_words (3, &options, ids, labels, 3), ==, 1);
}

static void
test_limit (void)
{
  const gsize limits[][2] = { { 512, 80 }, { 128, 20 }, { 200, 30 }, { 201, 40 }, { 1, 10 } };

  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++)
    g_assert_cmpuint (wb_masking_get_limit (limits[i][0]), ==, limits[i][1]);
}

static void /* nothing that could be chosen, nothing at all */
test_nothing (void)
{
  const WbMaskingOptions options = { 3, 0.8, 0.1, 512 };
  g_autoptr (WbTokenizer) tokenizer = new_words ();
  g_autoptr (WbMasking) masking = wb_masking_new (tokenizer, &options);
  gint32    ids[] = { 1, 2, 3, 0, N_IDS - 1 }, labels[5] = { 7, 7, 7, 7, 7 };
  WbMt19937 rng;

  wb_mt19937_init_python (&rng, 0);
  g_assert_cmpuint (wb_masking_apply (masking, &rng, ids, labels, 5), ==, 0);
  g_assert_cmpuint (wb_masking_apply (masking, &rng, ids, labels, 0), ==, 0);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpint (labels[i], ==, 0);
  g_assert_cmpfloat (wb_mt19937_random (&rng), ==, 0.8444218515250481); /* nothing was drawn */
}

/* Against the Python implementation */

static WbTokenizer *
load (const char *name)
{
  g_autoptr (WbTestFolder) folder = NULL;
  g_autoptr (GError) error = NULL;
  WbTokenizer *tokenizer;

  if (g_str_has_prefix (name, "bpe-"))
    {
      g_autofree char *file = g_strconcat (name, ".json", NULL);
      folder = wb_test_bpe_folder_new (file);
    }
  else
    {
      g_autofree char *file = g_strconcat (name, ".model.gz", NULL);
      g_autofree char *path = g_test_build_filename (G_TEST_DIST, "vectors", file, NULL);
      g_autofree char *packed = NULL;
      g_autoptr (GBytes) bytes = NULL;
      gsize size;
      g_assert_true (g_file_get_contents (path, &packed, &size, NULL));
      bytes = wb_test_unzip (packed, size);
      folder = wb_test_folder_new ();
      wb_test_write (folder, "spm.model", g_bytes_get_data (bytes, NULL),
                     (gssize) g_bytes_get_size (bytes));
    }
  tokenizer = wb_tokenizer_load (folder, &error);
  g_assert_no_error (error);
  return tokenizer;
}

static char ** /* the script's lines */
new_lines (void)
{
  char   **lines = wb_test_text_new (N_LINES, 1);
  GString *all = g_string_new (NULL);

  g_free (lines[7]);
  lines[7] = g_strdup ("a");
  for (guint i = 20; i < 50; i++)
    g_string_append_printf (all, "%s%s", i > 20 ? " " : "", lines[i]);
  g_free (lines[11]);
  lines[11] = g_string_free (all, FALSE);
  g_free (lines[13]);
  lines[13] = g_strnfill (300, 'x');
  g_free (lines[17]);
  lines[17] = g_strdup ("“quoted” it's 12, don't… naïve (b) 日本 🤗");
  return lines;
}

static void
check_parts (char **fields)
{
  g_autoptr (WbTokenizer) tokenizer = load (fields[1]);
  const gsize        n = wb_tokenizer_get_n_ids (tokenizer);
  g_autofree guchar *parts = g_malloc (n);
  g_autofree char   *digest = NULL;
  gsize              sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += parts[i] = (guchar) wb_tokenizer_is_part_of_word (tokenizer, (gint32) i);
  digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, parts, n);
  g_assert_cmpuint (sum, ==, g_ascii_strtoull (fields[2], NULL, 10));
  g_assert_cmpstr (digest, ==, fields[3]);
}

static void
add_numbers (GChecksum *sum, const gint32 *numbers, gsize n)
{
  for (gsize i = 0; i <= n; i++)
    {
      const gint32 number = GINT32_TO_LE (i < n ? numbers[i] : -1);
      g_checksum_update (sum, (const guchar *) &number, sizeof number);
    }
}

static void
check_case (char **fields)
{
  const WbMaskingOptions options = { (guint) g_ascii_strtoull (fields[3], NULL, 10),
                                     g_ascii_strtod (fields[4], NULL),
                                     g_ascii_strtod (fields[5], NULL),
                                     (gsize) g_ascii_strtoull (fields[6], NULL, 10) };
  g_autoptr (WbTokenizer) tokenizer = load (fields[1]);
  g_autoptr (WbMasking) masking = wb_masking_new (tokenizer, &options);
  g_autoptr (WbEncoding) encoding = wb_encoding_new ();
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_auto (GStrv) lines = new_lines ();
  WbMt19937 rng;

  wb_mt19937_init_python (&rng, g_ascii_strtoull (fields[2], NULL, 10));
  for (gsize i = 0; i < N_LINES; i++)
    {
      g_autofree gint32 *labels = NULL;
      g_assert_true (wb_tokenizer_encode (tokenizer, lines[i], NULL, NULL, encoding, NULL));
      labels = g_new (gint32, encoding->n);
      add_numbers (sum, encoding->ids, encoding->n);
      wb_masking_apply (masking, &rng, encoding->ids, labels, encoding->n);
      add_numbers (sum, encoding->ids, encoding->n);
      add_numbers (sum, labels, encoding->n);
    }
  g_test_message ("%s seed %s, max_gram %s", fields[1], fields[2], fields[3]);
  g_assert_cmpstr (g_checksum_get_string (sum), ==, fields[7]);
}

static void
test_vectors (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "vectors", "masking.txt", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint n = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], " ", -1);
      if (g_strcmp0 (fields[0], "parts") == 0)
        check_parts (fields), n++;
      else if (g_strcmp0 (fields[0], "case") == 0)
        check_case (fields), n++;
    }
  g_assert_cmpuint (n, ==, 18);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/masking/known-single", test_known_single);
  g_test_add_func ("/engine/masking/known-grams", test_known_grams);
  g_test_add_func ("/engine/masking/half-to-even", test_half_to_even);
  g_test_add_func ("/engine/masking/limit", test_limit);
  g_test_add_func ("/engine/masking/nothing", test_nothing);
  g_test_add_func ("/engine/masking/vectors", test_vectors);
  return g_test_run ();
}
