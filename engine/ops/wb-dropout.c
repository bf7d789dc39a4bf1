#include "config.h"

#include "engine/ops/wb-dropout-private.h"

#include "engine/core/wb-engine-error.h"

gboolean
wb_dropout_check (const WbDropout *self,
                  const char      *name,
                  gsize            rows_per_ordinal,
                  gsize            cols,
                  GError         **error)
{
  if (!(self->p >= 0.0f && self->p < 1.0f))
    {
      g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID,
                   "%s: dropout %g is not from 0 up to but not 1", name, (double) self->p);
      return FALSE;
    }
  if (self->p > 0.0f && cols > 0 && rows_per_ordinal > G_MAXUINT32 / cols)
    {
      g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE,
                   "%s: dropout of %zu by %zu elements needs more than 32 bits to number them",
                   name, rows_per_ordinal, cols);
      return FALSE;
    }
  return TRUE;
}

gboolean
wb_dropout_check_batch (const WbDropout *self,
                        const char      *name,
                        const WbBatch   *batch,
                        gsize            rows,
                        gsize            cols,
                        GError         **error)
{
  if (batch == NULL || batch->n_tokens != rows)
    {
      g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE,
                   "%s: %zu rows, but a batch of %zu tokens", name, rows,
                   batch == NULL ? 0 : batch->n_tokens);
      return FALSE;
    }
  return wb_batch_check (batch, error) &&
         wb_dropout_check (self, name, batch->max_length, cols, error);
}
