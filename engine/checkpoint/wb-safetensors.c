#include "config.h"

#include "engine/checkpoint/wb-safetensors.h"

#include <string.h>

#include "engine/checkpoint/wb-widen-private.h"
#include "engine/files/wb-bytes.h"
#include "engine/core/wb-engine-error.h"
#include "engine/files/wb-file.h"
#include "engine/files/wb-reader.h"

/* A header of a model of ours has some 50 kB. */
#define MAX_HEADER ((guint64) 16 << 20)

struct _WbSafetensors
{
  WbReader *reader;
  guint64   data; /* first byte after the header */
  GArray   *tensors;
};

static void
clear_tensor (gpointer data)
{
  WbSafetensor *tensor = data;

  g_free (tensor->name);
  g_free (tensor->dtype);
  g_free (tensor->dims);
}

void
wb_safetensors_free (WbSafetensors *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->tensors);
  wb_reader_free (self->reader);
  g_free (self);
}

/* The header's JSON, NUL-terminated; sets data. */
static char *
read_header (WbSafetensors *self, GError **error)
{
  guint8  start[8];
  guint64 length;

  if (self->reader->size < sizeof start)
    {
      wb_reader_fail (self->reader, error,
                      "%" G_GUINT64_FORMAT " bytes; even the header's length has 8",
                      self->reader->size);
      return NULL;
    }
  if (!wb_reader_read (self->reader, 0, start, sizeof start, error))
    return NULL;
  length = wb_bytes_get_u64 (start);
  if (memcmp (start, "version ", 8) == 0)
    {
      wb_reader_fail (self->reader, error,
                      "is a pointer of Git LFS: the file itself was not fetched (git lfs pull)");
      return NULL;
    }
  if (length > MAX_HEADER || length > self->reader->size - 8)
    {
      wb_reader_fail (self->reader, error,
                      "the header says it has %" G_GUINT64_FORMAT
                      " bytes, of a file of %" G_GUINT64_FORMAT
                      ": truncated, or not a safetensors file",
                      length, self->reader->size);
      return NULL;
    }
  self->data = 8 + length;
  return (char *) wb_reader_dup (self->reader, 8, (gsize) length, error);
}

/* (nullable): @array's element @i as a number that is not negative. */
static gboolean
get_count (JsonArray *array, guint i, guint64 *value)
{
  JsonNode *node = json_array_get_element (array, i);

  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64 ||
      json_node_get_int (node) < 0)
    return FALSE;
  *value = (guint64) json_node_get_int (node);
  return TRUE;
}

static JsonArray *
get_array (JsonObject *object, const char *key)
{
  JsonNode *node = json_object_get_member (object, key);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static gboolean
parse_shape (WbSafetensors *self, WbSafetensor *tensor, JsonArray *shape, GError **error)
{
  if (shape == NULL)
    return wb_reader_fail (self->reader, error, "tensor %s has no shape", tensor->name);
  tensor->n_dims = json_array_get_length (shape);
  tensor->dims = g_new0 (gsize, MAX (tensor->n_dims, 1));
  tensor->n_elements = 1;
  for (guint i = 0; i < tensor->n_dims; i++)
    {
      guint64 dim;

      if (!get_count (shape, i, &dim) ||
          !g_size_checked_mul (&tensor->n_elements, tensor->n_elements, dim))
        return wb_reader_fail (self->reader, error,
                               "tensor %s: dimension %u of its shape makes no sense", tensor->name,
                               i);
      tensor->dims[i] = dim;
    }
  return TRUE;
}

static gboolean
parse_offsets (WbSafetensors *self, WbSafetensor *tensor, JsonArray *offsets, GError **error)
{
  const gsize size = wb_weight_type_size (tensor->type);
  gsize       bytes;
  guint64     begin, end;

  if (offsets == NULL || json_array_get_length (offsets) != 2 || !get_count (offsets, 0, &begin) ||
      !get_count (offsets, 1, &end) || begin > end)
    return wb_reader_fail (self->reader, error, "tensor %s has no usable data_offsets",
                           tensor->name);
  if (end > self->reader->size - self->data)
    return wb_reader_fail (self->reader, error,
                           "tensor %s goes to byte %" G_GUINT64_FORMAT
                           " of a file of %" G_GUINT64_FORMAT ": truncated",
                           tensor->name, end <= G_MAXINT64 ? self->data + end : end,
                           self->reader->size);
  if (size > 0 && (!g_size_checked_mul (&bytes, tensor->n_elements, size) || bytes != end - begin))
    {
      g_autofree char *shape = wb_weight_dup_shape (tensor->dims, tensor->n_dims);

      return wb_reader_fail (self->reader, error,
                             "tensor %s, %s %s, has %" G_GUINT64_FORMAT " bytes", tensor->name,
                             tensor->dtype, shape, end - begin);
    }
  tensor->begin = self->data + begin;
  tensor->end = self->data + end;
  return TRUE;
}

static gboolean
parse_tensor (WbSafetensors *self, const char *name, JsonNode *node, GError **error)
{
  WbSafetensor tensor = { .name = g_strdup (name) };
  JsonObject  *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonNode    *dtype = object != NULL ? json_object_get_member (object, "dtype") : NULL;
  gboolean     ok;

  if (dtype == NULL || !JSON_NODE_HOLDS_VALUE (dtype) ||
      json_node_get_value_type (dtype) != G_TYPE_STRING)
    ok = wb_reader_fail (self->reader, error, "tensor %s has no dtype", name);
  else
    {
      tensor.dtype = json_node_dup_string (dtype);
      tensor.type = wb_weight_type_parse (tensor.dtype);
      ok = parse_shape (self, &tensor, get_array (object, "shape"), error) &&
           parse_offsets (self, &tensor, get_array (object, "data_offsets"), error);
    }
  if (!ok)
    {
      clear_tensor (&tensor);
      return FALSE;
    }
  g_array_append_val (self->tensors, tensor);
  return TRUE;
}

static gint
compare_places (gconstpointer a, gconstpointer b)
{
  const WbSafetensor *x = a, *y = b;

  if (x->begin != y->begin)
    return x->begin < y->begin ? -1 : 1;
  return x->end != y->end ? (x->end < y->end ? -1 : 1) : strcmp (x->name, y->name);
}

/* Without gaps and overlaps, from the end of the header to the end of the file. */
static gboolean
check_places (WbSafetensors *self, GError **error)
{
  guint64 place = self->data;

  g_array_sort (self->tensors, compare_places);
  for (guint i = 0; i < self->tensors->len; i++)
    {
      const WbSafetensor *tensor = &g_array_index (self->tensors, WbSafetensor, i);

      if (tensor->begin != place)
        return wb_reader_fail (self->reader, error,
                               "tensor %s begins at byte %" G_GUINT64_FORMAT
                               ", the one before ends at byte %" G_GUINT64_FORMAT ": %s",
                               tensor->name, tensor->begin, place,
                               tensor->begin < place ? "they overlap" : "a gap");
      place = tensor->end;
    }
  if (place != self->reader->size)
    return wb_reader_fail (self->reader, error,
                           "%" G_GUINT64_FORMAT
                           " bytes follow the last tensor, from byte %" G_GUINT64_FORMAT " on",
                           self->reader->size - place, place);
  return TRUE;
}

static gboolean
parse_header (WbSafetensors *self, const char *json, GError **error)
{
  g_autofree char *name = g_strconcat (self->reader->path, " (header)", NULL);
  g_autoptr (JsonNode) root = wb_json_parse (json, (gssize) (self->data - 8), name, error);
  JsonObjectIter iter;
  const char    *key;
  JsonNode      *node;

  if (root == NULL)
    return FALSE;
  if (!JSON_NODE_HOLDS_OBJECT (root))
    return wb_reader_fail (self->reader, error, "the header is no JSON object");
  json_object_iter_init (&iter, json_node_get_object (root));
  while (json_object_iter_next (&iter, &key, &node))
    if (!g_str_equal (key, "__metadata__") && !parse_tensor (self, key, node, error))
      return FALSE;
  return check_places (self, error);
}

WbSafetensors *
wb_safetensors_open (const char *path, GError **error)
{
  g_autoptr (WbSafetensors) self = g_new0 (WbSafetensors, 1);
  g_autofree char *json = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  self->tensors = g_array_new (FALSE, TRUE, sizeof (WbSafetensor));
  g_array_set_clear_func (self->tensors, clear_tensor);
  self->reader = wb_reader_open (path, error);
  json = self->reader == NULL ? NULL : read_header (self, error);
  if (json == NULL || !parse_header (self, json, error))
    return NULL;
  return g_steal_pointer (&self);
}

gsize
wb_safetensors_get_n (const WbSafetensors *self)
{
  return self->tensors->len;
}

const WbSafetensor *
wb_safetensors_get (const WbSafetensors *self, gsize i)
{
  g_return_val_if_fail (i < self->tensors->len, NULL);

  return &g_array_index (self->tensors, WbSafetensor, i);
}

const WbReader *
wb_safetensors_get_reader (const WbSafetensors *self)
{
  return self->reader;
}
