#pragma once

#include "engine/core/wb-rng.h"
#include "engine/ref/wb-ref-model.h"

G_BEGIN_DECLS

/**
 * WbRefSequence:
 * @batch: this sequence alone
 * @n: its tokens
 * @real: those that are not padding
 */
typedef struct
{
  const WbRefModel *model;
  const WbBatch    *batch;
  gsize             n;
  gsize             real;
  gsize             h;
  guint32           ordinal;
} WbRefSequence;

/* %NULL where there is none. */
const double *
wb_ref_model_get_parameter (const WbRefModel *self, const char *prefix, const char *name);

/* (transfer full): act (x wᵀ + b), (rows, out); NAME.weight, NAME.bias where there is one */
double *wb_ref_model_linear (const WbRefModel *self,
                             const char       *prefix,
                             const char       *name,
                             const double     *x,
                             gsize             rows,
                             gsize             in,
                             gsize             out,
                             WbActivation      act);

/* In place. */
void wb_ref_model_layernorm (const WbRefModel *self,
                             const char       *prefix,
                             const char       *name,
                             double           *x,
                             gsize             rows);

WbDropout
wb_ref_model_get_dropout (const WbRefModel *self, float p, WbRandomPurpose purpose, gsize layer);

/* In place; element = index in @x. */
void wb_ref_model_drop (WbDropout dropout, guint32 ordinal, double *x, gsize n);

/* Padded rows to zero. */
void wb_ref_sequence_mask (const WbRefSequence *s, double *x);

/* (transfer full): (n, H) the context of layer @layer, whose parameters begin with @prefix; keys
 * and values of @x, queries of @query, which is @x but in the enhanced mask decoder. */
double *wb_ref_sequence_attend (const WbRefSequence *s,
                                const char          *prefix,
                                gsize                layer,
                                const double        *x,
                                const double        *query);

/**
 * wb_ref_sequence_head:
 * @x: (n, H) what the head reads
 * @logits: output: its rows of this sequence
 *
 * Returns: how many numbers that are
 */
gsize wb_ref_sequence_head (const WbRefSequence *s, const double *x, double *logits);

G_END_DECLS
