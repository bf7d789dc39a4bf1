#include "config.h"

#include "engine/model/wb-model-inspect.h"

#include <gio/gio.h>
#include <string.h>

#include "engine/model/wb-model-private.h"
#include "engine/ops/wb-rows.h"

/**
 * WbInspection:
 * @wanted: (L) heads of each layer, GArray of gsize
 * @terms: (L, A)
 * @inputs: (L) what each layer got, (n, H)
 * @n_valid: inputs of this many layers are what the terms give; L + 1: the logits too
 * @maps_arena: (nullable): memory of the maps, @maps_heads heads
 * @maps: cut for the layer that is computed
 */
struct _WbInspection
{
  WbModel          *model;
  gboolean          with_head;
  WbBatch           batch;
  gint32           *ids;
  gint32           *type_ids;
  gint32            bounds[2];
  guint32           ordinal;
  GArray          **wanted;
  WbAttentionTerms *terms;
  WbArena          *arena;
  WbTensor         *inputs;
  gsize             n_valid;
  WbArena          *maps_arena;
  gsize             maps_heads;
  WbAttentionMaps   maps;
  float            *logits;

  WbInspectedFunc func;
  gpointer        user_data;
};

static gsize
n_layers (const WbInspection *self)
{
  return wb_model_get_config (self->model)->n_layers;
}

static void
copy_batch (WbInspection *self, const WbBatch *batch)
{
  const gsize n = batch->n_tokens;

  self->ids = g_memdup2 (batch->ids, n * sizeof *self->ids);
  if (batch->type_ids != NULL)
    self->type_ids = g_memdup2 (batch->type_ids, n * sizeof *self->type_ids);
  self->bounds[1] = (gint32) n;
  self->batch = (WbBatch){ .n_tokens = n,
                           .n_sequences = 1,
                           .max_length = n,
                           .ids = self->ids,
                           .type_ids = self->type_ids,
                           .cu_seqlens = self->bounds,
                           .ordinals = &self->ordinal };
}

/* The inputs of all layers. */
static gboolean
keep_inputs (WbInspection *self, GError **error)
{
  const WbModelConfig *config = wb_model_get_config (self->model);
  const gsize          size = self->batch.n_tokens * config->hidden_size * sizeof (float);

  self->arena = wb_arena_new (config->n_layers * (size + 64), error);
  if (self->arena == NULL)
    return FALSE;
  self->inputs = g_new (WbTensor, config->n_layers);
  for (gsize l = 0; l < config->n_layers; l++)
    self->inputs[l] =
        wb_arena_tensor (self->arena, WB_DTYPE_F32, self->batch.n_tokens, config->hidden_size);
  return TRUE;
}

WbInspection *
wb_inspection_new (WbModel *model, const WbBatch *batch, gboolean with_head, GError **error)
{
  const WbModelConfig *config = wb_model_get_config (model);
  g_autoptr (WbInspection) self = NULL;

  if (!wb_batch_check (batch, error))
    return NULL;
  if (batch->n_sequences != 1 || batch->n_tokens == 0)
    {
      g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE,
                   "one sequence at a time is inspected, not %zu of %zu tokens", batch->n_sequences,
                   batch->n_tokens);
      return NULL;
    }
  if (with_head && wb_head_spec_is_enhanced (wb_model_get_head (model), config))
    {
      g_set_error_literal (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_UNSUPPORTED,
                           "the enhanced mask decoder goes twice through the last layer, which is "
                           "not inspected; its encoder is, without the head");
      return NULL;
    }
  self = g_new0 (WbInspection, 1);
  self->model = model;
  self->with_head = with_head;
  copy_batch (self, batch);
  self->wanted = g_new (GArray *, config->n_layers);
  for (gsize l = 0; l < config->n_layers; l++)
    self->wanted[l] = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->terms = g_new (WbAttentionTerms, config->n_layers * config->n_heads);
  for (gsize i = 0; i < config->n_layers * config->n_heads; i++)
    self->terms[i] = WB_ATTENTION_ALL_TERMS;
  return keep_inputs (self, error) ? g_steal_pointer (&self) : NULL;
}

void
wb_inspection_free (WbInspection *self)
{
  if (self == NULL)
    return;
  for (gsize l = 0; l < n_layers (self); l++)
    g_array_unref (self->wanted[l]);
  g_free (self->wanted);
  g_free (self->terms);
  g_free (self->inputs);
  g_free (self->ids);
  g_free (self->type_ids);
  g_free (self->logits);
  g_clear_pointer (&self->arena, wb_arena_free);
  g_clear_pointer (&self->maps_arena, wb_arena_free);
  g_free (self);
}

void
wb_inspection_want (WbInspection *self, gsize layer, const gsize *heads, gsize n_heads)
{
  g_return_if_fail (layer < n_layers (self));
  for (gsize h = 0; h < n_heads; h++)
    g_return_if_fail (heads[h] < wb_model_get_config (self->model)->n_heads);

  g_array_set_size (self->wanted[layer], 0);
  if (n_heads > 0)
    g_array_append_vals (self->wanted[layer], heads, (guint) n_heads);
}

void
wb_inspection_set_terms (WbInspection *self, gsize layer, gsize head, WbAttentionTerms terms)
{
  const gsize       n_heads = wb_model_get_config (self->model)->n_heads;
  WbAttentionTerms *place;

  g_return_if_fail (layer < n_layers (self) && head < n_heads);

  place = &self->terms[layer * n_heads + head];
  if (*place == terms)
    return;
  *place = terms;
  self->n_valid = MIN (self->n_valid, layer + 1); /* its input is not changed by it */
}

/* Memory for the layer of which most heads are wanted. */
static gboolean
reserve_maps (WbInspection *self, GError **error)
{
  const gsize n = self->batch.n_tokens;
  gsize       most = 0;

  for (gsize l = 0; l < n_layers (self); l++)
    most = MAX (most, self->wanted[l]->len);
  if (most <= self->maps_heads)
    return TRUE;
  self->maps_heads = 0;
  g_clear_pointer (&self->maps_arena, wb_arena_free);
  self->maps_arena = wb_arena_new (5 * (most * n * n * sizeof (float) + 64), error);
  if (self->maps_arena == NULL)
    {
      g_prefix_error (error, "the attention of %zu heads over %zu tokens: ", most, n);
      return FALSE;
    }
  self->maps_heads = most;
  return TRUE;
}

static void
cut_maps (WbInspection *self, gsize n_heads)
{
  const gsize n = self->batch.n_tokens;
  WbTensor   *maps[] = { &self->maps.c2c, &self->maps.c2p, &self->maps.p2c, &self->maps.scores,
                         &self->maps.probabilities };

  self->maps = (WbAttentionMaps){ 0 };
  if (n_heads == 0)
    return;
  wb_arena_release (self->maps_arena, 0);
  for (gsize m = 0; m < G_N_ELEMENTS (maps); m++)
    *maps[m] = wb_arena_tensor (self->maps_arena, WB_DTYPE_F32, n_heads * n, n);
}

static gboolean
deliver (WbInspection *self, gsize layer, GError **error)
{
  const WbInspectedLayer inspected = { layer, (const gsize *) (void *) self->wanted[layer]->data,
                                       self->wanted[layer]->len, self->batch.n_tokens, self->maps };

  if (inspected.n_heads == 0 || self->func == NULL || self->func (&inspected, self->user_data))
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");
  return FALSE;
}

gboolean
wb_inspection_attend (WbInspection *self, const WbPass *pass, gsize layer, GError **error)
{
  const WbAttentionForwardArgs fused = wb_model_attention_args (self->model, pass, layer);
  const GArray                *wanted = self->wanted[layer];
  WbAttentionTermsArgs         args = { .q = fused.q,
                                        .k = fused.k,
                                        .v = fused.v,
                                        .positions = fused.positions,
                                        .heads = fused.heads,
                                        .scale = fused.scale,
                                        .terms = self->terms + layer * fused.heads,
                                        .chosen = (const gsize *) (void *) wanted->data,
                                        .n_chosen = wanted->len,
                                        .context = fused.context };

  cut_maps (self, wanted->len);
  args.maps = self->maps;
  return wb_attention_terms (self->model->backend, &args, error) && deliver (self, layer, error);
}

static gboolean
copy_states (WbInspection *self, const WbTensor *from, const WbTensor *to, GError **error)
{
  return wb_copy (self->model->backend, from, to, error);
}

/* A layer from its remembered input: its attention alone where its output is not asked for. */
static gboolean
run_layer (WbInspection *self, const WbPass *pass, gsize layer, gboolean whole, GError **error)
{
  const WbLayerState *s = &self->model->work.layers[layer];

  if (!copy_states (self, &self->inputs[layer], &s->x, error))
    return FALSE;
  if (!whole)
    return wb_model_forward_attention (self->model, pass, layer, error);
  if (!wb_model_forward_layer (self->model, pass, layer, error))
    return FALSE;
  if (layer + 1 < n_layers (self) && !copy_states (self, &s->y, &self->inputs[layer + 1], error))
    return FALSE;
  self->n_valid = layer + 2 <= n_layers (self) ? layer + 2 : self->n_valid;
  return TRUE;
}

static gboolean
needs_head (const WbInspection *self)
{
  return self->with_head && self->n_valid <= n_layers (self);
}

/* One more than the last layer that has to be looked at. */
static gsize
end_layer (const WbInspection *self)
{
  gsize end = n_layers (self);

  if (needs_head (self))
    return end;
  while (end > 0 && self->wanted[end - 1]->len == 0)
    end--;
  return end;
}

static gboolean
run_head (WbInspection *self, const WbPass *pass, GError **error)
{
  gsize rows, cols;

  if (!needs_head (self))
    return TRUE;
  wb_model_get_output_shape (self->model, &self->batch, &rows, &cols);
  if (self->logits == NULL)
    self->logits = g_try_new (float, rows *cols);
  if (self->logits == NULL)
    {
      g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_OUT_OF_MEMORY,
                   "no memory for the head's %zu x %zu outputs", rows, cols);
      return FALSE;
    }
  if (!wb_model_head_forward (self->model, pass, error) ||
      !wb_model_head_predict (self->model, pass, self->logits, error))
    return FALSE;
  self->n_valid = n_layers (self) + 1;
  return TRUE;
}

gboolean
wb_inspection_run (WbInspection *self, WbInspectedFunc func, gpointer user_data, GError **error)
{
  const gsize end = end_layer (self);
  WbPass      pass;

  self->func = func;
  self->user_data = user_data;
  if (!wb_pass_init (&pass, self->model, &self->batch, error) || !reserve_maps (self, error))
    return FALSE;
  pass.inspection = self;
  if (!self->with_head)
    pass.shape.whole = pass.shape.headless = TRUE;
  if (!wb_model_forward_begin (self->model, &pass, error))
    return FALSE;
  if (self->n_valid == 0)
    {
      if (!copy_states (self, &self->model->work.layers[0].x, &self->inputs[0], error))
        return FALSE;
      self->n_valid = 1;
    }
  for (gsize l = 0; l < end; l++)
    {
      const gboolean whole = self->n_valid <= l + 1 && (l + 1 < end || needs_head (self));

      if ((whole || self->wanted[l]->len > 0) && !run_layer (self, &pass, l, whole, error))
        return FALSE;
    }
  return run_head (self, &pass, error);
}

const float *
wb_inspection_get_logits (const WbInspection *self)
{
  return self->n_valid > n_layers (self) ? self->logits : NULL;
}
