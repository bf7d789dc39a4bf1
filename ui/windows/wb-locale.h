#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * wb_locale_init:
 *
 * The user's language for the window's texts, dates and orders.  Numbers stay as the command line
 * writes them (LC_NUMERIC is "C"): what a field shows can be typed into --set, and no file that the
 * window writes depends on where it was written.
 *
 * Main thread; before GTK is initialised, which then leaves the locale alone.
 */
void wb_locale_init (void);

/* (transfer full): where the translations lie: beside the program, in its build or installed. */
char *wb_locale_dup_folder (void);

G_END_DECLS
