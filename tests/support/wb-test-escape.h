#pragma once

#include <glib.h>
#include <string.h>

/* (transfer full): what the scripts of tests/vectors wrote as escapes: \uXXXXXX, "-" for nothing */
static inline char *
wb_test_unescape (const char *text)
{
  GString *out = g_string_new (NULL);

  if (g_str_equal (text, "-"))
    return g_string_free (out, FALSE);
  for (; *text != '\0'; text++)
    if (*text == '\\')
      {
        char digits[7] = { 0 };
        memcpy (digits, text + 2, 6);
        g_string_append_unichar (out, (gunichar) g_ascii_strtoull (digits, NULL, 16));
        text += 7;
      }
    else
      g_string_append_c (out, *text);
  return g_string_free (out, FALSE);
}
