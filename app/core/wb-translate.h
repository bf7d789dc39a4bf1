#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * wb_translate:
 * @text: (nullable): a text of the program, marked with N_() where it stands
 *
 * For texts that are kept in English (a table that the command line shows too, a message in the
 * store) and read in the window.  Only the window speaks another language than English: the
 * command line's program leaves LC_MESSAGES at "C".
 *
 * Returns: @text in the user's language; @text itself where there is no translation, and when it
 * is %NULL or empty
 */
const char *wb_translate (const char *text);

G_END_DECLS
