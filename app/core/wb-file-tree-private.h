#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Folders and files that must be whole or not there.  Any thread.  Errors are G_FILE_ERROR's
 * (message: path and what the system says) or WB_APP_ERROR_SPACE for a full disk. */

/* Removes a folder with all that is in it, or a file; what is not there is fine.  Follows no
 * links. */
gboolean wb_tree_remove (const char *path, GError **error);

/* Makes an empty folder, removing what was there. */
gboolean wb_tree_make_empty (const char *path, GError **error);

/* (transfer full): a new folder beside @path, "@path.PID-N.part": of nobody else, so that two that
 * write the same take nothing from each other. */
char *wb_tree_make_beside (const char *path, GError **error);

/* Puts every file of a folder (not of folders inside), and the folder itself, on the disk. */
gboolean wb_tree_sync (const char *folder, GError **error);

/**
 * wb_tree_replace:
 * @made: folder, whole and synced, beside @place
 * @place: where it shall be
 *
 * At no moment is there neither the old nor the new; where the file system can, the two change
 * places in one step.  The old one is then removed.
 */
gboolean wb_tree_replace (const char *made, const char *place, GError **error);

/* The same where nothing may be replaced: WB_APP_ERROR_INVALID when @place is more than an empty
 * folder. */
gboolean wb_tree_place (const char *made, const char *place, GError **error);

/* Writes beside, syncs, renames; into a pipe or device, where @path is one. */
gboolean wb_tree_write_file (const char *path, const char *text, gssize length, GError **error);
gboolean wb_tree_copy_file (const char *from, const char *to, GError **error);

guint64 wb_tree_get_size (const char *folder); /* bytes of its files, folders inside too */

G_END_DECLS
