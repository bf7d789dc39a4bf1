#pragma once

#include "engine/model/wb-model.h"
#include "engine/ops/wb-attention-terms.h"

G_BEGIN_DECLS

/**
 * WbInspection:
 *
 * One text going through a model with every term of its attention kept, in evaluation mode.  It
 * remembers the input of every layer: looking at another layer computes that layer's attention
 * alone, and a term switched off recomputes from there.  Engine thread only.
 */
typedef struct _WbInspection WbInspection;

/**
 * WbInspectedLayer:
 * @layer: from 0
 * @heads: (n_heads) the heads that are wanted, in the order asked for
 * @n_tokens: n
 * @maps: each (n_heads * n, n): row h * n + i is query i of heads[h], columns are keys
 *
 * A layer's attention, valid until the callback that takes it returns.  The terms are as they are
 * summed, each times the scale; one that the model lacks, or that is off, is zero.
 */
typedef struct
{
  gsize           layer;
  const gsize    *heads;
  gsize           n_heads;
  gsize           n_tokens;
  WbAttentionMaps maps;
} WbInspectedLayer;

/* As soon as a wanted layer's attention is there, lower layers first, in the engine thread.
 * Returns: %FALSE to go no further */
typedef gboolean (*WbInspectedFunc) (const WbInspectedLayer *layer, gpointer user_data);

/**
 * wb_inspection_new:
 * @model: borrowed; its weights must not change, and it must be reserved for the batch whenever
 * wb_inspection_run() is called
 * @batch: one sequence; copied
 * @with_head: whether wb_inspection_run() goes on to the head.  Without: for a model whose head has
 * no weights, or when only maps are asked for; then the layers above the last wanted one are not
 * computed
 * @error: WB_ENGINE_ERROR_SHAPE, _OUT_OF_MEMORY, _UNSUPPORTED (the enhanced mask decoder with head)
 *
 * Nothing is wanted and every term is on.
 */
WbInspection      *
wb_inspection_new (WbModel *model, const WbBatch *batch, gboolean with_head, GError **error);
void wb_inspection_free (WbInspection *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbInspection, wb_inspection_free)

/* @heads: (n_heads) the heads of @layer whose maps are wanted; replaces what was wanted of it */
void wb_inspection_want (WbInspection *self, gsize layer, const gsize *heads, gsize n_heads);

/* What a head sums from the next run on. */
void wb_inspection_set_terms (WbInspection *self, gsize layer, gsize head, WbAttentionTerms terms);

/**
 * wb_inspection_run:
 * @func: (nullable): called for each layer of which something is wanted
 * @error: as wb_model_predict(), WB_ENGINE_ERROR_OUT_OF_MEMORY, or %G_IO_ERROR_CANCELLED when @func
 * said so or wb_backend_set_cancel() did; what was computed by then is not computed again
 *
 * Contexts are made of the very probabilities that are delivered.  The maps' memory, 5 n_heads n²
 * floats for the layer with the most heads wanted, is kept for the next run.
 */
gboolean
wb_inspection_run (WbInspection *self, WbInspectedFunc func, gpointer user_data, GError **error);

/* The head's outputs, wb_model_get_output_shape() of the batch, as wb_model_predict() gives them;
 * %NULL before a run has come to an end, and without head. */
const float *wb_inspection_get_logits (const WbInspection *self);

G_END_DECLS
