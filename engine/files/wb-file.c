#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/core/wb-engine-error.h"
#include "engine/files/wb-file.h"
#include "engine/files/wb-json-scan.h"

#define MAX_JSON_BYTES (16u << 20)

static gboolean
fail (GError **error, WbEngineError code, const char *path, const char *why)
{
  g_set_error (error, WB_ENGINE_ERROR, code, "%s: %s", path, why);
  return FALSE;
}

static gboolean /* non-blocking: a pipe in a model's folder must not hang us */
open_regular (const char *path, gsize max_bytes, int *fd, gsize *size, GError **error)
{
  struct stat info;

  *fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (*fd < 0)
    return fail (error, WB_ENGINE_ERROR_MISSING, path, g_strerror (errno));
  if (fstat (*fd, &info) != 0 || !S_ISREG (info.st_mode))
    return fail (error, WB_ENGINE_ERROR_INVALID, path, "is not a regular file");
  if (info.st_size < 0 || (guint64) info.st_size > max_bytes)
    {
      g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID,
                   "%s: has %" G_GINT64_FORMAT " bytes; at most %" G_GSIZE_FORMAT
                   " make sense here",
                   path, (gint64) info.st_size, max_bytes);
      return FALSE;
    }
  *size = (gsize) info.st_size;
  return TRUE;
}

static gssize /* a file that shrinks or grows meanwhile gives what was there, at most @size */
read_all (int fd, char *data, gsize size)
{
  gsize done = 0;

  while (done < size)
    {
      const gssize n = read (fd, data + done, size - done);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return -1;
      if (n == 0)
        break;
      done += (gsize) n;
    }
  return (gssize) done;
}

GBytes *
wb_file_read (const char *path, gsize max_bytes, GError **error)
{
  g_autofree char *data = NULL;
  gsize            size = 0;
  gssize           n = -1;
  int              fd = -1;

  g_return_val_if_fail (path != NULL && max_bytes < G_MAXSSIZE, NULL);

  if (open_regular (path, max_bytes, &fd, &size, error))
    {
      data = g_try_malloc (size + 1);
      n = data == NULL ? -1 : read_all (fd, data, size);
      if (n < 0)
        fail (error, WB_ENGINE_ERROR_MISSING, path,
              data == NULL ? "no memory" : g_strerror (errno));
    }
  if (fd >= 0)
    close (fd);
  if (n < 0)
    return NULL;
  data[n] = '\0';
  return g_bytes_new_take (g_steal_pointer (&data), (gsize) n);
}

JsonNode *
wb_json_parse (const char *text, gssize length, const char *name, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) reason = NULL;
  const gsize n = length < 0 ? strlen (text) : (gsize) length;

  if (!wb_json_scan (text, n, name, error))
    return NULL;
  if (!json_parser_load_from_data (parser, text, (gssize) n, &reason))
    {
      fail (error, WB_ENGINE_ERROR_INVALID, name, reason->message);
      return NULL;
    }
  return json_node_ref (json_parser_get_root (parser));
}

JsonNode *
wb_json_load (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = wb_file_read (path, MAX_JSON_BYTES, error);
  gsize       size;
  const char *text;

  if (bytes == NULL)
    return NULL;
  text = g_bytes_get_data (bytes, &size);
  return wb_json_parse (text != NULL ? text : "", (gssize) size, path, error);
}
