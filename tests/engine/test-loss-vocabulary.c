#include "config.h"

#include <glib.h>

#include "engine/ops/wb-loss.h"
#include "engine/ref/wb-ref-loss.h"
#include "tests/support/test-tensor.h"

/* Cross entropy over a vocabulary in pieces, against the whole matrix in double. */

#define LOSS_BOUND 2e-7     /* relative; worst of 8 seeds and all sets 3.2e-8 */
#define GRADIENT_BOUND 2e-6 /* relative L2; worst of 8 seeds and all sets 3.9e-7 */

static const struct
{
  const char *name;
  gsize       rows, e, v;
  float       smoothing;
} cases[] = {
  { "one-piece", 7, 5, 13, 0.0f },
  { "one-row", 1, 3, 1, 0.0f },
  { "whole-pieces", 3, 4, 2 * WB_VOCABULARY_COLS, 0.0f },
  { "words-left-over", 9, 8, WB_VOCABULARY_COLS + 37, 0.1f },
  { "rows-left-over", WB_VOCABULARY_ROWS + 3, 4, 50, 0.3f },
  { "both", WB_VOCABULARY_ROWS + 1, 3, WB_VOCABULARY_COLS + 1, 0.0f },
};

typedef struct
{
  TestTensor *x, *w, *bias, *dx, *dw, *dbias, *chunk;
  gint32     *labels;
  double     *state;
} Numbers;

static void
numbers_init (Numbers *self, gsize i, guint32 seed)
{
  const gsize rows = cases[i].rows, e = cases[i].e, v = cases[i].v;
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);

  self->x = test_tensor_new_random (rand, rows, e, 1, 0, 2);
  self->w = test_tensor_new_random (rand, v, e, 0, 0, 1);
  self->bias = test_tensor_new_random (rand, 1, v, 0, 0, 1);
  *test_tensor_at (self->bias, 0, v - 1) = 4; /* the greatest logit may come last */
  self->bias->exact[v - 1] = 4;
  self->dx = test_tensor_new_random (rand, rows, e, 2, 0, 1);
  self->dw = test_tensor_new_random (rand, v, e, 1, 0, 1e-3);
  self->dbias = test_tensor_new_random (rand, 1, v, 0, 0, 1e-3);
  self->chunk = test_tensor_new (MIN (rows, WB_VOCABULARY_ROWS), MIN (v, WB_VOCABULARY_COLS), 0);
  self->labels = g_new (gint32, rows);
  for (gsize r = 0; r < rows; r++)
    self->labels[r] = g_rand_int_range (rand, 0, (gint32) v);
  self->labels[rows - 1] = (gint32) v - 1;
  self->state = g_new (double, 4 * rows);
}

static void
numbers_clear (Numbers *self)
{
  TestTensor *all[] = {
    self->x, self->w, self->bias, self->dx, self->dw, self->dbias, self->chunk
  };

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    test_tensor_free (all[i]);
  g_free (self->labels);
  g_free (self->state);
}

/* The loss; gradients into the exact numbers: dx anew, dw and dbias added. */
static double
whole (Numbers *n, gsize i, double denominator)
{
  const gsize             rows = cases[i].rows, e = cases[i].e, v = cases[i].v;
  g_autofree double      *logits = g_new (double, rows *v);
  g_autofree double      *dlogits = g_new (double, rows *v);
  const WbRefCrossEntropy ref = { rows,       v,    logits,
                                  n->labels,  NULL, (double) cases[i].smoothing,
                                  denominator };

  memset (n->dx->exact, 0, rows * e * sizeof (double));
  for (gsize r = 0; r < rows; r++)
    for (gsize c = 0; c < v; c++)
      {
        logits[r * v + c] = n->bias->exact[c];
        for (gsize k = 0; k < e; k++)
          logits[r * v + c] += n->x->exact[r * e + k] * n->w->exact[c * e + k];
      }
  wb_ref_cross_entropy_backward (&ref, dlogits);
  for (gsize r = 0; r < rows; r++)
    for (gsize c = 0; c < v; c++)
      {
        n->dbias->exact[c] += dlogits[r * v + c];
        for (gsize k = 0; k < e; k++)
          {
            n->dx->exact[r * e + k] += dlogits[r * v + c] * n->w->exact[c * e + k];
            n->dw->exact[c * e + k] += dlogits[r * v + c] * n->x->exact[r * e + k];
          }
      }
  return wb_ref_cross_entropy (&ref);
}

static WbVocabularyLossArgs
make_args (const Numbers *n, gsize i, double denominator, double *loss)
{
  return (WbVocabularyLossArgs){ n->x->tensor,       n->w->tensor,  n->bias->tensor,  n->labels,
                                 cases[i].smoothing, denominator,   n->chunk->tensor, n->state,
                                 n->dx->tensor,      n->dw->tensor, n->dbias->tensor, loss };
}

static void
test_pieces (gconstpointer data)
{
  g_autoptr (WbBackend) backend = test_backend_open (data, 2);

  for (gsize k = 0; backend != NULL && k < test_n_seeds () * G_N_ELEMENTS (cases); k++)
    {
      const gsize          i = k % G_N_ELEMENTS (cases);
      const double         denominator = (double) cases[i].rows * 1.5;
      Numbers              n;
      double               loss = -1, want;
      WbVocabularyLossArgs args;

      numbers_init (&n, i, (guint32) k + 1);
      args = make_args (&n, i, denominator, &loss);
      want = whole (&n, i, denominator);
      g_assert_true (wb_loss_vocabulary (backend, &args, NULL));
      g_test_message ("%s: loss off by %.2g, dx %.2g, dw %.2g, dbias %.2g", cases[i].name,
                      fabs (loss - want) / MAX (want, 1e-3), test_tensor_error (n.dx),
                      test_tensor_error (n.dw), test_tensor_error (n.dbias));
      g_assert_cmpfloat (fabs (loss - want), <=, LOSS_BOUND * MAX (want, 1e-3));
      if (cases[i].v > 1) /* one word: the gradient is zero */
        test_tensor_assert_near (n.dx, GRADIENT_BOUND);
      test_tensor_assert_near (n.dw, GRADIENT_BOUND);
      test_tensor_assert_near (n.dbias, GRADIENT_BOUND);
      test_tensor_assert_guards (n.chunk);
      args.dx.data = NULL;
      loss = -1;
      g_assert_true (wb_loss_vocabulary (backend, &args, NULL));
      g_assert_cmpfloat (fabs (loss - want), <=, LOSS_BOUND * MAX (want, 1e-3));
      test_tensor_assert_near (n.dw, GRADIENT_BOUND); /* as they were */
      numbers_clear (&n);
    }
}

/* Logits and gradients are products, whose last bits may depend on the number of threads: they are
 * what the definition says with any, and the same bits again with the same. */
static void
test_threads (gconstpointer data)
{
  static const guint n_threads[] = { 1, 3, 3 };
  const gsize        i = G_N_ELEMENTS (cases) - 1;
  Numbers            n[G_N_ELEMENTS (n_threads)];
  double             losses[G_N_ELEMENTS (n_threads)];
  gsize              k;

  for (k = 0; k < G_N_ELEMENTS (n_threads); k++)
    {
      g_autoptr (WbBackend) backend = test_backend_open (data, n_threads[k]);
      WbVocabularyLossArgs args;
      double               want;

      if (backend == NULL)
        return; /* there is no such instruction set: the first is not opened either */
      numbers_init (&n[k], i, 7);
      args = make_args (&n[k], i, 3, &losses[k]);
      want = whole (&n[k], i, 3);
      g_assert_true (wb_loss_vocabulary (backend, &args, NULL));
      g_assert_cmpfloat (fabs (losses[k] - want), <=, LOSS_BOUND * want);
      test_tensor_assert_near (n[k].dx, GRADIENT_BOUND);
      test_tensor_assert_near (n[k].dw, GRADIENT_BOUND);
      test_tensor_assert_near (n[k].dbias, GRADIENT_BOUND);
    }
  g_assert_true (losses[1] == losses[2]);
  test_tensor_assert_same (n[1].dw, n[2].dw);
  test_tensor_assert_same (n[1].dx, n[2].dx);
  test_tensor_assert_same (n[1].dbias, n[2].dbias);
  while (k-- > 0)
    numbers_clear (&n[k]);
}

/* Logits that would overflow an exponential, and one that is not a number. */
static void
test_extremes (void)
{
  g_autoptr (WbBackend) backend = test_backend_open ("baseline", 1);
  Numbers              n;
  double               loss = -1;
  WbVocabularyLossArgs args;

  numbers_init (&n, 0, 9);
  args = make_args (&n, 0, 7, &loss);
  *test_tensor_at (n.bias, 0, 4) = 3e4f;
  n.bias->exact[4] = 3e4;
  g_assert_true (wb_loss_vocabulary (backend, &args, NULL));
  g_assert_cmpfloat (fabs (loss / whole (&n, 0, 7) - 1), <, LOSS_BOUND);
  *test_tensor_at (n.bias, 0, 4) = NAN;
  g_assert_true (wb_loss_vocabulary (backend, &args, NULL));
  g_assert_true (isnan (loss));
  numbers_clear (&n);
}

static void
test_errors (void)
{
  g_autoptr (WbBackend) backend = test_backend_open ("baseline", 1);
  Numbers              n;
  double               loss;
  WbVocabularyLossArgs good, bad;

  numbers_init (&n, 0, 1);
  bad = good = make_args (&n, 0, 7, &loss);
  n.labels[2] = 13;
  test_assert_refused (wb_loss_vocabulary (backend, &bad, &error), WB_ENGINE_ERROR_INVALID);
  n.labels[2] = -1;
  test_assert_refused (wb_loss_vocabulary (backend, &bad, &error), WB_ENGINE_ERROR_INVALID);
  n.labels[2] = 0;
  bad.chunk.rows--;
  test_assert_refused (wb_loss_vocabulary (backend, &bad, &error), WB_ENGINE_ERROR_SHAPE);
  bad = good;
  bad.dw.rows--;
  test_assert_refused (wb_loss_vocabulary (backend, &bad, &error), WB_ENGINE_ERROR_SHAPE);
  bad = good;
  bad.denominator = -1;
  test_assert_refused (wb_loss_vocabulary (backend, &bad, &error), WB_ENGINE_ERROR_INVALID);
  numbers_clear (&n);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add_per_instruction_set ("/engine/loss-vocabulary/pieces", test_pieces);
  test_add_per_instruction_set ("/engine/loss-vocabulary/threads", test_threads);
  g_test_add_func ("/engine/loss-vocabulary/extremes", test_extremes);
  g_test_add_func ("/engine/loss-vocabulary/errors", test_errors);
  return g_test_run ();
}
