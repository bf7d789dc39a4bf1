#include "config.h"

#include <glib.h>
#include <math.h>
#include <oneapi/dnnl/dnnl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "engine/core/wb-arena.h"
#include "engine/core/wb-backend.h"
#include "engine/ops/wb-conv.h"

/* bench-conv [THREADS [SHAPE]]: GFLOP/s of the convolution layer (2 kernel H H / groups per token;
 * twice that in the backward pass), and its share of what sgemm gives at (tokens, H) by (H, H).
 * With one thread times are the processor's, which other programs do not stretch. */

static gboolean one_thread;

/* microseconds */
static double
now (void)
{
  struct timespec t;

  clock_gettime (one_thread ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &t);
  return (double) t.tv_sec * 1e6 + (double) t.tv_nsec / 1e3;
}

typedef struct
{
  const char *name;
  gsize       cols, kernel, groups;
  gsize       n_sequences, shortest, longest; /* lengths, evenly spread */
} Shape;

static const Shape shapes[] = {
  { "v2-xlarge, 8 x 128", 1536, 3, 1, 8, 128, 128 },
  { "v2-xlarge, 16 x 30-150 (RTE)", 1536, 3, 1, 16, 30, 150 },
  { "v2-xlarge, 32 x 8-40 (SST-2)", 1536, 3, 1, 32, 8, 40 },
  { "v2-xlarge, 1 x 64", 1536, 3, 1, 1, 64, 64 },
  { "768, kernel 5, 4 groups, 8 x 128", 768, 5, 4, 8, 128, 128 },
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

/* GFLOP/s of a product of the layer's width, by the library's own threads. */
static double
best_sgemm (WbArena *arena, gsize rows, gsize cols)
{
  const WbTensor x = new_tensor (arena, rows, cols), w = new_tensor (arena, cols, cols),
                 y = new_tensor (arena, rows, cols);
  double best = 0;

  for (int i = 0; i < 8; i++)
    {
      const double start = now ();

      dnnl_sgemm ('N', 'T', (dnnl_dim_t) rows, (dnnl_dim_t) cols, (dnnl_dim_t) cols, 1.0f, x.data,
                  (dnnl_dim_t) cols, w.data, (dnnl_dim_t) cols, 0.0f, y.data, (dnnl_dim_t) cols);
      best = MAX (best, 2e-3 * (double) (rows * cols * cols) / (now () - start));
    }
  return best;
}

static void
set_batch (const Shape *shape, WbBatch *batch, gint32 *bounds, guint32 *ordinals)
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
    }
}

static void
init_args (const Shape *shape, WbArena *arena, WbConvForwardArgs *f, WbConvBackwardArgs *b)
{
  const gsize rows = f->batch->n_tokens, cols = shape->cols;
  const gsize width = cols / shape->groups * shape->kernel;

  f->x = new_tensor (arena, rows, cols);
  f->weight = new_tensor (arena, cols, width);
  for (gsize i = 0; i < cols * width; i++) /* or the activation's derivative ends in denormals */
    ((float *) f->weight.data)[i] *= 1.0f / sqrtf ((float) width);
  f->bias = new_tensor (arena, 1, cols);
  f->gamma = new_tensor (arena, 1, cols);
  f->beta = new_tensor (arena, 1, cols);
  f->pre = new_tensor (arena, rows, cols);
  f->z = new_tensor (arena, rows, cols);
  f->y = new_tensor (arena, rows, cols);
  f->mean = new_tensor (arena, 1, rows);
  f->rstd = new_tensor (arena, 1, rows);
  f->work = new_tensor (
      arena, 1,
      wb_conv_work_floats (rows, shape->n_sequences, cols, shape->kernel, shape->groups, TRUE));
  *b = (WbConvBackwardArgs){ .forward = f };
  b->dy = new_tensor (arena, rows, cols);
  b->dz = new_tensor (arena, rows, cols);
  b->dx = new_tensor (arena, rows, cols);
  b->dweight = new_tensor (arena, cols, width);
  b->dbias = new_tensor (arena, 1, cols);
  b->dgamma = new_tensor (arena, 1, cols);
  b->dbeta = new_tensor (arena, 1, cols);
}

static void
run (WbBackend *backend, const Shape *shape)
{
  gint32             bounds[33] = { 0 };
  guint32            ordinals[32];
  double             best[2] = { 1e9, 1e9 }, peak, flops;
  WbBatch            batch;
  WbConvForwardArgs  f = { .batch = &batch,
                           .kernel = shape->kernel,
                           .groups = shape->groups,
                           .activation = WB_ACTIVATION_GELU,
                           .eps = 1e-7f,
                           .dropout = { .p = 0.1f } };
  WbConvBackwardArgs b;
  g_autoptr (WbArena) arena = wb_arena_new ((gsize) 1 << 30, NULL); /* huge pages, as a model's */

  set_batch (shape, &batch, bounds, ordinals);
  init_args (shape, arena, &f, &b);
  for (int i = 0; i < 8; i++)
    {
      const double start = now ();
      double       middle;

      if (!wb_conv_forward (backend, &f, NULL))
        g_error ("forward");
      middle = now ();
      if (!wb_conv_backward (backend, &b, NULL))
        g_error ("backward");
      best[0] = MIN (best[0], middle - start);
      best[1] = MIN (best[1], now () - middle);
    }
  flops = 2e-3 * (double) (batch.n_tokens * shape->kernel * shape->cols) *
          (double) (shape->cols / shape->groups);
  peak = best_sgemm (arena, batch.n_tokens, shape->cols);
  printf ("%-34s %5zu tokens  forward %6.2f ms %6.1f GFLOP/s  backward %6.2f ms %6.1f GFLOP/s"
          "  sgemm %6.1f  share %.2f %.2f\n",
          shape->name, batch.n_tokens, best[0] / 1e3, flops / best[0], best[1] / 1e3,
          2 * flops / best[1], peak, flops / best[0] / peak, 2 * flops / best[1] / peak);
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
  one_thread = wb_backend_get_n_threads (backend) == 1;
  printf ("%s, %u threads\n", wb_backend_get_instruction_set (backend),
          wb_backend_get_n_threads (backend));
  for (gsize s = 0; s < G_N_ELEMENTS (shapes); s++)
    if (argc <= 2 || strstr (shapes[s].name, argv[2]) != NULL)
      run (backend, &shapes[s]);
  return 0;
}
