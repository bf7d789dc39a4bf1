#pragma once

#include "app/feed/wb-features-private.h"
#include "engine/core/wb-batch.h"

G_BEGIN_DECLS

/**
 * WbPacker:
 *
 * Puts examples one after another into the arrays of packed batches, and finds the distinct ids of
 * the whole.  Made once for the largest batch; packing allocates nothing.
 */
typedef struct _WbPacker WbPacker;

/* @id_bound: greater than every id. */
WbPacker *wb_packer_new (gsize    max_tokens,
                         gsize    max_sequences,
                         gsize    max_parts,
                         gsize    id_bound,
                         gboolean with_types,
                         gboolean with_token_labels);
void      wb_packer_free (WbPacker *self);

void wb_packer_reset (WbPacker *self);
void wb_packer_add (WbPacker *self, const WbFeatures *features, gsize example, guint32 ordinal);
/* Ends a part: what was added since the last cut.  @batch lends the packer's arrays. */
void wb_packer_cut (WbPacker *self, WbBatch *batch);
/* Ends the whole: sorts its distinct ids and gives every token its slot. */
void wb_packer_finish (WbPacker *self, WbDistinctIds *distinct);

G_END_DECLS
