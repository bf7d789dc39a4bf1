#pragma once

#include "engine/cpu/wb-cpu-tile-private.h"
#include "engine/ops/wb-attention-terms.h"

G_BEGIN_DECLS

/* Disentangled attention, a tile of queries with all keys of their sequence at a time.
 *
 * The relative terms need no gather.  The tables are laid out by distance, not by row: then the
 * scores of query i against "relative keys" of the distances j - i, ascending, are a run of the
 * score matrix's row that starts at another column in every row, a matrix whose rows lie one
 * element more apart (stride + 1).  The product writes there directly.  The relative queries give
 * such a band of the transposed scores, which is transposed back in registers.  In the backward
 * pass both bands of the gradient are operands with strides of the same kind, zeros around the
 * gradient's tile standing for what lies outside.
 *
 * q and pq are multiplied by the scale when they are packed. */

/* Space around the tiles, in elements: a band's block reaches WB_CPU_TILE_ROWS - 1 outside, and a
 * product's columns are rounded up. */
#define WB_CPU_ATTENTION_LEFT ((gsize) 16)
#define WB_CPU_ATTENTION_RIGHT ((gsize) 32)
#define WB_CPU_ATTENTION_BORDER ((gsize) 16)

/**
 * WbCpuAttention:
 * @d: columns of a head, @cols: @d rounded up
 * @length: of the longest sequence
 * @span: distances, rounded up: column @length - 1 + (j - i) of pk_t, @length - 1 + (i - j) of pq_t
 * @chunks: parts of the batch; a task is one head of a chunk and has its own sums of dpk and dpq
 * @chunk_end: (chunks) first sequence of the next chunk
 * @pk, @pq: (heads, span, cols), @pk_t, @pq_t: (heads, cols, span): the tables by distance
 * @dpk, @dpq: (heads, chunks, span, cols), backward pass only
 *
 * One call.  Everything here depends on sizes only.
 */
#define WB_CPU_ATTENTION_CHUNKS 4
typedef struct
{
  const WbAttentionForwardArgs  *args;
  const WbAttentionBackwardArgs *backward; /* %NULL but in the backward pass */
  const WbAttentionTermsArgs    *terms;    /* %NULL but where the terms are kept */
  gsize                          d;
  gsize                          cols;
  gsize                          length;
  gsize                          span;
  gsize                          chunks;
  gsize                          chunk_end[WB_CPU_ATTENTION_CHUNKS];
  float                         *pk, *pq, *pk_t, *pq_t;
  float                         *dpk, *dpq;
  struct _WbCpuAttentionWorker  *workers; /* one per thread */
} WbCpuAttention;

/**
 * WbCpuAttentionWorker:
 *
 * Working memory of a thread.  (n, cols) where nothing else is said.
 */
typedef struct _WbCpuAttentionWorker
{
  float   *q, *k, *v;
  float   *k_t, *v_t; /* (cols, keys_row) */
  float   *scores;    /* (rows, scores_row) */
  float   *turned;    /* (n, turned_row) p2c scores, a row per key */
  float   *output;    /* (rows, cols) context, or dq */
  float   *sums;      /* (rows) */
  guint32 *words;     /* (rows, n) random words of the tile */
  float   *dcontext, *dk, *dv;
  float   *dscores; /* like scores, zeros around */
  float   *total;   /* like scores: the sum of the terms, where each is kept */

  WbCpuPrefetch prefetch;
} WbCpuAttentionWorker;

/**
 * WbCpuAttentionPart:
 *
 * One head of one sequence of @n tokens from token @start, @queries of them asked for.
 */
typedef struct
{
  const WbCpuAttention *plan;
  WbCpuAttentionWorker *worker;
  gsize                 head;
  gsize                 n;
  gsize                 n_round;
  gsize                 queries;
  gsize                 start;
  guint32               ordinal;
  gsize                 tiles;
  gsize                 keys_row;
  gsize                 scores_row;
  gsize                 turned_row;
} WbCpuAttentionPart;

/* Rows [first, first + rows) of the queries. */
typedef struct
{
  gsize first;
  gsize rows;
} WbCpuAttentionTile;

/* Bytes of working memory for any batch within @shape */
gsize WB_CPU (wb_cpu_attention_measure) (const WbScratchShape *shape, guint n_threads);

gboolean WB_CPU (wb_cpu_attention_begin) (WbCpuAttention                *plan,
                                          WbBackend                     *backend,
                                          const WbAttentionForwardArgs  *args,
                                          const WbAttentionBackwardArgs *backward,
                                          const WbAttentionTermsArgs    *terms,
                                          GError                       **error);

/**
 * WbCpuAttentionWork:
 * @begin: (nullable): called at the start of each task
 * @part: called for each part of the task, in order
 */
typedef struct
{
  void (*begin) (const WbCpuAttention *plan, gsize task);
  void (*part) (const WbCpuAttentionPart *part, gsize task);
} WbCpuAttentionWork;

/* All tasks, each by one thread: task / chunks is the head, task % chunks the chunk. */
void WB_CPU (wb_cpu_attention_run) (const WbCpuAttention     *plan,
                                    const WbCpuAttentionWork *work,
                                    guint                     n_threads);

/* (rows, cols) of the part's head, times @scale; rows and columns up to the rounded sizes are
 * zero. */
void WB_CPU (wb_cpu_attention_pack) (const WbCpuAttentionPart *part,
                                     const WbTensor           *x,
                                     gsize                     rows,
                                     float                     scale,
                                     float                    *to);

/* q, k, v and the keys' transpose, which the scores need. */
void WB_CPU (wb_cpu_attention_pack_keys) (const WbCpuAttentionPart *part);

WbCpuAttentionTile WB_CPU (wb_cpu_attention_tile) (const WbCpuAttentionPart *part, gsize tile);

/* worker->scores of the tile. */
void WB_CPU (wb_cpu_attention_scores) (const WbCpuAttentionPart *part, WbCpuAttentionTile tile);

/* One term: the content's is written to worker->scores, the others are added to it. */
void WB_CPU (wb_cpu_attention_content) (const WbCpuAttentionPart *part, WbCpuAttentionTile tile);
void WB_CPU (wb_cpu_attention_add_relative_keys) (const WbCpuAttentionPart *part,
                                                  WbCpuAttentionTile        tile);
void WB_CPU (wb_cpu_attention_add_relative_queries) (const WbCpuAttentionPart *part,
                                                     WbCpuAttentionTile        tile);

/* @s: (n) scores, overwritten with e^(s - max).  Returns: their sum */
float WB_CPU (wb_cpu_attention_exponentials) (float *s, gsize n, float *max);

/* worker->words of the tile, where there is dropout. */
void WB_CPU (wb_cpu_attention_words) (const WbCpuAttentionPart *part, WbCpuAttentionTile tile);

/* Blocks of at most WB_CPU_TILE_ROWS rows, of nearly the same size: the end of the block that
 * starts at @first. */
static inline gsize
wb_cpu_attention_block_end (gsize first, gsize end)
{
  const gsize left = end - first;
  const gsize blocks = (left + WB_CPU_TILE_ROWS - 1) / WB_CPU_TILE_ROWS;

  return first + (left + blocks - 1) / blocks;
}

/* A (rows, cols) table of one head, and of one chunk of it. */
static inline float *
wb_cpu_attention_table (const WbCpuAttention *plan, float *tables, gsize number)
{
  return tables == NULL ? NULL : tables + number * plan->span * plan->cols;
}

G_END_DECLS
