#include "config.h"

#include "engine/tokenizer/files/wb-tokenizer-export.h"
#include "tests/support/wb-test-odd.h"
#include "tests/support/wb-test-pieces.h"
#include "tests/support/wb-test-texts.h"

/* Vocabularies with and without byte fallback, lower-casing, splitting at punctuation and added
 * tokens, from spm.model and from the tokenizer.json that we write: real and odd text against
 * other implementations (tests/vectors/tokenizer-variants.txt), and what AutoTokenizer makes of
 * that tokenizer.json (tokenizer-fast.txt).  With a sanitizer only the first texts of each file. */

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
  wb_test_assert_same_pieces (self->spm, self->json);
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

/* @fast: over all texts but those of @skip, ascending numbers that end with G_MAXUINT */
typedef struct
{
  GChecksum   *all;
  GChecksum   *fast;
  const guint *skip;
} Digests;

static void
add_text (Digests *self, const WbEncoding *encoding, gboolean skipped)
{
  for (gsize k = 1; k < encoding->n; k++)
    {
      const gint32   id = GINT32_TO_LE (k + 1 < encoding->n ? encoding->ids[k] : -1);
      const WbOffset offset = encoding->offsets[k];
      g_checksum_update (self->all, (const guchar *) &id, sizeof id);
      if (!skipped)
        g_checksum_update (self->fast, (const guchar *) &id, sizeof id);
      g_assert_true (offset.start <= offset.end &&
                     (k + 1 == encoding->n || offset.end >= encoding->offsets[k - 1].end));
    }
}

static void
add_texts (Digests *self, const WbTokenizer *tokenizer, const GPtrArray *texts)
{
  g_autoptr (WbEncoding) encoding = wb_encoding_new ();

  for (guint i = 0; i < texts->len; i++)
    {
      const gboolean skipped = *self->skip == i;
      g_assert_true (wb_tokenizer_encode (tokenizer, texts->pdata[i], NULL, NULL, encoding, NULL));
      add_text (self, encoding, skipped);
      self->skip += skipped;
    }
}

static void
assert_digest (GChecksum *sum, const char *want)
{
  g_autofree char *got = g_strndup (g_checksum_get_string (sum), 32);

  g_assert_cmpstr (got, ==, want);
}

/* One pass over @texts; @want_fast: (nullable) */
static void
check_texts (const WbTokenizer *tokenizer,
             const GPtrArray   *texts,
             const char        *want,
             const char        *want_fast,
             const guint       *skip)
{
  g_autoptr (GChecksum) all = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GChecksum) fast = g_checksum_new (G_CHECKSUM_SHA256);
  Digests digests = { all, fast, skip };

  add_texts (&digests, tokenizer, texts);
  if (want != NULL)
    assert_digest (all, want);
  if (want_fast != NULL)
    assert_digest (fast, want_fast);
}

/* tokenizer-fast.txt: "VARIANT VOCABULARY FILE" -> { texts, digest, skipped } */

static GHashTable *
read_fast (void)
{
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "vectors", "tokenizer-fast.txt", NULL);
  GHashTable *table =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_strfreev);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      char **fields = g_strsplit (lines[i], " ", -1);
      if (g_strv_length (fields) == 6 && lines[i][0] != '#')
        g_hash_table_insert (table, g_strdup_printf ("%s %s %s", fields[0], fields[1], fields[2]),
                             fields);
      else
        g_strfreev (fields);
    }
  return table;
}

static guint * /* "3,17" */
parse_skipped (const char *list)
{
  g_auto (GStrv) numbers = g_strsplit (g_str_equal (list, "-") ? "" : list, ",", -1);
  const guint n = g_strv_length (numbers);
  guint      *skip = g_new (guint, n + 1);

  for (guint i = 0; i < n; i++)
    skip[i] = (guint) g_ascii_strtoull (numbers[i], NULL, 10);
  skip[n] = G_MAXUINT;
  return skip;
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

static GPtrArray * /* odd texts; @names: those with the special tokens' names too */
read_odd (gboolean names)
{
  GPtrArray *texts = wb_test_odd_new (1);

  for (guint i = texts->len; i > 0 && !names; i--)
    if (names_special (texts->pdata[i - 1]))
      g_ptr_array_remove_index (texts, i - 1);
  if (HEAD_ONLY)
    g_ptr_array_set_size (texts, HEAD);
  return texts;
}

static void /* from spm.model and from our tokenizer.json */
check_odd (const Variant *variant, char **fields, char **fast)
{
  static const guint none[] = { G_MAXUINT };
  const gboolean     slow = !g_str_equal (fields[0], "bytes") && !g_str_equal (fields[0], "plain");
  g_autoptr (GPtrArray) all = read_odd (!slow);
  g_autoptr (GPtrArray) unnamed = read_odd (FALSE);
  const char *want = fields[HEAD_ONLY ? 5 : 4];

  check_texts (variant->spm, all, want, NULL, none);
  check_texts (variant->json, all, want, NULL, none);
  if (fast != NULL && !HEAD_ONLY)
    {
      g_autofree guint *skip = parse_skipped (fast[5]);
      g_assert_cmpuint (unnamed->len, ==, g_ascii_strtoull (fast[3], NULL, 10));
      check_texts (variant->spm, unnamed, NULL, fast[4], skip);
    }
}

static void
check_file (const Variant *variant, char **fields, char **fast)
{
  g_autoptr (GPtrArray) texts = wb_test_texts_new (fields[2], HEAD_ONLY ? HEAD : MOST);
  g_autofree guint *skip = parse_skipped (fast != NULL && !HEAD_ONLY ? fast[5] : "-");

  g_assert_nonnull (texts);
  check_texts (variant->spm, texts, fields[HEAD_ONLY ? 5 : 4],
               fast != NULL && !HEAD_ONLY ? fast[4] : NULL, skip);
}

/* What other implementations were asked: not of our own vocabularies, nor of all at once. */
static gboolean
has_fast (char **fields)
{
  return !g_str_has_prefix (fields[1], "own-") && !g_str_equal (fields[0], "all");
}

/* "VARIANT VOCABULARY FILE TEXTS DIGEST HEAD" */
static gboolean
check_line (Variant *variant, char **fields, GHashTable *fast)
{
  g_autofree char *name = g_strconcat (fields[0], " ", fields[1], NULL);
  g_autofree char *key = g_strconcat (name, " ", fields[2], NULL);
  char           **want_fast = g_hash_table_lookup (fast, key);

  g_assert_true ((want_fast != NULL) == has_fast (fields));
  if (g_strcmp0 (variant->name, name) != 0)
    {
      close_variant (variant);
      if (!open_variant (variant, fields[0], fields[1]))
        return FALSE;
    }
  g_test_message ("%s", key);
  if (g_str_equal (fields[2], "odd"))
    check_odd (variant, fields, want_fast);
  else
    check_file (variant, fields, want_fast);
  return TRUE;
}

static void
test_digests (void)
{
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "vectors", "tokenizer-variants.txt", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GHashTable) fast = read_fast ();
  Variant  variant = { 0 };
  gboolean there = TRUE;
  guint    n = 0;

  g_assert_cmpuint (g_hash_table_size (fast), ==, 340); /* four variants, 84 files and odd texts */
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; there && lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], " ", -1);

      if (lines[i][0] == '\0' || lines[i][0] == '#')
        continue;
      g_assert_cmpuint (g_strv_length (fields), ==, 6);
      there = check_line (&variant, fields, fast);
      n += there;
    }
  close_variant (&variant);
  g_assert_cmpuint (n, ==, there ? 5 * 85 + 2 : 2); /* and our own two vocabularies */
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
