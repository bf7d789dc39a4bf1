#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Fact sheet 8.5: ASCII's punctuation, symbols included, and Unicode's category P. */
gboolean wb_is_punctuation (gunichar c);

G_END_DECLS
