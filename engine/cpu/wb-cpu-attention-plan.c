#include "config.h"

#include "engine/cpu/wb-cpu-attention-private.h"

#include <omp.h>
#include <string.h>

/* Queries of a tile: a score tile and its gradient stay in the second-level cache. */
#define TILE_ROWS ((gsize) 64)
#define TILE_ROWS_LONG ((gsize) 64)
#define LONG ((gsize) 512)

/* Score elements that are worth a chunk of their own. */
#define CHUNK_WORK ((gsize) 1 << 18)

/* Elements that the chunks' sums of one table's gradient may have, unless one chunk has more. */
#define CHUNK_SUMS ((gsize) 1 << 23)

/* Cuts arrays out of a block; with no block it only counts. */
typedef struct
{
  char *base;
  gsize used;
} Layout;

static void *
cut (Layout *self, gsize n)
{
  void *place = self->base != NULL ? self->base + self->used : NULL;

  self->used += (n * sizeof (float) + 63) / 64 * 64;
  return place;
}

/* @n elements; the address of the one at @inside. */
static void *
cut_inside (Layout *self, gsize n, gsize inside)
{
  float *place = cut (self, n);

  return place != NULL ? place + inside : NULL;
}

/* An odd number of cache lines, so that a column does not fall into a few sets of the cache. */
static gsize
odd_lines (gsize cols)
{
  const gsize round = wb_cpu_tile_round (cols);

  return round / 16 % 2 == 1 ? round : round + 16;
}

static gsize
scores_row (gsize n)
{
  return odd_lines (WB_CPU_ATTENTION_LEFT + wb_cpu_tile_round (n) + WB_CPU_ATTENTION_RIGHT);
}

static gsize
n_tiles (gsize n)
{
  const gsize rows = n > LONG ? TILE_ROWS_LONG : TILE_ROWS;

  return (n + rows - 1) / rows;
}

static void
lay_out_worker (const WbCpuAttention *plan, Layout *layout, WbCpuAttentionWorker *worker)
{
  const gsize    n = wb_cpu_tile_round (plan->length), rows = MIN (n, TILE_ROWS);
  const gsize    scores = (rows + 2 * WB_CPU_ATTENTION_BORDER) * scores_row (n);
  const gsize    inside = WB_CPU_ATTENTION_BORDER * scores_row (n) + WB_CPU_ATTENTION_LEFT;
  const gboolean backward = plan->backward != NULL;

  worker->q = cut (layout, n * plan->cols);
  worker->k = cut (layout, n * plan->cols);
  worker->v = cut (layout, n * plan->cols);
  worker->k_t = cut (layout, odd_lines (n) * plan->cols);
  worker->scores = cut_inside (layout, scores, inside);
  worker->turned = cut_inside (layout, n * scores_row (rows), WB_CPU_ATTENTION_LEFT);
  worker->output = cut (layout, rows * plan->cols);
  worker->sums = cut (layout, rows);
  worker->words = plan->args->dropout.p > 0.0f ? cut (layout, rows * n) : NULL;
  worker->v_t = backward ? cut (layout, odd_lines (n) * plan->cols) : NULL;
  worker->dcontext = backward ? cut (layout, n * plan->cols) : NULL;
  worker->dk = backward ? cut (layout, n * plan->cols) : NULL;
  worker->dv = backward ? cut (layout, n * plan->cols) : NULL;
  worker->total = plan->terms != NULL ? cut_inside (layout, scores, inside) : NULL;
  worker->dscores = backward ? cut_inside (layout, scores, inside) : NULL;
}

/* Elements of the tables by distance. */
static gsize
n_table (const WbCpuAttention *plan)
{
  return plan->args->heads * plan->span * plan->cols;
}

/* @sums: elements of the chunks' sums of one table's gradient.  Returns: bytes */
static gsize
lay_out (WbCpuAttention *plan, void *base, gsize sums, gsize n_threads)
{
  const WbAttentionPositions *positions = &plan->args->positions;
  const gsize                 tables = n_table (plan);
  const gboolean              backward = plan->backward != NULL;
  const gboolean              c2p = positions->pk.data != NULL, p2c = positions->pq.data != NULL;
  Layout                      layout = { base, 0 };
  WbCpuAttentionWorker        ignored;

  plan->pk = c2p ? cut (&layout, tables) : NULL;
  plan->pk_t = c2p ? cut (&layout, tables) : NULL;
  plan->pq = p2c ? cut (&layout, tables) : NULL;
  plan->pq_t = p2c ? cut (&layout, tables) : NULL;
  plan->dpk = c2p && backward ? cut (&layout, sums) : NULL;
  plan->dpq = p2c && backward ? cut (&layout, sums) : NULL;
  plan->workers = cut (&layout, n_threads * sizeof *plan->workers / sizeof (float));
  for (gsize t = 0; t < n_threads; t++)
    lay_out_worker (plan, &layout, base != NULL ? &plan->workers[t] : &ignored);
  return layout.used;
}

static void
set_sizes (WbCpuAttention *plan, gsize head_size, gsize max_length)
{
  plan->d = head_size;
  plan->cols = wb_cpu_tile_round (plan->d);
  plan->length = MAX (max_length, 1);
  plan->span = odd_lines (2 * plan->length + WB_CPU_TILE_COLS);
}

/* Shorter sequences have smaller tables, of which there may be more. */
static gsize
measure_sums (const WbCpuAttention *plan, const WbScratchShape *shape)
{
  const gsize chunks =
      CLAMP (shape->max_tokens * plan->length / CHUNK_WORK, 1, WB_CPU_ATTENTION_CHUNKS);

  return MAX (n_table (plan), MIN (chunks * n_table (plan), CHUNK_SUMS));
}

gsize
WB_CPU (wb_cpu_attention_measure) (const WbScratchShape *shape, guint n_threads)
{
  float                         there = 0;
  const WbAttentionForwardArgs  args = { .positions = { .pk.data = shape->c2p ? &there : NULL,
                                                        .pq.data = shape->p2c ? &there : NULL },
                                         .heads = shape->n_heads,
                                         .dropout.p = shape->dropout ? 0.5f : 0.0f };
  const WbAttentionBackwardArgs backward = { .forward = &args };
  WbCpuAttention plan = { .args = &args, .backward = shape->training ? &backward : NULL };

  set_sizes (&plan, shape->head_size, shape->max_length);
  return lay_out (&plan, NULL, measure_sums (&plan, shape), n_threads);
}

/* Cuts the batch into chunks of about the same number of score elements. */
static void
choose_chunks (WbCpuAttention *plan)
{
  const WbBatch *batch = plan->args->batch;
  gsize          total = 0, sum = 0, chunk = 0;

  for (gsize s = 0; s < batch->n_sequences; s++)
    {
      const gsize n = (gsize) (batch->cu_seqlens[s + 1] - batch->cu_seqlens[s]);

      total += n * n;
    }
  plan->chunks = MIN (total / CHUNK_WORK, CHUNK_SUMS / n_table (plan));
  plan->chunks = CLAMP (plan->chunks, 1, WB_CPU_ATTENTION_CHUNKS);
  for (gsize s = 0; s < batch->n_sequences; s++)
    {
      const gsize n = (gsize) (batch->cu_seqlens[s + 1] - batch->cu_seqlens[s]);

      sum += n * n;
      while (chunk + 1 < plan->chunks && sum * plan->chunks >= total * (chunk + 1))
        plan->chunk_end[chunk++] = s + 1;
    }
  while (chunk < plan->chunks)
    plan->chunk_end[chunk++] = batch->n_sequences;
}

/* Columns of @head of @table, a row per distance: ascending, or descending when @reverse.  Rows
 * that stand for no distance are zero. */
static void
pack_table (const WbCpuAttention *plan,
            const WbTensor       *table,
            gsize                 head,
            float                 scale,
            gboolean              reverse,
            float                *to)
{
  const gsize n = 2 * plan->length - 1, cols = plan->cols;

  memset (to, 0, plan->span * cols * sizeof *to);
  for (gsize entry = 0; entry < n; entry++)
    {
      const gint32 row = plan->args->positions.index[reverse ? n - 1 - entry : entry];
      const float *x = (const float *) table->data + (gsize) row * table->stride + head * plan->d;

      WB_CPU_SIMD for (gsize c = 0; c < plan->d; c++) to[entry * cols + c] = x[c] * scale;
    }
}

static void
pack_tables (const WbCpuAttention *plan, gsize head)
{
  const WbAttentionPositions *positions = &plan->args->positions;
  float                      *pk = wb_cpu_attention_table (plan, plan->pk, head);
  float                      *pq = wb_cpu_attention_table (plan, plan->pq, head);

  if (pk != NULL)
    {
      pack_table (plan, &positions->pk, head, 1.0f, TRUE, pk);
      WB_CPU (wb_cpu_tile_transpose)
      (pk, plan->cols, plan->span, plan->cols, wb_cpu_attention_table (plan, plan->pk_t, head),
       plan->span, FALSE);
    }
  if (pq != NULL)
    {
      pack_table (plan, &positions->pq, head, plan->args->scale, FALSE, pq);
      WB_CPU (wb_cpu_tile_transpose)
      (pq, plan->cols, plan->span, plan->cols, wb_cpu_attention_table (plan, plan->pq_t, head),
       plan->span, FALSE);
    }
}

gboolean
WB_CPU (wb_cpu_attention_begin) (WbCpuAttention                *plan,
                                 WbBackend                     *backend,
                                 const WbAttentionForwardArgs  *args,
                                 const WbAttentionBackwardArgs *backward,
                                 const WbAttentionTermsArgs    *terms,
                                 GError                       **error)
{
  gsize sums;
  void *base;

  *plan = (WbCpuAttention){ .args = args, .backward = backward, .terms = terms };
  set_sizes (plan, args->q.cols / args->heads, args->batch->max_length);
  choose_chunks (plan);
  sums = n_table (plan) * plan->chunks;
  base = wb_cpu_scratch (backend, lay_out (plan, NULL, sums, backend->n_threads), error);
  if (base == NULL)
    return FALSE;
  lay_out (plan, base, sums, backend->n_threads);
  if (args->batch->n_tokens == 0 || (plan->pk == NULL && plan->pq == NULL))
    return TRUE;
#pragma omp parallel for schedule(dynamic) num_threads(backend->n_threads)
  for (gsize head = 0; head < args->heads; head++)
    pack_tables (plan, head);
  return TRUE;
}

static WbCpuAttentionPart
make_part (const WbCpuAttention *plan, gsize sequence, gsize head)
{
  const gint32      *bounds = plan->args->batch->cu_seqlens;
  WbCpuAttentionPart part = { .plan = plan, .head = head };

  part.start = (gsize) bounds[sequence];
  part.n = (gsize) bounds[sequence + 1] - part.start;
  part.n_round = wb_cpu_tile_round (part.n);
  part.ordinal = plan->args->batch->ordinals[sequence];
  part.queries = plan->args->first_only ? MIN (part.n, 1) : part.n;
  part.tiles = n_tiles (part.queries);
  part.keys_row = odd_lines (part.n);
  part.scores_row = scores_row (part.n);
  part.turned_row = part.tiles > 0 ? scores_row ((part.queries + part.tiles - 1) / part.tiles) : 0;
  return part;
}

/* Adds @part's rows of @x to what will be fetched; none when it has no tokens. */
static void
foresee_rows (WbCpuPrefetch *prefetch, const WbCpuAttentionPart *part, const WbTensor *x)
{
  if (part->n == 0)
    return;
  prefetch->streams[prefetch->n_streams].row =
      (const char *) x->data +
      (part->start * x->stride + part->head * part->plan->d) * sizeof (float);
  prefetch->streams[prefetch->n_streams].row_bytes = x->stride * sizeof (float);
  prefetch->streams[prefetch->n_streams].rows = part->n;
  prefetch->streams[prefetch->n_streams].lines = (part->plan->d * sizeof (float) + 63) / 64;
  prefetch->n_streams++;
}

/* What @part will write and @next will read; the last stream comes first. */
static void
foresee (const WbCpuAttentionPart *part, const WbCpuAttentionPart *next)
{
  const WbAttentionForwardArgs  *args = part->plan->args;
  const WbAttentionBackwardArgs *backward = part->plan->backward;
  WbCpuPrefetch                 *prefetch = &part->worker->prefetch;
  const gsize                    products = backward != NULL ? 11 : 4; /* of the scores' size */
  const gsize blocks = products * ((part->queries + WB_CPU_TILE_ROWS - 1) / WB_CPU_TILE_ROWS) *
                       ((part->n + 31) / 32);
  gsize lines = 0;

  *prefetch = (WbCpuPrefetch){ 0 };
  foresee_rows (prefetch, next, &args->v);
  foresee_rows (prefetch, next, &args->k);
  foresee_rows (prefetch, next, &args->q);
  if (backward != NULL)
    {
      foresee_rows (prefetch, next, &args->context);
      foresee_rows (prefetch, next, &backward->dcontext);
      foresee_rows (prefetch, part, &backward->dv);
      foresee_rows (prefetch, part, &backward->dk);
      foresee_rows (prefetch, part, &backward->dq);
    }
  else
    foresee_rows (prefetch, part, &args->context);
  for (gsize s = 0; s < prefetch->n_streams; s++)
    lines += prefetch->streams[s].rows * prefetch->streams[s].lines;
  prefetch->per_block = lines / MAX (blocks, 1) + 1;
}

static gsize
first_sequence (const WbCpuAttention *plan, gsize task)
{
  const gsize chunk = task % plan->chunks;

  return chunk > 0 ? plan->chunk_end[chunk - 1] : 0;
}

static gsize
take_task (gsize *next)
{
  gsize task;

#pragma omp atomic capture
  task = (*next)++;
  return task;
}

/* One task; @following: the same thread's next, or one too many. */
static void
run_task (const WbCpuAttention     *plan,
          const WbCpuAttentionWork *work,
          gsize                     task,
          gsize                     following,
          WbCpuAttentionWorker     *worker)
{
  const gsize n_tasks = plan->args->heads * plan->chunks;
  const gsize end = plan->chunk_end[task % plan->chunks];

  if (work->begin != NULL)
    work->begin (plan, task);
  for (gsize s = first_sequence (plan, task); s < end; s++)
    {
      WbCpuAttentionPart part = make_part (plan, s, task / plan->chunks);
      WbCpuAttentionPart next = { .n = 0 };

      if (s + 1 < end)
        next = make_part (plan, s + 1, task / plan->chunks);
      else if (following < n_tasks &&
               first_sequence (plan, following) < plan->args->batch->n_sequences)
        next = make_part (plan, first_sequence (plan, following), following / plan->chunks);
      part.worker = worker;
      if (part.n == 0)
        continue;
      foresee (&part, &next);
      work->part (&part, task);
    }
}

void
WB_CPU (wb_cpu_attention_run) (const WbCpuAttention     *plan,
                               const WbCpuAttentionWork *work,
                               guint                     n_threads)
{
  const gsize n_tasks = plan->args->heads * plan->chunks;
  gsize       counter = 0;

#pragma omp parallel num_threads(n_threads)
  {
    WbCpuAttentionWorker *worker = &plan->workers[omp_get_thread_num ()];
    gsize                 task = take_task (&counter);

    while (task < n_tasks)
      {
        const gsize following = take_task (&counter);

        run_task (plan, work, task, following, worker);
        task = following;
      }
  }
}
