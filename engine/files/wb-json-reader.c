#include "config.h"

#include "engine/files/wb-json-reader-private.h"

#include <math.h>

#include "engine/core/wb-engine-error.h"
#include "engine/files/wb-json-text.h"

#define MAX_SHOWN 60 /* characters of a value in a message */

static void
append_double (GString *text, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  for (int digits = 15; digits <= 17; digits++)
    {
      char format[] = { '%', '.', '1', (char) ('0' + digits - 10), 'g', '\0' };

      g_ascii_formatd (buffer, sizeof buffer, format, value);
      if (g_ascii_strtod (buffer, NULL) == value)
        break;
    }
  g_string_append (text, buffer);
  if (strpbrk (buffer, ".en") == NULL)
    g_string_append (text, ".0"); /* stays a decimal number: transformers is strict about types */
}

static char *
dup_shown (JsonNode *node)
{
  g_autoptr (GString) number = g_string_new (NULL);
  g_autofree char *text = NULL;
  g_autofree char *head = NULL;

  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_DOUBLE)
    {
      append_double (number, json_node_get_double (node));
      return g_strdup (number->str);
    }
  text = json_to_string (node, FALSE);
  if (g_utf8_strlen (text, -1) <= MAX_SHOWN)
    return g_steal_pointer (&text);
  head = g_utf8_substring (text, 0, MAX_SHOWN);
  return g_strconcat (head, "…", NULL);
}

void
wb_json_reader_fail (WbJsonReader *self, int code, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list          args;

  if (self->error != NULL)
    return;
  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  wb_engine_error_set (&self->error, code, "%s: %s", self->file, message);
}

void
wb_json_reader_refuse (WbJsonReader *self, int code, const char *key, const char *allowed)
{
  g_autofree char *shown = NULL;

  if (self->error != NULL)
    return;
  shown = dup_shown (json_object_get_member (self->object, key));
  wb_json_reader_fail (self, code, "%s is %s; allowed: %s", key, shown, allowed);
}

JsonNode *
wb_json_reader_peek (WbJsonReader *self, const char *key)
{
  JsonNode *node = json_object_get_member (self->object, key);

  return node == NULL || JSON_NODE_HOLDS_NULL (node) ? NULL : node;
}

static gboolean
read_integer (WbJsonReader *self, const char *key, gint64 minimum, gint64 maximum, gint64 *value)
{
  JsonNode        *node = wb_json_reader_peek (self, key);
  g_autofree char *allowed = NULL;

  if (self->error != NULL || node == NULL)
    return FALSE;
  if (json_node_get_value_type (node) == G_TYPE_INT64)
    {
      *value = json_node_get_int (node);
      if (*value >= minimum && *value <= maximum)
        return TRUE;
    }
  allowed = g_strdup_printf ("a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
                             minimum, maximum);
  wb_json_reader_refuse (self, WB_ENGINE_ERROR_INVALID, key, allowed);
  return FALSE;
}

void
wb_json_reader_get_size (WbJsonReader *self,
                         const char   *key,
                         gboolean      required,
                         gint64        minimum,
                         gint64        maximum,
                         gsize        *value)
{
  gint64 number;

  if (required && wb_json_reader_peek (self, key) == NULL)
    wb_json_reader_fail (self, WB_ENGINE_ERROR_INVALID,
                         "%s is missing; it must be a whole number from %" G_GINT64_FORMAT
                         " to %" G_GINT64_FORMAT,
                         key, minimum, maximum);
  else if (read_integer (self, key, minimum, maximum, &number))
    *value = (gsize) number;
}

void
wb_json_reader_get_int (WbJsonReader *self,
                        const char   *key,
                        gint64        minimum,
                        gint64        maximum,
                        gint         *value)
{
  gint64 number;

  if (read_integer (self, key, minimum, maximum, &number))
    *value = (gint) number;
}

void
wb_json_reader_get_double (WbJsonReader *self,
                           const char   *key,
                           double        minimum,
                           double        maximum,
                           const char   *allowed,
                           double       *value)
{
  JsonNode *node = wb_json_reader_peek (self, key);
  GType     type = G_TYPE_INVALID;
  double    number;

  if (self->error != NULL || node == NULL)
    return;
  type = json_node_get_value_type (node);
  number =
      type == G_TYPE_DOUBLE || type == G_TYPE_INT64 ? json_node_get_double (node) : (double) NAN;
  if (number >= minimum && number <= maximum) /* false for NaN */
    *value = number;
  else
    wb_json_reader_refuse (self, WB_ENGINE_ERROR_INVALID, key, allowed);
}

void
wb_json_reader_get_boolean (WbJsonReader *self, const char *key, gboolean *value)
{
  JsonNode *node = wb_json_reader_peek (self, key);

  if (self->error != NULL || node == NULL)
    return;
  if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    *value = json_node_get_boolean (node);
  else
    wb_json_reader_refuse (self, WB_ENGINE_ERROR_INVALID, key, "true or false");
}

void
wb_json_reader_get_string (WbJsonReader *self, const char *key, const char **value)
{
  JsonNode *node = wb_json_reader_peek (self, key);

  if (self->error != NULL || node == NULL)
    return;
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    *value = json_node_get_string (node);
  else
    wb_json_reader_refuse (self, WB_ENGINE_ERROR_INVALID, key, "a text");
}

static void append_node (GString *text, JsonNode *node, guint depth);

static void
append_line (GString *text, guint depth)
{
  g_string_append_printf (text, "\n%*s", (int) (2 * depth), "");
}

static void
append_object (GString *text, JsonObject *object, guint depth)
{
  JsonObjectIter iter;
  const char    *name;
  JsonNode      *node;
  gboolean       first = TRUE;

  g_string_append_c (text, '{');
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      g_string_append (text, first ? "" : ",");
      append_line (text, depth + 1);
      wb_json_append_string (text, name);
      g_string_append (text, ": ");
      append_node (text, node, depth + 1);
      first = FALSE;
    }
  if (!first)
    append_line (text, depth);
  g_string_append_c (text, '}');
}

static void
append_array (GString *text, JsonArray *array, guint depth)
{
  const guint n = json_array_get_length (array);

  g_string_append_c (text, '[');
  for (guint i = 0; i < n; i++)
    {
      g_string_append (text, i == 0 ? "" : ",");
      append_line (text, depth + 1);
      append_node (text, json_array_get_element (array, i), depth + 1);
    }
  if (n > 0)
    append_line (text, depth);
  g_string_append_c (text, ']');
}

static void
append_node (GString *text, JsonNode *node, guint depth)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    append_object (text, json_node_get_object (node), depth);
  else if (JSON_NODE_HOLDS_ARRAY (node))
    append_array (text, json_node_get_array (node), depth);
  else if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_DOUBLE)
    append_double (text, json_node_get_double (node));
  else
    {
      g_autofree char *leaf = json_to_string (node, FALSE);

      g_string_append (text, leaf);
    }
}

char *
wb_json_to_text (JsonNode *root)
{
  GString *text = g_string_new (NULL);

  append_node (text, root, 0);
  g_string_append_c (text, '\n');
  return g_string_free (text, FALSE);
}
