#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/core/wb-app-error.h"
#include "app/library/wb-library-private.h"

#define CHUNK ((gsize) 1 << 20)

/* One file on its way. */
typedef struct
{
  const char     *name; /* as shown */
  const char     *from;
  const char     *to; /* NULL: only read */
  int             in;
  int             out;
  guint8         *chunk;
  GChecksum      *checksum;
  guint64         size;
  const WbImport *import; /* NULL: nobody watches */
  guint64         done;   /* bytes before this file */
  guint64         total;
} Copy;

static gboolean
fail (GError **error, const char *path, const char *what, int saved_errno)
{
  const gboolean full = saved_errno == ENOSPC || saved_errno == EDQUOT;

  g_set_error (error, WB_APP_ERROR, full ? WB_APP_ERROR_SPACE : WB_APP_ERROR_FAILED,
               full ? "%s cannot be %s: the disk is full; nothing was imported, free some space"
                    : "%s cannot be %s: %s",
               path, what, g_strerror (saved_errno));
  return FALSE;
}

/* A pipe or a device in a folder is not waited for. */
static gboolean
open_source (Copy *self, GError **error)
{
  struct stat status;

  self->in = open (self->from, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (self->in < 0 || fstat (self->in, &status) != 0)
    return fail (error, self->from, "read", errno);
  return S_ISREG (status.st_mode) || fail (error, self->from, "read", EINVAL);
}

static gboolean
open_target (Copy *self, GError **error)
{
  if (self->to == NULL)
    return TRUE;
  self->out = open (self->to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  return self->out >= 0 || fail (error, self->to, "written", errno);
}

static gboolean
write_chunk (Copy *self, gsize n, GError **error)
{
  for (gsize at = 0; self->out >= 0 && at < n;)
    {
      gssize written = write (self->out, self->chunk + at, n - at);

      if (written < 0 && errno != EINTR)
        return fail (error, self->to, "written", errno);
      at += written > 0 ? (gsize) written : 0;
    }
  return TRUE;
}

static gboolean
move_bytes (Copy *self, GError **error)
{
  gssize n;

  while ((n = read (self->in, self->chunk, CHUNK)) != 0)
    {
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return fail (error, self->from, "read", errno);
      g_checksum_update (self->checksum, self->chunk, n);
      self->size += (guint64) n;
      if (!write_chunk (self, (gsize) n, error))
        return FALSE;
      if (self->import != NULL && self->import->progress != NULL)
        self->import->progress (self->name, MIN (self->done + self->size, self->total), self->total,
                                self->import->data);
      if (self->import != NULL &&
          g_cancellable_set_error_if_cancelled (self->import->cancellable, error))
        return FALSE;
    }
  return self->out < 0 || fsync (self->out) == 0 || fail (error, self->to, "written", errno);
}

/* (transfer full): the checksum */
static char *
run_copy (Copy *self, GError **error)
{
  g_autofree guint8 *chunk = g_malloc (CHUNK);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gboolean ok;

  self->in = self->out = -1;
  self->chunk = chunk;
  self->checksum = checksum;
  ok = open_source (self, error) && open_target (self, error) && move_bytes (self, error);
  if (self->in >= 0)
    close (self->in);
  if (self->out >= 0 && close (self->out) != 0 && ok)
    ok = fail (error, self->to, "written", errno);
  return ok ? g_strdup (g_checksum_get_string (checksum)) : NULL;
}

static guint64
total_size (const WbLibraryRecord *record)
{
  guint64 total = 0;

  for (guint i = 0; i < record->files->len; i++)
    total += (guint64) ((WbLibraryFile *) record->files->pdata[i])->size;
  return total;
}

gboolean
wb_library_copy_files (WbLibraryRecord *record,
                       const char      *source,
                       const char      *target,
                       const WbImport  *import,
                       GError         **error)
{
  const guint64 total = total_size (record);
  guint64       done = 0;

  for (guint i = 0; i < record->files->len; i++)
    {
      WbLibraryFile   *file = record->files->pdata[i];
      g_autofree char *from = g_build_filename (source, file->path, NULL);
      g_autofree char *to = target != NULL ? g_build_filename (target, file->path, NULL) : NULL;
      Copy             copy = { .name = file->path,
                                .from = from,
                                .to = to,
                                .import = import,
                                .done = done,
                                .total = total };

      g_free (file->sha256);
      file->sha256 = run_copy (&copy, error);
      if (file->sha256 == NULL)
        return FALSE;
      file->size = (gint64) copy.size;
      done += copy.size;
    }
  return TRUE;
}

char *
wb_library_hash_file (const char *path, guint64 *size, GError **error)
{
  Copy  copy = { .name = path, .from = path };
  char *sha256 = run_copy (&copy, error);

  *size = copy.size;
  return sha256;
}
