#include "config.h"

#include <glib.h>

#include "engine/ops/wb-embedding.h"
#include "engine/ops/wb-rows.h"
#include "engine/ref/wb-ref-embedding.h"
#include "tests/support/test-gradient.h"
#include "tests/support/test-tensor.h"

#define EPS 1e-7f
#define BOUND 1e-5 /* worst of 200 seeds: 6.7e-6 with 3 columns (sums that cancel), else 6e-7 */
#define VOCABULARY 11
#define TYPES 2
#define POSITIONS 300
#define SLOTS 5

static const WbRandom numbers = { .seed = 1, .step = 2, .stream = WB_RANDOM_EMBEDDING };
/* Tokens take these in turn; the pad token is among them. */
static const gint32 distinct[SLOTS] = { 0, 3, 4, 8, 10 };

typedef struct
{
  gint32  ids[POSITIONS];
  gint32  types[POSITIONS];
  gint32  slots[POSITIONS];
  gint32  bounds[4];
  guint32 ordinals[3];
  WbBatch batch;
} Batch;

/* Sequences of 2, 0 and n - 2 tokens. */
static void
batch_init (Batch *self, GRand *rand, gsize n)
{
  *self = (Batch){ .bounds = { 0, 2, 2, (gint32) n }, .ordinals = { 7, 0, 3 } };
  for (gsize t = 0; t < n; t++)
    {
      self->slots[t] = g_rand_int_range (rand, 0, SLOTS);
      self->ids[t] = distinct[self->slots[t]];
      self->types[t] = g_rand_int_range (rand, 0, TYPES);
    }
  self->batch =
      (WbBatch){ n, 3, n, self->ids, self->types, self->slots, self->bounds, self->ordinals };
}

typedef struct
{
  WbRefEmbedding args;
  const double  *weights;
  double        *y;
} Definition;

static double
definition_loss (gpointer data)
{
  Definition *self = data;

  wb_ref_embedding_forward (&self->args, self->y);
  return test_weighted_sum (self->weights, self->y, self->args.batch->n_tokens * self->args.cols);
}

static void
test_definition (void)
{
  enum
  {
    N = 9,
    COLS = 4
  };
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  double word[VOCABULARY * COLS], type[TYPES * COLS], position[N * COLS], gamma[COLS], beta[COLS];
  double weights[N * COLS], y[N * COLS], dword[SLOTS * COLS], dtype[TYPES * COLS];
  double dposition[N * COLS], dgamma[COLS], dbeta[COLS];
  Batch  batch;
  Definition self = { { &batch.batch,
                        COLS,
                        TYPES,
                        N,
                        word,
                        type,
                        position,
                        gamma,
                        beta,
                        (double) EPS,
                        { 0.3f, numbers } },
                      weights,
                      y };

  batch_init (&batch, rand, N);
  test_fill_random (rand, word, VOCABULARY * COLS, 2);
  test_fill_random (rand, type, TYPES * COLS, 2);
  test_fill_random (rand, position, N * COLS, 2);
  test_fill_random (rand, gamma, COLS, 1);
  test_fill_random (rand, beta, COLS, 1);
  test_fill_random (rand, weights, N * COLS, 1);
  wb_ref_embedding_backward (&self.args, weights, SLOTS, -1, dword, dtype, dposition, dgamma,
                             dbeta);
  test_assert_gradient ("dtype", definition_loss, &self, type, TYPES * COLS, dtype, 1e-7);
  test_assert_gradient ("dposition", definition_loss, &self, position, N * COLS, dposition, 1e-7);
  test_assert_gradient ("dgamma", definition_loss, &self, gamma, COLS, dgamma, 1e-7);
  test_assert_gradient ("dbeta", definition_loss, &self, beta, COLS, dbeta, 1e-7);
  for (gsize s = 0; s < SLOTS; s++)
    test_assert_gradient ("dword", definition_loss, &self, word + distinct[s] * COLS, COLS,
                          dword + s * COLS, 1e-7);
}

static const struct
{
  gsize    n, cols, gap;
  float    p;
  gboolean norm, type, position;
} cases[] = {
  { 5, 3, 1, 0.1f, TRUE, TRUE, TRUE },      { 131, 33, 0, 0.0f, TRUE, FALSE, TRUE },
  { 300, 128, 2, 0.1f, TRUE, TRUE, FALSE }, { 70, 768, 0, 0.1f, TRUE, FALSE, FALSE },
  { 40, 130, 3, 0.0f, FALSE, TRUE, TRUE },
};

typedef struct
{
  TestTensor *word, *type, *position, *gamma, *beta, *y, *mean, *rstd;
  TestTensor *dy, *dword, *dtype, *dposition, *dgamma, *dbeta;
  Batch       batch;
} Tensors;

static void
tensors_init (Tensors *self, gsize i, guint32 seed)
{
  const gsize n = cases[i].n, cols = cases[i].cols, gap = cases[i].gap;
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);

  batch_init (&self->batch, rand, n);
  self->word = test_tensor_new_random (rand, VOCABULARY, cols, gap, 0, 1);
  self->type = test_tensor_new_random (rand, TYPES, cols, 0, 0, 1);
  self->position = test_tensor_new_random (rand, POSITIONS, cols, gap, 0, 1);
  self->gamma = test_tensor_new_random (rand, 1, cols, 0, 1, 0.5);
  self->beta = test_tensor_new_random (rand, 1, cols, 0, 0, 1);
  self->dy = test_tensor_new_random (rand, n, cols, gap, 0, 1);
  self->y = test_tensor_new (n, cols, gap);
  self->mean = test_tensor_new (1, n, 0);
  self->rstd = test_tensor_new (1, n, 0);
  self->dword = test_tensor_new (SLOTS, cols, gap);
  self->dtype = test_tensor_new (TYPES, cols, 0);
  self->dposition = test_tensor_new (POSITIONS, cols, gap);
  self->dgamma = test_tensor_new (1, cols, 0);
  self->dbeta = test_tensor_new (1, cols, 0);
}

static void
tensors_clear (Tensors *self)
{
  for (TestTensor **t = &self->word; t <= &self->dbeta; t++)
    test_tensor_free (*t);
}

static WbEmbeddingForwardArgs
forward_args (const Tensors *self, gsize i)
{
  WbEmbeddingForwardArgs args = {
    &self->batch.batch,
    self->word->tensor,
    .y = self->y->tensor,
    .eps = EPS,
    .dropout = { cases[i].p, numbers },
  };

  if (cases[i].type)
    args.type = self->type->tensor;
  if (cases[i].position)
    args.position = self->position->tensor;
  if (cases[i].norm)
    {
      args.gamma = self->gamma->tensor;
      args.beta = self->beta->tensor;
      args.mean = self->mean->tensor;
      args.rstd = self->rstd->tensor;
    }
  return args;
}

static WbEmbeddingBackwardArgs
backward_args (const Tensors *self, const WbEmbeddingForwardArgs *forward, gsize i)
{
  WbEmbeddingBackwardArgs args = { forward, self->dy->tensor, self->dword->tensor, .pad_id = 0 };

  if (cases[i].type)
    args.dtype = self->dtype->tensor;
  if (cases[i].position)
    args.dposition = self->dposition->tensor;
  if (cases[i].norm)
    {
      args.dgamma = self->dgamma->tensor;
      args.dbeta = self->dbeta->tensor;
    }
  return args;
}

static void
tensors_compute (Tensors *self, gsize i, WbBackend *backend)
{
  const WbEmbeddingForwardArgs  forward = forward_args (self, i);
  const WbEmbeddingBackwardArgs backward = backward_args (self, &forward, i);
  g_autoptr (GError) error = NULL;

  g_assert_true (wb_embedding_forward (backend, &forward, &error));
  g_assert_true (wb_embedding_backward (backend, &backward, &error));
  g_assert_no_error (error);
}

static void
tensors_define (Tensors *self, gsize i)
{
  const gboolean       norm = cases[i].norm, type = cases[i].type, position = cases[i].position;
  const WbRefEmbedding args = { &self->batch.batch,
                                cases[i].cols,
                                TYPES,
                                POSITIONS,
                                self->word->exact,
                                type ? self->type->exact : NULL,
                                position ? self->position->exact : NULL,
                                norm ? self->gamma->exact : NULL,
                                self->beta->exact,
                                (double) EPS,
                                { cases[i].p, numbers } };

  wb_ref_embedding_forward (&args, self->y->exact);
  wb_ref_embedding_backward (&args, self->dy->exact, SLOTS, 0, self->dword->exact,
                             type ? self->dtype->exact : NULL,
                             position ? self->dposition->exact : NULL,
                             norm ? self->dgamma->exact : NULL, norm ? self->dbeta->exact : NULL);
}

static void
test_kernel (gconstpointer data)
{
  g_autoptr (WbBackend) one = test_backend_open (data, 1);
  g_autoptr (WbBackend) two = test_backend_open (data, 2);

  for (gsize i = 0; one != NULL && i < G_N_ELEMENTS (cases) * test_n_seeds (); i++)
    {
      const gsize k = i % G_N_ELEMENTS (cases);
      Tensors     a, b;

      tensors_init (&a, k, (guint32) i);
      tensors_init (&b, k, (guint32) i);
      tensors_compute (&a, k, one);
      tensors_compute (&b, k, two);
      tensors_define (&a, k);
      test_tensor_assert_near (a.y, BOUND);
      test_tensor_assert_near (a.dword, BOUND);
      test_tensor_assert_near (a.dtype, BOUND);
      test_tensor_assert_near (a.dposition, BOUND);
      test_tensor_assert_near (a.dgamma, BOUND);
      test_tensor_assert_near (a.dbeta, BOUND);
      for (gsize c = 0; c < cases[k].cols; c++) /* the pad token's row */
        g_assert_cmpfloat (*test_tensor_at (a.dword, 0, c), ==, 0);
      for (TestTensor **t = &a.word, **u = &b.word; t <= &a.dbeta; t++, u++)
        test_tensor_assert_same (*t, *u);
      tensors_clear (&a);
      tensors_clear (&b);
    }
}

/* The same tokens in two parts give the sum of one. */
static void
test_adds_up (void)
{
  g_autoptr (WbBackend) backend = test_backend_open ("baseline", 1);
  Tensors a, b;

  tensors_init (&a, 0, 3);
  tensors_compute (&a, 0, backend);
  tensors_define (&a, 0);
  tensors_init (&b, 0, 3);
  g_assert_true (wb_copy (backend, &b.dy->tensor, &a.dy->tensor, NULL)); /* it was overwritten */
  tensors_compute (&a, 0, backend);
  for (gsize i = 0; i < SLOTS * cases[0].cols; i++)
    a.dword->exact[i] *= 2;
  test_tensor_assert_near (a.dword, BOUND);
  tensors_clear (&a);
  tensors_clear (&b);
}

static void
test_errors (void)
{
  g_autoptr (WbBackend) backend = test_backend_open ("baseline", 1);
  WbEmbeddingForwardArgs  forward;
  WbEmbeddingBackwardArgs backward;
  Tensors                 a;

  tensors_init (&a, 0, 1);
  forward = forward_args (&a, 0);
  a.batch.ids[3] = VOCABULARY;
  test_assert_refused (wb_embedding_forward (backend, &forward, &error), WB_ENGINE_ERROR_INVALID);
  a.batch.ids[3] = -1;
  test_assert_refused (wb_embedding_forward (backend, &forward, &error), WB_ENGINE_ERROR_INVALID);
  a.batch.ids[3] = 0;
  a.batch.types[1] = TYPES;
  test_assert_refused (wb_embedding_forward (backend, &forward, &error), WB_ENGINE_ERROR_INVALID);
  a.batch.types[1] = 0;
  forward.position.rows = 4;
  test_assert_refused (wb_embedding_forward (backend, &forward, &error), WB_ENGINE_ERROR_INVALID);
  forward.position.rows = POSITIONS;
  forward.y.cols--;
  test_assert_refused (wb_embedding_forward (backend, &forward, &error), WB_ENGINE_ERROR_SHAPE);
  forward.y.cols++;
  backward = backward_args (&a, &forward, 0);
  a.batch.slots[2] = SLOTS;
  test_assert_refused (wb_embedding_backward (backend, &backward, &error), WB_ENGINE_ERROR_INVALID);
  a.batch.batch.slots = NULL;
  test_assert_refused (wb_embedding_backward (backend, &backward, &error), WB_ENGINE_ERROR_SHAPE);
  tensors_clear (&a);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/embedding/definition", test_definition);
  test_add_per_instruction_set ("/engine/embedding/kernel", test_kernel);
  g_test_add_func ("/engine/embedding/adds-up", test_adds_up);
  g_test_add_func ("/engine/embedding/errors", test_errors);
  return g_test_run ();
}
