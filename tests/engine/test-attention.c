#include "config.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "engine/core/wb-backend.h"
#include "engine/ops/wb-attention.h"
#include "engine/ref/wb-ref-attention.h"
#include "tests/support/test-tensor.h"

/* Mistakes planted one at a time, each seen to fail here: the index of c2p or of p2c negated; q or
 * pq not scaled; dpq missing or not scaled; the c2p part of dq or the p2c part of dk missing; the
 * softmax's gradient without its sum; stale values below the last tile of queries; only the first
 * chunk's sums of the tables' gradients; masks one element off, of ordinal 0, or not applied to the
 * gradient; no 1 / (1 - p); lse without the maximum; the last columns of a band left out. */

#define GUARD 16
#define GUARD_VALUE -123456.0f

/**
 * Case:
 * @lengths: of the sequences, 0 ends
 * @pk, @pq: which relative terms there are
 * @packed: q, k, v (and their gradients) are columns of one tensor
 */
typedef struct
{
  const char *name;
  gsize       heads, d;
  gsize       lengths[16];
  gboolean    pk, pq;
  gint        buckets, max_distance;
  gsize       span;
  float       dropout;
  gboolean    packed;
} Case;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RAGGED 1, 2, 3, 17, 64, 65, 30
#define LONG 70
#define LONGER 75
#else
#define RAGGED 1, 2, 3, 17, 64, 65, 130, 300
#define LONG 530
#define LONGER 1030
#endif

/* clang-format off */
static const Case cases[] = {
  { "ragged-64", 3, 64, { RAGGED }, TRUE, TRUE, 256, 512, 256, 0.0f, TRUE },
  { "ragged-32-dropout", 2, 32, { RAGGED }, TRUE, TRUE, 256, 512, 256, 0.1f, TRUE },
  { "ragged-128", 1, 128, { RAGGED }, TRUE, TRUE, 256, 512, 256, 0.1f, FALSE },
  { "c2p-only", 2, 64, { RAGGED }, TRUE, FALSE, 256, 512, 256, 0.1f, TRUE },
  { "p2c-only", 2, 64, { RAGGED }, FALSE, TRUE, 256, 512, 256, 0.1f, TRUE },
  { "no-positions", 2, 24, { RAGGED }, FALSE, FALSE, 256, 512, 256, 0.3f, FALSE },
  { "odd-heads", 5, 10, { 33, 5, 31, 48 }, TRUE, TRUE, 32, 128, 32, 0.5f, FALSE },
  { "one-column", 7, 1, { 9, 40, 1 }, TRUE, TRUE, 16, 64, 16, 0.1f, TRUE },
  { "clamped-window", 2, 16, { 50, 1, 61 }, TRUE, TRUE, 0, 20, 20, 0.0f, FALSE },
  { "one-token", 2, 64, { 1, 1 }, TRUE, TRUE, 256, 512, 256, 0.1f, FALSE },
  { "long", 1, 16, { LONG, 3, LONGER }, TRUE, TRUE, 256, 512, 256, 0.1f, FALSE },
  { "tails", 2, 20, { 15, 16, 18, 31, 32, 34, 47, 13, 14, 27, 28, 29 }, TRUE, TRUE, 32, 128, 32, 0.1f, TRUE },
};
/* clang-format on */

/* Everything that one call takes and gives, in F32 with guards, and the same inputs in double. */
typedef struct
{
  const Case *spec;
  WbBatch     batch;
  gint32      cu_seqlens[17];
  guint32     ordinals[16];
  gsize       cols;
  gsize       window;
  gint32     *index;
  GPtrArray  *blocks;

  WbAttentionForwardArgs  forward;
  WbAttentionBackwardArgs backward;

  WbRefAttention ref;
  double        *dcontext;
} Problem;

/* Standard deviation about 1, bounded, the same on every machine. */
static float
next_value (guint64 *state)
{
  *state = *state * G_GUINT64_CONSTANT (6364136223846793005) + 1442695040888963407u;
  return ((float) (*state >> 40) / 8388608.0f - 1.0f) * 1.7f;
}

static WbTensor
new_tensor (Problem *self, gsize rows, gsize cols)
{
  const gsize n = rows * cols;
  float      *data = g_new (float, n + 2 * GUARD);

  for (gsize i = 0; i < n + 2 * GUARD; i++)
    data[i] = GUARD_VALUE;
  g_ptr_array_add (self->blocks, data);
  return wb_tensor_matrix (data + GUARD, WB_DTYPE_F32, rows, cols);
}

static void
fill (const WbTensor *x, guint64 seed)
{
  for (gsize r = 0; r < x->rows; r++)
    for (gsize c = 0; c < x->cols; c++)
      ((float *) x->data)[r * x->stride + c] = next_value (&seed);
}

static double *
dup_double (Problem *self, const WbTensor *x)
{
  double *copy;

  if (x->data == NULL)
    return NULL;
  copy = g_new (double, x->rows * x->cols);
  g_ptr_array_add (self->blocks, copy);
  for (gsize r = 0; r < x->rows; r++)
    for (gsize c = 0; c < x->cols; c++)
      copy[r * x->cols + c] = ((const float *) x->data)[r * x->stride + c];
  return copy;
}

/* Three tensors of (n_tokens, cols); views of one where they are packed. */
static void
new_qkv (Problem *self, WbTensor *q, WbTensor *k, WbTensor *v)
{
  const gsize n = self->batch.n_tokens;

  if (self->spec->packed)
    {
      const WbTensor all = new_tensor (self, n, 3 * self->cols);

      *q = wb_tensor_columns (&all, 0, self->cols);
      *k = wb_tensor_columns (&all, self->cols, self->cols);
      *v = wb_tensor_columns (&all, 2 * self->cols, self->cols);
      return;
    }
  *q = new_tensor (self, n, self->cols);
  *k = new_tensor (self, n, self->cols);
  *v = new_tensor (self, n, self->cols);
}

static void
set_batch (Problem *self, const gsize *order)
{
  const Case *spec = self->spec;

  self->batch.cu_seqlens = self->cu_seqlens;
  self->batch.ordinals = self->ordinals;
  for (gsize s = 0; s < G_N_ELEMENTS (spec->lengths) && spec->lengths[s] > 0; s++)
    {
      const gsize from = order != NULL ? order[s] : s;

      self->ordinals[s] = (guint32) (from * 7 + 3);
      self->batch.n_tokens += spec->lengths[from];
      self->batch.max_length = MAX (self->batch.max_length, spec->lengths[from]);
      self->cu_seqlens[s + 1] = (gint32) self->batch.n_tokens;
      self->batch.n_sequences = s + 1;
    }
}

static void
set_positions (Problem *self)
{
  const Case            *spec = self->spec;
  const gsize            max_length = self->batch.max_length;
  const WbRelativeWindow window =
      wb_relative_window (max_length, spec->buckets, spec->max_distance, spec->span);
  WbAttentionPositions *positions = &self->forward.positions;

  self->window = window.rows;
  self->index = g_new (gint32, 2 * max_length - 1);
  g_ptr_array_add (self->blocks, self->index);
  wb_relative_index_fill (self->index, max_length, spec->buckets, spec->max_distance, spec->span,
                          &window);
  positions->index = self->index;
  if (spec->pk)
    {
      positions->pk = new_tensor (self, window.rows, self->cols);
      self->backward.dpk = new_tensor (self, window.rows, self->cols);
    }
  if (spec->pq)
    {
      positions->pq = new_tensor (self, window.rows, self->cols);
      self->backward.dpq = new_tensor (self, window.rows, self->cols);
    }
}

static void
set_args (Problem *self)
{
  const Case             *spec = self->spec;
  WbAttentionForwardArgs *f = &self->forward;

  f->batch = &self->batch;
  f->heads = spec->heads;
  f->scale = (float) (1 / sqrt ((double) spec->d * (1 + spec->pk + spec->pq)));
  f->dropout =
      (WbDropout){ spec->dropout, { .seed = 0x123456789abcdef, .step = 5, .stream = 0x302 } };
  new_qkv (self, &f->q, &f->k, &f->v);
  set_positions (self);
  f->context = new_tensor (self, self->batch.n_tokens, self->cols);
  f->lse = new_tensor (self, self->batch.n_tokens, spec->heads);
  self->backward.forward = f;
  self->backward.dcontext = new_tensor (self, self->batch.n_tokens, self->cols);
  new_qkv (self, &self->backward.dq, &self->backward.dk, &self->backward.dv);
}

static void
set_values (Problem *self, guint64 seed)
{
  WbTensor *inputs[] = { &self->forward.q,
                         &self->forward.k,
                         &self->forward.v,
                         &self->forward.positions.pk,
                         &self->forward.positions.pq,
                         &self->backward.dcontext };

  for (gsize i = 0; i < G_N_ELEMENTS (inputs); i++)
    if (inputs[i]->data != NULL)
      fill (inputs[i], seed * 100 + i);
}

static void
set_ref (Problem *self)
{
  const WbAttentionForwardArgs *f = &self->forward;

  self->ref = (WbRefAttention){
    .batch = f->batch,
    .heads = f->heads,
    .d = self->spec->d,
    .window = self->window,
    .q = dup_double (self, &f->q),
    .k = dup_double (self, &f->k),
    .v = dup_double (self, &f->v),
    .pk = dup_double (self, &f->positions.pk),
    .pq = dup_double (self, &f->positions.pq),
    .index = self->index,
    .scale = 1 / sqrt ((double) self->spec->d * (1 + self->spec->pk + self->spec->pq)),
    .dropout = f->dropout,
  };
  self->dcontext = dup_double (self, &self->backward.dcontext);
}

static Problem *
problem_new (const Case *spec, guint64 seed, const gsize *order)
{
  Problem *self = g_new0 (Problem, 1);

  self->spec = spec;
  self->cols = spec->heads * spec->d;
  self->blocks = g_ptr_array_new_with_free_func (g_free);
  set_batch (self, order);
  set_args (self);
  set_values (self, seed);
  set_ref (self);
  return self;
}

static void
problem_free (Problem *self)
{
  g_ptr_array_unref (self->blocks);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Problem, problem_free)

static void
run (Problem *self, WbBackend *backend)
{
  g_autoptr (GError) error = NULL;

  wb_attention_forward (backend, &self->forward, &error);
  g_assert_no_error (error);
  wb_attention_backward (backend, &self->backward, &error);
  g_assert_no_error (error);
}

/* Nothing was written around @x (unpacked tensors). */
static void
assert_guards (const WbTensor *x)
{
  const float *data = x->data;

  if (data == NULL || x->stride != x->cols)
    return;
  for (gsize i = 0; i < GUARD; i++)
    {
      g_assert_true (data[-1 - (gssize) i] == GUARD_VALUE);
      g_assert_true (data[x->rows * x->cols + i] == GUARD_VALUE);
    }
}

/* sqrt (|got - want|^2 / |want|^2).  With one token most gradients are 0: then |want|^2 is that of
 * ones. */
static double
distance (const WbTensor *got, const double *want)
{
  double difference = 0, norm = 0;

  for (gsize r = 0; r < got->rows; r++)
    for (gsize c = 0; c < got->cols; c++)
      {
        const double w = want[r * got->cols + c];
        const double d = ((const float *) got->data)[r * got->stride + c] - w;

        difference += d * d;
        norm += w * w;
      }
  return sqrt (difference / (norm < 1e-20 ? (double) (got->rows * got->cols) : norm));
}

/* Worst of 20 seeds of all cases and instruction sets: 5.0e-7 and 6.2e-7. */
#define BOUND_FORWARD 2.5e-6
#define BOUND_BACKWARD 3e-6

typedef struct
{
  const char *isa;
  const Case *spec;
} Run;

static void
assert_close (const char *name, const WbTensor *got, const double *want, double bound)
{
  double error;

  if (got->data == NULL)
    return;
  error = distance (got, want);
  g_test_message ("%s: %.2e", name, error);
  g_assert_cmpfloat (error, <, bound);
  assert_guards (got);
}

static void
assert_backward (Problem *self)
{
  const WbAttentionBackwardArgs *b = &self->backward;
  const gsize                    n = self->batch.n_tokens * self->cols;
  const gsize                    w = self->window * self->cols;
  g_autofree double             *dq = g_new (double, n), *dk = g_new (double, n);
  g_autofree double             *dv = g_new (double, n);
  g_autofree double             *dpk = g_new (double, w), *dpq = g_new (double, w);

  wb_ref_attention_backward (&self->ref, self->dcontext, dq, dk, dv, dpk, dpq);
  assert_close ("dq", &b->dq, dq, BOUND_BACKWARD);
  assert_close ("dk", &b->dk, dk, BOUND_BACKWARD);
  assert_close ("dv", &b->dv, dv, BOUND_BACKWARD);
  assert_close ("dpk", &b->dpk, dpk, BOUND_BACKWARD);
  assert_close ("dpq", &b->dpq, dpq, BOUND_BACKWARD);
}

static void
test_matches_definition (gconstpointer data)
{
  const Run *const test = data;
  g_autoptr (WbBackend) backend = test_backend_open (test->isa, 2);
  const char *n_seeds = g_getenv ("WB_ATTENTION_SEEDS"); /* to measure the bounds */

  if (backend == NULL)
    return;
  for (guint64 seed = 1; seed <= (n_seeds != NULL ? g_ascii_strtoull (n_seeds, NULL, 10) : 1);
       seed++)
    {
      g_autoptr (Problem) problem = problem_new (test->spec, seed, NULL);
      const gsize        n = problem->batch.n_tokens;
      g_autofree double *context = g_new (double, n * problem->cols);
      g_autofree double *lse = g_new (double, n * test->spec->heads);

      run (problem, backend);
      wb_ref_attention_forward (&problem->ref, context, lse);
      assert_close ("context", &problem->forward.context, context, BOUND_FORWARD);
      assert_close ("lse", &problem->forward.lse, lse, BOUND_FORWARD);
      assert_backward (problem);
    }
}

static gboolean
is_first (const Problem *self, gsize token)
{
  for (gsize s = 0; s < self->batch.n_sequences; s++)
    if ((gsize) self->cu_seqlens[s] == token)
      return TRUE;
  return FALSE;
}

/* Only first queries count: their contexts, and the gradients that the definition gives when no
 * other context has one.  Other contexts are not written, other dcontexts (here 3e38) not read. */
static void
test_first_only (gconstpointer data)
{
  const Run *const test = data;
  g_autoptr (WbBackend) backend = test_backend_open (test->isa, 2);
  g_autoptr (Problem) problem = problem_new (test->spec, 1, NULL);
  const gsize        n = problem->batch.n_tokens, cols = problem->cols;
  g_autofree double *context = g_new (double, n *cols);
  g_autofree double *lse = g_new (double, n * test->spec->heads);
  const float       *got = problem->forward.context.data;

  if (backend == NULL)
    return;
  for (gsize i = 0; i < n * cols; i++)
    if (!is_first (problem, i / cols))
      {
        problem->dcontext[i] = 0;
        ((float *) problem->backward.dcontext.data)[i] = 3e38f;
      }
  problem->forward.first_only = TRUE;
  run (problem, backend);
  wb_ref_attention_forward (&problem->ref, context, lse);
  for (gsize t = 0; t < n; t++)
    if (is_first (problem, t))
      {
        const WbTensor row = wb_tensor_rows (&problem->forward.context, t, 1);

        g_assert_cmpfloat (distance (&row, context + t * cols), <, BOUND_FORWARD);
      }
    else
      for (gsize c = 0; c < cols; c++)
        g_assert_true (got[t * cols + c] == GUARD_VALUE);
  assert_backward (problem);
}

static void
assert_same (const WbTensor *a, gsize row_a, const WbTensor *b, gsize row_b, gsize rows)
{
  for (gsize r = 0; r < rows; r++)
    g_assert_cmpmem ((const float *) a->data + (row_a + r) * a->stride, a->cols * sizeof (float),
                     (const float *) b->data + (row_b + r) * b->stride, b->cols * sizeof (float));
}

/* 1, 2 and 3 threads, and a second call in memory that an earlier one used: the same bits. */
static void
test_threads (gconstpointer data)
{
  const Run *const test = data;
  g_autoptr (WbBackend) one = test_backend_open (test->isa, 1);
  g_autoptr (Problem) want = problem_new (test->spec, 1, NULL);

  if (one == NULL)
    return;
  run (want, one);
  for (guint n_threads = 1; n_threads <= 3; n_threads++)
    {
      g_autoptr (WbBackend) backend = test_backend_open (test->isa, n_threads);
      g_autoptr (Problem) got = problem_new (test->spec, 1, NULL);
      const WbTensor a[] = { want->forward.context, want->forward.lse, want->backward.dq,
                             want->backward.dk,     want->backward.dv, want->backward.dpk,
                             want->backward.dpq };
      const WbTensor b[] = { got->forward.context, got->forward.lse, got->backward.dq,
                             got->backward.dk,     got->backward.dv, got->backward.dpk,
                             got->backward.dpq };

      run (got, n_threads == 1 ? one : backend);
      for (gsize t = 0; t < G_N_ELEMENTS (a); t++)
        if (a[t].data != NULL)
          assert_same (&a[t], 0, &b[t], 0, a[t].rows);
    }
}

/* q, k, v and dcontext of sequence @from of @other, as sequence @to of @self. */
static void
copy_sequence (Problem *self, gsize to, const Problem *other, gsize from)
{
  const WbTensor x[] = { self->forward.q, self->forward.k, self->forward.v,
                         self->backward.dcontext };
  const WbTensor y[] = { other->forward.q, other->forward.k, other->forward.v,
                         other->backward.dcontext };
  const gsize    start = (gsize) other->cu_seqlens[from];

  for (gsize t = 0; t < G_N_ELEMENTS (x); t++)
    for (gsize r = 0; r < (gsize) other->cu_seqlens[from + 1] - start; r++)
      memcpy ((float *) x[t].data + ((gsize) self->cu_seqlens[to] + r) * x[t].stride,
              (const float *) y[t].data + (start + r) * y[t].stride, x[t].cols * sizeof (float));
}

/* Sequences in another order, ordinals kept: each one's results are the same bits, and the
 * tables' gradients differ by the order of their sums only. */
static void
test_order_of_sequences (gconstpointer data)
{
  const Run *const test = data;
  g_autoptr (WbBackend) backend = test_backend_open (test->isa, 2);
  g_autoptr (Problem) a = problem_new (test->spec, 1, NULL);
  g_autoptr (Problem) b = NULL;
  gsize order[16];

  if (backend == NULL)
    return;
  for (gsize s = 0; s < a->batch.n_sequences; s++)
    order[s] = a->batch.n_sequences - 1 - s;
  b = problem_new (test->spec, 1, order);
  for (gsize s = 0; s < a->batch.n_sequences; s++)
    copy_sequence (b, s, a, order[s]);
  run (a, backend);
  run (b, backend);
  for (gsize s = 0; s < a->batch.n_sequences; s++)
    {
      const gsize from = (gsize) a->cu_seqlens[order[s]], to = (gsize) b->cu_seqlens[s];
      const gsize n = (gsize) a->cu_seqlens[order[s] + 1] - from;

      assert_same (&a->forward.context, from, &b->forward.context, to, n);
      assert_same (&a->forward.lse, from, &b->forward.lse, to, n);
      assert_same (&a->backward.dq, from, &b->backward.dq, to, n);
      assert_same (&a->backward.dk, from, &b->backward.dk, to, n);
      assert_same (&a->backward.dv, from, &b->backward.dv, to, n);
    }
  assert_close ("dpk", &b->backward.dpk, dup_double (a, &a->backward.dpk), BOUND_BACKWARD);
  assert_close ("dpq", &b->backward.dpq, dup_double (a, &a->backward.dpq), BOUND_BACKWARD);
}

/* With rows of the identity as v, the context is the matrix of probabilities: zeros stand exactly
 * where the random words say, and the rest is 1 / (1 - p) times what there is without dropout. */
static void
test_masks (gconstpointer data)
{
  static const Case with = { "", 2, 48, { 3, 48, 17, 1 }, TRUE, TRUE, 32, 128, 32, 0.25f, TRUE };
  const Run *const  test = data;
  g_autoptr (WbBackend) backend = test_backend_open (test->isa, 2);
  g_autoptr (Problem) a = problem_new (&with, 1, NULL), b = problem_new (&with, 1, NULL);
  Problem *const both[] = { a, b };

  if (backend == NULL)
    return;
  b->forward.dropout.p = 0;
  for (gsize t = 0; t < 2; t++)
    for (gsize s = 0; s < with.heads * a->batch.n_sequences; s++)
      for (gint32 r = a->cu_seqlens[s / 2]; r < a->cu_seqlens[s / 2 + 1]; r++)
        for (gsize c = 0; c < with.d; c++)
          ((float *) both[t]
               ->forward.v.data)[(gsize) r * both[t]->forward.v.stride + s % 2 * with.d + c] =
              (gsize) (r - a->cu_seqlens[s / 2]) == c;
  run (a, backend);
  run (b, backend);
  for (gsize s = 0; s < a->batch.n_sequences; s++)
    for (gsize h = 0; h < with.heads; h++)
      for (gsize i = 0; i < with.lengths[s]; i++)
        for (gsize j = 0; j < with.lengths[s]; j++)
          {
            const gsize   n = with.lengths[s], column = h * with.d + j;
            const gsize   row = (gsize) a->cu_seqlens[s] + i;
            const guint32 word = wb_random_u32 (&a->forward.dropout.random, a->ordinals[s],
                                                (guint32) ((h * n + i) * n + j));
            const float   got = ((float *) a->forward.context.data)[row * a->cols + column];
            const float   plain = ((float *) b->forward.context.data)[row * a->cols + column];

            if (word < wb_dropout_threshold (0.25f))
              g_assert_cmpfloat (got, ==, 0.0f);
            else
              g_assert_cmpfloat_with_epsilon (got, plain / 0.75f, 1e-6);
          }
}

static gboolean
has_nan (const WbTensor *x, gsize first, gsize rows)
{
  for (gsize r = first; r < first + rows; r++)
    for (gsize c = 0; c < x->cols; c++)
      if (isnan (((const float *) x->data)[r * x->stride + c]))
        return TRUE;
  return FALSE;
}

/* A number that is not one is not lost (a run must see that it diverged), and stays in its
 * sequence. */
static void
test_nan (gconstpointer data)
{
  static const Case spec = { "", 2, 32, { 40, 33, 20 }, TRUE, TRUE, 32, 128, 32, 0.1f, TRUE };
  const Run *const  test = data;
  g_autoptr (WbBackend) backend = test_backend_open (test->isa, 2);
  g_autoptr (Problem) p = problem_new (&spec, 1, NULL);

  if (backend == NULL)
    return;
  ((float *) p->forward.k.data)[(40 + 7) * p->forward.k.stride + 3] = NAN;
  run (p, backend);
  for (gsize s = 0; s < 3; s++)
    {
      const gsize first = (gsize) p->cu_seqlens[s];

      g_assert_true (has_nan (&p->forward.context, first, spec.lengths[s]) == (s == 1));
      g_assert_true (has_nan (&p->forward.lse, first, spec.lengths[s]) == (s == 1));
      g_assert_true (has_nan (&p->backward.dq, first, spec.lengths[s]) == (s == 1));
      g_assert_true (has_nan (&p->backward.dv, first, spec.lengths[s]) == (s == 1));
    }
  g_assert_true (has_nan (&p->backward.dpk, 0, p->window));
}

/* sum (context * dcontext) of the definition. */
static double
objective (Problem *self)
{
  const gsize        n = self->batch.n_tokens * self->cols;
  g_autofree double *context = g_new (double, n);
  g_autofree double *lse = g_new (double, self->batch.n_tokens * self->spec->heads);
  double             sum = 0;

  wb_ref_attention_forward (&self->ref, context, lse);
  for (gsize i = 0; i < n; i++)
    sum += context[i] * self->dcontext[i];
  return sum;
}

/* @x: an input of the definition.  Central differences; worst seen 3e-9 of the largest. */
static void
assert_gradient (Problem *self, const double *x, const double *gradient, gsize n)
{
  const double step = 1e-5;
  double      *writable = (double *) x;
  double       difference = 0, norm = 0;

  if (x == NULL)
    return;
  for (gsize i = 0; i < n; i++)
    {
      const double kept = writable[i];
      double       numeric;

      writable[i] = kept + step;
      numeric = objective (self);
      writable[i] = kept - step;
      numeric = (numeric - objective (self)) / (2 * step);
      writable[i] = kept;
      difference += (numeric - gradient[i]) * (numeric - gradient[i]);
      norm += gradient[i] * gradient[i];
    }
  g_test_message ("%.2e", sqrt (difference / norm));
  g_assert_cmpfloat (sqrt (difference / norm), <, 1e-8);
}

static void
test_definition_gradients (void)
{
  static const Case small[] = {
    { "", 2, 3, { 5, 1, 4 }, TRUE, TRUE, 4, 8, 4, 0.2f, FALSE },
    { "", 1, 4, { 6, 2 }, TRUE, FALSE, 0, 8, 4, 0.0f, FALSE },
    { "", 1, 4, { 6, 2 }, FALSE, TRUE, 0, 8, 4, 0.0f, FALSE },
    { "", 1, 4, { 6, 2 }, FALSE, FALSE, 0, 8, 4, 0.5f, FALSE },
  };

  for (gsize c = 0; c < G_N_ELEMENTS (small); c++)
    {
      g_autoptr (Problem) p = problem_new (&small[c], 3, NULL);
      const gsize        n = p->batch.n_tokens * p->cols, w = p->window * p->cols;
      g_autofree double *dq = g_new (double, n), *dk = g_new (double, n);
      g_autofree double *dv = g_new (double, n);
      g_autofree double *dpk = g_new (double, w), *dpq = g_new (double, w);

      wb_ref_attention_backward (&p->ref, p->dcontext, dq, dk, dv, dpk, dpq);
      assert_gradient (p, p->ref.q, dq, n);
      assert_gradient (p, p->ref.k, dk, n);
      assert_gradient (p, p->ref.v, dv, n);
      assert_gradient (p, p->ref.pk, dpk, w);
      assert_gradient (p, p->ref.pq, dpq, w);
    }
}

static void
assert_refused (WbBackend *backend, Problem *problem)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (wb_attention_backward (backend, &problem->backward, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE);
}

static void
test_bad_shapes (void)
{
  static const Case spec = { "", 2, 8, { 5, 3 }, TRUE, TRUE, 4, 8, 4, 0.1f, FALSE };
  g_autoptr (WbBackend) backend = test_backend_open ("baseline", 1);
  g_autoptr (Problem) p = problem_new (&spec, 1, NULL);
  const Problem good = *p;

  p->forward.heads = 3;
  assert_refused (backend, p);
  *p = good;
  p->forward.heads = 0;
  assert_refused (backend, p);
  *p = good;
  p->forward.k.rows--;
  assert_refused (backend, p);
  *p = good;
  p->forward.lse.cols = 1;
  assert_refused (backend, p);
  *p = good;
  p->forward.dropout.p = 1;
  assert_refused (backend, p);
  *p = good;
  p->forward.positions.index = NULL;
  assert_refused (backend, p);
  *p = good;
  p->forward.positions.pq.rows--;
  assert_refused (backend, p);
  *p = good;
  p->backward.dpk.data = NULL;
  assert_refused (backend, p);
  *p = good;
  p->forward.positions.pq.data = NULL;
  assert_refused (backend, p);
  *p = good;
  p->index[4] = (gint32) p->window;
  assert_refused (backend, p);
  p->index[4] = -1;
  assert_refused (backend, p);
}

static void
test_empty_batch (void)
{
  static const Case spec = { "", 2, 8, { 5, 3 }, TRUE, TRUE, 4, 8, 4, 0.1f, FALSE };
  g_autoptr (WbBackend) backend = test_backend_open ("baseline", 1);
  g_autoptr (Problem) p = problem_new (&spec, 1, NULL);
  WbTensor *tokens[] = { &p->forward.q,       &p->forward.k,   &p->forward.v,
                         &p->forward.context, &p->forward.lse, &p->backward.dcontext,
                         &p->backward.dq,     &p->backward.dk, &p->backward.dv };

  p->batch.n_sequences = p->batch.n_tokens = p->batch.max_length = 0;
  for (gsize t = 0; t < G_N_ELEMENTS (tokens); t++)
    tokens[t]->rows = 0;
  run (p, backend);
  for (gsize i = 0; i < p->window * p->cols; i++)
    g_assert_true (((float *) p->backward.dpk.data)[i] == 0.0f);
}

int
main (int argc, char *argv[])
{
  static const char *const isas[] = { "baseline", "avx2", "avx512" };
  static const struct
  {
    const char   *name;
    GTestDataFunc function;
  } tests[] = { { "definition", test_matches_definition },
                { "first-only", test_first_only },
                { "threads", test_threads },
                { "order", test_order_of_sequences } };
  static Run runs[G_N_ELEMENTS (isas)][G_N_ELEMENTS (cases)];

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/attention/definition-gradients", test_definition_gradients);
  g_test_add_func ("/engine/attention/bad-shapes", test_bad_shapes);
  g_test_add_func ("/engine/attention/empty-batch", test_empty_batch);
  for (gsize i = 0; i < G_N_ELEMENTS (isas); i++)
    for (gsize c = 0; c < G_N_ELEMENTS (cases); c++)
      {
        runs[i][c] = (Run){ isas[i], &cases[c] };
        for (gsize t = 0; t < G_N_ELEMENTS (tests); t++)
          {
            g_autofree char *path = g_strdup_printf ("/engine/attention/%s/%s/%s", isas[i],
                                                     cases[c].name, tests[t].name);

            g_test_add_data_func (path, &runs[i][c], tests[t].function);
          }
        if (c == 0)
          {
            g_autofree char *path = g_strdup_printf ("/engine/attention/%s/masks", isas[i]);

            g_test_add_data_func (path, &runs[i][c], test_masks);
            g_free (path);
            path = g_strdup_printf ("/engine/attention/%s/nan", isas[i]);
            g_test_add_data_func (path, &runs[i][c], test_nan);
          }
      }
  return g_test_run ();
}
