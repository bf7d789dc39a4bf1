#include "config.h"

#include <glib.h>
#include <string.h>

#include "engine/core/wb-arena.h"
#include "engine/core/wb-backend.h"
#include "engine/core/wb-batch.h"
#include "engine/core/wb-rng.h"
#include "engine/cpu/wb-cpu-private.h"

/* Random123 1.14, tests/kat_vectors: counter, key, output. */
static const struct
{
  guint32 counter[4], key[2], out[4];
} vectors[] = {
  { { 0, 0, 0, 0 }, { 0, 0 }, { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
  { { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff },
    { 0xffffffff, 0xffffffff },
    { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
  { { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 },
    { 0xa4093822, 0x299f31d0 },
    { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } },
};

static void
test_philox_vectors (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      guint32 out[4];

      wb_philox4x32 (vectors[i].counter, vectors[i].key, out);
      g_assert_cmpmem (out, sizeof out, vectors[i].out, sizeof vectors[i].out);
    }
}

static void
test_random_words (void)
{
  const WbRandom random = { .seed = G_GUINT64_CONSTANT (0x299f31d0a4093822),
                            .step = 0x243f6a88,
                            .stream = 0x85a308d3 };

  /* The third vector's key and first half of the counter: element / 4 is the last word. */
  for (guint32 i = 0; i < 4; i++)
    {
      const guint32 counter[4] = { random.step, random.stream, 0x13198a2e, 7 };
      guint32       out[4];

      wb_philox4x32 (counter, vectors[2].key, out);
      g_assert_cmphex (wb_random_u32 (&random, 0x13198a2e, 28 + i), ==, out[i]);
    }
  g_assert_cmphex (wb_random_stream (WB_RANDOM_ATTENTION, 5), ==, 0x502);
}

static void
test_dropout_threshold (void)
{
  g_assert_cmpuint (wb_dropout_threshold (0.0f), ==, 0);
  g_assert_cmpuint (wb_dropout_threshold (0.5f), ==, 1u << 31);
  g_assert_cmpuint (wb_dropout_threshold (0.1f), ==, 429496736); /* 0.1f is 13421773 / 2^27 */
  g_assert_cmpuint (wb_dropout_threshold (0x1.fffffep-1f), ==, 0xffffff00);
}

/* Cuts the same pieces from a measuring arena and a real one. */
static gsize
cut (WbArena *arena)
{
  gsize mark;

  wb_arena_tensor (arena, WB_DTYPE_F32, 3, 5);
  mark = wb_arena_mark (arena);
  wb_arena_alloc (arena, 1000);
  wb_arena_release (arena, mark);
  wb_arena_alloc (arena, 1);
  return wb_arena_get_peak (arena);
}

static void
test_arena (void)
{
  g_autoptr (WbArena) measuring = wb_arena_new_measuring ();
  g_autoptr (GError) error = NULL;
  g_autoptr (WbArena) arena = NULL;
  WbTensor tensor;

  g_assert_true (wb_arena_is_measuring (measuring));
  g_assert_cmpuint (cut (measuring), ==, 64 + 1024);

  arena = wb_arena_new (64 + 1024, &error);
  g_assert_no_error (error);
  g_assert_false (wb_arena_is_measuring (arena));
  g_assert_cmpuint (cut (arena), ==, 64 + 1024);

  wb_arena_release (arena, 0);
  tensor = wb_arena_tensor (arena, WB_DTYPE_F64, 2, 8);
  g_assert_cmpuint (tensor.stride, ==, 8);
  g_assert_cmpuint (GPOINTER_TO_SIZE (tensor.data) % 64, ==, 0);
  memset (tensor.data, 1, 2 * 8 * 8);
  g_assert_cmpuint (wb_arena_mark (arena), ==, 128);
}

static void
test_arena_too_large (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbArena) arena = wb_arena_new (G_MAXSIZE / 4, &error);

  g_assert_null (arena);
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_OUT_OF_MEMORY);
}

static void
test_arena_overrun (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (WbArena) arena = wb_arena_new (128, NULL);

      wb_arena_alloc (arena, 64);
      wb_arena_alloc (arena, 65);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*65 bytes asked for, 64 of 128 left*");
}

static void
test_batch_check (void)
{
  const gint32  good[] = { 0, 2, 2, 5 }, late[] = { 1, 2, 2, 5 }, back[] = { 0, 3, 2, 5 };
  const guint32 ordinals[] = { 0, 1, 2 };
  const struct
  {
    WbBatch  batch;
    gboolean ok;
  } cases[] = {
    { { 5, 3, 3, .cu_seqlens = good, .ordinals = ordinals }, TRUE },
    { { 6, 3, 3, .cu_seqlens = good, .ordinals = ordinals }, FALSE },
    { { 5, 3, 2, .cu_seqlens = good, .ordinals = ordinals }, FALSE },
    { { 5, 3, 3, .cu_seqlens = late, .ordinals = ordinals }, FALSE },
    { { 5, 3, 3, .cu_seqlens = back, .ordinals = ordinals }, FALSE },
    { { 5, 3, 3, .cu_seqlens = good }, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (wb_batch_check (&cases[i].batch, &error), ==, cases[i].ok);
      if (!cases[i].ok)
        g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE);
    }
}

static void
test_backend_open (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbBackend) backend = wb_backend_open ("auto", 0, &error);
  g_autofree char *fingerprint = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (wb_backend_get_name (backend), ==, "cpu");
  g_assert_cmpuint (wb_backend_get_n_threads (backend), >=, 1);
  fingerprint = wb_backend_dup_fingerprint (backend);
  g_assert_nonnull (strstr (fingerprint, wb_backend_get_instruction_set (backend)));
  g_assert_null (strchr (fingerprint, '\n'));
  g_test_message ("%s", fingerprint);

  g_assert_null (wb_backend_open ("abacus", 0, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_UNSUPPORTED);
}

static void
test_backend_instruction_set (void)
{
  g_autoptr (GError) error = NULL;
  WbBackend *backend;

  g_setenv ("WB_CPU_ISA", "baseline", TRUE);
  backend = wb_backend_open ("cpu", 1, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (wb_backend_get_instruction_set (backend), ==, "baseline");
  g_assert_cmpuint (wb_backend_get_n_threads (backend), ==, 1);
  wb_backend_close (backend);

  g_setenv ("WB_CPU_ISA", "abacus", TRUE);
  g_assert_null (wb_backend_open ("cpu", 1, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_UNSUPPORTED);
  g_unsetenv ("WB_CPU_ISA");
}

static void
test_cores (void)
{
  g_assert_cmpuint (wb_cpu_quota_parse ("max 100000\n"), ==, G_MAXUINT);
  g_assert_cmpuint (wb_cpu_quota_parse ("200000 100000\n"), ==, 2);
  g_assert_cmpuint (wb_cpu_quota_parse ("150000 100000\n"), ==, 2);
  g_assert_cmpuint (wb_cpu_quota_parse ("1000 100000\n"), ==, 1);
  g_assert_cmpuint (wb_cpu_quota_parse (""), ==, G_MAXUINT);
  g_assert_cmpuint (wb_cpu_quota_parse ("7"), ==, G_MAXUINT);
  g_assert_cmpuint (wb_cpu_count_cores (), >=, 1);
  g_assert_cmpuint (wb_cpu_count_cores (), <=, g_get_num_processors ());
}

static void
test_error_line (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) longer = NULL;
  g_autofree char *name = g_strnfill (5000, 'x');

  wb_engine_error_set (&error, WB_ENGINE_ERROR_INVALID, "name '%s'",
                       "a\n\x1b[31m\xc2\x85\xff\xc3\xa9");
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, "name 'a\\x0a\\x1b[31m\\x85\xef\xbf\xbd\xc3\xa9'");
  wb_engine_error_set (&longer, WB_ENGINE_ERROR_MISSING, "%s", name);
  g_assert_cmpuint (strlen (longer->message), ==, 1003);
  wb_engine_error_set (NULL, WB_ENGINE_ERROR_MISSING, "nobody asks");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/rng/philox-vectors", test_philox_vectors);
  g_test_add_func ("/engine/rng/random-words", test_random_words);
  g_test_add_func ("/engine/rng/dropout-threshold", test_dropout_threshold);
  g_test_add_func ("/engine/arena/same-cuts", test_arena);
  g_test_add_func ("/engine/arena/too-large", test_arena_too_large);
  g_test_add_func ("/engine/arena/overrun", test_arena_overrun);
  g_test_add_func ("/engine/batch/check", test_batch_check);
  g_test_add_func ("/engine/backend/open", test_backend_open);
  g_test_add_func ("/engine/backend/cores", test_cores);
  g_test_add_func ("/engine/backend/instruction-set", test_backend_instruction_set);
  g_test_add_func ("/core/error/line", test_error_line);
  return g_test_run ();
}
