#pragma once

#include "tests/support/wb-test-text.h"

/* bpe-own.py's LONG: one character or two over and over, or that many of the words of @seed. */
static inline char *
wb_test_bpe_long_new (guint i)
{
  static const guint seeds[] = { 0, 5, 6, 7, 8, 9 };
  static const gsize lengths[] = { 0, 10000, 63, 64, 65, 200 };
  GString           *out = g_string_new (NULL);
  guint64            state = i < G_N_ELEMENTS (seeds) ? seeds[i] : 0;

  if (i == 0 || i >= G_N_ELEMENTS (seeds))
    {
      for (guint k = 0; k < (i == 0 ? 10000 : i == 6 ? 1500 : 3000); k++)
        g_string_append (out, i == 0 ? "a" : i == 6 ? "日本" : "!?");
      return g_string_free (out, FALSE);
    }
  for (guint k = 0; k < 300; k++) /* the list of words that a text begins with */
    g_free (wb_test_text_word (&state));
  while ((gsize) g_utf8_strlen (out->str, -1) < lengths[i])
    {
      g_autofree char *word = wb_test_text_word (&state);
      g_string_append (out, word);
    }
  g_string_truncate (out,
                     (gsize) (g_utf8_offset_to_pointer (out->str, (glong) lengths[i]) - out->str));
  return g_string_free (out, FALSE);
}
