#include "app/core/wb-shell-private.h"

#include <string.h>

char *
wb_shell_quote (const char *text)
{
  const char *plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./,:=+";

  return *text != '\0' && strspn (text, plain) == strlen (text) ? g_strdup (text)
                                                                : g_shell_quote (text);
}
