#include "config.h"

#include <math.h>

#include "app/worker/wb-trial-private.h"
#include "tests/support/wb-test-program.h"

/* A run's model asked about single texts: the numbers are those of `predict`, the newest text wins,
 * the model goes when it is told to. */

#define WAIT_SECONDS 60

typedef struct
{
  WbTestProgram program;
  WbWorkspace  *workspace;
  WbRun        *run;
} Fixture;

static void
open_run (Fixture *self)
{
  g_autofree char *home = wb_test_program_path (&self->program, "home");
  g_autoptr (GError) error = NULL;

  self->workspace = wb_workspace_open (home, &error);
  g_assert_no_error (error);
  self->run = wb_run_find (self->workspace, "1", &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  wb_test_program_set_up (&self->program, NULL);
  g_assert_cmpint (
      wb_test_program_run (&self->program,
                           "train --task rte --train train.tsv --dev dev.tsv --model model "
                           "--batch-size 8 --max-length 32 --threads 1 --set epochs=1"),
      ==, 0);
  open_run (self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_object (&self->run);
  g_clear_object (&self->workspace);
  wb_test_program_tear_down (&self->program, NULL);
}

static gboolean
expired_cb (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_CONTINUE;
}

#define WAIT_UNTIL(condition)                                                                      \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gboolean    expired_ = FALSE;                                                                  \
    const guint id_ = g_timeout_add_seconds (WAIT_SECONDS, expired_cb, &expired_);                 \
    while (!(condition) && !expired_)                                                              \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_source_remove (id_);                                                                         \
    g_assert_true (condition);                                                                     \
  }                                                                                                \
  G_STMT_END

static gboolean
is_answer_to (WbTrial *trial, const char *text)
{
  const WbTrialResult *result = wb_trial_get_result (trial);

  return result != NULL && strcmp (result->text, text) == 0;
}

/* A timer, so that waiting for what no source tells wakes up. */
static gboolean
tick_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
wait_until_unloaded (void)
{
  const guint id = g_timeout_add (10, tick_cb, NULL);

  WAIT_UNTIL (wb_trial_count_loaded () == 0);
  g_source_remove (id);
}

/* Against the command, which reads the same pair from a file. */
static void
test_as_predict (Fixture *self, gconstpointer data)
{
  static const char text[] = "geht \"pola\" und", pair[] = "der ruft\tin das Haus";
  g_autoptr (GError) error = NULL;
  g_autoptr (WbTrial) trial = wb_trial_new (self->run, &error);
  g_autoptr (GPtrArray) said = NULL;
  const WbTrialResult *result;
  JsonArray           *probabilities;
  const char          *label;

  g_assert_no_error (error);
  g_assert_true (wb_trial_is_pair (trial));
  g_assert_cmpint (wb_trial_get_kind (trial), ==, WB_FINDINGS_CLASSES);
  g_assert_cmpuint (wb_trial_count_loaded (), ==, 0); /* nothing is loaded before it is needed */
  wb_trial_ask (trial, text, pair);
  WAIT_UNTIL (is_answer_to (trial, text));
  result = wb_trial_get_result (trial);
  g_assert_cmpint (wb_trial_get_state (trial), ==, WB_TRIAL_READY);
  g_assert_cmpstr (result->pair, ==, pair);
  g_assert_cmpuint (result->n_labels, ==, 2);

  wb_test_program_write (&self->program, "one.jsonl",
                         "{\"sentence1\": \"geht \\\"pola\\\" und\", "
                         "\"sentence2\": \"der ruft\\tin das Haus\"}\n",
                         -1);
  g_assert_cmpint (
      wb_test_program_run (&self->program, "predict 1 --file one.jsonl --threads 1 --json"), ==, 0);
  said = wb_test_program_objects (&self->program);
  probabilities = json_object_get_array_member (wb_test_object (said, 0), "probabilities");
  label = json_object_get_string_member (wb_test_object (said, 0), "label");
  for (guint i = 0; i < 2; i++)
    {
      const double greater = fmax (result->probabilities[0], result->probabilities[1]);

      if (strcmp (result->labels[i], label) == 0)
        g_assert_cmpfloat (result->probabilities[i], ==, greater);
      g_assert_true (result->probabilities[i] == json_array_get_double_element (probabilities, 0) ||
                     result->probabilities[i] == json_array_get_double_element (probabilities, 1));
    }
  wb_trial_release (trial);
  wait_until_unloaded ();
}

/* Fifty texts as fast as somebody could type: the last one is answered, the first ones need not
 * be. */
static void
test_newest_wins (Fixture *self, gconstpointer data)
{
  g_autoptr (WbTrial) trial = wb_trial_new (self->run, NULL);
  g_autofree char *last = NULL;

  for (guint i = 0; i < 50; i++)
    {
      g_free (last);
      last = g_strdup_printf ("text number %u", i);
      wb_trial_ask (trial, last, "another");
      g_main_context_iteration (NULL, FALSE);
    }
  WAIT_UNTIL (is_answer_to (trial, last));
  g_assert_cmpuint (wb_trial_count_loaded (), ==, 1);
  wb_trial_release (trial);
  g_assert_null (wb_trial_get_result (trial));
  wait_until_unloaded ();
  wb_trial_ask (trial, "again", "and again"); /* loaded anew */
  WAIT_UNTIL (is_answer_to (trial, "again"));
  g_clear_object (&trial); /* with the model still there */
  wait_until_unloaded ();
}

/* A text is given up for a model that has gone: in one sentence, and the thread ends all the same.
 */
static void
test_failure (Fixture *self, gconstpointer data)
{
  g_autoptr (WbTrial) trial = wb_trial_new (self->run, NULL);
  g_autofree char *best = wb_run_dup_best_folder (self->run);
  g_autofree char *weights = g_build_filename (best, "model.safetensors", NULL);

  g_assert_cmpint (g_unlink (weights), ==, 0);
  wb_trial_ask (trial, "one", "two");
  WAIT_UNTIL (wb_trial_get_state (trial) == WB_TRIAL_FAILED);
  g_assert_nonnull (wb_trial_get_message (trial));
  wb_trial_release (trial);
  wait_until_unloaded ();
}

/* Odd texts: nothing but blanks, far too long, every kind of character. */
static void
test_odd_texts (Fixture *self, gconstpointer data)
{
  g_autoptr (WbTrial) trial = wb_trial_new (self->run, NULL);
  g_autofree char *endless = g_strnfill (200000, 'a');
  const char      *texts[] = { "   ", endless, "\xf0\x9f\x98\x80 \xe2\x80\xae z \x01", "\"}\n{" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      wb_trial_ask (trial, texts[i], "x");
      WAIT_UNTIL (is_answer_to (trial, texts[i]) || wb_trial_get_state (trial) == WB_TRIAL_FAILED);
    }
  wb_trial_ask (trial, "well", "x");
  WAIT_UNTIL (is_answer_to (trial, "well"));
  wb_trial_release (trial);
  wait_until_unloaded ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/app/trial/as-predict", Fixture, NULL, set_up, test_as_predict, tear_down);
  g_test_add ("/app/trial/newest-wins", Fixture, NULL, set_up, test_newest_wins, tear_down);
  g_test_add ("/app/trial/failure", Fixture, NULL, set_up, test_failure, tear_down);
  g_test_add ("/app/trial/odd-texts", Fixture, NULL, set_up, test_odd_texts, tear_down);
  return g_test_run ();
}
