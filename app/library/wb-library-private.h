#pragma once

#include "app/library/wb-library.h"
#include "data/store/wb-store-library.h"

G_BEGIN_DECLS

/* In a folder that is in place while its row is not certain to be. */
#define WB_LIBRARY_MARKER ".importing"
/* Beginning of the names of folders that are being written or removed. */
#define WB_LIBRARY_TEMPORARY ".import-"
#define WB_LIBRARY_REMOVED ".removed-"

WbLibraryKind wb_library_get_kind (WbLibrarySection section);
const char   *wb_library_get_folder_name (WbLibrarySection section); /* "models", "datasets" */
const char   *wb_library_get_noun (WbLibrarySection section);        /* "model", "data set" */

/* The lock that imports, removals and cleaning hold; -1 with @error.  Waits until it is free. */
int wb_library_take_lock (WbWorkspace *workspace, GCancellable *cancellable, GError **error);

/* The entry of a name; WB_APP_ERROR_MISSING. */
WbLibraryRecord *wb_library_get_record (WbWorkspace     *workspace,
                                        WbLibrarySection section,
                                        const char      *name,
                                        GError         **error);

/* ---- wb-library-plan.c ---- */

/* A release of the authors' in one file.  What torch.save() wrote is a zip file too, but not named
 * so. */
gboolean wb_library_is_release (WbLibrarySection section, const char *path);

/* (transfer full): the folder or zip file that an import's source means. */
char *wb_library_find_source (WbLibrarySection section, const WbImport *import, GError **error);

/* (transfer full): what can be said before any file is looked into: a free name, and the task. */
WbLibraryRecord *wb_library_plan_import (WbWorkspace     *workspace,
                                         WbLibrarySection section,
                                         const WbImport  *import,
                                         const char      *source,
                                         GError         **error);

/* ---- wb-library-check.c ---- */

/* Whether @record's folder holds what its kind and type say; sets type (a model's) and
 * parameters. */
gboolean wb_library_check (WbLibraryRecord *record, const char *folder, GError **error);

/* Reads what has checksums of its own (a model's weights as torch.save() writes them) and compares:
 * a download that was damaged before it came here has the same SHA-256 ever after. */
gboolean wb_library_check_sums (const WbLibraryRecord *record, const char *folder, GError **error);

/* Adds the files of @folder that belong to the entry, with their sizes, without checksums. */
gboolean wb_library_list_files (WbLibraryRecord *record, const char *folder, GError **error);

/* ---- wb-library-copy.c ---- */

/**
 * wb_library_copy_files:
 * @target: (nullable): empty folder; %NULL: only read
 *
 * Reads every file of @record in @source once: sets its checksum and size, and writes it to
 * @target, synced.
 */
gboolean wb_library_copy_files (WbLibraryRecord *record,
                                const char      *source,
                                const char      *target,
                                const WbImport  *import,
                                GError         **error);

/* (transfer full): SHA-256 in hexadecimal digits. */
char *wb_library_hash_file (const char *path, guint64 *size, GError **error);

G_END_DECLS
