#pragma once

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
 * @head: belongs to the task head: may be missing from a file, then it is new
 * @depth: 0 embeddings and relative table, 1 … L the layers, L + 1 the head; for layer-wise decay
 * @offset: first element in the model's one block of F32
 * @sparse: the word table: gradient and optimizer work on touched rows only
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
} WbParameter;

/* One table per configuration drives initialisation, loading, saving, optimizer groups, gradient
 * checks, memory estimates and the parameter browser. */
typedef struct _WbParameterTable WbParameterTable;

/* @n_labels: rows of the classifier; 1 for regression; 0: encoder alone */
WbParameterTable *wb_parameter_table_new (const WbModelConfig *config, gsize n_labels);
void              wb_parameter_table_free (WbParameterTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbParameterTable, wb_parameter_table_free)

gsize              wb_parameter_table_get_n (const WbParameterTable *self);
const WbParameter *wb_parameter_table_get (const WbParameterTable *self, gsize i);
const WbParameter *wb_parameter_table_find (const WbParameterTable *self, const char *name);
gsize wb_parameter_table_get_n_elements (const WbParameterTable *self); /* all parameters */

G_END_DECLS
