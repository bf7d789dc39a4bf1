#pragma once

#include "engine/model/wb-model.h"

G_BEGIN_DECLS

/**
 * WbRefPadding:
 * @WB_REF_PADDING_ZERO: the attention of a padded query gives zeros, as upstream
 * @WB_REF_PADDING_UNIFORM: it gives the mean of all values, padded ones too, as transformers since
 * 4.48: fact sheet 2.4
 */
typedef enum
{
  WB_REF_PADDING_ZERO,
  WB_REF_PADDING_UNIFORM,
} WbRefPadding;

/**
 * WbRefModel:
 * @parameters: the whole block of the parameter table, in double
 * @training: whether dropouts are on, from @seed and @step
 * @real_lengths: (nullable): (n_sequences) tokens of each sequence that are not padding, which lies
 * at its end; the engine has no padding, only this has
 * @padding: what padded rows are
 *
 * The model as fact sheet 2 and 3 define it, in double: one sequence at a time, the whole relative
 * table projected for each, every layer for every token.
 */
typedef struct
{
  const WbModelConfig    *config;
  const WbHeadSpec       *head;
  const WbParameterTable *table;
  const double           *parameters;
  gboolean                training;
  guint64                 seed;
  guint32                 step;
  const gsize            *real_lengths;
  WbRefPadding            padding;
} WbRefModel;

/**
 * wb_ref_model_logits:
 * @logits: output, as wb_model_get_output_shape() says
 * @states: (nullable): (n_layers + 1, n_tokens, H) output: the embeddings, then each layer
 */
void
wb_ref_model_logits (const WbRefModel *self, const WbBatch *batch, double *logits, double *states);

/* The batch's share of the loss, sums / @weight (fact sheet 3.12).  Softmaxes of spans run over a
 * sequence's tokens, padded ones too. */
double wb_ref_model_loss (const WbRefModel *self, const WbBatch *batch, const WbLossWeight *weight);

G_END_DECLS
