#include "config.h"

#include "engine/files/wb-pickle-private.h"

#include <string.h>

#include "engine/core/wb-engine-error.h"

/* The opcodes of fact sheet 9.8 that work on stack and memo, or call. */

/* Values above the last mark. */
static guint
n_reachable (const WbPickleMachine *self)
{
  const guint floor =
      self->marks->len == 0 ? 0 : g_array_index (self->marks, guint, self->marks->len - 1);

  return self->stack->len - floor;
}

/* (nullable): the value on top, or @below it. */
static WbPickleValue *
peek (const WbPickleMachine *self, guint below, GError **error)
{
  if (below >= n_reachable (self))
    {
      wb_pickle_invalid (self, error, "the stack has too few values");
      return NULL;
    }
  return self->stack->pdata[self->stack->len - 1 - below];
}

static void
drop (WbPickleMachine *self, guint n)
{
  g_ptr_array_set_size (self->stack, (gint) (self->stack->len - n));
}

/* Takes the last mark away; @n: how many values lie above it. */
static gboolean
take_mark (WbPickleMachine *self, guint *n, GError **error)
{
  if (self->marks->len == 0)
    return wb_pickle_invalid (self, error, "there is no mark");
  *n = n_reachable (self);
  g_array_set_size (self->marks, self->marks->len - 1);
  return TRUE;
}

/* A tuple of the @n values on top, of which there must be so many. */
static gboolean
make_tuple (WbPickleMachine *self, guint n, GError **error)
{
  WbPickleValue *tuple;

  if (n > 0 && peek (self, n - 1, error) == NULL)
    return FALSE;
  if (n == 0)
    return wb_pickle_machine_push (self, &self->pickle->nothing, error);
  tuple = wb_pickle_machine_new (self, WB_PICKLE_TUPLE, error);
  for (guint i = 0; i < n && tuple != NULL; i++)
    if (!wb_pickle_machine_add (self, tuple, self->stack->pdata[self->stack->len - n + i], error))
      return FALSE;
  drop (self, n);
  return wb_pickle_machine_push (self, tuple, error);
}

/* The @n values on top go into the list or dict below them. */
static gboolean
add_to (WbPickleMachine *self, WbPickleKind kind, guint n, GError **error)
{
  WbPickleValue *container = peek (self, n, error);

  if (container == NULL)
    return FALSE;
  if (container->kind != kind)
    return wb_pickle_invalid (self, error, "something is put into a %s as if it were a %s",
                              wb_pickle_kind_name (container->kind), wb_pickle_kind_name (kind));
  if (kind == WB_PICKLE_DICT && n % 2 != 0)
    return wb_pickle_invalid (self, error, "a key without a value");
  for (guint i = 0; i < n; i++)
    if (!wb_pickle_machine_add (self, container, self->stack->pdata[self->stack->len - n + i],
                                error))
      return FALSE;
  drop (self, n);
  return TRUE;
}

static gboolean
pop (WbPickleMachine *self, GError **error)
{
  guint n;

  if (n_reachable (self) == 0)
    return take_mark (self, &n, error);
  drop (self, 1);
  return TRUE;
}

static gboolean
remember (WbPickleMachine *self, guint64 i, GError **error)
{
  WbPickleValue *top = peek (self, 0, error);

  if (top == NULL)
    return FALSE;
  /* no pickle numbers faster than it has bytes, nor more than values */
  if (i >= MIN (self->place, WB_PICKLE_MAX_VALUES))
    return wb_pickle_invalid (self, error, "memo %" G_GUINT64_FORMAT " makes no sense here", i);
  if (i >= self->memo->len)
    g_ptr_array_set_size (self->memo, (gint) i + 1);
  self->n_memo += self->memo->pdata[i] == NULL;
  self->memo->pdata[i] = top;
  return TRUE;
}

static gboolean
remember_numbered (WbPickleMachine *self, gsize bytes, GError **error)
{
  guint64 i;

  return wb_pickle_machine_take_number (self, bytes, &i, error) && remember (self, i, error);
}

static gboolean
recall (WbPickleMachine *self, gsize bytes, GError **error)
{
  guint64 i;

  if (!wb_pickle_machine_take_number (self, bytes, &i, error))
    return FALSE;
  if (i >= self->memo->len || self->memo->pdata[i] == NULL)
    return wb_pickle_invalid (self, error, "memo %" G_GUINT64_FORMAT " was never set", i);
  return wb_pickle_machine_push (self, self->memo->pdata[i], error);
}

static gboolean
push_global (WbPickleMachine *self, const char *module, const char *name, GError **error)
{
  g_autofree char *both = g_strdup_printf ("%s %s", module, name);
  WbPickleValue   *value;

  if (!wb_pickle_global_is_known (both))
    {
      g_autofree char *shown = g_utf8_make_valid (both, (gssize) MIN (strlen (both), 200));

      return wb_pickle_unsupported (
          self, error,
          "it asks for \"%s\", which is neither tensor nor container: nothing of "
          "a file is executed",
          shown);
    }
  value = wb_pickle_machine_new (self, WB_PICKLE_GLOBAL, error);
  if (value != NULL)
    value->text = wb_pickle_copy_text (self->pickle, both, strlen (both));
  return wb_pickle_machine_push (self, value, error);
}

/* (nullable): up to the next newline, as a string. */
static char *
take_line (WbPickleMachine *self, GError **error)
{
  const guint8 *start = self->data + self->place;
  const guint8 *end = self->place == self->length
                          ? NULL
                          : memchr (start, '\n', MIN (self->length - self->place, 4096));

  if (end == NULL)
    {
      self->truncated = self->length - self->place < 4096;
      wb_pickle_invalid (self, error, "a name without an end");
      return NULL;
    }
  self->place += (gsize) (end - start) + 1;
  return g_strndup ((const char *) start, (gsize) (end - start));
}

static gboolean
do_global (WbPickleMachine *self, GError **error)
{
  g_autofree char *module = take_line (self, error);
  g_autofree char *name = module == NULL ? NULL : take_line (self, error);

  return name != NULL && push_global (self, module, name, error);
}

static gboolean
do_stack_global (WbPickleMachine *self, GError **error)
{
  const WbPickleValue *name = peek (self, 0, error);
  const WbPickleValue *module = name == NULL ? NULL : peek (self, 1, error);

  if (module == NULL)
    return FALSE;
  if (module->kind != WB_PICKLE_STRING || name->kind != WB_PICKLE_STRING)
    return wb_pickle_invalid (self, error, "STACK_GLOBAL of something that is no name");
  drop (self, 2);
  return push_global (self, module->text, name->text, error);
}

/* REDUCE and NEWOBJ: a class or function and a tuple of arguments. */
static gboolean
do_call (WbPickleMachine *self, GError **error)
{
  WbPickleValue *args = peek (self, 0, error);
  WbPickleValue *callable = args == NULL ? NULL : peek (self, 1, error);
  WbPickleValue *result;

  if (callable == NULL)
    return FALSE;
  result = wb_pickle_machine_call (self, callable, args, error);
  if (result == NULL)
    return FALSE;
  drop (self, 2);
  return wb_pickle_machine_push (self, result, error);
}

/* Attributes of an OrderedDict (_metadata) say nothing about tensors. */
static gboolean
do_build (WbPickleMachine *self, GError **error)
{
  const WbPickleValue *state = peek (self, 0, error);
  const WbPickleValue *object = state == NULL ? NULL : peek (self, 1, error);

  if (object == NULL)
    return FALSE;
  if (object->kind != WB_PICKLE_DICT || !object->ordered || state->kind != WB_PICKLE_DICT)
    return wb_pickle_unsupported (self, error, "BUILD gives a %s attributes",
                                  wb_pickle_kind_name (object->kind));
  drop (self, 1);
  return TRUE;
}

static gboolean
do_persistent (WbPickleMachine *self, GError **error)
{
  const WbPickleValue *id = peek (self, 0, error);
  WbPickleValue       *storage = id == NULL ? NULL : wb_pickle_machine_persistent (self, id, error);

  if (storage == NULL)
    return FALSE;
  drop (self, 1);
  return wb_pickle_machine_push (self, storage, error);
}

static gboolean
do_proto (WbPickleMachine *self, GError **error)
{
  guint64 version;

  if (!wb_pickle_machine_take_number (self, 1, &version, error))
    return FALSE;
  return version <= 5 || wb_pickle_unsupported (
                             self, error, "protocol %" G_GUINT64_FORMAT " is not known", version);
}

static gboolean
do_frame (WbPickleMachine *self, GError **error)
{
  guint64 length;

  if (!wb_pickle_machine_take_number (self, 8, &length, error))
    return FALSE;
  self->truncated = length > self->length - self->place;
  return !self->truncated ||
         wb_pickle_invalid (self, error, "a frame of %" G_GUINT64_FORMAT " bytes: truncated",
                            length);
}

static gboolean
do_mark (WbPickleMachine *self, GError **error)
{
  if (self->marks->len >= WB_PICKLE_MAX_DEPTH)
    return wb_pickle_invalid (self, error, "more than %u marks at once", WB_PICKLE_MAX_DEPTH);
  g_array_append_val (self->marks, self->stack->len);
  return TRUE;
}

/* Opcodes whose values lie above a mark. */
static gboolean
do_marked (WbPickleMachine *self, guint8 code, GError **error)
{
  guint n = 0;

  if (!take_mark (self, &n, error))
    return FALSE;
  switch (code)
    {
    case 't':
      return make_tuple (self, n, error);
    case 'e':
      return add_to (self, WB_PICKLE_LIST, n, error);
    case 'u':
      return add_to (self, WB_PICKLE_DICT, n, error);
    default:
      drop (self, n);
      return TRUE;
    }
}

/* What works on the stack. */
static gboolean
do_container (WbPickleMachine *self, guint8 code, GError **error)
{
  switch (code)
    {
    case '(':
      return do_mark (self, error);
    case 't': /* TUPLE */
    case 'e': /* APPENDS */
    case 'u': /* SETITEMS */
    case '1': /* POP_MARK */
      return do_marked (self, code, error);
    case 0x85:
    case 0x86:
    case 0x87: /* TUPLE1, 2, 3 */
      return make_tuple (self, code - 0x84u, error);
    case 'a':
      return add_to (self, WB_PICKLE_LIST, 1, error);
    case 's':
      return add_to (self, WB_PICKLE_DICT, 2, error);
    case '0':
      return pop (self, error);
    default:
      return wb_pickle_machine_do_literal (self, code, error);
    }
}

static gboolean
do_opcode (WbPickleMachine *self, guint8 code, GError **error)
{
  switch (code)
    {
    case 0x80:
      return do_proto (self, error);
    case 0x95:
      return do_frame (self, error);
    case 'q': /* BINPUT */
      return remember_numbered (self, 1, error);
    case 'r': /* LONG_BINPUT */
      return remember_numbered (self, 4, error);
    case 0x94: /* MEMOIZE */
      return remember (self, self->n_memo, error);
    case 'h': /* BINGET */
      return recall (self, 1, error);
    case 'j': /* LONG_BINGET */
      return recall (self, 4, error);
    case 'c':
      return do_global (self, error);
    case 0x93:
      return do_stack_global (self, error);
    case 'R':  /* REDUCE */
    case 0x81: /* NEWOBJ */
      return do_call (self, error);
    case 'b':
      return do_build (self, error);
    case 'Q': /* BINPERSID */
      return do_persistent (self, error);
    default:
      return do_container (self, code, error);
    }
}

gboolean
wb_pickle_machine_run (WbPickleMachine *self, GError **error)
{
  for (;;)
    {
      const guint8 *code;

      self->opcode = self->place;
      code = wb_pickle_machine_take (self, 1, error);
      if (code == NULL)
        return FALSE;
      if (*code == '.')
        break;
      if (!do_opcode (self, *code, error))
        return FALSE;
    }
  if (self->marks->len > 0 || self->stack->len != 1)
    return wb_pickle_invalid (self, error, "it ends with %u values on the stack instead of one",
                              self->stack->len);
  self->pickle->root = self->stack->pdata[0];
  return TRUE;
}
