#pragma once

#include "engine/core/wb-batch.h"
#include "engine/core/wb-rng.h"

G_BEGIN_DECLS

/**
 * WbRefAttention:
 * @q, @k, @v: (n_tokens, heads * d)
 * @pk, @pq: (nullable): (window, heads * d)
 * @index: (2 * max_length - 1) row of @pk and @pq for the distance entry - (max_length - 1)
 *
 * Disentangled attention as fact sheet 2.3 and 2.4 define it, in double, every matrix in full.
 */
typedef struct
{
  const WbBatch *batch;
  gsize          heads;
  gsize          d;
  gsize          window;
  const double  *q;
  const double  *k;
  const double  *v;
  const double  *pk;
  const double  *pq;
  const gint32  *index;
  double         scale;
  WbDropout      dropout;
} WbRefAttention;

/* @context: (n_tokens, heads * d), @lse: (n_tokens, heads) outputs */
void wb_ref_attention_forward (const WbRefAttention *self, double *context, double *lse);

/**
 * wb_ref_attention_backward:
 * @dcontext: (n_tokens, heads * d)
 * @dq, @dk, @dv: (n_tokens, heads * d) outputs
 * @dpk, @dpq: (nullable): (window, heads * d) outputs, as @pk and @pq are there
 *
 * Fact sheet 2.4 (softmax) and 2.12.
 */
void wb_ref_attention_backward (const WbRefAttention *self,
                                const double         *dcontext,
                                double               *dq,
                                double               *dk,
                                double               *dv,
                                double               *dpk,
                                double               *dpq);

G_END_DECLS
