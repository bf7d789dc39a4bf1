#pragma once

#include <gtk/gtk.h>

#include "app/runs/wb-run.h"

G_BEGIN_DECLS

#define WB_TYPE_QUEUE_RUNNING (wb_queue_running_get_type ())
G_DECLARE_FINAL_TYPE (WbQueueRunning, wb_queue_running, WB, QUEUE_RUNNING, GtkListBoxRow)

/* A run that runs: its name, the phases with the one that it is in, how far it is, time left. */
GtkWidget *wb_queue_running_new (WbRun *run);
WbRun     *wb_queue_running_get_run (WbQueueRunning *self);

G_END_DECLS
