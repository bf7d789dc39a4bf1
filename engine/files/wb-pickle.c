#include "config.h"

#include "engine/files/wb-pickle-private.h"

#include <string.h>

#include "engine/core/wb-engine-error.h"

#define BLOCK 512 /* values */

gboolean
wb_pickle_machine_fail (const WbPickleMachine *self,
                        GError               **error,
                        gint                   code,
                        const char            *format,
                        ...)
{
  g_autofree char *message = NULL;
  va_list          args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  wb_engine_error_set (error, code, "%s: byte %zu of the pickle: %s", self->name, self->opcode,
                       message);
  return FALSE;
}

static WbPickle *
pickle_new (void)
{
  WbPickle *self = g_new0 (WbPickle, 1);

  self->blocks = g_ptr_array_new_with_free_func (g_free);
  self->records = g_ptr_array_new_with_free_func (g_free);
  self->storages = g_ptr_array_new ();
  self->texts = g_string_chunk_new (4096);
  self->none = (WbPickleValue){ .kind = WB_PICKLE_NONE, .depth = 1, .spread = 1 };
  self->yes = (WbPickleValue){ .kind = WB_PICKLE_BOOL, .depth = 1, .spread = 1, .integer = 1 };
  self->no = (WbPickleValue){ .kind = WB_PICKLE_BOOL, .depth = 1, .spread = 1 };
  self->nothing = (WbPickleValue){ .kind = WB_PICKLE_TUPLE, .depth = 1, .spread = 1, .closed = 1 };
  return self;
}

void
wb_pickle_free (WbPickle *self)
{
  if (self == NULL)
    return;
  for (gsize i = 0; i < self->n_values; i++)
    {
      WbPickleValue *value = (WbPickleValue *) self->blocks->pdata[i / BLOCK] + i % BLOCK;

      if (value->kind == WB_PICKLE_LIST || value->kind == WB_PICKLE_TUPLE ||
          value->kind == WB_PICKLE_DICT)
        g_free (value->items);
    }
  g_ptr_array_unref (self->blocks);
  g_ptr_array_unref (self->storages);
  g_ptr_array_unref (self->records);
  g_string_chunk_free (self->texts);
  g_free (self);
}

const WbPickleValue *
wb_pickle_get_root (const WbPickle *self)
{
  return self->root;
}

const char *
wb_pickle_copy_text (WbPickle *self, const void *bytes, gsize n)
{
  self->n_bytes += n + 1;
  return g_string_chunk_insert_len (self->texts, bytes, (gssize) n);
}

gpointer
wb_pickle_alloc (WbPickle *self, gsize bytes)
{
  gpointer memory = g_malloc0 (MAX (bytes, 1));

  self->n_bytes += bytes + 2 * sizeof (gpointer);
  g_ptr_array_add (self->records, memory);
  return memory;
}

WbPickleValue *
wb_pickle_machine_new (WbPickleMachine *self, WbPickleKind kind, GError **error)
{
  WbPickle      *pickle = self->pickle;
  WbPickleValue *value;

  if (pickle->n_values >= WB_PICKLE_MAX_VALUES)
    {
      wb_pickle_invalid (self, error, "more than %u values", WB_PICKLE_MAX_VALUES);
      return NULL;
    }
  pickle->n_bytes += sizeof *value;
  if (pickle->n_bytes > WB_PICKLE_MAX_BYTES)
    {
      wb_pickle_invalid (self, error, "more than %zu bytes of values", WB_PICKLE_MAX_BYTES);
      return NULL;
    }
  if (pickle->n_values % BLOCK == 0)
    g_ptr_array_add (pickle->blocks, g_new (WbPickleValue, BLOCK));
  value =
      (WbPickleValue *) pickle->blocks->pdata[pickle->blocks->len - 1] + pickle->n_values % BLOCK;
  pickle->n_values++;
  *value = (WbPickleValue){ .kind = kind, .depth = 1, .spread = 1 };
  return value;
}

static void
grow (WbPickleValue *container, guint32 n)
{
  if (n <= container->room)
    return;
  container->room = MAX (n, container->room * 2);
  container->items = g_renew (WbPickleValue *, container->items, container->room);
}

gboolean
wb_pickle_machine_add (WbPickleMachine *self,
                       WbPickleValue   *container,
                       WbPickleValue   *value,
                       GError         **error)
{
  guint64 spread;

  value->closed = TRUE;
  if (container->closed)
    return wb_pickle_invalid (self, error,
                              "a %s is changed after it was put into another value, or itself",
                              wb_pickle_kind_name (container->kind));
  if (value->depth >= WB_PICKLE_MAX_DEPTH)
    return wb_pickle_invalid (self, error, "more than %u values within each other",
                              WB_PICKLE_MAX_DEPTH);
  spread = (guint64) container->spread + value->spread;
  if (spread > WB_PICKLE_MAX_SPREAD)
    return wb_pickle_invalid (self, error, "shared values that would spread to more than %u",
                              WB_PICKLE_MAX_SPREAD);
  container->spread = (guint32) spread;
  container->depth = MAX (container->depth, value->depth + 1);
  grow (container, container->n + 1);
  container->items[container->n++] = value;
  return TRUE;
}

WbPickle *
wb_pickle_parse_prefix (const guint8 *data,
                        gsize         length,
                        const char   *name,
                        gsize        *used,
                        gboolean     *truncated,
                        GError      **error)
{
  g_autoptr (WbPickle) pickle = pickle_new ();
  g_autoptr (GPtrArray) stack = g_ptr_array_new ();
  g_autoptr (GPtrArray) memo = g_ptr_array_new ();
  g_autoptr (GArray) marks = g_array_new (FALSE, FALSE, sizeof (guint));
  WbPickleMachine machine = {
    .pickle = pickle,
    .name = name,
    .data = data,
    .length = length,
    .stack = stack,
    .memo = memo,
    .marks = marks,
  };
  const gboolean ok = wb_pickle_machine_run (&machine, error);

  if (truncated != NULL)
    *truncated = machine.truncated;
  if (!ok)
    return NULL;
  *used = machine.place;
  return g_steal_pointer (&pickle);
}

WbPickle *
wb_pickle_parse (const guint8 *data, gsize length, const char *name, gsize *used, GError **error)
{
  g_autoptr (WbPickle) self = NULL;
  gsize end;

  g_return_val_if_fail ((data != NULL || length == 0) && name != NULL, NULL);

  self = wb_pickle_parse_prefix (data, length, name, &end, NULL, error);
  if (self == NULL)
    return NULL;
  if (used != NULL)
    *used = end;
  else if (end != length)
    {
      wb_engine_error_set (error, WB_ENGINE_ERROR_INVALID,
                           "%s: %zu bytes follow the end of the pickle, from byte %zu on", name,
                           length - end, end);
      return NULL;
    }
  return g_steal_pointer (&self);
}
