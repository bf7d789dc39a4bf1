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

double
wb_ref_squared_error (gsize rows, const double *logits, const double *targets, double denominator);
void wb_ref_squared_error_backward (gsize         rows,
                                    const double *logits,
                                    const double *targets,
                                    double        denominator,
                                    double       *dlogits);

G_END_DECLS
