#include "ui-fixture.h"

#include "app/recipes/wb-recipe-private.h"
#include "app/runs/wb-run-plan-private.h"
#include "app/worker/wb-lock-private.h"
#include "data/store/wb-store-metrics.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <math.h>

static GArray *locks; /* int: of running runs, and of the queue */

/* Until ui_home_remove(), unless this process has it already. */
static void
hold_lock (const char *path)
{
  const int held = wb_lock_take (path, NULL);

  if (locks == NULL)
    locks = g_array_new (FALSE, FALSE, sizeof (int));
  if (held >= 0)
    g_array_append_val (locks, held);
}

/* As a process would that takes what comes next: windows start none. */
static void
hold_queue (const char *home)
{
  g_autofree char *folder = g_build_filename (home, "locks", NULL);
  g_autofree char *path = g_build_filename (folder, "queue", NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  hold_lock (path);
}

char *
ui_home_new (void)
{
  g_autoptr (GError) error = NULL;
  char *home = g_dir_make_tmp ("wb-ui-XXXXXX", &error);

  g_assert_no_error (error);
  return home;
}

static void
remove_tree (const char *path)
{
  GDir       *dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  if (dir != NULL)
    g_dir_close (dir);
  g_assert_cmpint (g_remove (path), ==, 0);
}

void
ui_home_remove (char *home)
{
  for (guint i = 0; locks != NULL && i < locks->len; i++)
    wb_lock_free (g_array_index (locks, int, i));
  g_clear_pointer (&locks, g_array_unref);
  remove_tree (home);
  g_free (home);
}

/* Runs of MRPC began as a published recipe. */
static void
take_recipe (WbRunPlan *plan)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) recipes = wb_recipe_find_published ("mrpc/deberta-v3-large", &error);

  g_assert_no_error (error);
  plan->recipe = g_object_ref (recipes->pdata[0]);
  g_object_unref (plan->settings);
  plan->settings = wb_recipe_dup_settings (plan->recipe);
}

static char *
settings_text (const UiRun *run)
{
  g_autoptr (WbRunPlan) plan = wb_run_plan_new ();
  g_autoptr (GError) error = NULL;

  plan->model = g_strdup (run->model);
  plan->model_path = g_strdup (g_get_tmp_dir ()); /* it is there */
  plan->model_name = g_strdup (run->model);
  plan->task = wb_task_find (run->task);
  plan->train_path = g_strdup (g_get_tmp_dir ());
  plan->name = g_strdup (run->name);
  plan->seed = (guint64) run->seed;
  g_assert_nonnull (plan->task);
  if (g_str_equal (run->task, "mrpc"))
    take_recipe (plan);
  wb_settings_set (plan->settings, "learning-rate", "4.5e-5", &error);
  g_assert_no_error (error);
  wb_settings_set (plan->settings, "batch-size", "16", &error);
  g_assert_no_error (error);
  return wb_run_plan_to_text (plan);
}

static double
noise (gint64 seed, gint64 step)
{
  guint64 x = (guint64) (seed * 1000003 + step) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  x ^= x >> 29;
  x *= G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  x ^= x >> 32;
  return (double) (x >> 11) / 9007199254740992.0 - 0.5;
}

static double
loss_at (const UiRun *run, gint64 step)
{
  const double scale = 1 + 0.2 * noise (run->seed, -1);
  const double pace = (double) MAX (run->total_steps, 1) / 5;

  if (run->status == WB_RECORD_DIVERGED && step > run->step - 12)
    return step == run->step ? NAN : 0.4 + 0.5 * (double) (step - run->step + 12);
  return scale * (0.18 + 0.55 * exp (-(double) step / pace)) +
         0.16 * noise (run->seed, step) * (0.4 + exp (-(double) step / pace));
}

static double
metric_at (const UiRun *run, gint64 step)
{
  return run->best * (1 - 0.3 * exp (-3.0 * (double) step / (double) MAX (run->step, 1))) +
         0.01 * noise (run->seed + 7, step);
}

static void
add_point (GArray *points, const char *series, gint64 step, double value)
{
  const WbMetricPoint point = { series, step, value, g_get_real_time () };

  g_array_append_val (points, point);
}

static void
add_step (GArray *points, const UiRun *run, gint64 step)
{
  const double warm = (double) run->total_steps * 0.1, at = (double) step;
  const double rate =
      at < warm ? at / warm : ((double) run->total_steps - at) / ((double) run->total_steps - warm);

  add_point (points, "train/loss", step, loss_at (run, step));
  add_point (points, "train/lr", step, 4.5e-5 * rate);
  add_point (points, "train/grad_norm", step, 2.5 + 3 * noise (run->seed + 1, step));
  add_point (points, "train/tokens_per_second", step, 2400 + 120 * noise (run->seed + 2, step));
}

static void
add_evaluation (GArray *points, const UiRun *run, gint64 step)
{
  g_autofree char *name = g_strconcat ("dev/", run->metric, NULL);

  if (isnan (run->best))
    return;
  add_point (points, g_intern_string (name), step, metric_at (run, step));
  if (g_str_equal (run->metric, "f1"))
    add_point (points, "dev/accuracy", step, metric_at (run, step) - 0.06);
  add_point (points, "dev/loss", step, loss_at (run, step) + 0.08);
}

static void
add_metrics (WbStore *store, gint64 id, const UiRun *run, gint64 from, gint64 to)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (WbMetricPoint));
  g_autoptr (GError) error = NULL;

  for (gint64 step = from; step <= to; step++)
    {
      add_step (points, run, step);
      if (run->steps_per_evaluation > 0 && step % run->steps_per_evaluation == 0)
        add_evaluation (points, run, step);
    }
  wb_store_add_metrics (store, id, (const WbMetricPoint *) points->data, points->len, &error);
  g_assert_no_error (error);
}

static WbRunRecord *
record_new (const char *home, const UiRun *run)
{
  WbRunRecord *record = wb_run_record_new ();

  record->name = g_strdup (run->name);
  record->status = run->status;
  record->model_name = g_strdup (run->model);
  record->task = g_strdup (run->task);
  record->metric = g_strdup (run->metric);
  record->settings = settings_text (run);
  record->message = g_strdup (run->message);
  record->phase = run->status == WB_RECORD_RUNNING ? g_strdup ("training") : NULL;
  record->seed = run->seed;
  record->created = g_get_real_time () - (gint64) run->days_ago * G_TIME_SPAN_DAY;
  record->step = run->step;
  record->total_steps = run->total_steps;
  record->progress = run->total_steps > 0 ? (double) run->step / (double) run->total_steps : 0;
  record->seconds = (double) run->step * 1.7;
  record->tokens_per_second = run->step > 0 ? 2412 : NAN;
  record->seconds_left =
      run->status == WB_RECORD_RUNNING ? (double) (run->total_steps - run->step) * 1.7 : NAN;
  record->best_value = run->best;
  record->best_step = isnan (run->best) ? -1 : run->step;
  record->last_value = run->best - 0.004;
  if (run->step > 0)
    record->started = record->created;
  return record;
}

static void
make_folder (WbStore *store, const char *home, WbRunRecord *record)
{
  g_autofree char *name = g_strdup_printf ("%" G_GINT64_FORMAT, record->id);
  g_autofree char *folder = g_build_filename (home, "runs", name, NULL);
  g_autofree char *lock = g_build_filename (folder, "lock", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  wb_store_set_run_folder (store, record->id, folder, &error);
  g_assert_no_error (error);
  if (record->status == WB_RECORD_RUNNING)
    hold_lock (lock);
  else if (record->status == WB_RECORD_QUEUED)
    hold_queue (home);
}

gint64
ui_add_run (WbStore *store, const char *home, const UiRun *run)
{
  g_autoptr (WbRunRecord) record = record_new (home, run);
  g_autoptr (GError) error = NULL;

  wb_store_insert_run (store, record, &error);
  g_assert_no_error (error);
  make_folder (store, home, record);
  add_metrics (store, record->id, run, 1, run->step);
  return record->id;
}

void
ui_run_goes_on (WbStore *store, gint64 id, const UiRun *run, gint64 from, gint64 to)
{
  const WbRunProgress progress = {
    .phase = "training",
    .step = to,
    .total_steps = run->total_steps,
    .progress = (double) to / (double) run->total_steps,
    .seconds = (double) to * 1.7,
    .seconds_left = (double) (run->total_steps - to) * 1.7,
    .tokens_per_second = 2401,
    .loss = loss_at (run, to),
  };
  g_autoptr (GError) error = NULL;

  add_metrics (store, id, run, from, to);
  wb_store_update_run_progress (store, id, &progress, &error);
  g_assert_no_error (error);
}

void
ui_add_samples (WbStore *store, const char *home)
{
  static const UiRun runs[] = {
    { "qnli, long run", "deberta-v3-base", "qnli", "accuracy", WB_RECORD_FINISHED, NULL, 1, 9820,
      9820, 0.9318, 40, 1964 },
    { "xnli-zero-shot-from-the-english-training-file-with-a-very-long-name-indeed",
      "microsoft/mdeberta-v3-base", "mnli", "accuracy", WB_RECORD_INTERRUPTED,
      "its process was ended by SIGKILL", 2, 4100, 12000, 0.741, 9, 1000 },
    { "stsb base", "deberta-v3-base", "stsb", "pearson", WB_RECORD_FINISHED, NULL, 3, 540, 540,
      0.9121, 5, 180 },
    { "mrpc xsmall", "deberta-v3-xsmall", "mrpc", "f1", WB_RECORD_DIVERGED,
      "the loss became NaN at step 210; the last good state is kept", 4, 210, 345, 0.719, 3, 60 },
    { "sst-2 from scratch", "own 2×128", "sst-2", "accuracy", WB_RECORD_FINISHED, NULL, 5, 1053,
      1053, 0.8264, 1, 351 },
    { "cola small", "deberta-v3-small", "cola", "mcc", WB_RECORD_FAILED,
      "data/CoLA/train.tsv, line 812: 3 columns, expected 4", 6, 0, 0, NAN, 1, 0 },
    { "mrpc small", "deberta-v3-small", "mrpc", "f1", WB_RECORD_STOPPED, NULL, 9, 180, 345, 0.874,
      0, 60 },
    { "rte small, seed 1", "deberta-v3-small", "rte", "accuracy", WB_RECORD_FINISHED, NULL, 1, 468,
      468, 0.8303, 0, 78 },
    { "rte small, seed 2", "deberta-v3-small", "rte", "accuracy", WB_RECORD_FINISHED, NULL, 2, 468,
      468, 0.8231, 0, 78 },
    { "rte small, seed 3", "deberta-v3-small", "rte", "accuracy", WB_RECORD_RUNNING, NULL, 3, 286,
      468, 0.8123, 0, 78 },
    { "wnli small", "deberta-v3-small", "wnli", "accuracy", WB_RECORD_QUEUED, NULL, 8, 0, 0, NAN, 0,
      0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (runs); i++)
    ui_add_run (store, home, &runs[i]);
}

void
ui_add_many (WbStore *store, const char *home, guint n, guint points)
{
  static const WbRecordStatus states[] = { WB_RECORD_FINISHED, WB_RECORD_STOPPED,
                                           WB_RECORD_FINISHED, WB_RECORD_FAILED };
  static const char *const    tasks[] = { "rte", "mrpc", "cola", "sst-2", "qnli" };
  g_autoptr (GError) error = NULL;

  wb_store_begin (store, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("run number %u", i + 1);
      const UiRun      run = { name,
                               "deberta-v3-small",
                               tasks[i % 5],
                               "accuracy",
                               states[i % 4],
                               NULL,
                               i,
                               points,
                               points,
                               0.6 + 0.3 * (noise (i, 1) + 0.5),
                               (n - i) / 50,
                               MAX (points / 4, 1) };
      g_autoptr (WbRunRecord) record = record_new (home, &run);

      wb_store_insert_run (store, record, &error);
      g_assert_no_error (error);
      add_metrics (store, record->id, &run, 1, run.step);
    }
  wb_store_commit (store, &error);
  g_assert_no_error (error);
}

void
ui_add_overfull (WbStore *store, const char *home)
{
  static const WbRecordStatus states[] = { WB_RECORD_FINISHED,    WB_RECORD_FAILED,
                                           WB_RECORD_DIVERGED,    WB_RECORD_STOPPED,
                                           WB_RECORD_INTERRUPTED, WB_RECORD_RUNNING,
                                           WB_RECORD_QUEUED };
  g_autoptr (GString) name = g_string_new ("a name of two hundred letters ");
  g_autoptr (GString) message = g_string_new ("/data/train.tsv, line 812:");

  while (name->len < 200)
    g_string_append_c (name, (char) ('a' + name->len % 26));
  while (message->len < 400)
    g_string_append (message, " a sentence that does not want to end");
  ui_add_many (store, home, 10000, 40);
  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    {
      const gboolean waits = states[i] == WB_RECORD_QUEUED;
      const UiRun    run = { name->str,  "microsoft/mdeberta-v3-base",
                             "sst-2",    "accuracy",
                             states[i],  message->str,
                             G_MAXINT64, waits ? 0 : 99999,
                             1000000,    waits ? NAN : 0.98765,
                             400,        9999 };

      ui_add_run (store, home, &run);
    }
}
