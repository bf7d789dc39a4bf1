/* A million metric points, and a thousand runs: how long writing and reading take. */
#include "data/store/wb-store-metrics.h"
#include "data/store/wb-store-runs.h"

#include <stdio.h>

#include "tests/support/wb-test-folder.h"

#define SERIES 4
#define STEPS 250000
#define BATCH 400 /* points of one transaction: a second of training */
#define RUNS 1000

static gint64 last;

static void
lap (const char *what, double n, const char *unit)
{
  const gint64 now = g_get_monotonic_time ();
  const double ms = (double) (now - last) / 1000;

  printf ("%-58s %9.2f ms", what, ms);
  if (n > 0)
    printf ("  %8.2f us a %s", ms * 1000 / n, unit);
  printf ("\n");
  last = g_get_monotonic_time ();
}

static gint64
add_run (WbStore *store)
{
  g_autoptr (WbRunRecord) run = wb_run_record_new ();

  run->name = g_strdup ("run");
  run->model_name = g_strdup ("small");
  run->task = g_strdup ("rte");
  run->settings = g_strnfill (2000, 'x');
  if (!wb_store_insert_run (store, run, NULL))
    g_error ("cannot insert");
  return run->id;
}

static void
write_million (WbStore *store, gint64 run)
{
  static const char *const names[SERIES] = { "train/loss", "train/lr", "train/grad_norm",
                                             "train/tokens_per_second" };
  WbMetricPoint            points[BATCH];
  gsize                    n = 0;

  for (gint64 step = 1; step <= STEPS; step++)
    for (gsize s = 0; s < SERIES; s++)
      {
        points[n++] = (WbMetricPoint){ names[s], step, 1.0 / (double) step, step };
        if (n == BATCH && !wb_store_add_metrics (store, run, points, n, NULL))
          g_error ("cannot write");
        n %= BATCH;
      }
}

static void
read_million (WbStore *store, gint64 run)
{
  g_autoptr (WbMetricSeries) all = wb_store_get_metrics (store, run, "train/loss", -1, NULL);
  g_autoptr (WbMetricSeries) tail = NULL, thin = NULL;
  g_auto (GStrv) names = NULL;

  lap ("a series whole", (double) all->n, "point");
  tail = wb_store_get_metrics (store, run, "train/loss", STEPS - 100, NULL);
  lap ("its last 100 points", (double) tail->n, "point");
  thin = wb_store_get_metrics_thinned (store, run, "train/loss", 2000, NULL);
  lap ("it thinned to 2,000 points", 0, NULL);
  names = wb_store_list_series (store, run, NULL);
  lap ("names of the run's series", 0, NULL);
  wb_store_get_data_version (store);
  lap ("what a follower asks ten times a second", 0, NULL);
}

static void
runs (WbStore *store)
{
  g_autoptr (GPtrArray) all = NULL, changed = NULL;
  const WbRunProgress progress = { .phase = "training" };
  gint64              version;

  for (guint i = 0; i < RUNS; i++)
    add_run (store);
  lap ("1,000 runs inserted, each synced", RUNS, "run");
  all = wb_store_list_runs (store, 0, NULL, &version, NULL);
  lap ("1,000 runs listed", all->len, "run");
  for (guint i = 0; i < 100; i++)
    wb_store_update_run_progress (store, RUNS, &progress, NULL);
  lap ("100 updates of progress, each synced", 100, "update");
  changed = wb_store_list_runs (store, version, NULL, NULL, NULL);
  lap ("what has changed among 1,000 runs", 0, NULL);
}

int
main (void)
{
  g_autoptr (WbTestFolder) home = wb_test_folder_new ();
  g_autoptr (WbStore) store = wb_store_open (home, NULL);
  gint64 run = add_run (store);

  last = g_get_monotonic_time ();
  write_million (store, run);
  lap ("a million points, 400 a transaction, each synced", SERIES * STEPS, "point");
  read_million (store, run);
  if (!wb_store_delete_metrics_after (store, run, STEPS - 1000, NULL))
    g_error ("cannot delete");
  lap ("the last 1,000 steps dropped (resume)", SERIES * 1000, "point");
  runs (store);
  return 0;
}
