#include "config.h"

#include <string.h>

#include "engine/heads/wb-model-head-private.h"
#include "engine/ops/wb-layernorm.h"
#include "engine/ops/wb-loss.h"
#include "engine/ops/wb-rows.h"

/* Masked language model: LayerNorm (act (dense (h))) of the labelled tokens, then the word table
 * or a matrix of its own (fact sheet 3.7, 3.12).  Logits are computed a piece at a time. */

static void
tensors_init (WbHeadTensors *self, const WbHeadSpec *head, const WbBlock *block)
{
  const gboolean legacy = head->lm_layout == WB_LM_LAYOUT_LEGACY,
                 tied = wb_head_spec_is_tied (head);
  const char *prefix = legacy ? "cls.predictions.transform." : "lm_predictions.lm_head.";

  self->dense_w = wb_block_view (block, prefix, "dense.weight", 0);
  self->dense_b = wb_block_view (block, prefix, "dense.bias", 0);
  self->gamma = wb_block_view (block, prefix, "LayerNorm.weight", 0);
  self->beta = wb_block_view (block, prefix, "LayerNorm.bias", 0);
  self->out_w = tied ? wb_block_view (block, "deberta.embeddings.", "word_embeddings.weight", 0)
                     : wb_block_view (block, "cls.predictions.decoder.", "weight", 0);
  if (!tied)
    self->out_b = wb_block_view (block, "cls.predictions.decoder.", "bias", 0);
  else
    self->out_b =
        wb_block_view (block, legacy ? "cls.predictions." : "lm_predictions.lm_head.", "bias", 0);
}

/* At least one row, so that a part without labels has tensors too. */
static gsize
n_rows (const WbLayout *in)
{
  return MAX (in->shape->n_labelled, 1);
}

static void
layout (const WbLayout *in)
{
  const gsize  n = n_rows (in), e = in->config->embedding_size;
  WbHeadState *s = &in->work->head;

  s->rows = wb_arena_alloc (in->arena, n * sizeof (gint32));
  s->labels = wb_arena_alloc (in->arena, n * sizeof (gint32));
  s->x = wb_layout_cut (in, n, in->h);
  s->pre = wb_layout_cut (in, n, e);
  s->dense = wb_layout_cut (in, n, e);
  s->mean = wb_layout_cut (in, 1, n);
  s->rstd = wb_layout_cut (in, 1, n);
  s->out_x = wb_layout_cut (in, n, e);
  s->logits = wb_layout_cut (in, MIN (n, WB_VOCABULARY_ROWS),
                             MIN (in->config->vocab_size, WB_VOCABULARY_COLS));
}

static void
layout_backward (const WbLayout *in)
{
  const gsize  n = n_rows (in);
  WbHeadState *s = &in->work->head;

  s->dout = wb_layout_cut (in, n, in->config->embedding_size);
  s->dx = wb_layout_cut (in, n, in->h);
  s->states = wb_arena_alloc (in->arena, n * 4 * sizeof (double));
}

/* The labelled tokens, or all of a batch without labels. */
static void
list_rows (const WbHeadState *s, const WbBatch *batch)
{
  gsize n = 0;

  for (gsize t = 0; t < batch->n_tokens; t++)
    if (batch->token_labels == NULL || batch->token_labels[t] >= 0)
      {
        s->labels[n] = batch->token_labels != NULL ? batch->token_labels[t] : -1;
        s->rows[n++] = (gint32) t;
      }
}

static gboolean
forward (WbModel *self, const WbPass *pass, GError **error)
{
  const WbHeadTensors         *p = &self->p.head;
  const WbHeadState           *s = &self->work.head;
  const WbMatmulForwardArgs    dense = { .x = s->x,
                                         .w = p->dense_w,
                                         .bias = p->dense_b,
                                         .y = s->dense,
                                         .pre = s->pre,
                                         .activation = self->config->hidden_act };
  const WbLayernormForwardArgs norm = { .x = s->dense,
                                        .gamma = p->gamma,
                                        .beta = p->beta,
                                        .y = s->out_x,
                                        .mean = s->mean,
                                        .rstd = s->rstd,
                                        .eps = self->config->layer_norm_eps };

  if (pass->shape.n_labelled == 0)
    return TRUE;
  list_rows (s, pass->batch);
  return wb_gather_rows (self->backend, wb_model_head_get_rows (&self->work), s->rows, &s->x,
                         error) &&
         wb_matmul_forward (self->backend, &dense, error) &&
         wb_layernorm_forward (self->backend, &norm, error);
}

/* The logits of rows from @row and words from @col on, put to their places. */
static gboolean
predict_piece (WbModel *self, gsize row, gsize col, float *logits, GError **error)
{
  const WbHeadState  *s = &self->work.head;
  const gsize         v = self->config->vocab_size, cols = MIN (v - col, WB_VOCABULARY_COLS);
  const gsize         rows = MIN (s->out_x.rows - row, WB_VOCABULARY_ROWS);
  WbMatmulForwardArgs product = { .x = wb_tensor_rows (&s->out_x, row, rows),
                                  .w = wb_tensor_rows (&self->p.head.out_w, col, cols),
                                  .bias = wb_tensor_columns (&self->p.head.out_b, col, cols),
                                  .y =
                                      wb_tensor_matrix (s->logits.data, WB_DTYPE_F32, rows, cols) };

  if (!wb_matmul_forward (self->backend, &product, error))
    return FALSE;
  for (gsize r = 0; r < rows; r++)
    memcpy (logits + (row + r) * v + col, (const float *) product.y.data + r * cols,
            cols * sizeof (float));
  return TRUE;
}

static gboolean
predict (WbModel *self, const WbPass *pass, float *logits, GError **error)
{
  for (gsize col = 0; col < self->config->vocab_size; col += WB_VOCABULARY_COLS)
    for (gsize row = 0; row < pass->shape.n_labelled; row += WB_VOCABULARY_ROWS)
      if (!predict_piece (self, row, col, logits, error))
        return FALSE;
  return TRUE;
}

/* Down to the gradient of out_x: the logits are gone with each piece. */
static gboolean
loss (WbModel *self, const WbPass *pass, const WbLossWeight *weight, double *sum, GError **error)
{
  const WbHeadState         *s = &self->work.head;
  const WbVocabularyLossArgs args = { .x = s->out_x,
                                      .w = self->p.head.out_w,
                                      .bias = self->p.head.out_b,
                                      .labels = s->labels,
                                      .smoothing = (float) self->head.label_smoothing,
                                      .denominator = weight->sum,
                                      .chunk = s->logits,
                                      .state = s->states,
                                      .dx = s->dout,
                                      .dw = self->d.head.out_w,
                                      .dbias = self->d.head.out_b,
                                      .loss = sum };

  *sum = 0;
  return pass->shape.n_labelled == 0 || wb_loss_vocabulary (self->backend, &args, error);
}

static gboolean
transform (WbModel *self, GError **error)
{
  const WbHeadTensors          *p = &self->p.head, *d = &self->d.head;
  const WbHeadState            *s = &self->work.head;
  const WbLayernormBackwardArgs norm = { .dy = s->dout,
                                         .x = s->dense,
                                         .gamma = p->gamma,
                                         .mean = s->mean,
                                         .rstd = s->rstd,
                                         .dx = s->dout,
                                         .dgamma = d->gamma,
                                         .dbeta = d->beta };
  const WbMatmulBackwardArgs    dense = { .dy = s->dout,
                                          .pre = s->pre,
                                          .x = s->x,
                                          .w = p->dense_w,
                                          .dx = s->dx,
                                          .dw = d->dense_w,
                                          .dbias = d->dense_b,
                                          .activation = self->config->hidden_act };

  return wb_layernorm_backward (self->backend, &norm, error) &&
         wb_matmul_backward (self->backend, &dense, error);
}

/* Tokens without a label get nothing from the head. */
static gboolean
backward (WbModel *self, const WbPass *pass, GError **error)
{
  const WbHeadState *s = &self->work.head;
  const WbTensor    *dx = &self->work.back.dx;

  if (!wb_fill (self->backend, dx, 0, error))
    return FALSE;
  return pass->shape.n_labelled == 0 ||
         (transform (self, error) &&
          wb_scatter_add_rows (self->backend, &s->dx, s->rows, dx, error));
}

const WbHeadFamily wb_head_family_masked_lm = {
  .tensors_init = tensors_init,
  .layout = layout,
  .layout_backward = layout_backward,
  .forward = forward,
  .predict = predict,
  .loss = loss,
  .backward = backward,
};
