#pragma once

#include <gio/gio.h>

#include "app/core/wb-workspace.h"

G_BEGIN_DECLS

/**
 * WbExport:
 * @what: a model's folder, a name of the library, or a run (its best)
 * @to: the folder to make
 * @dtype: (nullable): "f32", "f16", "bf16"; %NULL: as the weights are stored
 *
 * Taking a model out.
 */
typedef struct
{
  const char *what;
  const char *to;
  const char *dtype;
} WbExport;

/**
 * WbExportReport:
 * @from, @to: folders, absolute
 * @run_id: of the run that made the model; 0: none
 * @dtype: what was stored
 * @architecture: transformers' class for it
 * @n_tensors: how many were written
 * @left_out: (array zero-terminated=1): tensors of the source that are not part of the model
 */
typedef struct
{
  char  *from;
  char  *to;
  gint64 run_id;
  char  *dtype;
  char  *architecture;
  guint  n_tensors;
  char **left_out;
} WbExportReport;

void wb_export_report_free (WbExportReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbExportReport, wb_export_report_free)

/**
 * wb_export_run:
 * @error: WB_APP_ERROR_INVALID: @to is there and not empty; _USAGE: no such type; what is wrong
 * with the model, or the reason why the disk did not take it
 *
 * Writes the model as a Hugging Face folder that transformers loads without a word (fact sheet
 * 9.11): configuration, safetensors, tokenizer files, a model card.  The folder is there whole or
 * not at all.  Any thread, the store's apart: the thread of @workspace.
 */
WbExportReport *wb_export_run (WbWorkspace *workspace, const WbExport *request, GError **error);

G_END_DECLS
