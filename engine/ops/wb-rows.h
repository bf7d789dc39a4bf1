#pragma once

#include "engine/core/wb-backend.h"
#include "engine/core/wb-batch.h"
#include "engine/core/wb-rng.h"

G_BEGIN_DECLS

/* y[r] = x[rows[r]]; and its transpose, dx[rows[r]] += dy[r], rows distinct.  rows: (y.rows) */
gboolean wb_gather_rows (WbBackend      *backend,
                         const WbTensor *x,
                         const gint32   *rows,
                         const WbTensor *y,
                         GError        **error);
gboolean wb_scatter_add_rows (WbBackend      *backend,
                              const WbTensor *dy,
                              const gint32   *rows,
                              const WbTensor *dx,
                              GError        **error);

/* y[t] = x[t] + x[first token of t's sequence]; and the transpose, in place: the first row of each
 * sequence gets the sum of all its rows added.  (n_tokens, cols) */
gboolean wb_add_first_rows (WbBackend      *backend,
                            const WbBatch  *batch,
                            const WbTensor *x,
                            const WbTensor *y,
                            GError        **error);
gboolean wb_collect_first_rows (WbBackend      *backend,
                                const WbBatch  *batch,
                                const WbTensor *dy,
                                GError        **error);

/* y = dropout (x), may be in place; the same call on gradients is the backward pass.  Row r belongs
 * to ordinals[r] (all WB_RANDOM_NO_EXAMPLE when NULL: then element = r * cols + column, else
 * element = column). */
gboolean wb_dropout_rows (WbBackend       *backend,
                          const WbDropout *dropout,
                          const guint32   *ordinals,
                          const WbTensor  *x,
                          const WbTensor  *y,
                          GError         **error);

/* The same for token-wise tensors, rows = batch->n_tokens: element = place in the sequence * cols +
 * column. */
gboolean wb_dropout_tokens (WbBackend       *backend,
                            const WbDropout *dropout,
                            const WbBatch   *batch,
                            const WbTensor  *x,
                            const WbTensor  *y,
                            GError         **error);

gboolean wb_fill (WbBackend *backend, const WbTensor *x, float value, GError **error);
gboolean wb_copy (WbBackend *backend, const WbTensor *x, const WbTensor *y, GError **error);
gboolean
wb_add (WbBackend *backend, const WbTensor *x, const WbTensor *y, GError **error); /* y += x */

/* x ~ N (0, std²) by Box-Muller on pairs of the Philox words of @random, ordinal @ordinal, element
 * = row-major index. */
gboolean wb_fill_normal (WbBackend      *backend,
                         const WbTensor *x,
                         const WbRandom *random,
                         guint32         ordinal,
                         float           std,
                         GError        **error);

G_END_DECLS
