#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WbStoreError:
 * @WB_STORE_ERROR_NEWER: a later version of the program wrote this store
 * @WB_STORE_ERROR_FULL: the disk of the home is full; nothing was written
 * @WB_STORE_ERROR_READ_ONLY: the home cannot be written
 * @WB_STORE_ERROR_CORRUPT: the file is not a store, or damaged
 * @WB_STORE_ERROR_BUSY: somebody else held the store for a minute
 * @WB_STORE_ERROR_NOT_FOUND: no such row
 * @WB_STORE_ERROR_AMBIGUOUS: the name is that of several rows
 * @WB_STORE_ERROR_EXISTS: there is such a row already
 * @WB_STORE_ERROR_FAILED: anything else, in SQLite's words
 *
 * Every message names the file and says what to do.
 */
typedef enum
{
  WB_STORE_ERROR_NEWER,
  WB_STORE_ERROR_FULL,
  WB_STORE_ERROR_READ_ONLY,
  WB_STORE_ERROR_CORRUPT,
  WB_STORE_ERROR_BUSY,
  WB_STORE_ERROR_NOT_FOUND,
  WB_STORE_ERROR_AMBIGUOUS,
  WB_STORE_ERROR_EXISTS,
  WB_STORE_ERROR_FAILED,
} WbStoreError;

#define WB_STORE_ERROR (wb_store_error_quark ())
GQuark wb_store_error_quark (void);

/**
 * WbStore:
 *
 * One connection to `workbench.db` in a home folder: runs, metrics, results, models and data sets.
 *
 * A connection belongs to one thread at a time.  Several connections, in this process or others,
 * read and write at once: a reader never waits, a writer waits for its turn and never sees
 * SQLITE_BUSY.  What a function writes is there whole or, after an error, `kill -9` or a power cut,
 * not at all.
 */
typedef struct _WbStore WbStore;

/**
 * wb_store_open:
 * @home: folder, created with its parents where it is missing
 * @error: #WbStoreError
 *
 * Opens the store, makes it where there is none, and brings an older one up to date.
 */
WbStore *wb_store_open (const char *home, GError **error);
void     wb_store_close (WbStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbStore, wb_store_close)

const char *wb_store_get_path (const WbStore *self); /* of the file */

/* TRUE where the home lies on a network file system.  Shared memory does not work there, so the
 * store keeps a rollback journal instead of WAL; whoever opens it says so once. */
gboolean wb_store_is_on_network (const WbStore *self);

/* Differs after any committed change, by this connection or another; costs microseconds.  A
 * follower compares it with the last one, then reads what changed. */
guint64 wb_store_get_data_version (WbStore *self);

/**
 * wb_store_begin:
 *
 * Several writes as one: after wb_store_commit() all of them are there, after wb_store_rollback()
 * (or a crash) none.  Calls nest; the outermost pair counts, and a rollback inside undoes the
 * whole.  Keep it short: other writers wait.
 */
gboolean wb_store_begin (WbStore *self, GError **error);
gboolean wb_store_commit (WbStore *self, GError **error);
void     wb_store_rollback (WbStore *self);

G_END_DECLS
