#include "config.h"

#include "engine/model/wb-model-private.h"

/* The tensors of a pass cut from an arena: the only place where their sizes stand. */

gsize
wb_model_n_terms (const WbModelConfig *config)
{
  if (!config->relative_attention)
    return 0;
  return (config->c2p ? 1u : 0u) + (config->p2c ? 1u : 0u);
}

void
wb_work_init (WbWork *self, gsize n_layers)
{
  *self = (WbWork){ .n_layers = n_layers, .layers = g_new0 (WbLayerState, n_layers + 1) };
}

void
wb_work_clear (WbWork *self)
{
  g_clear_pointer (&self->layers, g_free);
}

WbTensor
wb_layout_cut (const WbLayout *self, gsize rows, gsize cols)
{
  return wb_arena_tensor (self->arena, WB_DTYPE_F32, rows, cols);
}

static void
layout_embeddings (const WbLayout *in)
{
  const gsize e = in->config->embedding_size;
  WbWork     *work = in->work;

  work->sum = work->embedded = (WbTensor){ NULL };
  if (e != in->h)
    {
      work->sum = wb_layout_cut (in, in->t, e);
      work->embedded = wb_layout_cut (in, in->t, in->h);
    }
  work->embedding_mean = wb_layout_cut (in, 1, in->t);
  work->embedding_rstd = wb_layout_cut (in, 1, in->t);
}

static void
layout_positions (const WbLayout *in)
{
  const WbModelConfig *c = in->config;
  const gsize          rows = 2 * c->relative_span;
  WbWork              *work = in->work;

  work->bounds = wb_arena_alloc (in->arena, (in->b + 1) * sizeof (gint32));
  if (wb_model_n_terms (c) == 0)
    return;
  work->max_length = in->shape->max_length;
  work->index = wb_arena_alloc (in->arena, (2 * in->shape->max_length - 1) * sizeof (gint32));
  work->window = wb_relative_window (in->shape->max_length, c->position_buckets, c->max_distance,
                                     c->relative_span);
  if (!c->normalize_relative)
    return;
  work->table = wb_layout_cut (in, rows, in->h);
  work->table_mean = wb_layout_cut (in, 1, rows);
  work->table_rstd = wb_layout_cut (in, 1, rows);
}

/* The relative table's dropout and projection of a layer. */
static void
layout_layer_positions (const WbLayout *in, WbLayerState *s)
{
  const gsize terms = wb_model_n_terms (in->config);

  s->e = s->pos = (WbTensor){ NULL };
  if (terms == 0)
    return;
  s->e = in->work->table; /* absent: the parameter itself */
  if (in->shape->training && in->config->hidden_dropout > 0)
    s->e = wb_layout_cut (in, 2 * in->config->relative_span, in->h);
  s->pos = wb_layout_cut (in, in->work->window.rows, terms * in->h);
}

static void
layout_attention (const WbLayout *in, WbLayerState *s)
{
  layout_layer_positions (in, s);
  s->qkv = wb_layout_cut (in, in->t, 3 * in->h);
  s->lse = wb_layout_cut (in, in->t, in->config->n_heads);
}

static void
layout_tail_input (const WbLayout *in, gsize layer, gboolean gathered)
{
  WbLayerState *s = &in->work->layers[layer];

  s->tail_q = gathered ? wb_layout_cut (in, in->b, in->h) : (WbTensor){ NULL };
  s->tail_context = gathered ? wb_layout_cut (in, in->b, in->h) : s->context;
  s->tail_x = gathered ? wb_layout_cut (in, in->b, in->h) : s->x;
  if (wb_work_is_decoding (in->work, layer))
    s->tail_x = layer + 1 < in->work->n_layers ? in->work->decoder.query : s[-1].y;
}

static void
layout_first_norm (const WbLayout *in, WbLayerState *s, gsize rows)
{
  s->z1 = wb_layout_cut (in, rows, in->h);
  s->mean1 = wb_layout_cut (in, 1, rows);
  s->rstd1 = wb_layout_cut (in, 1, rows);
  s->y1 = wb_layout_cut (in, rows, in->h);
}

static void
layout_second_norm (const WbLayout *in, WbLayerState *s, gsize rows)
{
  s->z2 = wb_layout_cut (in, rows, in->h);
  s->mean2 = wb_layout_cut (in, 1, rows);
  s->rstd2 = wb_layout_cut (in, 1, rows);
}

gboolean
wb_work_is_gathered (const WbWork *self, const WbWorkShape *shape, gsize layer)
{
  return layer + 1 == self->n_layers && !shape->whole && !(layer == 0 && self->convolved);
}

/* The decoder's second pass has the first's keys and values. */
static gboolean
is_second_pass (const WbWork *self, gsize layer)
{
  return wb_work_is_decoding (self, layer) && layer + 1 == self->n_layers;
}

/* Every layer keeps what its backward pass reads. */
static void
layout_training_layers (const WbLayout *in)
{
  WbTensor x = wb_layout_cut (in, in->t, in->h);

  for (gsize l = 0; l < in->work->n_layers; l++)
    {
      WbLayerState  *s = &in->work->layers[l];
      const gboolean gathered = wb_work_is_gathered (in->work, in->shape, l);
      const gsize    rows = gathered ? in->b : in->t;

      s->x = is_second_pass (in->work, l) ? s[-1].x : x;
      layout_attention (in, s);
      s->context = wb_layout_cut (in, in->t, in->h);
      layout_tail_input (in, l, gathered);
      layout_first_norm (in, s, rows);
      s->pre = wb_layout_cut (in, rows, in->config->intermediate_size);
      s->g = wb_layout_cut (in, rows, in->config->intermediate_size);
      layout_second_norm (in, s, rows);
      x = s->y = wb_layout_cut (in, rows, in->h);
      if (l == 0 && in->work->convolved)
        {
          in->work->conv.z = s->y;
          in->work->conv.pre = wb_layout_cut (in, in->t, in->h);
          x = s->y = wb_model_conv_layout (in);
        }
    }
}

/* All layers use the same memory; what attention needs is gone when the feed-forward block runs. */
static void
layout_prediction_layers (const WbLayout *in)
{
  const WbTensor x[2] = { wb_layout_cut (in, in->t, in->h), wb_layout_cut (in, in->t, in->h) };
  const WbTensor context = wb_layout_cut (in, in->t, in->h);
  const WbTensor convolved = in->work->convolved ? wb_model_conv_layout (in) : x[1];
  const gsize    mark = wb_arena_mark (in->arena);

  for (gsize l = 0; l < in->work->n_layers; l++)
    {
      WbLayerState  *s = &in->work->layers[l];
      const gboolean gathered = wb_work_is_gathered (in->work, in->shape, l);
      const gsize    rows = gathered ? in->b : in->t;
      gsize          after_input;

      wb_arena_release (in->arena, mark);
      s->x = l == 1 ? convolved : x[l % 2];
      s->y = wb_tensor_rows (&x[(l + 1) % 2], 0, rows);
      if (is_second_pass (in->work, l))
        {
          s->x = s[-1].x;
          s->y = in->work->decoder.query; /* which is not needed any more */
        }
      s->context = context;
      layout_tail_input (in, l, gathered); /* attention needs it */
      after_input = wb_arena_mark (in->arena);
      layout_attention (in, s);
      wb_arena_release (in->arena, after_input);
      layout_first_norm (in, s, rows);
      s->pre = (WbTensor){ NULL };
      s->g = wb_layout_cut (in, rows, in->config->intermediate_size);
      layout_second_norm (in, s, rows);
      if (l > 0 || !in->work->convolved)
        continue;
      wb_arena_release (in->arena, mark); /* the layer is done */
      in->work->conv.z = s->y;
      in->work->conv.pre = wb_layout_cut (in, in->t, in->h);
      wb_model_conv_layout_scratch (in);
      s->y = convolved;
    }
}

static void
layout_backward_positions (const WbLayout *in)
{
  const gsize      rows = 2 * in->config->relative_span, terms = wb_model_n_terms (in->config);
  WbBackwardState *back = &in->work->back;

  if (terms == 0)
    return;
  back->dpos = wb_layout_cut (in, in->work->window.rows, terms * in->h);
  back->dlayer = wb_layout_cut (in, rows, in->h);
  back->dtable = wb_layout_cut (in, rows, in->h);
}

static void
layout_backward_shared (const WbLayout *in)
{
  const gsize      mark = wb_arena_mark (in->arena);
  WbBackwardState *back = &in->work->back;

  back->dg = wb_layout_cut (in, in->t, in->config->intermediate_size);
  wb_arena_release (in->arena, mark);
  back->dcontext = wb_layout_cut (in, in->t, in->h);
  back->dqkv = wb_layout_cut (in, in->t, 3 * in->h);
  wb_arena_release (in->arena, mark);
  if (in->config->embedding_size != in->h)
    back->dsum = wb_layout_cut (in, in->t, in->config->embedding_size);
  wb_arena_release (in->arena, mark);
  if (in->work->convolved)
    wb_model_conv_layout_scratch (in);
}

static void
layout_backward (const WbLayout *in)
{
  WbBackwardState *back = &in->work->back;

  back->dx = wb_layout_cut (in, in->t, in->h);
  back->dy1 = wb_layout_cut (in, in->t, in->h);
  back->tail_dx = wb_layout_cut (in, in->b, in->h);
  back->tail_dy1 = wb_layout_cut (in, in->b, in->h);
  back->tail_dg = wb_layout_cut (in, in->b, in->config->intermediate_size);
  back->tail_dcontext = wb_layout_cut (in, in->b, in->h);
  wb_model_head_layout_backward (in);
  if (in->work->decoder.active)
    wb_model_decoder_layout_backward (in);
  if (in->work->convolved)
    in->work->conv.dx = wb_layout_cut (in, in->t, in->h);
  layout_backward_positions (in);
  layout_backward_shared (in);
}

void
wb_work_layout (WbWork              *self,
                const WbModelConfig *config,
                const WbHeadSpec    *head,
                const WbWorkShape   *shape,
                WbArena             *arena)
{
  const WbLayout in = {
    self, config, head, shape, arena, shape->n_tokens, shape->n_sequences, config->hidden_size
  };

  wb_arena_release (arena, 0);
  self->decoder.active = !shape->headless && wb_head_spec_is_enhanced (head, config);
  self->n_layers = config->n_layers + (self->decoder.active ? 1 : 0);
  self->convolved = config->conv_kernel > 0 && !wb_work_is_decoding (self, 0);
  layout_embeddings (&in);
  layout_positions (&in);
  if (self->decoder.active)
    wb_model_decoder_layout (&in);
  if (shape->training)
    layout_training_layers (&in);
  else
    layout_prediction_layers (&in);
  if (!shape->headless)
    wb_model_head_layout (&in);
  if (shape->training)
    layout_backward (&in);
}
