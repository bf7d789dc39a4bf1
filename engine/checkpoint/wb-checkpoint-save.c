#include "config.h"

#include "engine/checkpoint/wb-checkpoint.h"

#include <string.h>

#include "engine/checkpoint/wb-checkpoint-head.h"
#include "engine/checkpoint/wb-safetensors-write.h"
#include "engine/files/wb-file-writer.h"

static gboolean
save_config (WbModel           *model,
             const char        *folder,
             const char *const *labels,
             WbDtype            dtype,
             GError           **error)
{
  g_autofree char    *path = g_build_filename (folder, "config.json", NULL);
  g_autofree char    *json = NULL;
  WbModelConfigOutput out;
  g_autoptr (WbFileWriter) writer = wb_file_writer_new (path, error);

  wb_checkpoint_describe_head (wb_model_get_config (model), wb_model_get_head (model), labels,
                               &out);
  out.dtype = dtype;
  json = wb_model_config_write (wb_model_get_config (model), &out);
  return writer != NULL && wb_file_writer_write (writer, json, strlen (json), error) &&
         wb_file_writer_commit (writer, error);
}

/* A parameter whose rows lie otherwise than published: v1's in_proj. */
typedef struct
{
  const WbParameter *parameter;
  const float       *stored;
} Packed;

static gboolean
read_packed (gpointer data, gsize first, gsize n, float *values, GError **error)
{
  const Packed *self = data;
  const gsize   cols = self->parameter->dims[1];

  for (gsize done = 0; done < n;)
    {
      const gsize row = (first + done) / cols, col = (first + done) % cols;
      const gsize length = MIN (cols - col, n - done);

      memcpy (values + done, self->stored + wb_parameter_row (self->parameter, row) * cols + col,
              length * sizeof *values);
      done += length;
    }
  return TRUE;
}

static gboolean
save_weights (WbModel *model, const char *folder, WbDtype dtype, GError **error)
{
  const WbParameterTable        *table = wb_model_get_table (model);
  const gsize                    n = wb_parameter_table_get_n (table);
  g_autofree WbSafetensorSource *sources = g_new0 (WbSafetensorSource, n);
  g_autofree Packed             *packed = g_new (Packed, n);

  for (gsize i = 0; i < n; i++)
    {
      const WbParameter *parameter = wb_parameter_table_get (table, i);
      const float       *values = wb_model_get_parameter (model, i).data;

      packed[i] = (Packed){ parameter, values };
      sources[i] = (WbSafetensorSource){ .name = parameter->name,
                                         .dims = parameter->dims,
                                         .n_dims = parameter->n_dims };
      if (parameter->packed_heads == 0)
        sources[i].values = values;
      sources[i].read = read_packed;
      sources[i].data = &packed[i];
    }
  return wb_safetensors_write_folder (folder, sources, n, dtype, WB_SAFETENSORS_MAX_FILE, error);
}

gboolean
wb_checkpoint_save_as (WbModel           *model,
                       const char        *folder,
                       const char *const *labels,
                       WbDtype            dtype,
                       GError           **error)
{
  g_return_val_if_fail (model != NULL && folder != NULL, FALSE);

  return save_weights (model, folder, dtype, error) &&
         save_config (model, folder, labels, dtype, error);
}

gboolean
wb_checkpoint_save (WbModel *model, const char *folder, const char *const *labels, GError **error)
{
  return wb_checkpoint_save_as (model, folder, labels, WB_DTYPE_F32, error);
}
