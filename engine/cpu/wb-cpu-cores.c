#define _GNU_SOURCE /* CPU_ISSET */
#include "config.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "engine/cpu/wb-cpu-private.h"

/* Whether a thread of the same core as @cpu, with a smaller number, may be used too. */
static gboolean
has_earlier_sibling (int cpu, const cpu_set_t *allowed)
{
  g_autofree char *path =
      g_strdup_printf ("/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpu);
  g_autofree char *text = NULL;
  char            *p;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;
  for (p = text; g_ascii_isdigit (*p);)
    {
      long first = strtol (p, &p, 10), last = first;

      if (*p == '-')
        last = strtol (p + 1, &p, 10);
      for (long i = first; i <= last && i < cpu; i++)
        if (CPU_ISSET (i, allowed))
          return TRUE;
      if (*p == ',')
        p++;
    }
  return FALSE;
}

/* Physical cores of the affinity mask. */
static guint
count_allowed (void)
{
  cpu_set_t allowed;
  guint     n = 0;

  if (sched_getaffinity (0, sizeof allowed, &allowed) != 0)
    return MAX (1, g_get_num_processors ());
  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
    if (CPU_ISSET (cpu, &allowed) && !has_earlier_sibling (cpu, &allowed))
      n++;
  return MAX (1, n);
}

guint
wb_cpu_quota_parse (const char *text)
{
  char         *end;
  const guint64 quota = g_ascii_strtoull (text, &end, 10);
  const guint64 period = g_ascii_strtoull (end, NULL, 10);

  if (end == text || quota == 0 || period == 0) /* "max 100000": none */
    return G_MAXUINT;
  return (guint) CLAMP ((quota + period - 1) / period, 1, G_MAXUINT);
}

/* Processors' time that the control group of the process (version 2) and those above it grant:
 * threads beyond that only wait for each other. */
static guint
count_granted (void)
{
  g_autofree char *text = NULL, *path = NULL;
  const char      *own;
  guint            least = G_MAXUINT;

  if (!g_file_get_contents ("/proc/self/cgroup", &text, NULL, NULL))
    return least;
  own = strstr (text, "0::/");
  path = own != NULL ? g_strndup (own + 3, strcspn (own + 3, "\n")) : g_strdup ("/");
  for (;;)
    {
      g_autofree char *file = g_build_filename ("/sys/fs/cgroup", path, "cpu.max", NULL);
      g_autofree char *quota = NULL;
      char            *slash = strrchr (path, '/');

      if (g_file_get_contents (file, &quota, NULL, NULL))
        least = MIN (least, wb_cpu_quota_parse (quota));
      if (slash == NULL || path[1] == '\0')
        return least;
      slash[slash == path ? 1 : 0] = '\0';
    }
}

guint
wb_cpu_count_cores (void)
{
  return MIN (count_allowed (), count_granted ());
}
