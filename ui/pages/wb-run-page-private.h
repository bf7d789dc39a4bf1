#pragma once

#include <adwaita.h>

#include "ui/pages/wb-run-charts.h"
#include "ui/pages/wb-run-file-list.h"
#include "ui/pages/wb-run-findings.h"
#include "ui/pages/wb-run-log.h"
#include "ui/pages/wb-run-page.h"
#include "ui/pages/wb-run-settings.h"
#include "ui/pages/wb-run-trial.h"
#include "ui/widgets/wb-width-bin.h"

G_BEGIN_DECLS

struct _WbRunPage
{
  GtkWidget parent_instance;

  WbRun      *run;
  WbRunStatus shown_status; /* of what the actions were decided for */
  guint64     shown_best;   /* its step */
  char       *why_not;      /* (nullable): a sentence why the run cannot go on */

  AdwWindowTitle   *title;
  WbActivityButton *activity;
  WbWidthBin       *bin;
  GtkBox           *status_line, *buttons;
  GtkWidget        *dot, *smoothing_box, *smoothing_label;
  GtkLabel         *status, *detail;
  GtkProgressBar   *progress;
  GtkWidget        *stop_keep, *pause, *stop, *resume;
  GtkWidget        *switcher;
  GtkDropDown      *tab_choice; /* in place of @switcher where there is little room */
  GtkDropDown      *smoothing;
  GtkStack         *stack;
  WbRunCharts      *charts;
  WbRunFindings    *findings;
  WbRunTrial       *trial;
  WbRunFileList    *files;
  WbRunSettings    *settings;
  WbRunLog         *log;
};

/* wb-run-page-actions.c */
void wb_run_page_class_init_actions (GtkWidgetClass *widget_class);
void wb_run_page_update_actions (WbRunPage *self);

/* wb-run-page-export.c: the action run.export. */
void wb_run_page_export_cb (GtkWidget *widget, const char *name, GVariant *parameter);

/* wb-run-page.c */
void wb_run_page_emit_deleted (WbRunPage *self);

G_END_DECLS
