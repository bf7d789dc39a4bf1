#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full): one word of a shell's command, quoted only where it has to be. */
char *wb_shell_quote (const char *text);

G_END_DECLS
