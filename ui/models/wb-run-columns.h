#pragma once

#include <gtk/gtk.h>

#include "ui/widgets/wb-width-bin.h"

G_BEGIN_DECLS

/* The columns of the list of runs, each with a sorter where an order makes sense: as many as there
 * is room for.  Narrow lists say model and task under the name. */
void wb_run_columns_fold (GtkColumnView *view, WbWidth width);

G_END_DECLS
