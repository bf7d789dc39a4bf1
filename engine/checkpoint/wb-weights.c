#include "config.h"

#include "engine/checkpoint/wb-weights-private.h"

#include <string.h>

#include "engine/checkpoint/wb-safetensors.h"
#include "engine/files/wb-bytes.h"
#include "engine/files/wb-zip-private.h"
#include "engine/core/wb-engine-error.h"

#define MAX_NAME 512u /* bytes of a tensor's name */

typedef struct
{
  const char *name;
  gboolean    index;
} Layout;

/* The first that a folder has is taken (fact sheet 9.11). */
static const Layout layouts[] = {
  { "model.safetensors", FALSE }, { "model.safetensors.index.json", TRUE },
  { "pytorch_model.bin", FALSE }, { "pytorch_model.bin.index.json", TRUE },
  { "pytorch.model.bin", FALSE },
};

static void
free_item (gpointer data)
{
  WbWeightItem *item = data;

  g_free ((char *) item->weight.name);
  g_free ((gsize *) item->weight.dims);
  g_free (item->strides);
  g_free (item);
}

static void
clear_file (gpointer data)
{
  WbWeightFile *file = data;

  g_free (file->path);
  wb_safetensors_free (file->safetensors);
  wb_torch_file_free (file->torch);
}

void
wb_weights_free (WbWeights *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->items);
  g_array_unref (self->files);
  g_free (self->layout);
  g_free (self->config);
  g_free (self->gathered_bytes);
  g_free (self);
}

void
wb_weights_take_item (WbWeights *self, WbWeightItem *item)
{
  const char *name = item->weight.name;
  const guint i = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_name, name));

  if (i == 0)
    g_ptr_array_add (self->items, item);
  g_hash_table_replace (self->by_name, (gpointer) name,
                        GUINT_TO_POINTER (i > 0 ? i : self->items->len));
  if (i > 0) /* only now: the old name was the table's key */
    {
      free_item (self->items->pdata[i - 1]);
      self->items->pdata[i - 1] = item;
    }
}

gboolean
wb_weights_check_name (const WbReader *reader, const char *name, GError **error)
{
  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return wb_reader_fail (reader, error, "tensor \"%s\": its name has a control character",
                             name);
  return strlen (name) <= MAX_NAME ||
         wb_reader_fail (reader, error, "tensor %.40s…: its name has %zu bytes", name,
                         strlen (name));
}

static gboolean
add_safetensors (WbWeights *self, const WbSafetensors *tensors, gsize file, GError **error)
{
  for (gsize i = 0; i < wb_safetensors_get_n (tensors); i++)
    {
      const WbSafetensor *tensor = wb_safetensors_get (tensors, i);
      WbWeightItem       *item;

      if (!wb_weights_check_name (wb_safetensors_get_reader (tensors), tensor->name, error))
        return FALSE;
      item = g_new0 (WbWeightItem, 1);
      item->weight.name = g_strdup (tensor->name);
      item->weight.type = tensor->type;
      item->weight.dims = g_memdup2 (tensor->dims, tensor->n_dims * sizeof *tensor->dims);
      item->weight.n_dims = tensor->n_dims;
      item->weight.n_elements = tensor->n_elements;
      item->weight.file = file;
      item->place = tensor->begin;
      wb_weights_take_item (self, item);
    }
  return TRUE;
}

/* Both of torch.save()'s layouts have a beginning of their own. */
static gboolean
is_torch_file (const char *path)
{
  g_autoptr (WbReader) reader = wb_reader_open (path, NULL);
  guint8 start[4];

  return reader != NULL && reader->size >= sizeof start &&
         wb_reader_read (reader, 0, start, sizeof start, NULL) &&
         (wb_bytes_get_u32 (start) == WB_ZIP_LOCAL_SIGN || wb_bytes_get_u32 (start) == 0x0a8a0280u);
}

gboolean
wb_weights_add_file (WbWeights *self, const char *path, GError **error)
{
  const gsize   number = self->files->len;
  WbWeightFile *file;
  WbWeightFile  made = { .path = g_strdup (path) };

  g_array_append_val (self->files, made);
  file = &g_array_index (self->files, WbWeightFile, number);
  if (g_str_has_suffix (path, ".bin") || is_torch_file (path))
    {
      file->torch = wb_torch_file_open (path, error);
      if (file->torch == NULL)
        return FALSE;
      file->reader = wb_torch_file_get_reader (file->torch);
      return wb_weights_add_torch (self, file->torch, number, error);
    }
  file->safetensors = wb_safetensors_open (path, error);
  if (file->safetensors == NULL)
    return FALSE;
  file->reader = wb_safetensors_get_reader (file->safetensors);
  return add_safetensors (self, file->safetensors, number, error);
}

/* (nullable): the path of the first layout that @folder has. */
static char *
find_layout (const char *folder, gboolean *index)
{
  for (gsize i = 0; i < G_N_ELEMENTS (layouts); i++)
    {
      g_autofree char *path = g_build_filename (folder, layouts[i].name, NULL);

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        continue;
      *index = layouts[i].index;
      return g_steal_pointer (&path);
    }
  return NULL;
}

gboolean
wb_weights_exist (const char *folder)
{
  gboolean         index;
  g_autofree char *path = find_layout (folder, &index);

  return path != NULL;
}

const char *
wb_weights_find_foreign (const char *folder, const char **framework)
{
  static const struct
  {
    const char *file, *framework;
  } foreign[] = { { "tf_model.h5", "TensorFlow" },
                  { "flax_model.msgpack", "Flax" },
                  { "rust_model.ot", "Rust" },
                  { "model.onnx", "ONNX" } };

  for (gsize i = 0; i < G_N_ELEMENTS (foreign); i++)
    {
      g_autofree char *path = g_build_filename (folder, foreign[i].file, NULL);

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        continue;
      *framework = foreign[i].framework;
      return foreign[i].file;
    }
  return NULL;
}

static void
fail_without (const char *folder, GError **error)
{
  const char *framework;
  const char *foreign = wb_weights_find_foreign (folder, &framework);

  if (foreign != NULL)
    wb_engine_error_set (
        error, WB_ENGINE_ERROR_UNSUPPORTED,
        "%s: there is %s, but only model.safetensors and pytorch_model.bin are read", folder,
        foreign);
  else
    wb_engine_error_set (error, WB_ENGINE_ERROR_MISSING,
                         "%s: there is no model.safetensors and no pytorch_model.bin", folder);
}

static void
set_layout (WbWeights *self)
{
  const WbWeightFile *first = &g_array_index (self->files, WbWeightFile, 0);
  const char         *kind = first->torch == NULL                     ? "safetensors"
                             : wb_torch_file_is_legacy (first->torch) ? "PyTorch, legacy layout"
                                                                      : "PyTorch";

  self->layout = self->files->len == 1 ? g_strdup (kind)
                                       : g_strdup_printf ("%s, %u files", kind, self->files->len);
}

static gboolean
open_path (WbWeights *self, const char *path, GError **error)
{
  gboolean         index = g_str_has_suffix (path, ".index.json");
  g_autofree char *found = NULL;

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      found = find_layout (path, &index);
      if (found == NULL)
        {
          fail_without (path, error);
          return FALSE;
        }
      path = found;
    }
  if (!(index ? wb_weights_add_index (self, path, error) : wb_weights_add_file (self, path, error)))
    return FALSE;
  set_layout (self);
  return TRUE;
}

WbWeights *
wb_weights_open (const char *path, GError **error)
{
  g_autoptr (WbWeights) self = g_new0 (WbWeights, 1);

  g_return_val_if_fail (path != NULL, NULL);

  self->items = g_ptr_array_new_with_free_func (free_item);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->files = g_array_new (FALSE, TRUE, sizeof (WbWeightFile));
  g_array_set_clear_func (self->files, clear_file);
  if (!open_path (self, path, error))
    return NULL;
  return g_steal_pointer (&self);
}

gsize
wb_weights_get_n (const WbWeights *self)
{
  return self->items->len;
}

const WbWeight *
wb_weights_get (const WbWeights *self, gsize i)
{
  g_return_val_if_fail (i < self->items->len, NULL);

  return &((WbWeightItem *) self->items->pdata[i])->weight;
}

const WbWeight *
wb_weights_find (const WbWeights *self, const char *name)
{
  const guint i = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_name, name));

  return i == 0 ? NULL : wb_weights_get (self, i - 1);
}

gsize
wb_weights_get_n_files (const WbWeights *self)
{
  return self->files->len;
}

const char *
wb_weights_get_file (const WbWeights *self, gsize i)
{
  g_return_val_if_fail (i < self->files->len, NULL);

  return g_array_index (self->files, WbWeightFile, i).path;
}

const char *
wb_weights_get_layout (const WbWeights *self)
{
  return self->layout;
}

const char *
wb_weights_get_config (const WbWeights *self)
{
  return self->config;
}
