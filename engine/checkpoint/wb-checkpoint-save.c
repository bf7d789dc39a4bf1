#include "config.h"

#include "engine/checkpoint/wb-checkpoint.h"

#include <string.h>

#include "engine/checkpoint/wb-safetensors.h"
#include "engine/core/wb-file-writer.h"

#define WEIGHTS "model.safetensors"

static gboolean
save_config (WbModel *model, const char *folder, const char *const *labels, GError **error)
{
  const WbHeadSpec *head = wb_model_get_head (model);
  g_autofree char  *path = g_build_filename (folder, "config.json", NULL);
  g_autofree char  *json = wb_model_config_to_json (
       wb_model_get_config (model), labels, head->n_labels, head->kind == WB_HEAD_REGRESSION);
  g_autoptr (WbFileWriter) writer = wb_file_writer_new (path, error);

  return writer != NULL && wb_file_writer_write (writer, json, strlen (json), error) &&
         wb_file_writer_commit (writer, error);
}

static gboolean
save_weights (WbModel *model, const char *folder, GError **error)
{
  const WbParameterTable        *table = wb_model_get_table (model);
  const gsize                    n = wb_parameter_table_get_n (table);
  g_autofree char               *path = g_build_filename (folder, WEIGHTS, NULL);
  g_autofree WbSafetensorSource *sources = g_new (WbSafetensorSource, n);
  g_autoptr (GPtrArray) copies = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; i < n; i++)
    {
      const WbParameter *parameter = wb_parameter_table_get (table, i);
      float             *data = wb_model_get_parameter (model, i).data;

      if (parameter->packed_heads > 0)
        {
          g_ptr_array_add (copies, g_new (float, parameter->n_elements));
          wb_parameter_publish (parameter, g_ptr_array_index (copies, copies->len - 1), data);
          data = g_ptr_array_index (copies, copies->len - 1);
        }
      sources[i] =
          (WbSafetensorSource){ parameter->name, parameter->dims, parameter->n_dims, data };
    }
  return wb_safetensors_write (path, sources, n, error);
}

gboolean
wb_checkpoint_save (WbModel *model, const char *folder, const char *const *labels, GError **error)
{
  g_return_val_if_fail (model != NULL && folder != NULL, FALSE);

  return save_weights (model, folder, error) && save_config (model, folder, labels, error);
}
