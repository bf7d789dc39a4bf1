#include "config.h"

#include "engine/core/wb-engine-error.h"
#include "engine/files/wb-file.h"
#include "engine/tokenizer/bpe/wb-bpe-encoder-private.h"
#include "engine/tokenizer/bpe/wb-bpe-file-private.h"
#include "engine/tokenizer/files/wb-tokenizer-json-private.h"
#include "engine/tokenizer/wb-tokenizer-private.h"

#define MAX_MODEL_BYTES (64u << 20) /* the largest published one has 4.3 MB */

/* A folder: which of its files are the tokenizer's, and reading them. */

/* The ways to keep a vocabulary, in the order in which they are looked for.  The files with which a
 * model was trained come before tokenizer.json, which another program made from them. */
static const char *const vocabularies[][3] = {
  { "spm.model" },
  { "vocab.json", "merges.txt" },
  { "bpe_encoder.bin" },
  { "tokenizer.json" },
};

/* What may lie beside it; all of it is written back by save(). */
static const char *const side_files[] = { "tokenizer_config.json", "special_tokens_map.json",
                                          "added_tokens.json", "tokenizer.json" };

static gboolean
has_file (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static const char *const * /* (nullable) */
find_vocabulary (const char *folder)
{
  for (gsize i = 0; i < G_N_ELEMENTS (vocabularies); i++)
    {
      gboolean all = TRUE;
      for (gsize k = 0; k < 3 && vocabularies[i][k] != NULL; k++)
        all = all && has_file (folder, vocabularies[i][k]);
      if (all)
        return vocabularies[i];
    }
  return NULL;
}

/* Lies there, and is not @vocabulary itself. */
static gboolean
is_beside (const char *folder, const char *vocabulary, const char *name)
{
  return !g_str_equal (name, vocabulary) && has_file (folder, name);
}

static char **
dup_names (const char *folder, gboolean beside)
{
  GPtrArray         *names = g_ptr_array_new ();
  const char *const *vocabulary = find_vocabulary (folder);

  for (gsize i = 0; vocabulary != NULL && i < 3 && vocabulary[i] != NULL; i++)
    g_ptr_array_add (names, g_strdup (vocabulary[i]));
  for (gsize i = 0; beside && vocabulary != NULL && i < G_N_ELEMENTS (side_files); i++)
    if (is_beside (folder, vocabulary[0], side_files[i]))
      g_ptr_array_add (names, g_strdup (side_files[i]));
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}

char **
wb_tokenizer_find_vocabulary (const char *folder)
{
  g_return_val_if_fail (folder != NULL, NULL);
  return dup_names (folder, FALSE);
}

char **
wb_tokenizer_find_files (const char *folder)
{
  g_return_val_if_fail (folder != NULL, NULL);
  return dup_names (folder, TRUE);
}

/* A unigram vocabulary */

static WbTokenizer *
load_spm (const char *folder, WbTokenizerConfig *config, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "spm.model", NULL);
  g_autoptr (GBytes) bytes = wb_file_read (path, MAX_MODEL_BYTES, error);
  g_autoptr (WbSpmFile) file = NULL;
  WbTokenizer  *self;
  const guint8 *data;
  gsize         size;

  if (bytes == NULL)
    return NULL;
  data = g_bytes_get_data (bytes, &size);
  file = wb_spm_file_parse (data != NULL ? data : (const guint8 *) "", size, path, error);
  if (file == NULL)
    return NULL;
  self = wb_tokenizer_new_unigram (g_steal_pointer (&file), config, path, error);
  if (self != NULL)
    wb_tokenizer_keep_source (self, "spm.model", bytes);
  return self;
}

/* A byte-level BPE */

static WbTokenizer *
load_bpe_files (const char *folder, WbTokenizerConfig *config, GError **error)
{
  g_autofree char *vocab = g_build_filename (folder, "vocab.json", NULL);
  g_autofree char *merges = g_build_filename (folder, "merges.txt", NULL);
  g_autoptr (GBytes) vocab_bytes = wb_file_read (vocab, MAX_MODEL_BYTES, error);
  g_autoptr (GBytes) merges_bytes =
      vocab_bytes != NULL ? wb_file_read (merges, MAX_MODEL_BYTES, error) : NULL;
  g_autoptr (WbBpe) bpe = NULL;
  WbTokenizer *self;

  if (merges_bytes == NULL)
    return NULL;
  bpe = wb_bpe_file_parse (vocab_bytes, vocab, merges_bytes, merges, error);
  if (bpe == NULL)
    return NULL;
  self = wb_tokenizer_new_bpe (g_steal_pointer (&bpe), config, vocab, error);
  if (self == NULL)
    return NULL;
  wb_tokenizer_keep_source (self, "vocab.json", vocab_bytes);
  wb_tokenizer_keep_source (self, "merges.txt", merges_bytes);
  return self;
}

/* The same of the original releases.  What it says is written back as vocab.json and merges.txt,
 * unless some of its strings have no id, which those two cannot say, or a tokenizer.json lies
 * beside it, which has the added tokens in another table than a vocab.json would. */
static WbTokenizer *
load_bpe_encoder (const char *folder, WbTokenizerConfig *config, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "bpe_encoder.bin", NULL);
  g_autoptr (WbBpe) bpe = wb_bpe_encoder_load (path, error);
  g_autoptr (WbTokenizer) self = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (bpe == NULL)
    return NULL;
  self = wb_tokenizer_new_bpe (g_steal_pointer (&bpe), config, path, error);
  if (self == NULL || (wb_bpe_file_check (self->bpe, NULL) && !has_file (folder, "tokenizer.json")))
    return g_steal_pointer (&self);
  bytes = wb_file_read (path, MAX_MODEL_BYTES, error);
  if (bytes == NULL)
    return NULL;
  wb_tokenizer_keep_source (self, "bpe_encoder.bin", bytes);
  return g_steal_pointer (&self);
}

/* The folder */

static gboolean
keep_side_files (WbTokenizer *self, const char *folder, const char *vocabulary, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (side_files); i++)
    {
      g_autofree char *path = g_build_filename (folder, side_files[i], NULL);
      g_autoptr (GBytes) bytes = NULL;
      if (!is_beside (folder, vocabulary, side_files[i]))
        continue;
      bytes = wb_file_read (path, MAX_MODEL_BYTES, error);
      if (bytes == NULL)
        return FALSE;
      wb_tokenizer_keep_source (self, side_files[i], bytes);
    }
  return TRUE;
}

static void
set_no_vocabulary (const char *folder, GError **error)
{
  const char *half = has_file (folder, "vocab.json")   ? "vocab.json without merges.txt"
                     : has_file (folder, "merges.txt") ? "merges.txt without vocab.json"
                                                       : NULL;

  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_MISSING,
               "%s: has no vocabulary%s%s; it needs spm.model, vocab.json and merges.txt, "
               "bpe_encoder.bin, or tokenizer.json",
               folder, half != NULL ? ", but " : "", half != NULL ? half : "");
}

/* Only tokenizer.json */

static WbTokenizer *
load_json (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "tokenizer.json", NULL);
  g_autoptr (GBytes) bytes = wb_file_read (path, MAX_MODEL_BYTES, error);
  WbTokenizer *self = bytes != NULL ? wb_tokenizer_json_load (folder, bytes, error) : NULL;

  if (self != NULL)
    wb_tokenizer_keep_source (self, "tokenizer.json", bytes);
  return self;
}

static WbTokenizer *
load_trained (const char *folder, const char *vocabulary, WbTokenizerConfig *config, GError **error)
{
  if (g_str_equal (vocabulary, "spm.model"))
    return load_spm (folder, config, error);
  return g_str_equal (vocabulary, "vocab.json") ? load_bpe_files (folder, config, error)
                                                : load_bpe_encoder (folder, config, error);
}

/* A tokenizer.json beside the vocabulary adds its added tokens, and must agree. */
static WbTokenizer *
load_beside_json (const char        *folder,
                  const char        *vocabulary,
                  WbTokenizerConfig *config,
                  GError           **error)
{
  const gboolean   bpe = !g_str_equal (vocabulary, "spm.model");
  g_autofree char *path = g_build_filename (folder, "tokenizer.json", NULL);
  g_autoptr (GBytes) bytes = wb_file_read (path, MAX_MODEL_BYTES, error);
  g_auto (WbTokenizerJson) json = { 0 };
  g_autoptr (WbTokenizer) self = NULL;

  if (bytes == NULL || !wb_tokenizer_json_open (&json, folder, bytes, config, error))
    return NULL;
  if (!json.is_bpe != !bpe)
    {
      wb_tokenizer_json_refuse (&json, error, WB_ENGINE_ERROR_INVALID, "model.type",
                                "is another kind than that of %s", vocabulary);
      return NULL;
    }
  if (!wb_tokenizer_json_read_added (&json, error))
    return NULL;
  self = load_trained (folder, vocabulary, config, error);
  if (self == NULL || !wb_tokenizer_json_compare (&json, self, vocabulary, error))
    return NULL;
  return g_steal_pointer (&self);
}

static WbTokenizer *
load_vocabulary (const char *folder, const char *vocabulary, GError **error)
{
  const gboolean unigram = g_str_equal (vocabulary, "spm.model");
  g_auto (WbTokenizerConfig) config = { 0 };

  if (g_str_equal (vocabulary, "tokenizer.json"))
    return load_json (folder, error);
  if (!wb_tokenizer_config_load (&config, unigram ? WB_TOKENIZER_UNIGRAM : WB_TOKENIZER_BPE, folder,
                                 error))
    return NULL;
  return has_file (folder, "tokenizer.json") ? load_beside_json (folder, vocabulary, &config, error)
                                             : load_trained (folder, vocabulary, &config, error);
}

WbTokenizer *
wb_tokenizer_load (const char *folder, GError **error)
{
  g_autoptr (WbTokenizer) self = NULL;
  const char *const *vocabulary;

  g_return_val_if_fail (folder != NULL, NULL);

  vocabulary = find_vocabulary (folder);
  if (vocabulary == NULL)
    {
      set_no_vocabulary (folder, error);
      return NULL;
    }
  self = load_vocabulary (folder, vocabulary[0], error);
  if (self == NULL || !keep_side_files (self, folder, vocabulary[0], error))
    return NULL;
  return g_steal_pointer (&self);
}
