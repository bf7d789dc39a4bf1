#include "config.h"

#include "engine/cpu/wb-cpu-ops-private.h"
#include "engine/cpu/wb-cpu-optimizer-private.h"

#include <string.h>

/* Updates that are judged together: see is_negligible(). */
#define CHUNK ((gsize) 64)
#define GROUP ((gsize) 4)

/**
 * Chunk:
 * @f: (n) factors of the updates
 * @max_rate, @min_root: over the chunk
 * @kept: product of the decays
 * @kept_v: lower bound of what is left of v after it
 */
typedef struct
{
  const WbOptimizerFactors *f;
  gsize                     n;
  float                     max_rate;
  float                     min_root;
  float                     kept;
  float                     kept_v;
} Chunk;

static Chunk
chunk_new (const WbCpuOptimizer *o, const WbOptimizerFactors *f, gsize n)
{
  Chunk self = { .f = f, .n = n, .max_rate = 0, .min_root = f->root, .kept = 1, .kept_v = 0.99f };

  for (gsize k = 0; k < n; k++)
    {
      self.max_rate = MAX (self.max_rate, f[k].rate);
      self.min_root = MIN (self.min_root, f[k].root);
      self.kept *= f[k].decay >= 0 ? f[k].decay : 0;
      self.kept_v *= o->keep_v;
    }
  return self;
}

static inline WbCpuMoments
moments_load (const float *p, const float *m, const float *v)
{
  return (WbCpuMoments){ vector_load (p), vector_load (m), vector_load (v) };
}

static inline void
moments_store (const WbCpuMoments *x, float *p, float *m, float *v)
{
  vector_store (p, x->p);
  vector_store (m, x->m);
  vector_store (v, x->v);
}

/* Whether no update of the chunk moves p but by its decay, because what would be subtracted is less
 * than half a unit in p's last place.  With |m| only falling, v at least kept_v v and |p| at least
 * p / 2 to the chunk's end, the largest of the subtrahends is at most
 * max_rate |m| / (sqrt (kept_v v) min_root + epsilon); half a unit in the last place of p / 2 is at
 * least 2^-26 |p|.  Two powers of two more and 0.99 pay for the roundings on the way. */
static inline gboolean
is_negligible (const WbCpuOptimizer *o, const Chunk *chunk, const WbCpuMoments *x, gboolean admax)
{
  const WbVector v = x->v * chunk->kept_v;
  const WbVector below = (admax ? v : vector_sqrt (v) * chunk->min_root) + vector_set (o->epsilon);

  return chunk->kept >= 0.51f && vector_all_at_most (vector_abs (x->m) * chunk->max_rate / below,
                                                     vector_abs (x->p) * 0x1p-28f);
}

/* All updates of the chunk with a zero gradient. */
static inline __attribute__ ((always_inline)) void
replay_moving (const WbCpuOptimizer *o, const Chunk *chunk, WbCpuMoments *x, gboolean admax)
{
  for (gsize k = 0; k < chunk->n; k++)
    {
      x->m = vector_fma (vector_set (o->keep_m), x->m, (WbVector){ 0 });
      x->v = vector_rounded (x->v * o->keep_v);
      x->p = optimizer_move (o, &chunk->f[k], x, admax);
    }
}

/* The same where only the decay moves p; several vectors at once, since each multiplication waits
 * for the one before. */
static inline __attribute__ ((always_inline)) void
replay_decaying (const WbCpuOptimizer *o, const Chunk *chunk, WbCpuMoments *x, gsize n)
{
  for (gsize k = 0; k < chunk->n; k++)
    for (gsize i = 0; i < n; i++)
      {
        x[i].m = vector_fma (vector_set (o->keep_m), x[i].m, (WbVector){ 0 });
        x[i].v = vector_rounded (x[i].v * o->keep_v);
        x[i].p = vector_rounded (x[i].p * chunk->f[k].decay);
      }
}

static inline __attribute__ ((always_inline)) void
replay_vectors (const WbCpuOptimizer *o,
                const Chunk          *chunk,
                float                *p,
                float                *m,
                float                *v,
                gsize                 n,
                gboolean              admax)
{
  WbCpuMoments x[GROUP];
  gboolean     still[GROUP], all = n == GROUP;

  for (gsize i = 0; i < n; i++)
    {
      const gsize c = i * WB_VECTOR_LANES;

      x[i] = moments_load (p + c, m + c, v + c);
      still[i] = is_negligible (o, chunk, &x[i], admax);
      all = all && still[i];
    }
  if (all)
    replay_decaying (o, chunk, x, GROUP);
  else
    for (gsize i = 0; i < n; i++)
      if (still[i])
        replay_decaying (o, chunk, &x[i], 1);
      else
        replay_moving (o, chunk, &x[i], admax);
  for (gsize i = 0; i < n; i++)
    moments_store (&x[i], p + i * WB_VECTOR_LANES, m + i * WB_VECTOR_LANES,
                   v + i * WB_VECTOR_LANES);
}

/* cols is a multiple of a vector. */
static inline __attribute__ ((always_inline)) void
replay_whole (const WbCpuOptimizer     *o,
              const WbOptimizerFactors *f,
              gsize                     n_updates,
              gsize                     cols,
              float                    *p,
              float                    *m,
              float                    *v,
              gboolean                  admax)
{
  for (gsize k = 0; k < n_updates; k += CHUNK)
    {
      const Chunk chunk = chunk_new (o, f + k, MIN (CHUNK, n_updates - k));

      for (gsize c = 0; c < cols; c += GROUP * WB_VECTOR_LANES)
        replay_vectors (o, &chunk, p + c, m + c, v + c, MIN (GROUP, (cols - c) / WB_VECTOR_LANES),
                        admax);
    }
}

static void
replay (const WbCpuOptimizer     *o,
        const WbOptimizerFactors *f,
        gsize                     n_updates,
        gsize                     cols,
        float                    *p,
        float                    *m,
        float                    *v)
{
  if (o->admax)
    replay_whole (o, f, n_updates, cols, p, m, v, TRUE);
  else
    replay_whole (o, f, n_updates, cols, p, m, v, FALSE);
}

/* A row that once had a gradient. */
static void
replay_row (const WbCpuOptimizer     *o,
            const WbOptimizerFactors *f,
            gsize                     n_updates,
            gsize                     cols,
            float                    *p,
            float                    *m,
            float                    *v)
{
  const gsize whole = cols - cols % WB_VECTOR_LANES, tail = (cols - whole) * sizeof *p;
  float       copy[3][WB_VECTOR_BYTES / sizeof (float)] = { 0 };

  replay (o, f, n_updates, whole, p, m, v);
  if (tail == 0)
    return;
  memcpy (copy[0], p + whole, tail);
  memcpy (copy[1], m + whole, tail);
  memcpy (copy[2], v + whole, tail);
  replay (o, f, n_updates, WB_VECTOR_LANES, copy[0], copy[1], copy[2]);
  memcpy (p + whole, copy[0], tail);
  memcpy (m + whole, copy[1], tail);
  memcpy (v + whole, copy[2], tail);
}

/* Eight vectors: enough chains of multiplications to keep both units busy. */
static inline __attribute__ ((always_inline)) void
decay_vectors (const WbOptimizerFactors *f, gsize n_updates, float *p, gsize n)
{
  WbVector x[8];

  for (gsize i = 0; i < n; i++)
    x[i] = vector_load (p + i * WB_VECTOR_LANES);
  for (gsize k = 0; k < n_updates; k++)
    for (gsize i = 0; i < n; i++)
      x[i] *= f[k].decay;
  for (gsize i = 0; i < n; i++)
    vector_store (p + i * WB_VECTOR_LANES, x[i]);
}

/* A row that never had a gradient: m and v are 0 and stay so. */
static void
decay_row (const WbOptimizerFactors *f, gsize n_updates, gsize cols, float *p)
{
  gsize c = 0;

  for (; c + 8 * WB_VECTOR_LANES <= cols; c += 8 * WB_VECTOR_LANES)
    decay_vectors (f, n_updates, p + c, 8);
  for (; c + WB_VECTOR_LANES <= cols; c += WB_VECTOR_LANES)
    decay_vectors (f, n_updates, p + c, 1);
  if (c < cols)
    {
      float copy[WB_VECTOR_BYTES / sizeof (float)] = { 0 };

      memcpy (copy, p + c, (cols - c) * sizeof *p);
      decay_vectors (f, n_updates, copy, 1);
      memcpy (p + c, copy, (cols - c) * sizeof *p);
    }
}

static void
update_row (const WbOptimizerRowsArgs *args, const WbCpuOptimizer *o, gsize i)
{
  const gsize  cols = args->table.cols, id = args->ids != NULL ? (gsize) args->ids[i] : i;
  const gsize  done = args->row_updates[id];
  const gsize  past = args->g.data != NULL ? args->n_updates - 1 : args->n_updates;
  float *const p = (float *) args->table.data + id * cols;
  float *const m = (float *) args->m.data + id * cols;
  float *const v = (float *) args->v.data + id * cols;

  if (done < past && args->row_touched[id])
    replay_row (o, args->factors + done, past - done, cols, p, m, v);
  else if (done < past && args->step->weight_decay > 0)
    decay_row (args->factors + done, past - done, cols, p);
  if (args->g.data != NULL && done < args->n_updates)
    {
      WB_CPU (wb_cpu_optimizer_span)
      (o, &args->factors[past], cols, p, (const float *) args->g.data + i * cols, m, v);
      args->row_touched[id] = TRUE;
    }
  args->row_updates[id] = (guint32) MAX (args->n_updates, done);
}

gboolean
WB_CPU (wb_cpu_optimizer_update_rows) (WbBackend                 *self,
                                       const WbOptimizerRowsArgs *args,
                                       GError                   **error)
{
  const WbCpuOptimizer o = WB_CPU (wb_cpu_optimizer_new) (args->step);
  const gsize          n = args->ids != NULL ? args->n_ids : args->table.rows;

#pragma omp parallel num_threads(self->n_threads) if (n > 1)
  {
    const guint before = flush_denormals ();

#pragma omp for schedule(dynamic, 8)
    for (gsize i = 0; i < n; i++)
      update_row (args, &o, i);
    restore_denormals (before);
  }
  return TRUE;
}
