#pragma once

#include "app/runs/wb-model-choice.h"
#include "data/store/wb-store-runs.h"

G_BEGIN_DECLS

/* (transfer full) (nullable): the run whose best model @folder is. */
WbRunRecord *wb_model_choice_find_run (WbWorkspace *workspace, const char *folder);

G_END_DECLS
