#pragma once

#include "ui/models/wb-run-columns.h"

G_BEGIN_DECLS

/* A popover to choose the columns of the list of runs and to move them: a check and two arrows for
 * each, so that a keyboard does it as well. */
GtkWidget *wb_run_columns_popover_new (WbRunColumns *columns);

G_END_DECLS
