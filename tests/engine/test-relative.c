#include "config.h"

#include <json-glib/json-glib.h>
#include <math.h>

#include "engine/files/wb-file.h"
#include "engine/ops/wb-attention.h"

/* SHA-256 of the little-endian int32 buckets of -last .. last.  The first is fact sheet 2.5's; the
 * others are torch 2.15's, by transformers' make_log_bucket_position().  32/129 and 128/513 are
 * pairs where double arithmetic gives other buckets. */
static const struct
{
  gint        buckets, max_distance, last;
  const char *digest;
} tables[] = {
  { 256, 512, 511, "43efccd6f02a8ec42d36f7d9e31785a6054b8f6488359e43b44f1b6deedd28e6" },
  { 256, 512, 2047, "a708aad3444266ca13a18e234d9ec44058d57a50fec85fe1b0fc4d8218b84e9a" },
  { 32, 128, 127, "74bfb29c3c12291b96cd4085157fc7d9bfe37bbf5836861a4fcab0b410b607f4" },
  { 32, 129, 128, "ff16c409944a3b10fbbc8fcbe28ddc37e8f28ecbd0ac1364ee1f39b977d6aa75" },
  { 128, 512, 511, "3cd66ea7f074e5bf15861f999558e8d39b94c6287fe029a1e46ce660aa35cc06" },
  { 128, 513, 512, "e50191f2f320b7ccdd3bc49f9cecc2437ad3c5b5aa817f3cfb4cf89c57701609" },
  { 256, 1024, 1023, "7fd1ba7e389bcd90a64ae77ab065a19f9062b54b007ab53620ca0da31a0883fa" },
  { 64, 256, 255, "69dc49f7ee70f50c152ac9c8aedb65898da841b3075afa5428bc4048c23cbfd4" },
  { 320, 640, 639, "71c3211f34d4a1efa2043700f448279c6a3df8c4c902501ac9d2f2dfe689a04f" },
};

static char *
dup_digest (gint (*bucket) (gint, gint, gint), gint buckets, gint max_distance, gint last)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  for (gint distance = -last; distance <= last; distance++)
    {
      const gint32 value = GINT32_TO_LE (bucket (distance, buckets, max_distance));

      g_checksum_update (sum, (const guchar *) &value, sizeof value);
    }
  return g_strdup (g_checksum_get_string (sum));
}

static void
test_digests (void)
{
  for (gsize t = 0; t < G_N_ELEMENTS (tables); t++)
    {
      g_autofree char *digest = dup_digest (wb_relative_bucket, tables[t].buckets,
                                            tables[t].max_distance, tables[t].last);

      g_test_message ("%d buckets, %d: %s", tables[t].buckets, tables[t].max_distance, digest);
      g_assert_cmpstr (digest, ==, tables[t].digest);
    }
}

/* The mistake that the digests must catch. */
static gint
bucket_in_double (gint distance, gint buckets, gint max_distance)
{
  const gint   mid = buckets / 2;
  const double t =
      log (fabs ((double) distance) / mid) / log ((max_distance - 1.0) / mid) * (mid - 1);

  if (ABS (distance) <= mid)
    return distance;
  return distance < 0 ? -(gint) ceil (t) - mid : (gint) ceil (t) + mid;
}

static void
test_double_differs (void)
{
  gsize differs = 0;

  for (gsize t = 0; t < G_N_ELEMENTS (tables); t++)
    {
      g_autofree char *digest =
          dup_digest (bucket_in_double, tables[t].buckets, tables[t].max_distance, tables[t].last);

      if (!g_str_equal (digest, tables[t].digest))
        differs++;
    }
  g_assert_cmpuint (differs, ==, 2);
}

/* 500 pairs, and nine odd ones, by transformers' own function: tests/vectors/buckets.py. */
static void
test_pairs (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "vectors", "buckets.json", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = wb_json_load (path, &error);
  JsonArray *pairs;
  guint      n_double = 0;

  g_assert_no_error (error);
  pairs = json_node_get_array (root);
  g_assert_cmpuint (json_array_get_length (pairs), ==, 509);
  for (guint i = 0; i < json_array_get_length (pairs); i++)
    {
      JsonArray       *pair = json_array_get_array_element (pairs, i);
      const gint       buckets = (gint) json_array_get_int_element (pair, 0);
      const gint       maximum = (gint) json_array_get_int_element (pair, 1);
      const gint       last = (gint) json_array_get_int_element (pair, 2);
      const char      *want = json_array_get_string_element (pair, 3);
      g_autofree char *digest = dup_digest (wb_relative_bucket, buckets, maximum, last);
      g_autofree char *wide = dup_digest (bucket_in_double, buckets, maximum, last);

      digest[16] = wide[16] = '\0';
      if (!g_str_equal (digest, want))
        g_test_message ("%d buckets, maximum %d", buckets, maximum);
      g_assert_cmpstr (digest, ==, want);
      n_double += !g_str_equal (wide, want);
    }
  g_test_message ("in double, %u pairs would have another table", n_double);
  g_assert_cmpuint (n_double, >, 0);
}

/* Fact sheet 2.5, beyond the table. */
static void
test_far_distances (void)
{
  g_assert_cmpint (wb_relative_bucket (512, 256, 512), ==, 256);
  g_assert_cmpint (wb_relative_bucket (-512, 256, 512), ==, -256);
  g_assert_cmpint (wb_relative_bucket (520, 256, 512), ==, 257);
  g_assert_cmpint (wb_relative_bucket (600, 256, 512), ==, 270);
  g_assert_cmpint (wb_relative_bucket (1023, 256, 512), ==, 319);
  g_assert_cmpint (wb_relative_bucket (2047, 256, 512), ==, 383);
  g_assert_cmpint (wb_relative_bucket (-77, 0, 512), ==, -77);
  g_assert_cmpint (wb_relative_bucket (-77, -1, 512), ==, -77);
}

/* Settings that no model has, but a config may: no trap, and the index stays inside the table. */
static void
test_degenerate_settings (void)
{
  static const gint settings[][2] = { { 1, 512 }, { 2, 1 },    { 256, 128 },          { 256, 129 },
                                      { 256, 0 }, { 256, -5 }, { G_MAXINT, G_MAXINT } };

  for (gsize s = 0; s < G_N_ELEMENTS (settings); s++)
    {
      gint32                 index[2 * 300 - 1];
      const WbRelativeWindow window = wb_relative_window (300, settings[s][0], settings[s][1], 256);

      g_assert_cmpuint (window.first + window.rows, <=, 512);
      wb_relative_index_fill (index, 300, settings[s][0], settings[s][1], 256, &window);
      for (gsize i = 0; i < G_N_ELEMENTS (index); i++)
        {
          g_assert_cmpint (index[i], >=, 0);
          g_assert_cmpint (index[i], <, (gint) window.rows);
        }
    }
}

static void
test_windows (void)
{
  static const struct
  {
    gsize max_length;
    gint  buckets, max_distance;
    gsize span, first, rows;
  } cases[] = {
    { 1, 256, 512, 256, 256, 1 },     /* only the distance 0 */
    { 2, 256, 512, 256, 255, 3 },     /* */
    { 129, 256, 512, 256, 128, 257 }, /* the last without a logarithm */
    { 256, 256, 512, 256, 64, 385 },  /* bucket of 255: 192 */
    { 512, 256, 512, 256, 1, 511 },   /* row 0 is never read */
    { 513, 256, 512, 256, 0, 512 },   /* -512 has bucket -256; +512's is clamped */
    { 4096, 256, 512, 256, 0, 512 },  /* all the rest share the ends */
    { 4, 0, 512, 512, 509, 7 },       /* no buckets */
    { 700, 0, 512, 512, 0, 1024 },    /* no buckets: clamped */
  };

  for (gsize c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      const WbRelativeWindow window = wb_relative_window (cases[c].max_length, cases[c].buckets,
                                                          cases[c].max_distance, cases[c].span);

      g_test_message ("length %zu", cases[c].max_length);
      g_assert_cmpuint (window.first, ==, cases[c].first);
      g_assert_cmpuint (window.rows, ==, cases[c].rows);
    }
}

static void
test_index (void)
{
  const gsize            max_length = 700;
  const WbRelativeWindow window = wb_relative_window (max_length, 256, 512, 256);
  g_autofree gint32     *index = g_new (gint32, 2 * max_length + 1);

  index[2 * max_length - 1] = 12345;
  wb_relative_index_fill (index, max_length, 256, 512, 256, &window);
  for (gint distance = -699; distance <= 699; distance++)
    {
      const gint row = CLAMP (wb_relative_bucket (distance, 256, 512) + 256, 0, 511);

      g_assert_cmpint (index[distance + 699] + (gint) window.first, ==, row);
    }
  g_assert_cmpint (index[2 * max_length - 1], ==, 12345);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/relative/digests", test_digests);
  g_test_add_func ("/engine/relative/pairs", test_pairs);
  g_test_add_func ("/engine/relative/double-differs", test_double_differs);
  g_test_add_func ("/engine/relative/far-distances", test_far_distances);
  g_test_add_func ("/engine/relative/degenerate-settings", test_degenerate_settings);
  g_test_add_func ("/engine/relative/windows", test_windows);
  g_test_add_func ("/engine/relative/index", test_index);
  return g_test_run ();
}
