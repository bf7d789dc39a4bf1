#define _GNU_SOURCE

#include "app/worker/wb-lock-private.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "app/core/wb-app-error.h"

static struct flock
whole_file (void)
{
  return (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET };
}

int
wb_lock_take (const char *path, GError **error)
{
  struct flock lock = whole_file ();
  const int    fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  if (fd < 0)
    {
      g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_HOME, "%s cannot be made: %s", path,
                   g_strerror (errno));
      return -1;
    }
  if (fcntl (fd, F_OFD_SETLK, &lock) == 0)
    return fd;
  close (fd);
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_BUSY, "%s is held by another process", path);
  return -1;
}

void
wb_lock_free (int lock)
{
  if (lock >= 0)
    close (lock);
}

gboolean
wb_lock_is_free (const char *path)
{
  struct flock lock = whole_file ();
  const int    fd = open (path, O_RDWR | O_CLOEXEC);
  gboolean     is_free;

  if (fd < 0)
    return TRUE;
  is_free = fcntl (fd, F_OFD_GETLK, &lock) == 0 && lock.l_type == F_UNLCK;
  close (fd);
  return is_free;
}

char *
wb_lock_dup_device_path (WbWorkspace *workspace)
{
  return wb_workspace_dup_path (workspace, "locks", "cpu", NULL);
}
