#include "config.h"

#include <string.h>

#include "engine/core/wb-engine-error.h"
#include "engine/tokenizer/unigram/wb-protobuf-private.h"

static gboolean
damaged (const WbWireReader *self, const guint8 *at, const char *what, GError **error)
{
  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID, "byte %" G_GSIZE_FORMAT ": %s",
               (gsize) (at - self->start), what);
  return FALSE;
}

static gboolean
read_varint (WbWireReader *self, guint64 *value, GError **error)
{
  const guint8 *from = self->at;

  *value = 0;
  for (guint shift = 0; shift < 64; shift += 7)
    {
      guint8 byte;
      if (self->at == self->end)
        return damaged (self, from, "ends in the middle of a number", error);
      byte = *self->at++;
      *value |= (guint64) (byte & 0x7f) << shift;
      if (byte < 0x80)
        return TRUE;
    }
  return damaged (self, from, "a number is too long", error);
}

static gboolean
read_fixed (WbWireReader *self, gsize width, guint64 *value, GError **error)
{
  if ((gsize) (self->end - self->at) < width)
    return damaged (self, self->at, "ends in the middle of a number", error);
  *value = 0;
  for (gsize i = 0; i < width; i++)
    *value |= (guint64) self->at[i] << (8 * i);
  self->at += width;
  return TRUE;
}

static gboolean
read_bytes (WbWireReader *self, WbField *field, GError **error)
{
  const guint8 *from = self->at;
  guint64       size;

  if (!read_varint (self, &size, error))
    return FALSE;
  if (size > (guint64) (self->end - self->at))
    return damaged (self, from, "a field is longer than what is left", error);
  field->data = self->at;
  field->size = (gsize) size;
  self->at += size;
  return TRUE;
}

gboolean
wb_wire_next (WbWireReader *self, WbField *field, GError **error)
{
  const guint8 *from = self->at;
  guint64       key;

  if (self->at == self->end)
    return FALSE;
  if (!read_varint (self, &key, error))
    return FALSE;
  *field = (WbField){ .number = (guint32) (key >> 3), .type = (WbWireType) (key & 7) };
  if (key >> 3 == 0 || key >> 3 > 0x1fffffff)
    return damaged (self, from, "not a protobuf message", error);
  switch (field->type)
    {
    case WB_WIRE_VARINT:
      return read_varint (self, &field->value, error);
    case WB_WIRE_64:
      return read_fixed (self, 8, &field->value, error);
    case WB_WIRE_BYTES:
      return read_bytes (self, field, error);
    case WB_WIRE_32:
      return read_fixed (self, 4, &field->value, error);
    default:
      return damaged (self, from, "not a protobuf message", error);
    }
}

WbWireReader
wb_wire_enter (const WbWireReader *self, const WbField *field)
{
  return (WbWireReader){ self->start, field->data, field->data + field->size };
}

gboolean
wb_wire_expect (const WbWireReader *self,
                const WbField      *field,
                WbWireType          type,
                const char         *name,
                GError            **error)
{
  g_autofree char *what = NULL;

  if (field->type == type)
    return TRUE;
  what = g_strdup_printf ("%s has the wrong type", name);
  return damaged (self, self->at, what, error);
}

static void
put_raw_varint (GByteArray *out, guint64 value)
{
  guint8 bytes[10];
  guint  n = 0;

  for (; value >= 0x80; value >>= 7)
    bytes[n++] = (guint8) (value | 0x80);
  bytes[n++] = (guint8) value;
  g_byte_array_append (out, bytes, n);
}

void
wb_wire_put_varint (GByteArray *out, guint32 number, guint64 value)
{
  put_raw_varint (out, (guint64) number << 3 | WB_WIRE_VARINT);
  put_raw_varint (out, value);
}

void
wb_wire_put_float (GByteArray *out, guint32 number, float value)
{
  guint32 bits;

  memcpy (&bits, &value, sizeof bits);
  bits = GUINT32_TO_LE (bits);
  put_raw_varint (out, (guint64) number << 3 | WB_WIRE_32);
  g_byte_array_append (out, (const guint8 *) &bits, sizeof bits);
}

void
wb_wire_put_bytes (GByteArray *out, guint32 number, const void *data, gsize size)
{
  put_raw_varint (out, (guint64) number << 3 | WB_WIRE_BYTES);
  put_raw_varint (out, size);
  g_byte_array_append (out, data, (guint) size);
}
