#include "engine/files/wb-checksum.h"

#include <string.h>

static guint64
checksum (const void *data, gsize n)
{
  WbChecksum sum;

  wb_checksum_init (&sum);
  wb_checksum_update (&sum, data, n);
  return wb_checksum_get (&sum);
}

/* The reference implementation's numbers for seed 0. */
static void
test_vectors (void)
{
  g_assert_cmphex (checksum ("", 0), ==, G_GUINT64_CONSTANT (0xef46db3751d8e999));
  g_assert_cmphex (checksum ("a", 1), ==, G_GUINT64_CONSTANT (0xd24ec4f1a98c6e5b));
  g_assert_cmphex (checksum ("abc", 3), ==, G_GUINT64_CONSTANT (0x44bc2cf5ad770999));
  g_assert_cmphex (checksum ("Nobody inspects the spammish repetition", 39), ==,
                   G_GUINT64_CONSTANT (0xfbcea83c8a378bf1));
}

static void
test_pieces (void)
{
  guint8 data[300];
  GRand *rand = g_rand_new_with_seed (1);

  for (gsize i = 0; i < sizeof data; i++)
    data[i] = (guint8) g_rand_int (rand);
  for (guint i = 0; i < 500; i++)
    {
      const gsize n = (gsize) g_rand_int_range (rand, 0, sizeof data);
      WbChecksum  sum;

      wb_checksum_init (&sum);
      for (gsize done = 0; done < n;)
        {
          const gsize drawn = (gsize) g_rand_int_range (rand, 0, 80), more = MIN (n - done, drawn);

          wb_checksum_update (&sum, data + done, more);
          done += more;
        }
      g_assert_cmphex (wb_checksum_get (&sum), ==, checksum (data, n));
    }
  g_rand_free (rand);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/checksum/vectors", test_vectors);
  g_test_add_func ("/engine/checksum/pieces", test_pieces);
  return g_test_run ();
}
