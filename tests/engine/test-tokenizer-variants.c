#include "config.h"

#include "engine/tokenizer/wb-tokenizer-export.h"
#include "engine/tokenizer/wb-tokenizer-private.h"
#include "tests/support/wb-test-odd.h"
#include "tests/support/wb-test-texts.h"

/* Vocabularies with and without byte fallback, lower-casing, splitting at punctuation and added
 * tokens, from spm.model and from the tokenizer.json that we write: real and odd text against
 * other implementations (tests/vectors/tokenizer-variants.txt).  With a sanitizer only the first
 * texts of each file. */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HEAD_ONLY TRUE
#else
#define HEAD_ONLY FALSE
#endif
#define MOST 1000
#define HEAD 50

static const struct
{
  const char *name;
  const char *config;
} variants[] = {
  { "bytes", "{}" },
  { "plain", "{}" },
  { "lower", "{\"do_lower_case\": true}" },
  { "punct", "{\"split_by_punct\": true}" },
  { "all", "{\"do_lower_case\": true, \"split_by_punct\": true, \"added_tokens_decoder\": {"
           "\"128001\": {\"content\": \"<<ENT>>\", \"special\": true}, "
           "\"23423\": {\"content\": \"qua\"}, \"128002\": {\"content\": \"in the\"}, "
           "\"44333\": {\"content\": \"ко\"}, \"36439\": {\"content\": \"日\"}, "
           "\"128003\": {\"content\": \"e\u0301\"}, "
           "\"8265\": {\"content\": \"que\", \"lstrip\": true, \"rstrip\": true}}}" },
};

typedef struct
{
  char        *name;
  WbTokenizer *spm;
  WbTokenizer *json; /* loaded from the tokenizer.json that @spm writes */
} Variant;

static void
write_file (const char *folder, const char *name, const void *data, gssize size)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, data, size, NULL));
}

static WbTokenizer *
load (const char *folder)
{
  g_autoptr (GError) error = NULL;
  WbTokenizer *self = wb_tokenizer_load (folder, &error);

  g_assert_no_error (error);
  return self;
}

static void /* spm.model goes, only tokenizer.json stays */
load_both (Variant *self, GByteArray *model, const char *config)
{
  char            *folder = g_dir_make_tmp ("wb-tokenizer-XXXXXX", NULL);
  g_autofree char *spm = g_build_filename (folder, "spm.model", NULL);
  g_autofree char *json = g_build_filename (folder, "tokenizer.json", NULL);

  write_file (folder, "spm.model", model->data, model->len);
  write_file (folder, "tokenizer_config.json", config, -1);
  self->spm = load (folder);
  g_assert_true (wb_tokenizer_export (self->spm, folder, NULL));
  g_unlink (spm);
  self->json = load (folder);
  g_unlink (json);
  wb_test_tokenizer_folder_free (folder);
}

static GByteArray * /* (nullable) */
read_model (const char *vocabulary)
{
  const gboolean   own = g_str_has_prefix (vocabulary, "own-");
  g_autofree char *file = g_strdup_printf ("tokenizer-%s.model.gz", vocabulary + (own ? 4 : 0));
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "vectors", file, NULL);
  g_autofree char *packed = NULL;
  gsize            size;

  if (!own)
    {
      GBytes *bytes = wb_test_shared_read ("data/tokenizers/deberta-v3/spm.model");
      return bytes != NULL ? g_bytes_unref_to_array (bytes) : NULL;
    }
  g_assert_true (g_file_get_contents (path, &packed, &size, NULL));
  return g_bytes_unref_to_array (wb_test_unzip (packed, size));
}

static GByteArray * /* v2's kind: what is not in it is [UNK] */
drop_fallback (GByteArray *model)
{
  g_autoptr (WbSpmFile) file = wb_spm_file_parse (model->data, model->len, "spm.model", NULL);

  g_assert_nonnull (file);
  file->byte_fallback = FALSE;
  for (guint i = 0; i < file->pieces->len; i++)
    {
      WbPiece         *piece = &g_array_index (file->pieces, WbPiece, i);
      g_autofree char *name = g_strdup_printf ("<no byte %u>", i);
      if (piece->type != WB_PIECE_BYTE)
        continue;
      piece->type = WB_PIECE_CONTROL;
      piece->text = g_string_chunk_insert (file->texts, name);
    }
  return wb_spm_file_build (file);
}

static gboolean
open_variant (Variant *self, const char *name, const char *vocabulary)
{
  GByteArray *model = read_model (vocabulary);
  gsize       i = 0;

  if (model == NULL)
    return FALSE;
  if (g_str_equal (vocabulary, "plain"))
    {
      GByteArray *plain = drop_fallback (model);
      g_byte_array_unref (model);
      model = plain;
    }
  while (!g_str_equal (variants[i].name, name))
    i++;
  load_both (self, model, variants[i].config);
  self->name = g_strconcat (name, " ", vocabulary, NULL);
  g_byte_array_unref (model);
  return TRUE;
}

static void
close_variant (Variant *self)
{
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->spm, wb_tokenizer_free);
  g_clear_pointer (&self->json, wb_tokenizer_free);
}

static char *
digest (const WbTokenizer *tokenizer, const GPtrArray *texts, gsize most)
{
  g_autoptr (WbEncoding) encoding = wb_encoding_new ();
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  for (guint i = 0; i < MIN (most, texts->len); i++)
    {
      g_assert_true (wb_tokenizer_encode (tokenizer, texts->pdata[i], NULL, NULL, encoding, NULL));
      for (gsize k = 1; k < encoding->n; k++)
        {
          const gint32   id = GINT32_TO_LE (k + 1 < encoding->n ? encoding->ids[k] : -1);
          const WbOffset offset = encoding->offsets[k];
          g_checksum_update (sum, (const guchar *) &id, sizeof id);
          g_assert_true (offset.start <= offset.end &&
                         (k + 1 == encoding->n || offset.end >= encoding->offsets[k - 1].end));
        }
    }
  return g_strndup (g_checksum_get_string (sum), 32);
}

static gboolean /* the slow tokenizer takes these names for tokens */
names_special (const char *text)
{
  static const char *const names[] = { "[MASK]", "[CLS]", "[SEP]", "[PAD]", "[UNK]" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (strstr (text, names[i]) != NULL)
      return TRUE;
  return FALSE;
}

static GPtrArray * /* (nullable) */
read_texts (const char *variant, const char *name)
{
  GPtrArray *texts;

  if (!g_str_equal (name, "odd"))
    return wb_test_texts_new (name, HEAD_ONLY ? HEAD : MOST);
  texts = wb_test_odd_new (1);
  for (guint i = texts->len;
       i > 0 && !g_str_equal (variant, "bytes") && !g_str_equal (variant, "plain"); i--)
    if (names_special (texts->pdata[i - 1]))
      g_ptr_array_remove_index (texts, i - 1);
  return texts;
}

/* "VARIANT VOCABULARY FILE TEXTS DIGEST HEAD" */
static gboolean
check_line (Variant *variant, char **fields)
{
  g_autofree char *name = g_strconcat (fields[0], " ", fields[1], NULL);
  g_autoptr (GPtrArray) texts = NULL;
  const WbTokenizer *both[2];

  if (g_strcmp0 (variant->name, name) != 0)
    {
      close_variant (variant);
      if (!open_variant (variant, fields[0], fields[1]))
        return FALSE;
    }
  both[0] = variant->spm;
  both[1] = variant->json;
  g_test_message ("%s %s", name, fields[2]);
  texts = read_texts (fields[0], fields[2]);
  g_assert_nonnull (texts);
  for (gsize i = 0; i < (g_str_equal (fields[2], "odd") ? 2 : 1); i++)
    {
      g_autofree char *got = digest (both[i], texts, HEAD_ONLY ? HEAD : MOST + HEAD);
      g_assert_cmpstr (got, ==, fields[HEAD_ONLY ? 5 : 4]);
    }
  return TRUE;
}

static void
test_digests (void)
{
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "vectors", "tokenizer-variants.txt", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  Variant  variant = { 0 };
  gboolean there = TRUE;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; there && lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], " ", -1);
      if (g_strv_length (fields) == 6 && lines[i][0] != '#')
        there = check_line (&variant, fields);
    }
  close_variant (&variant);
  if (!there)
    g_test_skip (
        "WB_SHARED has no data/tokenizers/deberta-v3/spm.model: only our own were checked");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/tokenizer-variants/digests", test_digests);
  return g_test_run ();
}
