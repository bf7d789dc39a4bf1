#include "config.h"

#include "engine/cpu/wb-cpu-attention-private.h"
#include "engine/cpu/wb-cpu-norm.h"
#include "engine/cpu/wb-cpu-ops-private.h"

/* The most that one operation asks wb_cpu_scratch() for. */
static gsize
measure_scratch (const WbScratchShape *shape, guint n_threads)
{
  const gsize attention = WB_CPU (wb_cpu_attention_measure) (shape, n_threads);
  const gsize sums = wb_cpu_n_row_blocks (shape->max_rows) * shape->max_cols * sizeof (float);

  return MAX (attention, shape->training ? sums : 0);
}

static gboolean
reserve_scratch (WbBackend *self, const WbScratchShape *shape, GError **error)
{
  return wb_cpu_scratch (self, measure_scratch (shape, self->n_threads), error) != NULL;
}

/* The operations of the processor for one instruction set. */
const WbBackendOps WB_CPU (wb_cpu_ops) = {
  .measure_scratch = measure_scratch,
  .reserve_scratch = reserve_scratch,
  .matmul_forward = WB_CPU (wb_cpu_matmul_forward),
  .matmul_backward = WB_CPU (wb_cpu_matmul_backward),
  .embedding_forward = WB_CPU (wb_cpu_embedding_forward),
  .embedding_backward = WB_CPU (wb_cpu_embedding_backward),
  .layernorm_forward = WB_CPU (wb_cpu_layernorm_forward),
  .layernorm_backward = WB_CPU (wb_cpu_layernorm_backward),
  .residual_layernorm_forward = WB_CPU (wb_cpu_residual_layernorm_forward),
  .residual_layernorm_backward = WB_CPU (wb_cpu_residual_layernorm_backward),
  .attention_forward = WB_CPU (wb_cpu_attention_forward),
  .attention_backward = WB_CPU (wb_cpu_attention_backward),
  .attention_terms = WB_CPU (wb_cpu_attention_terms),
  .conv_forward = WB_CPU (wb_cpu_conv_forward),
  .conv_backward = WB_CPU (wb_cpu_conv_backward),
  .loss_cross_entropy = WB_CPU (wb_cpu_loss_cross_entropy),
  .loss_squared_error = WB_CPU (wb_cpu_loss_squared_error),
  .loss_soft_cross_entropy = WB_CPU (wb_cpu_loss_soft_cross_entropy),
  .loss_sigmoid_cross_entropy = WB_CPU (wb_cpu_loss_sigmoid_cross_entropy),
  .loss_segment_cross_entropy = WB_CPU (wb_cpu_loss_segment_cross_entropy),
  .loss_vocabulary = WB_CPU (wb_cpu_loss_vocabulary),
  .gather_rows = WB_CPU (wb_cpu_gather_rows),
  .scatter_add_rows = WB_CPU (wb_cpu_scatter_add_rows),
  .add_first_rows = WB_CPU (wb_cpu_add_first_rows),
  .collect_first_rows = WB_CPU (wb_cpu_collect_first_rows),
  .dropout_rows = WB_CPU (wb_cpu_dropout_rows),
  .dropout_tokens = WB_CPU (wb_cpu_dropout_tokens),
  .fill = WB_CPU (wb_cpu_fill),
  .copy = WB_CPU (wb_cpu_copy),
  .add = WB_CPU (wb_cpu_add),
  .fill_normal = WB_CPU (wb_cpu_fill_normal),
  .optimizer_update = WB_CPU (wb_cpu_optimizer_update),
  .optimizer_update_rows = WB_CPU (wb_cpu_optimizer_update_rows),
  .sum_of_squares = WB_CPU (wb_cpu_sum_of_squares),
};
