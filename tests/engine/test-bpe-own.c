#include "config.h"

#include "engine/tokenizer/wb-tokenizer-private.h"
#include "tests/support/wb-test-bpe-odd.h"
#include "tests/support/wb-test-bpe.h"
#include "tests/support/wb-test-escape.h"
#include "tests/support/wb-test-text.h"

/* Our own small byte-level vocabularies against what PyPI's tokenizers made of the same text
 * (tests/vectors/bpe-own.txt). */

#define N_SENTENCES 1000

typedef struct
{
  WbTokenizer *plain;
  WbTokenizer *prefixed; /* the same with add_prefix_space */
  WbEncoding  *encoding;
  guint        n_odd;
} Vectors;

static WbTokenizer *
load (const char *folder)
{
  g_autoptr (GError) error = NULL;
  WbTokenizer *tokenizer = wb_tokenizer_load (folder, &error);

  g_assert_no_error (error);
  g_assert_cmpint (wb_tokenizer_get_kind (tokenizer), ==, WB_TOKENIZER_BPE);
  return tokenizer;
}

static void
load_vocabulary (Vectors *self, const char *name, const char *n_ids)
{
  g_autofree char *file = g_strdup_printf ("bpe-%s.json", name);
  g_autoptr (WbTestFolder) folder = wb_test_bpe_folder_new (file);

  g_clear_pointer (&self->plain, wb_tokenizer_free);
  g_clear_pointer (&self->prefixed, wb_tokenizer_free);
  self->plain = load (folder);
  wb_test_write (folder, "tokenizer_config.json",
                 "{\"add_prefix_space\": true, \"vocab_type\": \"gpt2\"}", -1);
  self->prefixed = load (folder);
  g_assert_cmpuint (wb_tokenizer_get_n_ids (self->plain), ==, g_ascii_strtoull (n_ids, NULL, 10));
  g_assert_cmpint (wb_tokenizer_get_special (self->plain, WB_SPECIAL_MASK), ==,
                   (gint32) wb_tokenizer_get_n_ids (self->plain) - 1);
}

static void
encode (Vectors *self, const WbTokenizer *tokenizer, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (wb_tokenizer_encode (tokenizer, text, NULL, NULL, self->encoding, &error));
  g_assert_no_error (error);
}

static void
add_ids (const Vectors *self, GChecksum *digest)
{
  for (gsize k = 1; k < self->encoding->n; k++)
    {
      const gint32 id = GINT32_TO_LE (k + 1 < self->encoding->n ? self->encoding->ids[k] : -1);
      g_checksum_update (digest, (const guchar *) &id, sizeof id);
    }
}

static void
check_sentences (Vectors *self, const WbTokenizer *tokenizer, const char *want)
{
  g_auto (GStrv) text = wb_test_text_new (N_SENTENCES, 1);
  g_autoptr (GChecksum) digest = g_checksum_new (G_CHECKSUM_SHA256);

  for (gsize i = 0; i < N_SENTENCES; i++)
    {
      encode (self, tokenizer, text[i]);
      add_ids (self, digest);
    }
  g_assert_cmpstr (g_checksum_get_string (digest), ==, want);
}

/* A blank that was put in front and stays alone has no place in the text: 0-0, where tokenizers
 * gives it the first character. */
static void
check_odd (Vectors *self, const WbTokenizer *tokenizer, const char *escaped, const char *want)
{
  g_autofree char *text = wb_test_unescape (escaped);
  g_autoptr (GString) got = g_string_new (NULL);
  const gint32 blank = wb_tokenizer_get_id (tokenizer, "Ġ");

  encode (self, tokenizer, text);
  for (gsize i = 1; i + 1 < self->encoding->n; i++)
    {
      WbOffset offset = self->encoding->offsets[i];
      if (tokenizer == self->prefixed && i == 1 && self->encoding->ids[i] == blank && *text != ' ')
        {
          g_assert_cmpuint (offset.end, ==, 0);
          offset.end = 1;
        }
      g_string_append_printf (got, "%s%d@%u-%u", i > 1 ? "," : "", self->encoding->ids[i],
                              offset.start, offset.end);
    }
  g_test_message ("%s", escaped);
  g_assert_cmpstr (got->len > 0 ? got->str : "-", ==, want);
  self->n_odd++;
}

static void
check_long (Vectors *self, guint i, const char *n_bytes, const char *want)
{
  g_autofree char *text = wb_test_bpe_long_new (i);
  g_autoptr (GChecksum) digest = g_checksum_new (G_CHECKSUM_SHA256);

  g_assert_cmpuint (strlen (text), ==, g_ascii_strtoull (n_bytes, NULL, 10));
  encode (self, self->plain, text);
  add_ids (self, digest);
  g_assert_cmpstr (g_checksum_get_string (digest), ==, want);
}

static void
check_nul (Vectors *self, const char *want)
{
  static const char text[] = "a\0\0b '\0s \0";
  g_autoptr (GArray) tokens = g_array_new (FALSE, FALSE, sizeof (WbToken));
  g_autoptr (GString) got = g_string_new (NULL);

  g_assert_true (wb_tokenizer_encode_side (self->plain, text, sizeof text - 1,
                                           (WbEncodingMemory *) self->encoding, tokens, NULL));
  for (guint i = 0; i < tokens->len; i++)
    g_string_append_printf (got, "%s%d", i > 0 ? "," : "", g_array_index (tokens, WbToken, i).id);
  g_assert_cmpstr (got->str, ==, want);
}

static void
check_line (Vectors *self, char **fields, guint *n_long)
{
  const char *kind = fields[0];

  if (g_strcmp0 (kind, "vocabulary") == 0)
    {
      load_vocabulary (self, fields[1], fields[2]);
      check_sentences (self, self->plain, fields[3]);
      *n_long = 0;
    }
  else if (g_strcmp0 (kind, "prefixed") == 0)
    check_sentences (self, self->prefixed, fields[1]);
  else if (g_strcmp0 (kind, "odd") == 0)
    check_odd (self, self->plain, fields[1], fields[2]);
  else if (g_strcmp0 (kind, "odd-prefixed") == 0)
    check_odd (self, self->prefixed, fields[1], fields[2]);
  else if (g_strcmp0 (kind, "nul") == 0)
    check_nul (self, fields[1]);
  else if (g_strcmp0 (kind, "long") == 0)
    check_long (self, (*n_long)++, fields[1], fields[2]);
}

static void
test_vectors (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "vectors", "bpe-own.txt", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  Vectors self = { NULL, NULL, wb_encoding_new (), 0 };
  guint   n_long = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], " ", -1);
      if (fields[0] != NULL && *fields[0] != '#')
        check_line (&self, fields, &n_long);
    }
  g_assert_cmpuint (self.n_odd, ==, 4 * 39);
  g_assert_cmpuint (n_long, ==, 8);
  wb_tokenizer_free (self.plain);
  wb_tokenizer_free (self.prefixed);
  wb_encoding_free (self.encoding);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/bpe-own/vectors", test_vectors);
  return g_test_run ();
}
