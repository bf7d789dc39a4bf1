#include "config.h"

#include <string.h>

#include "engine/files/wb-json-scan.h"
#include "engine/files/wb-json-walk.h"

static void
begin (WbJsonWalk *walk, const char *text)
{
  g_assert_true (wb_json_scan (text, strlen (text), "text", NULL));
  wb_json_walk_init (walk, text, strlen (text));
}

static void
assert_string (const char *text, gsize length, const char *want)
{
  g_assert_nonnull (text);
  g_assert_cmpmem (text, length, want, strlen (want));
}

static void
test_values (void)
{
  g_autoptr (GString) scratch = g_string_new (NULL);
  WbJsonWalk  walk;
  gsize       n;
  gint64      whole;
  double      real;
  const char *text;

  begin (&walk,
         " {\"a\" : [1, -2.5e1 ,true,false, null],\n\"b\\n\":\"\\u0041\\ud83e\\udd17\\\"/\\/\"}");
  g_assert_false (wb_json_walk_enter (&walk, '['));
  g_assert_true (wb_json_walk_enter (&walk, '{'));
  g_assert_true (wb_json_walk_next (&walk));
  text = wb_json_walk_key (&walk, scratch, &n);
  assert_string (text, n, "a");
  g_assert_true (wb_json_walk_enter (&walk, '['));
  g_assert_true (wb_json_walk_next (&walk));
  g_assert_true (wb_json_walk_integer (&walk, &whole));
  g_assert_cmpint (whole, ==, 1);
  g_assert_true (wb_json_walk_next (&walk));
  g_assert_false (wb_json_walk_integer (&walk, &whole));
  g_assert_true (wb_json_walk_double (&walk, &real));
  g_assert_cmpfloat (real, ==, -25);
  g_assert_true (wb_json_walk_next (&walk));
  g_assert_cmpint (wb_json_walk_peek (&walk), ==, 't');
  wb_json_walk_skip (&walk);
  g_assert_true (wb_json_walk_next (&walk));
  g_assert_cmpint (wb_json_walk_peek (&walk), ==, 'f');
  wb_json_walk_skip (&walk);
  g_assert_true (wb_json_walk_next (&walk));
  g_assert_cmpint (wb_json_walk_peek (&walk), ==, 'n');
  g_assert_null (wb_json_walk_string (&walk, scratch, &n));
  wb_json_walk_skip (&walk);
  g_assert_false (wb_json_walk_next (&walk));
  g_assert_true (wb_json_walk_next (&walk));
  text = wb_json_walk_key (&walk, scratch, &n);
  assert_string (text, n, "b\n");
  g_assert_cmpuint (wb_json_walk_get_line (&walk), ==, 2);
  text = wb_json_walk_string (&walk, scratch, &n);
  assert_string (text, n, "A🤗\"//");
  g_assert_false (wb_json_walk_next (&walk));
  g_assert_cmpint (wb_json_walk_peek (&walk), ==, 0);
  g_assert_false (wb_json_walk_next (&walk));
}

static void
test_skips (void)
{
  static const char *const values[] = {
    "1",
    "-1.5E+3",
    "\"a\\\"]b\"",
    "null",
    "[]",
    "{}",
    "[[1,2],{\"x\":[\"}\"]}]",
    "{\"a\":{\"b\":3}}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autofree char *text = g_strdup_printf ("[%s , 7]", values[i]);
      WbJsonWalk       walk;
      gint64           last = 0;
      begin (&walk, text);
      g_assert_true (wb_json_walk_enter (&walk, '['));
      g_assert_true (wb_json_walk_next (&walk));
      wb_json_walk_skip (&walk);
      g_assert_true (wb_json_walk_next (&walk));
      g_assert_true (wb_json_walk_integer (&walk, &last));
      g_assert_cmpint (last, ==, 7);
      g_assert_false (wb_json_walk_next (&walk));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/json-walk/values", test_values);
  g_test_add_func ("/engine/json-walk/skips", test_skips);
  return g_test_run ();
}
