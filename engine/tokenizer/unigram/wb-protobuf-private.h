#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The wire format of protocol buffers, as much as a SentencePiece file needs (fact sheet 8.3). */
typedef enum
{
  WB_WIRE_VARINT = 0,
  WB_WIRE_64 = 1,
  WB_WIRE_BYTES = 2,
  WB_WIRE_32 = 5,
} WbWireType;

/**
 * WbField:
 * @value: of a varint, or the bits of a fixed number
 * @data, @size: of bytes, inside the message
 */
typedef struct
{
  guint32       number;
  WbWireType    type;
  guint64       value;
  const guint8 *data;
  gsize         size;
} WbField;

typedef struct
{
  const guint8 *start; /* of the file: messages count bytes from here */
  const guint8 *at;
  const guint8 *end;
} WbWireReader;

/* Steps to the next field.  Returns %FALSE at the end, and with @error set when the bytes are not
 * a message (WB_ENGINE_ERROR_INVALID, "byte N: …"). */
gboolean wb_wire_next (WbWireReader *self, WbField *field, GError **error);
/* A reader of the message that @field holds. */
WbWireReader wb_wire_enter (const WbWireReader *self, const WbField *field);
/* %FALSE and @error, with the field's name, when it has another type. */
gboolean wb_wire_expect (const WbWireReader *self,
                         const WbField      *field,
                         WbWireType          type,
                         const char         *name,
                         GError            **error);

void wb_wire_put_varint (GByteArray *out, guint32 number, guint64 value);
void wb_wire_put_float (GByteArray *out, guint32 number, float value);
void wb_wire_put_bytes (GByteArray *out, guint32 number, const void *data, gsize size);

G_END_DECLS
