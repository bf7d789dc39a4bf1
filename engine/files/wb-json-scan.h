#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Nesting that no honest file of ours needs; a hundred thousand brackets overflow json-glib's
 * stack. */
#define WB_JSON_MAX_DEPTH 64

/**
 * wb_json_scan:
 * @text: (array length=length): bytes from outside; need not end in NUL
 * @name: how the message calls the source: a path
 * @error: WB_ENGINE_ERROR_INVALID: "NAME: line L, column C: what is wrong" (columns in bytes)
 *
 * Whether @text is one JSON value by RFC 8259: UTF-8, grammar, nesting.  Stricter than
 * json-glib, which accepts comments and single quotes, and aborts on a lone surrogate: what passes
 * here is safe to give to it.  \u0000 is refused too: no name or number of ours has it.  Uses no
 * memory and no recursion.
 */
gboolean wb_json_scan (const char *text, gsize length, const char *name, GError **error);

G_END_DECLS
