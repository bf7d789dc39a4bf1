#include "config.h"

#include "engine/tokenizer/wb-tokenizer.h"
#include "tests/support/wb-test-bpe-odd.h"
#include "tests/support/wb-test-bpe.h"
#include "tests/support/wb-test-escape.h"
#include "tests/support/wb-test-texts.h"

/* Every text file of WB_SHARED/data, in every script, against PyPI's sentencepiece
 * (tests/vectors/tokenizer-shared.txt) and the byte-level BPE of PyPI's tokenizers
 * (bpe-shared.txt). With a sanitizer only the first texts of each. */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HEAD_ONLY TRUE
#else
#define HEAD_ONLY FALSE
#endif
#define HEAD 100

typedef struct
{
  const WbTokenizer *tokenizer;
  WbEncoding        *encoding;
  gboolean           ends; /* the places are first and end characters, not the first alone */
  gsize              n;
  GChecksum         *ids;
  GChecksum         *places;
  GChecksum         *head;
} Digest;

static void
add_numbers (Digest *self, const GArray *ids, const GArray *places)
{
  const gssize n_ids = (gssize) (ids->len * sizeof (gint32));
  const gssize n_places = (gssize) (places->len * sizeof (gint32));

  if (!HEAD_ONLY)
    {
      g_checksum_update (self->ids, (const guchar *) ids->data, n_ids);
      g_checksum_update (self->places, (const guchar *) places->data, n_places);
    }
  if (self->n >= HEAD)
    return;
  g_checksum_update (self->head, (const guchar *) ids->data, n_ids);
  g_checksum_update (self->head, (const guchar *) places->data, n_places);
}

static void
add_number (GArray *numbers, gint32 value)
{
  value = GINT32_TO_LE (value);
  g_array_append_val (numbers, value);
}

static void
add_text (Digest *self, const char *text)
{
  const WbEncoding *encoding = self->encoding;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autoptr (GError) error = NULL;
  guint32 end = 0;

  g_assert_true (wb_tokenizer_encode (self->tokenizer, text, NULL, NULL, self->encoding, &error));
  g_assert_no_error (error);
  for (gsize i = 1; i + 1 < encoding->n; i++)
    {
      const WbOffset *offset = &encoding->offsets[i];
      add_number (ids, encoding->ids[i]);
      add_number (places, (gint32) offset->start);
      if (self->ends)
        add_number (places, (gint32) offset->end);
      if (offset->start > offset->end || offset->end < end) /* nothing goes back */
        g_error ("%s: token %" G_GSIZE_FORMAT, text, i);
      end = offset->end;
    }
  add_number (ids, -1);
  add_number (places, -1);
  add_numbers (self, ids, places);
  self->n++;
}

static void
check_file (const WbTokenizer *tokenizer, char **want, gboolean ends)
{
  g_autoptr (GPtrArray) texts = wb_test_texts_new (want[0], HEAD_ONLY ? HEAD : G_MAXUINT);
  Digest digest = { tokenizer,
                    wb_encoding_new (),
                    ends,
                    0,
                    g_checksum_new (G_CHECKSUM_SHA256),
                    g_checksum_new (G_CHECKSUM_SHA256),
                    g_checksum_new (G_CHECKSUM_SHA256) };

  g_test_message ("%s", want[0]);
  g_assert_nonnull (texts);
  for (guint i = 0; i < texts->len; i++)
    add_text (&digest, texts->pdata[i]);
  if (!HEAD_ONLY)
    {
      g_assert_cmpuint (digest.n, ==, g_ascii_strtoull (want[1], NULL, 10));
      g_assert_cmpstr (g_checksum_get_string (digest.ids), ==, want[2]);
      g_assert_cmpstr (g_checksum_get_string (digest.places), ==, want[3]);
    }
  g_assert_cmpstr (g_checksum_get_string (digest.head), ==, want[4]);
  wb_encoding_free (digest.encoding);
  g_checksum_free (digest.ids);
  g_checksum_free (digest.places);
  g_checksum_free (digest.head);
}

static void
check_files (const WbTokenizer *tokenizer, const char *name, gboolean ends)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "vectors", name, NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint n = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], " ", -1);
      if (g_strv_length (fields) != 5 || lines[i][0] == '#')
        continue;
      check_file (tokenizer, fields, ends);
      n++;
    }
  g_assert_cmpuint (n, >=, 80);
}

/* Odd strings of our own with the real vocabulary: ids and places, or a digest of the ids of long
 * words. */
static void
check_odd (const WbTokenizer *tokenizer, char **fields, guint n_long)
{
  const gboolean   odd = g_str_equal (fields[0], "odd");
  g_autofree char *text = odd ? wb_test_unescape (fields[1]) : wb_test_bpe_long_new (n_long);
  g_autoptr (WbEncoding) encoding = wb_encoding_new ();
  g_autoptr (GString) got = g_string_new (NULL);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autofree char *digest = NULL;

  g_assert_true (wb_tokenizer_encode (tokenizer, text, NULL, NULL, encoding, NULL));
  for (gsize i = 1; i + 1 < encoding->n; i++)
    {
      g_string_append_printf (got, "%s%d@%u-%u", i > 1 ? "," : "", encoding->ids[i],
                              encoding->offsets[i].start, encoding->offsets[i].end);
      add_number (ids, encoding->ids[i]);
    }
  add_number (ids, -1);
  digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) ids->data,
                                        ids->len * sizeof (gint32));
  g_assert_cmpstr (odd ? (got->len > 0 ? got->str : "-") : digest, ==, fields[2]);
}

static void
check_odds (const WbTokenizer *tokenizer)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "vectors", "bpe-shared.txt", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint n = 0, n_long = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], " ", -1);
      if (g_strv_length (fields) != 3)
        continue;
      check_odd (tokenizer, fields, n_long);
      n_long += g_str_equal (fields[0], "long");
      n++;
    }
  g_assert_cmpuint (n_long, ==, 8);
  g_assert_cmpuint (n, ==, 39 + 8);
}

static void
test_unigram (void)
{
  char *folder = wb_test_tokenizer_folder_new ();
  g_autoptr (WbTokenizer) tokenizer = NULL;

  if (folder == NULL)
    {
      g_test_skip ("WB_SHARED has no data/tokenizers/deberta-v3/spm.model");
      return;
    }
  tokenizer = wb_tokenizer_load (folder, NULL);
  g_assert_nonnull (tokenizer);
  check_files (tokenizer, "tokenizer-shared.txt", FALSE);
  wb_test_tokenizer_folder_free (folder);
}

static void
test_bpe (void)
{
  char *folder = wb_test_bpe_shared_folder_new ();
  g_autoptr (WbTokenizer) tokenizer = NULL;
  g_autoptr (GError) error = NULL;

  if (folder == NULL)
    {
      g_test_skip ("WB_SHARED has no data/tokenizers/gpt2 (encoder.json, vocab.bpe, dict.txt)");
      return;
    }
  tokenizer = wb_tokenizer_load (folder, &error);
  g_assert_no_error (error);
  check_odds (tokenizer);
  check_files (tokenizer, "bpe-shared.txt", TRUE);
  wb_test_folder_free (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/tokenizer-shared/unigram", test_unigram);
  g_test_add_func ("/engine/tokenizer-shared/bpe", test_bpe);
  return g_test_run ();
}
