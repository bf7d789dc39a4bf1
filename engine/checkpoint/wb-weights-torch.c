#include "config.h"

#include "engine/checkpoint/wb-weights-private.h"

#include <string.h>

#include "engine/core/wb-engine-error.h"

#define MAX_CONFIG ((gsize) 1 << 20)

/* What torch.save() wrote of a state_dict: a dict from names to tensors, and in the earliest files
 * "config", a dict of settings. */

typedef struct
{
  const char  *torch;
  WbWeightType type;
} TypeName;

static WbWeightType
find_type (const TypeName *names, gsize n, const char *name)
{
  for (gsize i = 0; i < n; i++)
    if (g_str_equal (names[i].torch, name))
      return names[i].type;
  return WB_WEIGHT_OTHER;
}

static WbWeightType
storage_type (const char *name)
{
  static const TypeName names[] = {
    { "Float", WB_WEIGHT_F32 },  { "Half", WB_WEIGHT_F16 }, { "BFloat16", WB_WEIGHT_BF16 },
    { "Double", WB_WEIGHT_F64 }, { "Long", WB_WEIGHT_I64 }, { "Int", WB_WEIGHT_I32 },
    { "Short", WB_WEIGHT_I16 },  { "Char", WB_WEIGHT_I8 },  { "Byte", WB_WEIGHT_U8 },
    { "Bool", WB_WEIGHT_BOOL },
  };

  return find_type (names, G_N_ELEMENTS (names), name);
}

static WbWeightType
dtype_type (const char *name)
{
  static const TypeName names[] = {
    { "float32", WB_WEIGHT_F32 }, { "float16", WB_WEIGHT_F16 }, { "bfloat16", WB_WEIGHT_BF16 },
    { "float64", WB_WEIGHT_F64 }, { "int64", WB_WEIGHT_I64 },   { "int32", WB_WEIGHT_I32 },
    { "int16", WB_WEIGHT_I16 },   { "int8", WB_WEIGHT_I8 },     { "uint8", WB_WEIGHT_U8 },
    { "bool", WB_WEIGHT_BOOL },   { "uint16", WB_WEIGHT_U16 },  { "uint32", WB_WEIGHT_U32 },
    { "uint64", WB_WEIGHT_U64 },
  };

  return find_type (names, G_N_ELEMENTS (names), name);
}

/* The one type that a tensor has: an untyped storage has the tensor's, and another storage must
 * agree with it. */
static gboolean
get_type (const WbReader       *reader,
          const char           *name,
          const WbPickleTensor *tensor,
          WbWeightType         *type,
          GError              **error)
{
  const WbWeightType stored = storage_type (tensor->storage->type);

  *type = tensor->dtype != NULL ? dtype_type (tensor->dtype) : stored;
  if (*type == WB_WEIGHT_OTHER || (stored != WB_WEIGHT_OTHER && stored != *type))
    return wb_reader_fail (reader, error, "tensor %s: type %s in a storage of type %s", name,
                           tensor->dtype != NULL ? tensor->dtype : "unknown",
                           tensor->storage->type);
  return TRUE;
}

/* Whether elements lie in the order of their indices, one after another. */
static gboolean
is_row_major (const WbPickleTensor *tensor)
{
  guint64 step = 1;

  for (gsize i = tensor->n_dims; i > 0; i--)
    {
      if (tensor->dims[i - 1] != 1 && tensor->strides[i - 1] != step)
        return FALSE;
      step *= tensor->dims[i - 1];
    }
  return TRUE;
}

static gsize *
copy_counts (const guint64 *counts, gsize n)
{
  gsize *copy = g_new0 (gsize, MAX (n, 1));

  for (gsize i = 0; i < n; i++)
    copy[i] = (gsize) counts[i];
  return copy;
}

static gboolean
add_tensor (WbWeights            *self,
            const WbTorchFile    *torch,
            const char           *name,
            const WbPickleTensor *tensor,
            gsize                 file,
            GError              **error)
{
  WbWeightItem *item;
  WbWeightType  type;
  guint64       place = 0;
  gsize         n = 1;

  if (!get_type (wb_torch_file_get_reader (torch), name, tensor, &type, error))
    return FALSE;
  if (!wb_weights_check_name (wb_torch_file_get_reader (torch), name, error) ||
      !wb_torch_file_locate (torch, name, tensor, wb_weight_type_size (type), &place, error))
    return FALSE;
  for (gsize i = 0; i < tensor->n_dims; i++)
    n *= (gsize) tensor->dims[i];
  item = g_new0 (WbWeightItem, 1);
  item->weight = (WbWeight){ .name = g_strdup (name),
                             .type = type,
                             .dims = copy_counts (tensor->dims, tensor->n_dims),
                             .n_dims = tensor->n_dims,
                             .n_elements = n,
                             .file = file };
  item->place = place;
  if (n > 0 && !is_row_major (tensor))
    item->strides = copy_counts (tensor->strides, tensor->n_dims);
  wb_weights_take_item (self, item);
  return TRUE;
}

gboolean
wb_weights_add_torch (WbWeights *self, WbTorchFile *torch, gsize file, GError **error)
{
  const WbPickleValue *root = wb_torch_file_get_root (torch);

  if (wb_pickle_value_get_kind (root) != WB_PICKLE_DICT)
    return wb_reader_fail (wb_torch_file_get_reader (torch), error,
                           "holds a %s, not a dict of tensors by name",
                           wb_pickle_kind_name (wb_pickle_value_get_kind (root)));
  for (gsize i = 0; i < wb_pickle_value_get_n (root); i++)
    {
      const char           *name = wb_pickle_value_get_string (wb_pickle_value_get_key (root, i));
      const WbPickleValue  *value = wb_pickle_value_get_value (root, i);
      const WbPickleTensor *tensor = wb_pickle_value_get_tensor (value);

      if (name != NULL && tensor != NULL && !add_tensor (self, torch, name, tensor, file, error))
        return FALSE;
      if (g_strcmp0 (name, "config") == 0 && wb_pickle_value_get_kind (value) == WB_PICKLE_DICT)
        {
          g_free (self->config);
          self->config = wb_pickle_value_to_json (value, MAX_CONFIG);
        }
    }
  return TRUE;
}
