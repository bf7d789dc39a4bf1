#include "config.h"

#include <errno.h>
#include <string.h>

#include "engine/core/wb-engine-error.h"
#include "engine/core/wb-file.h"
#include "engine/tokenizer/wb-tokenizer-private.h"

#define MAX_MODEL_BYTES (64u << 20) /* the largest published one has 4.3 MB */
#define MAX_SIDE_FILE_BYTES (16u << 20)
#define MAX_ADDED 100000

/* What a folder may have beside spm.model; all of it is written back by save(). */
static const char *const side_files[] = { "tokenizer_config.json", "special_tokens_map.json",
                                          "added_tokens.json" };

static gboolean
refuse (GError **error, WbEngineError code, const char *what, const char *name, gint64 id)
{
  g_set_error (error, WB_ENGINE_ERROR, code, "tokenizer: %s \"%s\" (%" G_GINT64_FORMAT ")", what,
               name, id);
  return FALSE;
}

/* Loading */

static void
keep_source (WbTokenizer *self, const char *name, GBytes *bytes)
{
  g_ptr_array_add (self->source_names, g_strdup (name));
  g_ptr_array_add (self->source_bytes, g_bytes_ref (bytes));
}

static gboolean
load_model (WbTokenizer *self, const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "spm.model", NULL);
  g_autoptr (GBytes) bytes = wb_file_read (path, MAX_MODEL_BYTES, error);
  g_autoptr (GByteArray) checked = NULL;
  const guint8 *data;
  gsize         size;

  if (bytes == NULL)
    return FALSE;
  data = g_bytes_get_data (bytes, &size);
  self->file = wb_spm_file_parse (data != NULL ? data : (const guint8 *) "", size, path, error);
  if (self->file == NULL)
    return FALSE;
  checked = wb_spm_file_build (self->file);
  self->spm = wb_spm_new (checked->data, checked->len, error);
  if (self->spm == NULL)
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  keep_source (self, "spm.model", bytes);
  return TRUE;
}

static gboolean
load_side_files (WbTokenizer *self, const char *folder, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (side_files); i++)
    {
      g_autofree char *path = g_build_filename (folder, side_files[i], NULL);
      g_autoptr (GBytes) bytes = NULL;
      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        continue;
      bytes = wb_file_read (path, MAX_SIDE_FILE_BYTES, error);
      if (bytes == NULL)
        return FALSE;
      keep_source (self, side_files[i], bytes);
    }
  return wb_tokenizer_config_load (&self->config, folder, error);
}

static gboolean
is_special (const WbTokenizer *self, const char *name)
{
  for (guint i = 0; i < WB_N_SPECIALS; i++)
    if (g_str_equal (self->config.specials[i], name))
      return TRUE;
  return FALSE;
}

static gboolean
take_added (WbTokenizer *self, const char *name, gint32 id, GError **error)
{
  const gint32 piece = wb_spm_file_find (self->file, name);
  const guint  n = self->file->pieces->len;

  if (!is_special (self, name) && piece != id)
    return refuse (error, WB_ENGINE_ERROR_UNSUPPORTED, "added tokens are not supported:", name, id);
  if (piece >= 0 ? piece != id : (guint) id < n)
    return refuse (error, WB_ENGINE_ERROR_INVALID, "spm.model has another piece at the id of", name,
                   id);
  if (piece >= 0)
    return TRUE;
  if ((guint) id >= n + MAX_ADDED || g_hash_table_contains (self->added, GINT_TO_POINTER (id)))
    return refuse (error, WB_ENGINE_ERROR_INVALID, "no such id, or taken twice:", name, id);
  g_hash_table_insert (self->added, GINT_TO_POINTER (id), g_strdup (name));
  self->n_ids = MAX (self->n_ids, (gsize) id + 1);
  return TRUE;
}

static gint32
append_special (WbTokenizer *self, const char *name)
{
  const gint32 id = (gint32) self->n_ids++;

  g_hash_table_insert (self->added, GINT_TO_POINTER (id), g_strdup (name));
  g_hash_table_insert (self->config.added, g_strdup (name), GINT_TO_POINTER (id));
  return id;
}

static gboolean /* where a file gives an id it counts, then the pieces, then the end (8.5) */
find_specials (WbTokenizer *self, GError **error)
{
  GHashTableIter iter;
  gpointer       name, id;

  self->n_ids = self->file->pieces->len;
  g_hash_table_iter_init (&iter, self->config.added);
  while (g_hash_table_iter_next (&iter, &name, &id))
    if (!take_added (self, name, GPOINTER_TO_INT (id), error))
      return FALSE;
  for (guint i = 0; i < WB_N_SPECIALS; i++)
    {
      const char *special = self->config.specials[i];
      self->specials[i] = wb_tokenizer_get_id (self, special);
      if (self->specials[i] < 0)
        self->specials[i] = append_special (self, special);
    }
  return TRUE;
}

WbTokenizer *
wb_tokenizer_load (const char *folder, GError **error)
{
  g_autoptr (WbTokenizer) self = NULL;

  g_return_val_if_fail (folder != NULL, NULL);

  self = g_new0 (WbTokenizer, 1);
  self->added = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->source_names = g_ptr_array_new_with_free_func (g_free);
  self->source_bytes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  if (!load_model (self, folder, error) || !load_side_files (self, folder, error) ||
      !find_specials (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
wb_tokenizer_free (WbTokenizer *self)
{
  if (self == NULL)
    return;
  wb_spm_free (self->spm);
  wb_spm_file_free (self->file);
  wb_tokenizer_config_clear (&self->config);
  g_hash_table_unref (self->added);
  g_ptr_array_unref (self->source_names);
  g_ptr_array_unref (self->source_bytes);
  g_free (self);
}

/* Looking up */

gsize
wb_tokenizer_get_n_ids (const WbTokenizer *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->n_ids;
}

char *
wb_tokenizer_dup_token (const WbTokenizer *self, gint32 id)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (id < 0)
    return NULL;
  if ((guint) id < self->file->pieces->len)
    return g_strdup (wb_spm_file_get_piece (self->file, (gsize) id)->text);
  return g_strdup (g_hash_table_lookup (self->added, GINT_TO_POINTER (id)));
}

gint32
wb_tokenizer_get_id (const WbTokenizer *self, const char *token)
{
  gpointer id;

  g_return_val_if_fail (self != NULL && token != NULL, -1);

  if (g_hash_table_lookup_extended (self->config.added, token, NULL, &id))
    return GPOINTER_TO_INT (id);
  return wb_spm_file_find (self->file, token);
}

/* Writing back */

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
    {
      g_autofree char *path = g_build_filename (folder, self->source_names->pdata[i], NULL);
      gsize            size;
      const char      *data = g_bytes_get_data (self->source_bytes->pdata[i], &size);
      if (!g_file_set_contents (path, data != NULL ? data : "", (gssize) size, error))
        return FALSE;
    }
  return TRUE;
}
