#include "config.h"

#include "engine/model/wb-model-config-private.h"

#include "engine/core/wb-engine-error.h"

static void
read_label_names (WbJsonReader *r, WbModelConfig *c, JsonObject *names)
{
  const gsize n = json_object_get_size (names);

  c->id2label = g_new0 (char *, n + 1);
  for (gsize i = 0; i < n && r->error == NULL; i++)
    {
      g_autofree char *key = g_strdup_printf ("%zu", i);
      JsonNode        *name = json_object_get_member (names, key);

      if (name == NULL || json_node_get_value_type (name) != G_TYPE_STRING)
        wb_json_reader_fail (r, WB_ENGINE_ERROR_INVALID,
                             "id2label has %zu entries but no text for \"%s\"; it must name 0 to "
                             "%zu",
                             n, key, n - 1);
      else
        c->id2label[i] = g_strdup (json_node_get_string (name));
    }
  c->n_labels = n;
}

static gboolean
is_label_object (JsonNode *names)
{
  guint n;

  if (!JSON_NODE_HOLDS_OBJECT (names))
    return FALSE;
  n = json_object_get_size (json_node_get_object (names));
  return n >= 1 && n <= WB_MODEL_MAX_LABELS;
}

/* num_labels wins over names of another number, as in transformers. */
void
wb_model_config_read_labels (WbJsonReader *r, WbModelConfig *c)
{
  JsonNode   *names = wb_json_reader_peek (r, "id2label");
  const char *problem = NULL;
  gsize       n = 0;

  c->n_labels = 2;
  if (names != NULL && !is_label_object (names))
    wb_json_reader_refuse (r, WB_ENGINE_ERROR_INVALID, "id2label",
                           "an object {\"0\": name, \"1\": name, …}");
  if (r->error != NULL)
    return;
  if (names != NULL)
    read_label_names (r, c, json_node_get_object (names));
  wb_json_reader_get_size (r, "num_labels", FALSE, 1, WB_MODEL_MAX_LABELS, &n);
  c->has_labels = names != NULL || n > 0;
  if (n > 0 && n != c->n_labels)
    {
      g_clear_pointer (&c->id2label, g_strfreev);
      c->n_labels = n;
    }
  wb_json_reader_get_string (r, "problem_type", &problem);
  c->problem_type = g_strdup (problem);
}
