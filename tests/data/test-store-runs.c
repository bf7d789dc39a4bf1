#include "data/store/wb-store-runs.h"

#include <math.h>

#include "tests/support/wb-test-store.h"

static gint64
add_run (WbStore *store, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbRunRecord) run = wb_run_record_new ();

  run->name = g_strdup (name);
  run->model_name = g_strdup ("small");
  run->task = g_strdup ("rte");
  run->settings = g_strdup ("");
  g_assert_true (wb_store_insert_run (store, run, &error));
  g_assert_no_error (error);
  g_assert_cmpint (run->id, >, 0);
  g_assert_cmpint (run->version, >, 0);
  return run->id;
}

static WbRunRecord *
get_run (WbStore *store, gint64 id)
{
  g_autoptr (GError) error = NULL;
  WbRunRecord *run = wb_store_get_run (store, id, &error);

  g_assert_no_error (error);
  return run;
}

/* Every member differs from every other, so that a column in the wrong place shows. */
static WbRunRecord *
full_record (void)
{
  const WbRunRecord values = {
    .uuid = (char *) "u",
    .name = (char *) "n",
    .status = WB_RECORD_DIVERGED,
    .phase = (char *) "saving",
    .model_name = (char *) "m",
    .model_path = (char *) "/m",
    .task = (char *) "t",
    .train_file = (char *) "tr",
    .dev_file = (char *) "de",
    .folder = (char *) "/f",
    .settings = (char *) "s",
    .seed = 1,
    .created = 2,
    .started = 3,
    .finished = 4,
    .seconds = 5.5,
    .step = 6,
    .total_steps = 7,
    .epoch = 8.5,
    .progress = 0.25,
    .seconds_left = 9.5,
    .tokens_per_second = 10.5,
    .loss = INFINITY,
    .metric = (char *) "me",
    .best_value = 11.5,
    .best_step = 12,
    .last_value = 13.5,
    .message = (char *) "it's ü\n",
    .request = WB_REQUEST_PAUSE,
    .pid = 14,
    .host = (char *) "h",
    .fingerprint = (char *) "fi",
    .parameters = G_MAXINT64,
    .trashed = 15,
    .place = 19,
    .urgent = 1,
    .note = (char *) "no",
    .tags = (char *) "ta\ngs",
    .archived = 16,
    .pinned = 17,
    .baseline = 18,
  };

  return wb_run_record_copy (&values);
}

static void
assert_equal (const WbRunRecord *a, const WbRunRecord *b)
{
#define SAME_TEXT(m) g_assert_cmpstr (a->m, ==, b->m)
#define SAME_NUMBER(m) g_assert_true (a->m == b->m)
  SAME_TEXT (uuid);
  SAME_TEXT (name);
  SAME_NUMBER (status);
  SAME_TEXT (phase);
  SAME_TEXT (model_name);
  SAME_TEXT (model_path);
  SAME_TEXT (task);
  SAME_TEXT (train_file);
  SAME_TEXT (dev_file);
  SAME_TEXT (folder);
  SAME_TEXT (settings);
  SAME_NUMBER (seed);
  SAME_NUMBER (created);
  SAME_NUMBER (started);
  SAME_NUMBER (finished);
  SAME_NUMBER (seconds);
  SAME_NUMBER (step);
  SAME_NUMBER (total_steps);
  SAME_NUMBER (epoch);
  SAME_NUMBER (progress);
  SAME_NUMBER (seconds_left);
  SAME_NUMBER (tokens_per_second);
  SAME_NUMBER (loss);
  SAME_TEXT (metric);
  SAME_NUMBER (best_value);
  SAME_NUMBER (best_step);
  SAME_NUMBER (last_value);
  SAME_TEXT (message);
  SAME_NUMBER (request);
  SAME_NUMBER (pid);
  SAME_TEXT (host);
  SAME_TEXT (fingerprint);
  SAME_NUMBER (parameters);
  SAME_NUMBER (trashed);
  SAME_NUMBER (place);
  SAME_NUMBER (urgent);
  SAME_TEXT (note);
  SAME_TEXT (tags);
  SAME_NUMBER (archived);
  SAME_NUMBER (pinned);
  SAME_NUMBER (baseline);
}

static void
test_round_trip (WbTestStore *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbRunRecord) run = full_record ();
  g_autoptr (WbRunRecord) back = NULL;

  g_assert_true (wb_store_insert_run (f->store, run, &error));
  back = get_run (f->store, run->id);
  assert_equal (run, back);
  g_assert_cmpint (back->version, ==, run->version);
  /* the same uuid once more */
  g_assert_false (wb_store_insert_run (f->store, run, &error));
  g_assert_error (error, WB_STORE_ERROR, WB_STORE_ERROR_EXISTS);
}

static void
test_unknown_stays_unknown (WbTestStore *f, gconstpointer data)
{
  g_autoptr (WbRunRecord) run = get_run (f->store, add_run (f->store, "a"));

  g_assert_true (isnan (run->loss) && isnan (run->best_value) && isnan (run->seconds_left));
  g_assert_cmpint (run->best_step, ==, -1);
  g_assert_null (run->message);
  g_assert_cmpint (run->created, >, 0);
  g_assert_cmpuint (strlen (run->uuid), ==, 36);
}

static void
test_find (WbTestStore *f, gconstpointer data)
{
  gint64 a = add_run (f->store, "first"), b = add_run (f->store, "twin");
  gint64 c = add_run (f->store, "twin"), d = add_run (f->store, "1");
  g_autoptr (GError) error = NULL;
  g_autoptr (WbRunRecord) by_id = wb_store_find_run (f->store, "1", NULL);
  g_autoptr (WbRunRecord) by_name = wb_store_find_run (f->store, "first", NULL);
  g_autoptr (WbRunRecord) by_folder = NULL;

  g_assert_cmpint (by_id->id, ==, a); /* an id wins over a name */
  g_assert_cmpint (by_name->id, ==, a);
  g_assert_cmpint (d, ==, 4);
  g_assert_null (wb_store_find_run (f->store, "twin", &error));
  g_assert_error (error, WB_STORE_ERROR, WB_STORE_ERROR_AMBIGUOUS);
  g_assert_nonnull (strstr (error->message, "(2, 3)"));
  g_clear_error (&error);
  g_assert_true (wb_store_set_run_folder (f->store, b, "/somewhere/b", NULL));
  by_folder = wb_store_find_run (f->store, "/somewhere/./x/../b/", NULL);
  g_assert_cmpint (by_folder->id, ==, b);
  g_clear_pointer (&by_folder, wb_run_record_free);
  g_assert_true (wb_store_set_run_folder (f->store, a, "/somewhere/b", NULL));
  by_folder = wb_store_find_run (f->store, "/somewhere/b", NULL);
  g_assert_cmpint (by_folder->id, ==, MAX (a, b)); /* the later run's folder now */
  g_assert_null (wb_store_find_run (f->store, "nobody", &error));
  g_assert_error (error, WB_STORE_ERROR, WB_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (wb_store_get_run (f->store, c + 10, &error));
  g_assert_error (error, WB_STORE_ERROR, WB_STORE_ERROR_NOT_FOUND);
}

static void
test_follow (WbTestStore *f, gconstpointer data)
{
  gint64 a = add_run (f->store, "a"), b = add_run (f->store, "b"), c = add_run (f->store, "c");
  gint64 version = 0, later = 0;
  g_autoptr (GPtrArray) all = wb_store_list_runs (f->store, 0, NULL, &version, NULL);
  g_autoptr (GPtrArray) none = wb_store_list_runs (f->store, version, NULL, NULL, NULL);
  g_autoptr (GPtrArray) changed = NULL;
  g_autoptr (GArray) gone = NULL;

  g_assert_cmpuint (all->len, ==, 3);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_true (wb_store_rename_run (f->store, b, "B", NULL));
  g_assert_true (wb_store_delete_run (f->store, c, NULL));
  changed = wb_store_list_runs (f->store, version, &gone, &later, NULL);
  g_assert_cmpuint (changed->len, ==, 1);
  g_assert_cmpstr (((WbRunRecord *) changed->pdata[0])->name, ==, "B");
  g_assert_cmpuint (gone->len, ==, 1);
  g_assert_cmpint (g_array_index (gone, gint64, 0), ==, c);
  g_assert_cmpint (later, >, version);
  g_assert_cmpint (add_run (f->store, "d"), >, c); /* an id is never used twice */
  g_assert_cmpint (a, ==, 1);
}

/* Of each task one run at most is what the others are compared with. */
static void
test_baseline (WbTestStore *f, gconstpointer data)
{
  const gint64 a = add_run (f->store, "a"), b = add_run (f->store, "b");
  g_autoptr (WbRunRecord) other = wb_run_record_new ();
  g_autoptr (WbRunRecord) first = NULL, second = NULL, third = NULL;

  other->name = g_strdup ("c");
  other->model_name = g_strdup ("small");
  other->task = g_strdup ("mrpc");
  other->settings = g_strdup ("");
  g_assert_true (wb_store_insert_run (f->store, other, NULL));
  g_assert_true (wb_store_pin_run (f->store, b, TRUE, NULL));
  g_assert_true (wb_store_set_run_baseline (f->store, other->id, TRUE, NULL));
  g_assert_true (wb_store_set_run_baseline (f->store, a, TRUE, NULL));
  g_assert_true (wb_store_set_run_baseline (f->store, b, TRUE, NULL));
  first = get_run (f->store, a);
  second = get_run (f->store, b);
  third = get_run (f->store, other->id);
  g_assert_cmpint (first->baseline, ==, 0);
  g_assert_cmpint (second->baseline, >, 0);
  g_assert_cmpint (second->pinned, >, 0);
  g_assert_cmpint (third->baseline, >, 0);
  g_assert_true (wb_store_set_run_baseline (f->store, b, FALSE, NULL));
  g_assert_true (wb_store_pin_run (f->store, b, FALSE, NULL));
  g_clear_pointer (&second, wb_run_record_free);
  second = get_run (f->store, b);
  g_assert_cmpint (second->baseline, ==, 0);
  g_assert_cmpint (second->pinned, ==, 0);
}

static void
test_trash (WbTestStore *f, gconstpointer data)
{
  gint64 a = add_run (f->store, "a"), version = 0;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all = wb_store_list_runs (f->store, 0, NULL, &version, NULL);
  g_autoptr (GPtrArray) rest = NULL, trash = NULL, restored = NULL;
  g_autoptr (GArray) gone = NULL, none = NULL;

  g_assert_true (wb_store_trash_run (f->store, a, TRUE, NULL));
  rest = wb_store_list_runs (f->store, version, &gone, &version, NULL);
  g_assert_cmpuint (rest->len, ==, 0);
  g_assert_cmpint (g_array_index (gone, gint64, 0), ==, a);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_null (wb_store_find_run (f->store, i == 0 ? "a" : "1", &error));
      g_assert_error (error, WB_STORE_ERROR, WB_STORE_ERROR_NOT_FOUND);
      g_clear_error (&error);
    }
  trash = wb_store_list_trash (f->store, g_get_real_time () + 1, NULL);
  g_assert_cmpuint (trash->len, ==, 1);

  g_assert_true (wb_store_trash_run (f->store, a, FALSE, NULL));
  restored = wb_store_list_runs (f->store, version, &none, NULL, NULL);
  g_assert_cmpuint (restored->len, ==, 1);
  g_assert_cmpuint (none->len, ==, 0);
}

static void
test_life (WbTestStore *f, gconstpointer data)
{
  const gint64        id = add_run (f->store, "a");
  const WbRunProgress progress = { "training", 10, 100, 0.5, 0.1, 12.5, 112.5, 3000, 0.69 };
  g_autoptr (WbRunRecord) started = NULL, moved = NULL, ended = NULL, again = NULL;
  WbRequest request = WB_REQUEST_PAUSE;
  g_autoptr (GError) error = NULL;

  g_assert_false (wb_store_request_run (f->store, id, WB_REQUEST_STOP, &error));
  g_assert_error (error, WB_STORE_ERROR, WB_STORE_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "queued"));
  g_clear_error (&error);

  g_assert_true (wb_store_start_run (f->store, id, 123, "host", "avx2", 1000, NULL));
  started = get_run (f->store, id);
  g_assert_cmpint (started->status, ==, WB_RECORD_RUNNING);
  g_assert_cmpint (started->pid, ==, 123);
  g_assert_cmpint (started->started, >, 0);
  g_assert_cmpint (started->parameters, ==, 1000);

  g_assert_true (wb_store_update_run_progress (f->store, id, &progress, NULL));
  g_assert_true (wb_store_update_run_metric (f->store, id, "accuracy", 0.7, 0.8, 5, NULL));
  moved = get_run (f->store, id);
  g_assert_cmpstr (moved->phase, ==, "training");
  g_assert_cmpint (moved->step, ==, 10);
  g_assert_cmpfloat (moved->loss, ==, 0.69);
  g_assert_cmpfloat (moved->seconds_left, ==, 112.5);
  g_assert_cmpfloat (moved->best_value, ==, 0.8);

  g_assert_true (wb_store_get_run_request (f->store, id, &request, NULL));
  g_assert_cmpint (request, ==, WB_REQUEST_NONE);
  g_assert_true (wb_store_request_run (f->store, id, WB_REQUEST_STOP_KEEP_BEST, NULL));
  g_assert_true (wb_store_get_run_request (f->store, id, &request, NULL));
  g_assert_cmpint (request, ==, WB_REQUEST_STOP_KEEP_BEST);

  g_assert_true (wb_store_end_run (f->store, id, WB_RECORD_STOPPED, "as asked", NULL));
  ended = get_run (f->store, id);
  g_assert_cmpint (ended->status, ==, WB_RECORD_STOPPED);
  g_assert_cmpint (ended->request, ==, WB_REQUEST_NONE);
  g_assert_cmpint (ended->pid, ==, 0);
  g_assert_cmpint (ended->finished, >=, ended->started);
  g_assert_cmpstr (ended->message, ==, "as asked");
  g_assert_null (ended->phase);
  g_assert_cmpint (ended->step, ==, 10); /* where it stood */

  g_assert_true (wb_store_start_run (f->store, id, 124, "host", NULL, 0, NULL));
  again = get_run (f->store, id);
  g_assert_cmpint (again->started, ==, ended->started);
  g_assert_cmpint (again->finished, ==, 0);
  g_assert_cmpstr (again->fingerprint, ==, "avx2");
  g_assert_cmpint (again->parameters, ==, 1000);
  g_assert_null (again->message);
}

static void
test_interrupted (WbTestStore *f, gconstpointer data)
{
  const gint64 id = add_run (f->store, "a");
  g_autoptr (WbRunRecord) before = NULL, after = NULL;

  g_assert_true (wb_store_interrupt_run (f->store, id, "killed", NULL));
  before = get_run (f->store, id);
  g_assert_cmpint (before->status, ==, WB_RECORD_QUEUED);
  g_assert_true (wb_store_start_run (f->store, id, 1, "host", "x", 0, NULL));
  g_assert_true (wb_store_interrupt_run (f->store, id, "killed", NULL));
  after = get_run (f->store, id);
  g_assert_cmpint (after->status, ==, WB_RECORD_INTERRUPTED);
  g_assert_cmpstr (after->message, ==, "killed");
}

static void
test_missing_row (WbTestStore *f, gconstpointer data)
{
  const WbRunProgress progress = { 0 };
  WbRequest           request;
  g_autoptr (GError) error = NULL;

#define EXPECT_NOT_FOUND(call)                                                                     \
  g_assert_false (call);                                                                           \
  g_assert_error (error, WB_STORE_ERROR, WB_STORE_ERROR_NOT_FOUND);                                \
  g_clear_error (&error)
  EXPECT_NOT_FOUND (wb_store_update_run_progress (f->store, 9, &progress, &error));
  EXPECT_NOT_FOUND (wb_store_start_run (f->store, 9, 1, "h", "x", 0, &error));
  EXPECT_NOT_FOUND (wb_store_end_run (f->store, 9, WB_RECORD_FAILED, NULL, &error));
  EXPECT_NOT_FOUND (wb_store_request_run (f->store, 9, WB_REQUEST_STOP, &error));
  EXPECT_NOT_FOUND (wb_store_get_run_request (f->store, 9, &request, &error));
  EXPECT_NOT_FOUND (wb_store_rename_run (f->store, 9, "x", &error));
  EXPECT_NOT_FOUND (wb_store_delete_run (f->store, 9, &error));
}

static void
test_names (void)
{
  WbRecordStatus status;
  WbRequest      request;

  for (WbRecordStatus s = WB_RECORD_QUEUED; s <= WB_RECORD_DIVERGED; s++)
    {
      g_assert_true (wb_record_status_from_string (wb_record_status_to_string (s), &status));
      g_assert_cmpint (status, ==, s);
    }
  for (WbRequest r = WB_REQUEST_NONE; r <= WB_REQUEST_PAUSE; r++)
    {
      g_assert_true (wb_request_from_string (wb_request_to_string (r), &request));
      g_assert_cmpint (request, ==, r);
    }
  g_assert_false (wb_record_status_from_string ("Running", &status));
  g_assert_false (wb_request_from_string (NULL, &request));
}

int
main (int argc, char **argv)
{
#define ADD(path, function)                                                                        \
  g_test_add (path, WbTestStore, NULL, wb_test_store_set_up, function, wb_test_store_tear_down)
  g_test_init (&argc, &argv, NULL);
  ADD ("/data/store-runs/round-trip", test_round_trip);
  ADD ("/data/store-runs/unknown", test_unknown_stays_unknown);
  ADD ("/data/store-runs/find", test_find);
  ADD ("/data/store-runs/follow", test_follow);
  ADD ("/data/store-runs/baseline", test_baseline);
  ADD ("/data/store-runs/trash", test_trash);
  ADD ("/data/store-runs/life", test_life);
  ADD ("/data/store-runs/interrupted", test_interrupted);
  ADD ("/data/store-runs/missing-row", test_missing_row);
  g_test_add_func ("/data/store-runs/names", test_names);
  return g_test_run ();
}
