#include "config.h"

#include "engine/core/wb-batch.h"

#include "engine/core/wb-engine-error.h"

static gboolean
refuse (GError **error, const char *what, gsize value)
{
  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE, "batch: %s (%zu)", what, value);
  return FALSE;
}

gboolean
wb_batch_check (const WbBatch *self, GError **error)
{
  if (self->cu_seqlens == NULL || self->ordinals == NULL)
    return refuse (error, "bounds or ordinals are absent", self->n_sequences);
  if (self->cu_seqlens[0] != 0)
    return refuse (error, "the first sequence does not start at token 0",
                   (gsize) self->cu_seqlens[0]);
  for (gsize i = 0; i < self->n_sequences; i++)
    {
      if (self->cu_seqlens[i + 1] < self->cu_seqlens[i])
        return refuse (error, "a sequence ends before it starts", i);
      if ((gsize) (self->cu_seqlens[i + 1] - self->cu_seqlens[i]) > self->max_length)
        return refuse (error, "a sequence is longer than max_length", i);
    }
  if ((gsize) self->cu_seqlens[self->n_sequences] != self->n_tokens)
    return refuse (error, "the last sequence does not end at the last token", self->n_tokens);
  return TRUE;
}
