#include "app/library/wb-model-info-private.h"

#include <glib/gstdio.h>

#include "app/library/wb-model-folder-private.h"
#include "engine/checkpoint/wb-checkpoint-head.h"
#include "engine/model/wb-parameter-table.h"

void
wb_model_info_free (WbModelInfo *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->tokenizer, wb_tokenizer_free);
  g_clear_pointer (&self->weights, wb_weights_free);
  g_clear_pointer (&self->config, wb_model_config_free);
  g_free (self->path);
  g_free (self->problem);
  g_free (self);
}

static void
count_parameters (WbModelInfo *self)
{
  g_autoptr (WbParameterTable) table =
      wb_parameter_table_new (self->config, self->has_head ? &self->head : NULL);

  for (gsize i = 0; i < wb_parameter_table_get_n (table); i++)
    {
      const WbParameter *p = wb_parameter_table_get (table, i);

      if (p->head)
        self->n_head += p->n_elements;
      else if (g_str_has_prefix (p->name, "deberta.embeddings."))
        self->n_embeddings += p->n_elements;
      else
        self->n_encoder += p->n_elements;
    }
}

/* A problem of one part leaves the others to be told. */
static void
open_parts (WbModelInfo *self)
{
  g_autoptr (WbModelConfig) whole = NULL;
  g_autoptr (GError) error = NULL, unreadable = NULL;

  self->weights = wb_weights_open (self->path, NULL);
  self->tokenizer = wb_tokenizer_load (self->path, &unreadable);
  if (self->weights != NULL)
    self->has_head = wb_checkpoint_find_head (self->weights, self->config, &self->head);
  if (self->has_head && !wb_head_spec_check (&self->head, self->config, NULL))
    self->has_head = FALSE;
  whole = wb_model_folder_open (self->path, NULL, WB_MODEL_NEEDS_QUICK, &error);
  if (whole != NULL && self->tokenizer == NULL)
    error = g_steal_pointer (&unreadable);
  else if (whole != NULL)
    wb_model_folder_check_ids (self->path, self->tokenizer, self->config, &error);
  if (error != NULL)
    self->problem = g_strdup (error->message);
}

WbModelInfo *
wb_model_info_new (const char *folder, GError **error)
{
  g_autoptr (WbModelInfo) self = g_new0 (WbModelInfo, 1);

  self->path = g_strdup (folder);
  self->config = wb_model_folder_open (folder, NULL, WB_MODEL_NEEDS_CONFIG, error);
  if (self->config == NULL)
    return NULL;
  open_parts (self);
  count_parameters (self);
  return g_steal_pointer (&self);
}

char *
wb_model_info_dup_types (const WbModelInfo *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint64 seen = 0;

  for (gsize i = 0; self->weights != NULL && i < wb_weights_get_n (self->weights); i++)
    {
      const WbWeight *weight = wb_weights_get (self->weights, i);

      if ((seen & (guint64) 1 << weight->type) != 0)
        continue;
      seen |= (guint64) 1 << weight->type;
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "",
                              wb_weight_type_name (weight->type));
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static guint64
size_of (const char *path)
{
  GStatBuf status;

  return g_stat (path, &status) == 0 ? (guint64) status.st_size : 0;
}

char **
wb_model_info_dup_tokenizer_files (const WbModelInfo *self, guint64 *size)
{
  char **names = wb_tokenizer_find_files (self->path);

  *size = 0;
  for (gsize i = 0; names[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (self->path, names[i], NULL);
      *size += size_of (path);
    }
  return names;
}

guint64
wb_model_info_get_weights_size (const WbModelInfo *self)
{
  guint64 size = 0;

  for (gsize i = 0; self->weights != NULL && i < wb_weights_get_n_files (self->weights); i++)
    size += size_of (wb_weights_get_file (self->weights, i));
  return size;
}

const char *
wb_model_info_get_tokenizer_name (const WbModelInfo *self)
{
  if (self->tokenizer == NULL)
    return NULL;
  return wb_tokenizer_get_kind (self->tokenizer) == WB_TOKENIZER_BPE ? "byte-level BPE"
                                                                     : "SentencePiece";
}
