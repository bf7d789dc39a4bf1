#include "engine/train/wb-trainer.h"

#include <glib/gstdio.h>

#include "tests/support/wb-test-training.h"

/* A training cut anywhere and resumed from its state goes on with the same bits. */

#define STEPS 14

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("wb-trainer-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, "state", NULL);
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  g_unlink (self->path);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0); /* nothing left beside */
  g_free (self->path);
  g_free (self->folder);
}

static void
resume_and_compare (const Fixture          *self,
                    const char             *json,
                    const WbTrainerOptions *options,
                    guint                   cut,
                    WbTestTraining         *whole)
{
  g_autoptr (WbTestTraining) first =
      wb_test_training_new_of (json, options, WB_HEAD_CLASSIFICATION, 1);
  g_autoptr (WbTestTraining) second =
      wb_test_training_new_of (json, options, WB_HEAD_CLASSIFICATION, 1);
  g_autoptr (GError) error = NULL;

  wb_test_training_run (first, cut, 1);
  if (cut % 2 == 1) /* as after saving the best */
    g_assert_true (wb_trainer_settle (first->trainer, NULL, NULL));
  wb_trainer_save (first->trainer, self->path, &error);
  g_assert_no_error (error);
  wb_trainer_load (second->trainer, self->path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (wb_trainer_get_step (second->trainer), ==, cut);
  wb_test_training_run (second, STEPS, 1);
  for (guint i = cut; i < STEPS; i++)
    g_assert_true (wb_test_training_loss (second, i - cut) == wb_test_training_loss (whole, i));
  wb_test_training_assert_same_weights (whole, second);
}

static void
test_resume (Fixture *self, gconstpointer data)
{
  for (guint kind = 0; kind <= WB_OPTIMIZER_RADAM; kind++)
    {
      WbTrainerOptions options = wb_test_options ();
      g_autoptr (WbTestTraining) whole = NULL;

      options.optimizer = (WbOptimizerKind) kind;
      options.layer_decay = kind == WB_OPTIMIZER_ADAM ? 0.8 : 1;
      whole = wb_test_training_new (&options, WB_HEAD_CLASSIFICATION, 1);
      wb_test_training_run (whole, STEPS, 1);
      for (guint cut = 0; cut <= STEPS; cut += kind == WB_OPTIMIZER_ADAMW ? 1 : 5)
        resume_and_compare (self, WB_TEST_V3, &options, cut, whole);
    }
}

/* v1's block has gaps, v2's a convolution. */
static void
test_resume_families (Fixture *self, gconstpointer data)
{
  static const char *const models[] = { WB_TEST_V1, WB_TEST_CONV };
  const WbTrainerOptions   options = wb_test_options ();

  for (gsize m = 0; m < G_N_ELEMENTS (models); m++)
    {
      g_autoptr (WbTestTraining) whole =
          wb_test_training_new_of (models[m], &options, WB_HEAD_CLASSIFICATION, 1);

      wb_test_training_run (whole, STEPS, 1);
      for (guint cut = 0; cut <= STEPS; cut += 7)
        resume_and_compare (self, models[m], &options, cut, whole);
    }
}

static void
put (const Fixture *self, const void *bytes, gsize n)
{
  FILE *f = g_fopen (self->path, "wb");

  g_assert_cmpuint (fwrite (bytes, 1, n, f), ==, n);
  g_assert_cmpint (fclose (f), ==, 0);
}

static void
assert_refused (const Fixture *self, WbTrainer *trainer, gint code, const char *part)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (wb_trainer_load (trainer, self->path, &error));
  g_assert_error (error, WB_ENGINE_ERROR, code);
  g_assert_cmpuint (wb_trainer_get_step (trainer), ==, 0);
  if (strstr (error->message, part) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, part);
}

/* A byte changed anywhere, or the file cut or longer: said where, and nothing taken over. */
static void
test_damage (Fixture *self, gconstpointer data)
{
  const WbTrainerOptions options = wb_test_options ();
  g_autoptr (WbTestTraining) a = wb_test_training_new (&options, WB_HEAD_CLASSIFICATION, 1);
  g_autoptr (WbTestTraining) b = wb_test_training_new (&options, WB_HEAD_CLASSIFICATION, 1);
  g_autoptr (WbTestTraining) c = wb_test_training_new (&options, WB_HEAD_CLASSIFICATION, 1);
  g_autofree char *bytes = NULL;
  gsize            n;

  wb_test_training_run (a, 4, 1);
  g_assert_true (wb_trainer_save (a->trainer, self->path, NULL));
  g_assert_true (g_file_get_contents (self->path, &bytes, &n, NULL));
  for (gsize i = 0; i < n; i += i < 200 ? 1 : 211)
    {
      bytes[i] ^= 4;
      put (self, bytes, n);
      assert_refused (self, b->trainer, WB_ENGINE_ERROR_INVALID, self->path);
      bytes[i] ^= 4;
      put (self, bytes, i);
      assert_refused (self, b->trainer, WB_ENGINE_ERROR_INVALID, "truncated");
    }
  bytes[n - 20] ^= 1;
  put (self, bytes, n);
  assert_refused (self, b->trainer, WB_ENGINE_ERROR_INVALID, "(second moments of the rows)");
  bytes[n - 20] ^= 1;
  bytes = g_realloc (bytes, n + 1);
  bytes[n] = 0;
  put (self, bytes, n + 1);
  assert_refused (self, b->trainer, WB_ENGINE_ERROR_INVALID, "1 bytes follow the end");
  wb_test_training_assert_same_weights (b, c);
  put (self, bytes, n);
  g_assert_true (wb_trainer_load (b->trainer, self->path, NULL));
  wb_test_training_assert_same_weights (a, b);
}

static void
test_other_training (Fixture *self, gconstpointer data)
{
  WbTrainerOptions options = wb_test_options ();
  g_autoptr (WbTestTraining) a = wb_test_training_new (&options, WB_HEAD_CLASSIFICATION, 1);
  g_autoptr (WbTestTraining) other_head = NULL;
  g_autoptr (WbTestTraining) other_beta = NULL;

  assert_refused (self, a->trainer, WB_ENGINE_ERROR_MISSING, self->path);
  wb_test_training_run (a, 2, 1);
  g_assert_true (wb_trainer_save (a->trainer, self->path, NULL));
  other_head = wb_test_training_new (&options, WB_HEAD_REGRESSION, 1);
  assert_refused (self, other_head->trainer, WB_ENGINE_ERROR_INVALID, "another model");
  options.beta2 = 0.98;
  other_beta = wb_test_training_new (&options, WB_HEAD_CLASSIFICATION, 1);
  assert_refused (self, other_beta->trainer, WB_ENGINE_ERROR_INVALID, "another optimizer");
}

/* Rows without a gradient are not in the file. */
static void
test_size (Fixture *self, gconstpointer data)
{
  const WbTrainerOptions options = wb_test_options ();
  g_autoptr (WbTestTraining) x = wb_test_training_new (&options, WB_HEAD_CLASSIFICATION, 1);
  const WbParameterTable *table = wb_model_get_table (x->model);
  const gsize             dense = wb_parameter_table_get_n_stored (table) - WB_TEST_VOCABULARY * 24;
  GStatBuf                before, after;

  g_assert_true (wb_trainer_save (x->trainer, self->path, NULL));
  g_assert_cmpint (g_stat (self->path, &before), ==, 0);
  g_assert_cmpuint ((gsize) before.st_size, <, 12 * dense + 300);
  wb_test_training_run (x, 1, 1);
  g_assert_true (wb_trainer_settle (x->trainer, NULL, NULL));
  g_assert_true (wb_trainer_save (x->trainer, self->path, NULL));
  g_assert_cmpint (g_stat (self->path, &after), ==, 0);
  g_assert_cmpint (after.st_size, <, before.st_size + 60 * (3 * 24 * 4 + 8));
}

static void
test_save_error (Fixture *self, gconstpointer data)
{
  const WbTrainerOptions options = wb_test_options ();
  g_autoptr (WbTestTraining) x = wb_test_training_new (&options, WB_HEAD_CLASSIFICATION, 1);
  g_autofree char *nowhere = g_build_filename (self->folder, "no", "state", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (wb_trainer_save (x->trainer, nowhere, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_DEVICE);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/engine/trainer-state/" name, Fixture, NULL, fixture_set_up, function,              \
              fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("resume", test_resume);
  ADD ("resume-families", test_resume_families);
  ADD ("damage", test_damage);
  ADD ("other-training", test_other_training);
  ADD ("size", test_size);
  ADD ("save-error", test_save_error);
  return g_test_run ();
}
