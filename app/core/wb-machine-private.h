#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes of memory that the machine can give without swapping; 0: it does not say.  Any thread. */
guint64 wb_machine_get_available_memory (void);

G_END_DECLS
