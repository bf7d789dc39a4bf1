#include "config.h"

#include "engine/core/wb-engine-error.h"
#include "engine/model/wb-model-private.h"
#include "engine/ops/wb-rows.h"

/* The enhanced mask decoder (fact sheet 2.7, 3.7): two passes through the last layer, which stand
 * where layers L - 1 and L would.  Their dropouts are drawn as those layers' would be. */

gboolean
wb_work_is_decoding (const WbWork *self, gsize layer)
{
  return self->decoder.active && layer + 2 >= self->n_layers;
}

void
wb_model_decoder_layout (const WbLayout *in)
{
  WbDecoderState *s = &in->work->decoder;

  s->places = wb_arena_alloc (in->arena, in->t * sizeof (gint32));
  s->query = wb_layout_cut (in, in->t, in->h);
}

void
wb_model_decoder_layout_backward (const WbLayout *in)
{
  in->work->decoder.dstates = wb_layout_cut (in, in->t, in->h);
}

/* There is a position for every place: wb_model_reserve() sees to it. */
static void
list_places (WbModel *self, const WbBatch *batch)
{
  for (gsize i = 0; i < batch->n_sequences; i++)
    for (gint32 t = batch->cu_seqlens[i]; t < batch->cu_seqlens[i + 1]; t++)
      self->work.decoder.places[t] = t - batch->cu_seqlens[i];
}

/* The first pass's query: absolute positions added to the last layer's input. */
gboolean
wb_model_decoder_begin (WbModel *self, const WbPass *pass, GError **error)
{
  const WbDecoderState *s = &self->work.decoder;
  const WbTensor       *states = &self->work.layers[self->config->n_layers - 1].x;

  if (!s->active)
    return TRUE;
  list_places (self, pass->batch);
  return wb_gather_rows (self->backend, &self->p.position, s->places, &s->query, error) &&
         wb_add (self->backend, states, &s->query, error);
}

/* Queries of the query, keys and values of the states. */
gboolean
wb_model_decoder_project (WbModel *self, gsize layer, GError **error)
{
  const WbLayerTensors     *p = &self->p.layers[layer];
  const WbLayerState       *s = &self->work.layers[layer];
  const gsize               h = self->config->hidden_size;
  const WbMatmulForwardArgs queries = { .x = s->tail_x,
                                        .w = wb_tensor_rows (&p->qkv_w, 0, h),
                                        .bias = wb_tensor_columns (&p->qkv_b, 0, h),
                                        .y = wb_tensor_columns (&s->qkv, 0, h) };
  const WbMatmulForwardArgs kv = { .x = s->x,
                                   .w = wb_tensor_rows (&p->qkv_w, h, 2 * h),
                                   .bias = wb_tensor_columns (&p->qkv_b, h, 2 * h),
                                   .y = wb_tensor_columns (&s->qkv, h, 2 * h) };

  return wb_matmul_forward (self->backend, &queries, error) &&
         wb_matmul_forward (self->backend, &kv, error);
}

/* The query's gradient is added to what came to it as the residual. */
gboolean
wb_model_decoder_project_backward (WbModel *self, gsize layer, GError **error)
{
  const WbLayerTensors      *p = &self->p.layers[layer], *d = &self->d.layers[layer];
  const WbLayerState        *s = &self->work.layers[layer];
  const WbBackwardState     *back = &self->work.back;
  const gsize                h = self->config->hidden_size;
  const WbMatmulBackwardArgs queries = { .dy = wb_tensor_columns (&back->dqkv, 0, h),
                                         .x = s->tail_x,
                                         .w = wb_tensor_rows (&p->qkv_w, 0, h),
                                         .dx = back->dx,
                                         .dw = wb_tensor_rows (&d->qkv_w, 0, h),
                                         .dbias = wb_tensor_columns (&d->qkv_b, 0, h),
                                         .accumulate_dx = TRUE };
  const WbMatmulBackwardArgs kv = { .dy = wb_tensor_columns (&back->dqkv, h, 2 * h),
                                    .x = s->x,
                                    .w = wb_tensor_rows (&p->qkv_w, h, 2 * h),
                                    .dx = self->work.decoder.dstates,
                                    .dw = wb_tensor_rows (&d->qkv_w, h, 2 * h),
                                    .dbias = wb_tensor_columns (&d->qkv_b, h, 2 * h),
                                    .accumulate_dx = layer + 1 < self->work.n_layers };

  return wb_matmul_backward (self->backend, &queries, error) &&
         wb_matmul_backward (self->backend, &kv, error);
}

/* The query's gradient goes to the positions and, with that of keys and values, to the input. */
gboolean
wb_model_decoder_end_backward (WbModel *self, const WbPass *pass, GError **error)
{
  const WbBatch  *batch = pass->batch;
  const WbTensor *dx = &self->work.back.dx;

  if (!self->work.decoder.active)
    return TRUE;
  for (gsize i = 0; i < batch->n_sequences; i++)
    {
      const gsize    first = (gsize) batch->cu_seqlens[i];
      const gsize    n = (gsize) batch->cu_seqlens[i + 1] - first;
      const WbTensor rows = wb_tensor_rows (dx, first, n);
      const WbTensor positions = wb_tensor_rows (&self->d.position, 0, n);

      if (!wb_add (self->backend, &rows, &positions, error))
        return FALSE;
    }
  return wb_add (self->backend, &self->work.decoder.dstates, dx, error);
}
