#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define WB_TYPE_PROGRESS_RING (wb_progress_ring_get_type ())
G_DECLARE_FINAL_TYPE (WbProgressRing, wb_progress_ring, WB, PROGRESS_RING, GtkWidget)

/* A ring of 16 pixels that fills up, for a header bar.  What it says in words is its button's. */
GtkWidget *wb_progress_ring_new (void);

/* @fraction: 0 … 1 of the ring; @paused: two bars within it. */
void wb_progress_ring_set (WbProgressRing *self, double fraction, gboolean paused);

G_END_DECLS
