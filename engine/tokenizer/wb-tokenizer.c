#include "config.h"

#include <errno.h>
#include <string.h>

#include "engine/core/wb-engine-error.h"
#include "engine/tokenizer/bpe/wb-bpe-file-private.h"
#include "engine/tokenizer/wb-tokenizer-private.h"

static gboolean
refuse (GError      **error,
        WbEngineError code,
        const char   *file,
        const char   *what,
        const char   *name,
        gint64        id)
{
  wb_engine_error_set (error, code, "%s: %s \"%s\" (%" G_GINT64_FORMAT ")", file, what, name, id);
  return FALSE;
}

/* Building */

WbTokenizer *
wb_tokenizer_new_empty (const WbTokenizerModel *model, WbTokenizerConfig *config)
{
  WbTokenizer *self = g_new0 (WbTokenizer, 1);

  self->model = model;
  self->config = *config;
  *config = (WbTokenizerConfig){ 0 };
  self->added = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->source_names = g_ptr_array_new_with_free_func (g_free);
  self->source_bytes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  return self;
}

void
wb_tokenizer_keep_source (WbTokenizer *self, const char *name, GBytes *bytes)
{
  g_ptr_array_add (self->source_names, g_strdup (name));
  g_ptr_array_add (self->source_bytes, g_bytes_ref (bytes));
}

static gboolean /* an id beside the vocabulary's */
put_added (WbTokenizer *self, const char *content, gint32 id, const char *file, GError **error)
{
  if ((gsize) id >= self->model->get_n_pieces (self) + WB_TOKENIZER_MAX_ADDED)
    return refuse (error, WB_ENGINE_ERROR_INVALID, file, "gives an impossible id to", content, id);
  g_hash_table_insert (self->added, GINT_TO_POINTER (id), g_strdup (content));
  self->n_ids = MAX (self->n_ids, (gsize) id + 1);
  return TRUE;
}

static gboolean
take_added (WbTokenizer *self, const char *vocabulary, const WbAddedToken *token, GError **error)
{
  const gint32     piece = self->model->find_piece (self, token->content);
  const gsize      n = self->model->get_n_pieces (self);
  const char      *other = NULL;
  g_autofree char *what = NULL;

  if ((gsize) token->id < n)
    other = self->model->get_piece (self, (gsize) token->id);
  if (piece == token->id)
    return TRUE;
  if (piece < 0 && other == NULL)
    return put_added (self, token->content, token->id, token->file, error);
  what = piece >= 0
             ? g_strdup_printf ("has at id %d what %s puts at another place:", piece, token->file)
             : g_strdup_printf ("has \"%s\" where %s puts", other, token->file);
  return refuse (error, WB_ENGINE_ERROR_INVALID, vocabulary, what, token->content, token->id);
}

/* The first free one after the pieces: there the published tokenizers append what is missing. */
static gint32
take_free_id (WbTokenizer *self)
{
  while (g_hash_table_contains (self->added, GSIZE_TO_POINTER (self->next_free)))
    self->next_free++;
  self->n_ids = MAX (self->n_ids, self->next_free + 1);
  return (gint32) self->next_free++;
}

static gint32
find_or_append (WbTokenizer *self, const char *name)
{
  const WbAddedToken token = { .content = (char *) name, .special = TRUE };
  const gint32       found = wb_tokenizer_get_id (self, name);
  const gint32       id = found >= 0 ? found : take_free_id (self);

  if (found < 0)
    g_hash_table_insert (self->added, GINT_TO_POINTER (id), g_strdup (name));
  if (wb_tokenizer_config_find (&self->config, name) == NULL)
    wb_tokenizer_config_add (&self->config, &token, id, "", NULL);
  return id;
}

gboolean /* where a file gives an id it counts, then the pieces, then what is free (8.5) */
wb_tokenizer_find_specials (WbTokenizer *self, const char *file, GError **error)
{
  GHashTableIter iter;
  gpointer       token;

  self->n_ids = self->next_free = self->model->get_n_pieces (self);
  g_hash_table_iter_init (&iter, self->config.added);
  while (g_hash_table_iter_next (&iter, NULL, &token))
    if (!take_added (self, file, token, error))
      return FALSE;
  for (guint i = 0; i < WB_N_SPECIALS; i++)
    self->specials[i] = find_or_append (self, self->config.specials[i]);
  for (guint i = 0; i < self->config.extra->len; i++)
    find_or_append (self, self->config.extra->pdata[i]);
  self->literal = wb_added_new (&self->config);
  return TRUE;
}

void
wb_tokenizer_free (WbTokenizer *self)
{
  if (self == NULL)
    return;
  wb_spm_free (self->spm);
  wb_spm_file_free (self->file);
  wb_bpe_free (self->bpe);
  wb_added_free (self->literal);
  g_free (self->note);
  wb_tokenizer_config_clear (&self->config);
  g_hash_table_unref (self->added);
  g_ptr_array_unref (self->source_names);
  g_ptr_array_unref (self->source_bytes);
  g_free (self);
}

/* Looking up */

WbTokenizerKind
wb_tokenizer_get_kind (const WbTokenizer *self)
{
  g_return_val_if_fail (self != NULL, WB_TOKENIZER_UNIGRAM);
  return self->model->kind;
}

gint32
wb_tokenizer_get_special (const WbTokenizer *self, WbSpecial special)
{
  g_return_val_if_fail (self != NULL && special < WB_N_SPECIALS, -1);
  return self->specials[special];
}

const char *
wb_tokenizer_get_note (const WbTokenizer *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->note;
}

gsize
wb_tokenizer_get_n_ids (const WbTokenizer *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->n_ids;
}

char *
wb_tokenizer_dup_token (const WbTokenizer *self, gint32 id)
{
  const char *piece = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (id < 0)
    return NULL;
  if ((gsize) id < self->model->get_n_pieces (self))
    piece = self->model->get_piece (self, (gsize) id);
  if (piece != NULL)
    return g_strdup (piece);
  return g_strdup (g_hash_table_lookup (self->added, GINT_TO_POINTER (id)));
}

gint32
wb_tokenizer_get_id (const WbTokenizer *self, const char *token)
{
  const WbAddedToken *added;

  g_return_val_if_fail (self != NULL && token != NULL, -1);

  added = wb_tokenizer_config_find (&self->config, token);
  return added != NULL ? added->id : self->model->find_piece (self, token);
}

/* Writing back */

static gboolean
write_source (const WbTokenizer *self, guint i, const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, self->source_names->pdata[i], NULL);
  gsize            size;
  const char      *data = g_bytes_get_data (self->source_bytes->pdata[i], &size);

  return g_file_set_contents (path, data != NULL ? data : "", (gssize) size, error);
}

gboolean
wb_tokenizer_has_source (const WbTokenizer *self, const char *name)
{
  return g_ptr_array_find_with_equal_func (self->source_names, name, g_str_equal, NULL);
}

static gboolean /* of a vocabulary that came from bpe_encoder.bin */
write_bpe (const WbTokenizer *self, const char *folder, GError **error)
{
  static const char config[] = "{\n  \"do_lower_case\": false,\n  \"vocab_type\": \"gpt2\"\n}\n";
  g_autofree char  *path = g_build_filename (folder, "tokenizer_config.json", NULL);

  return wb_bpe_file_write (self->bpe, self->added, folder, error) &&
         (wb_tokenizer_has_source (self, "tokenizer_config.json") ||
          g_file_set_contents (path, config, -1, error));
}

gboolean
wb_tokenizer_save (const WbTokenizer *self, const char *folder, GError **error)
{
  g_return_val_if_fail (self != NULL && folder != NULL, FALSE);

  if (g_mkdir_with_parents (folder, 0777) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s", folder,
                   g_strerror (errno));
      return FALSE;
    }
  for (guint i = 0; i < self->source_names->len; i++)
    if (!write_source (self, i, folder, error))
      return FALSE;
  return self->bpe == NULL || wb_tokenizer_has_source (self, "vocab.json") ||
         wb_tokenizer_has_source (self, "bpe_encoder.bin") ||
         wb_tokenizer_has_source (self, "tokenizer.json") || write_bpe (self, folder, error);
}
