#pragma once

#include <gio/gio.h>

#include "app/core/wb-workspace.h"

G_BEGIN_DECLS

typedef enum
{
  WB_LIBRARY_MODELS,
  WB_LIBRARY_DATASETS,
} WbLibrarySection;

/* @done of @total bytes; @file: what is read now.  In the caller's thread. */
typedef void (*WbLibraryProgress) (const char *file, guint64 done, guint64 total, gpointer data);

/**
 * WbImport:
 * @source: folder; for a model also "owner/name" in the Hugging Face cache, or an original
 * release's zip file
 * @name: (nullable): in the library; else the folder's
 * @task: (nullable): of a data set; else guessed from the folder's name
 * @link: leave the files where they are and keep their path and checksums only
 * @cancellable, @progress, @data: (nullable)
 */
typedef struct
{
  const char       *source;
  const char       *name;
  const char       *task;
  gboolean          link;
  GCancellable     *cancellable;
  WbLibraryProgress progress;
  gpointer          data;
} WbImport;

/**
 * wb_library_import:
 * @error: what is wrong with the files in the words of their readers (file, tensor, line);
 * WB_APP_ERROR_MISSING (no such folder, nothing to import in it), _FAILED (the name is taken),
 * _USAGE (no name), _SPACE, _HOME; G_IO_ERROR_CANCELLED
 *
 * Checks a model (configuration, weights against it, tokenizer) or a data set (every row of every
 * split), then copies its files with their checksums.  The files are written aside, synced and
 * renamed together with the row of the store: an import that fails or is killed leaves nothing that
 * counts, and what it leaves on the disk goes at the next start.  Another import of the same home
 * is waited for.  Main thread.
 *
 * Returns: (transfer full): the name in the library
 */
char *wb_library_import (WbWorkspace     *workspace,
                         WbLibrarySection section,
                         const WbImport  *import,
                         GError         **error);

/* Takes an entry out of the library; the files too, unless they are linked. */
gboolean wb_library_remove (WbWorkspace     *workspace,
                            WbLibrarySection section,
                            const char      *name,
                            GError         **error);

/**
 * wb_library_verify:
 * @problems: (out) (transfer full): one line for each file that is missing, changed or cannot be
 * read, and for what the readers say; %NULL-terminated
 *
 * Reads every file of an entry and compares it with its checksum, then checks the whole as an
 * import does.  %FALSE with @problems when something is wrong, %FALSE with @error when there is no
 * such entry.
 */
gboolean wb_library_verify (WbWorkspace     *workspace,
                            WbLibrarySection section,
                            const char      *name,
                            char          ***problems,
                            GError         **error);

/* Removes what interrupted imports and removals have left; quick when there is nothing. */
void wb_library_clean (WbWorkspace *workspace);

G_END_DECLS
