#pragma once

#include "engine/core/wb-tensor.h"
#include "engine/heads/wb-head.h"

G_BEGIN_DECLS

/**
 * WbConvertReport:
 * @dtype: what was stored
 * @architecture: transformers' class for it
 * @has_head, @head: what the file had beside the encoder
 * @n_tensors: how many were written
 * @left_out: (element-type utf8): tensors of the source that no class of transformers takes with
 * this head
 */
typedef struct
{
  WbDtype     dtype;
  const char *architecture;
  gboolean    has_head;
  WbHeadSpec  head;
  gsize       n_tensors;
  GPtrArray  *left_out;
} WbConvertReport;

void wb_convert_report_free (WbConvertReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbConvertReport, wb_convert_report_free)

/**
 * wb_checkpoint_convert:
 * @from: a model's folder, its weights in any layout
 * @to: there already; gets config.json and model.safetensors (several files above 50 GB)
 * @dtype: (nullable): what to store; %NULL: what all tensors are, F32 where they differ
 * @error: what is wrong with the source; _INVALID: a value that @dtype cannot hold; _DEVICE
 *
 * Writes the model as transformers names and stores it (fact sheet 9.11): encoder and head under
 * their published names, so that its class loads them without a word; what an original release has
 * more is kept where transformers passes over it in silence (absolute positions; beside a language
 * model its replaced tokens).  config.json keeps everything that it said.
 *
 * Tensors go through memory piece by piece.
 */
WbConvertReport *
wb_checkpoint_convert (const char *from, const char *to, const WbDtype *dtype, GError **error);

G_END_DECLS
