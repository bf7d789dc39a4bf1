#include "app/core/wb-machine-private.h"

#include <stdio.h>
#include <string.h>

guint64
wb_machine_get_available_memory (void)
{
  g_autofree char *text = NULL;
  const char      *line;
  unsigned long    kilobytes;

  if (!g_file_get_contents ("/proc/meminfo", &text, NULL, NULL) ||
      (line = strstr (text, "MemAvailable:")) == NULL ||
      sscanf (line, "MemAvailable: %lu", &kilobytes) != 1)
    return 0;
  return (guint64) kilobytes * 1024;
}
