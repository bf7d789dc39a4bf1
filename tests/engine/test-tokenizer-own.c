#include "config.h"

#include "engine/tokenizer/wb-tokenizer.h"
#include "tests/support/wb-test-escape.h"
#include "tests/support/wb-test-shared.h"
#include "tests/support/wb-test-text.h"

/* Our own small vocabularies, with and without byte fallback, against what PyPI's sentencepiece
 * made of the same text (tests/vectors/tokenizer-own.txt). */

#define N_SENTENCES 1000

static char *
vector_path (const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "vectors", name, NULL);
}

static WbTokenizer *
load_vocabulary (const char *name)
{
  g_autofree char *file = g_strdup_printf ("tokenizer-%s.model.gz", name);
  g_autofree char *packed_path = vector_path (file);
  g_autofree char *packed = NULL;
  g_autofree char *folder = g_dir_make_tmp ("wb-tokenizer-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "spm.model", NULL);
  g_autoptr (GBytes) model = NULL;
  g_autoptr (GError) error = NULL;
  WbTokenizer *tokenizer;
  gsize        size;

  g_assert_true (g_file_get_contents (packed_path, &packed, &size, NULL));
  model = wb_test_unzip (packed, size);
  g_assert_true (g_file_set_contents (path, g_bytes_get_data (model, NULL),
                                      (gssize) g_bytes_get_size (model), NULL));
  tokenizer = wb_tokenizer_load (folder, &error);
  g_assert_no_error (error);
  g_unlink (path);
  g_rmdir (folder);
  return tokenizer;
}

static void
encode (const WbTokenizer *tokenizer, const char *text, WbEncoding *out)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (wb_tokenizer_encode (tokenizer, text, NULL, NULL, out, &error));
  g_assert_no_error (error);
}

static void
check_sentences (const WbTokenizer *tokenizer, const char *want)
{
  g_auto (GStrv) text = wb_test_text_new (N_SENTENCES, 1);
  g_autoptr (WbEncoding) encoding = wb_encoding_new ();
  g_autoptr (GChecksum) digest = g_checksum_new (G_CHECKSUM_SHA256);

  for (gsize i = 0; i < N_SENTENCES; i++)
    {
      encode (tokenizer, text[i], encoding);
      for (gsize k = 1; k < encoding->n; k++)
        {
          const gint32 id = GINT32_TO_LE (k + 1 < encoding->n ? encoding->ids[k] : -1);
          g_checksum_update (digest, (const guchar *) &id, sizeof id);
        }
    }
  g_assert_cmpstr (g_checksum_get_string (digest), ==, want);
}

static void
check_odd (const WbTokenizer *tokenizer, const char *escaped, const char *want)
{
  g_autofree char *text = wb_test_unescape (escaped);
  g_autoptr (WbEncoding) encoding = wb_encoding_new ();
  g_autoptr (GString) got = g_string_new (NULL);

  encode (tokenizer, text, encoding);
  for (gsize i = 1; i + 1 < encoding->n; i++)
    g_string_append_printf (got, "%s%d@%u", i > 1 ? "," : "", encoding->ids[i],
                            encoding->offsets[i].start);
  g_test_message ("%s", escaped);
  g_assert_cmpstr (got->len > 0 ? got->str : "-", ==, want);
}

static void
test_vectors (void)
{
  g_autofree char *path = vector_path ("tokenizer-own.txt");
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  WbTokenizer *tokenizer = NULL;
  guint        n = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], " ", -1);
      if (g_strcmp0 (fields[0], "vocabulary") == 0)
        {
          g_clear_pointer (&tokenizer, wb_tokenizer_free);
          tokenizer = load_vocabulary (fields[1]);
          g_assert_cmpuint (wb_tokenizer_get_n_ids (tokenizer), ==,
                            g_ascii_strtoull (fields[2], NULL, 10) + 1);
          check_sentences (tokenizer, fields[3]);
        }
      else if (g_strcmp0 (fields[0], "odd") == 0)
        check_odd (tokenizer, fields[1], fields[2]), n++;
    }
  g_assert_cmpuint (n, ==, 40);
  wb_tokenizer_free (tokenizer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/tokenizer-own/vectors", test_vectors);
  return g_test_run ();
}
