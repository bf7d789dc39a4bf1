#pragma once

#include <gtk/gtk.h>

#include "app/runs/wb-run.h"

G_BEGIN_DECLS

#define WB_TYPE_QUEUE_ROW (wb_queue_row_get_type ())
G_DECLARE_FINAL_TYPE (WbQueueRow, wb_queue_row, WB, QUEUE_ROW, GtkListBoxRow)

/* A run that waits: handle, name, a menu with what can be done with it, a button that takes it
 * out.  The actions are the view's, "queue.*", with the run's id. */
GtkWidget *wb_queue_row_new (WbRun *run);
WbRun     *wb_queue_row_get_run (WbQueueRow *self);

/* Whether a press at this place of the row is for the handle. */
gboolean wb_queue_row_is_handle (WbQueueRow *self, GtkWidget *picked);

/* @position: 0 is the first of @n; @held: the queue is paused, and holds it. */
void wb_queue_row_set_position (WbQueueRow *self, guint position, guint n, gboolean held);

G_END_DECLS
