#include "config.h"

#include <time.h>

#include "engine/tokenizer/unigram/wb-spm-file-private.h"
#include "engine/tokenizer/files/wb-tokenizer-export.h"
#include "engine/tokenizer/wb-tokenizer.h"
#include "tests/support/wb-test-shared.h"
#include "tests/support/wb-test-text.h"

/* A vocabulary of mDeBERTa's size, 250,101 generated pieces with byte fallback, from spm.model and
 * from tokenizer.json: that it loads, how fast, and that the last ids are right. */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define N_PIECES 25101
#else
#define N_PIECES 250101
#endif

static void
add (WbSpmFile *file, const char *text, float score, WbPieceType type)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (wb_spm_file_add_piece (file, text, strlen (text), score, type, &error));
  g_assert_no_error (error);
}

static GByteArray *
make_model (void)
{
  static const char *const specials[] = { "[PAD]", "[CLS]", "[SEP]" };
  g_autoptr (WbSpmFile) file = wb_spm_file_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint64 state = 1;

  for (gsize i = 0; i < G_N_ELEMENTS (specials); i++)
    add (file, specials[i], 0, WB_PIECE_CONTROL);
  add (file, "[UNK]", 0, WB_PIECE_UNKNOWN);
  for (guint i = 0; i < 256; i++)
    {
      char text[8];
      g_snprintf (text, sizeof text, "<0x%02X>", i);
      add (file, text, 0, WB_PIECE_BYTE);
    }
  while (file->pieces->len + 1 < N_PIECES)
    {
      g_autofree char *word = wb_test_text_word (&state);
      char *text = g_strdup_printf ("%s%s%u", wb_test_text_draw (&state, 2) ? "▁" : "", word,
                                    wb_test_text_draw (&state, 1000));
      const guint rank = file->pieces->len;
      if (g_hash_table_add (seen, text))
        add (file, text, -3 - (float) rank / 10000, WB_PIECE_NORMAL);
    }
  add (file, "▁last", -30, WB_PIECE_NORMAL);
  file->byte_fallback = TRUE;
  g_assert_true (wb_spm_file_close (file, NULL));
  return wb_spm_file_build (file);
}

static WbTokenizer *
load (const char *folder, const char *name)
{
  const clock_t start = clock ();
  g_autoptr (GError) error = NULL;
  WbTokenizer *tokenizer = wb_tokenizer_load (folder, &error);
  const double seconds = (double) (clock () - start) / CLOCKS_PER_SEC;

  g_assert_no_error (error);
  g_test_message ("%s: %d pieces in %.2f s of the processor", name, N_PIECES, seconds);
  g_assert_cmpfloat (seconds, <, 5); /* 0.6 here; something quadratic takes minutes */
  return tokenizer;
}

static void
check (const WbTokenizer *tokenizer)
{
  g_autoptr (WbEncoding) encoding = wb_encoding_new ();

  g_assert_cmpuint (wb_tokenizer_get_n_ids (tokenizer), ==, N_PIECES + 1);
  g_assert_cmpint (wb_tokenizer_get_special (tokenizer, WB_SPECIAL_MASK), ==, N_PIECES);
  g_assert_true (wb_tokenizer_encode (tokenizer, "last 愁", NULL, NULL, encoding, NULL));
  g_assert_cmpint (encoding->ids[1], ==, N_PIECES - 1);
  g_assert_cmpint (encoding->ids[encoding->n - 2], ==, 4 + 0x81);
}

static void
test_load (void)
{
  g_autoptr (GByteArray) model = make_model ();
  char            *folder = g_dir_make_tmp ("wb-tokenizer-XXXXXX", NULL);
  g_autofree char *spm_path = g_build_filename (folder, "spm.model", NULL);
  g_autofree char *json_path = g_build_filename (folder, "tokenizer.json", NULL);
  g_autoptr (WbTokenizer) spm = NULL;
  g_autoptr (WbTokenizer) json = NULL;

  g_assert_true (g_file_set_contents (spm_path, (const char *) model->data, model->len, NULL));
  spm = load (folder, "spm.model");
  check (spm);
  g_assert_true (wb_tokenizer_export (spm, folder, NULL));
  g_unlink (spm_path);
  json = load (folder, "tokenizer.json");
  check (json);
  g_unlink (json_path);
  wb_test_tokenizer_folder_free (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/tokenizer-large/load", test_load);
  return g_test_run ();
}
