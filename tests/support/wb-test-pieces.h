#pragma once

#include <glib.h>

#include "engine/tokenizer/wb-tokenizer-private.h"

/* The very same pieces: ids of some texts would hide a score that is a little off.
 * (But for byte pieces that a test has renamed.) */
static inline void
wb_test_assert_same_pieces (const WbTokenizer *one, const WbTokenizer *two)
{
  const WbSpmFile *a = one->file, *b = two->file;

  g_assert_cmpuint (a->pieces->len, ==, b->pieces->len);
  for (guint i = 0; i < a->pieces->len; i++)
    {
      const WbPiece *p = wb_spm_file_get_piece (a, i), *q = wb_spm_file_get_piece (b, i);
      g_assert_cmpstr (p->text, ==, q->text);
      g_assert_true (p->score == q->score);
      g_assert_true (p->type == q->type || g_str_has_prefix (p->text, "<no byte "));
    }
  g_assert_cmpint (a->byte_fallback, ==, b->byte_fallback);
  g_assert_cmpint (a->unknown_id, ==, b->unknown_id);
  g_assert_cmpuint (a->charsmap.n_units, ==, b->charsmap.n_units);
  if (a->charsmap.n_units > 0)
    g_assert_true (g_bytes_equal (a->charsmap_bytes, b->charsmap_bytes));
}
