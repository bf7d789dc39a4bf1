#pragma once

#include "engine/core/wb-batch.h"
#include "engine/core/wb-rng.h"

G_BEGIN_DECLS

/* y = dropout (LayerNorm (word[id] + type[type] + position[place])); without @gamma the plain sum.
 */
typedef struct
{
  const WbBatch *batch;
  gsize          cols;
  gsize          n_types;
  gsize          n_positions;
  const double  *word;     /* (V, cols) */
  const double  *type;     /* (nullable): (n_types, cols) */
  const double  *position; /* (nullable): (n_positions, cols) */
  const double  *gamma;    /* (nullable): (cols) */
  const double  *beta;
  double         eps;
  WbDropout      dropout;
} WbRefEmbedding;

void wb_ref_embedding_forward (const WbRefEmbedding *self, double *y);

/* @dy: (n_tokens, cols); @dword: (n_slots, cols), @dtype, @dposition, @dgamma, @dbeta: (nullable):
 * outputs; tokens of id @pad_id give the word table nothing */
void wb_ref_embedding_backward (const WbRefEmbedding *self,
                                const double         *dy,
                                gsize                 n_slots,
                                gint32                pad_id,
                                double               *dword,
                                double               *dtype,
                                double               *dposition,
                                double               *dgamma,
                                double               *dbeta);

G_END_DECLS
