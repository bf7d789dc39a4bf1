#include "config.h"

#include "engine/model/wb-parameter-table.h"

#include <string.h>

struct _WbParameterTable
{
  GArray     *parameters; /* of WbParameter */
  GHashTable *by_name;    /* name (lent) -> index + 1 */
  gsize       n_elements;
  gsize       n_stored;
};

typedef enum
{
  KIND_WEIGHT, /* decays, normal */
  KIND_BIAS,   /* no decay, zeros */
  KIND_SCALE,  /* LayerNorm: no decay, ones */
  KIND_SHIFT,  /* LayerNorm: no decay, zeros */
} Kind;

/* Where the parameters being added belong. */
typedef struct
{
  WbParameterTable *table;
  char             *prefix;
  guint             depth;
  gboolean          head;
} Scope;

static void
clear_parameter (gpointer data)
{
  g_free (((WbParameter *) data)->name);
}

/* @cols 0: a vector of @rows elements */
static WbParameter *
add (const Scope *scope, Kind kind, const char *name, gsize rows, gsize cols)
{
  WbParameterTable *table = scope->table;
  WbParameter       p = { .dims = { rows, cols }, .n_dims = cols > 0 ? 2 : 1 };

  p.name = g_strconcat (scope->prefix, name, NULL);
  p.init = kind == KIND_WEIGHT ? WB_INIT_NORMAL : kind == KIND_SCALE ? WB_INIT_ONES : WB_INIT_ZEROS;
  p.decays = kind == KIND_WEIGHT;
  p.head = scope->head;
  p.depth = scope->depth;
  p.offset = table->n_stored;
  p.n_elements = cols > 0 ? rows * cols : rows;
  table->n_elements += p.n_elements;
  table->n_stored += p.n_elements;
  g_array_append_val (table->parameters, p);
  return &g_array_index (table->parameters, WbParameter, table->parameters->len - 1);
}

static void
add_layernorm (const Scope *scope, const char *name, gsize cols)
{
  g_autofree char *weight = g_strconcat (name, ".weight", NULL);
  g_autofree char *bias = g_strconcat (name, ".bias", NULL);

  add (scope, KIND_SCALE, weight, cols, 0);
  add (scope, KIND_SHIFT, bias, cols, 0);
}

/* Linear layers with the same input, @names ending with %NULL: all weights, then all biases, so
 * that they lie one after another and a single product computes them. */
static void
add_linear (const Scope *scope, gsize out, gsize in, const char *const *names)
{
  for (gsize i = 0; names[i] != NULL; i++)
    {
      g_autofree char *weight = g_strconcat (names[i], ".weight", NULL);
      add (scope, KIND_WEIGHT, weight, out, in);
    }
  for (gsize i = 0; names[i] != NULL; i++)
    {
      g_autofree char *bias = g_strconcat (names[i], ".bias", NULL);
      add (scope, KIND_BIAS, bias, out, 0);
    }
}

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void
add_embeddings (WbParameterTable *table, const WbModelConfig *c, const WbHeadSpec *head)
{
  const Scope scope = { table, (char *) "deberta.embeddings.", 0, FALSE };
  const gsize e = c->embedding_size;

  add (&scope, KIND_WEIGHT, "word_embeddings.weight", c->vocab_size, e)->sparse =
      head == NULL || !wb_head_spec_is_tied (head);
  if (c->position_biased_input || (head != NULL && wb_head_spec_is_enhanced (head, c)))
    add (&scope, KIND_WEIGHT, "position_embeddings.weight", c->max_positions, e)->head =
        !c->position_biased_input;
  if (c->type_vocab_size > 0)
    add (&scope, KIND_WEIGHT, "token_type_embeddings.weight", c->type_vocab_size, e);
  if (e != c->hidden_size)
    add (&scope, KIND_WEIGHT, "embed_proj.weight", c->hidden_size, e);
  add_layernorm (&scope, "LayerNorm", c->hidden_size);
}

static void
add_relative_table (WbParameterTable *table, const WbModelConfig *c)
{
  const Scope scope = { table, (char *) "deberta.encoder.", 0, FALSE };

  const guint first = table->parameters->len;

  if (c->relative_attention)
    add (&scope, KIND_WEIGHT, "rel_embeddings.weight", 2 * c->relative_span, c->hidden_size);
  if (c->normalize_relative)
    add_layernorm (&scope, "LayerNorm", c->hidden_size);
  for (guint i = first; i < table->parameters->len; i++)
    g_array_index (table->parameters, WbParameter, i).unused =
        !c->relative_attention || (!c->c2p && !c->p2c);
}

/* Fact sheet 2.8: applied once, after layer 0. */
static void
add_convolution (WbParameterTable *table, const WbModelConfig *c, const WbHeadSpec *head)
{
  const Scope  scope = { table, (char *) "deberta.encoder.conv.", 1, FALSE };
  const gsize  h = c->hidden_size;
  const guint  first = table->parameters->len;
  WbParameter *w;

  if (c->conv_kernel == 0)
    return;
  w = add (&scope, KIND_WEIGHT, "conv.weight", h, h / c->conv_groups * c->conv_kernel);
  w->n_dims = 3;
  w->dims[1] = h / c->conv_groups;
  w->dims[2] = c->conv_kernel;
  add (&scope, KIND_BIAS, "conv.bias", h, 0);
  add_layernorm (&scope, "LayerNorm", h);
  for (guint i = first; i < table->parameters->len;
       i++) /* the decoder takes a single layer's place */
    g_array_index (table->parameters, WbParameter, i).unused =
        c->n_layers == 1 && head != NULL && wb_head_spec_is_enhanced (head, c);
}

/* pos_query_proj before pos_key_proj, as query_proj lies before key_proj: the projected table has
 * the same columns whether keys are shared or not. */
static void
add_position_projections (const Scope *scope, const WbModelConfig *c)
{
  const char *names[3] = { NULL };
  gsize       n = 0;

  if (!c->relative_attention || c->share_att_key)
    return;
  if (c->p2c)
    names[n++] = "attention.self.pos_query_proj";
  if (c->c2p)
    names[n++] = "attention.self.pos_key_proj";
  add_linear (scope, c->hidden_size, c->hidden_size, names);
}

/* Zeros of the block where v2 has a bias that v1 has not. */
static void
add_gap (const Scope *scope, gsize n)
{
  scope->table->n_stored += n;
}

/* v1: stored as v2's three projections, and the two of positions, would be. */
static void
add_packed_projections (const Scope *scope, const WbModelConfig *c)
{
  const gsize h = c->hidden_size;

  add (scope, KIND_WEIGHT, "attention.self.in_proj.weight", 3 * h, h)->packed_heads = c->n_heads;
  add (scope, KIND_BIAS, "attention.self.q_bias", h, 0);
  add_gap (scope, h);
  add (scope, KIND_BIAS, "attention.self.v_bias", h, 0);
  if (!c->relative_attention)
    return;
  if (c->p2c)
    add (scope, KIND_WEIGHT, "attention.self.pos_q_proj.weight", h, h);
  if (c->c2p)
    add (scope, KIND_WEIGHT, "attention.self.pos_proj.weight", h, h);
  if (c->p2c)
    {
      add (scope, KIND_BIAS, "attention.self.pos_q_proj.bias", h, 0);
      if (c->c2p)
        add_gap (scope, h);
    }
}

static void
add_layer (WbParameterTable *table, const WbModelConfig *c, gsize layer)
{
  const gsize      h = c->hidden_size;
  g_autofree char *prefix = g_strdup_printf ("deberta.encoder.layer.%zu.", layer);
  const Scope      scope = { table, prefix, (guint) layer + 1, FALSE };

  if (c->family == WB_FAMILY_V1)
    add_packed_projections (&scope, c);
  else
    {
      add_linear (&scope, h, h,
                  NAMES ("attention.self.query_proj", "attention.self.key_proj",
                         "attention.self.value_proj"));
      add_position_projections (&scope, c);
    }
  add_linear (&scope, h, h, NAMES ("attention.output.dense"));
  add_layernorm (&scope, "attention.output.LayerNorm", h);
  add_linear (&scope, c->intermediate_size, h, NAMES ("intermediate.dense"));
  add_linear (&scope, h, c->intermediate_size, NAMES ("output.dense"));
  add_layernorm (&scope, "output.LayerNorm", h);
}

/* The output matrix is the word table, or where it is untied (legacy alone) decoder.weight: then
 * decoder.bias is added to the outputs, and cls.predictions.bias is a parameter that nothing
 * reads. */
static void
add_masked_lm (const Scope *scope, const WbModelConfig *c, const WbHeadSpec *head)
{
  const gboolean legacy = head->lm_layout == WB_LM_LAYOUT_LEGACY,
                 own = !wb_head_spec_is_tied (head);
  const char *inner = legacy ? "cls.predictions.transform." : "lm_predictions.lm_head.";
  const Scope transform = { scope->table, (char *) inner, scope->depth, TRUE };
  const char *bias = legacy ? "cls.predictions.bias" : "lm_predictions.lm_head.bias";

  add_linear (&transform, c->embedding_size, c->hidden_size, NAMES ("dense"));
  add_layernorm (&transform, "LayerNorm", c->embedding_size);
  add (scope, KIND_BIAS, bias, c->vocab_size, 0)->unused = own;
  if (own)
    add_linear (scope, c->vocab_size, c->embedding_size, NAMES ("cls.predictions.decoder"));
}

static void
add_replaced_token (const Scope *scope, const WbModelConfig *c)
{
  const gsize h = c->hidden_size;

  add_layernorm (scope, "mask_predictions.LayerNorm", h);
  add_linear (scope, h, h, NAMES ("mask_predictions.dense"));
  add_linear (scope, 1, h, NAMES ("mask_predictions.classifier"));
}

/* Fact sheet 3.8, 3.12, 9.1. */
static void
add_head (WbParameterTable *table, const WbModelConfig *c, const WbHeadSpec *head)
{
  const Scope scope = { table, (char *) "", (guint) c->n_layers + 1, TRUE };
  const gsize n = wb_head_spec_get_n_outputs (head, c);

  if (head->kind == WB_HEAD_MASKED_LM)
    add_masked_lm (&scope, c, head);
  else if (head->kind == WB_HEAD_REPLACED_TOKEN)
    add_replaced_token (&scope, c);
  else if (head->kind == WB_HEAD_SPAN)
    add_linear (&scope, n, c->hidden_size, NAMES ("qa_outputs"));
  else
    {
      if (head->kind != WB_HEAD_TOKEN)
        add_linear (&scope, c->hidden_size, c->hidden_size, NAMES ("pooler.dense"));
      add_linear (&scope, n, c->hidden_size, NAMES ("classifier"));
    }
}

WbParameterTable *
wb_parameter_table_new (const WbModelConfig *config, const WbHeadSpec *head)
{
  WbParameterTable *self = g_new0 (WbParameterTable, 1);

  self->parameters = g_array_new (FALSE, TRUE, sizeof (WbParameter));
  g_array_set_clear_func (self->parameters, clear_parameter);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);

  add_embeddings (self, config, head);
  add_relative_table (self, config);
  add_convolution (self, config, head);
  for (gsize l = 0; l < config->n_layers; l++)
    add_layer (self, config, l);
  if (head != NULL)
    add_head (self, config, head);

  for (gsize i = 0; i < self->parameters->len; i++)
    g_hash_table_insert (self->by_name, g_array_index (self->parameters, WbParameter, i).name,
                         GSIZE_TO_POINTER (i + 1));
  return self;
}

void
wb_parameter_table_free (WbParameterTable *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->by_name);
  g_array_unref (self->parameters);
  g_free (self);
}

gsize
wb_parameter_table_get_n (const WbParameterTable *self)
{
  return self->parameters->len;
}

const WbParameter *
wb_parameter_table_get (const WbParameterTable *self, gsize i)
{
  g_return_val_if_fail (i < self->parameters->len, NULL);

  return &g_array_index (self->parameters, WbParameter, i);
}

const WbParameter *
wb_parameter_table_find (const WbParameterTable *self, const char *name)
{
  const gsize i = GPOINTER_TO_SIZE (g_hash_table_lookup (self->by_name, name));

  return i == 0 ? NULL : wb_parameter_table_get (self, i - 1);
}

gsize
wb_parameter_table_get_n_elements (const WbParameterTable *self)
{
  return self->n_elements;
}

gsize
wb_parameter_table_get_n_stored (const WbParameterTable *self)
{
  return self->n_stored;
}

gsize
wb_parameter_row (const WbParameter *self, gsize r)
{
  gsize d, head, part;

  if (self->packed_heads == 0)
    return r;
  d = self->dims[0] / (3 * self->packed_heads);
  head = r / (3 * d);
  part = r % (3 * d) / d;
  return (part * self->packed_heads + head) * d + r % d;
}

void
wb_parameter_store (const WbParameter *self, float *stored, const float *published)
{
  const gsize cols = self->n_elements / self->dims[0];

  for (gsize r = 0; r < self->dims[0]; r++)
    memcpy (stored + wb_parameter_row (self, r) * cols, published + r * cols,
            cols * sizeof *stored);
}

void
wb_parameter_publish (const WbParameter *self, float *published, const float *stored)
{
  const gsize cols = self->n_elements / self->dims[0];

  for (gsize r = 0; r < self->dims[0]; r++)
    memcpy (published + r * cols, stored + wb_parameter_row (self, r) * cols,
            cols * sizeof *stored);
}
