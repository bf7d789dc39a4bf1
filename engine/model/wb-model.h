#pragma once

#include "engine/core/wb-backend.h"
#include "engine/core/wb-batch.h"
#include "engine/model/wb-model-config.h"
#include "engine/model/wb-parameter-table.h"

G_BEGIN_DECLS

typedef enum
{
  WB_HEAD_CLASSIFICATION, /* cross entropy over n_labels */
  WB_HEAD_REGRESSION,     /* one output, mean squared error */
} WbHeadKind;

/**
 * WbHeadSpec:
 * @n_labels: 1 for regression
 * @label_smoothing: 0 to below 1
 * @class_weights: (nullable): (n_labels)
 */
typedef struct
{
  WbHeadKind   kind;
  gsize        n_labels;
  double       label_smoothing;
  const float *class_weights;
} WbHeadSpec;

/**
 * WbModelLimits:
 *
 * The largest batch that will ever be given; sizes the arenas, so that a step allocates nothing.
 */
typedef struct
{
  gsize    max_tokens;
  gsize    max_sequences;
  gsize    max_length;
  gsize    max_distinct; /* distinct ids of one optimizer step; 0 when not training */
  gboolean training;
} WbModelLimits;

/**
 * WbModel:
 *
 * Encoder, context pooler and head with their parameters (one block of F32) on one backend.  Engine
 * thread only.
 */
typedef struct _WbModel WbModel;

/* Parameters are not set: wb_model_initialize() or wb_checkpoint_load_weights() does.  @backend is
 * borrowed. */
WbModel *wb_model_new (WbBackend           *backend,
                       const WbModelConfig *config,
                       const WbHeadSpec    *head,
                       GError             **error);
void     wb_model_free (WbModel *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbModel, wb_model_free)

/* Random weights: all parameters, or only those of the head.  The word table's pad row is zeroed
 * (as HF). */
gboolean wb_model_initialize (WbModel *self, guint64 seed, gboolean head_only, GError **error);

gboolean wb_model_reserve (WbModel *self, const WbModelLimits *limits, GError **error);

/* Bytes that reserve() will take, activations alone and with gradients, without taking them. */
gsize
wb_model_measure (const WbModelConfig *config, const WbHeadSpec *head, const WbModelLimits *limits);

const WbModelConfig    *wb_model_get_config (const WbModel *self);
const WbParameterTable *wb_model_get_table (const WbModel *self);
const WbHeadSpec       *wb_model_get_head (const WbModel *self);
WbBackend              *wb_model_get_backend (const WbModel *self);
WbTensor                wb_model_get_parameter (WbModel *self, gsize i);
/* Gradient of parameter @i: shape of the parameter, but (n distinct, E) for the word table. */
WbTensor wb_model_get_gradient (WbModel *self, gsize i);

/**
 * wb_model_predict:
 * @logits: (n_sequences, n_labels) output, host memory
 *
 * Evaluation mode: no dropout.
 */
gboolean wb_model_predict (WbModel *self, const WbBatch *batch, float *logits, GError **error);

/**
 * wb_model_train_part:
 * @seed, @step: random numbers of the dropouts
 * @denominator: of the loss: the whole step's labelled examples (sum of class weights)
 * @loss: (out): this part's share of the step's mean loss
 *
 * Forward and backward; gradients are added to what is there (wb_model_clear_gradients() before a
 * step).
 */
gboolean wb_model_train_part (WbModel       *self,
                              const WbBatch *batch,
                              guint64        seed,
                              guint32        step,
                              double         denominator,
                              double        *loss,
                              GError       **error);
gboolean wb_model_clear_gradients (WbModel *self, gsize n_distinct, GError **error);

/* Output of the embeddings (layer -1) or of an encoder layer for @batch, evaluation mode:
 * (n_tokens, H). */
gboolean wb_model_hidden_states (WbModel       *self,
                                 const WbBatch *batch,
                                 gint           layer,
                                 float         *states,
                                 GError       **error);

G_END_DECLS
