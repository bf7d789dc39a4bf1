#pragma once

#include <gio/gio.h>

#include "app/core/wb-workspace.h"

G_BEGIN_DECLS

#define WB_TYPE_MODEL_CHOICE (wb_model_choice_get_type ())
G_DECLARE_FINAL_TYPE (WbModelChoice, wb_model_choice, WB, MODEL_CHOICE, GObject)

/**
 * WbModelChoice:
 *
 * A model that a run may start from; whether it can, wb_run_spec_check() says of the chosen one.
 * Properties: "name" (what --model takes), "title", "subtitle" ("DeBERTa v3, 12 layers, 768 wide,
 * 184 million parameters", or why it has no configuration; read when it is first asked for),
 * "path". Main thread only.
 */

/* (transfer full): models of the library, finished runs, newest first, and what the Hugging Face
 * cache has.  No model's folder is opened for it. */
GListModel *wb_model_choice_list (WbWorkspace *workspace, GError **error);

const char *wb_model_choice_get_name (WbModelChoice *self);
const char *wb_model_choice_get_title (WbModelChoice *self);
const char *wb_model_choice_get_subtitle (WbModelChoice *self);
const char *wb_model_choice_get_path (WbModelChoice *self);

/* (transfer full) (nullable): the subtitle of a model's folder, whose weights are not opened;
 * %NULL: it has no configuration that we compute. */
char *wb_model_choice_describe (const char *folder);

/* (transfer full): the folder that @what (folder, library name, run) means. */
char *wb_model_choice_resolve (WbWorkspace *workspace, const char *what, GError **error);

G_END_DECLS
