#include "config.h"

#include "engine/model/wb-model-private.h"

#include <string.h>

#include "engine/core/wb-backend-private.h"
#include "engine/core/wb-engine-error.h"
#include "engine/ops/wb-loss.h"
#include "engine/ops/wb-rows.h"

WbModel *
wb_model_new (WbBackend           *backend,
              const WbModelConfig *config,
              const WbHeadSpec    *head,
              GError             **error)
{
  g_autoptr (WbModel) self = g_new0 (WbModel, 1);

  g_return_val_if_fail (backend != NULL && config != NULL && head != NULL, NULL);

  if (!wb_head_spec_check (head, config, error))
    return NULL;
  self->backend = backend;
  self->config = wb_model_config_copy (config);
  self->head = *head;
  self->head.n_labels = wb_head_spec_get_n_outputs (head, config);
  if (head->class_weights != NULL)
    self->class_weights = g_memdup2 (head->class_weights, head->n_labels * sizeof (float));
  self->head.class_weights = self->class_weights;
  self->table = wb_parameter_table_new (config, head);
  wb_work_init (&self->work, config->n_layers);

  self->parameter_arena = /* comes zeroed, so that the gaps of the block are */
      wb_arena_new (wb_parameter_table_get_n_stored (self->table) * sizeof (float) + 64, error);
  if (self->parameter_arena == NULL)
    {
      g_prefix_error (error, "parameters: ");
      return NULL;
    }
  self->parameters = wb_arena_alloc (
      self->parameter_arena, wb_parameter_table_get_n_stored (self->table) * sizeof (float));
  wb_model_tensors_init (&self->p, config, head, &(WbBlock){ self->table, self->parameters, 0 });
  return g_steal_pointer (&self);
}

void
wb_model_free (WbModel *self)
{
  if (self == NULL)
    return;
  wb_model_tensors_clear (&self->p);
  wb_model_tensors_clear (&self->d);
  wb_work_clear (&self->work);
  g_clear_pointer (&self->work_arena, wb_arena_free);
  g_clear_pointer (&self->gradient_arena, wb_arena_free);
  g_clear_pointer (&self->parameter_arena, wb_arena_free);
  g_clear_pointer (&self->table, wb_parameter_table_free);
  g_clear_pointer (&self->config, wb_model_config_free);
  g_free (self->class_weights);
  g_free (self);
}

static gboolean
initialize_parameter (WbModel *self, gsize i, guint64 seed, GError **error)
{
  const WbParameter *p = wb_parameter_table_get (self->table, i);
  const WbTensor     x = wb_model_get_parameter (self, i);
  const WbRandom     random = { seed, 0, wb_random_stream (WB_RANDOM_INIT, 0) };

  if (p->init == WB_INIT_NORMAL)
    return wb_fill_normal (self->backend, &x, &random, (guint32) i,
                           (float) self->config->initializer_range, error);
  return wb_fill (self->backend, &x, p->init == WB_INIT_ONES ? 1.0f : 0.0f, error);
}

gboolean
wb_model_initialize (WbModel *self, guint64 seed, gboolean head_only, GError **error)
{
  const gint32 pad = self->config->pad_token_id;

  for (gsize i = 0; i < wb_parameter_table_get_n (self->table); i++)
    if ((!head_only || wb_parameter_table_get (self->table, i)->head) &&
        !initialize_parameter (self, i, seed, error))
      return FALSE;
  if (!head_only && pad >= 0)
    {
      const WbTensor row = wb_tensor_rows (&self->p.word, (gsize) pad, 1);
      return wb_fill (self->backend, &row, 0, error);
    }
  return TRUE;
}

/* Elements of the word table where its gradient is sparse: it lies at the block's beginning. */
static gsize
n_sparse (const WbParameterTable *table)
{
  const WbParameter *word = wb_parameter_table_get (table, 0);

  return word->sparse ? word->n_elements : 0;
}

static gsize
n_dense (const WbParameterTable *table)
{
  return wb_parameter_table_get_n_stored (table) - n_sparse (table);
}

static gsize
get_max_labelled (const WbModelLimits *limits)
{
  return limits->max_labelled > 0 ? limits->max_labelled : limits->max_tokens;
}

static gsize
measure_work (const WbModelConfig *config, const WbHeadSpec *head, const WbModelLimits *limits)
{
  g_autoptr (WbArena) arena = wb_arena_new_measuring ();
  WbWork work;

  wb_work_init (&work, config->n_layers);
  for (guint kind = 0; kind < (limits->training ? 3u : 2u); kind++)
    {
      const WbWorkShape shape = {
        .n_tokens = limits->max_tokens,
        .n_sequences = limits->max_sequences,
        .max_length = limits->max_length,
        .n_labelled = get_max_labelled (limits),
        .training = kind == 2,
        .whole = kind == 1 || wb_head_spec_reads_tokens (head),
        .headless = kind == 1,
      };
      wb_work_layout (&work, config, head, &shape, arena);
    }
  wb_work_clear (&work);
  return wb_arena_get_peak (arena);
}

static gsize
measure_gradients (const WbModelConfig    *config,
                   const WbParameterTable *table,
                   const WbModelLimits    *limits)
{
  if (!limits->training)
    return 0;
  return (n_dense (table) +
          (n_sparse (table) > 0 ? limits->max_distinct : 0) * config->embedding_size) *
             sizeof (float) +
         128;
}

/* The widest of a step's biases and norms (whose gradients are three), and the most rows that one
 * is added to: tokens, or the relative table's. */
static WbScratchShape
get_scratch_shape (const WbModelConfig *c, const WbHeadSpec *head, const WbModelLimits *limits)
{
  const gsize norms = 3 * MAX (c->hidden_size, c->embedding_size);
  const gsize outputs = wb_head_spec_get_n_outputs (head, c); /* a vocabulary's come in pieces */

  return (WbScratchShape){
    .max_rows = MAX (limits->max_tokens, 2 * c->relative_span),
    .max_cols = MAX (MAX (norms, c->intermediate_size), MIN (outputs, (gsize) WB_VOCABULARY_COLS)),
    .max_tokens = limits->max_tokens,
    .max_length = limits->max_length,
    .n_heads = c->n_heads,
    .head_size = c->hidden_size / c->n_heads,
    .c2p = c->relative_attention && c->c2p,
    .p2c = c->relative_attention && c->p2c,
    .training = limits->training,
    .dropout = limits->training && c->attention_dropout > 0,
  };
}

void
wb_model_measure_parts (const WbModelConfig *config,
                        const WbHeadSpec    *head,
                        const WbModelLimits *limits,
                        guint                n_threads,
                        WbModelMemory       *out)
{
  g_autoptr (WbParameterTable) table = wb_parameter_table_new (config, head);
  const WbScratchShape scratch = get_scratch_shape (config, head, limits);

  out->activations = measure_work (config, head, limits);
  out->gradients = measure_gradients (config, table, limits);
  out->working = wb_backend_measure_scratch (&scratch, n_threads);
}

gsize
wb_model_measure (const WbModelConfig *config,
                  const WbHeadSpec    *head,
                  const WbModelLimits *limits,
                  guint                n_threads)
{
  WbModelMemory parts;

  wb_model_measure_parts (config, head, limits, n_threads, &parts);
  return parts.activations + parts.gradients + parts.working;
}

static void
init_gradients (WbModel *self)
{
  const gsize   first = n_sparse (self->table);
  const WbBlock block = {
    self->table, wb_arena_alloc (self->gradient_arena, n_dense (self->table) * sizeof (float)),
    first
  };

  self->n_dense = n_dense (self->table);
  self->gradients = block.base;
  wb_model_tensors_init (&self->d, self->config, &self->head, &block);
  if (first == 0)
    return;
  self->d.word = wb_arena_tensor (self->gradient_arena, WB_DTYPE_F32, self->limits.max_distinct,
                                  self->config->embedding_size);
  self->d.word.rows = 0; /* until wb_model_clear_gradients() says how many */
}

/* Absolute positions end; relative ones do not. */
static gboolean
check_positions (const WbModelConfig *config,
                 const WbHeadSpec    *head,
                 gsize                max_length,
                 GError             **error)
{
  const gboolean enhanced = wb_head_spec_is_enhanced (head, config);

  if ((!config->position_biased_input && !enhanced) || max_length <= config->max_positions)
    return TRUE;
  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_UNSUPPORTED,
               "the longest sequence has %zu tokens, but this model has positions for %zu "
               "(%s); a maximum length of %zu would cut it",
               max_length, config->max_positions,
               enhanced ? "which the enhanced mask decoder adds" : "position_biased_input",
               config->max_positions);
  return FALSE;
}

gboolean
wb_model_reserve (WbModel *self, const WbModelLimits *limits, GError **error)
{
  const gsize          gradients = measure_gradients (self->config, self->table, limits);
  const WbScratchShape scratch = get_scratch_shape (self->config, &self->head, limits);

  g_return_val_if_fail (limits->max_sequences > 0 && limits->max_length > 0, FALSE);
  g_return_val_if_fail (limits->max_tokens >= limits->max_sequences, FALSE);

  if (!check_positions (self->config, &self->head, limits->max_length, error))
    return FALSE;
  self->limits = (WbModelLimits){ 0 };
  g_clear_pointer (&self->work_arena, wb_arena_free);
  g_clear_pointer (&self->gradient_arena, wb_arena_free);
  self->work_arena = wb_arena_new (measure_work (self->config, &self->head, limits), error);
  if (self->work_arena == NULL)
    return FALSE;
  if (limits->training)
    {
      self->gradient_arena = wb_arena_new (gradients, error);
      if (self->gradient_arena == NULL)
        return FALSE;
    }
  if (!wb_backend_reserve_scratch (self->backend, &scratch, error))
    return FALSE;
  self->limits = *limits;
  if (limits->training)
    init_gradients (self);
  return TRUE;
}

const WbModelConfig *
wb_model_get_config (const WbModel *self)
{
  return self->config;
}

const WbParameterTable *
wb_model_get_table (const WbModel *self)
{
  return self->table;
}

const WbHeadSpec *
wb_model_get_head (const WbModel *self)
{
  return &self->head;
}

WbBackend *
wb_model_get_backend (const WbModel *self)
{
  return self->backend;
}

/* The published shape as rows and columns: a vector is one row. */
static WbTensor
shaped (const WbParameter *p, float *data)
{
  if (p->n_dims == 1)
    return wb_tensor_vector (data, WB_DTYPE_F32, p->n_elements);
  return wb_tensor_matrix (data, WB_DTYPE_F32, p->dims[0], p->n_elements / p->dims[0]);
}

WbTensor
wb_model_get_parameter (WbModel *self, gsize i)
{
  const WbParameter *p = wb_parameter_table_get (self->table, i);

  return shaped (p, self->parameters + p->offset);
}

WbTensor
wb_model_get_gradient (WbModel *self, gsize i)
{
  const WbParameter *p = wb_parameter_table_get (self->table, i);

  g_return_val_if_fail (self->gradient_arena != NULL, (WbTensor){ NULL });

  if (p->sparse)
    return self->d.word;
  return shaped (p, self->gradients + (p->offset - n_sparse (self->table)));
}

gboolean
wb_model_clear_gradients (WbModel *self, gsize n_distinct, GError **error)
{
  const WbTensor dense = wb_tensor_vector (self->gradients, WB_DTYPE_F32, self->n_dense);

  g_return_val_if_fail (self->gradient_arena != NULL, FALSE);

  if (n_sparse (self->table) == 0)
    return wb_fill (self->backend, &dense, 0, error);
  if (n_distinct > self->limits.max_distinct)
    {
      g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE,
                   "a step with %zu distinct tokens; the model was reserved for %zu", n_distinct,
                   self->limits.max_distinct);
      return FALSE;
    }
  self->d.word.rows = n_distinct;
  return wb_fill (self->backend, &dense, 0, error) &&
         (n_distinct == 0 || wb_fill (self->backend, &self->d.word, 0, error));
}

static gboolean
check_limit (const char *what, gsize value, gsize limit, GError **error)
{
  if (value <= limit)
    return TRUE;
  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE,
               "a batch with %zu %s; the model was reserved for %zu", value, what, limit);
  return FALSE;
}

/* Ids, types and slots are checked where they are used, bounds here: a tensor of the wrong size
 * would be cut from the arena. */
gboolean
wb_pass_init (WbPass *pass, WbModel *self, const WbBatch *batch, GError **error)
{
  gsize n_labelled = 0, n_outputs;

  if (batch->n_sequences == 0 || batch->n_tokens == 0 || batch->max_length == 0)
    {
      g_set_error_literal (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE, "a batch without tokens");
      return FALSE;
    }
  if (!wb_batch_check (batch, error) ||
      !check_limit ("tokens", batch->n_tokens, self->limits.max_tokens, error) ||
      !check_limit ("sequences", batch->n_sequences, self->limits.max_sequences, error) ||
      !check_limit ("tokens in one sequence", batch->max_length, self->limits.max_length, error))
    return FALSE;
  for (gsize i = 0; i < batch->n_sequences; i++)
    if (batch->cu_seqlens[i + 1] == batch->cu_seqlens[i])
      {
        g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE, "sequence %zu has no tokens",
                     i);
        return FALSE;
      }
  if (self->head.kind == WB_HEAD_MASKED_LM)
    wb_model_get_output_shape (self, batch, &n_labelled, &n_outputs);
  if (!check_limit ("labelled tokens", n_labelled, get_max_labelled (&self->limits), error))
    return FALSE;
  *pass = (WbPass){ .batch = batch };
  pass->shape = (WbWorkShape){ .n_tokens = batch->n_tokens,
                               .n_sequences = batch->n_sequences,
                               .max_length = batch->max_length,
                               .n_labelled = n_labelled,
                               .whole = wb_head_spec_reads_tokens (&self->head) };
  return TRUE;
}

void
wb_model_get_output_shape (const WbModel *self, const WbBatch *batch, gsize *rows, gsize *cols)
{
  *cols = self->head.n_labels;
  *rows = wb_head_spec_reads_tokens (&self->head) ? batch->n_tokens : batch->n_sequences;
  if (self->head.kind != WB_HEAD_MASKED_LM || batch->token_labels == NULL)
    return;
  *rows = 0;
  for (gsize t = 0; t < batch->n_tokens; t++)
    *rows += batch->token_labels[t] >= 0;
}

gboolean
wb_model_predict (WbModel *self, const WbBatch *batch, float *logits, GError **error)
{
  WbPass pass;

  if (!wb_pass_init (&pass, self, batch, error) ||
      !wb_model_forward (self, &pass, WB_ALL_LAYERS, error) ||
      !wb_model_head_forward (self, &pass, error))
    return FALSE;
  return wb_model_head_predict (self, &pass, logits, error);
}

gboolean
wb_model_train_part (WbModel            *self,
                     const WbBatch      *batch,
                     guint64             seed,
                     guint32             step,
                     const WbLossWeight *weight,
                     double             *loss,
                     GError            **error)
{
  WbLossWeight share = { 0 }; /* labels are looked at */
  WbPass       pass;

  g_return_val_if_fail (self->gradient_arena != NULL, FALSE);
  g_return_val_if_fail (batch->slots != NULL || n_sparse (self->table) == 0, FALSE);
  g_return_val_if_fail (wb_head_spec_has_weight (&self->head, weight), FALSE);

  if (!wb_pass_init (&pass, self, batch, error) ||
      !wb_head_spec_add_weight (&self->head, self->config, batch, &share, error))
    return FALSE;
  pass.shape.training = TRUE;
  pass.seed = seed;
  pass.step = step;
  return wb_model_forward (self, &pass, WB_ALL_LAYERS, error) &&
         wb_model_head_forward (self, &pass, error) &&
         wb_model_head_loss (self, &pass, weight, loss, error) &&
         wb_model_head_backward (self, &pass, error) && wb_model_backward (self, &pass, error);
}

gboolean
wb_model_hidden_states (WbModel       *self,
                        const WbBatch *batch,
                        gint           layer,
                        float         *states,
                        GError       **error)
{
  const gsize     n_layers = (gsize) (layer + 1);
  const WbTensor *x;
  WbPass          pass;

  g_return_val_if_fail (layer >= -1 && n_layers <= self->config->n_layers, FALSE);

  if (!wb_pass_init (&pass, self, batch, error))
    return FALSE;
  pass.shape.whole = pass.shape.headless = TRUE;
  if (!wb_model_forward (self, &pass, n_layers, error))
    return FALSE;
  x = n_layers == 0 ? &self->work.layers[0].x : &self->work.layers[n_layers - 1].y;
  memcpy (states, x->data, x->rows * x->cols * sizeof (float));
  return TRUE;
}
