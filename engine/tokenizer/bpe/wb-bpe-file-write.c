#include "config.h"

#include <string.h>

#include "engine/core/wb-engine-error.h"
#include "engine/files/wb-json-text.h"
#include "engine/tokenizer/bpe/wb-bpe-file-private.h"
#include "engine/tokenizer/bpe/wb-bpe-table-private.h"

static gsize
get_last_id (const WbBpe *self, GHashTable *extra)
{
  gsize          n = wb_bpe_get_n_ids (self);
  GHashTableIter iter;
  gpointer       id;

  if (extra == NULL)
    return n;
  g_hash_table_iter_init (&iter, extra);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    n = MAX (n, (gsize) GPOINTER_TO_INT (id) + 1);
  return n;
}

void
wb_bpe_file_append_vocab (const WbBpe *self, GHashTable *extra, GString *out)
{
  const gsize n = get_last_id (self, extra);
  const char *before = "";

  g_string_append_c (out, '{');
  for (gsize id = 0; id < n; id++)
    {
      const char *text = wb_bpe_get_text (self, (gint32) id);
      if (text == NULL && extra != NULL)
        text = g_hash_table_lookup (extra, GINT_TO_POINTER ((gint) id));
      if (text == NULL)
        continue;
      g_string_append (out, before);
      wb_json_append_string (out, text);
      g_string_append_printf (out, ":%" G_GSIZE_FORMAT, id);
      before = ",\n";
    }
  g_string_append_c (out, '}');
}

void
wb_bpe_file_append_merges (const WbBpe *self, GString *out)
{
  g_string_append_c (out, '[');
  for (gsize rank = 0; rank < wb_bpe_get_n_merges (self); rank++)
    {
      const char *left, *right;
      wb_bpe_get_merge (self, rank, &left, &right);
      g_string_append (out, rank > 0 ? ",\n[" : "[");
      wb_json_append_string (out, left);
      g_string_append_c (out, ',');
      wb_json_append_string (out, right);
      g_string_append_c (out, ']');
    }
  g_string_append_c (out, ']');
}

static gboolean /* has an id, and a line of merges.txt could hold it */
can_write (const WbBpe *self, guint32 symbol)
{
  const WbBpeSymbol *token = &g_array_index (self->symbols, WbBpeSymbol, symbol);

  return token->id >= 0 && strpbrk (token->text, " \n\r") == NULL;
}

gboolean
wb_bpe_file_check (const WbBpe *self, GError **error)
{
  for (guint rank = 0; rank < self->merges->len; rank++)
    {
      const WbBpeMerge *merge = &g_array_index (self->merges, WbBpeMerge, rank);
      const char       *left, *right;
      if (can_write (self, merge->left) && can_write (self, merge->right) &&
          can_write (self, merge->result))
        continue;
      wb_bpe_get_merge (self, rank, &left, &right);
      wb_engine_error_set (error, WB_ENGINE_ERROR_UNSUPPORTED,
                           "the vocabulary merges \"%s\" and \"%s\", and one of them or what they "
                           "make has no id, or a blank: vocab.json and merges.txt cannot say that",
                           left, right);
      return FALSE;
    }
  return TRUE;
}

static gboolean
write_merges (const WbBpe *self, const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "merges.txt", NULL);
  g_autoptr (GString) out = g_string_new ("#version: 0.2\n");

  for (gsize rank = 0; rank < wb_bpe_get_n_merges (self); rank++)
    {
      const char *left, *right;
      wb_bpe_get_merge (self, rank, &left, &right);
      g_string_append_printf (out, "%s %s\n", left, right);
    }
  return g_file_set_contents (path, out->str, (gssize) out->len, error);
}

gboolean
wb_bpe_file_write (const WbBpe *self, GHashTable *extra, const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "vocab.json", NULL);
  g_autoptr (GString) out = g_string_new (NULL);

  if (!wb_bpe_file_check (self, error))
    return FALSE;
  wb_bpe_file_append_vocab (self, extra, out);
  g_string_append_c (out, '\n');
  return g_file_set_contents (path, out->str, (gssize) out->len, error) &&
         write_merges (self, folder, error);
}
