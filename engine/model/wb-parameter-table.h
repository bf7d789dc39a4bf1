#pragma once

#include "engine/heads/wb-head.h"
#include "engine/model/wb-model-config.h"

G_BEGIN_DECLS

typedef enum
{
  WB_INIT_NORMAL, /* N (0, initializer_range²) */
  WB_INIT_ZEROS,
  WB_INIT_ONES,
} WbInit;

/**
 * WbParameter:
 * @name: as published ("deberta.encoder.layer.0.attention.self.query_proj.weight")
 * @dims, @n_dims: shape as published
 * @decays: whether weight decay applies (fact sheet 5.10's rule)
 * @head: belongs to the task head (absolute positions that only the enhanced mask decoder reads,
 * too): may be missing from a file, then it is new
 * @depth: 0 embeddings and relative table, 1 … L the layers, L + 1 the head; for layer-wise decay
 * @offset: first element in the model's one block of F32
 * @sparse: the word table, unless a head's output is tied to it: gradient and optimizer work on
 * touched rows only
 * @unused: exists in files, but the configuration never reads it: no gradient, no update
 * @packed_heads: v1's in_proj.weight: its rows lie in another order than published, see
 * wb_parameter_row(); 0: in the published one
 *
 * The model's block may have gaps between parameters that are no parameter and stay 0: v1's keys
 * have no bias, and their zeros lie between q_bias and v_bias.
 */
typedef struct
{
  char    *name;
  gsize    dims[4];
  guint    n_dims;
  WbInit   init;
  gboolean decays;
  gboolean head;
  guint    depth;
  gsize    offset;
  gsize    n_elements;
  gboolean sparse;
  gboolean unused;
  gsize    packed_heads;
} WbParameter;

/**
 * wb_parameter_row:
 * @r: row of the published tensor
 *
 * The row of the model's block where it lies.  They differ for v1's in_proj.weight (3H, H) alone:
 * published, each head has its d rows of queries, d of keys and d of values; in the block the
 * queries of all heads come first, then all keys, then all values, as v2 has them, so that the same
 * products and kernels compute both (fact sheet 2.1).
 *
 * Whoever moves values between a file and the model's parameters or gradients goes through this,
 * wb_parameter_store() or wb_parameter_publish(); a parameter without packed_heads may be copied
 * whole.
 */
gsize wb_parameter_row (const WbParameter *self, gsize r);

/* @stored, @published: n_elements each; they must not overlap. */
void wb_parameter_store (const WbParameter *self, float *stored, const float *published);
void wb_parameter_publish (const WbParameter *self, float *published, const float *stored);

/* One table per configuration drives initialisation, loading, saving, optimizer groups, gradient
 * checks, memory estimates and the parameter browser. */
typedef struct _WbParameterTable WbParameterTable;

/* @config: one that was read, which bounds its sizes; @head: (nullable): one that
 * wb_head_spec_check() takes, which bounds its labels: no product of sizes overflows; %NULL:
 * encoder alone */
WbParameterTable *wb_parameter_table_new (const WbModelConfig *config, const WbHeadSpec *head);
void              wb_parameter_table_free (WbParameterTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbParameterTable, wb_parameter_table_free)

gsize              wb_parameter_table_get_n (const WbParameterTable *self);
const WbParameter *wb_parameter_table_get (const WbParameterTable *self, gsize i);
const WbParameter *wb_parameter_table_find (const WbParameterTable *self, const char *name);
gsize wb_parameter_table_get_n_elements (const WbParameterTable *self); /* all parameters */
gsize wb_parameter_table_get_n_stored (const WbParameterTable *self);   /* the block, with gaps */

G_END_DECLS
