#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WbJsonWalk:
 *
 * Goes through JSON text that wb_json_scan() has passed, value by value, without building a tree:
 * a vocabulary has hundreds of thousands of members.  A plain value; nothing to free.  Where the
 * text has another kind of value than the one asked for, nothing moves and %FALSE or %NULL comes
 * back.
 */
typedef struct
{
  const char *start;
  const char *p;
  const char *end;
} WbJsonWalk;

void wb_json_walk_init (WbJsonWalk *self, const char *text, gsize length);

/* What the next value begins with: '{', '[', '"', '0' (any number), 't', 'f', 'n'; 0: the end. */
char wb_json_walk_peek (WbJsonWalk *self);

/* Into an object ('{') or array ('['). */
gboolean wb_json_walk_enter (WbJsonWalk *self, char bracket);

/* Within one: to the next member or item; %FALSE: that was the last one, and we are out again. */
gboolean wb_json_walk_next (WbJsonWalk *self);

/* @scratch: used where the string has escapes.  Returns: (nullable) (array length=length): valid
 * until @scratch changes; not NUL-terminated */
const char *wb_json_walk_string (WbJsonWalk *self, GString *scratch, gsize *length);
const char *wb_json_walk_key (WbJsonWalk *self, GString *scratch, gsize *length);

/* A whole number that fits; %FALSE for "1.0" and "1e3" too. */
gboolean wb_json_walk_integer (WbJsonWalk *self, gint64 *value);
gboolean wb_json_walk_double (WbJsonWalk *self, double *value);

void wb_json_walk_skip (WbJsonWalk *self); /* over the next value, whatever it is */

/* Line of the place where we are, from 1: for messages, it counts from the start. */
gsize wb_json_walk_get_line (const WbJsonWalk *self);

G_END_DECLS
