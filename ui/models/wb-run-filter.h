#pragma once

#include <gtk/gtk.h>

#include "app/runs/wb-run.h"

G_BEGIN_DECLS

/**
 * WbRunFilterKind:
 *
 * Which runs the list shows.
 */
typedef enum
{
  WB_RUN_FILTER_ALL,
  WB_RUN_FILTER_ACTIVE,   /* running or waiting */
  WB_RUN_FILTER_FINISHED, /* trained to the end */
  WB_RUN_FILTER_ENDED,    /* stopped, interrupted, failed, diverged */
} WbRunFilterKind;

#define WB_TYPE_RUN_FILTER (wb_run_filter_get_type ())
G_DECLARE_FINAL_TYPE (WbRunFilter, wb_run_filter, WB, RUN_FILTER, GtkFilter)

/**
 * WbRunFilter:
 *
 * Runs of a kind whose name, model, task or status contain every word of a text; case does not
 * matter.
 */
WbRunFilter *wb_run_filter_new (void);
void         wb_run_filter_set_text (WbRunFilter *self, const char *text);
void         wb_run_filter_set_kind (WbRunFilter *self, WbRunFilterKind kind);

G_END_DECLS
