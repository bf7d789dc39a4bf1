#pragma once

#include <glib.h>
#include <math.h>
#include <string.h>

#include "engine/core/wb-backend.h"
#include "engine/core/wb-tensor.h"

/* Tensors for tests of operations: rows farther apart than they are long, guard words before, after
 * and between rows, and a double beside every float for the definition. */

#define TEST_GUARD 0xdeadbeefu
#define TEST_GUARDS 16 /* before and after */

typedef struct
{
  guint32 *block;
  gsize    n_words;
  WbTensor tensor;
  double  *exact; /* (rows, cols), contiguous: what the definition works on */
} TestTensor;

static inline float *
test_tensor_at (const TestTensor *self, gsize row, gsize col)
{
  return (float *) self->tensor.data + row * self->tensor.stride + col;
}

/* @gap: words between rows.  Elements are zero. */
static inline TestTensor *
test_tensor_new (gsize rows, gsize cols, gsize gap)
{
  TestTensor *self = g_new0 (TestTensor, 1);

  self->n_words = 2 * TEST_GUARDS + rows * (cols + gap);
  self->block = g_new (guint32, self->n_words);
  for (gsize i = 0; i < self->n_words; i++)
    self->block[i] = TEST_GUARD;
  self->tensor = wb_tensor_matrix (self->block + TEST_GUARDS, WB_DTYPE_F32, rows, cols);
  self->tensor.stride = cols + gap;
  self->exact = g_new0 (double, MAX (1, rows * cols));
  for (gsize r = 0; r < rows; r++)
    memset (test_tensor_at (self, r, 0), 0, cols * sizeof (float));
  return self;
}

static inline void
test_tensor_free (TestTensor *self)
{
  g_free (self->block);
  g_free (self->exact);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestTensor, test_tensor_free)

/* Uniform from @middle - @width to @middle + @width; floats and doubles hold the same numbers. */
static inline TestTensor *
test_tensor_new_random (GRand *rand, gsize rows, gsize cols, gsize gap, double middle, double width)
{
  TestTensor *self = test_tensor_new (rows, cols, gap);

  for (gsize r = 0; r < rows; r++)
    for (gsize c = 0; c < cols; c++)
      {
        *test_tensor_at (self, r, c) =
            (float) g_rand_double_range (rand, middle - width, middle + width);
        self->exact[r * cols + c] = *test_tensor_at (self, r, c);
      }
  return self;
}

/* A tensor of the same numbers and gap. */
static inline TestTensor *
test_tensor_copy (const TestTensor *other)
{
  const gsize rows = other->tensor.rows, cols = other->tensor.cols;
  TestTensor *self = test_tensor_new (rows, cols, other->tensor.stride - cols);

  memcpy (self->block, other->block, self->n_words * sizeof *self->block);
  memcpy (self->exact, other->exact, rows * cols * sizeof *self->exact);
  return self;
}

static inline void
test_tensor_assert_guards (const TestTensor *self)
{
  const gsize rows = self->tensor.rows, cols = self->tensor.cols, stride = self->tensor.stride;

  for (gsize i = 0; i < TEST_GUARDS; i++)
    {
      g_assert_cmphex (self->block[i], ==, TEST_GUARD);
      g_assert_cmphex (self->block[self->n_words - 1 - i], ==, TEST_GUARD);
    }
  for (gsize r = 0; r < rows; r++)
    for (gsize c = cols; c < stride; c++)
      g_assert_cmphex (self->block[TEST_GUARDS + r * stride + c], ==, TEST_GUARD);
}

/* |got - want| / |want| over all elements (L2), of floats against the doubles beside them. */
static inline double
test_tensor_error (const TestTensor *self)
{
  const gsize rows = self->tensor.rows, cols = self->tensor.cols;
  double      difference = 0, size = 0;

  for (gsize r = 0; r < rows; r++)
    for (gsize c = 0; c < cols; c++)
      {
        const double want = self->exact[r * cols + c], d = *test_tensor_at (self, r, c) - want;

        difference += d * d;
        size += want * want;
      }
  return size > 0 ? sqrt (difference / size) : sqrt (difference);
}

/* How many seeds to run: 1, or WB_TEST_SEEDS to find the worst case from which a bound is made;
 * then every error is printed. */
static inline gsize
test_n_seeds (void)
{
  const char *n = g_getenv ("WB_TEST_SEEDS");

  return n != NULL ? g_ascii_strtoull (n, NULL, 10) : 1;
}

/* Guards whole, and the error below @bound. */
#define test_tensor_assert_near(self, bound)                                                       \
  G_STMT_START                                                                                     \
  {                                                                                                \
    test_tensor_assert_guards (self);                                                              \
    if (g_getenv ("WB_TEST_SEEDS") != NULL)                                                        \
      g_test_message ("error %s %g", #self, test_tensor_error (self));                             \
    if (!(test_tensor_error (self) <= (bound)))                                                    \
      {                                                                                            \
        g_autofree char *message_ = g_strdup_printf ("%s: relative error %g, bound %g", #self,     \
                                                     test_tensor_error (self), (double) (bound));  \
        g_assertion_message (G_LOG_DOMAIN, __FILE__, __LINE__, G_STRFUNC, message_);               \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

/* All words the same, guards too. */
static inline void
test_tensor_assert_same (const TestTensor *self, const TestTensor *other)
{
  g_assert_cmpuint (self->n_words, ==, other->n_words);
  g_assert_true (memcmp (self->block, other->block, self->n_words * sizeof *self->block) == 0);
}

/* The processor's backend for one instruction set (%NULL: as the environment says); skips the test
 * and gives %NULL when the machine lacks it, and for no other reason. */
static inline WbBackend *
test_backend_open (const char *instruction_set, guint n_threads)
{
  g_autoptr (GError) error = NULL;
  WbBackend *backend;

  if (g_getenv ("WB_ONE_THREAD") != NULL)
    n_threads = 1;
  if (instruction_set != NULL)
    g_setenv ("WB_CPU_ISA", instruction_set, TRUE);
  backend = wb_backend_open ("cpu", n_threads, &error);
  if (instruction_set != NULL)
    g_unsetenv ("WB_CPU_ISA");
  if (backend != NULL)
    return backend;
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_UNSUPPORTED);
  g_test_skip (error->message);
  return NULL;
}

static const char *const test_instruction_sets[] = { "baseline", "avx2", "avx512" };

/* Adds @func once per instruction set, which is its argument. */
static inline void
test_add_per_instruction_set (const char *path, GTestDataFunc func)
{
  for (gsize i = 0; i < G_N_ELEMENTS (test_instruction_sets); i++)
    {
      g_autofree char *full = g_strdup_printf ("%s/%s", path, test_instruction_sets[i]);

      g_test_add_data_func (full, test_instruction_sets[i], func);
    }
}

/* The call fails with this code of WB_ENGINE_ERROR; @call uses a variable &error. */
#define test_assert_refused(call, code_)                                                           \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autoptr (GError) error = NULL;                                                               \
    g_assert_false (call);                                                                         \
    g_assert_error (error, WB_ENGINE_ERROR, code_);                                                \
  }                                                                                                \
  G_STMT_END
