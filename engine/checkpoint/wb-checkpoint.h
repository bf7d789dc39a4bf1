#pragma once

#include "engine/model/wb-model.h"

G_BEGIN_DECLS

/**
 * WbLoadReport:
 * @ignored: (element-type utf8): tensors of the file that the model has no place for
 * @head_is_new: the file has no head for this task, or only its first layer; what it has not keeps
 * its random weights
 */
typedef struct
{
  GPtrArray *ignored;
  gboolean   head_is_new;
} WbLoadReport;

void wb_load_report_free (WbLoadReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbLoadReport, wb_load_report_free)

/**
 * wb_checkpoint_load_weights:
 * @folder: Hugging Face layout with model.safetensors
 * @error: WB_ENGINE_ERROR_MISSING (file, or an encoder tensor, by name), _SHAPE (tensor, both
 * shapes), _INVALID (truncated, overlapping, out of range; with byte numbers), _UNSUPPORTED
 *
 * F32, F16 and BF16 become F32.  Names with prefix "deberta." or none.  On an error the model's
 * weights are undefined.  The head must have been initialized before: each of its two layers is
 * kept when the file has none or another size.  A weight that is not finite is
 * WB_ENGINE_ERROR_INVALID.
 */
WbLoadReport *wb_checkpoint_load_weights (WbModel *model, const char *folder, GError **error);

/* Checks all of the above without a model and without reading the data: what `verify` and dialogs
 * use. */
gboolean wb_checkpoint_check (const char *folder, const WbModelConfig *config, GError **error);

/**
 * wb_checkpoint_save:
 * @folder: created by the caller; written into: config.json, model.safetensors (F32, {"format":
 * "pt"})
 * @labels: (nullable): names of the classes
 *
 * Each file is written beside, synced and renamed.  WB_ENGINE_ERROR_DEVICE: path and reason.
 */
gboolean
wb_checkpoint_save (WbModel *model, const char *folder, const char *const *labels, GError **error);

G_END_DECLS
