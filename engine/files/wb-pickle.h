#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Python's pickles, as far as torch.save() needs them (fact sheet 9.8): tensors and containers.
 * Nothing is ever called: an opcode or a global that is not in the list is refused, by name and
 * byte. */

typedef enum
{
  WB_PICKLE_NONE,
  WB_PICKLE_BOOL,
  WB_PICKLE_INT,
  WB_PICKLE_FLOAT,
  WB_PICKLE_STRING,
  WB_PICKLE_BYTES,
  WB_PICKLE_LIST,
  WB_PICKLE_TUPLE,
  WB_PICKLE_DICT, /* dict or OrderedDict */
  WB_PICKLE_STORAGE,
  WB_PICKLE_TENSOR,
  WB_PICKLE_GLOBAL, /* a class or a type by name; only between opcodes, or in a persistent id */
} WbPickleKind;

/* A value is never changed and lives as long as its WbPickle.  No value contains itself. */
typedef struct _WbPickleValue WbPickleValue;

/**
 * WbPickleStorage:
 * @type: "Float", "Half", "BFloat16", "Double", "Long", "Int", "Short", "Char", "Byte", "Bool";
 * "Untyped": bytes
 * @key: names it within the file
 * @n_elements: as the file claims
 * @view_key: (nullable): of the legacy layout: it is elements [view_offset, view_offset +
 * view_size) of @key's storage
 */
typedef struct
{
  const char *type;
  const char *key;
  guint64     n_elements;
  const char *view_key;
  guint64     view_offset;
  guint64     view_size;
} WbPickleStorage;

/**
 * WbPickleTensor:
 * @dtype: (nullable): of an untyped storage: "float32", …
 * @offset: of the first element, in elements
 * @dims, @strides: (array length=n_dims): strides in elements; never negative
 */
typedef struct
{
  const WbPickleStorage *storage;
  const char            *dtype;
  guint64                offset;
  const guint64         *dims;
  const guint64         *strides;
  gsize                  n_dims;
} WbPickleTensor;

/* One unpickled object with all that it holds. */
typedef struct _WbPickle WbPickle;

/**
 * wb_pickle_parse:
 * @data: (array length=length): need not outlive the call
 * @name: how messages call it: a path
 * @used: (out) (optional): length of the pickle, which may be shorter than @data; %NULL: it must
 * fill @data
 * @error: WB_ENGINE_ERROR_UNSUPPORTED: an opcode or a global that is not in the list; _INVALID:
 * anything that is damaged, too deep or too large, with its byte
 *
 * Memory is at most a constant times @length.
 */
WbPickle *
wb_pickle_parse (const guint8 *data, gsize length, const char *name, gsize *used, GError **error);
void wb_pickle_free (WbPickle *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbPickle, wb_pickle_free)

const WbPickleValue *wb_pickle_get_root (const WbPickle *self);

WbPickleKind wb_pickle_value_get_kind (const WbPickleValue *self);
const char  *wb_pickle_kind_name (WbPickleKind kind); /* "dict", as Python would say */

/* Of a value of that kind; 0 or %NULL of any other.  A string is UTF-8 without U+0000 and ends in
 * NUL. */
gboolean              wb_pickle_value_get_bool (const WbPickleValue *self);
gint64                wb_pickle_value_get_int (const WbPickleValue *self);
const char           *wb_pickle_value_get_string (const WbPickleValue *self);
const WbPickleTensor *wb_pickle_value_get_tensor (const WbPickleValue *self);

/* Elements of a list or tuple, pairs of a dict (in the order of insertion; a key may come twice,
 * then the last one counts). */
gsize                wb_pickle_value_get_n (const WbPickleValue *self);
const WbPickleValue *wb_pickle_value_get_element (const WbPickleValue *self, gsize i);
const WbPickleValue *wb_pickle_value_get_key (const WbPickleValue *self, gsize i);
const WbPickleValue *wb_pickle_value_get_value (const WbPickleValue *self, gsize i);

/* (nullable): the value of a string key; looks at every pair. */
const WbPickleValue *wb_pickle_value_find (const WbPickleValue *self, const char *key);

/* JSON of none, bool, int, float, string, list, tuple and dict with string keys; %NULL for anything
 * else in it, or more than @max_length bytes. */
char *wb_pickle_value_to_json (const WbPickleValue *self, gsize max_length);

G_END_DECLS
