#pragma once

#include "app/feed/wb-features-private.h"

G_BEGIN_DECLS

/* Names of the setting `order`, in the table's order. */
typedef enum
{
  WB_ORDER_GROUPED,
  WB_ORDER_SHUFFLE,
  WB_ORDER_FILE,
  WB_ORDER_PUBLISHED,
} WbOrder;

#define WB_ORDER_WINDOW 50 /* batches that are sorted by length together */

/**
 * wb_order_fill:
 * @order: how
 * @features: lengths, for %WB_ORDER_GROUPED
 * @batch_size: examples of an optimizer step
 * @seed: of the run
 * @epoch: from 0
 * @tail: WbTask.published_tail
 * @indices: (wb_features_get_n()) output: examples in the order of this epoch
 *
 * Depends on nothing but its arguments, so a run resumes at any step of any epoch.  Grouped:
 * shuffled, then windows of 50 batches are sorted by length, longest first, and the whole batches
 * of a window shuffled again, so that lengths do not fall in step with the schedule.  Published:
 * fact sheet 5.6; the epoch's order comes from the one before, so it costs (epoch + 1) shuffles.
 */
void wb_order_fill (WbOrder           order,
                    const WbFeatures *features,
                    gsize             batch_size,
                    guint64           seed,
                    guint32           epoch,
                    gsize             tail,
                    guint32          *indices);

/* (transfer full): (n) place of each example in the published training set, which seeds its
 * truncation (fact sheet 5.6, 3.). */
guint32 *wb_order_published_positions (gsize n, gsize tail);

G_END_DECLS
