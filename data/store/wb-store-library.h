#pragma once

#include "data/store/wb-store.h"

G_BEGIN_DECLS

typedef enum
{
  WB_LIBRARY_MODEL,
  WB_LIBRARY_DATASET,
} WbLibraryKind;

/* One file of an entry: path inside its folder, size in bytes, checksum in hexadecimal digits. */
typedef struct
{
  char  *path;
  gint64 size;
  char  *sha256;
} WbLibraryFile;

WbLibraryFile *wb_library_file_new (const char *path, gint64 size, const char *sha256);
void           wb_library_file_free (WbLibraryFile *self);

/**
 * WbLibraryRecord:
 *
 * A model or a data set that was imported.  Names differ by more than case within a kind.
 */
typedef struct
{
  gint64        id;
  WbLibraryKind kind;
  char         *name;
  char         *path;       /* absolute folder */
  char         *type;       /* model: "deberta-v2"; data set: its task */
  gboolean      linked;     /* lies outside the home; removing the entry leaves it there */
  gint64        size;       /* bytes of all files; set on insertion */
  gint64        parameters; /* model; 0: not known */
  gint64        added;      /* microseconds since 1970 UTC; 0 on insertion: now */
  GPtrArray    *files;      /* (element-type WbLibraryFile) */
} WbLibraryRecord;

WbLibraryRecord *wb_library_record_new (WbLibraryKind kind);
void             wb_library_record_free (WbLibraryRecord *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbLibraryRecord, wb_library_record_free)

/* %WB_STORE_ERROR_EXISTS when the name is taken. */
gboolean wb_store_insert_library (WbStore *self, WbLibraryRecord *record, GError **error);
/* (transfer full): %WB_STORE_ERROR_NOT_FOUND; case does not matter. */
WbLibraryRecord *
wb_store_get_library (WbStore *self, WbLibraryKind kind, const char *name, GError **error);
/* (transfer full) (element-type WbLibraryRecord): by name, with their files. */
GPtrArray *wb_store_list_library (WbStore *self, WbLibraryKind kind, GError **error);
gboolean   wb_store_delete_library (WbStore *self, gint64 id, GError **error);

G_END_DECLS
