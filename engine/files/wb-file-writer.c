#define _GNU_SOURCE /* O_TMPFILE */

#include "config.h"

#include "engine/files/wb-file-writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "engine/core/wb-engine-error.h"

struct _WbFileWriter
{
  char    *path;
  char    *beside; /* (nullable): its name until it is renamed */
  gboolean named;  /* whether it has that name already */
  int      fd;
};

static gboolean
fail (const WbFileWriter *self, const char *what, GError **error)
{
  const int code = errno;

  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_DEVICE, "%s could not be %s: %s%s",
               self->path, what, g_strerror (code),
               code == ENOSPC || code == EDQUOT ? "; free some space there" : "");
  return FALSE;
}

/* A file without a name goes with the process, however that ends.  -1: not every file system has
 * them, and it gets its name through /proc. */
static int
open_nameless (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  const int        fd = open (folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
  char             link[32];

  g_snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  if (fd < 0 || access (link, F_OK) == 0)
    return fd;
  close (fd);
  return -1;
}

static gboolean
give_name (WbFileWriter *self)
{
  char link[32];

  g_snprintf (link, sizeof link, "/proc/self/fd/%d", self->fd);
  if (!self->named)
    self->named = linkat (AT_FDCWD, link, AT_FDCWD, self->beside, AT_SYMLINK_FOLLOW) == 0;
  return self->named;
}

WbFileWriter *
wb_file_writer_new (const char *path, GError **error)
{
  static gint number;
  g_autoptr (WbFileWriter) self = g_new0 (WbFileWriter, 1);

  self->path = g_strdup (path);
  self->beside =
      g_strdup_printf ("%s.%d-%d.part", path, (int) getpid (), g_atomic_int_add (&number, 1));
  self->fd = open_nameless (path);
  self->named = self->fd < 0;
  if (self->fd < 0)
    self->fd = open (self->beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (self->fd < 0)
    {
      fail (self, "created", error);
      g_clear_pointer (&self->beside, g_free);
      return NULL;
    }
  return g_steal_pointer (&self);
}

gboolean
wb_file_writer_write (WbFileWriter *self, gconstpointer data, gsize length, GError **error)
{
  const char *p = data;

  while (length > 0)
    {
      const gssize n = write (self->fd, p, MIN (length, 1u << 30));

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return fail (self, "written", error);
      p += n;
      length -= (gsize) n;
    }
  return TRUE;
}

/* A rename is on the disk when its folder is.  Some file systems cannot sync a folder: they are
 * not asked twice. */
static gboolean
sync_folder (const WbFileWriter *self, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  const int        fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean         ok = TRUE;

  if (fd < 0)
    return TRUE;
  if (fsync (fd) != 0 && errno != EINVAL && errno != ENOTSUP)
    ok = fail (self, "synced with its folder", error);
  close (fd);
  return ok;
}

gboolean
wb_file_writer_commit (WbFileWriter *self, GError **error)
{
  int fd;

  if (fsync (self->fd) != 0)
    return fail (self, "synced", error);
  if (!give_name (self))
    return fail (self, "named", error);
  fd = self->fd;
  self->fd = -1;
  if (close (fd) != 0)
    return fail (self, "closed", error);
  if (rename (self->beside, self->path) != 0)
    return fail (self, "renamed into place", error);
  g_clear_pointer (&self->beside, g_free);
  return sync_folder (self, error);
}

void
wb_file_writer_free (WbFileWriter *self)
{
  if (self == NULL)
    return;
  if (self->fd >= 0)
    close (self->fd);
  if (self->beside != NULL && self->named)
    unlink (self->beside);
  g_free (self->beside);
  g_free (self->path);
  g_free (self);
}
