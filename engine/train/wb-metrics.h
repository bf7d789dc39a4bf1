#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Metrics as pure functions (fact sheet 6.3).  predictions and labels: (n); undefined values are 0.
 */
double wb_metric_accuracy (const gint32 *predictions, const gint32 *labels, gsize n);
double wb_metric_f1 (const gint32 *predictions, const gint32 *labels, gsize n); /* of class 1 */
double
wb_metric_macro_f1 (const gint32 *predictions, const gint32 *labels, gsize n, gint32 n_classes);
double wb_metric_matthews (const gint32 *predictions,
                           const gint32 *labels,
                           gsize         n); /* R_K for more classes */
double wb_metric_pearson (const double *x, const double *y, gsize n);
double wb_metric_spearman (const double *x, const double *y, gsize n); /* ties: mean rank */

/* argmax of a row of logits; ties: the lowest index.  NaN never wins; all NaN: 0. */
gint32 wb_argmax (const float *row, gsize n);
/* softmax of a row, in double */
void wb_softmax (const float *row, gsize n, double *probabilities);

G_END_DECLS
