#pragma once

#include <string.h>

#include "tests/support/wb-test-text.h"

/* Odd text: combining marks, emoji sequences, controls, blanks, names of special tokens.  The same
 * as in tests/vectors/tokenizer-variants.py, draw by draw. */

static const char *const wb_test_odd_atoms[] = {
  "a",
  "the",
  "ing",
  "Hello",
  "123",
  "3.14",
  "don't",
  "-",
  ",",
  "...",
  "(",
  "“",
  "”",
  "…",
  "–",
  "€",
  "e\u0301",
  "\u0301",
  "A\u0302\u0300",
  "\u1ea6",
  "\u0323\u0307",
  "n\u0303\u0303\u0303",
  "\u20e3",
  "é",
  "ß",
  "İ",
  "ı",
  "Σ",
  "ς",
  "\u212a",
  "Ǆ",
  "ﬁ",
  "½",
  "™",
  "①",
  "Ⅷ",
  "㎏",
  "ﷺ",
  "ＡＢ",
  "，",
  "～",
  "😁",
  "👩\u200d👩\u200d👧\u200d👦",
  "🏳\ufe0f\u200d🌈",
  "🇩🇪",
  "👍🏽",
  "❤\ufe0f",
  "\U0001fae8",
  "\U00100000",
  "\u200b",
  "\u200c",
  "\u200d",
  "\u200e",
  "\u2060",
  "\ufeff",
  "\u00ad",
  "\u202e",
  "\u061c",
  "\ufffd",
  "\u2581",
  "\x01",
  "\x07",
  "\x0b",
  "\x0c",
  "\x1f",
  "\x7f",
  "\xc2\x85",
  "\xc2\x9f",
  "\u2028",
  "\u3000",
  "\u1680",
  "日本語",
  "愁闷",
  "가각",
  "\u1100\u1161\u11a8",
  "กำ",
  "हिन्दी",
  "عربي",
  "שלום",
  "тест",
  "ѝ",
  "Ελλάδα",
  "Ծ",
  "[MASK]",
  "[CLS]",
  "[SEP]",
  "[PAD]",
  "[UNK]",
  "<unk>",
  "<s>",
  "<0x41>",
  "[MASK",
  "##a",
};
static const char *const wb_test_odd_gaps[] = { "",   "",   "",       " ",  " ",
                                                "  ", "\t", "\u00a0", "\n", " \u2581" };

static inline const char *
wb_test_odd_atom (guint64 *state)
{
  return wb_test_odd_atoms[wb_test_text_draw (state, G_N_ELEMENTS (wb_test_odd_atoms))];
}

static inline char *
wb_test_odd_line (guint64 *state)
{
  GString *out = g_string_new (NULL);

  for (guint n = 1 + wb_test_text_draw (state, 12); n > 0; n--)
    {
      g_string_append (out, wb_test_odd_atom (state));
      g_string_append (
          out, wb_test_odd_gaps[wb_test_text_draw (state, G_N_ELEMENTS (wb_test_odd_gaps))]);
    }
  return g_string_free (out, FALSE);
}

static inline char * /* of 10,000 characters */
wb_test_odd_word (guint64 *state)
{
  g_autoptr (GString) out = g_string_new (NULL);
  glong n = 0;

  while (n < 10000)
    {
      const char *atom = wb_test_odd_atom (state);
      g_string_append (out, atom);
      n += g_utf8_strlen (atom, -1);
    }
  return g_utf8_substring (out->str, 0, 10000);
}

/* (transfer full): 1,000 lines and five long words */
static inline GPtrArray *
wb_test_odd_new (guint64 seed)
{
  GPtrArray *texts = g_ptr_array_new_with_free_func (g_free);
  guint64    state = seed;

  for (guint i = 0; i < 1000; i++)
    g_ptr_array_add (texts, wb_test_odd_line (&state));
  for (guint i = 0; i < 4; i++)
    g_ptr_array_add (texts, wb_test_odd_word (&state));
  g_ptr_array_add (texts, g_strnfill (10000, 'a'));
  return texts;
}
