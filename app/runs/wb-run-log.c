#include <json-glib/json-glib.h>
#include <string.h>

#include "app/runs/wb-run-check-private.h"
#include "app/runs/wb-run.h"

#define MOST_BYTES (4 << 20) /* of a long log only the end is looked at */

/* The end of the file, from the start of a line on. */
static char *
read_end (const char *path, GError **error)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, error);
  const char *text, *start, *line;
  gsize       size;

  if (file == NULL)
    return NULL;
  text = g_mapped_file_get_contents (file);
  size = g_mapped_file_get_length (file);
  if (size <= MOST_BYTES)
    return g_strndup (text != NULL ? text : "", size);
  start = text + size - MOST_BYTES;
  line = memchr (start, '\n', MOST_BYTES);
  return line != NULL ? g_strndup (line + 1, (gsize) (text + size - line - 1)) : g_strdup ("");
}

char **
wb_run_dup_log_objects (WbRun *self, gsize n, GError **error)
{
  g_autofree char *path = wb_run_dup_log_path (self);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  GStrvBuilder *builder;
  char        **result;
  gsize         first, count;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return g_new0 (char *, 1);
  text = read_end (path, error);
  if (text == NULL)
    return NULL;
  lines = g_strsplit (text, "\n", -1);
  count = g_strv_length (lines);
  if (count > 0 && *lines[count - 1] == '\0')
    count--;
  first = n > 0 && n < count ? count - n : 0;
  builder = g_strv_builder_new ();
  for (gsize i = first; i < count; i++)
    g_strv_builder_add (builder, lines[i]);
  result = g_strv_builder_end (builder);
  g_strv_builder_unref (builder);
  return result;
}

static void
append_metrics (GString *out, JsonObject *object)
{
  JsonObject *metrics = json_object_get_object_member (object, "metrics");
  g_autoptr (GList) names = metrics != NULL ? json_object_get_members (metrics) : NULL;

  for (GList *l = names; l != NULL; l = l->next)
    g_string_append_printf (out, ", %s %.4f", (char *) l->data,
                            json_object_get_double_member (metrics, l->data));
}

static char *
describe_start (JsonObject *object)
{
  const gint64 from = json_object_get_int_member_with_default (object, "resumed_from", 0);
  const gint64 steps = json_object_get_int_member_with_default (object, "steps", 0);
  const gint64 examples = json_object_get_int_member_with_default (object, "examples", 0);

  if (from > 0)
    return g_strdup_printf ("Resumed at step %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT, from,
                            steps);
  return g_strdup_printf ("Started: %" G_GINT64_FORMAT " steps, %" G_GINT64_FORMAT " examples",
                          steps, examples);
}

static char *
describe_done (JsonObject *object)
{
  JsonNode   *node = json_object_get_member (object, "best");
  JsonObject *best =
      node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

  if (best == NULL)
    return g_strdup ("Finished");
  return g_strdup_printf ("Finished: best %s %.4f at step %" G_GINT64_FORMAT,
                          json_object_get_string_member_with_default (best, "metric", ""),
                          json_object_get_double_member_with_default (best, "value", 0),
                          json_object_get_int_member_with_default (best, "step", 0));
}

static char *
describe_event (JsonObject *object)
{
  const char  *event = json_object_get_string_member_with_default (object, "event", "");
  const gint64 step = json_object_get_int_member_with_default (object, "step", 0);
  GString     *out;

  if (strcmp (event, "start") == 0)
    return describe_start (object);
  if (strcmp (event, "done") == 0)
    return describe_done (object);
  if (strcmp (event, "note") == 0)
    return g_strdup (json_object_get_string_member_with_default (object, "text", ""));
  out = g_string_new (NULL);
  g_string_printf (out, "Step %" G_GINT64_FORMAT, step);
  if (strcmp (event, "step") == 0)
    g_string_append_printf (out, ": loss %.4f, learning rate %.3g",
                            json_object_get_double_member_with_default (object, "loss", 0),
                            json_object_get_double_member_with_default (object, "lr", 0));
  else if (strcmp (event, "eval") == 0)
    {
      g_string_append_printf (out, ": %s",
                              json_object_get_string_member_with_default (object, "split", ""));
      append_metrics (out, object);
    }
  else if (strcmp (event, "checkpoint") == 0)
    g_string_append (out, ": checkpoint saved");
  return g_string_free (out, FALSE);
}

/* A line that is no object (a process killed while it wrote) stands as it is. */
static char *
describe_line (const char *line)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonNode *root;

  if (strlen (line) > 65536 || !json_parser_load_from_data (parser, line, -1, NULL))
    return g_strdup (line);
  root = json_parser_get_root (parser);
  return root != NULL && JSON_NODE_HOLDS_OBJECT (root)
             ? describe_event (json_node_get_object (root))
             : g_strdup (line);
}

char **
wb_run_dup_log (WbRun *self, gsize n, GError **error)
{
  char **lines = wb_run_dup_log_objects (self, n, error);

  for (gsize i = 0; lines != NULL && lines[i] != NULL; i++)
    {
      char *line = describe_line (lines[i]);
      g_free (lines[i]);
      lines[i] = line;
    }
  return lines;
}
