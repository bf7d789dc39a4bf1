#define _GNU_SOURCE

#include "config.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/support/wb-test-training.h"

/* No allocation in a step: memory that the engine, or GLib for it, asks of the C library, or maps,
 * between the begin and the end of a training step is counted.  oneDNN packs operands in buffers of
 * its own. */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__GLIBC__)
#define CAN_COUNT FALSE
static int      counting, n_counted;
static gpointer culprit;
#else
#define CAN_COUNT TRUE

extern void *__libc_malloc (size_t size);
extern void *__libc_calloc (size_t n, size_t size);
extern void *__libc_realloc (void *old, size_t size);
extern void *__libc_memalign (size_t alignment, size_t size);

static int      counting, n_counted;
static gpointer culprit; /* where the last one was asked for */

/* This program, with the engine's library in it, or GLib. */
static gboolean
is_ours (gpointer caller)
{
  Dl_info info, own;

  return dladdr (caller, &info) != 0 && dladdr ((gpointer) is_ours, &own) != 0 &&
         (info.dli_fbase == own.dli_fbase || strstr (info.dli_fname, "libglib") != NULL);
}

static void
count (gpointer caller)
{
  if (!g_atomic_int_get (&counting) || !is_ours (caller))
    return;
  g_atomic_int_inc (&n_counted);
  g_atomic_pointer_set (&culprit, caller);
}

void *
malloc (size_t size)
{
  count (__builtin_return_address (0));
  return __libc_malloc (size);
}

void *
calloc (size_t n, size_t size)
{
  count (__builtin_return_address (0));
  return __libc_calloc (n, size);
}

void *
realloc (void *old, size_t size)
{
  count (__builtin_return_address (0));
  return __libc_realloc (old, size);
}

void *
aligned_alloc (size_t alignment, size_t size)
{
  count (__builtin_return_address (0));
  return __libc_memalign (alignment, size);
}

int
posix_memalign (void **out, size_t alignment, size_t size)
{
  count (__builtin_return_address (0));
  *out = __libc_memalign (alignment, size);
  return *out != NULL ? 0 : 12;
}

/* Under both of its names; <sys/mman.h> would make one of them. */
void *mmap (void *address, size_t size, int protection, int flags, int file, long offset);
void *mmap64 (void *address, size_t size, int protection, int flags, int file, long offset);

void *
mmap (void *address, size_t size, int protection, int flags, int file, long offset)
{
  count (__builtin_return_address (0));
  return (void *) syscall (SYS_mmap, address, size, protection, flags, file, offset);
}

void *
mmap64 (void *address, size_t size, int protection, int flags, int file, long offset)
{
  count (__builtin_return_address (0));
  return (void *) syscall (SYS_mmap, address, size, protection, flags, file, offset);
}
#endif

#define PARTS 2

/* Sums over rows that need more working memory than the attention does. */
#define WIDE WB_TEST_V3 ",\"intermediate_size\":65536"

/* Of example @i: no order of sizes may make a step ask for more than was reserved. */
static gsize
get_length (guint64 number, guint32 i)
{
  const gsize lengths[] = { 5 + i, 1, 33 + i, 40, 2 + i };

  return lengths[number % G_N_ELEMENTS (lengths)];
}

/* One step on prepared batches, counted. */
static void
step (WbTestTraining *self)
{
  const guint64 number = wb_trainer_get_step (self->trainer);
  WbTestBatch  *batches[PARTS];
  WbTestLabels *labels[PARTS];
  WbBatch       parts[PARTS];
  WbStepStats   stats;
  WbDistinctIds ids;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) distinct = g_array_new (FALSE, FALSE, sizeof (gint32));
  gboolean ok;

  for (gsize p = 0; p < PARTS; p++)
    batches[p] = wb_test_batch_new ();
  for (guint32 i = 0; i < WB_TEST_BATCH; i++)
    {
      const gsize n = get_length (number, i);
      gint32      tokens[40];

      wb_test_generated_ids (tokens, number * WB_TEST_BATCH + i, n, WB_TEST_VOCABULARY);
      wb_test_batch_add (batches[i % PARTS], tokens, NULL, n, i, (gint32) (i % 3), 0);
    }
  for (gsize p = 0; p < PARTS; p++)
    wb_test_batch_collect (batches[p], distinct);
  for (gsize p = 0; p < PARTS; p++)
    {
      parts[p] = *wb_test_batch_finish (batches[p], distinct);
      labels[p] = wb_test_labels_new (wb_model_get_head (self->model), &parts[p]);
    }
  ids = (WbDistinctIds){ distinct->len, (const gint32 *) distinct->data };
  g_atomic_int_set (&counting, TRUE);
  ok = wb_trainer_step (self->trainer, parts, PARTS, &ids, &stats, &error);
  g_atomic_int_set (&counting, FALSE);
  g_assert_no_error (error);
  g_assert_true (ok);
  for (gsize p = 0; p < PARTS; p++)
    {
      wb_test_labels_free (labels[p]);
      wb_test_batch_free (batches[p]);
    }
}

static void
assert_none (const char *json, const WbHeadSpec *head, guint n_threads)
{
  const WbTrainerOptions options = wb_test_options ();
  g_autoptr (WbTestTraining) training = wb_test_training_new_for (json, &options, head, n_threads);

  if (!CAN_COUNT)
    {
      g_test_skip ("allocations cannot be counted here: not glibc, or under a sanitizer");
      return;
    }
  for (guint i = 0; i < 6; i++)
    {
      n_counted = 0;
      step (training);
      g_test_message ("step %u: %d allocations, the last asked for at %p", i + 1, n_counted,
                      culprit);
      g_assert_cmpint (n_counted, ==, 0);
    }
}

static const WbHeadSpec three = { .kind = WB_HEAD_CLASSIFICATION, .n_labels = 3 };

static void
test_one_thread (gconstpointer json)
{
  assert_none (json, &three, 1);
}

static void
test_two_threads (gconstpointer json)
{
  assert_none (json, &three, 2);
}

static void
test_head (gconstpointer head)
{
  assert_none (WB_TEST_V3, head, 1);
}

#define LONG_TOKENS 2400
#define LONG 600

/* Batches of up to LONG_TOKENS in sequences of up to @length, which the attention cuts into chunks
 * of their own. */
static void
train_long (WbModel *model, gsize length, GRand *rand)
{
  const gsize n_sequences = LONG_TOKENS / length;
  gint32      ids[LONG];
  g_autoptr (WbTestBatch) batch = wb_test_batch_new ();
  g_autoptr (GArray) distinct = g_array_new (FALSE, FALSE, sizeof (gint32));
  const WbBatch *parts;
  double         loss;

  for (guint32 i = 0; i < n_sequences; i++)
    {
      const gsize n = i == 0 ? length : (gsize) g_rand_int_range (rand, 1, (gint32) length + 1);

      wb_test_generated_ids (ids, i, n, WB_TEST_VOCABULARY);
      wb_test_batch_add (batch, ids, NULL, n, i, (gint32) (i % 3), 0);
    }
  wb_test_batch_collect (batch, distinct);
  parts = wb_test_batch_finish (batch, distinct);
  g_assert_true (wb_model_clear_gradients (model, distinct->len, NULL));
  n_counted = 0;
  g_atomic_int_set (&counting, TRUE);
  g_assert_true (wb_model_train_part (model, parts, 1, 1,
                                      &(WbLossWeight){ (double) n_sequences, 0 }, &loss, NULL));
  g_atomic_int_set (&counting, FALSE);
  g_test_message ("%zu sequences of up to %zu tokens: %d", n_sequences, length, n_counted);
  g_assert_cmpint (n_counted, ==, 0);
}

static void
test_long (void)
{
  static const gsize  lengths[] = { 7, 100, 150, 300, 299, 400, 512, 600, 60, 500 };
  const WbModelLimits limits = { LONG_TOKENS, LONG_TOKENS / 7, LONG, WB_TEST_VOCABULARY, TRUE };
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  g_autoptr (WbBackend) backend = wb_test_backend_open (2);
  g_autoptr (WbModelConfig) config = wb_test_config_new (WB_TEST_V3);
  g_autoptr (WbModel) model = wb_test_model_new (backend, config, &three, wb_test_form_vectors);

  if (!CAN_COUNT)
    {
      g_test_skip ("allocations cannot be counted here: not glibc, or under a sanitizer");
      return;
    }
  g_assert_true (wb_model_reserve (model, &limits, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    train_long (model, lengths[i], rand);
}

/* The counting itself. */
static void
test_counts (void)
{
  if (!CAN_COUNT)
    {
      g_test_skip ("allocations cannot be counted here: not glibc, or under a sanitizer");
      return;
    }
  n_counted = 0;
  g_atomic_int_set (&counting, TRUE);
  g_free (g_malloc (10));
  free (malloc (10));
  g_atomic_int_set (&counting, FALSE);
  g_assert_cmpint (n_counted, >=, 1); /* a compiler may leave the second out */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/allocation/counts", test_counts);
  g_test_add_func ("/engine/allocation/long", test_long);
  g_test_add_data_func ("/engine/allocation/one-thread/v3", WB_TEST_V3, test_one_thread);
  g_test_add_data_func ("/engine/allocation/one-thread/v1", WB_TEST_V1, test_one_thread);
  g_test_add_data_func ("/engine/allocation/one-thread/conv", WB_TEST_CONV, test_one_thread);
  g_test_add_data_func ("/engine/allocation/one-thread/wide", WIDE, test_one_thread);
  g_test_add_data_func ("/engine/allocation/two-threads/v3", WB_TEST_V3, test_two_threads);
  g_test_add_data_func ("/engine/allocation/two-threads/v1", WB_TEST_V1, test_two_threads);
  g_test_add_data_func ("/engine/allocation/two-threads/conv", WB_TEST_CONV, test_two_threads);
  for (gsize i = 0; i < G_N_ELEMENTS (wb_test_heads); i++)
    {
      g_autofree char *path =
          g_strconcat ("/engine/allocation/heads/", wb_test_heads[i].name, NULL);

      g_test_add_data_func (path, &wb_test_heads[i].head, test_head);
    }
  return g_test_run ();
}
