#include "config.h"

#include <glib.h>

#include "engine/ops/wb-loss.h"
#include "engine/ref/wb-ref-loss.h"
#include "tests/support/test-gradient.h"
#include "tests/support/test-tensor.h"

#define BOUND                                                                                      \
  3e-7 /* the sums are in double: only the gradient's rounding to F32, 3e-8, is left               \
        */

static const gint32 labels[] = { 2, -1, 0, 1, 2, -100, 0 };
static const float  class_weights[] = { 0.5f, 2.0f, 1.25f, 1.0f };

static const struct
{
  gsize    rows, classes, gap;
  double   width; /* of the logits */
  gboolean weights;
  float    smoothing;
} cases[] = {
  { 7, 3, 0, 2, FALSE, 0.0f }, { 7, 3, 2, 2, TRUE, 0.0f },  { 7, 4, 1, 2, FALSE, 0.1f },
  { 7, 4, 0, 2, TRUE, 0.3f },  { 1, 3, 0, 80, TRUE, 0.2f }, { 7, 3, 0, 1e4, FALSE, 0.0f },
};

static double
definition_loss (gpointer data)
{
  return wb_ref_cross_entropy (data);
}

static void
test_definition (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  for (gsize i = 0; i < 5; i++)
    {
      double                  logits[28], weights[4], dlogits[28];
      const WbRefCrossEntropy args = { cases[i].rows,
                                       cases[i].classes,
                                       logits,
                                       labels,
                                       cases[i].weights ? weights : NULL,
                                       (double) cases[i].smoothing,
                                       3.5 };

      test_fill_random (rand, logits, 28, 2);
      for (gsize c = 0; c < 4; c++)
        weights[c] = (double) class_weights[c];
      wb_ref_cross_entropy_backward (&args, dlogits);
      test_assert_gradient ("dlogits", definition_loss, (gpointer) &args, logits,
                            args.rows * args.classes, dlogits, 1e-8);
    }
}

/* By hand: logits 0, ln 3: p = 1/4, 3/4. */
static void
test_by_hand (void)
{
  const double            logits[] = { 0, 1.0986122886681098 };
  const gint32            label[] = { 0 };
  const WbRefCrossEntropy plain = { 1, 2, logits, label, NULL, 0, 1 };
  const WbRefCrossEntropy smooth = { 1, 2, logits, label, NULL, 0.2, 1 };

  g_assert_cmpfloat_with_epsilon (wb_ref_cross_entropy (&plain), log (4), 1e-12);
  g_assert_cmpfloat_with_epsilon (wb_ref_cross_entropy (&smooth),
                                  0.9 * log (4) + 0.1 * log (4.0 / 3), 1e-12);
}

static void
test_cross_entropy (gconstpointer data)
{
  g_autoptr (WbBackend) backend = test_backend_open (data, 2);
  g_autoptr (GRand) rand = g_rand_new_with_seed (2);

  for (gsize i = 0; backend != NULL && i < G_N_ELEMENTS (cases); i++)
    {
      const gsize rows = cases[i].rows, classes = cases[i].classes;
      g_autoptr (TestTensor) logits =
          test_tensor_new_random (rand, rows, classes, cases[i].gap, 0, cases[i].width);
      g_autoptr (TestTensor) dlogits = test_tensor_new_random (rand, rows, classes, 1, 0, 1);
      double                  weights[4], loss = -1;
      const float            *w = cases[i].weights ? class_weights : NULL;
      const WbRefCrossEntropy ref = {
        rows, classes, logits->exact, labels, w ? weights : NULL, (double) cases[i].smoothing, 3.5
      };
      WbCrossEntropyArgs args = { logits->tensor,  labels, w, cases[i].smoothing, 3.5,
                                  dlogits->tensor, &loss };

      for (gsize c = 0; c < 4; c++)
        weights[c] = (double) class_weights[c];
      wb_ref_cross_entropy_backward (&ref, dlogits->exact);
      g_assert_true (wb_loss_cross_entropy (backend, &args, NULL));
      g_assert_cmpfloat_with_epsilon (loss, wb_ref_cross_entropy (&ref), 1e-12 * cases[i].width);
      test_tensor_assert_near (dlogits, BOUND);
      args.dlogits.data = NULL;
      loss = -1;
      g_assert_true (wb_loss_cross_entropy (backend, &args, NULL));
      g_assert_cmpfloat_with_epsilon (loss, wb_ref_cross_entropy (&ref), 1e-12 * cases[i].width);
    }
}

static void
test_squared_error (gconstpointer data)
{
  g_autoptr (WbBackend) backend = test_backend_open (data, 2);
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  g_autoptr (TestTensor) logits = test_tensor_new_random (rand, 5, 1, 3, 0, 3);
  g_autoptr (TestTensor) dlogits = test_tensor_new (5, 1, 0);
  const float              targets[] = { 0, 1.5f, -2, 5, 3.25f };
  const double             exact[] = { 0, 1.5, -2, 5, 3.25 };
  double                   loss;
  const WbSquaredErrorArgs args = { logits->tensor, targets, 5, dlogits->tensor, &loss };

  if (backend == NULL)
    return;
  wb_ref_squared_error_backward (5, logits->exact, exact, 5, dlogits->exact);
  g_assert_true (wb_loss_squared_error (backend, &args, NULL));
  g_assert_cmpfloat_with_epsilon (loss, wb_ref_squared_error (5, logits->exact, exact, 5), 1e-12);
  test_tensor_assert_near (dlogits, BOUND);
}

/* What is not finite stays so, for the trainer to see. */
static void
test_not_finite (void)
{
  g_autoptr (WbBackend) backend = test_backend_open ("baseline", 1);
  g_autoptr (TestTensor) logits = test_tensor_new (1, 3, 0);
  double                   loss = 0;
  const WbCrossEntropyArgs args = { logits->tensor, labels, NULL, 0, 1, { 0 }, &loss };

  *test_tensor_at (logits, 0, 1) = NAN;
  g_assert_true (wb_loss_cross_entropy (backend, &args, NULL));
  g_assert_true (isnan (loss));
}

static void
test_errors (void)
{
  g_autoptr (WbBackend) backend = test_backend_open ("baseline", 1);
  g_autoptr (TestTensor) logits = test_tensor_new (2, 3, 0);
  double                   loss = 0;
  const gint32             high[] = { 0, 3 };
  const float              targets[6] = { 0 };
  const WbCrossEntropyArgs good = { logits->tensor, labels, NULL, 0, 1, logits->tensor, &loss };
  WbSquaredErrorArgs       squares = { logits->tensor, targets, 1, logits->tensor, &loss };
  WbCrossEntropyArgs       bad = good;

  bad.labels = high;
  test_assert_refused (wb_loss_cross_entropy (backend, &bad, &error), WB_ENGINE_ERROR_INVALID);
  bad = good;
  bad.smoothing = 1.0f;
  test_assert_refused (wb_loss_cross_entropy (backend, &bad, &error), WB_ENGINE_ERROR_INVALID);
  bad = good;
  bad.denominator = 0;
  test_assert_refused (wb_loss_cross_entropy (backend, &bad, &error), WB_ENGINE_ERROR_INVALID);
  bad = good;
  bad.dlogits.rows = 3;
  test_assert_refused (wb_loss_cross_entropy (backend, &bad, &error), WB_ENGINE_ERROR_SHAPE);
  squares.dlogits.cols = 2;
  test_assert_refused (wb_loss_squared_error (backend, &squares, &error), WB_ENGINE_ERROR_SHAPE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/loss/definition", test_definition);
  g_test_add_func ("/engine/loss/by-hand", test_by_hand);
  test_add_per_instruction_set ("/engine/loss/cross-entropy", test_cross_entropy);
  test_add_per_instruction_set ("/engine/loss/squared-error", test_squared_error);
  g_test_add_func ("/engine/loss/not-finite", test_not_finite);
  g_test_add_func ("/engine/loss/errors", test_errors);
  return g_test_run ();
}
