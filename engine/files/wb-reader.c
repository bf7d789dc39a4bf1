#include "config.h"

#include "engine/files/wb-reader.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/core/wb-engine-error.h"

#define AT_ONCE ((gsize) 1 << 30)

gboolean
wb_reader_fail (const WbReader *self, GError **error, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list          args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  wb_engine_error_set (error, WB_ENGINE_ERROR_INVALID, "%s: %s", self->path, message);
  return FALSE;
}

WbReader *
wb_reader_open (const char *path, GError **error)
{
  g_autoptr (WbReader) self = g_new0 (WbReader, 1);
  struct stat info;

  g_return_val_if_fail (path != NULL, NULL);

  self->path = g_strdup (path);
  self->fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (self->fd < 0 || fstat (self->fd, &info) != 0)
    {
      wb_engine_error_set (error, WB_ENGINE_ERROR_MISSING, "%s: %s", path, g_strerror (errno));
      return NULL;
    }
  if (!S_ISREG (info.st_mode))
    {
      wb_reader_fail (self, error, "is not a regular file");
      return NULL;
    }
  self->size = (guint64) info.st_size;
  return g_steal_pointer (&self);
}

void
wb_reader_free (WbReader *self)
{
  if (self == NULL)
    return;
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->path);
  g_free (self);
}

gboolean
wb_reader_read (const WbReader *self, guint64 offset, void *data, gsize length, GError **error)
{
  for (gsize done = 0; done < length;)
    {
      const gssize n = pread (self->fd, (char *) data + done, MIN (length - done, AT_ONCE),
                              (off_t) (offset + done));

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return wb_reader_fail (self, error, "byte %" G_GUINT64_FORMAT " could not be read: %s",
                               offset + done, g_strerror (errno));
      if (n == 0)
        return wb_reader_fail (self, error, "ends at byte %" G_GUINT64_FORMAT ": truncated",
                               offset + done);
      done += (gsize) n;
    }
  return TRUE;
}

guint8 *
wb_reader_dup (const WbReader *self, guint64 offset, gsize length, GError **error)
{
  g_autofree guint8 *data = NULL;

  if (offset > self->size || length > self->size - offset)
    {
      wb_reader_fail (self, error,
                      "bytes %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT
                      " are asked for, but it has %" G_GUINT64_FORMAT ": truncated",
                      offset, offset + length, self->size);
      return NULL;
    }
  data = g_try_malloc (length + 1);
  if (data == NULL)
    {
      wb_engine_error_set (error, WB_ENGINE_ERROR_OUT_OF_MEMORY,
                           "%s: there is no memory for %zu bytes of it", self->path, length);
      return NULL;
    }
  if (!wb_reader_read (self, offset, data, length, error))
    return NULL;
  data[length] = '\0';
  return g_steal_pointer (&data);
}
