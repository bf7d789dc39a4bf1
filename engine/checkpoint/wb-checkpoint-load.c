#include "config.h"

#include "engine/checkpoint/wb-checkpoint.h"

#include <string.h>

#include "engine/checkpoint/wb-safetensors.h"
#include "engine/core/wb-engine-error.h"

#define WEIGHTS "model.safetensors"

void
wb_load_report_free (WbLoadReport *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->ignored);
  g_free (self);
}

/* "Without model.safetensors" is said with what is there instead. */
static WbSafetensors *
open_weights (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, WEIGHTS, NULL);
  g_autofree char *index = g_build_filename (folder, WEIGHTS ".index.json", NULL);
  g_autofree char *pickle = g_build_filename (folder, "pytorch_model.bin", NULL);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return wb_safetensors_open (path, error);
  if (g_file_test (index, G_FILE_TEST_EXISTS))
    g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_UNSUPPORTED,
                 "%s: the weights are split over several files; save them as one " WEIGHTS, folder);
  else if (g_file_test (pickle, G_FILE_TEST_EXISTS))
    g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_UNSUPPORTED,
                 "%s: there is pytorch_model.bin, but only " WEIGHTS " is read; load the model in "
                 "transformers and save it again",
                 folder);
  else
    g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_MISSING, "%s: there is no " WEIGHTS,
                 folder);
  return NULL;
}

/* Under its published name, without the prefix, or with the first LayerNorms' names gamma and
 * beta. */
static const WbSafetensor *
find_tensor (const WbSafetensors *file, const char *name)
{
  static const char *const suffixes[][2] = { { "LayerNorm.weight", "LayerNorm.gamma" },
                                             { "LayerNorm.bias", "LayerNorm.beta" } };
  const WbSafetensor      *tensor = wb_safetensors_find (file, name);

  if (tensor == NULL && g_str_has_prefix (name, "deberta."))
    tensor = wb_safetensors_find (file, name + strlen ("deberta."));
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes) && tensor == NULL; i++)
    if (g_str_has_suffix (name, suffixes[i][0]))
      {
        const int        stem = (int) (strlen (name) - strlen (suffixes[i][0]));
        g_autofree char *old = g_strdup_printf ("%.*s%s", stem, name, suffixes[i][1]);

        tensor = find_tensor (file, old);
      }
  return tensor;
}

static gboolean
has_shape (const WbSafetensor *tensor, const WbParameter *parameter)
{
  return tensor->n_dims == parameter->n_dims &&
         memcmp (tensor->dims, parameter->dims, tensor->n_dims * sizeof (gsize)) == 0;
}

static gboolean
check_shape (const char         *folder,
             const WbSafetensor *tensor,
             const WbParameter  *parameter,
             GError            **error)
{
  g_autofree char *has = NULL;
  g_autofree char *needs = NULL;

  if (has_shape (tensor, parameter))
    return TRUE;
  has = wb_safetensor_dup_shape (tensor->dims, tensor->n_dims);
  needs = wb_safetensor_dup_shape (parameter->dims, parameter->n_dims);
  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE,
               "%s/" WEIGHTS ": tensor %s is %s; config.json makes it %s", folder, tensor->name,
               has, needs);
  return FALSE;
}

/* The tensor of an encoder parameter, which must be there as it should be. */
static const WbSafetensor *
require_tensor (const WbSafetensors *file,
                const char          *folder,
                const WbParameter   *parameter,
                GError             **error)
{
  const WbSafetensor *tensor = find_tensor (file, parameter->name);

  if (tensor == NULL)
    {
      g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_MISSING,
                   "%s/" WEIGHTS ": tensor %s is missing", folder, parameter->name);
      return NULL;
    }
  if (!check_shape (folder, tensor, parameter, error) ||
      !wb_safetensors_check_dtype (file, tensor, error))
    return NULL;
  return tensor;
}

static gboolean
check_encoder (const WbSafetensors    *file,
               const char             *folder,
               const WbParameterTable *table,
               GError                **error)
{
  for (gsize i = 0; i < wb_parameter_table_get_n (table); i++)
    {
      const WbParameter *parameter = wb_parameter_table_get (table, i);

      if (!parameter->head && require_tensor (file, folder, parameter, error) == NULL)
        return FALSE;
    }
  return TRUE;
}

gboolean
wb_checkpoint_check (const char *folder, const WbModelConfig *config, GError **error)
{
  g_autoptr (WbSafetensors) file = NULL;
  g_autoptr (WbParameterTable) table = NULL;

  g_return_val_if_fail (folder != NULL && config != NULL, FALSE);

  file = open_weights (folder, error);
  if (file == NULL)
    return FALSE;
  table = wb_parameter_table_new (config, NULL);
  return check_encoder (file, folder, table, error);
}

/* Whether weight and bias of the head's layer that @parameter belongs to can be taken: half a layer
 * of a file and half a random one would be neither. */
static gboolean
head_layer_fits (const WbSafetensors    *file,
                 const WbParameterTable *table,
                 const WbParameter      *parameter)
{
  static const char *const parts[] = { ".weight", ".bias" };
  const char              *dot = strrchr (parameter->name, '.');

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *name =
          g_strdup_printf ("%.*s%s", (int) (dot - parameter->name), parameter->name, parts[i]);
      const WbParameter  *other = wb_parameter_table_find (table, name);
      const WbSafetensor *tensor = wb_safetensors_find (file, name);

      if (other != NULL && (tensor == NULL || !has_shape (tensor, other)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_parameter (WbSafetensors      *file,
                WbModel            *model,
                gsize               i,
                const WbSafetensor *tensor,
                GHashTable         *used,
                GError            **error)
{
  const WbParameter *p = wb_parameter_table_get (wb_model_get_table (model), i);
  g_autofree float  *published = NULL;

  g_hash_table_add (used, tensor->name);
  if (p->packed_heads == 0)
    return wb_safetensors_read (file, tensor, wb_model_get_parameter (model, i).data, error);
  published = g_new (float, p->n_elements);
  if (!wb_safetensors_read (file, tensor, published, error))
    return FALSE;
  wb_parameter_store (p, wb_model_get_parameter (model, i).data, published);
  return TRUE;
}

static gboolean
read_all (WbSafetensors *file,
          WbModel       *model,
          GHashTable    *used,
          WbLoadReport  *report,
          GError       **error)
{
  const WbParameterTable *table = wb_model_get_table (model);

  for (gsize i = 0; i < wb_parameter_table_get_n (table); i++)
    {
      const WbParameter  *parameter = wb_parameter_table_get (table, i);
      const WbSafetensor *tensor = find_tensor (file, parameter->name);

      if (parameter->head && !head_layer_fits (file, table, parameter))
        report->head_is_new = TRUE;
      else if (!read_parameter (file, model, i, tensor, used, error))
        return FALSE;
    }
  return TRUE;
}

WbLoadReport *
wb_checkpoint_load_weights (WbModel *model, const char *folder, GError **error)
{
  g_autoptr (WbSafetensors) file = NULL;
  g_autoptr (WbLoadReport) report = NULL;
  g_autoptr (GHashTable) used = g_hash_table_new (g_str_hash, g_str_equal);

  g_return_val_if_fail (model != NULL && folder != NULL, NULL);

  file = open_weights (folder, error);
  if (file == NULL || !check_encoder (file, folder, wb_model_get_table (model), error))
    return NULL;
  report = g_new0 (WbLoadReport, 1);
  report->ignored = g_ptr_array_new_with_free_func (g_free);
  if (!read_all (file, model, used, report, error))
    return NULL;
  for (gsize i = 0; i < wb_safetensors_get_n (file); i++)
    if (!g_hash_table_contains (used, wb_safetensors_get (file, i)->name))
      g_ptr_array_add (report->ignored, g_strdup (wb_safetensors_get (file, i)->name));
  return g_steal_pointer (&report);
}
