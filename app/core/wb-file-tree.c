#define _GNU_SOURCE

#include "app/core/wb-file-tree-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/core/wb-app-error.h"

static gboolean
fail (GError **error, const char *path, const char *what, int saved_errno)
{
  if (saved_errno == ENOSPC || saved_errno == EDQUOT)
    g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_SPACE,
                 "%s cannot be %s: the disk is full; free some space and resume", path, what);
  else
    g_set_error (error, G_FILE_ERROR, (gint) g_file_error_from_errno (saved_errno),
                 "%s cannot be %s: %s", path, what, g_strerror (saved_errno));
  return FALSE;
}

static gboolean
remove_entries (const char *path, GError **error)
{
  GDir       *dir = g_dir_open (path, 0, error);
  const char *name;
  gboolean    ok = dir != NULL;

  while (ok && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *entry = g_build_filename (path, name, NULL);
      ok = wb_tree_remove (entry, error);
    }
  g_clear_pointer (&dir, g_dir_close);
  return ok;
}

gboolean
wb_tree_remove (const char *path, GError **error)
{
  struct stat status;

  if (lstat (path, &status) != 0)
    return errno == ENOENT || fail (error, path, "read", errno);
  if (S_ISDIR (status.st_mode) && !remove_entries (path, error))
    return FALSE;
  return g_remove (path) == 0 || errno == ENOENT || fail (error, path, "removed", errno);
}

gboolean
wb_tree_make_empty (const char *path, GError **error)
{
  if (!wb_tree_remove (path, error))
    return FALSE;
  return g_mkdir_with_parents (path, 0700) == 0 || fail (error, path, "made", errno);
}

char *
wb_tree_make_beside (const char *path, GError **error)
{
  static gint      number;
  g_autofree char *parent = g_path_get_dirname (path);
  g_autofree char *folder =
      g_strdup_printf ("%s.%d-%d.part", path, (int) getpid (), g_atomic_int_add (&number, 1));

  if (g_mkdir_with_parents (parent, 0700) == 0 && g_mkdir (folder, 0700) == 0)
    return g_steal_pointer (&folder);
  fail (error, folder, "made", errno);
  return NULL;
}

static gboolean
sync_path (const char *path, GError **error)
{
  const int fd = open (path, O_RDONLY | O_CLOEXEC);
  gboolean  ok;
  int       saved_errno;

  if (fd < 0)
    return fail (error, path, "opened", errno);
  ok = fsync (fd) == 0;
  saved_errno = errno;
  close (fd);
  return ok || fail (error, path, "written", saved_errno);
}

gboolean
wb_tree_sync (const char *folder, GError **error)
{
  GDir       *dir = g_dir_open (folder, 0, error);
  const char *name;
  gboolean    ok = dir != NULL;

  while (ok && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      ok = sync_path (path, error);
    }
  g_clear_pointer (&dir, g_dir_close);
  return ok && sync_path (folder, error);
}

static gboolean
sync_parent (const char *path, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (path);
  return sync_path (parent, error);
}

/* Without RENAME_EXCHANGE (some network file systems): old aside, new in. */
static gboolean
replace_in_two_steps (const char *made, const char *place, GError **error)
{
  g_autofree char *old = g_strconcat (place, ".old", NULL);

  if (!wb_tree_remove (old, error))
    return FALSE;
  if (g_rename (place, old) != 0 && errno != ENOENT)
    return fail (error, place, "moved", errno);
  if (g_rename (made, place) != 0)
    return fail (error, place, "made", errno);
  return sync_parent (place, error) && wb_tree_remove (old, error);
}

gboolean
wb_tree_replace (const char *made, const char *place, GError **error)
{
  if (g_rename (made, place) == 0) /* nothing, or an empty folder, was there */
    return sync_parent (place, error);
  if (renameat2 (AT_FDCWD, made, AT_FDCWD, place, RENAME_EXCHANGE) == 0)
    return sync_parent (place, error) && wb_tree_remove (made, error);
  return replace_in_two_steps (made, place, error);
}

gboolean
wb_tree_place (const char *made, const char *place, GError **error)
{
  if (g_rename (made, place) == 0)
    return sync_parent (place, error);
  if (errno != ENOTEMPTY && errno != EEXIST && errno != ENOTDIR)
    return fail (error, place, "made", errno);
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_INVALID,
               "%s is there already and not empty; give a new folder", place);
  return FALSE;
}

/* A pipe, a terminal, /dev/stdout: something that renaming would replace instead of filling. */
static gboolean
is_special (const char *path)
{
  struct stat status;
  return stat (path, &status) == 0 && !S_ISREG (status.st_mode) && !S_ISDIR (status.st_mode);
}

static gboolean
write_special (const char *path, const char *text, gssize length, GError **error)
{
  FILE       *file = fopen (path, "we");
  const gsize n = length < 0 ? strlen (text) : (gsize) length;
  gboolean    ok;

  if (file == NULL)
    return fail (error, path, "opened", errno);
  ok = fwrite (text, 1, n, file) == n;
  ok = fclose (file) == 0 && ok;
  return ok || fail (error, path, "written", errno);
}

gboolean
wb_tree_write_file (const char *path, const char *text, gssize length, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (is_special (path))
    return write_special (path, text, length, error);
  if (g_file_set_contents_full (path, text, length,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0644,
                                &local))
    return TRUE;
  if (g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOSPC))
    return fail (error, path, "written", ENOSPC);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean
wb_tree_copy_file (const char *from, const char *to, GError **error)
{
  g_autoptr (GFile) source = g_file_new_for_path (from);
  g_autoptr (GFile) target = g_file_new_for_path (to);

  return g_file_copy (source, target, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, error);
}

guint64
wb_tree_get_size (const char *folder)
{
  GDir       *dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint64     size = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      struct stat      status;

      if (lstat (path, &status) == 0)
        size += S_ISDIR (status.st_mode) ? wb_tree_get_size (path) : (guint64) status.st_size;
    }
  g_clear_pointer (&dir, g_dir_close);
  return size;
}
