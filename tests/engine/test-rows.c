#include "config.h"

#include <glib.h>

#include "engine/ops/wb-rows.h"
#include "tests/support/test-tensor.h"

static const WbRandom numbers = { .seed = G_GUINT64_CONSTANT (0xfedcba9876543210),
                                  .step = 3,
                                  .stream = WB_RANDOM_OUTPUT | 5 << 8 };

static const gsize widths[] = { 1, 3, 33, 128, 768, 1031 };

/* Sequences of 3, 1 and 70 tokens: more rows than one thread takes. */
static void
test_first_rows (gconstpointer data)
{
  static const gint32  bounds[] = { 0, 3, 4, 74 };
  static const guint32 ordinals[] = { 0, 1, 2 };
  const WbBatch        batch = { .n_tokens = 74,
                                 .n_sequences = 3,
                                 .max_length = 70,
                                 .cu_seqlens = bounds,
                                 .ordinals = ordinals };
  g_autoptr (WbBackend) backend = test_backend_open (data, 2);
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);
  g_autoptr (TestTensor) x = test_tensor_new_random (rand, 74, 5, 1, 0, 1);
  g_autoptr (TestTensor) y = test_tensor_new (74, 5, 2);
  g_autoptr (TestTensor) dy = test_tensor_new_random (rand, 74, 5, 1, 0, 1);
  g_autofree double *sums = g_memdup2 (dy->exact, 74 * 5 * sizeof (double));

  if (backend == NULL)
    return;
  for (gsize s = 0; s < 3; s++)
    for (gsize t = (gsize) bounds[s]; t < (gsize) bounds[s + 1]; t++)
      for (gsize c = 0; c < 5; c++)
        {
          y->exact[t * 5 + c] = x->exact[t * 5 + c] + x->exact[(gsize) bounds[s] * 5 + c];
          sums[(gsize) bounds[s] * 5 + c] += dy->exact[t * 5 + c];
        }
  memcpy (dy->exact, sums, 74 * 5 * sizeof (double));
  g_assert_true (wb_add_first_rows (backend, &batch, &x->tensor, &y->tensor, NULL));
  test_tensor_assert_near (y, 1e-7);
  g_assert_true (wb_collect_first_rows (backend, &batch, &dy->tensor, NULL));
  test_tensor_assert_near (dy, 5e-7);
  y->tensor.rows--;
  test_assert_refused (wb_add_first_rows (backend, &batch, &x->tensor, &y->tensor, &error),
                       WB_ENGINE_ERROR_SHAPE);
  test_assert_refused (wb_collect_first_rows (backend, &batch, &y->tensor, &error),
                       WB_ENGINE_ERROR_SHAPE);
  y->tensor.rows++;
}

static void
test_gather_scatter (gconstpointer data)
{
  g_autoptr (WbBackend) backend = test_backend_open (data, 2);
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  const gint32 rows[] = { 6, 0, 3 };

  for (gsize i = 0; backend != NULL && i < G_N_ELEMENTS (widths); i++)
    {
      const gsize cols = widths[i];
      g_autoptr (TestTensor) x = test_tensor_new_random (rand, 7, cols, 2, 0, 1);
      g_autoptr (TestTensor) y = test_tensor_new (3, cols, 1);
      g_autoptr (TestTensor) sum = test_tensor_copy (x);
      g_autoptr (GError) error = NULL;

      g_assert_true (wb_gather_rows (backend, &x->tensor, rows, &y->tensor, &error));
      g_assert_true (wb_scatter_add_rows (backend, &y->tensor, rows, &sum->tensor, &error));
      for (gsize r = 0; r < 7; r++)
        for (gsize c = 0; c < cols; c++)
          {
            const float want = *test_tensor_at (x, r, c);

            sum->exact[r * cols + c] = r == 0 || r == 3 || r == 6 ? 2 * want : want;
          }
      for (gsize r = 0; r < 3; r++)
        memcpy (y->exact + r * cols, x->exact + (gsize) rows[r] * cols, cols * sizeof (double));
      test_tensor_assert_near (y, 0);
      test_tensor_assert_near (sum, 0);
    }
}

static void
test_dropout_rows (gconstpointer data)
{
  g_autoptr (WbBackend) backend = test_backend_open (data, 2);
  g_autoptr (GRand) rand = g_rand_new_with_seed (2);
  const WbDropout dropout = { 0.1f, numbers };
  const guint32   ordinals[] = { 4, 0, 0xffffffff };

  for (gsize i = 0; backend != NULL && i < 2 * G_N_ELEMENTS (widths); i++)
    {
      const gsize    cols = widths[i / 2];
      const gboolean table = i % 2 == 0;
      g_autoptr (TestTensor) x = test_tensor_new_random (rand, 3, cols, 2, 0, 1);
      g_autoptr (GError) error = NULL;

      for (gsize j = 0; j < 3 * cols; j++)
        {
          const guint32 word =
              table ? wb_random_u32 (&numbers, WB_RANDOM_NO_EXAMPLE, (guint32) j)
                    : wb_random_u32 (&numbers, ordinals[j / cols], (guint32) (j % cols));

          x->exact[j] = word >= wb_dropout_threshold (0.1f)
                            ? (double) ((float) x->exact[j] * (1.0f / (1.0f - 0.1f)))
                            : 0;
        }
      wb_dropout_rows (backend, &dropout, table ? NULL : ordinals, &x->tensor, &x->tensor, &error);
      g_assert_no_error (error);
      test_tensor_assert_near (x, 0);
    }
}

static void
test_dropout_tokens (gconstpointer data)
{
  g_autoptr (WbBackend) backend = test_backend_open (data, 2);
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  const WbDropout dropout = { 0.5f, numbers };
  const gint32    bounds[] = { 0, 1, 70, 70, 75 };
  const guint32   ordinals[] = { 9, 2, 5, 0 };
  const WbBatch   batch = { .n_tokens = 75,
                            .n_sequences = 4,
                            .max_length = 69,
                            .cu_seqlens = bounds,
                            .ordinals = ordinals };

  for (gsize i = 0; backend != NULL && i < G_N_ELEMENTS (widths); i++)
    {
      const gsize cols = widths[i];
      g_autoptr (TestTensor) x = test_tensor_new_random (rand, 75, cols, 0, 0, 1);
      g_autoptr (TestTensor) y = test_tensor_new (75, cols, 3);
      g_autoptr (GError) error = NULL;

      for (gsize s = 0; s < 4; s++)
        for (gint32 t = bounds[s]; t < bounds[s + 1]; t++)
          for (gsize c = 0; c < cols; c++)
            {
              const gsize   at = (gsize) t * cols + c;
              const guint32 element = (guint32) ((gsize) (t - bounds[s]) * cols + c);
              const guint32 word = wb_random_u32 (&numbers, ordinals[s], element);

              y->exact[at] = word >= 1u << 31 ? 2 * x->exact[at] : 0;
            }
      wb_dropout_tokens (backend, &dropout, &batch, &x->tensor, &y->tensor, &error);
      g_assert_no_error (error);
      test_tensor_assert_near (y, 0);
    }
}

static void
test_fill_copy_add (gconstpointer data)
{
  g_autoptr (WbBackend) backend = test_backend_open (data, 2);
  g_autoptr (GRand) rand = g_rand_new_with_seed (4);

  for (gsize i = 0; backend != NULL && i < 2 * G_N_ELEMENTS (widths); i++)
    {
      const gsize cols = widths[i / 2], rows = i % 2 == 0 ? 3 : 70;
      g_autoptr (TestTensor) x = test_tensor_new_random (rand, rows, cols, i % 3, 0, 1);
      g_autoptr (TestTensor) y = test_tensor_new (rows, cols, i % 2);
      g_autoptr (GError) error = NULL;

      for (gsize j = 0; j < rows * cols; j++)
        y->exact[j] = (float) (2.5f + (float) x->exact[j]);
      wb_fill (backend, &y->tensor, 2.5f, &error);
      wb_add (backend, &x->tensor, &y->tensor, &error);
      g_assert_no_error (error);
      test_tensor_assert_near (y, 0);
      wb_copy (backend, &x->tensor, &y->tensor, &error);
      g_assert_no_error (error);
      memcpy (y->exact, x->exact, rows * cols * sizeof *y->exact);
      test_tensor_assert_near (y, 0);
    }
}

/* Box-Muller in double on the same words. */
static double
exact_normal (guint32 ordinal, guint32 element, double std)
{
  const guint32 first = element / 2 * 2;
  const double  u = ((wb_random_u32 (&numbers, ordinal, first) >> 9) + 0.5) * 0x1p-23;
  const double  v = (wb_random_u32 (&numbers, ordinal, first + 1) >> 8) * 0x1p-24;
  const double  radius = std * sqrt (-2 * log (u));

  return element % 2 == 0 ? radius * cos (2 * G_PI * v) : radius * sin (2 * G_PI * v);
}

static void
test_fill_normal (gconstpointer data)
{
  g_autoptr (WbBackend) backend = test_backend_open (data, 2);

  for (gsize i = 0; backend != NULL && i < G_N_ELEMENTS (widths); i++)
    {
      const gsize cols = widths[i];
      g_autoptr (TestTensor) x = test_tensor_new (5, cols, 3);
      g_autoptr (GError) error = NULL;

      for (guint32 j = 0; j < 5 * cols; j++)
        x->exact[j] = exact_normal (77, j, (double) 0.02f);
      wb_fill_normal (backend, &x->tensor, &numbers, 77, 0.02f, &error);
      g_assert_no_error (error);
      test_tensor_assert_near (x, 5e-7); /* worst of these sizes 1.1e-7 */
    }
}

/* Mean, spread and kurtosis of a million: three standard errors each. */
static void
test_normal_moments (void)
{
  const gsize n = 1 << 20;
  g_autoptr (WbBackend) backend = test_backend_open ("baseline", 1);
  g_autoptr (TestTensor) x = test_tensor_new (1, n, 0);
  double moments[5] = { 0 };

  g_assert_true (wb_fill_normal (backend, &x->tensor, &numbers, 0, 1.0f, NULL));
  for (gsize i = 0; i < n; i++)
    for (int power = 1; power <= 4; power++)
      moments[power] += pow (*test_tensor_at (x, 0, i), power) / (double) n;
  g_assert_cmpfloat_with_epsilon (moments[1], 0, 3 / sqrt (n));
  g_assert_cmpfloat_with_epsilon (moments[2], 1, 3 * sqrt (2.0 / n));
  g_assert_cmpfloat_with_epsilon (moments[4], 3, 3 * sqrt (96.0 / n));
}

static void
test_errors (void)
{
  g_autoptr (WbBackend) backend = test_backend_open ("baseline", 1);
  g_autoptr (TestTensor) x = test_tensor_new (4, 8, 0);
  g_autoptr (TestTensor) y = test_tensor_new (2, 8, 0);
  const gint32    high[] = { 0, 4 }, negative[] = { -1, 0 };
  const guint32   ordinals[] = { 0 };
  const gint32    bounds[] = { 0, 3 };
  const WbDropout certain = { 1.0f, numbers }, nan_p = { NAN, numbers }, half = { 0.5f, numbers };
  const WbBatch   batch = { 3, 1, 3, .cu_seqlens = bounds, .ordinals = ordinals };
  const WbTensor *a = &x->tensor, *b = &y->tensor;
  WbTensor        wrong = x->tensor, dense = x->tensor, huge = x->tensor;

  wrong.dtype = WB_DTYPE_F64;
  dense.stride = 7;
  huge.rows = (gsize) 1 << 31;
  test_assert_refused (wb_gather_rows (backend, a, high, b, &error), WB_ENGINE_ERROR_INVALID);
  test_assert_refused (wb_gather_rows (backend, a, negative, b, &error), WB_ENGINE_ERROR_INVALID);
  test_assert_refused (wb_scatter_add_rows (backend, b, high, a, &error), WB_ENGINE_ERROR_INVALID);
  test_assert_refused (wb_copy (backend, a, b, &error), WB_ENGINE_ERROR_SHAPE);
  test_assert_refused (wb_add (backend, &wrong, a, &error), WB_ENGINE_ERROR_SHAPE);
  test_assert_refused (wb_fill (backend, &dense, 0, &error), WB_ENGINE_ERROR_SHAPE);
  test_assert_refused (wb_dropout_rows (backend, &certain, NULL, a, a, &error),
                       WB_ENGINE_ERROR_INVALID);
  test_assert_refused (wb_dropout_rows (backend, &nan_p, NULL, a, a, &error),
                       WB_ENGINE_ERROR_INVALID);
  test_assert_refused (wb_dropout_rows (backend, &half, NULL, &huge, &huge, &error),
                       WB_ENGINE_ERROR_SHAPE);
  test_assert_refused (wb_dropout_tokens (backend, &half, &batch, a, a, &error),
                       WB_ENGINE_ERROR_SHAPE);
  test_assert_refused (wb_fill_normal (backend, &huge, &numbers, 0, 1, &error),
                       WB_ENGINE_ERROR_SHAPE);
  test_assert_refused (wb_fill_normal (backend, a, &numbers, 0, -1, &error),
                       WB_ENGINE_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add_per_instruction_set ("/engine/rows/gather-scatter", test_gather_scatter);
  test_add_per_instruction_set ("/engine/rows/first-rows", test_first_rows);
  test_add_per_instruction_set ("/engine/rows/dropout-rows", test_dropout_rows);
  test_add_per_instruction_set ("/engine/rows/dropout-tokens", test_dropout_tokens);
  test_add_per_instruction_set ("/engine/rows/fill-copy-add", test_fill_copy_add);
  test_add_per_instruction_set ("/engine/rows/fill-normal", test_fill_normal);
  g_test_add_func ("/engine/rows/normal-moments", test_normal_moments);
  g_test_add_func ("/engine/rows/errors", test_errors);
  return g_test_run ();
}
