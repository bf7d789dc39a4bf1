/* What runs that differ in their seed have in common in their names. */
#include <string.h>

#include "app/runs/wb-run-row-private.h"

static gsize
common_length (const char *a, const char *b, gsize limit)
{
  gsize i = 0;

  while (i < limit && a[i] != '\0' && a[i] == b[i])
    i++;
  return i;
}

static gboolean
is_separator (char c)
{
  return c != '\0' && strchr (" ,;:-_/.#()[]=", c) != NULL;
}

static gsize
without_separators (const char *text, gsize n)
{
  while (n > 0 && is_separator (text[n - 1]))
    n--;
  return n;
}

/* "run, seed" and "run s" without the word; one that is nothing but it stays. */
static gsize
without_seed (const char *text, gsize n)
{
  static const char *const words[] = { "seeds", "seed", "s" };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      const gsize length = strlen (words[i]);

      if (n > length && is_separator (text[n - length - 1]) &&
          g_ascii_strncasecmp (text + n - length, words[i], length) == 0)
        return without_separators (text, n - length);
    }
  return n;
}

char *
wb_run_names_dup_common (const char *const *names, gsize n)
{
  gsize length = n > 0 ? strlen (names[0]) : 0;
  gsize whole = length;

  for (gsize i = 1; i < n; i++)
    {
      length = common_length (names[0], names[i], length);
      whole = MIN (whole, strlen (names[i]));
    }
  if (n == 0 || (length == whole && length == strlen (names[0])))
    return g_strndup (n > 0 ? names[0] : "", length);     /* all alike, or the shortest is in all */
  while (length > 0 && (names[0][length] & 0xc0) == 0x80) /* not inside a character */
    length--;
  while (length > 0 && g_ascii_isdigit (names[0][length - 1]))
    length--; /* "seed 1" of 10 and 11 */
  length = without_separators (names[0], length);
  return g_strndup (names[0], without_seed (names[0], length));
}
