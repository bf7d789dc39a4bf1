#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/core/wb-engine-error.h"
#include "engine/tokenizer/unigram/wb-protobuf-private.h"
#include "engine/tokenizer/unigram/wb-spm-file-private.h"

#define MAX_PIECES 2000000 /* mDeBERTa's vocabulary has 250,101 */
#define MAX_SCORE 1e6f
#define MAX_NESTED_USER_DEFINED 32 /* the library looks them up in a buffer of fixed size */
#define N_BYTES 256

/* Field numbers: sentencepiece_model.proto, as the fact sheet 8.3 lists them. */
enum
{
  MODEL_PIECE = 1,
  MODEL_TRAINER = 2,
  MODEL_NORMALIZER = 3,
  PIECE_TEXT = 1,
  PIECE_SCORE = 2,
  PIECE_TYPE = 3,
  TRAINER_MODEL_TYPE = 3,
  TRAINER_SUFFIX = 24,
  TRAINER_BYTE_FALLBACK = 35,
  TRAINER_UNK_PIECE = 45,
  NORMALIZER_NAME = 1,
  NORMALIZER_MAP = 2,
  NORMALIZER_PREFIX = 3,
  NORMALIZER_EXTRA = 4,
  NORMALIZER_ESCAPE = 5,
};

static gboolean G_GNUC_PRINTF (3, 4)
    fail (GError **error, WbEngineError code, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  wb_engine_error_set_valist (error, code, format, arguments);
  va_end (arguments);
  return FALSE;
}

/* Every message: its fields one by one, the last of a kind counts. */

typedef gboolean (*ReadField) (gpointer            context,
                               const WbWireReader *reader,
                               const WbField      *field,
                               GError            **error);

static gboolean
read_fields (gpointer context, WbWireReader reader, ReadField read_field, GError **error)
{
  g_autoptr (GError) inner = NULL;
  WbField field;

  while (wb_wire_next (&reader, &field, &inner))
    if (!read_field (context, &reader, &field, error))
      return FALSE;
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

/* One piece */

typedef struct
{
  WbPiece     piece;
  const char *text;
  gsize       size;
} PieceFields;

static gboolean
read_piece_field (gpointer            context,
                  const WbWireReader *reader,
                  const WbField      *field,
                  GError            **error)
{
  PieceFields  *self = context;
  const guint32 bits = (guint32) field->value;

  switch (field->number)
    {
    case PIECE_TEXT:
      self->text = (const char *) field->data;
      self->size = field->size;
      return wb_wire_expect (reader, field, WB_WIRE_BYTES, "a piece's text", error);
    case PIECE_SCORE:
      memcpy (&self->piece.score, &bits, sizeof bits);
      return wb_wire_expect (reader, field, WB_WIRE_32, "a piece's score", error);
    case PIECE_TYPE:
      self->piece.type = (WbPieceType) MIN (field->value, 255);
      return wb_wire_expect (reader, field, WB_WIRE_VARINT, "a piece's type", error);
    default:
      return TRUE;
    }
}

gboolean
wb_spm_file_add_piece (WbSpmFile  *self,
                       const char *text,
                       gsize       length,
                       float       score,
                       WbPieceType type,
                       GError    **error)
{
  WbPiece     piece = { NULL, score, type };
  const guint id = self->pieces->len;

  if (length == 0 || length > WB_PIECE_MAX_BYTES || memchr (text, '\0', length) != NULL ||
      !g_utf8_validate_len (text, length, NULL))
    return fail (error, WB_ENGINE_ERROR_INVALID,
                 "piece %u: its text is empty, too long or not UTF-8", id);
  if (id == MAX_PIECES)
    return fail (error, WB_ENGINE_ERROR_INVALID, "more than %d pieces make no sense", MAX_PIECES);
  if (type < WB_PIECE_NORMAL || type > WB_PIECE_BYTE)
    return fail (error, WB_ENGINE_ERROR_INVALID, "piece %u: no such type", id);
  if (!(fabsf (score) <= MAX_SCORE))
    return fail (error, WB_ENGINE_ERROR_INVALID, "piece %u: its score makes no sense", id);
  piece.text = g_string_chunk_insert_len (self->texts, text, (gssize) length);
  g_array_append_val (self->pieces, piece);
  return TRUE;
}

static gboolean
read_piece (WbSpmFile *self, WbWireReader reader, GError **error)
{
  PieceFields fields = { .piece = { .type = WB_PIECE_NORMAL } };

  return read_fields (&fields, reader, read_piece_field, error) &&
         wb_spm_file_add_piece (self, fields.text, fields.size, fields.piece.score,
                                fields.piece.type, error);
}

/* Specifications */

static gboolean
read_flag (const WbWireReader *reader,
           const WbField      *field,
           const char         *name,
           gboolean           *flag,
           GError            **error)
{
  if (!wb_wire_expect (reader, field, WB_WIRE_VARINT, name, error))
    return FALSE;
  *flag = field->value != 0;
  return TRUE;
}

static gboolean
read_trainer_field (gpointer            context,
                    const WbWireReader *reader,
                    const WbField      *field,
                    GError            **error)
{
  WbSpmFile *self = context;
  gboolean   suffix = FALSE;

  switch (field->number)
    {
    case TRAINER_MODEL_TYPE:
      if (!wb_wire_expect (reader, field, WB_WIRE_VARINT, "model_type", error))
        return FALSE;
      return field->value == 1 ||
             fail (error, WB_ENGINE_ERROR_UNSUPPORTED,
                   "model_type %" G_GUINT64_FORMAT "; only unigram models (1) are supported",
                   field->value);
    case TRAINER_SUFFIX:
      if (!read_flag (reader, field, "treat_whitespace_as_suffix", &suffix, error))
        return FALSE;
      return !suffix || fail (error, WB_ENGINE_ERROR_UNSUPPORTED,
                              "treat_whitespace_as_suffix is not supported");
    case TRAINER_BYTE_FALLBACK:
      return read_flag (reader, field, "byte_fallback", &self->byte_fallback, error);
    default:
      return TRUE;
    }
}

static gboolean
read_normalizer_field (gpointer            context,
                       const WbWireReader *reader,
                       const WbField      *field,
                       GError            **error)
{
  WbSpmFile *self = context;
  switch (field->number)
    {
    case NORMALIZER_NAME:
      if (!wb_wire_expect (reader, field, WB_WIRE_BYTES, "the normalizer's name", error))
        return FALSE;
      if (field->size > 256 || !g_utf8_validate_len ((const char *) field->data, field->size, NULL))
        return fail (error, WB_ENGINE_ERROR_INVALID, "the normalizer's name is not a name");
      g_free (self->normalizer);
      self->normalizer = g_strndup ((const char *) field->data, field->size);
      return TRUE;
    case NORMALIZER_MAP:
      if (!wb_wire_expect (reader, field, WB_WIRE_BYTES, "precompiled_charsmap", error))
        return FALSE;
      g_clear_pointer (&self->charsmap_bytes, g_bytes_unref);
      self->charsmap_bytes = g_bytes_new (field->data, field->size);
      return TRUE;
    case NORMALIZER_PREFIX:
      return read_flag (reader, field, "add_dummy_prefix", &self->add_dummy_prefix, error);
    case NORMALIZER_EXTRA:
      return read_flag (reader, field, "remove_extra_whitespaces", &self->remove_extra_whitespaces,
                        error);
    case NORMALIZER_ESCAPE:
      return read_flag (reader, field, "escape_whitespaces", &self->escape_whitespaces, error);
    default:
      return TRUE;
    }
}

static gboolean
read_model_field (gpointer            context,
                  const WbWireReader *reader,
                  const WbField      *field,
                  GError            **error)
{
  WbSpmFile *self = context;
  if (field->number < MODEL_PIECE || field->number > MODEL_NORMALIZER)
    return TRUE;
  if (!wb_wire_expect (reader, field, WB_WIRE_BYTES, "a part of the model", error))
    return FALSE;
  switch (field->number)
    {
    case MODEL_PIECE:
      return read_piece (self, wb_wire_enter (reader, field), error);
    case MODEL_TRAINER:
      return read_fields (self, wb_wire_enter (reader, field), read_trainer_field, error);
    default:
      return read_fields (self, wb_wire_enter (reader, field), read_normalizer_field, error);
    }
}

/* The whole */

static gboolean
check_byte_pieces (const WbSpmFile *self, GError **error)
{
  for (guint i = 0; i < N_BYTES; i++)
    {
      char   text[8];
      gint32 id;
      g_snprintf (text, sizeof text, "<0x%02X>", i);
      id = wb_spm_file_find (self, text);
      if (self->byte_fallback &&
          (id < 0 || wb_spm_file_get_piece (self, id)->type != WB_PIECE_BYTE))
        return fail (error, WB_ENGINE_ERROR_INVALID, "byte fallback without a piece %s", text);
    }
  return TRUE;
}

static gboolean
check_user_defined (WbSpmFile *self, const WbPiece *piece, GError **error)
{
  char  prefix[WB_PIECE_MAX_BYTES + 1];
  gsize nested = 0;

  self->max_user_defined = MAX (self->max_user_defined, strlen (piece->text));
  self->user_defined_starts[(guint8) piece->text[0] / 8] |=
      (guint8) (1u << (guint8) piece->text[0] % 8);
  for (gsize n = 1; n <= strlen (piece->text); n++)
    {
      gint32 id;
      memcpy (prefix, piece->text, n);
      prefix[n] = '\0';
      id = wb_spm_file_find (self, prefix);
      if (id >= 0 && wb_spm_file_get_piece (self, id)->type == WB_PIECE_USER_DEFINED)
        nested++;
    }
  return nested <= MAX_NESTED_USER_DEFINED ||
         fail (error, WB_ENGINE_ERROR_INVALID, "too many user-defined pieces nest");
}

static gboolean
index_pieces (WbSpmFile *self, GError **error)
{
  for (guint i = 0; i < self->pieces->len; i++)
    {
      const WbPiece *piece = wb_spm_file_get_piece (self, i);
      if (!g_hash_table_insert (self->ids, (gpointer) piece->text, GUINT_TO_POINTER (i + 1)))
        return fail (error, WB_ENGINE_ERROR_INVALID, "piece %u: \"%s\" is there twice", i,
                     piece->text);
      if (piece->type == WB_PIECE_UNKNOWN && self->unknown_id >= 0)
        return fail (error, WB_ENGINE_ERROR_INVALID, "piece %u: a second unknown piece", i);
      if (piece->type == WB_PIECE_UNKNOWN)
        self->unknown_id = (gint32) i;
    }
  return self->unknown_id >= 0 || fail (error, WB_ENGINE_ERROR_INVALID, "has no unknown piece");
}

static gboolean
check_pieces (WbSpmFile *self, GError **error)
{
  gsize n_bytes = 0, n_normal = 0;

  if (!index_pieces (self, error) || !check_byte_pieces (self, error))
    return FALSE;
  for (guint i = 0; i < self->pieces->len; i++)
    {
      const WbPiece *piece = wb_spm_file_get_piece (self, i);
      n_bytes += piece->type == WB_PIECE_BYTE;
      n_normal += piece->type == WB_PIECE_NORMAL;
      if (piece->type == WB_PIECE_USER_DEFINED && !check_user_defined (self, piece, error))
        return FALSE;
    }
  if (n_bytes != (self->byte_fallback ? N_BYTES : 0))
    return fail (error, WB_ENGINE_ERROR_INVALID, "%" G_GSIZE_FORMAT " byte pieces make no sense",
                 n_bytes);
  return n_normal > 0 || fail (error, WB_ENGINE_ERROR_INVALID, "has no normal pieces");
}

gboolean
wb_spm_file_close (WbSpmFile *self, GError **error)
{
  const guint8 *map;
  gsize         map_size = 0;

  if (!check_pieces (self, error))
    return FALSE;
  if (self->charsmap_bytes == NULL)
    return TRUE;
  map = g_bytes_get_data (self->charsmap_bytes, &map_size);
  return wb_charsmap_init (&self->charsmap, map, map_size, error);
}

WbSpmFile *
wb_spm_file_new (void)
{
  WbSpmFile *self = g_new0 (WbSpmFile, 1);

  self->pieces = g_array_new (FALSE, FALSE, sizeof (WbPiece));
  self->texts = g_string_chunk_new (1 << 16);
  self->ids = g_hash_table_new (g_str_hash, g_str_equal);
  self->unknown_id = -1;
  self->add_dummy_prefix = TRUE;
  self->remove_extra_whitespaces = TRUE;
  self->escape_whitespaces = TRUE;
  return self;
}

WbSpmFile *
wb_spm_file_parse (const guint8 *data, gsize size, const char *name, GError **error)
{
  g_autoptr (WbSpmFile) self = wb_spm_file_new ();
  const WbWireReader reader = { data, data, data + size };

  if (read_fields (self, reader, read_model_field, error) && wb_spm_file_close (self, error))
    return g_steal_pointer (&self);
  g_prefix_error (error, "%s: ", name);
  return NULL;
}

void
wb_spm_file_free (WbSpmFile *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->pieces);
  g_string_chunk_free (self->texts);
  g_hash_table_unref (self->ids);
  g_clear_pointer (&self->charsmap_bytes, g_bytes_unref);
  g_free (self->normalizer);
  g_free (self);
}

const WbPiece *
wb_spm_file_get_piece (const WbSpmFile *self, gsize id)
{
  return &g_array_index (self->pieces, WbPiece, id);
}

gint32
wb_spm_file_find (const WbSpmFile *self, const char *text)
{
  return GPOINTER_TO_INT (g_hash_table_lookup (self->ids, text)) - 1;
}

/* Writing it back */

static void
put_message (GByteArray *out, guint32 number, GByteArray *message)
{
  wb_wire_put_bytes (out, number, message->data, message->len);
  g_byte_array_set_size (message, 0);
}

static void
put_piece (GByteArray *out, GByteArray *scratch, const WbPiece *piece)
{
  wb_wire_put_bytes (scratch, PIECE_TEXT, piece->text, strlen (piece->text));
  wb_wire_put_float (scratch, PIECE_SCORE, piece->score);
  wb_wire_put_varint (scratch, PIECE_TYPE, piece->type);
  put_message (out, MODEL_PIECE, scratch);
}

static void
put_normalizer (const WbSpmFile *self, GByteArray *out)
{
  gsize         size = 0;
  const guint8 *map =
      self->charsmap_bytes != NULL ? g_bytes_get_data (self->charsmap_bytes, &size) : NULL;

  if (self->normalizer != NULL)
    wb_wire_put_bytes (out, NORMALIZER_NAME, self->normalizer, strlen (self->normalizer));
  if (size > 0)
    wb_wire_put_bytes (out, NORMALIZER_MAP, map, size);
  wb_wire_put_varint (out, NORMALIZER_PREFIX, self->add_dummy_prefix);
  wb_wire_put_varint (out, NORMALIZER_EXTRA, self->remove_extra_whitespaces);
  wb_wire_put_varint (out, NORMALIZER_ESCAPE, self->escape_whitespaces);
}

GByteArray *
wb_spm_file_build (const WbSpmFile *self)
{
  g_autoptr (GByteArray) scratch = g_byte_array_new ();
  GByteArray *out = g_byte_array_new ();
  const char *unknown = wb_spm_file_get_piece (self, (gsize) self->unknown_id)->text;

  for (guint i = 0; i < self->pieces->len; i++)
    put_piece (out, scratch, wb_spm_file_get_piece (self, i));
  wb_wire_put_varint (scratch, TRAINER_MODEL_TYPE, 1);
  wb_wire_put_varint (scratch, TRAINER_BYTE_FALLBACK, self->byte_fallback);
  wb_wire_put_bytes (scratch, TRAINER_UNK_PIECE, unknown, strlen (unknown));
  put_message (out, MODEL_TRAINER, scratch);
  put_normalizer (self, scratch);
  put_message (out, MODEL_NORMALIZER, scratch);
  return out;
}
