#pragma once

#include "data/store/wb-store-private.h"
#include "data/store/wb-store-runs.h"

G_BEGIN_DECLS

/* One line per column that a caller sets, in the order of every statement over whole rows: kind,
 * and the name that column and struct member share. */
#define WB_RUN_COLUMNS(X)                                                                          \
  X (TEXT, uuid)                                                                                   \
  X (TEXT, name)                                                                                   \
  X (STATUS, status)                                                                               \
  X (TEXT, phase)                                                                                  \
  X (TEXT, model_name)                                                                             \
  X (TEXT, model_path)                                                                             \
  X (TEXT, task)                                                                                   \
  X (TEXT, train_file)                                                                             \
  X (TEXT, dev_file)                                                                               \
  X (TEXT, folder)                                                                                 \
  X (TEXT, settings)                                                                               \
  X (INT, seed)                                                                                    \
  X (INT, created)                                                                                 \
  X (INT, started)                                                                                 \
  X (INT, finished)                                                                                \
  X (REAL, seconds)                                                                                \
  X (INT, step)                                                                                    \
  X (INT, total_steps)                                                                             \
  X (REAL, epoch)                                                                                  \
  X (REAL, progress)                                                                               \
  X (REAL, seconds_left)                                                                           \
  X (REAL, tokens_per_second)                                                                      \
  X (REAL, loss)                                                                                   \
  X (TEXT, metric)                                                                                 \
  X (REAL, best_value)                                                                             \
  X (INT, best_step)                                                                               \
  X (REAL, last_value)                                                                             \
  X (TEXT, message)                                                                                \
  X (REQUEST, request)                                                                             \
  X (INT, pid)                                                                                     \
  X (TEXT, host)                                                                                   \
  X (TEXT, fingerprint)                                                                            \
  X (INT, parameters)                                                                              \
  X (INT, trashed)                                                                                 \
  X (TEXT, note)                                                                                   \
  X (TEXT, tags)                                                                                   \
  X (INT, archived)                                                                                \
  X (INT, place)                                                                                   \
  X (INT, urgent)                                                                                  \
  X (INT, pinned)                                                                                  \
  X (INT, baseline)

/* The beginning of every statement that reads whole rows; a condition follows. */
#define WB_RUN_COMMA_NAME(kind, column) ", " #column
#define WB_RUN_ROW "SELECT id, version" WB_RUN_COLUMNS (WB_RUN_COMMA_NAME) " FROM run "

/* (transfer full) (element-type WbRunRecord): all rows of a bound statement over WB_RUN_ROW;
 * @stmt: (nullable): then %NULL, and @error is set already. */
GPtrArray *wb_store_read_run_rows (WbStore *self, sqlite3_stmt *stmt, GError **error);

G_END_DECLS
