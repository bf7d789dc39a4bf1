#include "config.h"

#include "engine/checkpoint/wb-safetensors.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/core/wb-engine-error.h"
#include "engine/core/wb-file.h"

/* A header of a model of ours has some 50 kB. */
#define MAX_HEADER ((guint64) 16 << 20)
#define PIECE ((gsize) 1 << 20)

struct _WbSafetensors
{
  char       *path;
  int         fd;
  guint64     size; /* of the file */
  guint64     data; /* first byte after the header */
  GArray     *tensors;
  GHashTable *by_name; /* name -> index + 1 */
  guint8     *piece;
};

G_GNUC_PRINTF (3, 4)
static gboolean
invalid (const WbSafetensors *self, GError **error, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list          args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  wb_engine_error_set (error, WB_ENGINE_ERROR_INVALID, "%s: %s", self->path, message);
  return FALSE;
}

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
  if (self->fd >= 0)
    close (self->fd);
  g_hash_table_unref (self->by_name);
  g_array_unref (self->tensors);
  g_free (self->piece);
  g_free (self->path);
  g_free (self);
}

/* Bytes of an element; 0: not known here. */
static gsize
dtype_size (const char *dtype)
{
  static const struct
  {
    const char *name;
    gsize       size;
  } known[] = {
    { "F64", 8 }, { "I64", 8 }, { "U64", 8 },  { "F32", 4 },  { "I32", 4 },
    { "U32", 4 }, { "F16", 2 }, { "I16", 2 },  { "BF16", 2 }, { "U16", 2 },
    { "I8", 1 },  { "U8", 1 },  { "BOOL", 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (dtype, known[i].name))
      return known[i].size;
  return 0;
}

/* All of @length, or FALSE at the end of the file. */
static gboolean
read_at (WbSafetensors *self, guint64 offset, void *data, gsize length, GError **error)
{
  for (gsize done = 0; done < length;)
    {
      const gssize n =
          pread (self->fd, (char *) data + done, length - done, (off_t) (offset + done));

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return invalid (self, error, "byte %" G_GUINT64_FORMAT " could not be read: %s",
                        offset + done, g_strerror (errno));
      if (n == 0)
        return invalid (self, error, "ends at byte %" G_GUINT64_FORMAT ": truncated",
                        offset + done);
      done += (gsize) n;
    }
  return TRUE;
}

static gboolean
open_file (WbSafetensors *self, GError **error)
{
  struct stat info;

  self->fd = open (self->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (self->fd < 0 || fstat (self->fd, &info) != 0)
    {
      g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_MISSING, "%s: %s", self->path,
                   g_strerror (errno));
      return FALSE;
    }
  if (!S_ISREG (info.st_mode))
    return invalid (self, error, "is not a regular file");
  self->size = (guint64) info.st_size;
  return TRUE;
}

/* The header's JSON, NUL-terminated; sets data. */
static char *
read_header (WbSafetensors *self, GError **error)
{
  guint64          length;
  g_autofree char *json = NULL;

  if (self->size < 8)
    {
      invalid (self, error, "%" G_GUINT64_FORMAT " bytes; even the header's length has 8",
               self->size);
      return NULL;
    }
  if (!read_at (self, 0, &length, 8, error))
    return NULL;
  length = GUINT64_FROM_LE (length);
  if (length > MAX_HEADER || length > self->size - 8)
    {
      invalid (self, error,
               "the header says it has %" G_GUINT64_FORMAT " bytes, of a file of %" G_GUINT64_FORMAT
               ": truncated, or not a safetensors file",
               length, self->size);
      return NULL;
    }
  json = g_malloc (length + 1);
  if (!read_at (self, 8, json, (gsize) length, error))
    return NULL;
  json[length] = '\0';
  self->data = 8 + length;
  return g_steal_pointer (&json);
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
    return invalid (self, error, "tensor %s has no shape", tensor->name);
  tensor->n_dims = json_array_get_length (shape);
  tensor->dims = g_new0 (gsize, MAX (tensor->n_dims, 1));
  tensor->n_elements = 1;
  for (guint i = 0; i < tensor->n_dims; i++)
    {
      guint64 dim;

      if (!get_count (shape, i, &dim) ||
          !g_size_checked_mul (&tensor->n_elements, tensor->n_elements, dim))
        return invalid (self, error, "tensor %s: dimension %u of its shape makes no sense",
                        tensor->name, i);
      tensor->dims[i] = dim;
    }
  return TRUE;
}

static gboolean
parse_offsets (WbSafetensors *self, WbSafetensor *tensor, JsonArray *offsets, GError **error)
{
  const gsize size = dtype_size (tensor->dtype);
  gsize       bytes;
  guint64     begin, end;

  if (offsets == NULL || json_array_get_length (offsets) != 2 || !get_count (offsets, 0, &begin) ||
      !get_count (offsets, 1, &end) || begin > end)
    return invalid (self, error, "tensor %s has no usable data_offsets", tensor->name);
  if (end > self->size - self->data)
    return invalid (self, error,
                    "tensor %s goes to byte %" G_GUINT64_FORMAT " of a file of %" G_GUINT64_FORMAT
                    ": truncated",
                    tensor->name, end <= G_MAXINT64 ? self->data + end : end, self->size);
  if (size > 0 && (!g_size_checked_mul (&bytes, tensor->n_elements, size) || bytes != end - begin))
    {
      g_autofree char *shape = wb_safetensor_dup_shape (tensor->dims, tensor->n_dims);

      return invalid (self, error, "tensor %s, %s %s, has %" G_GUINT64_FORMAT " bytes",
                      tensor->name, tensor->dtype, shape, end - begin);
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
    ok = invalid (self, error, "tensor %s has no dtype", name);
  else
    {
      tensor.dtype = json_node_dup_string (dtype);
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
        return invalid (self, error,
                        "tensor %s begins at byte %" G_GUINT64_FORMAT
                        ", the one before ends at byte %" G_GUINT64_FORMAT ": %s",
                        tensor->name, tensor->begin, place,
                        tensor->begin < place ? "they overlap" : "a gap");
      place = tensor->end;
      g_hash_table_insert (self->by_name, tensor->name, GUINT_TO_POINTER (i + 1));
    }
  if (place != self->size)
    return invalid (self, error,
                    "%" G_GUINT64_FORMAT
                    " bytes follow the last tensor, from byte %" G_GUINT64_FORMAT " on",
                    self->size - place, place);
  return TRUE;
}

static gboolean
parse_header (WbSafetensors *self, const char *json, GError **error)
{
  g_autofree char *name = g_strconcat (self->path, " (header)", NULL);
  g_autoptr (JsonNode) root = wb_json_parse (json, (gssize) (self->data - 8), name, error);
  JsonObjectIter iter;
  const char    *key;
  JsonNode      *node;

  if (root == NULL)
    return FALSE;
  if (!JSON_NODE_HOLDS_OBJECT (root))
    return invalid (self, error, "the header is no JSON object");
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

  self->path = g_strdup (path);
  self->fd = -1;
  self->tensors = g_array_new (FALSE, TRUE, sizeof (WbSafetensor));
  g_array_set_clear_func (self->tensors, clear_tensor);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  if (!open_file (self, error))
    return NULL;
  json = read_header (self, error);
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

const WbSafetensor *
wb_safetensors_find (const WbSafetensors *self, const char *name)
{
  const guint i = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_name, name));

  return i == 0 ? NULL : wb_safetensors_get (self, i - 1);
}

char *
wb_safetensor_dup_shape (const gsize *dims, gsize n_dims)
{
  GString *text = g_string_new ("(");

  for (gsize i = 0; i < n_dims; i++)
    g_string_append_printf (text, "%s%zu", i > 0 ? ", " : "", dims[i]);
  g_string_append_c (text, ')');
  return g_string_free (text, FALSE);
}

gboolean
wb_safetensors_check_dtype (const WbSafetensors *self, const WbSafetensor *tensor, GError **error)
{
  static const char *const readable[] = { "F32", "F16", "BF16", NULL };

  if (g_strv_contains (readable, tensor->dtype))
    return TRUE;
  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_UNSUPPORTED,
               "%s: tensor %s is %s; F32, F16 and BF16 can be read", self->path, tensor->name,
               tensor->dtype);
  return FALSE;
}

static guint32
float_bits (float x)
{
  guint32 bits;

  memcpy (&bits, &x, 4);
  return bits;
}

static float
bits_float (guint32 bits)
{
  float x;

  memcpy (&x, &bits, 4);
  return x;
}

/* The bits of a half are those of a float whose exponent is 112 too small; subnormals too, since
 * multiplying makes them normal. */
static float
half_to_float (guint16 half)
{
  const guint32 magnitude = float_bits (bits_float ((half & 0x7fffu) << 13) * 0x1p112f);
  const guint32 special = (half & 0x7c00u) == 0x7c00u ? 0x7f800000u : 0;

  return bits_float (magnitude | special | (half & 0x8000u) << 16);
}

static void
convert_f32 (const guint8 *piece, gsize n, float *values)
{
  for (gsize i = 0; i < n; i++)
    {
      guint32 word;

      memcpy (&word, piece + 4 * i, 4);
      values[i] = bits_float (GUINT32_FROM_LE (word));
    }
}

static void
convert_f16 (const guint8 *piece, gsize n, float *values)
{
  for (gsize i = 0; i < n; i++)
    values[i] = half_to_float ((guint16) (piece[2 * i] | piece[2 * i + 1] << 8));
}

static void
convert_bf16 (const guint8 *piece, gsize n, float *values)
{
  for (gsize i = 0; i < n; i++)
    values[i] = bits_float ((guint32) piece[2 * i] << 16 | (guint32) piece[2 * i + 1] << 24);
}

static void
convert (const char *dtype, const guint8 *piece, gsize n, float *values)
{
  if (g_str_equal (dtype, "F32"))
    convert_f32 (piece, n, values);
  else if (g_str_equal (dtype, "F16"))
    convert_f16 (piece, n, values);
  else
    convert_bf16 (piece, n, values);
}

static gboolean
is_finite (float x)
{
  return (float_bits (x) & 0x7f800000u) != 0x7f800000u;
}

/* The first of @values that is not finite, or @n. */
static gsize
find_not_finite (const float *values, gsize n)
{
  gsize bad = 0, i = 0;

  for (gsize k = 0; k < n; k++)
    bad += !is_finite (values[k]);
  while (i < n && (bad == 0 || is_finite (values[i])))
    i = bad == 0 ? n : i + 1;
  return i;
}

gboolean
wb_safetensors_read (WbSafetensors *self, const WbSafetensor *tensor, float *values, GError **error)
{
  const gsize size = dtype_size (tensor->dtype);

  g_return_val_if_fail (self != NULL && tensor != NULL, FALSE);

  if (!wb_safetensors_check_dtype (self, tensor, error))
    return FALSE;
  if (self->piece == NULL)
    self->piece = g_malloc (PIECE);
  for (gsize done = 0; done < tensor->n_elements;)
    {
      const gsize n = MIN (PIECE / size, tensor->n_elements - done);
      gsize       bad;

      if (!read_at (self, tensor->begin + done * size, self->piece, n * size, error))
        return FALSE;
      convert (tensor->dtype, self->piece, n, values + done);
      bad = find_not_finite (values + done, n);
      if (bad < n)
        return invalid (self, error,
                        "tensor %s: element %zu is not a finite number (byte %" G_GUINT64_FORMAT
                        ")",
                        tensor->name, done + bad, tensor->begin + (done + bad) * size);
      done += n;
    }
  return TRUE;
}
