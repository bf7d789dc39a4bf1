#include "engine/files/wb-json-scan.h"

#include <string.h>

#include "engine/core/wb-engine-error.h"
#include "engine/files/wb-file.h"

typedef struct
{
  const char *text;
  const char *message; /* NULL: accepted */
} Case;

static const Case cases[] = {
  { "{}", NULL },
  { " [ ] \n", NULL },
  { "0", NULL },
  { "-0.5e+10", NULL },
  { "true", NULL },
  { "\"a\\n\\u00e9\\ud83d\\ude00\\/\"", NULL },
  { "{\"a\":[1,2,{\"b\":null}],\"c\":false}", NULL },
  { "", "line 1, column 1: the text is empty" },
  { "  \n ", "line 2, column 2: the text is empty" },
  { "{\n\"a\" 1}", "line 2, column 5: expected a colon" },
  { "{\"a\":1,}", "column 8: expected a key in quotes" },
  { "[1,]", "column 4: something that is no JSON value" },
  { "[1 2]", "column 4: expected a comma" },
  { "[1}", "column 3: a bracket that closes another kind" },
  { "{\"a\":1]", "column 7: a bracket that closes another kind" },
  { "{'a':1}", "column 2: expected a key in quotes" },
  { "/* c */ 1", "column 1: something that is no JSON value" },
  { "[1", "the text ends inside" },
  { "1 2", "column 3: something after the end" },
  { "NaN", "something that is no JSON value" },
  { "-Infinity", "column 2: a number without digits" },
  { "01", "column 2: something after the end" },
  { "1.", "ends in its point" },
  { "1e", "an exponent without digits" },
  { "[1e307, -0.5E-400, 1e+0000000000000000000000000000001]", NULL },
  { "1e308", "more than 308 digits" },
  { "[-2.5e99999999999999999999999999999]", "more than 308 digits" },
  { "-", "without digits" },
  { "\"abc", "a string that does not end" },
  { "\"abc\\", "a string that does not end" },
  { "\"a\nb\"", "a control character" },
  { "\"\\x\"", "an unknown escape" },
  { "\"\\u12g4\"", "not four hexadecimal" },
  { "\"\\u12", "unfinished" },
  { "\"\\u0000\"", "\\u0000 in a string" },
  { "\"\\ud800\"", "half of a surrogate pair" },
  { "\"\\ud800\\u0041\"", "half of a surrogate pair" },
  { "\"\\udc00\\ud800\"", "half of a surrogate pair" },
  { "\"\xff\"", "line 1, column 2: a byte that is not UTF-8" },
};

static void
test_grammar (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      const gboolean ok = wb_json_scan (cases[i].text, strlen (cases[i].text), "x", &error);

      if (cases[i].message == NULL)
        g_assert_no_error (error);
      else
        {
          g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
          if (strstr (error->message, cases[i].message) == NULL)
            g_error ("%s: got \"%s\"", cases[i].text, error->message);
        }
      g_assert_cmpint (ok, ==, cases[i].message == NULL);
    }
}

static void
test_nul_inside (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (wb_json_scan ("[1]\0", 4, "x", &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
}

static gboolean
scan_nested (gsize depth, GError **error)
{
  g_autofree char *text = g_malloc (2 * depth);

  memset (text, '[', depth);
  memset (text + depth, ']', depth);
  return wb_json_scan (text, 2 * depth, "x", error);
}

static void
test_depth (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (scan_nested (WB_JSON_MAX_DEPTH, NULL));
  g_assert_false (scan_nested (WB_JSON_MAX_DEPTH + 1, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "64 levels"));
  g_assert_false (scan_nested (100000, NULL));
}

static void
test_every_truncation (void)
{
  const char text[] = "{\"a\": [1.5e-3, -2, \"\\u00e9\\n\"], \"b\": {\"c\": true}}";

  for (gsize n = 0; n < strlen (text); n++)
    {
      /* a copy of exactly n bytes, so that a sanitizer sees a read past the end */
      g_autofree char *cut = g_memdup2 (text, n);

      g_assert_false (wb_json_scan (n > 0 ? cut : "", n, "x", NULL));
    }
}

/* What the scan accepts, json-glib parses without an abort. */
static void
test_flips_reach_parser_safely (void)
{
  const char text[] = "{\"a\": [1.5e-3, -2, \"\\ud83d\\ude00\\n\"], \"b\": {\"c\": true}}";
  guint      accepted = 0;

  for (guint i = 0; i < 20000; i++)
    {
      char   copy[sizeof text];
      GRand *rand = g_rand_new_with_seed (i);

      memcpy (copy, text, sizeof text);
      for (gint n = g_rand_int_range (rand, 1, 4); n > 0; n--)
        copy[g_rand_int_range (rand, 0, sizeof text - 1)] = (char) g_rand_int_range (rand, 1, 256);
      g_rand_free (rand);
      {
        g_autoptr (GError) error = NULL;
        JsonNode *node = wb_json_parse (copy, -1, "x", &error);

        accepted += node != NULL;
        g_assert_true ((node == NULL) == (error != NULL));
        g_clear_pointer (&node, json_node_unref);
      }
    }
  g_assert_cmpuint (accepted, >, 100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/json-scan/grammar", test_grammar);
  g_test_add_func ("/engine/json-scan/nul-inside", test_nul_inside);
  g_test_add_func ("/engine/json-scan/depth", test_depth);
  g_test_add_func ("/engine/json-scan/every-truncation", test_every_truncation);
  g_test_add_func ("/engine/json-scan/flips", test_flips_reach_parser_safely);
  return g_test_run ();
}
