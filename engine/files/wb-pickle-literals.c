#include "config.h"

#include "engine/files/wb-pickle-private.h"

#include <string.h>

#include "engine/core/wb-engine-error.h"

/* What stands alone in a pickle: numbers, strings, empty containers (fact sheet 9.8).  An opcode
 * that is none of ours is refused by its name. */

typedef struct
{
  guint8      code;
  const char *name;
} Opcode;

/* Those that are never done: they would make objects of any class, or torch.save() has no use for
 * them. */
static const Opcode refused[] = {
  { '2', "DUP" },          { 'F', "FLOAT" },
  { 'I', "INT" },          { 'L', "LONG" },
  { 'P', "PERSID" },       { 'S', "STRING" },
  { 'V', "UNICODE" },      { 'd', "DICT" },
  { 'g', "GET" },          { 'i', "INST" },
  { 'l', "LIST" },         { 'o', "OBJ" },
  { 'p', "PUT" },          { 0x82, "EXT1" },
  { 0x83, "EXT2" },        { 0x84, "EXT4" },
  { 0x8b, "LONG4" },       { 0x8d, "BINUNICODE8" },
  { 0x8e, "BINBYTES8" },   { 0x8f, "EMPTY_SET" },
  { 0x90, "ADDITEMS" },    { 0x91, "FROZENSET" },
  { 0x92, "NEWOBJ_EX" },   { 0x96, "BYTEARRAY8" },
  { 0x97, "NEXT_BUFFER" }, { 0x98, "READONLY_BUFFER" },
};

static gboolean
refuse (const WbPickleMachine *self, guint8 code, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    if (refused[i].code == code)
      return wb_pickle_unsupported (
          self, error, "opcode %s (0x%02x) is not read: only tensors and containers are",
          refused[i].name, code);
  return wb_pickle_invalid (self, error, "0x%02x is no opcode", code);
}

const guint8 *
wb_pickle_machine_take (WbPickleMachine *self, gsize n, GError **error)
{
  const guint8 *p = self->data + self->place;

  if (n > self->length - self->place)
    {
      self->truncated = TRUE;
      wb_pickle_invalid (self, error, "it ends at byte %zu, in the middle: truncated",
                         self->length);
      return NULL;
    }
  self->place += n;
  return p;
}

gboolean
wb_pickle_machine_take_number (WbPickleMachine *self, gsize bytes, guint64 *value, GError **error)
{
  const guint8 *p = wb_pickle_machine_take (self, bytes, error);

  if (p == NULL)
    return FALSE;
  *value = 0;
  for (gsize i = bytes; i > 0; i--)
    *value = *value << 8 | p[i - 1];
  return TRUE;
}

gboolean
wb_pickle_machine_push (WbPickleMachine *self, WbPickleValue *value, GError **error)
{
  if (value == NULL)
    return FALSE;
  if (self->stack->len >= WB_PICKLE_MAX_VALUES)
    return wb_pickle_invalid (self, error, "more than %u values on the stack",
                              WB_PICKLE_MAX_VALUES);
  g_ptr_array_add (self->stack, value);
  return TRUE;
}

static gboolean
push_integer (WbPickleMachine *self, gint64 integer, GError **error)
{
  WbPickleValue *value = wb_pickle_machine_new (self, WB_PICKLE_INT, error);

  if (value != NULL)
    value->integer = integer;
  return wb_pickle_machine_push (self, value, error);
}

static gboolean
push_text (WbPickleMachine *self, WbPickleKind kind, gsize length_bytes, GError **error)
{
  guint64        length;
  const guint8  *bytes;
  WbPickleValue *value;

  if (!wb_pickle_machine_take_number (self, length_bytes, &length, error))
    return FALSE;
  if (length > WB_PICKLE_MAX_STRING)
    return wb_pickle_invalid (self, error,
                              "a string of %" G_GUINT64_FORMAT " bytes; at most %u make sense",
                              length, WB_PICKLE_MAX_STRING);
  bytes = wb_pickle_machine_take (self, length, error);
  if (bytes == NULL)
    return FALSE;
  if (kind == WB_PICKLE_STRING && !g_utf8_validate ((const char *) bytes, (gssize) length, NULL))
    return wb_pickle_invalid (self, error, "a string that is not UTF-8, or has U+0000");
  value = wb_pickle_machine_new (self, kind, error);
  if (value == NULL)
    return FALSE;
  value->text = wb_pickle_copy_text (self->pickle, bytes, length);
  value->n = (guint32) length;
  return wb_pickle_machine_push (self, value, error);
}

/* Of LONG1: two's complement, of any length. */
static gboolean
push_long (WbPickleMachine *self, GError **error)
{
  guint64       length;
  guint64       bits = 0;
  const guint8 *p;

  if (!wb_pickle_machine_take_number (self, 1, &length, error))
    return FALSE;
  p = wb_pickle_machine_take (self, length, error);
  if (p == NULL)
    return FALSE;
  if (length > 8)
    return wb_pickle_invalid (
        self, error, "an integer of %" G_GUINT64_FORMAT " bytes; at most 8 make sense", length);
  if (length > 0 && p[length - 1] >= 0x80)
    bits = G_MAXUINT64;
  for (gsize i = length; i > 0; i--)
    bits = bits << 8 | p[i - 1];
  return push_integer (self, (gint64) bits, error);
}

/* Of BINFLOAT: the one number that is big-endian. */
static gboolean
push_float (WbPickleMachine *self, GError **error)
{
  const guint8  *p = wb_pickle_machine_take (self, 8, error);
  WbPickleValue *value = p == NULL ? NULL : wb_pickle_machine_new (self, WB_PICKLE_FLOAT, error);
  guint64        bits;

  if (value == NULL)
    return FALSE;
  memcpy (&bits, p, 8);
  bits = GUINT64_FROM_BE (bits);
  memcpy (&value->real, &bits, 8);
  return wb_pickle_machine_push (self, value, error);
}

static gboolean
push_number (WbPickleMachine *self, guint8 code, GError **error)
{
  const gsize bytes = code == 'J' ? 4 : code == 'M' ? 2 : 1;
  guint64     value;

  if (!wb_pickle_machine_take_number (self, bytes, &value, error))
    return FALSE;
  return push_integer (self, code == 'J' ? (gint32) (guint32) value : (gint64) value, error);
}

static gboolean
push_empty (WbPickleMachine *self, WbPickleKind kind, GError **error)
{
  return wb_pickle_machine_push (self, wb_pickle_machine_new (self, kind, error), error);
}

static gboolean
do_constant (WbPickleMachine *self, guint8 code, GError **error)
{
  WbPickle *pickle = self->pickle;

  switch (code)
    {
    case 'N':
      return wb_pickle_machine_push (self, &pickle->none, error);
    case 0x88:
      return wb_pickle_machine_push (self, &pickle->yes, error);
    case 0x89:
      return wb_pickle_machine_push (self, &pickle->no, error);
    default:
      return wb_pickle_machine_push (self, &pickle->nothing, error);
    }
}

gboolean
wb_pickle_machine_do_literal (WbPickleMachine *self, guint8 code, GError **error)
{
  switch (code)
    {
    case 'N':  /* NONE */
    case 0x88: /* NEWTRUE */
    case 0x89: /* NEWFALSE */
    case ')':  /* EMPTY_TUPLE */
      return do_constant (self, code, error);
    case 'J': /* BININT */
    case 'K': /* BININT1 */
    case 'M': /* BININT2 */
      return push_number (self, code, error);
    case 0x8a:
      return push_long (self, error);
    case 'G':
      return push_float (self, error);
    case 'X': /* BINUNICODE */
    case 'T': /* BINSTRING: Python 2's */
      return push_text (self, WB_PICKLE_STRING, 4, error);
    case 0x8c: /* SHORT_BINUNICODE */
    case 'U':  /* SHORT_BINSTRING */
      return push_text (self, WB_PICKLE_STRING, 1, error);
    case 'B':
      return push_text (self, WB_PICKLE_BYTES, 4, error);
    case 'C':
      return push_text (self, WB_PICKLE_BYTES, 1, error);
    case '}':
      return push_empty (self, WB_PICKLE_DICT, error);
    case ']':
      return push_empty (self, WB_PICKLE_LIST, error);
    default:
      return refuse (self, code, error);
    }
}
