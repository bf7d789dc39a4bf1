#pragma once

#include <gtk/gtk.h>

#include "app/runs/wb-run-queue.h"

G_BEGIN_DECLS

#define WB_TYPE_QUEUE_VIEW (wb_queue_view_get_type ())
G_DECLARE_FINAL_TYPE (WbQueueView, wb_queue_view, WB, QUEUE_VIEW, GtkWidget)

/**
 * WbQueueView:
 *
 * What runs, with its phase and the time that is left, and what waits: rows that are dragged by
 * their handle or moved by Alt+Up and Alt+Down, taken out by a button or Delete (with an Undo), and
 * a button that pauses the queue.  Signal "run-activated" (WbRun).
 */
GtkWidget *wb_queue_view_new (WbRunQueue *queue);

G_END_DECLS
