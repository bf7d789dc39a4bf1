#include "config.h"

#include "engine/files/wb-pickle-private.h"

#include <math.h>
#include <string.h>

#include "engine/files/wb-json-text.h"

WbPickleKind
wb_pickle_value_get_kind (const WbPickleValue *self)
{
  return self->kind;
}

const char *
wb_pickle_kind_name (WbPickleKind kind)
{
  static const char *const names[] = { "None", "bool",  "int",  "float",   "str",    "bytes",
                                       "list", "tuple", "dict", "storage", "tensor", "class" };

  return kind < G_N_ELEMENTS (names) ? names[kind] : "nothing";
}

gboolean
wb_pickle_value_get_bool (const WbPickleValue *self)
{
  return self->kind == WB_PICKLE_BOOL && self->integer != 0;
}

gint64
wb_pickle_value_get_int (const WbPickleValue *self)
{
  return self->kind == WB_PICKLE_INT ? self->integer : 0;
}

const char *
wb_pickle_value_get_string (const WbPickleValue *self)
{
  return self->kind == WB_PICKLE_STRING ? self->text : NULL;
}

const WbPickleTensor *
wb_pickle_value_get_tensor (const WbPickleValue *self)
{
  return self->kind == WB_PICKLE_TENSOR ? self->tensor : NULL;
}

static gboolean
is_sequence (const WbPickleValue *self)
{
  return self->kind == WB_PICKLE_LIST || self->kind == WB_PICKLE_TUPLE;
}

gsize
wb_pickle_value_get_n (const WbPickleValue *self)
{
  if (self->kind == WB_PICKLE_DICT)
    return self->n / 2;
  return is_sequence (self) ? self->n : 0;
}

const WbPickleValue *
wb_pickle_value_get_element (const WbPickleValue *self, gsize i)
{
  g_return_val_if_fail (is_sequence (self) && i < self->n, NULL);

  return self->items[i];
}

const WbPickleValue *
wb_pickle_value_get_key (const WbPickleValue *self, gsize i)
{
  g_return_val_if_fail (self->kind == WB_PICKLE_DICT && i < self->n / 2, NULL);

  return self->items[2 * i];
}

const WbPickleValue *
wb_pickle_value_get_value (const WbPickleValue *self, gsize i)
{
  g_return_val_if_fail (self->kind == WB_PICKLE_DICT && i < self->n / 2, NULL);

  return self->items[2 * i + 1];
}

const WbPickleValue *
wb_pickle_value_find (const WbPickleValue *self, const char *key)
{
  for (gsize i = self->kind == WB_PICKLE_DICT ? self->n : 0; i > 0; i -= 2)
    if (g_strcmp0 (wb_pickle_value_get_string (self->items[i - 2]), key) == 0)
      return self->items[i - 1];
  return NULL;
}

static gboolean
append_float (GString *json, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (json, g_ascii_dtostr (text, sizeof text, value));
  return isfinite (value);
}

static gboolean append_value (GString *json, const WbPickleValue *value, gsize max_length);

/* Depth is bounded since the machine bounds it. */
static gboolean
append_items (GString *json, const WbPickleValue *value, gsize max_length)
{
  const gboolean dict = value->kind == WB_PICKLE_DICT;

  g_string_append_c (json, dict ? '{' : '[');
  for (gsize i = 0; i < value->n; i += dict ? 2 : 1)
    {
      const WbPickleValue *item = value->items[dict ? i + 1 : i];

      if (i > 0)
        g_string_append_c (json, ',');
      if (dict)
        {
          const char *key = wb_pickle_value_get_string (value->items[i]);

          if (key == NULL)
            return FALSE;
          wb_json_append_string (json, key);
          g_string_append_c (json, ':');
        }
      if (!append_value (json, item, max_length))
        return FALSE;
    }
  g_string_append_c (json, dict ? '}' : ']');
  return TRUE;
}

static gboolean
append_value (GString *json, const WbPickleValue *value, gsize max_length)
{
  switch (value->kind)
    {
    case WB_PICKLE_NONE:
      g_string_append (json, "null");
      break;
    case WB_PICKLE_BOOL:
      g_string_append (json, value->integer != 0 ? "true" : "false");
      break;
    case WB_PICKLE_INT:
      g_string_append_printf (json, "%" G_GINT64_FORMAT, value->integer);
      break;
    case WB_PICKLE_FLOAT:
      if (!append_float (json, value->real))
        return FALSE;
      break;
    case WB_PICKLE_STRING:
      wb_json_append_string (json, value->text);
      break;
    case WB_PICKLE_LIST:
    case WB_PICKLE_TUPLE:
    case WB_PICKLE_DICT:
      if (!append_items (json, value, max_length))
        return FALSE;
      break;
    default:
      return FALSE;
    }
  return json->len <= max_length;
}

char *
wb_pickle_value_to_json (const WbPickleValue *self, gsize max_length)
{
  g_autoptr (GString) json = g_string_new (NULL);

  if (!append_value (json, self, max_length))
    return NULL;
  return g_string_free (g_steal_pointer (&json), FALSE);
}
