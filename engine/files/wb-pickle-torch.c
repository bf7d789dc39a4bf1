#include "config.h"

#include "engine/files/wb-pickle-private.h"

#include <string.h>

#include "engine/core/wb-engine-error.h"

#define ORDERED_DICT "collections OrderedDict"
#define REBUILD_V2 "torch._utils _rebuild_tensor_v2"
#define REBUILD_V3 "torch._utils _rebuild_tensor_v3"
#define REBUILD_PARAMETER "torch._utils _rebuild_parameter"
#define UNTYPED "torch.storage UntypedStorage"

static const char *const storages[] = { "torch FloatStorage",
                                        "torch HalfStorage",
                                        "torch BFloat16Storage",
                                        "torch DoubleStorage",
                                        "torch LongStorage",
                                        "torch IntStorage",
                                        "torch ShortStorage",
                                        "torch CharStorage",
                                        "torch ByteStorage",
                                        "torch BoolStorage",
                                        UNTYPED,
                                        NULL };

static const char *const dtypes[] = {
  "torch float32",  "torch float16",
  "torch bfloat16", "torch float64",
  "torch int64",    "torch int32",
  "torch int16",    "torch int8",
  "torch uint8",    "torch bool",
  "torch uint16",   "torch uint32",
  "torch uint64",   NULL,
};

static const char *const callables[] = { ORDERED_DICT, REBUILD_V2, REBUILD_V3, REBUILD_PARAMETER,
                                         NULL };

gboolean
wb_pickle_global_is_known (const char *name)
{
  return g_strv_contains (callables, name) || g_strv_contains (storages, name) ||
         g_strv_contains (dtypes, name);
}

static gboolean
is_global (const WbPickleValue *value, const char *name)
{
  return value->kind == WB_PICKLE_GLOBAL && g_str_equal (value->text, name);
}

/* Element @i of a tuple that must be an integer from 0 up. */
static gboolean
get_count (const WbPickleValue *tuple, gsize i, guint64 *count)
{
  if (tuple->n <= i || tuple->items[i]->kind != WB_PICKLE_INT || tuple->items[i]->integer < 0)
    return FALSE;
  *count = (guint64) tuple->items[i]->integer;
  return TRUE;
}

/* "torch HalfStorage" -> "Half" */
static const char *
storage_type (WbPickleMachine *self, const char *global)
{
  const char *name = strchr (global, ' ') + 1;

  return wb_pickle_copy_text (self->pickle, name, strlen (name) - strlen ("Storage"));
}

static gboolean
is_storage_class (const WbPickleValue *value)
{
  return value->kind == WB_PICKLE_GLOBAL && g_strv_contains (storages, value->text);
}

/* The legacy layout's sixth element: None, or (key, offset, size). */
static gboolean
set_view (WbPickleStorage *storage, const WbPickleValue *view)
{
  if (view->kind == WB_PICKLE_NONE)
    return TRUE;
  if (view->kind != WB_PICKLE_TUPLE || view->n != 3 ||
      !get_count (view, 1, &storage->view_offset) || !get_count (view, 2, &storage->view_size))
    return FALSE;
  storage->view_key = wb_pickle_value_get_string (view->items[0]);
  return storage->view_key != NULL;
}

WbPickleValue *
wb_pickle_machine_persistent (WbPickleMachine *self, const WbPickleValue *id, GError **error)
{
  WbPickleStorage *storage = wb_pickle_alloc (self->pickle, sizeof *storage);
  WbPickleValue   *value;

  if (id->kind != WB_PICKLE_TUPLE || id->n < 5 || id->n > 6 ||
      g_strcmp0 (wb_pickle_value_get_string (id->items[0]), "storage") != 0 ||
      !is_storage_class (id->items[1]) || wb_pickle_value_get_string (id->items[2]) == NULL ||
      wb_pickle_value_get_string (id->items[3]) == NULL ||
      !get_count (id, 4, &storage->n_elements) || (id->n == 6 && !set_view (storage, id->items[5])))
    {
      wb_pickle_invalid (self, error, "a persistent id that is no storage");
      return NULL;
    }
  storage->type = storage_type (self, id->items[1]->text);
  storage->key = id->items[2]->text;
  g_ptr_array_add (self->pickle->storages, storage);
  value = wb_pickle_machine_new (self, WB_PICKLE_STORAGE, error);
  if (value != NULL)
    value->storage = storage;
  return value;
}

/* (nullable): the numbers of a tuple of sizes or strides. */
static guint64 *
get_counts (WbPickleMachine *self, const WbPickleValue *tuple)
{
  guint64 *counts;

  if (tuple->kind != WB_PICKLE_TUPLE || tuple->n > WB_PICKLE_MAX_DIMS)
    return NULL;
  counts = wb_pickle_alloc (self->pickle, tuple->n * sizeof *counts);
  for (gsize i = 0; i < tuple->n; i++)
    if (!get_count (tuple, i, &counts[i]))
      return NULL;
  return counts;
}

/* Whether elements and their places can be counted at all; the storage is looked at when the file
 * is. */
static gboolean
has_sane_size (const WbPickleTensor *tensor)
{
  guint64 n = 1, last = tensor->offset, step;

  for (gsize i = 0; i < tensor->n_dims; i++)
    {
      if (!g_uint64_checked_mul (&n, n, tensor->dims[i]) || n > G_MAXSSIZE / 8)
        return FALSE;
      if (tensor->dims[i] > 0 &&
          (!g_uint64_checked_mul (&step, tensor->dims[i] - 1, tensor->strides[i]) ||
           !g_uint64_checked_add (&last, last, step)))
        return FALSE;
    }
  return last <= G_MAXSSIZE / 8;
}

/* Of _rebuild_tensor_v2 (storage, offset, size, stride, requires_grad, hooks[, metadata]) and _v3,
 * which has the dtype before the metadata. */
static WbPickleValue *
rebuild_tensor (WbPickleMachine *self, const WbPickleValue *args, gboolean v3, GError **error)
{
  const gsize     n_args = v3 ? 7 : 6;
  WbPickleTensor *tensor = wb_pickle_alloc (self->pickle, sizeof *tensor);
  WbPickleValue  *value;

  if (args->n < n_args || args->n > n_args + 1 || args->items[0]->kind != WB_PICKLE_STORAGE ||
      !get_count (args, 1, &tensor->offset) ||
      (tensor->dims = get_counts (self, args->items[2])) == NULL ||
      (tensor->strides = get_counts (self, args->items[3])) == NULL ||
      args->items[2]->n != args->items[3]->n ||
      (v3 && (args->items[6]->kind != WB_PICKLE_GLOBAL ||
              !g_strv_contains (dtypes, args->items[6]->text))))
    {
      wb_pickle_invalid (self, error, "a tensor whose description makes no sense");
      return NULL;
    }
  tensor->storage = args->items[0]->storage;
  tensor->n_dims = args->items[2]->n;
  tensor->dtype = v3 ? args->items[6]->text + strlen ("torch ") : NULL;
  if (!has_sane_size (tensor))
    {
      wb_pickle_invalid (self, error, "a tensor whose size makes no sense");
      return NULL;
    }
  value = wb_pickle_machine_new (self, WB_PICKLE_TENSOR, error);
  if (value != NULL)
    value->tensor = tensor;
  return value;
}

/* OrderedDict () or, as Python 2 wrote it, OrderedDict ([[key, value], …]). */
static WbPickleValue *
make_ordered_dict (WbPickleMachine *self, const WbPickleValue *args, GError **error)
{
  WbPickleValue       *dict = wb_pickle_machine_new (self, WB_PICKLE_DICT, error);
  const WbPickleValue *pairs = args->n == 1 ? args->items[0] : NULL;

  if (dict == NULL)
    return NULL;
  dict->ordered = TRUE;
  if (args->n > 1 || (pairs != NULL && pairs->kind != WB_PICKLE_LIST))
    {
      wb_pickle_invalid (self, error, "an OrderedDict of something that is no list of pairs");
      return NULL;
    }
  for (gsize i = 0; pairs != NULL && i < pairs->n; i++)
    {
      const WbPickleValue *pair = pairs->items[i];

      if ((pair->kind != WB_PICKLE_LIST && pair->kind != WB_PICKLE_TUPLE) || pair->n != 2)
        {
          wb_pickle_invalid (self, error, "an OrderedDict of something that is no list of pairs");
          return NULL;
        }
      if (!wb_pickle_machine_add (self, dict, pair->items[0], error) ||
          !wb_pickle_machine_add (self, dict, pair->items[1], error))
        return NULL;
    }
  return dict;
}

WbPickleValue *
wb_pickle_machine_call (WbPickleMachine *self,
                        WbPickleValue   *callable,
                        WbPickleValue   *args,
                        GError         **error)
{
  if (args->kind != WB_PICKLE_TUPLE)
    wb_pickle_invalid (self, error, "arguments that are no tuple");
  else if (is_global (callable, ORDERED_DICT))
    return make_ordered_dict (self, args, error);
  else if (is_global (callable, REBUILD_V2) || is_global (callable, REBUILD_V3))
    return rebuild_tensor (self, args, is_global (callable, REBUILD_V3), error);
  else if (is_global (callable, REBUILD_PARAMETER) && args->n == 3 &&
           args->items[0]->kind == WB_PICKLE_TENSOR)
    return args->items[0];
  else
    wb_pickle_machine_fail (self, error, WB_ENGINE_ERROR_UNSUPPORTED,
                            "a %s is called%s%s, which is not done: nothing of a file is executed",
                            wb_pickle_kind_name (callable->kind),
                            callable->kind == WB_PICKLE_GLOBAL ? ": " : "",
                            callable->kind == WB_PICKLE_GLOBAL ? callable->text : "");
  return NULL;
}
