#pragma once

#include <adwaita.h>

#include "ui/widgets/wb-queue-row.h"
#include "ui/widgets/wb-queue-view.h"

G_BEGIN_DECLS

struct _WbQueueView
{
  GtkWidget parent_instance;

  WbRunQueue *queue;
  GPtrArray  *order;   /* (element-type WbQueueRow), owned by the list: as they stand */
  WbQueueRow *dragged; /* (nullable): its row follows the pointer, the queue is not looked at */
  guint       begin;   /* where it came from */
  WbRun      *dropped; /* (nullable): what an Undo puts back */
  guint       dropped_position;
  gboolean    dropped_urgent;

  AdwToastOverlay   *toasts;
  AdwToast          *toast; /* (nullable): the one with the Undo; cleared by a weak pointer */
  GtkWidget         *pause;
  GtkStack          *stack;
  GtkScrolledWindow *scroller;
  GtkWidget         *running_group, *waiting_group, *note;
  GtkListBox        *running, *waiting;
};

/* Where a row stands; its length when it does not. */
guint wb_queue_view_find (WbQueueView *self, WbQueueRow *row);
/* Shows rows in the order of self->order. */
void wb_queue_view_show_order (WbQueueView *self);
/* Looks at the queue again. */
void wb_queue_view_sync (WbQueueView *self);
void wb_queue_view_tell (WbQueueView *self, const char *message);
/* In the store, then here. */
void wb_queue_view_move (WbQueueView *self, WbQueueRow *row, guint position);

/* wb-queue-view-drag.c: rows follow the pointer that holds their handle. */
void wb_queue_view_init_drag (WbQueueView *self);

G_END_DECLS
