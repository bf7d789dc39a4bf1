#pragma once

#include "engine/core/wb-batch.h"
#include "engine/model/wb-model-config.h"

G_BEGIN_DECLS

/**
 * WbHeadKind:
 *
 * What is computed from the encoder's rows, and which of the batch's arrays the loss is taken
 * against (fact sheet 3, 3.12).  Every mean is over the whole optimizer step, not over a part of
 * it. Beside the name: parameters, outputs, loss.
 */
typedef enum
{
  /* pooler.dense, classifier (C, H) on [CLS]: (B, C); softmax cross entropy with labels */
  WB_HEAD_CLASSIFICATION,
  /* the same parameters: mean squared error with targets (B, C), over all elements */
  WB_HEAD_REGRESSION,
  /* the same parameters: softmax cross entropy with targets (B, C) as probabilities, mean over B */
  WB_HEAD_SOFT_CLASSIFICATION,
  /* the same parameters: sigmoid cross entropy with targets (B, C), mean over all elements */
  WB_HEAD_MULTI_LABEL,
  /* classifier (C, H) on every token: (T, C); softmax cross entropy with token_labels */
  WB_HEAD_TOKEN,
  /* qa_outputs (2, H) on every token: (T, 2), start and end; softmax over the tokens of each
   * sequence (transformers': over its padding too) with starts and ends, half the sum of both
   * means; no answer is [CLS] to [CLS] */
  WB_HEAD_SPAN,
  /* pooler.dense, classifier (1, H) on [CLS]: (B, 1), a score for each choice; softmax cross
   * entropy over the sequences of each group with labels, one for each group */
  WB_HEAD_CHOICE,
  /* cls.predictions.* or lm_predictions.*: (n, V) for the n labelled tokens; softmax cross entropy
   * with token_labels, the tokens' own ids */
  WB_HEAD_MASKED_LM,
  /* mask_predictions.*: (T, 1), whether the token was replaced; sigmoid cross entropy with
   * token_labels 0 and 1 */
  WB_HEAD_REPLACED_TOKEN,
} WbHeadKind;

#define WB_N_HEAD_KINDS (WB_HEAD_REPLACED_TOKEN + 1)

/* Names of the masked language model's tensors; the numbers are the same. */
typedef enum
{
  WB_LM_LAYOUT_LEGACY, /* cls.predictions.*, what transformers writes */
  WB_LM_LAYOUT_NEW,    /* lm_predictions.lm_head.*, what the releases have */
} WbLmLayout;

/**
 * WbHeadSpec:
 * @n_labels: C; not read where the kind says how many outputs there are (span, choice, masked LM,
 * replaced token)
 * @label_smoothing: 0 to below 1; classification, soft classification, token, choice, masked LM
 * @class_weights: (nullable): (C); classification, soft classification and token as torch's
 * CrossEntropyLoss, multi-label as BCEWithLogitsLoss (the mean's denominator has no weights there
 * and for soft labels)
 * @lm_layout: masked LM
 * @untied: masked LM, legacy layout: the output matrix is a parameter of its own, not the word
 * table; cls.predictions.bias is then kept but not read (tie_word_embeddings false)
 * @enhanced: masked LM: through the enhanced mask decoder (fact sheet 3.7); with
 * position_biased_input it is the same as without
 */
typedef struct
{
  WbHeadKind   kind;
  gsize        n_labels;
  double       label_smoothing;
  const float *class_weights;
  WbLmLayout   lm_layout;
  gboolean     untied;
  gboolean     enhanced;
} WbHeadSpec;

/* "token classification", for messages; the class of transformers that has this head, without the
 * family in front: "ForTokenClassification" (%NULL: it has none). */
const char *wb_head_kind_get_name (WbHeadKind kind);
const char *wb_head_kind_get_class (WbHeadKind kind);

/* Whether @self can be had over @config; WB_ENGINE_ERROR_INVALID or _UNSUPPORTED says what not. */
gboolean wb_head_spec_check (const WbHeadSpec *self, const WbModelConfig *config, GError **error);

/* Columns of the head's output. */
gsize wb_head_spec_get_n_outputs (const WbHeadSpec *self, const WbModelConfig *config);

/* Whether the word table is the head's output matrix too: its gradient is then dense. */
gboolean wb_head_spec_is_tied (const WbHeadSpec *self);

/* Whether the last layer is computed by the enhanced mask decoder. */
gboolean wb_head_spec_is_enhanced (const WbHeadSpec *self, const WbModelConfig *config);

/* Whether the head reads every token, not only [CLS]. */
gboolean wb_head_spec_reads_tokens (const WbHeadSpec *self);

/**
 * WbLossWeight:
 * @sum: what the sum over the labelled rows is divided by: how many there are, or the sum of their
 * class weights; of all elements where the mean is over elements; span: labelled starts
 * @ends: span: labelled ends
 *
 * Denominators of a whole optimizer step's loss.
 */
typedef struct
{
  double sum;
  double ends;
} WbLossWeight;

/**
 * wb_head_spec_add_weight:
 * @part: one part of the step
 * @weight: (inout): added to
 * @error: WB_ENGINE_ERROR_INVALID: an array is absent, or a label that the head does not have
 */
gboolean wb_head_spec_add_weight (const WbHeadSpec    *self,
                                  const WbModelConfig *config,
                                  const WbBatch       *part,
                                  WbLossWeight        *weight,
                                  GError             **error);

/* Whether there is anything to learn from: each mean has rows. */
gboolean wb_head_spec_has_weight (const WbHeadSpec *self, const WbLossWeight *weight);

G_END_DECLS
