#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WB_JSON_FLOAT_LENGTH 20

/**
 * wb_json_format_float:
 * @text: (WB_JSON_FLOAT_LENGTH) output, %NUL-terminated
 *
 * The fewest of 6 to 9 digits that read back as @value, written as printf's %g does, at a
 * fraction of its time: maps of attention are millions of numbers.  By powers of ten that a double
 * holds exactly, and verified: what is written, divided once, is what a reader gets.
 *
 * Returns: %FALSE: not finite, or too large or small for that (below 1e-13, from 1e27)
 */
gboolean wb_json_format_float (char *text, float value);

G_END_DECLS
