#include "data/store/wb-store-library.h"
#include "data/store/wb-store-metrics.h"
#include "data/store/wb-store-results.h"
#include "data/store/wb-store-runs.h"

#include <math.h>

#include "tests/support/wb-test-folder.h"

typedef struct
{
  char    *home;
  WbStore *store;
  gint64   run;
} Fixture;

static gint64
add_run (WbStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbRunRecord) run = wb_run_record_new ();

  run->name = g_strdup ("run");
  run->model_name = g_strdup ("small");
  run->task = g_strdup ("rte");
  run->settings = g_strdup ("");
  g_assert_true (wb_store_insert_run (store, run, &error));
  g_assert_no_error (error);
  return run->id;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->home = wb_test_folder_new ();
  f->store = wb_store_open (f->home, &error);
  g_assert_no_error (error);
  f->run = add_run (f->store);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  wb_store_close (f->store);
  wb_test_folder_free (f->home);
}

static void
add (WbStore *store, gint64 run, const char *series, gint64 step, double value)
{
  const WbMetricPoint point = { series, step, value, step * 10 };
  g_autoptr (GError) error = NULL;

  g_assert_true (wb_store_add_metrics (store, run, &point, 1, &error));
  g_assert_no_error (error);
}

static WbMetricSeries *
get (WbStore *store, gint64 run, const char *series, gint64 after)
{
  g_autoptr (GError) error = NULL;
  WbMetricSeries *result = wb_store_get_metrics (store, run, series, after, &error);

  g_assert_no_error (error);
  return result;
}

/* ---- metrics ---- */

static void
test_add_and_read (Fixture *f, gconstpointer data)
{
  const WbMetricPoint points[] = {
    { "train/loss", 3, 0.5, 30 },    { "train/lr", 1, 1e-5, 10 },
    { "train/loss", 1, NAN, 10 },    { "train/loss", 2, INFINITY, 20 },
    { "dev/accuracy", 2, 0.75, 21 },
  };
  g_autoptr (WbMetricSeries) loss = NULL, tail = NULL, none = NULL, other = NULL;
  g_auto (GStrv) names = NULL, no_names = NULL;
  gint64 run2 = add_run (f->store);

  g_assert_true (wb_store_add_metrics (f->store, f->run, points, G_N_ELEMENTS (points), NULL));
  loss = get (f->store, f->run, "train/loss", -1);
  g_assert_cmpuint (loss->n, ==, 3);
  g_assert_true (isnan (loss->values[0]));
  g_assert_true (isinf (loss->values[1]));
  g_assert_cmpfloat (loss->values[2], ==, 0.5);
  g_assert_cmpint (loss->steps[0], ==, 1);
  g_assert_cmpint (loss->times[2], ==, 30);
  tail = get (f->store, f->run, "train/loss", 2);
  g_assert_cmpuint (tail->n, ==, 1);
  none = get (f->store, f->run, "nothing", -1);
  g_assert_cmpuint (none->n, ==, 0);
  other = get (f->store, run2, "train/loss", -1);
  g_assert_cmpuint (other->n, ==, 0);
  names = wb_store_list_series (f->store, f->run, NULL);
  no_names = wb_store_list_series (f->store, run2, NULL);
  g_assert_cmpstrv (names,
                    ((const char *const[]){ "dev/accuracy", "train/loss", "train/lr", NULL }));
  g_assert_cmpuint (g_strv_length (no_names), ==, 0);

  add (f->store, f->run, "train/loss", 3, 0.25); /* the same step again: replaced */
  g_clear_pointer (&tail, wb_metric_series_free);
  tail = get (f->store, f->run, "train/loss", 2);
  g_assert_cmpuint (tail->n, ==, 1);
  g_assert_cmpfloat (tail->values[0], ==, 0.25);
}

static void
test_no_run (Fixture *f, gconstpointer data)
{
  const WbMetricPoint points[] = { { "train/loss", 1, 1, 1 }, { "new/name", 1, 1, 1 } };
  g_autoptr (GError) error = NULL;
  g_autoptr (WbMetricSeries) series = NULL;

  g_assert_false (wb_store_add_metrics (f->store, 99, points, 2, &error));
  g_assert_error (error, WB_STORE_ERROR, WB_STORE_ERROR_NOT_FOUND);
  add (f->store, f->run, "train/loss", 1, 1); /* names made by the failed write are forgotten */
  series = get (f->store, f->run, "train/loss", -1);
  g_assert_cmpuint (series->n, ==, 1);
}

/* A resume: what came after the checkpoint goes and comes again, and no reader sees less. */
static void
test_replace_after (Fixture *f, gconstpointer data)
{
  g_autoptr (WbStore) reader = wb_store_open (f->home, NULL);
  g_autoptr (WbMetricSeries) during = NULL, after = NULL, dev = NULL;
  g_autoptr (GPtrArray) results = g_ptr_array_new ();
  g_autoptr (GPtrArray) left = NULL;
  g_autoptr (WbResultRecord) result = wb_result_record_new ();

  for (gint64 step = 1; step <= 20; step++)
    add (f->store, f->run, "train/loss", step, 1);
  add (f->store, f->run, "dev/loss", 10, 1);
  add (f->store, f->run, "dev/loss", 20, 1);
  result->run_id = f->run;
  result->task = g_strdup ("rte");
  result->split = g_strdup ("dev");
  result->metric = g_strdup ("accuracy");
  result->step = 20;
  g_ptr_array_add (results, result);
  g_assert_true (wb_store_add_results (f->store, results, NULL));

  g_assert_true (wb_store_begin (f->store, NULL));
  g_assert_true (wb_store_delete_metrics_after (f->store, f->run, 12, NULL));
  for (gint64 step = 13; step <= 20; step++)
    add (f->store, f->run, "train/loss", step, 2);
  during = get (reader, f->run, "train/loss", -1);
  g_assert_cmpuint (during->n, ==, 20);
  g_assert_cmpfloat (during->values[19], ==, 1);
  g_assert_true (wb_store_commit (f->store, NULL));
  after = get (reader, f->run, "train/loss", -1);
  g_assert_cmpuint (after->n, ==, 20);
  g_assert_cmpfloat (after->values[11], ==, 1);
  g_assert_cmpfloat (after->values[12], ==, 2);
  dev = get (reader, f->run, "dev/loss", -1);
  g_assert_cmpuint (dev->n, ==, 1);
  left = wb_store_list_results (reader, f->run, NULL);
  g_assert_cmpuint (left->len, ==, 0);
}

static void
test_deleted_with_run (Fixture *f, gconstpointer data)
{
  g_autoptr (WbMetricSeries) series = NULL;
  gint64 run2 = add_run (f->store);

  add (f->store, f->run, "train/loss", 1, 1);
  add (f->store, run2, "train/loss", 1, 1);
  g_assert_true (wb_store_delete_run (f->store, f->run, NULL));
  series = get (f->store, f->run, "train/loss", -1);
  g_assert_cmpuint (series->n, ==, 0);
  g_clear_pointer (&series, wb_metric_series_free);
  series = get (f->store, run2, "train/loss", -1);
  g_assert_cmpuint (series->n, ==, 1);
}

static void
test_thinned (Fixture *f, gconstpointer data)
{
  g_autofree WbMetricPoint *points = g_new (WbMetricPoint, 10000);
  g_autoptr (WbMetricSeries) thin = NULL, all = NULL;
  double low = INFINITY, high = -INFINITY;

  for (gsize i = 0; i < 10000; i++)
    points[i] = (WbMetricPoint){ "train/loss", (gint64) i, sin ((double) i / 500), 0 };
  points[4321].value = 50;
  points[7654].value = -50;
  g_assert_true (wb_store_add_metrics (f->store, f->run, points, 10000, NULL));
  thin = wb_store_get_metrics_thinned (f->store, f->run, "train/loss", 200, NULL);
  g_assert_cmpuint (thin->n, <=, 200);
  g_assert_cmpuint (thin->n, >, 150);
  g_assert_cmpint (thin->steps[0], ==, 0);
  g_assert_cmpint (thin->steps[thin->n - 1], ==, 9999);
  for (gsize i = 0; i < thin->n; i++)
    {
      g_assert_true (i == 0 || thin->steps[i] > thin->steps[i - 1]);
      low = MIN (low, thin->values[i]);
      high = MAX (high, thin->values[i]);
    }
  g_assert_cmpfloat (low, ==, -50);
  g_assert_cmpfloat (high, ==, 50);
  all = wb_store_get_metrics_thinned (f->store, f->run, "train/loss", 10000, NULL);
  g_assert_cmpuint (all->n, ==, 10000);
}

/* ---- results ---- */

static void
test_results (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) results =
      g_ptr_array_new_with_free_func ((GDestroyNotify) wb_result_record_free);
  g_autoptr (GPtrArray) all = NULL, of_run = NULL;
  g_autoptr (GError) error = NULL;
  WbResultRecord *back;

  for (guint i = 0; i < 2; i++)
    {
      WbResultRecord *result = wb_result_record_new ();

      result->run_id = i == 0 ? f->run : 0;
      result->model = i == 0 ? NULL : g_strdup ("a model");
      result->task = g_strdup ("rte");
      result->split = g_strdup ("dev");
      result->metric = g_strdup ("accuracy");
      result->value = 0.5 + i;
      result->step = 7;
      result->examples = 277;
      g_ptr_array_add (results, result);
    }
  g_assert_true (wb_store_add_results (f->store, results, &error));
  g_assert_no_error (error);
  all = wb_store_list_results (f->store, 0, NULL);
  of_run = wb_store_list_results (f->store, f->run, NULL);
  g_assert_cmpuint (all->len, ==, 2);
  g_assert_cmpuint (of_run->len, ==, 1);
  back = all->pdata[1];
  g_assert_cmpint (back->run_id, ==, 0);
  g_assert_cmpstr (back->model, ==, "a model");
  g_assert_cmpfloat (back->value, ==, 1.5);
  g_assert_cmpint (back->examples, ==, 277);
  g_assert_cmpint (back->time, >, 0);

  ((WbResultRecord *) results->pdata[1])->run_id = 99; /* the second fails: neither is written */
  g_assert_false (wb_store_add_results (f->store, results, &error));
  g_assert_error (error, WB_STORE_ERROR, WB_STORE_ERROR_NOT_FOUND);
  g_clear_pointer (&all, g_ptr_array_unref);
  all = wb_store_list_results (f->store, 0, NULL);
  g_assert_cmpuint (all->len, ==, 2);
}

/* ---- library ---- */

static WbLibraryRecord *
make_entry (WbLibraryKind kind, const char *name)
{
  WbLibraryRecord *record = wb_library_record_new (kind);

  record->name = g_strdup (name);
  record->path = g_strdup_printf ("/home/%s", name);
  record->type = g_strdup (kind == WB_LIBRARY_MODEL ? "deberta-v2" : "rte");
  record->parameters = 12;
  g_ptr_array_add (record->files, wb_library_file_new ("z.bin", 1000, "00ff"));
  g_ptr_array_add (record->files, wb_library_file_new ("a/config.json", 24, "ff00"));
  return record;
}

static void
test_library (Fixture *f, gconstpointer data)
{
  g_autoptr (WbLibraryRecord) model = make_entry (WB_LIBRARY_MODEL, "Small");
  g_autoptr (WbLibraryRecord) other = make_entry (WB_LIBRARY_MODEL, "base");
  g_autoptr (WbLibraryRecord) set = make_entry (WB_LIBRARY_DATASET, "small");
  g_autoptr (WbLibraryRecord) again = make_entry (WB_LIBRARY_MODEL, "SMALL");
  g_autoptr (WbLibraryRecord) back = NULL;
  g_autoptr (GPtrArray) models = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (wb_store_insert_library (f->store, model, &error));
  g_assert_true (wb_store_insert_library (f->store, other, &error));
  g_assert_true (wb_store_insert_library (f->store, set, &error));
  g_assert_no_error (error);
  g_assert_cmpint (model->size, ==, 1024);
  g_assert_false (wb_store_insert_library (f->store, again, &error));
  g_assert_error (error, WB_STORE_ERROR, WB_STORE_ERROR_EXISTS);
  g_assert_nonnull (strstr (error->message, "model 'SMALL'"));
  g_clear_error (&error);

  back = wb_store_get_library (f->store, WB_LIBRARY_MODEL, "small", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (back->name, ==, "Small");
  g_assert_cmpint (back->size, ==, 1024);
  g_assert_cmpuint (back->files->len, ==, 2);
  g_assert_cmpstr (((WbLibraryFile *) back->files->pdata[0])->path, ==, "a/config.json");
  models = wb_store_list_library (f->store, WB_LIBRARY_MODEL, NULL);
  g_assert_cmpuint (models->len, ==, 2);
  g_assert_cmpstr (((WbLibraryRecord *) models->pdata[0])->name, ==, "base");

  g_assert_true (wb_store_delete_library (f->store, model->id, NULL));
  g_assert_null (wb_store_get_library (f->store, WB_LIBRARY_MODEL, "small", &error));
  g_assert_error (error, WB_STORE_ERROR, WB_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (wb_store_delete_library (f->store, model->id, &error));
  g_assert_error (error, WB_STORE_ERROR, WB_STORE_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  g_test_init (&argc, &argv, NULL);
  ADD ("/data/store-metrics/add-and-read", test_add_and_read);
  ADD ("/data/store-metrics/no-run", test_no_run);
  ADD ("/data/store-metrics/replace-after", test_replace_after);
  ADD ("/data/store-metrics/deleted-with-run", test_deleted_with_run);
  ADD ("/data/store-metrics/thinned", test_thinned);
  ADD ("/data/store-results/all", test_results);
  ADD ("/data/store-library/all", test_library);
  return g_test_run ();
}
