#pragma once

#include "data/store/wb-store-runs.h"

G_BEGIN_DECLS

/* The queue: every run whose status is queued, in the order of its place.  It has no owner: whoever
 * finds the device free takes the first run that may start, in one transaction. */

/**
 * wb_store_list_active:
 * Returns: (transfer full) (element-type WbRunRecord): running ones by id, then those that wait in
 * the order in which they will run; what lies in the trash is left out
 */
GPtrArray *wb_store_list_active (WbStore *self, GError **error);

/**
 * wb_store_enqueue_run:
 * @urgent: it goes after the other urgent ones, before the rest, and a paused queue does not hold
 * it; else it goes to the end
 *
 * The run waits; one that waits already goes to its new place.  A run that runs cannot
 * (%WB_STORE_ERROR_FAILED).
 */
gboolean wb_store_enqueue_run (WbStore *self, gint64 id, gboolean urgent, GError **error);

/* @position: 0 is the first of those that wait; past the end is the last.  A run that does not
 * wait cannot be moved (%WB_STORE_ERROR_FAILED, naming its status). */
gboolean wb_store_move_queued (WbStore *self, gint64 id, guint position, GError **error);

/* A paused queue holds all that wait now, urgent ones too, and all that come but urgent ones. */
gboolean wb_store_set_queue_paused (WbStore *self, gboolean paused, GError **error);
gboolean wb_store_get_queue_paused (WbStore *self, gboolean *paused, GError **error);

G_END_DECLS
