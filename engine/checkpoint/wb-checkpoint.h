#pragma once

#include "engine/model/wb-model.h"

G_BEGIN_DECLS

/**
 * WbLoadReport:
 * @ignored: (element-type utf8): tensors of the file that the model has no place for
 * @missing: (element-type utf8): parameters of the head that the file has not, or in another shape:
 * they keep their random weights
 * @head_is_new: the file has no head for this task, or only its first layer; what it has not keeps
 * its random weights
 */
typedef struct
{
  GPtrArray *ignored;
  GPtrArray *missing;
  gboolean   head_is_new;
} WbLoadReport;

void wb_load_report_free (WbLoadReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbLoadReport, wb_load_report_free)

/* (transfer full) (nullable): a sentence that names the tensors that were ignored, the first of
 * many; %NULL: there are none. */
char *wb_load_report_describe_ignored (const WbLoadReport *self);

/**
 * wb_checkpoint_load_config:
 * @path: a model's folder, or a configuration's file
 * @error: as wb_model_config_load()
 *
 * wb_model_config_load(), and for a folder that has neither config.json nor model_config.json what
 * its pickle has beside the tensors, as in the earliest release (fact sheet 9.1, 9.2).
 */
WbModelConfig *wb_checkpoint_load_config (const char *path, GError **error);

/* Whether the only configuration of @folder is in its weights. */
gboolean wb_checkpoint_has_config_inside (const char *folder);

/**
 * wb_checkpoint_load_weights:
 * @folder: of any layout that wb_weights_open() reads
 * @error: WB_ENGINE_ERROR_MISSING (file, or tensors of the encoder, by name), _SHAPE (tensor, both
 * shapes), _INVALID (truncated, overlapping, out of range; with byte numbers), _UNSUPPORTED
 *
 * F32, F16, BF16 and F64 become F32, each tensor from its own.  Names with prefix "deberta.",
 * "bert." or none.  On an error the model's weights are undefined.  The head must have been
 * initialized before: each of its two layers is kept when the file has none or another size.  A
 * weight that is not finite is WB_ENGINE_ERROR_INVALID.
 */
WbLoadReport *wb_checkpoint_load_weights (WbModel *model, const char *folder, GError **error);

/* Checks all of the above without a model and without reading the data: what `verify` and dialogs
 * use. */
gboolean wb_checkpoint_check (const char *folder, const WbModelConfig *config, GError **error);

/**
 * wb_checkpoint_save_as:
 * @folder: created by the caller; written into: config.json and model.safetensors (several files
 * above 50 GB), as transformers' save_pretrained() writes them (fact sheet 9.11)
 * @labels: (nullable): names, as many as the head has labels
 * @dtype: %WB_DTYPE_F32, _F16 or _BF16: what the weights are stored as
 *
 * Each file is written beside, synced and renamed.  WB_ENGINE_ERROR_DEVICE: path and reason;
 * _INVALID: a weight that @dtype cannot hold, by name.
 */
gboolean wb_checkpoint_save_as (WbModel           *model,
                                const char        *folder,
                                const char *const *labels,
                                WbDtype            dtype,
                                GError           **error);

/* The same in F32: what a run keeps. */
gboolean
wb_checkpoint_save (WbModel *model, const char *folder, const char *const *labels, GError **error);

G_END_DECLS
