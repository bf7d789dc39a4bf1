#pragma once

#include <adwaita.h>

#include "app/runs/wb-run-table.h"
#include "ui/models/wb-run-columns.h"
#include "ui/pages/wb-runs-page.h"
#include "ui/widgets/wb-run-filter-popover.h"
#include "ui/widgets/wb-width-bin.h"

G_BEGIN_DECLS

struct _WbRunsPage
{
  GtkWidget parent_instance;

  WbRunList          *list;
  WbRunTable         *table;
  GtkSelectionModel  *selection;
  WbRunColumns       *columns;
  WbRunFilterPopover *filters;
  GSettings          *settings; /* (nullable) */
  GtkNativeDialog    *chooser;  /* (nullable) */
  GtkWidget          *menu;     /* (nullable): for the rows */

  guint waiting_id;
  guint to_top_id, to_top_frames;

  AdwWindowTitle   *title;
  WbActivityButton *activity;
  GtkWidget        *new_run, *demo, *new_run_empty;
  GtkSpinner       *waiting;
  GtkLabel         *demo_help;
  WbWidthBin       *bin;
  GtkStack         *stack, *results;
  AdwStatusPage    *error_page;
  GtkSearchEntry   *search;
  GtkBox           *bar;
  GtkMenuButton    *filter_button, *columns_button;
  GtkToggleButton  *group_button;
  GtkRevealer      *filtered;
  GtkLabel         *filtered_text;
  GtkColumnView    *view;
  GtkRevealer      *chosen;
  GtkLabel         *chosen_text;
  GtkMenuButton    *chosen_menu;
};

/* Actions "runs.…" over the chosen rows, and the keys for them. */
void wb_runs_page_install_actions (GtkWidgetClass *widget_class);
void wb_runs_page_set_up_actions (WbRunsPage *self);

/* What is chosen has changed, or what is known of it: which actions make sense. */
void wb_runs_page_update_actions (WbRunsPage *self);

/* (transfer full) (element-type WbRunRow): the chosen rows, in their order. */
GPtrArray *wb_runs_page_dup_chosen_rows (WbRunsPage *self);
/* (transfer full) (element-type WbRun): those of the rows, each once. */
GPtrArray *wb_runs_page_dup_chosen_runs (WbRunsPage *self);

/* Writes the chosen rows, or all that are shown, as comma-separated values. */
gboolean wb_runs_page_export (WbRunsPage *self, const char *path, GError **error);

G_END_DECLS
