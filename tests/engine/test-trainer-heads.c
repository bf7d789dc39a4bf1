#include "config.h"

#include <glib/gstdio.h>

#include "tests/support/wb-test-training.h"
#include "tests/support/wb-test-worst.h"

/* Training of every head, dropout on: the parts of a step add up whatever the threads, and a
 * training cut anywhere goes on with the same bits. */

#define STEPS 6

/* Worst of all heads and instruction sets: 1.3e-7 and 2.3e-7. */
#define LOSS_BOUND 1e-6 /* relative */
#define NORM_BOUND 2e-6 /* relative */

static WbTestTraining *
make (gconstpointer head, guint n_threads)
{
  const WbTrainerOptions options = wb_test_options ();

  return wb_test_training_new_for (WB_TEST_V3, &options, head, n_threads);
}

static double
relative (double a, double b)
{
  return fabs (a - b) / fabs (b);
}

/* Six examples as one part, as three pairs (a pair is a group of choices), with one thread. */
static void
test_parts (gconstpointer head)
{
  g_autoptr (WbTestTraining) whole = make (head, 2);
  g_autoptr (WbTestTraining) pairs = make (head, 1);
  g_autoptr (WbTestTraining) alone = make (head, 1);
  double loss = 0, norm = 0;

  wb_test_training_run (whole, STEPS, 1);
  wb_test_training_run (pairs, STEPS, 3);
  wb_test_training_run (alone, STEPS, 1);
  for (guint i = 0; i < STEPS; i++)
    {
      WbTestTraining *others[] = { pairs, alone };

      for (gsize k = 0; k < G_N_ELEMENTS (others); k++)
        {
          loss = wb_test_worse (loss, relative (g_array_index (others[k]->losses, double, i),
                                                g_array_index (whole->losses, double, i)));
          norm = wb_test_worse (norm, relative (g_array_index (others[k]->norms, double, i),
                                                g_array_index (whole->norms, double, i)));
        }
    }
  g_test_message ("losses off by %.2g, norms by %.2g", loss, norm);
  g_assert_cmpfloat (loss, <, LOSS_BOUND);
  g_assert_cmpfloat (norm, <, NORM_BOUND);
}

/* The loss goes down, so that what is compared elsewhere is a training. */
static void
test_learns (gconstpointer head)
{
  WbTrainerOptions options = wb_test_options ();
  g_autoptr (WbTestTraining) training = NULL;

  options.total_steps = 40;
  options.learning_rate = 5e-3;
  training = wb_test_training_new_for (WB_TEST_V3, &options, head, 1);
  for (guint i = 0; i < 30; i++)
    {
      g_autoptr (GError) error = NULL;

      wb_test_training_step (training, 0, 1, &error); /* the same examples again and again */
      g_assert_no_error (error);
    }
  g_assert_cmpfloat (wb_test_training_loss (training, 29), <,
                     0.9 * wb_test_training_loss (training, 0));
}

static void
test_resume (gconstpointer head)
{
  g_autofree char *folder = g_dir_make_tmp ("wb-heads-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "state", NULL);
  g_autoptr (WbTestTraining) whole = make (head, 1);

  wb_test_training_run (whole, STEPS, 1);
  for (guint cut = 0; cut <= STEPS; cut += 3)
    {
      g_autoptr (WbTestTraining) first = make (head, 1);
      g_autoptr (WbTestTraining) second = make (head, 1);
      g_autoptr (GError) error = NULL;

      wb_test_training_run (first, cut, 1);
      wb_trainer_save (first->trainer, path, &error);
      g_assert_no_error (error);
      wb_trainer_load (second->trainer, path, &error);
      g_assert_no_error (error);
      wb_test_training_run (second, STEPS, 1);
      for (guint i = cut; i < STEPS; i++)
        g_assert_true (wb_test_training_loss (second, i - cut) == wb_test_training_loss (whole, i));
      wb_test_training_assert_same_weights (whole, second);
    }
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* A tied word table is a parameter like any other: its state is refused by a model whose table is
 * updated by rows, and the other way round. */
static void
test_other_table (void)
{
  static const WbHeadSpec tied = { WB_HEAD_MASKED_LM }, token = { WB_HEAD_TOKEN, 3 };
  const WbHeadSpec       *heads[][2] = { { &tied, &token }, { &token, &tied } };
  g_autofree char        *folder = g_dir_make_tmp ("wb-heads-XXXXXX", NULL);
  g_autofree char        *path = g_build_filename (folder, "state", NULL);

  for (gsize i = 0; i < 2; i++)
    {
      g_autoptr (WbTestTraining) from = make (heads[i][0], 1);
      g_autoptr (WbTestTraining) to = make (heads[i][1], 1);
      g_autoptr (GError) error = NULL;

      wb_test_training_run (from, 2, 1);
      g_assert_true (wb_trainer_save (from->trainer, path, &error));
      g_assert_false (wb_trainer_load (to->trainer, path, &error));
      g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, "another model"));
    }
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* Every row of a tied table is changed by the first update, also those that no example has. */
static void
test_dense_table (void)
{
  static const WbHeadSpec tied = { WB_HEAD_MASKED_LM };
  g_autoptr (WbTestTraining) a = make (&tied, 1);
  g_autoptr (WbTestTraining) b = make (&tied, 1);
  const WbTensor before = wb_model_get_parameter (a->model, 0);
  const WbTensor after = wb_model_get_parameter (b->model, 0);
  const WbTensor g = wb_model_get_gradient (b->model, 0);
  gsize          n_same = 0;

  wb_test_training_run (b, 2, 1); /* the first has a learning rate of zero */
  for (gsize r = 0; r < before.rows; r++)
    n_same += memcmp ((float *) before.data + r * before.cols,
                      (float *) after.data + r * after.cols, before.cols * sizeof (float)) == 0;
  g_assert_cmpuint (n_same, ==, 0);
  g_assert_cmpuint (g.rows, ==, WB_TEST_VOCABULARY);
}

/* What a trainer's memory is measured to be, with and without rows. */
static void
test_measure (void)
{
  static const WbHeadSpec tied = { WB_HEAD_MASKED_LM };
  static const WbHeadSpec untied = { WB_HEAD_MASKED_LM, .untied = TRUE };
  g_autoptr (WbModelConfig) config = wb_test_config_new (WB_TEST_V3);
  g_autoptr (WbParameterTable) table = wb_parameter_table_new (config, &tied);
  const WbModelLimits few = { 400, 6, 40, 97, TRUE, 60 }, all = { 400, 6, 40, 97, TRUE };

  g_assert_false (wb_parameter_table_get (table, 0)->sparse);
  g_assert_cmpuint (wb_trainer_measure (config, &tied, 5), ==,
                    2 * sizeof (float) * wb_parameter_table_get_n_elements (table));
  g_assert_cmpuint (wb_trainer_measure (config, &untied, 0), <,
                    wb_trainer_measure (config, &untied, 97));
  g_assert_cmpuint (wb_model_measure (config, &tied, &few, 1), <,
                    wb_model_measure (config, &tied, &all, 1));
}

static void
add_tests (const char *name, GTestDataFunc func)
{
  for (gsize i = 0; i < G_N_ELEMENTS (wb_test_heads); i++)
    {
      g_autofree char *path =
          g_strconcat ("/engine/trainer/heads/", name, "/", wb_test_heads[i].name, NULL);

      g_test_add_data_func (path, &wb_test_heads[i].head, func);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_tests ("parts", test_parts);
  add_tests ("learns", test_learns);
  add_tests ("resume", test_resume);
  g_test_add_func ("/engine/trainer/heads/other-table", test_other_table);
  g_test_add_func ("/engine/trainer/heads/dense-table", test_dense_table);
  g_test_add_func ("/engine/trainer/heads/measure", test_measure);
  return g_test_run ();
}
