#pragma once

#include "engine/core/wb-backend.h"
#include "engine/core/wb-batch.h"
#include "engine/heads/wb-head.h"
#include "engine/model/wb-model-config.h"
#include "engine/model/wb-parameter-table.h"

G_BEGIN_DECLS

/**
 * WbModelLimits:
 *
 * @max_distinct: distinct ids of one optimizer step; 0 when not training
 * @max_labelled: masked language model: labelled tokens of one batch; 0: every token may be
 *
 * The largest batch that will ever be given; sizes the arenas, so that a step allocates nothing.
 */
typedef struct
{
  gsize    max_tokens;
  gsize    max_sequences;
  gsize    max_length;
  gsize    max_distinct;
  gboolean training;
  gsize    max_labelled;
} WbModelLimits;

/**
 * WbModel:
 *
 * Encoder, context pooler and head with their parameters (one block of F32) on one backend.  Engine
 * thread only.
 */
typedef struct _WbModel WbModel;

/* Parameters are not set: wb_model_initialize() or wb_checkpoint_load_weights() does.  @backend is
 * borrowed.  A head that wb_head_spec_check() refuses is an error. */
WbModel *wb_model_new (WbBackend           *backend,
                       const WbModelConfig *config,
                       const WbHeadSpec    *head,
                       GError             **error);
void     wb_model_free (WbModel *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbModel, wb_model_free)

/* Random weights: all parameters, or only those of the head.  The word table's pad row is zeroed
 * (as HF). */
gboolean wb_model_initialize (WbModel *self, guint64 seed, gboolean head_only, GError **error);

/* WB_ENGINE_ERROR_UNSUPPORTED: sequences longer than the absolute positions, where the model or its
 * enhanced mask decoder adds them; without (position_biased_input false) they may be of any length.
 */
gboolean wb_model_reserve (WbModel *self, const WbModelLimits *limits, GError **error);

/**
 * WbModelMemory:
 * @activations: what forward leaves for backward, and the gradients of what lies between
 * @gradients: of the parameters
 * @working: of the operations, all threads together
 *
 * Bytes.
 */
typedef struct
{
  gsize activations;
  gsize gradients;
  gsize working;
} WbModelMemory;

/* What wb_model_measure() adds up. */
void wb_model_measure_parts (const WbModelConfig *config,
                             const WbHeadSpec    *head,
                             const WbModelLimits *limits,
                             guint                n_threads,
                             WbModelMemory       *out);

/* Bytes that reserve() will take, activations, gradients and the operations' working memory,
 * without taking them.  @n_threads: as wb_backend_open() has it */
gsize wb_model_measure (const WbModelConfig *config,
                        const WbHeadSpec    *head,
                        const WbModelLimits *limits,
                        guint                n_threads);

const WbModelConfig    *wb_model_get_config (const WbModel *self);
const WbParameterTable *wb_model_get_table (const WbModel *self);
const WbHeadSpec       *wb_model_get_head (const WbModel *self);
WbBackend              *wb_model_get_backend (const WbModel *self);
WbTensor                wb_model_get_parameter (WbModel *self, gsize i);
/* Gradient of parameter @i: shape of the parameter, but (n distinct, E) where it is sparse (the
 * word table, unless a head's output is tied to it). */
WbTensor wb_model_get_gradient (WbModel *self, gsize i);

/**
 * wb_model_get_output_shape:
 * @rows: (out): classification, regression, several labels and multiple choice: sequences; token
 * classification, spans and replaced tokens: tokens; masked language model: labelled tokens in
 * their order, or every token when @batch has no token_labels
 * @cols: (out): labels; 2 for spans (start, end); 1 for multiple choice and replaced tokens; the
 * vocabulary for the masked language model
 *
 * What predict() writes for @batch.
 */
void
wb_model_get_output_shape (const WbModel *self, const WbBatch *batch, gsize *rows, gsize *cols);

/**
 * wb_model_predict:
 * @logits: (rows, cols) output, host memory
 *
 * Evaluation mode: no dropout.
 */
gboolean wb_model_predict (WbModel *self, const WbBatch *batch, float *logits, GError **error);

/**
 * wb_model_train_part:
 * @seed, @step: random numbers of the dropouts
 * @weight: denominators of the loss: wb_head_spec_add_weight() over the whole step's parts
 * @loss: (out): this part's share of the step's mean loss
 *
 * Forward and backward; gradients are added to what is there (wb_model_clear_gradients() before a
 * step).
 */
gboolean wb_model_train_part (WbModel            *self,
                              const WbBatch      *batch,
                              guint64             seed,
                              guint32             step,
                              const WbLossWeight *weight,
                              double             *loss,
                              GError            **error);
gboolean wb_model_clear_gradients (WbModel *self, gsize n_distinct, GError **error);

/* Output of the embeddings (layer -1) or of an encoder layer for @batch, evaluation mode:
 * (n_tokens, H). */
gboolean wb_model_hidden_states (WbModel       *self,
                                 const WbBatch *batch,
                                 gint           layer,
                                 float         *states,
                                 GError       **error);

G_END_DECLS
