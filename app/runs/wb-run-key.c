/* Which runs differ in nothing but their seed. */
#include <string.h>

#include "app/runs/wb-run-private.h"

#define FNV_START G_GUINT64_CONSTANT (14695981039346656037)
#define FNV_PRIME G_GUINT64_CONSTANT (1099511628211)

/* Lines of group [run] that are a run's own. */
static gboolean
is_own (const char *line, gsize length)
{
  static const char *const own[] = { "expected-seconds=", "name=", "out=", "seed=" };

  for (gsize i = 0; i < G_N_ELEMENTS (own); i++)
    if (length >= strlen (own[i]) && strncmp (line, own[i], strlen (own[i])) == 0)
      return TRUE;
  return FALSE;
}

/* FNV-1a, over the frozen text as it was written: a run's settings are always written in one way,
 * so they need not be parsed, which would take a second for 10,000 of them. */
guint64
wb_run_compute_settings_key (WbRun *self)
{
  const char *text = wb_run_get_record (self)->settings;
  guint64     hash = FNV_START;
  gboolean    in_run = FALSE;

  while (text != NULL && *text != '\0')
    {
      const gsize length = strcspn (text, "\n");

      if (*text == '[')
        in_run = length == 5 && strncmp (text, "[run]", 5) == 0;
      if (!in_run || !is_own (text, length))
        for (gsize i = 0; i <= length && text[i] != '\0'; i++)
          hash = (hash ^ (guchar) text[i]) * FNV_PRIME;
      text += length + (text[length] == '\n');
    }
  return hash;
}
