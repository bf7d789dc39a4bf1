#include "config.h"

#include <glib.h>

#include "engine/ops/wb-loss.h"
#include "engine/ref/wb-ref-loss.h"
#include "tests/support/test-gradient.h"
#include "tests/support/test-tensor.h"

/* Losses against numbers and over the rows of segments. */

#define BOUND 3e-7 /* sums are in double: the gradient's rounding to F32, 3e-8, is left */

#define ROWS 6
#define COLS 4

static const float column_weights[] = { 0.5f, 2.0f, 1.25f, 1.0f };

static const struct
{
  gsize    gap;
  double   width; /* of the logits */
  gboolean weights;
  float    smoothing;
} cases[] = {
  { 0, 2, FALSE, 0.0f }, { 2, 2, TRUE, 0.0f },   { 1, 2, FALSE, 0.1f },
  { 0, 3, TRUE, 0.3f },  { 3, 80, FALSE, 0.0f }, { 0, 1e4, TRUE, 0.0f },
};

/* Numbers for one case, in both precisions. */
typedef struct
{
  TestTensor  *logits;
  TestTensor  *dlogits;
  float        targets[ROWS * COLS];
  double       exact[ROWS * COLS];
  double       weights[COLS];
  WbRefTargets ref;
} Numbers;

static void
numbers_init (Numbers *self, gsize i, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);

  self->logits = test_tensor_new_random (rand, ROWS, COLS, cases[i].gap, 0, cases[i].width);
  self->dlogits = test_tensor_new_random (rand, ROWS, COLS, 1, 0, 1);
  for (gsize k = 0; k < ROWS * COLS; k++)
    self->exact[k] = (double) (self->targets[k] = (float) g_rand_double_range (rand, 0, 1));
  for (gsize c = 0; c < COLS; c++)
    self->weights[c] = (double) column_weights[c];
  self->ref = (WbRefTargets){ ROWS,
                              COLS,
                              self->logits->exact,
                              self->exact,
                              cases[i].weights ? self->weights : NULL,
                              (double) cases[i].smoothing,
                              3.5 };
}

static void
numbers_clear (Numbers *self)
{
  test_tensor_free (self->logits);
  test_tensor_free (self->dlogits);
}

static double
soft_loss (gpointer data)
{
  return wb_ref_soft_cross_entropy (data);
}

static double
sigmoid_loss (gpointer data)
{
  return wb_ref_sigmoid_cross_entropy (data);
}

static void
test_definition (void)
{
  for (gsize i = 0; i < 4; i++)
    {
      Numbers n;
      double  dlogits[ROWS * COLS];

      numbers_init (&n, i, 1);
      wb_ref_soft_cross_entropy_backward (&n.ref, dlogits);
      test_assert_gradient ("soft", soft_loss, &n.ref, n.logits->exact, ROWS * COLS, dlogits, 1e-8);
      n.exact[3] = n.exact[10] = (double) NAN;
      wb_ref_sigmoid_cross_entropy_backward (&n.ref, dlogits);
      test_assert_gradient ("sigmoid", sigmoid_loss, &n.ref, n.logits->exact, ROWS * COLS, dlogits,
                            1e-8);
      numbers_clear (&n);
    }
}

/* Probabilities that are 0 and 1 are labels; p = 1/4, 3/4. */
static void
test_by_hand (void)
{
  const double       logits[] = { 0, 1.0986122886681098 }, one[] = { 1, 0 }, both[] = { 0.5, 0.5 };
  const WbRefTargets hard = { 1, 2, logits, one, NULL, 0, 1 };
  const WbRefTargets mixed = { 1, 2, logits, both, NULL, 0, 1 };
  const WbRefTargets sigmoid = { 1, 2, logits, one, NULL, 0, 2 };

  g_assert_cmpfloat_with_epsilon (wb_ref_soft_cross_entropy (&hard), log (4), 1e-12);
  g_assert_cmpfloat_with_epsilon (wb_ref_soft_cross_entropy (&mixed),
                                  0.5 * log (4) + 0.5 * log (4.0 / 3), 1e-12);
  g_assert_cmpfloat_with_epsilon (wb_ref_sigmoid_cross_entropy (&sigmoid), (log (2) + log (4)) / 2,
                                  1e-12);
}

static void
test_soft (gconstpointer data)
{
  g_autoptr (WbBackend) backend = test_backend_open (data, 2);

  for (gsize i = 0; backend != NULL && i < G_N_ELEMENTS (cases); i++)
    {
      Numbers                n;
      double                 loss = -1;
      WbSoftCrossEntropyArgs args;

      numbers_init (&n, i, 2);
      args = (WbSoftCrossEntropyArgs){ n.logits->tensor,
                                       n.targets,
                                       n.ref.weights ? column_weights : NULL,
                                       cases[i].smoothing,
                                       3.5,
                                       n.dlogits->tensor,
                                       &loss };
      wb_ref_soft_cross_entropy_backward (&n.ref, n.dlogits->exact);
      g_assert_true (wb_loss_soft_cross_entropy (backend, &args, NULL));
      g_assert_cmpfloat_with_epsilon (loss, wb_ref_soft_cross_entropy (&n.ref),
                                      1e-12 * cases[i].width);
      test_tensor_assert_near (n.dlogits, BOUND);
      args.dlogits.data = NULL;
      loss = -1;
      g_assert_true (wb_loss_soft_cross_entropy (backend, &args, NULL));
      g_assert_cmpfloat_with_epsilon (loss, wb_ref_soft_cross_entropy (&n.ref),
                                      1e-12 * cases[i].width);
      numbers_clear (&n);
    }
}

static void
test_sigmoid (gconstpointer data)
{
  g_autoptr (WbBackend) backend = test_backend_open (data, 2);

  for (gsize i = 0; backend != NULL && i < G_N_ELEMENTS (cases); i++)
    {
      Numbers                   n;
      double                    loss = -1;
      WbSigmoidCrossEntropyArgs args;

      numbers_init (&n, i, 3);
      args = (WbSigmoidCrossEntropyArgs){
        n.logits->tensor,  n.targets, NULL, n.ref.weights ? column_weights : NULL, 3.5,
        n.dlogits->tensor, &loss
      };
      wb_ref_sigmoid_cross_entropy_backward (&n.ref, n.dlogits->exact);
      g_assert_true (wb_loss_sigmoid_cross_entropy (backend, &args, NULL));
      g_assert_cmpfloat_with_epsilon (loss, wb_ref_sigmoid_cross_entropy (&n.ref),
                                      1e-12 * cases[i].width);
      test_tensor_assert_near (n.dlogits, BOUND);
      numbers_clear (&n);
    }
}

/* Labels of one column: 0, 1 and none. */
static void
test_sigmoid_labels (gconstpointer data)
{
  static const gint32 labels[] = { 1, 0, -100, 1, -1 };
  const double        targets[] = { 1, 0, (double) NAN, 1, (double) NAN };
  g_autoptr (WbBackend) backend = test_backend_open (data, 2);
  g_autoptr (GRand) rand = g_rand_new_with_seed (4);
  g_autoptr (TestTensor) logits = test_tensor_new_random (rand, 5, 1, 2, 0, 3);
  g_autoptr (TestTensor) dlogits = test_tensor_new_random (rand, 5, 1, 0, 0, 1);
  const WbRefTargets              ref = { 5, 1, logits->exact, targets, NULL, 0, 3 };
  double                          loss;
  const WbSigmoidCrossEntropyArgs args = { logits->tensor,  NULL, labels, NULL, 3,
                                           dlogits->tensor, &loss };

  if (backend == NULL)
    return;
  wb_ref_sigmoid_cross_entropy_backward (&ref, dlogits->exact);
  g_assert_true (wb_loss_sigmoid_cross_entropy (backend, &args, NULL));
  g_assert_cmpfloat_with_epsilon (loss, wb_ref_sigmoid_cross_entropy (&ref), 1e-12);
  test_tensor_assert_near (dlogits, BOUND);
}

/* Segments of 3, 1, 5 and 2 rows in the second column of three; a label on the last row, one beyond
 * the end, none. */
static void
test_segments (gconstpointer data)
{
  static const gint32 bounds[] = { 0, 3, 4, 9, 11 }, labels[] = { 2, 0, 5, -1 };
  g_autoptr (WbBackend) backend = test_backend_open (data, 2);
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);

  for (gsize i = 0; backend != NULL && i < 3; i++)
    {
      g_autoptr (TestTensor) logits = test_tensor_new_random (rand, 11, 3, 1, 0, 4);
      g_autoptr (TestTensor) dlogits = test_tensor_copy (logits);
      const float                     smoothing = i == 1 ? 0.2f : 0.0f;
      double                          loss, want = 0, column[11], gradient[11] = { 0 };
      const WbSegmentCrossEntropyArgs args = {
        wb_tensor_columns (&logits->tensor, 1, 1),  bounds, 4, labels, smoothing, 2.5,
        wb_tensor_columns (&dlogits->tensor, 1, 1), &loss
      };

      for (gsize r = 0; r < 11; r++)
        column[r] = logits->exact[3 * r + 1];
      for (gsize s = 0; s < 2; s++)
        {
          const gsize             first = (gsize) bounds[s], rows = (gsize) bounds[s + 1] - first;
          const WbRefCrossEntropy ref = { 1,          rows, column + first,
                                          &labels[s], NULL, (double) smoothing,
                                          2.5 };

          want += wb_ref_cross_entropy (&ref);
          wb_ref_cross_entropy_backward (&ref, gradient + first);
        }
      for (gsize r = 0; r < 11; r++)
        dlogits->exact[3 * r + 1] = gradient[r];
      g_assert_true (wb_loss_segment_cross_entropy (backend, &args, NULL));
      g_assert_cmpfloat_with_epsilon (loss, want, 1e-12);
      test_tensor_assert_near (dlogits, BOUND); /* the other columns as they were */
    }
}

static void
test_not_finite (void)
{
  g_autoptr (WbBackend) backend = test_backend_open ("baseline", 1);
  g_autoptr (TestTensor) logits = test_tensor_new (1, 2, 0);
  static const float              targets[] = { 1, 0 };
  double                          loss = 0;
  const WbSoftCrossEntropyArgs    soft = { logits->tensor, targets, NULL, 0, 1, { 0 }, &loss };
  const WbSigmoidCrossEntropyArgs sigmoid = {
    logits->tensor, targets, NULL, NULL, 1, { 0 }, &loss
  };

  *test_tensor_at (logits, 0, 1) = NAN;
  g_assert_true (wb_loss_soft_cross_entropy (backend, &soft, NULL));
  g_assert_true (isnan (loss));
  loss = 0;
  g_assert_true (wb_loss_sigmoid_cross_entropy (backend, &sigmoid, NULL));
  g_assert_true (isnan (loss));
}

static void
test_errors (void)
{
  static const float  targets[6] = { 0 };
  static const gint32 two[] = { 0, 2 }, zero[] = { 0, 0 };
  static const gint32 short_bounds[] = { 0, 1 }, empty_bounds[] = { 0, 0, 2 };
  g_autoptr (WbBackend) backend = test_backend_open ("baseline", 1);
  g_autoptr (TestTensor) logits = test_tensor_new (2, 3, 0);
  g_autoptr (TestTensor) column = test_tensor_new (2, 1, 0);
  double                    loss = 0;
  WbSoftCrossEntropyArgs    soft = { logits->tensor, targets, NULL, 1.0f, 1, { 0 }, &loss };
  WbSigmoidCrossEntropyArgs sigmoid = { column->tensor, NULL, two, NULL, 1, { 0 }, &loss };
  WbSegmentCrossEntropyArgs segment = { column->tensor, short_bounds, 1, zero, 0, 1, { 0 }, &loss };

  test_assert_refused (wb_loss_soft_cross_entropy (backend, &soft, &error),
                       WB_ENGINE_ERROR_INVALID);
  soft.smoothing = 0;
  soft.dlogits = column->tensor;
  test_assert_refused (wb_loss_soft_cross_entropy (backend, &soft, &error), WB_ENGINE_ERROR_SHAPE);
  test_assert_refused (wb_loss_sigmoid_cross_entropy (backend, &sigmoid, &error),
                       WB_ENGINE_ERROR_INVALID);
  sigmoid.labels = zero;
  sigmoid.denominator = NAN;
  test_assert_refused (wb_loss_sigmoid_cross_entropy (backend, &sigmoid, &error),
                       WB_ENGINE_ERROR_INVALID);
  test_assert_refused (wb_loss_segment_cross_entropy (backend, &segment, &error),
                       WB_ENGINE_ERROR_SHAPE);
  segment.bounds = empty_bounds;
  segment.n_segments = 2;
  test_assert_refused (wb_loss_segment_cross_entropy (backend, &segment, &error),
                       WB_ENGINE_ERROR_SHAPE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/loss-targets/definition", test_definition);
  g_test_add_func ("/engine/loss-targets/by-hand", test_by_hand);
  test_add_per_instruction_set ("/engine/loss-targets/soft", test_soft);
  test_add_per_instruction_set ("/engine/loss-targets/sigmoid", test_sigmoid);
  test_add_per_instruction_set ("/engine/loss-targets/sigmoid-labels", test_sigmoid_labels);
  test_add_per_instruction_set ("/engine/loss-targets/segments", test_segments);
  g_test_add_func ("/engine/loss-targets/not-finite", test_not_finite);
  g_test_add_func ("/engine/loss-targets/errors", test_errors);
  return g_test_run ();
}
