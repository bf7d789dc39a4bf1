#include "config.h"

#include "engine/core/wb-engine-error.h"
#include "engine/tokenizer/wb-tokenizer-train.h"
#include "engine/tokenizer/wb-tokenizer.h"
#include "tests/support/wb-test-shared.h"
#include "tests/support/wb-test-text.h"

static char *
new_vocabulary (gsize n_ids, gboolean byte_fallback)
{
  g_auto (GStrv) text = wb_test_text_new (500, 1);
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("wb-tokenizer-XXXXXX", NULL);

  wb_tokenizer_train ((const char *const *) text, 500, n_ids, byte_fallback, folder, &error);
  g_assert_no_error (error);
  return folder;
}

static void
assert_layout (const WbTokenizer *tokenizer, gsize first)
{
  static const char *const specials[] = { "[PAD]", "[CLS]", "[SEP]", "[UNK]" };
  const gint32             mask = wb_tokenizer_get_id (tokenizer, "[MASK]");

  for (gint32 i = 0; i < 4; i++)
    g_assert_cmpint (wb_tokenizer_get_id (tokenizer, specials[i]), ==, i);
  for (gint32 i = 4; i < (gint32) first; i++)
    {
      g_autofree char *name = g_strdup_printf ("<0x%02X>", (guint) i - 4);
      g_assert_cmpint (wb_tokenizer_get_id (tokenizer, name), ==, i);
    }
  g_assert_cmpint (mask, ==, (gint32) wb_tokenizer_get_n_ids (tokenizer) - 1);
}

static void
test_layout (void)
{
  for (gint byte_fallback = 0; byte_fallback < 2; byte_fallback++)
    {
      char *folder = new_vocabulary (400, byte_fallback);
      g_autoptr (GError) error = NULL;
      g_autoptr (WbTokenizer) tokenizer = wb_tokenizer_load (folder, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (wb_tokenizer_get_n_ids (tokenizer), <=, 401);
      assert_layout (tokenizer, byte_fallback ? 260 : 4);
      wb_test_tokenizer_folder_free (folder);
    }
}

static GBytes *
read_model (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "spm.model", NULL);
  char            *data;
  gsize            size;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  return g_bytes_new_take (data, size);
}

static void
test_same_twice (void)
{
  char *one = new_vocabulary (300, TRUE), *two = new_vocabulary (300, TRUE);
  g_autoptr (GBytes) a = read_model (one);
  g_autoptr (GBytes) b = read_model (two);

  g_assert_true (g_bytes_equal (a, b));
  wb_test_tokenizer_folder_free (one);
  wb_test_tokenizer_folder_free (two);
}

/* A character that the text does not have: its bytes, or [UNK], runs of which are one. */
static void
test_fallback (void)
{
  for (gint byte_fallback = 0; byte_fallback < 2; byte_fallback++)
    {
      char *folder = new_vocabulary (400, byte_fallback);
      g_autoptr (WbTokenizer) tokenizer = wb_tokenizer_load (folder, NULL);
      g_autoptr (WbEncoding) encoding = wb_encoding_new ();
      gsize n;

      g_assert_true (wb_tokenizer_encode (tokenizer, "日本", NULL, NULL, encoding, NULL));
      n = encoding->n;
      g_assert_cmpuint (n, ==, byte_fallback ? 9 : 4);
      if (byte_fallback)
        {
          g_assert_cmpint (encoding->ids[2], ==, 4 + 0xe6);
          g_assert_cmpint (encoding->ids[n - 2], ==, 4 + 0xac);
          g_assert_cmpuint (encoding->offsets[2].start, ==, 0);
          g_assert_cmpuint (encoding->offsets[2].end, ==, 1);
          g_assert_cmpuint (encoding->offsets[n - 2].start, ==, 1);
        }
      else
        {
          g_assert_cmpint (encoding->ids[2], ==, 3);
          g_assert_cmpuint (encoding->offsets[2].start, ==, 0);
        }
      g_assert_cmpuint (encoding->offsets[n - 2].end, ==, 2);
      wb_test_tokenizer_folder_free (folder);
    }
}

static void
assert_refused (const char *const *sentences, gsize n, gsize n_ids, const char *part)
{
  g_autofree char *folder = g_dir_make_tmp ("wb-tokenizer-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (wb_tokenizer_train (sentences, n, n_ids, TRUE, folder, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, part));
  g_assert_cmpint (g_rmdir (folder), ==, 0); /* and nothing was written */
}

static void
test_refuses (void)
{
  const char *const blank[] = { "", "  \u00a0", "\u2581", "\ufffd", "\x01", "\u200b", "a\u2585" };
  const char *const bad[] = { "fine", "\xff" };
  const char *const text[] = { "one line of text" };

  assert_refused (NULL, 0, 300, "no text");
  assert_refused (blank, G_N_ELEMENTS (blank), 300, "no text");
  assert_refused (bad, 2, 300, "sentence 2");
  assert_refused (text, 1, 260, "from 261");
  assert_refused (text, 1, 262, "SentencePiece");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/tokenizer-train/layout", test_layout);
  g_test_add_func ("/engine/tokenizer-train/same-twice", test_same_twice);
  g_test_add_func ("/engine/tokenizer-train/fallback", test_fallback);
  g_test_add_func ("/engine/tokenizer-train/refuses", test_refuses);
  return g_test_run ();
}
