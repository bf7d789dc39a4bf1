#pragma once

#include "engine/files/wb-pickle.h"

G_BEGIN_DECLS

/* What no honest file comes near: a state of 500 layers has some 40,000 values, bpe_encoder.bin
 * 300,000. */
#define WB_PICKLE_MAX_VALUES 4000000u
#define WB_PICKLE_MAX_DEPTH 32u        /* containers within containers */
#define WB_PICKLE_MAX_SPREAD 16000000u /* values, one that is shared counted at each place */
#define WB_PICKLE_MAX_STRING (1u << 20)
#define WB_PICKLE_MAX_DIMS 16u
#define WB_PICKLE_MAX_BYTES ((gsize) 256 << 20) /* of memory */

/**
 * WbPickleValue:
 * @kind: what the union holds
 * @ordered: of a dict: an OrderedDict
 * @closed: lies in another value, so nothing may be added to it any more: that is what keeps a
 * value from containing itself
 * @depth: 1, or one more than the deepest that it contains
 * @spread: itself and all that it contains, what is shared counted each time; saturates
 * @n: bytes of a string or of bytes; items
 * @items: (array): elements; key, value, key, value of a dict
 */
struct _WbPickleValue
{
  WbPickleKind kind;
  guint8       ordered;
  guint8       closed;
  guint16      depth;
  guint32      spread;
  guint32      n;
  guint32      room; /* of items */
  union
  {
    gint64           integer;
    double           real;
    const char      *text;
    WbPickleValue  **items;
    WbPickleStorage *storage;
    WbPickleTensor  *tensor;
  };
};

struct _WbPickle
{
  GPtrArray     *blocks; /* of values */
  gsize          n_values;
  gsize          n_bytes; /* of memory, about */
  GStringChunk  *texts;
  GPtrArray     *records;  /* storages, tensors, their dims: memory alone */
  GPtrArray     *storages; /* WbPickleStorage, in the order of their ids */
  WbPickleValue *root;
  WbPickleValue  none, yes, no, nothing; /* None, True, False, () */
};

/**
 * WbPickleMachine:
 *
 * The state of unpickling: stack, marks in it, memo.
 */
typedef struct
{
  WbPickle     *pickle;
  const char   *name;
  const guint8 *data;
  gsize         length;
  gsize         place;  /* of the next byte */
  gsize         opcode; /* where the one that is being done begins */
  GPtrArray    *stack;
  GArray       *marks; /* of guint: lengths of the stack */
  GPtrArray    *memo;
  gsize         n_memo;
  gboolean      truncated; /* the error is that the data ends */
} WbPickleMachine;

/* Sets @error with name and byte; returns FALSE. */
gboolean wb_pickle_machine_fail (const WbPickleMachine *self,
                                 GError               **error,
                                 gint                   code,
                                 const char            *format,
                                 ...) G_GNUC_PRINTF (4, 5);

#define wb_pickle_invalid(self, error, ...)                                                        \
  wb_pickle_machine_fail (self, error, WB_ENGINE_ERROR_INVALID, __VA_ARGS__)
#define wb_pickle_unsupported(self, error, ...)                                                    \
  wb_pickle_machine_fail (self, error, WB_ENGINE_ERROR_UNSUPPORTED, __VA_ARGS__)

/* (nullable): a new value; %NULL when there are too many of them. */
WbPickleValue *wb_pickle_machine_new (WbPickleMachine *self, WbPickleKind kind, GError **error);

/* A copy of @n bytes that ends in NUL. */
const char *wb_pickle_copy_text (WbPickle *self, const void *bytes, gsize n);

/* Memory that lives as long as the pickle. */
gpointer wb_pickle_alloc (WbPickle *self, gsize bytes);

/* @value becomes the next of @container's items. */
gboolean wb_pickle_machine_add (WbPickleMachine *self,
                                WbPickleValue   *container,
                                WbPickleValue   *value,
                                GError         **error);

/* wb-pickle-literals.c.  (nullable): the next @n bytes. */
const guint8 *wb_pickle_machine_take (WbPickleMachine *self, gsize n, GError **error);
/* A number of @bytes bytes (1, 2, 4 or 8), little-endian. */
gboolean
wb_pickle_machine_take_number (WbPickleMachine *self, gsize bytes, guint64 *value, GError **error);
/* @value: (nullable): it could not be made, and @error says why */
gboolean wb_pickle_machine_push (WbPickleMachine *self, WbPickleValue *value, GError **error);
/* What opcode @code says by itself; one that is not known is refused. */
gboolean wb_pickle_machine_do_literal (WbPickleMachine *self, guint8 code, GError **error);

/* wb-pickle-opcodes.c: from the first opcode to STOP; sets the pickle's root. */
gboolean wb_pickle_machine_run (WbPickleMachine *self, GError **error);

/* wb-pickle-torch.c: what the opcodes mean to torch.save(). */
gboolean wb_pickle_global_is_known (const char *name);
/* (nullable): what calling @callable with the tuple @args gives. */
WbPickleValue *wb_pickle_machine_call (WbPickleMachine *self,
                                       WbPickleValue   *callable,
                                       WbPickleValue   *args,
                                       GError         **error);
/* (nullable): the storage that a persistent id stands for. */
WbPickleValue *
wb_pickle_machine_persistent (WbPickleMachine *self, const WbPickleValue *id, GError **error);

/* wb_pickle_parse(); @truncated: (out): it failed because @data ends before the pickle does. */
WbPickle *wb_pickle_parse_prefix (const guint8 *data,
                                  gsize         length,
                                  const char   *name,
                                  gsize        *used,
                                  gboolean     *truncated,
                                  GError      **error);

G_END_DECLS
