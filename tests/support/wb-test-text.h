#pragma once

#include <glib.h>

/* Sentences that nobody wrote: words of random syllables from a list that @seed makes, the common
 * ones more often, with numbers and punctuation.  The same on every machine, and in
 * tests/vectors/tokenizer.py. */

static inline guint32
wb_test_text_draw (guint64 *state, guint32 n) /* Knuth's MMIX generator, its upper half */
{
  *state =
      *state * G_GUINT64_CONSTANT (6364136223846793005) + G_GUINT64_CONSTANT (1442695040888963407);
  return (guint32) ((*state >> 33) % n);
}

static inline char *
wb_test_text_word (guint64 *state)
{
  static const char *const heads[] = { "b", "d", "f", "g", "k", "l",  "m", "n",
                                       "p", "r", "s", "t", "v", "st", "tr" };
  static const char *const tails[] = { "a", "e", "i", "o", "u", "an", "en", "or", "é", "ü" };
  GString                 *word = g_string_new (NULL);
  guint32                  n = 1 + wb_test_text_draw (state, 3);

  for (guint32 i = 0; i < n; i++)
    {
      g_string_append (word, heads[wb_test_text_draw (state, G_N_ELEMENTS (heads))]);
      g_string_append (word, tails[wb_test_text_draw (state, G_N_ELEMENTS (tails))]);
    }
  return g_string_free (word, FALSE);
}

static inline char *
wb_test_text_sentence (guint64 *state, const GPtrArray *words)
{
  GString *out = g_string_new (NULL);
  guint32  n = 3 + wb_test_text_draw (state, 8);

  for (guint32 i = 0; i < n; i++)
    {
      const guint32 most = 1 + wb_test_text_draw (state, words->len);
      if (i > 0)
        g_string_append_c (out, ' ');
      if (wb_test_text_draw (state, 12) == 0)
        g_string_append_printf (out, "%u", wb_test_text_draw (state, 2000));
      else
        g_string_append (out, words->pdata[wb_test_text_draw (state, most)]);
      if (i + 1 < n && wb_test_text_draw (state, 9) == 0)
        g_string_append_c (out, ',');
    }
  g_string_append_c (out, '.');
  return g_string_free (out, FALSE);
}

/* (transfer full): (n) sentences, %NULL-terminated */
static inline char **
wb_test_text_new (gsize n, guint64 seed)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  char  **lines = g_new0 (char *, n + 1);
  guint64 state = seed;

  while (words->len < 300)
    g_ptr_array_add (words, wb_test_text_word (&state));
  for (gsize i = 0; i < n; i++)
    lines[i] = wb_test_text_sentence (&state, words);
  return lines;
}

/* (transfer full): @text with the first @from, which must be there, as @to */
static inline char *
wb_test_change (const char *text, const char *from, const char *to)
{
  g_auto (GStrv) parts = g_strsplit (text, from, 2);

  if (parts[1] == NULL)
    g_error ("there is no “%s”", from);
  return g_strjoinv (to, parts);
}
