#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WbRunColumn:
 *
 * What a list of runs shows of each.  @WB_RUN_COLUMN_PUBLISHED and @WB_RUN_COLUMN_BASELINE are
 * differences of the best value: to what the model's authors report, and to the task's baseline.
 * @WB_RUN_COLUMN_LOSS is a picture.
 */
typedef enum
{
  WB_RUN_COLUMN_NAME,
  WB_RUN_COLUMN_STATUS,
  WB_RUN_COLUMN_TASK,
  WB_RUN_COLUMN_MODEL,
  WB_RUN_COLUMN_LOSS,
  WB_RUN_COLUMN_BEST,
  WB_RUN_COLUMN_LAST,
  WB_RUN_COLUMN_PUBLISHED,
  WB_RUN_COLUMN_BASELINE,
  WB_RUN_COLUMN_SEED,
  WB_RUN_COLUMN_RATE,
  WB_RUN_COLUMN_DURATION,
  WB_RUN_COLUMN_WAITED,
  WB_RUN_COLUMN_STARTED,
  WB_RUN_COLUMN_TAGS,
  WB_RUN_COLUMN_NOTE,
  WB_RUN_N_COLUMNS,
} WbRunColumn;

const char *wb_run_column_get_id (WbRunColumn self);    /* "best": settings, --sort */
const char *wb_run_column_get_title (WbRunColumn self); /* "Best", in the user's language */
gboolean    wb_run_column_is_number (WbRunColumn self);
gboolean    wb_run_column_is_sortable (WbRunColumn self);
gboolean    wb_run_column_find (const char *id, WbRunColumn *column);

G_END_DECLS
