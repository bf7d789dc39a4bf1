#include "config.h"

#include <math.h>
#include <string.h>

#include "app/core/wb-json-number-private.h"
#include "app/core/wb-json.h"

/* Numbers of --json: the fewest digits that read back, the quick way as the slow one. */

static float
next_float (GRand *rand)
{
  const guint32 bits = g_rand_int (rand);
  float         value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

/* What printf gives with the fewest of 6 to 9 digits that read back. */
static void
format_slowly (char *text, gsize size, float value)
{
  for (int digits = 6; digits <= 9; digits++)
    {
      char format[8];

      g_snprintf (format, sizeof format, "%%.%dg", digits);
      g_ascii_formatd (text, (int) size, format, (double) value);
      if ((float) g_ascii_strtod (text, NULL) == value)
        return;
    }
}

static void
check (float value)
{
  char quick[WB_JSON_FLOAT_LENGTH] = "", slow[G_ASCII_DTOSTR_BUF_SIZE];

  if (!wb_json_format_float (quick, value))
    {
      g_assert_true (!isfinite (value) || (fabsf (value) < 1.01e-13f || fabsf (value) >= 9.9e26f));
      return;
    }
  format_slowly (slow, sizeof slow, value);
  if (strcmp (quick, slow) != 0)
    {
      /* a tie of the last digit may go either way */
      g_assert_cmpuint (strlen (quick), ==, strlen (slow));
      g_assert_true ((float) g_ascii_strtod (quick, NULL) == value);
    }
}

static void
test_random (void)
{
  GRand *rand = g_rand_new_with_seed (5);

  for (guint i = 0; i < 100000; i++)
    {
      check (next_float (rand));
      check ((float) g_rand_double_range (rand, -4, 4));
      check ((float) exp (g_rand_double_range (rand, -34, 3)));
    }
  g_rand_free (rand);
}

static void
test_edges (void)
{
  static const float values[] = {
    0,    1,     -1,    10,    0.1f,   0.0001f, 0.00001f,  9.9e-5,    999999,     1e6f,    1234567,
    1e9f, 1e10f, 1e22f, 1e29f, 1e-13f, 0.5f,    0.999999f, 999999.9f, 1.0000001f, -2.5e-6f
  };
  char text[WB_JSON_FLOAT_LENGTH];

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    check (values[i]);
  g_assert_true (wb_json_format_float (text, -0.0f));
  g_assert_cmpstr (text, ==, "-0");
  g_assert_true (wb_json_format_float (text, 1234567.0f));
  g_assert_cmpstr (text, ==, "1234567");
  g_assert_true (wb_json_format_float (text, 2.5e-6f));
  g_assert_cmpstr (text, ==, "2.5e-06");
  g_assert_true (wb_json_format_float (text, 0.0625f));
  g_assert_cmpstr (text, ==, "0.0625");
  g_assert_false (wb_json_format_float (text, NAN));
  g_assert_false (wb_json_format_float (text, 1e-30f));
}

/* Written piece by piece it is the same text. */
static void
test_pieces (void)
{
  g_autoptr (WbJson) json = wb_json_new ();
  g_autoptr (GString) text = g_string_new (NULL);

  wb_json_begin_object (json, NULL);
  wb_json_begin_array (json, "a");
  wb_json_float (json, NULL, 0.5f);
  g_string_append (text, wb_json_get (json));
  wb_json_continue (json);
  wb_json_float (json, NULL, NAN);
  wb_json_float (json, NULL, 1e-30f);
  wb_json_end_array (json);
  g_string_append (text, wb_json_get (json));
  wb_json_continue (json);
  wb_json_integer (json, "b", 3);
  wb_json_end_object (json);
  g_string_append (text, wb_json_get (json));
  g_assert_cmpstr (text->str, ==, "{\"a\":[0.5,null,1e-30],\"b\":3}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/json/random", test_random);
  g_test_add_func ("/app/json/edges", test_edges);
  g_test_add_func ("/app/json/pieces", test_pieces);
  return g_test_run ();
}
