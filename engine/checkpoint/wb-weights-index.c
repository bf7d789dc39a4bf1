#include "config.h"

#include "engine/checkpoint/wb-weights-private.h"

#include <string.h>

#include "engine/core/wb-engine-error.h"
#include "engine/files/wb-file.h"

/* Weights in several files: {"metadata": {…}, "weight_map": {name: file}} (fact sheet 9.11).  The
 * map only supplies the list of files; which tensors they hold, they say themselves. */

#define MAX_FILES 1000u

static gboolean
invalid (const char *path, GError **error, const char *message)
{
  wb_engine_error_set (error, WB_ENGINE_ERROR_INVALID, "%s: %s", path, message);
  return FALSE;
}

/* A name in the index's own folder, that leads nowhere else. */
static gboolean
is_plain (const char *name)
{
  if (*name == '\0' || *name == '.' || strlen (name) > 255)
    return FALSE;
  for (const char *p = name; *p != '\0'; p++)
    if (*p == '/' || *p == '\\' || (guchar) *p < 0x20 || *p == 0x7f)
      return FALSE;
  return TRUE;
}

static gboolean
add_name (const char *path, GHashTable *names, const char *tensor, JsonNode *node, GError **error)
{
  const char *name;

  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return invalid (path, error, "weight_map must name a file for every tensor");
  name = json_node_get_string (node);
  if (!is_plain (name))
    {
      wb_engine_error_set (
          error, WB_ENGINE_ERROR_INVALID,
          "%s: tensor %.200s would lie in \"%.200s\"; only files in the same folder are read", path,
          tensor, name);
      return FALSE;
    }
  g_hash_table_add (names, g_strdup (name));
  if (g_hash_table_size (names) > MAX_FILES)
    return invalid (path, error, "more than 1000 files");
  return TRUE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *
sort_names (GHashTable *names)
{
  GPtrArray     *sorted = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer       name;

  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_ptr_array_add (sorted, name);
  g_ptr_array_sort (sorted, compare_names);
  return sorted;
}

/* (nullable) (transfer container): the names of the files, sorted. */
static GPtrArray *
read_names (const char *path, GHashTable *names, GError **error)
{
  g_autoptr (JsonNode) root = wb_json_load (path, error);
  JsonNode      *map;
  JsonObjectIter iter;
  const char    *tensor;
  JsonNode      *node;

  if (root == NULL)
    return NULL;
  map = JSON_NODE_HOLDS_OBJECT (root)
            ? json_object_get_member (json_node_get_object (root), "weight_map")
            : NULL;
  if (map == NULL || !JSON_NODE_HOLDS_OBJECT (map) ||
      json_object_get_size (json_node_get_object (map)) == 0)
    {
      invalid (path, error, "has no weight_map");
      return NULL;
    }
  json_object_iter_init (&iter, json_node_get_object (map));
  while (json_object_iter_next (&iter, &tensor, &node))
    if (!add_name (path, names, tensor, node, error))
      return NULL;
  return sort_names (names);
}

gboolean
wb_weights_add_index (WbWeights *self, const char *path, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) sorted = read_names (path, names, error);
  g_autofree char *folder = g_path_get_dirname (path);

  if (sorted == NULL)
    return FALSE;
  for (guint i = 0; i < sorted->len; i++)
    {
      g_autofree char *file = g_build_filename (folder, sorted->pdata[i], NULL);

      if (!wb_weights_add_file (self, file, error))
        return FALSE;
    }
  return TRUE;
}
