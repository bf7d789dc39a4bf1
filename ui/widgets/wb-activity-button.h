#pragma once

#include <gtk/gtk.h>

#include "app/runs/wb-run-queue.h"

G_BEGIN_DECLS

#define WB_TYPE_ACTIVITY_BUTTON (wb_activity_button_get_type ())
G_DECLARE_FINAL_TYPE (WbActivityButton, wb_activity_button, WB, ACTIVITY_BUTTON, GtkWidget)

/**
 * WbActivityButton:
 *
 * For a header bar: a ring that fills with the run that runs; it is there while something runs or
 * waits.  A click shows the queue.  Signal "run-activated" (WbRun).
 */
GtkWidget *wb_activity_button_new (void);

void wb_activity_button_set_queue (WbActivityButton *self, WbRunQueue *queue);

/* Shows the queue, also when nothing is in it. */
void wb_activity_button_popup (WbActivityButton *self);

G_END_DECLS
