#include "app/cli/wb-cli.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "app/core/wb-app-error.h"

#define REDRAW_MICROSECONDS 100000 /* small models make thousands of steps a second */

/* One line whatever the message holds: a line end inside becomes a space. */
static void
print_error_line (const char *message)
{
  g_autofree char *line = g_strdup (message);

  g_strdelimit (line, "\r\n", ' ');
  g_printerr ("deberta-workbench: %s\n", line);
}

int
wb_cli_fail (GError *error)
{
  const int status =
      g_error_matches (error, WB_APP_ERROR, WB_APP_ERROR_USAGE) ? WB_EXIT_USAGE : WB_EXIT_FAILED;

  print_error_line (error->message);
  g_error_free (error);
  return status;
}

int
wb_cli_usage (const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list          list;

  va_start (list, format);
  message = g_strdup_vprintf (format, list);
  va_end (list);
  print_error_line (message);
  return WB_EXIT_USAGE;
}

void
wb_cli_print (const char *format, ...)
{
  va_list list;

  va_start (list, format);
  vfprintf (stdout, format, list);
  va_end (list);
  fflush (stdout);
}

void
wb_cli_note (WbCli *cli, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list          list;

  if (!cli->verbose)
    return;
  va_start (list, format);
  message = g_strdup_vprintf (format, list);
  va_end (list);
  wb_cli_progress_clear (cli);
  g_printerr ("%s\n", message);
}

static char *
dup_time_left (double seconds)
{
  if (!isfinite (seconds) || seconds < 0)
    return g_strdup ("");
  if (seconds < 100)
    return g_strdup_printf ("%.0f s left", seconds);
  if (seconds < 100 * 60)
    return g_strdup_printf ("%.0f min left", seconds / 60);
  return g_strdup_printf ("%.1f h left", seconds / 3600);
}

void
wb_cli_progress (WbCli      *cli,
                 const char *phase,
                 double      fraction,
                 const char *rate,
                 double      seconds_left)
{
  g_autofree char *left = dup_time_left (seconds_left);
  char             bar[21];

  if (!cli->terminal || cli->json ||
      g_get_monotonic_time () - cli->drawn_time < REDRAW_MICROSECONDS)
    return;
  cli->drawn_time = g_get_monotonic_time ();
  if (fraction >= 0)
    {
      const int full = (int) (CLAMP (fraction, 0, 1) * 20);
      for (int i = 0; i < 20; i++)
        bar[i] = i < full ? '#' : '.';
      bar[20] = '\0';
      g_printerr ("\r\033[K%s [%s] %3.0f %%  %s  %s", phase, bar, CLAMP (fraction, 0, 1) * 100,
                  rate != NULL ? rate : "", left);
    }
  else
    g_printerr ("\r\033[K%s  %s  %s", phase, rate != NULL ? rate : "", left);
}

void
wb_cli_progress_clear (WbCli *cli)
{
  if (cli->terminal && !cli->json && cli->drawn_time != 0)
    g_printerr ("\r\033[K");
  cli->drawn_time = 0;
}

static void
print_cell (const char *text, glong width, gboolean right, gboolean last)
{
  const glong pad = width - g_utf8_strlen (text, -1);

  if (right)
    printf ("%*s%s", (int) MAX (pad, 0), "", text);
  else
    printf ("%s%*s", text, last ? 0 : (int) MAX (pad, 0), "");
  fputs (last ? "\n" : "  ", stdout);
}

static void
print_row (const char *const *cells, const char *align, const glong *widths, gsize n)
{
  for (gsize i = 0; i < n; i++)
    print_cell (cells[i], widths[i], align[i] == 'r', i + 1 == n);
}

void
wb_cli_print_table (const char *const *headings, const char *align, GPtrArray *rows)
{
  const gsize       n = strlen (align);
  g_autofree glong *widths = g_new0 (glong, n);

  for (gsize i = 0; i < n; i++)
    widths[i] = g_utf8_strlen (headings[i], -1);
  for (guint r = 0; r < rows->len; r++)
    for (gsize i = 0; i < n; i++)
      {
        const char *const *cells = rows->pdata[r];
        widths[i] = MAX (widths[i], g_utf8_strlen (cells[i], -1));
      }
  print_row (headings, align, widths, n);
  for (guint r = 0; r < rows->len; r++)
    print_row (rows->pdata[r], align, widths, n);
  fflush (stdout);
}
