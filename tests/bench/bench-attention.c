#include "config.h"

#include <glib.h>
#include <math.h>
#include <oneapi/dnnl/dnnl.h>
#include <stdio.h>
#include <string.h>

#include "engine/core/wb-arena.h"
#include "engine/core/wb-backend.h"
#include "engine/ops/wb-attention.h"

/* bench-attention [THREADS [SHAPE]]: useful GFLOP/s of the fused attention (2 n H for each of QKᵀ,
 * c2p, p2c and PV, per token; twice that in the backward pass) at the shape of v3-small, and its
 * share of sgemm's best for the model's own shapes. */

#define HEADS 12
#define D 64
#define COLS (HEADS * D)

typedef struct
{
  const char *name;
  gsize       n_sequences;
  gsize       shortest, longest; /* lengths, evenly spread */
  float       dropout;
} Shape;

static const Shape shapes[] = {
  { "16 x 256", 16, 256, 256, 0.0f },         { "16 x 256, dropout", 16, 256, 256, 0.1f },
  { "16 x 30-150 (RTE)", 16, 30, 150, 0.1f }, { "64 x 8-40 (SST-2)", 64, 8, 40, 0.1f },
  { "32 x 20-80 (MRPC)", 32, 20, 80, 0.1f },  { "4 x 512", 4, 512, 512, 0.1f },
};

static WbTensor
new_tensor (WbArena *arena, gsize rows, gsize cols)
{
  static guint32 state = 1;
  const WbTensor tensor = wb_arena_tensor (arena, WB_DTYPE_F32, rows, cols);
  float         *data = tensor.data;

  for (gsize i = 0; i < rows * cols; i++)
    {
      state = state * 1664525u + 1013904223u;
      data[i] = (float) (state >> 8) / 8388608.0f - 1.0f;
    }
  return tensor;
}

static double
best_sgemm (WbArena *arena, gsize rows)
{
  static const gsize sizes[][2] = { { 768, 768 }, { 2304, 768 }, { 3072, 768 }, { 768, 3072 } };
  double             best = 0;

  for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      const gsize out = sizes[s][0], in = sizes[s][1];
      WbTensor    x = new_tensor (arena, rows, in), w = new_tensor (arena, out, in),
               y = new_tensor (arena, rows, out);

      for (int i = 0; i < 6; i++)
        {
          const gint64 start = g_get_monotonic_time ();

          dnnl_sgemm ('N', 'T', (dnnl_dim_t) rows, (dnnl_dim_t) out, (dnnl_dim_t) in, 1.0f, x.data,
                      (dnnl_dim_t) in, w.data, (dnnl_dim_t) in, 0.0f, y.data, (dnnl_dim_t) out);
          best = MAX (best, 2e-3 * (double) (rows * out * in) /
                                (double) (g_get_monotonic_time () - start));
        }
    }
  return best;
}

static void
set_batch (const Shape *shape, WbBatch *batch, gint32 *bounds, guint32 *ordinals, double *squares)
{
  *batch =
      (WbBatch){ .n_sequences = shape->n_sequences, .cu_seqlens = bounds, .ordinals = ordinals };
  for (gsize s = 0; s < shape->n_sequences; s++)
    {
      const gsize n = shape->shortest +
                      (shape->longest - shape->shortest) * s / MAX (shape->n_sequences - 1, 1);

      batch->n_tokens += n;
      batch->max_length = MAX (batch->max_length, n);
      bounds[s + 1] = (gint32) batch->n_tokens;
      ordinals[s] = (guint32) s;
      *squares += (double) (n * n);
    }
}

static void
run (WbBackend *backend, const Shape *shape)
{
  gint32  bounds[65] = { 0 };
  guint32 ordinals[64];
  double  squares = 0, best[2] = { 1e9, 1e9 }, peak;
  WbBatch batch;
  g_autoptr (WbArena) arena = wb_arena_new ((gsize) 1 << 30, NULL); /* huge pages, as a model's */
  WbRelativeWindow        window;
  WbAttentionForwardArgs  f = { .heads = HEADS, .scale = (float) (1 / sqrt (3.0 * D)) };
  WbAttentionBackwardArgs b = { .forward = &f };
  gint32                 *index;
  WbTensor                qkv, dqkv;

  set_batch (shape, &batch, bounds, ordinals, &squares);
  window = wb_relative_window (batch.max_length, 256, 512, 256);
  index = g_new (gint32, 2 * batch.max_length - 1);
  wb_relative_index_fill (index, batch.max_length, 256, 512, 256, &window);
  qkv = new_tensor (arena, batch.n_tokens, 3 * COLS);
  dqkv = new_tensor (arena, batch.n_tokens, 3 * COLS);
  f.batch = &batch;
  f.q = wb_tensor_columns (&qkv, 0, COLS);
  f.k = wb_tensor_columns (&qkv, COLS, COLS);
  f.v = wb_tensor_columns (&qkv, 2 * COLS, COLS);
  f.positions.pk = new_tensor (arena, window.rows, COLS);
  f.positions.pq = new_tensor (arena, window.rows, COLS);
  f.positions.index = index;
  f.context = new_tensor (arena, batch.n_tokens, COLS);
  f.lse = new_tensor (arena, batch.n_tokens, HEADS);
  f.dropout.p = shape->dropout;
  b.dcontext = new_tensor (arena, batch.n_tokens, COLS);
  b.dq = wb_tensor_columns (&dqkv, 0, COLS);
  b.dk = wb_tensor_columns (&dqkv, COLS, COLS);
  b.dv = wb_tensor_columns (&dqkv, 2 * COLS, COLS);
  b.dpk = new_tensor (arena, window.rows, COLS);
  b.dpq = new_tensor (arena, window.rows, COLS);

  for (int i = 0; i < 12; i++)
    {
      const gint64 start = g_get_monotonic_time ();
      gint64       middle;

      if (!wb_attention_forward (backend, &f, NULL))
        g_error ("forward");
      middle = g_get_monotonic_time ();
      if (!wb_attention_backward (backend, &b, NULL))
        g_error ("backward");
      best[0] = MIN (best[0], (double) (middle - start));
      best[1] = MIN (best[1], (double) (g_get_monotonic_time () - middle));
    }
  peak = best_sgemm (arena, batch.n_tokens);
  printf ("%-20s %5zu tokens  forward %6.2f ms %6.1f GFLOP/s  backward %6.2f ms %6.1f GFLOP/s"
          "  sgemm %6.1f  share %.2f %.2f\n",
          shape->name, batch.n_tokens, best[0] / 1e3, 8e-3 * squares * COLS / best[0],
          best[1] / 1e3, 16e-3 * squares * COLS / best[1], peak,
          8e-3 * squares * COLS / best[0] / peak, 16e-3 * squares * COLS / best[1] / peak);
}

int
main (int argc, char *argv[])
{
  const guint n_threads = argc > 1 ? (guint) g_ascii_strtoull (argv[1], NULL, 10) : 0;
  g_autoptr (GError) error = NULL;
  g_autoptr (WbBackend) backend = wb_backend_open ("cpu", n_threads, &error);

  if (backend == NULL)
    {
      fprintf (stderr, "%s\n", error->message);
      return 1;
    }
  printf ("%s, %u threads\n", wb_backend_get_instruction_set (backend),
          wb_backend_get_n_threads (backend));
  for (gsize s = 0; s < G_N_ELEMENTS (shapes); s++)
    if (argc <= 2 || strstr (shapes[s].name, argv[2]) != NULL)
      run (backend, &shapes[s]);
  return 0;
}
