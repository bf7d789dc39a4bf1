#pragma once

#include <json-glib/json-glib.h>
#include <string.h>

#include "tests/support/wb-test-shared.h"

/* The texts of a file of WB_SHARED/data, as tests/vectors/tokenizer-shared.py takes them: all
 * strings of a JSON file in its order, of others the fields between tabs and line ends. */

static inline void
wb_test_texts_add_node (GPtrArray *texts, JsonNode *node)
{
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    g_ptr_array_add (texts, json_node_dup_string (node));
  else if (JSON_NODE_HOLDS_ARRAY (node))
    for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
      wb_test_texts_add_node (texts, json_array_get_element (json_node_get_array (node), i));
  else if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObject *object = json_node_get_object (node);
      g_autoptr (GList) members = json_object_get_members (object);
      for (GList *l = members; l != NULL; l = l->next)
        wb_test_texts_add_node (texts, json_object_get_member (object, l->data));
    }
}

static inline void
wb_test_texts_add_json (GPtrArray *texts, const char *text)
{
  g_autoptr (JsonParser) parser = json_parser_new ();

  while (g_ascii_isspace (*text))
    text++;
  if (*text == '\0')
    return;
  g_assert_true (json_parser_load_from_data (parser, text, -1, NULL));
  wb_test_texts_add_node (texts, json_parser_get_root (parser));
}

static inline void
wb_test_texts_add_line (GPtrArray *texts, char *line)
{
  for (char *field = line; field != NULL;)
    {
      char *end = strchr (field, '\t');
      if (end != NULL)
        *end++ = '\0';
      g_ptr_array_add (texts, g_strdup (field));
      field = end;
    }
}

/* (transfer full) (nullable): at most @most of them; %NULL: the file is not there */
static inline GPtrArray *
wb_test_texts_new (const char *name, gsize most)
{
  g_autofree char *path = g_build_filename ("data", name, NULL);
  g_autoptr (GBytes) bytes = wb_test_shared_read (path);
  g_autofree char *text = NULL;
  GPtrArray       *texts;
  char            *line;

  if (bytes == NULL)
    return NULL;
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  texts = g_ptr_array_new_with_free_func (g_free);
  if (g_str_has_suffix (name, ".json"))
    wb_test_texts_add_json (texts, text);
  for (line = g_str_has_suffix (name, ".json") ? NULL : text; line != NULL && texts->len < most;)
    {
      char *end = strchr (line, '\n');
      if (end != NULL)
        *end++ = '\0';
      if (g_str_has_suffix (name, ".jsonl"))
        wb_test_texts_add_json (texts, line);
      else
        wb_test_texts_add_line (texts, line);
      line = end;
    }
  g_ptr_array_set_size (texts, (gint) MIN (most, texts->len));
  return texts;
}
