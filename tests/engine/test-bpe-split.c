#include "config.h"

#include <string.h>

#include "engine/tokenizer/bpe/wb-bpe-split-private.h"
#include "engine/tokenizer/wb-whole-word-private.h"

/* GPT-2's pattern, and the table of letters, numbers and white space under it. */

static void /* the digest that unicode-classes.py took of the installed library */
test_table (void)
{
  g_autofree guchar *kinds = g_malloc (0x110000);
  g_autofree char   *digest = NULL;

  for (gunichar c = 0; c < 0x110000; c++)
    kinds[c] = '0' + wb_unicode_get_class (c);
  digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, kinds, 0x110000);
  g_assert_cmpstr (digest, ==, "ae5a5834b718e031fc605dd73d9e0bede8e7d1e6244dd3ef05a7e81fe79c27ed");
}

static void /* unicode-punctuation.py's; ASCII's symbols are taken for punctuation beside it */
test_punctuation (void)
{
  g_autofree guchar *kinds = g_malloc (0x110000);
  g_autofree char   *digest = NULL;

  for (gunichar c = 0; c < 0x110000; c++)
    kinds[c] =
        '0' + (guchar) (wb_is_punctuation (c) && !(c < 128 && strchr ("$+<=>^`|~", (int) c)));
  digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, kinds, 0x110000);
  g_assert_cmpstr (digest, ==, "a0693bac9a5e4328d027386838f5862244fb262e67504f67a3a2050ed404b83e");
  for (const char *p = "$+<=>^`|~"; *p != '\0'; p++)
    g_assert_true (wb_is_punctuation ((gunichar) *p));
}

static void
test_table_order (void)
{
  for (gsize i = 0; i < wb_n_unicode_ranges; i++)
    {
      g_assert_cmpuint (wb_unicode_ranges[i].first, <=, wb_unicode_ranges[i].last);
      if (i > 0)
        g_assert_cmpuint (wb_unicode_ranges[i - 1].last, <, wb_unicode_ranges[i].first);
    }
}

/* Words with a bar after each. */
static const struct
{
  const char *text;
  const char *want;
} splits[] = {
  { "", "" },
  { "Hello world", "Hello| world|" },
  { "it's we're I'll", "it|'s| we|'re| I|'ll|" },
  { "IT'S don't've'd'm", "IT|'|S| don|'t|'ve|'d|'m|" },
  { " 's", " '|s|" },
  { "'sx 'r '", "'s|x| '|r| '|" },
  { "a1b22 33", "a|1|b|22| 33|" },
  { "x  y", "x| | y|" },
  { "x \n y", "x| \n| y|" },
  { "x\ny", "x|\n|y|" },
  { "x  ", "x|  |" },
  { "  x", " | x|" },
  { "\t\tx", "\t|\t|x|" },
  { "a\u00a0b \u3000c", "a|\u00a0|b| |\u3000|c|" },
  { "¡hola!?  …", "¡|hola|!?| | …|" },
  { "e\u0301é ½² ٣", "e|\u0301|é| ½²| ٣|" },
  { "日本語、テスト", "日本語|、|テスト|" },
  { "🤗🏽\u200d❤ x", "🤗🏽\u200d❤| x|" },
  { " ", " |" },
};

static void
test_splits (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (splits); i++)
    {
      g_autoptr (GString) got = g_string_new (NULL);
      const char *text = splits[i].text, *end = text + strlen (text);
      while (text < end)
        {
          const char *next = wb_bpe_split_next (text, end);
          g_assert_true (next > text && next <= end);
          g_string_append_len (got, text, next - text);
          g_string_append_c (got, '|');
          text = next;
        }
      g_assert_cmpstr (got->str, ==, splits[i].want);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/bpe-split/table", test_table);
  g_test_add_func ("/engine/bpe-split/table-order", test_table_order);
  g_test_add_func ("/engine/bpe-split/punctuation", test_punctuation);
  g_test_add_func ("/engine/bpe-split/splits", test_splits);
  return g_test_run ();
}
