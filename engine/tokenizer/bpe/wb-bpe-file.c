#include "config.h"

#include <string.h>

#include "engine/core/wb-engine-error.h"
#include "engine/files/wb-json-scan.h"
#include "engine/files/wb-json-walk.h"
#include "engine/tokenizer/bpe/wb-bpe-file-private.h"

/* vocab.json and merges.txt, as Hugging Face writes them. */

static gboolean
fail_line (GError **error, const char *name, gsize line, const char *why)
{
  wb_engine_error_set (error, WB_ENGINE_ERROR_INVALID, "%s: line %" G_GSIZE_FORMAT ": %s", name,
                       line, why);
  return FALSE;
}

/* vocab.json */

static gboolean
read_token (WbBpe *self, WbJsonWalk *walk, GString *scratch, const char *name, GError **error)
{
  gsize       length;
  gint64      id;
  const char *text = wb_json_walk_key (walk, scratch, &length);

  if (!wb_json_walk_integer (walk, &id) || id < 0 || id >= WB_BPE_MAX_IDS)
    return fail_line (
        error, name, wb_json_walk_get_line (walk),
        "a token whose id is not a whole number from 0 to " G_STRINGIFY (WB_BPE_MAX_IDS));
  if (wb_bpe_add_token (self, text, length, (gint32) id, error))
    return TRUE;
  g_prefix_error (error, "%s: line %" G_GSIZE_FORMAT ": ", name, wb_json_walk_get_line (walk));
  return FALSE;
}

static gboolean
read_vocab (WbBpe *self, const char *text, gsize size, const char *name, GError **error)
{
  g_autoptr (GString) scratch = g_string_new (NULL);
  WbJsonWalk walk;

  if (!wb_json_scan (text, size, name, error))
    return FALSE;
  wb_json_walk_init (&walk, text, size);
  if (!wb_json_walk_enter (&walk, '{'))
    return fail_line (error, name, 1, "must be an object of tokens and their ids");
  while (wb_json_walk_next (&walk))
    if (!read_token (self, &walk, scratch, name, error))
      return FALSE;
  return TRUE;
}

/* merges.txt */

static gboolean
read_merge (WbBpe      *self,
            const char *line,
            gsize       length,
            gsize       number,
            const char *name,
            GError    **error)
{
  const char *blank = memchr (line, ' ', length);
  const gsize left = blank != NULL ? (gsize) (blank - line) : 0;
  const gsize right = blank != NULL ? length - left - 1 : 0;

  if (left == 0 || right == 0 || memchr (blank + 1, ' ', right) != NULL)
    return fail_line (error, name, number, "must be two strings with one blank between them");
  if (memchr (line, '\0', length) != NULL || !g_utf8_validate_len (line, length, NULL))
    return fail_line (error, name, number, "is not UTF-8");
  wb_bpe_add_merge (self, line, left, blank + 1, right, number);
  return TRUE;
}

static gboolean
read_merges (WbBpe *self, const char *text, gsize size, const char *name, GError **error)
{
  static const char header[] = "#version";
  const gsize       n = strlen (header);
  const char       *end = text + size;

  for (gsize number = 1; text < end; number++)
    {
      const char *stop = memchr (text, '\n', (gsize) (end - text));
      const char *line = text;
      gsize       length = (gsize) ((stop != NULL ? stop : end) - line);
      text = stop != NULL ? stop + 1 : end;
      if (length > 0 && line[length - 1] == '\r')
        length--;
      if (length == 0 || (number == 1 && length >= n && memcmp (line, header, n) == 0))
        continue;
      if (!read_merge (self, line, length, number, name, error))
        return FALSE;
    }
  return TRUE;
}

static const char * /* never NULL */
get_text (GBytes *bytes, gsize *size)
{
  const char *text = g_bytes_get_data (bytes, size);

  return text != NULL ? text : "";
}

WbBpe *
wb_bpe_file_parse (GBytes     *vocab,
                   const char *vocab_name,
                   GBytes     *merges,
                   const char *merges_name,
                   GError    **error)
{
  g_autoptr (WbBpe) self = wb_bpe_new ();
  gsize       size;
  const char *text = get_text (vocab, &size);

  if (!read_vocab (self, text, size, vocab_name, error))
    return NULL;
  text = get_text (merges, &size);
  if (!read_merges (self, text, size, merges_name, error))
    return NULL;
  if (wb_bpe_close (self, "line", error))
    return g_steal_pointer (&self);
  g_prefix_error (error, "%s: ", merges_name);
  return NULL;
}
