#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Numbers as people read them, in the locale's style.  All (transfer full); an empty string where
 * there is nothing to say (negative, NaN, 0 for times). */

char *wb_format_duration (double seconds); /* "0:46", "2:14:03" */
char *
wb_format_time_left (double seconds);  /* "under a minute left", "18 min left", "3 h 20 min left" */
char *wb_format_span (double seconds); /* "20 s", "18 min", "3 h 20 min", "2 d 4 h" */
char *wb_format_bytes (guint64 bytes); /* "2.3 GB" */
char *wb_format_count (guint64 n);     /* "184 M", "9,120" */
char *wb_format_day (gint64 when,
                     gint64 now);     /* "9:14", "Yesterday", "Fri", "12 Mar", "12 Mar 2025" */
char *wb_format_moment (gint64 when); /* "12 March 2026, 9:14" */
/* What people call a metric: "Matthews correlation" for "mcc".  Lent. */
const char *wb_format_metric (const char *name);
char       *wb_format_value (double value); /* "0.8712" */

G_END_DECLS
