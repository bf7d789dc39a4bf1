#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WbJson:
 *
 * Writes JSON text: one line, keys in the order given, f32 with 9 and f64 with 17 significant
 * digits (the shortest text that reads back equal, never more), NaN and infinities as null.
 */
typedef struct _WbJson WbJson;

WbJson *wb_json_new (void);
void    wb_json_free (WbJson *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbJson, wb_json_free)

/* @key: %NULL inside arrays and for the outermost value. */
void wb_json_begin_object (WbJson *self, const char *key);
void wb_json_end_object (WbJson *self);
void wb_json_begin_array (WbJson *self, const char *key);
void wb_json_end_array (WbJson *self);
void wb_json_text (WbJson *self, const char *key, const char *value); /* %NULL: null */
void wb_json_integer (WbJson *self, const char *key, gint64 value);
void wb_json_boolean (WbJson *self, const char *key, gboolean value);
void wb_json_float (WbJson *self, const char *key, float value);
void wb_json_double (WbJson *self, const char *key, double value);
void wb_json_null (WbJson *self, const char *key);

/* The text so far; belongs to @self. */
const char *wb_json_get (WbJson *self);
void        wb_json_reset (WbJson *self); /* starts anew */
/* Forgets the text so far but goes on where it is: for what is written piece by piece. */
void wb_json_continue (WbJson *self);
/* Prints it and a newline on standard output, flushed, and starts anew. */
void wb_json_print (WbJson *self);

G_END_DECLS
