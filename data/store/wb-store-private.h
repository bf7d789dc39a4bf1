#pragma once

#include <sqlite3.h>

#include "data/store/wb-store.h"

G_BEGIN_DECLS

#define WB_STORE_APPLICATION_ID 0x57625374 /* "WbSt": tells our files from other SQLite files */

struct _WbStore
{
  sqlite3    *db;
  char       *path;
  gboolean    on_network;
  GHashTable *statements; /* SQL literal -> sqlite3_stmt, compared by address */
  GHashTable *series;     /* name -> id of table series; dropped at a rollback */
  guint       depth;      /* of wb_store_begin() */
  gboolean    failed;     /* somebody inside rolled back */
  gint64      waiting_since;
  guint64     data_version;
};

/* A step of the schema: the SQL that takes version i to i + 1. */
typedef const char *const WbMigration;

/* Looks only, so that a file of a later version or of another program stays as it is. */
gboolean wb_store_check_file (WbStore *self, guint n, gint64 *version, GError **error);

/* Brings the file to version @n, in one transaction; refuses a later version and foreign files. */
gboolean wb_store_migrate (WbStore *self, WbMigration *migrations, guint n, GError **error);
extern WbMigration wb_store_migrations[];
extern const guint wb_store_n_migrations;

/* As wb_store_open(), which chooses @on_network by the file system. */
WbStore *wb_store_open_full (const char  *home,
                             gboolean     on_network,
                             WbMigration *migrations,
                             guint        n_migrations,
                             GError     **error);
gboolean wb_file_system_is_network (guint64 magic); /* of statfs() */

/* Sets @error unless @rc says that all went well (OK, ROW, DONE). */
gboolean wb_store_check (WbStore *self, int rc, GError **error);

/* Runs statements without parameters or rows. */
gboolean wb_store_exec (WbStore *self, const char *sql, GError **error);

/* (transfer none): cached by the address of @sql, which is a literal; reset and without bindings.
 */
sqlite3_stmt *wb_store_prepare (WbStore *self, const char *sql, GError **error);

/* The next row: SQLITE_ROW or SQLITE_DONE; SQLITE_ERROR with @error set. */
int wb_store_step (WbStore *self, sqlite3_stmt *stmt, GError **error);

/* Always called after the last step: a statement left in the middle keeps its lock. */
void wb_store_reset (sqlite3_stmt *stmt);

/* One write of its own: transaction, step, reset. */
gboolean wb_store_run (WbStore *self, sqlite3_stmt *stmt, GError **error);

/* The same for a write to the row @id of the table named @what, which must be there. */
gboolean wb_store_run_on_row (WbStore      *self,
                              sqlite3_stmt *stmt,
                              const char   *what,
                              gint64        id,
                              GError      **error);

/* SQLite keeps no NaN: it is stored as NULL and comes back as NaN. */
void   wb_store_bind_text (sqlite3_stmt *stmt, int i, const char *text);
double wb_store_column_double (sqlite3_stmt *stmt, int i);
char  *wb_store_dup_column (sqlite3_stmt *stmt, int i);

G_END_DECLS
