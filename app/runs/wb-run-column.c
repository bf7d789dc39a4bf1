#include "config.h"

#include "app/runs/wb-run-column.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const struct
{
  const char *id, *title;
  gboolean    is_number;
} columns[WB_RUN_N_COLUMNS] = {
  [WB_RUN_COLUMN_NAME] = { "name", N_ ("Name"), FALSE },
  [WB_RUN_COLUMN_STATUS] = { "status", N_ ("Status"), FALSE },
  [WB_RUN_COLUMN_TASK] = { "task", N_ ("Task"), FALSE },
  [WB_RUN_COLUMN_MODEL] = { "model", N_ ("Model"), FALSE },
  [WB_RUN_COLUMN_LOSS] = { "loss", N_ ("Loss"), FALSE },
  [WB_RUN_COLUMN_BEST] = { "best", N_ ("Best"), TRUE },
  [WB_RUN_COLUMN_LAST] = { "last", N_ ("Last"), TRUE },
  /* Translators: a column of differences to published scores */
  [WB_RUN_COLUMN_PUBLISHED] = { "published", N_ ("To Published"), TRUE },
  /* Translators: a column of differences to the run that was made the baseline */
  [WB_RUN_COLUMN_BASELINE] = { "baseline", N_ ("To Baseline"), TRUE },
  [WB_RUN_COLUMN_SEED] = { "seed", N_ ("Seed"), TRUE },
  [WB_RUN_COLUMN_RATE] = { "rate", N_ ("Tokens/s"), TRUE },
  [WB_RUN_COLUMN_DURATION] = { "duration", N_ ("Duration"), TRUE },
  /* Translators: a column: how long a run stood in the queue */
  [WB_RUN_COLUMN_WAITED] = { "waited", N_ ("Waited"), TRUE },
  [WB_RUN_COLUMN_STARTED] = { "started", N_ ("Started"), TRUE },
  [WB_RUN_COLUMN_TAGS] = { "tags", N_ ("Tags"), FALSE },
  [WB_RUN_COLUMN_NOTE] = { "note", N_ ("Note"), FALSE },
};

const char *
wb_run_column_get_id (WbRunColumn self)
{
  g_return_val_if_fail ((guint) self < WB_RUN_N_COLUMNS, NULL);
  return columns[self].id;
}

const char *
wb_run_column_get_title (WbRunColumn self)
{
  g_return_val_if_fail ((guint) self < WB_RUN_N_COLUMNS, NULL);
  return _ (columns[self].title);
}

gboolean
wb_run_column_is_number (WbRunColumn self)
{
  g_return_val_if_fail ((guint) self < WB_RUN_N_COLUMNS, FALSE);
  return columns[self].is_number;
}

gboolean
wb_run_column_is_sortable (WbRunColumn self)
{
  return self != WB_RUN_COLUMN_LOSS;
}

gboolean
wb_run_column_find (const char *id, WbRunColumn *column)
{
  for (guint i = 0; i < WB_RUN_N_COLUMNS; i++)
    if (g_strcmp0 (columns[i].id, id) == 0)
      {
        *column = (WbRunColumn) i;
        return TRUE;
      }
  return FALSE;
}
