#define _GNU_SOURCE /* memfd_create */
#include "engine/checkpoint/wb-widen-private.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/core/wb-engine-error.h"

/* Elements of every type become F32: eight at a time as one at a time, from any address. */

static gboolean
is_finite_half (guint half)
{
  return (half & 0x7c00) != 0x7c00;
}

/* Sign, five bits of exponent, ten of fraction. */
static float
define_half (guint half)
{
  const int   exponent = half >> 10 & 31, fraction = half & 1023;
  const float magnitude = exponent == 0 ? ldexpf ((float) fraction, -24)
                                        : ldexpf ((float) (1024 + fraction), exponent - 25);

  return half & 0x8000 ? -magnitude : magnitude;
}

static void
test_halves (void)
{
  g_autofree guint8 *bytes = g_malloc (2 * 65536 + 1);
  g_autofree float  *values = g_new (float, 65536);
  gsize              n = 0;

  for (guint half = 0; half < 65536; half++)
    if (is_finite_half (half))
      {
        bytes[1 + 2 * n] = (guint8) half;
        bytes[2 + 2 * n++] = (guint8) (half >> 8);
      }
  g_assert_cmpuint (wb_widen (WB_WEIGHT_F16, bytes + 1, n, values), ==, n);
  for (gsize i = 0; i < n; i++)
    {
      const float want = define_half (bytes[1 + 2 * i] | (guint) bytes[2 + 2 * i] << 8);
      float       one;

      g_assert_cmpuint (wb_widen (WB_WEIGHT_F16, bytes + 1 + 2 * i, 1, &one), ==, 1);
      g_assert_cmpmem (&one, 4, &want, 4);
      g_assert_cmpmem (&values[i], 4, &want, 4);
    }
}

static void
test_not_finite (void)
{
  static const struct
  {
    WbWeightType type;
    guint64      bits;
  } bad[] = {
    { WB_WEIGHT_F16, 0x7c00 },
    { WB_WEIGHT_F16, 0xfe01 },
    { WB_WEIGHT_BF16, 0x7f80 },
    { WB_WEIGHT_BF16, 0xffff },
    { WB_WEIGHT_F32, 0x7f800000 },
    { WB_WEIGHT_F32, 0xffc00000 },
    { WB_WEIGHT_F64, G_GUINT64_CONSTANT (0x7ff0000000000000) },
    { WB_WEIGHT_F64, G_GUINT64_CONSTANT (0x7e37e43c8800759c) }, /* 1e300: no F32 */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    for (gsize place = 0; place < 37; place++)
      {
        const gsize   size = wb_weight_type_size (bad[i].type);
        const guint64 bits = GUINT64_TO_LE (bad[i].bits);
        guint8        bytes[37 * 8] = { 0 };
        float         values[37];

        memcpy (bytes + place * size, &bits, size);
        g_assert_cmpuint (wb_widen (bad[i].type, bytes, 37, values), ==, place);
      }
}

/* To the nearest F32, ties to even. */
static void
test_doubles (void)
{
  static const double doubles[] = { 1.0 / 3, 16777217.0, 16777219.0, -0.0, 1e-46, 3.4028234e38 };
  float               values[G_N_ELEMENTS (doubles)];

  g_assert_cmpuint (wb_widen (WB_WEIGHT_F64, (const guint8 *) doubles, 6, values), ==, 6);
  g_assert_cmpfloat (values[0], ==, 0x1.555556p-2f);
  g_assert_cmpfloat (values[1], ==, 16777216.0f);
  g_assert_cmpfloat (values[2], ==, 16777220.0f);
  g_assert_true (signbit (values[3]));
  g_assert_cmpfloat (values[4], ==, 0);
  g_assert_cmpfloat (values[5], ==, 3.4028234e38f);
}

/* Many pieces, over the threads there are: the same as one after another, and an error wherever it
 * is. */
static void
test_pieces (void)
{
  const gsize         n = 1234567;
  const int           fd = memfd_create ("pieces", MFD_CLOEXEC);
  g_autofree char    *path = g_strdup_printf ("/proc/self/fd/%d", fd);
  g_autofree guint16 *bits = g_new (guint16, n);
  g_autofree float   *values = g_new (float, n);
  g_autoptr (WbReader) reader = NULL;
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < n; i++)
    bits[i] = GUINT16_TO_LE ((guint16) (i * 7 % 0x7f00));
  g_assert_cmpint (write (fd, bits, n * 2), ==, (gssize) n * 2);
  reader = wb_reader_open (path, NULL);
  g_assert_true (wb_widen_read (reader, "a", WB_WEIGHT_BF16, 2, 3, n - 4, values, NULL));
  for (gsize i = 0; i < n - 4; i++)
    {
      guint32 got;

      memcpy (&got, &values[i], 4);
      g_assert_cmphex (got, ==, (guint32) GUINT16_FROM_LE (bits[i + 4]) << 16);
    }
  g_assert_cmpint (pwrite (fd, "\x80\x7f", 2, 2 * 1000004), ==, 2);
  g_assert_false (wb_widen_read (reader, "a", WB_WEIGHT_BF16, 2, 3, n - 4, values, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
  g_assert_nonnull (
      strstr (error->message, "tensor a: element 1000003 is not a finite number (byte 2000008)"));
  g_clear_error (&error);
  g_assert_cmpint (ftruncate (fd, 100000), ==, 0); /* it became shorter meanwhile */
  g_assert_false (wb_widen_read (reader, "a", WB_WEIGHT_BF16, 2, 3, n - 4, values, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "truncated"));
  close (fd);
}

static void
test_types (void)
{
  for (WbWeightType type = 0; type < WB_WEIGHT_OTHER; type++)
    {
      g_assert_cmpint (wb_weight_type_parse (wb_weight_type_name (type)), ==, type);
      g_assert_cmpuint (wb_weight_type_size (type), >, 0);
    }
  g_assert_cmpint (wb_weight_type_parse ("F8_E4M3"), ==, WB_WEIGHT_OTHER);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/widen/halves", test_halves);
  g_test_add_func ("/engine/widen/not-finite", test_not_finite);
  g_test_add_func ("/engine/widen/doubles", test_doubles);
  g_test_add_func ("/engine/widen/pieces", test_pieces);
  g_test_add_func ("/engine/widen/types", test_types);
  return g_test_run ();
}
