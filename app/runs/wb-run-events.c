/* What happened to a run, from its log. */
#include "config.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "app/runs/wb-run-axis.h"

#define MOST_LINE (1 << 14) /* a longer line is no event of these */

/* 0 where it is no number. */
static gint64
number_of (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_int (node) : 0;
}

static gboolean
is_event (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, "event");

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
         g_strcmp0 (json_node_get_string (node), name) == 0;
}

static void
add_line (GArray *out, const char *line, gsize length)
{
  g_autoptr (JsonParser) parser = NULL;
  JsonNode   *root;
  JsonObject *object;
  WbRunEvent  event = { WB_RUN_EVENT_CHECKPOINT, 0 };
  gint64      step;

  /* most lines are steps: they are not even looked at */
  if (length > MOST_LINE ||
      (g_strstr_len (line, (gssize) MIN (length, 64), "\"checkpoint\"") == NULL &&
       g_strstr_len (line, (gssize) MIN (length, 64), "\"start\"") == NULL))
    return;
  parser = json_parser_new ();
  if (!json_parser_load_from_data (parser, line, (gssize) length, NULL))
    return;
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return;
  object = json_node_get_object (root);
  if (is_event (object, "start"))
    {
      event.kind = WB_RUN_EVENT_RESUME;
      step = number_of (object, "resumed_from");
    }
  else
    step = is_event (object, "checkpoint") ? number_of (object, "step") : 0;
  if (step <= 0)
    return;
  event.step = (guint64) step;
  g_array_append_val (out, event);
}

GArray *
wb_run_events_read (const char *path, gint64 *offset)
{
  GArray *out = g_array_new (FALSE, FALSE, sizeof (WbRunEvent));
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, NULL);
  const char *text = file != NULL ? g_mapped_file_get_contents (file) : NULL;
  const gsize length = file != NULL ? g_mapped_file_get_length (file) : 0;
  gsize       at = (gsize) *offset;

  if (at > length)
    at = 0;
  while (text != NULL && at < length)
    {
      const char *end = memchr (text + at, '\n', length - at);

      if (end == NULL)
        break;
      add_line (out, text + at, (gsize) (end - text) - at);
      at = (gsize) (end - text) + 1;
    }
  *offset = (gint64) at;
  return out;
}

gboolean
wb_run_get_last_event (WbRun *self, WbRunEvent *event)
{
  event->step = wb_run_get_step (self);
  switch (wb_run_get_status (self))
    {
    case WB_RUN_PAUSED:
    case WB_RUN_STOPPED:
    case WB_RUN_INTERRUPTED:
      event->kind = WB_RUN_EVENT_PAUSE;
      return event->step > 0;
    case WB_RUN_DIVERGED:
      event->kind = WB_RUN_EVENT_DIVERGED;
      return event->step > 0;
    case WB_RUN_QUEUED:
    case WB_RUN_RUNNING:
    case WB_RUN_FINISHED:
    case WB_RUN_FAILED:
    default:
      return FALSE;
    }
}
