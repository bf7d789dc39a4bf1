#pragma once

#include "engine/core/wb-backend.h"

G_BEGIN_DECLS

/**
 * WbCrossEntropyArgs:
 * @logits: (rows, classes)
 * @labels: (rows) class; negative: ignored
 * @class_weights: (nullable): (classes) as torch's CrossEntropyLoss: weighted mean
 * @smoothing: label smoothing, 0 to below 1: (1 - s) nll + s * mean over classes of -log p (fact
 * sheet 5.10)
 * @denominator: what the sum is divided by: the whole batch's count of labels (sum of weights), so
 * that micro-batches add up to the mean over the batch
 * @dlogits: (optional): (rows, classes) output
 * @loss: (out): sum over rows / @denominator, in double
 */
typedef struct
{
  WbTensor      logits;
  const gint32 *labels;
  const float  *class_weights;
  float         smoothing;
  double        denominator;
  WbTensor      dlogits;
  double       *loss;
} WbCrossEntropyArgs;

/**
 * WbSquaredErrorArgs:
 * @logits: (rows, cols)
 * @targets: (rows, cols), without gaps
 * @denominator: of a mean over elements: all of them
 *
 * The sum over all elements of (logit - target)², likewise.
 */
typedef struct
{
  WbTensor     logits;
  const float *targets;
  double       denominator;
  WbTensor     dlogits;
  double      *loss;
} WbSquaredErrorArgs;

/**
 * WbSoftCrossEntropyArgs:
 * @targets: (rows, classes), without gaps: probabilities, though nothing says that they add up to 1
 * @class_weights: (nullable): (classes)
 * @smoothing: y (1 - s) + s / classes instead of y
 * @denominator: rows: torch's mean over probabilities counts no weights
 *
 * The sum over rows of - w y log p, as torch's CrossEntropyLoss has it for probabilities (fact
 * sheet 3.12 without weights and smoothing).
 */
typedef struct
{
  WbTensor     logits;
  const float *targets;
  const float *class_weights;
  float        smoothing;
  double       denominator;
  WbTensor     dlogits;
  double      *loss;
} WbSoftCrossEntropyArgs;

/**
 * WbSigmoidCrossEntropyArgs:
 * @logits: (rows, cols)
 * @targets: (nullable): (rows, cols), without gaps; any number, 0 and 1 as a rule
 * @labels: (nullable): (rows) the same for one column: 0 or 1; negative: ignored
 * @class_weights: (nullable): (cols)
 *
 * The sum over elements of - w (t log s + (1 - t) log (1 - s)), s the sigmoid of the logit, as
 * torch's BCEWithLogitsLoss.
 */
typedef struct
{
  WbTensor      logits;
  const float  *targets;
  const gint32 *labels;
  const float  *class_weights;
  double        denominator;
  WbTensor      dlogits;
  double       *loss;
} WbSigmoidCrossEntropyArgs;

/**
 * WbSegmentCrossEntropyArgs:
 * @logits: (rows, 1), a column view as a rule
 * @bounds: (n_segments + 1) rows where each segment starts; the last is rows
 * @labels: (n_segments) the right row, counted within its segment; negative or beyond its end:
 * ignored
 * @smoothing: as #WbCrossEntropyArgs, over the segment
 * @dlogits: (optional): (rows, 1)
 *
 * Softmax cross entropy over the rows of each segment: tokens of a sequence, choices of a question.
 */
typedef struct
{
  WbTensor      logits;
  const gint32 *bounds;
  gsize         n_segments;
  const gint32 *labels;
  float         smoothing;
  double        denominator;
  WbTensor      dlogits;
  double       *loss;
} WbSegmentCrossEntropyArgs;

/* Rows and columns of logits that wb_loss_vocabulary() has at a time. */
#define WB_VOCABULARY_ROWS 512
#define WB_VOCABULARY_COLS 2048

/**
 * WbVocabularyLossArgs:
 * @x: (rows, E), @w: (V, E), @bias: (V): logits = x wᵀ + bias
 * @labels: (rows) each from 0 to V - 1
 * @smoothing, @denominator: as #WbCrossEntropyArgs
 * @chunk: (min (rows, WB_VOCABULARY_ROWS), min (V, WB_VOCABULARY_COLS)) scratch
 * @state: (rows, 4) scratch: greatest logit, sum of exponentials, the label's logit, sum of logits
 * @dx: (optional): (rows, E) output
 * @dw: (V, E), @dbias: (V) added to; with @dx only
 *
 * Softmax cross entropy over a vocabulary, (rows, V) logits never there at once: a first pass over
 * pieces of the vocabulary finds each row's log of the sum of exponentials, a second computes the
 * logits again and takes their gradient on.
 */
typedef struct
{
  WbTensor      x;
  WbTensor      w;
  WbTensor      bias;
  const gint32 *labels;
  float         smoothing;
  double        denominator;
  WbTensor      chunk;
  double       *state;
  WbTensor      dx;
  WbTensor      dw;
  WbTensor      dbias;
  double       *loss;
} WbVocabularyLossArgs;

gboolean wb_loss_cross_entropy (WbBackend *backend, const WbCrossEntropyArgs *args, GError **error);
gboolean wb_loss_squared_error (WbBackend *backend, const WbSquaredErrorArgs *args, GError **error);
gboolean
wb_loss_soft_cross_entropy (WbBackend *backend, const WbSoftCrossEntropyArgs *args, GError **error);
gboolean wb_loss_sigmoid_cross_entropy (WbBackend                       *backend,
                                        const WbSigmoidCrossEntropyArgs *args,
                                        GError                         **error);
gboolean wb_loss_segment_cross_entropy (WbBackend                       *backend,
                                        const WbSegmentCrossEntropyArgs *args,
                                        GError                         **error);
gboolean wb_loss_vocabulary (WbBackend *backend, const WbVocabularyLossArgs *args, GError **error);

G_END_DECLS
