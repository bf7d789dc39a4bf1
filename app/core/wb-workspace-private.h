#pragma once

#include "app/core/wb-workspace.h"
#include "data/store/wb-store.h"

G_BEGIN_DECLS

/* (transfer none): the main thread's connection. */
WbStore *wb_workspace_get_store (WbWorkspace *self);

G_END_DECLS
