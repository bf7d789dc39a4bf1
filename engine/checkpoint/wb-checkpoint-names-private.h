#pragma once

#include "engine/checkpoint/wb-weights.h"
#include "engine/heads/wb-head.h"
#include "engine/model/wb-parameter-table.h"

G_BEGIN_DECLS

/**
 * WbTensorSource:
 * @parts: the file's tensors that a parameter is made of, one above the other
 * @n: 1; 3 where v1's in_proj is stored as query_proj, key_proj and value_proj; 0: not there
 *
 * Which tensors of a file hold a parameter, whatever the file calls them.
 */
typedef struct
{
  const WbWeight *parts[3];
  gsize           n;
} WbTensorSource;

/* By the published name, with "bert." instead of "deberta." or without, with LayerNorm.gamma and
 * .beta, or as the authors' present code splits v1's projections (fact sheet 2.1, 9.1). */
WbTensorSource wb_tensor_source_find (const WbWeights *weights, const WbParameter *parameter);

/* Whether the parts have the parameter's shape together. */
gboolean wb_tensor_source_fits (const WbTensorSource *self, const WbParameter *parameter);

/**
 * wb_tensor_source_check:
 * @self: there (n > 0)
 * @error: WB_ENGINE_ERROR_SHAPE: it is of another shape; _UNSUPPORTED: a part is of no floating
 * type, or is a bias of v1's keys that is not zero
 *
 * Whether @parameter can be read from @self without a loss.  What the authors' present code calls
 * the keys' bias is none of v1's: it can only be dropped where it is zero (fact sheet 2.1).
 */
gboolean wb_tensor_source_check (const WbTensorSource *self,
                                 WbWeights            *weights,
                                 const WbParameter    *parameter,
                                 GError              **error);

/**
 * wb_checkpoint_list_unused:
 * @head: (nullable)
 * @used: names, lent
 *
 * Returns: (transfer full) (element-type utf8): the tensors of @weights that are not in @used.
 * Counters (position_ids) are no weights, and a tied tensor's second copy was compared with the
 * first: neither is listed.
 */
GPtrArray *
wb_checkpoint_list_unused (const WbWeights *weights, const WbHeadSpec *head, GHashTable *used);

/* @name with another prefix or suffix where there is no @name itself. */
const WbWeight *wb_weights_find_published (const WbWeights *weights, const char *name);

/**
 * wb_checkpoint_check_tied:
 * @error: WB_ENGINE_ERROR_UNSUPPORTED: which tensors differ, and where
 *
 * Where a language model's output matrix is the word table, a file may store it twice; a second one
 * with other numbers is a model that is not tied, and would be computed as something else.
 */
gboolean wb_checkpoint_check_tied (WbWeights *weights, const WbHeadSpec *head, GError **error);

G_END_DECLS
