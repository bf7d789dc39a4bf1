#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WbRefCrossEntropy:
 * @logits: (rows, classes)
 * @labels: (rows), negative: ignored
 * @class_weights: (nullable): (classes)
 *
 * Softmax cross entropy as torch.nn.functional.cross_entropy has it, with its class weights and
 * label smoothing (fact sheet 5.10 for the latter), the mean's denominator given.
 */
typedef struct
{
  gsize         rows;
  gsize         classes;
  const double *logits;
  const gint32 *labels;
  const double *class_weights;
  double        smoothing;
  double        denominator;
} WbRefCrossEntropy;

double wb_ref_cross_entropy (const WbRefCrossEntropy *self);
void   wb_ref_cross_entropy_backward (const WbRefCrossEntropy *self, double *dlogits);

/* Mean squared error of @n elements, the denominator given. */
double
wb_ref_squared_error (gsize n, const double *logits, const double *targets, double denominator);
void wb_ref_squared_error_backward (gsize         n,
                                    const double *logits,
                                    const double *targets,
                                    double        denominator,
                                    double       *dlogits);

/**
 * WbRefTargets:
 * @logits, @targets: (rows, cols); a NaN target is ignored (sigmoid)
 * @weights: (nullable): (cols)
 *
 * Losses against numbers: probabilities of softmax classes, as torch's CrossEntropyLoss, and of
 * independent ones, as torch's BCEWithLogitsLoss.
 */
typedef struct
{
  gsize         rows;
  gsize         cols;
  const double *logits;
  const double *targets;
  const double *weights;
  double        smoothing;
  double        denominator;
} WbRefTargets;

double wb_ref_soft_cross_entropy (const WbRefTargets *self);
void   wb_ref_soft_cross_entropy_backward (const WbRefTargets *self, double *dlogits);
double wb_ref_sigmoid_cross_entropy (const WbRefTargets *self);
void   wb_ref_sigmoid_cross_entropy_backward (const WbRefTargets *self, double *dlogits);

G_END_DECLS
