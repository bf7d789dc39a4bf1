#include "config.h"

#include "engine/ref/wb-ref-dropout.h"

double
wb_ref_dropout_factor (const WbDropout *self, guint32 ordinal, guint32 element)
{
  if (self->p == 0.0f)
    return 1;
  if (wb_random_u32 (&self->random, ordinal, element) < wb_dropout_threshold (self->p))
    return 0;
  return (double) (1.0f / (1.0f - self->p));
}

gsize
wb_ref_sequence_of (const WbBatch *batch, gsize token)
{
  gsize sequence = 0;

  while ((gsize) batch->cu_seqlens[sequence + 1] <= token)
    sequence++;
  return sequence;
}

double
wb_ref_dropout_token_factor (const WbDropout *self,
                             const WbBatch   *batch,
                             gsize            token,
                             gsize            col,
                             gsize            cols)
{
  const gsize sequence = wb_ref_sequence_of (batch, token);
  const gsize place = token - (gsize) batch->cu_seqlens[sequence];

  return wb_ref_dropout_factor (self, batch->ordinals[sequence], (guint32) (place * cols + col));
}
