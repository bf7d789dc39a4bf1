#include "config.h"

#include "engine/ops/wb-attention-terms.h"
#include "engine/ref/wb-ref-attention-terms.h"
#include "tests/support/test-tensor.h"

/* Mistakes planted one at a time, each seen to fail here: the index of c2p negated; q not scaled
 * for c2c; a term's scores not cleared before it; c2p summed where it is off; the second chosen
 * head's rows at the first's; the probabilities not divided by their sum. */

#define MAX_HEADS 7

/**
 * Case:
 * @n: tokens
 * @pk, @pq: which relative terms there are
 * @terms: (optional): of each head; 0 first: all of every head
 * @chosen: heads, @n_chosen of them
 */
typedef struct
{
  const char      *name;
  gsize            heads, d, n;
  gboolean         pk, pq;
  gint             buckets, max_distance;
  gsize            span;
  WbAttentionTerms terms[MAX_HEADS];
  gsize            chosen[MAX_HEADS], n_chosen;
} Case;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LONG 140
#else
#define LONG 530
#endif

#define C2C WB_ATTENTION_C2C
#define C2P WB_ATTENTION_C2P
#define P2C WB_ATTENTION_P2C
#define ALL WB_ATTENTION_ALL_TERMS
#define NOTHING ((WbAttentionTerms) 0)

/* clang-format off */
static const Case cases[] = {
  { "all", 3, 64, 67, TRUE, TRUE, 256, 512, 256, { 0 }, { 0, 1, 2 }, 3 },
  { "chosen", 4, 32, 65, TRUE, TRUE, 256, 512, 256, { 0 }, { 3, 1, 3 }, 3 },
  { "switched", 7, 20, 70, TRUE, TRUE, 32, 64, 32,
    { C2C, C2P, P2C, C2C | C2P, ALL, NOTHING, C2P | P2C }, { 0, 1, 2, 3, 4, 5, 6 }, 7 },
  { "c2p-only", 2, 64, 33, TRUE, FALSE, 256, 512, 256, { ALL, P2C | C2P }, { 0, 1 }, 2 },
  { "p2c-only", 2, 64, 33, FALSE, TRUE, 256, 512, 256, { ALL, P2C | C2P }, { 1, 0 }, 2 },
  { "no-positions", 2, 24, 40, FALSE, FALSE, 256, 512, 256, { ALL, C2P }, { 0, 1 }, 2 },
  { "clamped", 2, 16, 61, TRUE, TRUE, 0, 20, 20, { 0 }, { 1 }, 1 },
  { "one-token", 2, 64, 1, TRUE, TRUE, 256, 512, 256, { 0 }, { 0, 1 }, 2 },
  { "one-column", 7, 1, 17, TRUE, TRUE, 16, 64, 16, { 0 }, { 6, 2 }, 2 },
  { "nothing-chosen", 2, 8, 20, TRUE, TRUE, 16, 64, 16, { 0 }, { 0 }, 0 },
  { "long", 2, 16, LONG, TRUE, TRUE, 256, 512, 256, { 0 }, { 1 }, 1 },
};
/* clang-format on */

/* Everything of one call; the definition's numbers lie beside the floats. */
typedef struct
{
  const Case          *spec;
  TestTensor          *q, *k, *v, *pk, *pq;
  TestTensor          *c2c, *c2p, *p2c, *scores, *probabilities;
  TestTensor          *context;
  gint32              *index;
  WbAttentionTermsArgs args;
} Problem;

static WbTensor
view (const TestTensor *x)
{
  return x != NULL ? x->tensor : (WbTensor){ NULL };
}

static void
make_inputs (Problem *self, guint32 seed)
{
  const Case            *spec = self->spec;
  const gsize            cols = spec->heads * spec->d;
  const WbRelativeWindow window =
      wb_relative_window (spec->n, spec->buckets, spec->max_distance, spec->span);
  GRand *rand = g_rand_new_with_seed (seed);

  self->q = test_tensor_new_random (rand, spec->n, cols, 3, 0, 1.7);
  self->k = test_tensor_new_random (rand, spec->n, cols, 5, 0, 1.7);
  self->v = test_tensor_new_random (rand, spec->n, cols, 0, 0, 1.7);
  self->pk = spec->pk ? test_tensor_new_random (rand, window.rows, cols, 2, 0, 1.7) : NULL;
  self->pq = spec->pq ? test_tensor_new_random (rand, window.rows, cols, 0, 0, 1.7) : NULL;
  g_rand_free (rand);
  self->index = g_new (gint32, 2 * spec->n - 1);
  wb_relative_index_fill (self->index, spec->n, spec->buckets, spec->max_distance, spec->span,
                          &window);
}

static void
make_outputs (Problem *self)
{
  const gsize rows = self->spec->n_chosen * self->spec->n, n = self->spec->n;

  self->c2c = test_tensor_new (rows, n, 0);
  self->c2p = test_tensor_new (rows, n, 1);
  self->p2c = test_tensor_new (rows, n, 2);
  self->scores = test_tensor_new (rows, n, 0);
  self->probabilities = test_tensor_new (rows, n, 7);
  self->context = test_tensor_new (n, self->spec->heads * self->spec->d, 4);
}

static Problem *
problem_new (const Case *spec, guint32 seed)
{
  Problem *self = g_new0 (Problem, 1);

  self->spec = spec;
  make_inputs (self, seed);
  make_outputs (self);
  self->args = (WbAttentionTermsArgs){
    .q = self->q->tensor,
    .k = self->k->tensor,
    .v = self->v->tensor,
    .positions = { view (self->pk), view (self->pq), self->index },
    .heads = spec->heads,
    .scale = (float) (1 / sqrt ((double) spec->d * (1 + spec->pk + spec->pq))),
    .terms = spec->terms[0] != 0 ? spec->terms : NULL,
    .chosen = spec->chosen,
    .n_chosen = spec->n_chosen,
    .maps = { self->c2c->tensor, self->c2p->tensor, self->p2c->tensor, self->scores->tensor,
              self->probabilities->tensor },
    .context = self->context->tensor,
  };
  return self;
}

static void
problem_free (Problem *self)
{
  TestTensor *tensors[] = { self->q,      self->k,   self->v,   self->pk,     self->pq,
                            self->c2c,    self->c2p, self->p2c, self->scores, self->probabilities,
                            self->context };

  for (gsize i = 0; i < G_N_ELEMENTS (tensors); i++)
    g_clear_pointer (&tensors[i], test_tensor_free);
  g_free (self->index);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Problem, problem_free)

static void
define_head (Problem *self, const WbRefAttention *ref, gsize head)
{
  const Case              *spec = self->spec;
  const gsize              n = spec->n;
  const WbAttentionTerms   terms = spec->terms[0] != 0 ? spec->terms[head] : ALL;
  g_autofree double       *memory = g_new (double, 5 * n * n);
  const WbRefAttentionMaps maps = { memory, memory + n * n, memory + 2 * n * n, memory + 3 * n * n,
                                    memory + 4 * n * n };
  TestTensor *const        outputs[] = { self->c2c, self->c2p, self->p2c, self->scores,
                                         self->probabilities };

  wb_ref_attention_terms (ref, head, terms, &maps, self->context->exact);
  for (gsize h = 0; h < spec->n_chosen; h++)
    for (gsize m = 0; m < G_N_ELEMENTS (outputs) && spec->chosen[h] == head; m++)
      memcpy (outputs[m]->exact + h * n * n, memory + m * n * n, n * n * sizeof *memory);
}

static void
define (Problem *self)
{
  const Case          *spec = self->spec;
  const gint32         bounds[] = { 0, (gint32) spec->n };
  const guint32        ordinal = 0;
  const WbBatch        batch = { .n_tokens = spec->n,
                                 .n_sequences = 1,
                                 .max_length = spec->n,
                                 .cu_seqlens = bounds,
                                 .ordinals = &ordinal };
  const WbRefAttention ref = { .batch = &batch,
                               .heads = spec->heads,
                               .d = spec->d,
                               .q = self->q->exact,
                               .k = self->k->exact,
                               .v = self->v->exact,
                               .pk = self->pk != NULL ? self->pk->exact : NULL,
                               .pq = self->pq != NULL ? self->pq->exact : NULL,
                               .index = self->index,
                               .scale = 1 / sqrt ((double) spec->d * (1 + spec->pk + spec->pq)) };

  for (gsize head = 0; head < spec->heads; head++)
    define_head (self, &ref, head);
}

/* Worst of 40 seeds of all cases and instruction sets: 8.6e-7. */
#define BOUND 4e-6

typedef struct
{
  const char *isa;
  const Case *spec;
} Run;

static void
test_matches_definition (gconstpointer data)
{
  const Run *const test = data;
  g_autoptr (WbBackend) backend = test_backend_open (test->isa, 2);

  if (backend == NULL)
    return;
  for (guint32 seed = 1; seed <= test_n_seeds (); seed++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (Problem) problem = problem_new (test->spec, seed);

      g_assert_true (wb_attention_terms (backend, &problem->args, &error));
      g_assert_no_error (error);
      define (problem);
      test_tensor_assert_near (problem->c2c, BOUND);
      test_tensor_assert_near (problem->c2p, BOUND);
      test_tensor_assert_near (problem->p2c, BOUND);
      test_tensor_assert_near (problem->scores, BOUND);
      test_tensor_assert_near (problem->probabilities, BOUND);
      test_tensor_assert_near (problem->context, BOUND);
    }
}

static void
assert_same_rows (const TestTensor *a, gsize row_a, const TestTensor *b, gsize row_b, gsize n)
{
  for (gsize r = 0; r < n; r++)
    g_assert_cmpmem (test_tensor_at (a, row_a + r, 0), a->tensor.cols * sizeof (float),
                     test_tensor_at (b, row_b + r, 0), b->tensor.cols * sizeof (float));
}

/* Every bit is the same again, with other threads, with fewer heads chosen, and with maps left
 * out. */
static void
test_repeats (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbBackend) two = test_backend_open (NULL, 2);
  g_autoptr (WbBackend) one = test_backend_open (NULL, 1);
  Case whole = cases[0], part = cases[0];
  g_autoptr (Problem) a = NULL;
  g_autoptr (Problem) b = NULL;
  const gsize n = whole.n;

  if (two == NULL)
    return;
  part.chosen[0] = 2;
  part.n_chosen = 1;
  a = problem_new (&whole, 1);
  b = problem_new (&part, 1);
  b->args.maps.c2p = b->args.maps.scores = (WbTensor){ NULL };
  g_assert_true (wb_attention_terms (two, &a->args, &error));
  g_assert_true (wb_attention_terms (one, &b->args, &error));
  assert_same_rows (a->context, 0, b->context, 0, n);
  assert_same_rows (a->c2c, 2 * n, b->c2c, 0, n);
  assert_same_rows (a->p2c, 2 * n, b->p2c, 0, n);
  assert_same_rows (a->probabilities, 2 * n, b->probabilities, 0, n);

  b->args.context = (WbTensor){ NULL };
  memset (b->p2c->tensor.data, 0, n * b->p2c->tensor.stride * sizeof (float));
  g_assert_true (wb_attention_terms (two, &b->args, &error));
  for (gsize r = 0; r < n; r++)
    g_assert_cmpmem (test_tensor_at (a->p2c, 2 * n + r, 0), n * sizeof (float),
                     test_tensor_at (b->p2c, r, 0), n * sizeof (float));
  g_assert_no_error (error);
}

/* The terms are the fused pass's: the same context but for the order of a sum. */
static void
test_fused (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbBackend) backend = test_backend_open (NULL, 2);
  g_autoptr (Problem) problem = problem_new (&cases[0], 3);
  const gsize                  n = cases[0].n;
  const gint32                 bounds[] = { 0, (gint32) n };
  const guint32                ordinal = 0;
  const WbBatch                batch = { .n_tokens = n,
                                         .n_sequences = 1,
                                         .max_length = n,
                                         .cu_seqlens = bounds,
                                         .ordinals = &ordinal };
  TestTensor                  *context = test_tensor_new (n, 3 * 64, 0);
  TestTensor                  *lse = test_tensor_new (n, 3, 0);
  const WbAttentionForwardArgs forward = { .batch = &batch,
                                           .q = problem->args.q,
                                           .k = problem->args.k,
                                           .v = problem->args.v,
                                           .positions = problem->args.positions,
                                           .context = context->tensor,
                                           .lse = lse->tensor,
                                           .heads = 3,
                                           .scale = problem->args.scale };

  if (backend == NULL)
    return;
  g_assert_true (wb_attention_terms (backend, &problem->args, &error));
  g_assert_true (wb_attention_forward (backend, &forward, &error));
  g_assert_no_error (error);
  for (gsize r = 0; r < n; r++)
    for (gsize c = 0; c < 3 * 64; c++)
      g_assert_cmpfloat_with_epsilon (*test_tensor_at (context, r, c),
                                      *test_tensor_at (problem->context, r, c), 2e-6f);
  test_tensor_free (context);
  test_tensor_free (lse);
}

static void
assert_refused (WbBackend *backend, const WbAttentionTermsArgs *args, const char *part)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (wb_attention_terms (backend, args, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE);
  g_assert_nonnull (strstr (error->message, part));
}

static void
test_refuses (void)
{
  g_autoptr (WbBackend) backend = test_backend_open (NULL, 1);
  g_autoptr (Problem) problem = problem_new (&cases[0], 1);
  const gsize          far[] = { 0, 3, 1 };
  gint32              *index = g_memdup2 (problem->index, (2 * cases[0].n - 1) * sizeof *index);
  WbAttentionTermsArgs args = problem->args;

  if (backend == NULL)
    return;
  args.heads = 5;
  assert_refused (backend, &args, "5 heads");
  args = problem->args;
  args.chosen = far;
  assert_refused (backend, &args, "head 3");
  args = problem->args;
  args.maps.p2c.rows--;
  assert_refused (backend, &args, "p2c");
  args = problem->args;
  args.k.rows--;
  assert_refused (backend, &args, "k");
  args = problem->args;
  args.context.cols--;
  assert_refused (backend, &args, "context");
  args = problem->args;
  index[5] = 100000;
  args.positions.index = index;
  assert_refused (backend, &args, "entry 5");
  args = problem->args;
  args.q.rows = 0;
  assert_refused (backend, &args, "0 tokens");
  g_free (index);
}

int
main (int argc, char **argv)
{
  static const char *const sets[] = { "baseline", "avx2", "avx512" };
  static Run               runs[G_N_ELEMENTS (sets) * G_N_ELEMENTS (cases)];

  g_test_init (&argc, &argv, NULL);
  for (gsize s = 0, i = 0; s < G_N_ELEMENTS (sets); s++)
    for (gsize c = 0; c < G_N_ELEMENTS (cases); c++, i++)
      {
        g_autofree char *path =
            g_strdup_printf ("/engine/attention-terms/%s/%s", sets[s], cases[c].name);

        runs[i] = (Run){ sets[s], &cases[c] };
        g_test_add_data_func (path, &runs[i], test_matches_definition);
      }
  g_test_add_func ("/engine/attention-terms/repeats", test_repeats);
  g_test_add_func ("/engine/attention-terms/fused", test_fused);
  g_test_add_func ("/engine/attention-terms/refuses", test_refuses);
  return g_test_run ();
}
