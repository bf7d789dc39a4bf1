/* Where steps lie on other axes, and what happened to a run. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "app/core/wb-workspace-private.h"
#include "app/runs/wb-run-axis.h"
#include "app/runs/wb-run-private.h"
#include "data/store/wb-store-metrics.h"
#include "tests/support/wb-test-folder.h"

#define START (G_GINT64_CONSTANT (1700000000) * G_USEC_PER_SEC)

typedef struct
{
  char        *home;
  WbWorkspace *workspace;
  WbStore     *store;
  WbRun       *run;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbRunRecord) record = wb_run_record_new ();
  g_autofree char *id = NULL;

  self->home = wb_test_folder_new ();
  self->workspace = wb_workspace_open (self->home, &error);
  g_assert_no_error (error);
  self->store = wb_workspace_get_store (self->workspace);
  record->name = g_strdup ("one");
  record->model_name = g_strdup ("v3-small");
  record->task = g_strdup ("rte");
  record->settings = g_strdup ("[run]\ntask=rte\n");
  g_assert_true (wb_store_insert_run (self->store, record, NULL));
  id = g_strdup_printf ("%" G_GINT64_FORMAT, record->id);
  self->run = wb_run_find (self->workspace, id, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_object_unref (self->run);
  g_assert_finalize_object (self->workspace);
  wb_test_folder_free (self->home);
}

/* Ten steps, a second each from second 10 on, a break of 100 seconds after step 5. */
static void
add (Fixture *self, const char *series, gint64 step, double value)
{
  const WbMetricPoint point = { series, step, value,
                                START + (10 + step + (step > 5 ? 100 : 0)) * G_USEC_PER_SEC };

  g_assert_true (wb_store_add_metrics (self->store, wb_run_get_id (self->run), &point, 1, NULL));
}

static void
add_losses (Fixture *self)
{
  for (gint64 step = 1; step <= 10; step++)
    add (self, "train/loss", step, 1);
}

static WbRunAxis *
read_axis (Fixture *self, WbRunAxisKind kind)
{
  WbRunAxis *axis = wb_run_axis_new (kind);
  g_autoptr (GError) error = NULL;

  g_assert_true (wb_run_axis_update (axis, self->run, NULL, &error));
  g_assert_no_error (error);
  return axis;
}

static void
test_counts (Fixture *self, gconstpointer data)
{
  g_autoptr (WbRunAxis) axis = NULL;
  gboolean restarted = TRUE;

  add_losses (self);
  add (self, "train/tokens", 1, 50);
  add (self, "train/tokens", 5, 250);
  axis = read_axis (self, WB_RUN_AXIS_TOKENS);
  g_assert_null (wb_run_axis_get_obstacle (axis));
  g_assert_cmpfloat (wb_run_axis_get_place (axis, 0), ==, 0);
  g_assert_cmpfloat (wb_run_axis_get_place (axis, 0.5), ==, 25);
  g_assert_cmpfloat (wb_run_axis_get_place (axis, 3), ==, 150);
  g_assert_cmpfloat (wb_run_axis_get_place (axis, 5), ==, 250);
  g_assert_true (isnan (wb_run_axis_get_place (axis, 6))); /* not yet */
  add (self, "train/tokens", 10, 350);
  g_assert_true (wb_run_axis_update (axis, self->run, &restarted, NULL));
  g_assert_false (restarted);
  g_assert_cmpfloat (wb_run_axis_get_place (axis, 6), ==, 270);
}

static void
test_time (Fixture *self, gconstpointer data)
{
  g_autoptr (WbRunAxis) clock = NULL, work = NULL, wall = NULL;

  add_losses (self);
  clock = read_axis (self, WB_RUN_AXIS_CLOCK);
  g_assert_cmpfloat (wb_run_axis_get_place (clock, 5), ==, 1700000015);
  g_assert_cmpfloat (wb_run_axis_get_place (clock, 6), ==, 1700000116);
  /* an earlier version measured no work: the clock stands for it */
  wall = read_axis (self, WB_RUN_AXIS_TIME);
  g_assert_cmpfloat (wb_run_axis_get_place (wall, 6) - wb_run_axis_get_place (wall, 5), ==, 101);
  add (self, "train/seconds", 5, 15);
  add (self, "train/seconds", 10, 20);
  work = read_axis (self, WB_RUN_AXIS_TIME);
  g_assert_cmpfloat (wb_run_axis_get_place (work, 6), ==, 16);
}

/* A clock that was set back does not turn the axis round. */
static void
test_clock_set_back (Fixture *self, gconstpointer data)
{
  g_autoptr (WbRunAxis) axis = NULL;
  const WbMetricPoint points[] = { { "train/loss", 1, 1, START },
                                   { "train/loss", 2, 1, START - G_TIME_SPAN_HOUR },
                                   { "train/loss", 3, 1, START + G_TIME_SPAN_SECOND } };

  g_assert_true (wb_store_add_metrics (self->store, wb_run_get_id (self->run), points, 3, NULL));
  axis = read_axis (self, WB_RUN_AXIS_CLOCK);
  g_assert_cmpfloat (wb_run_axis_get_place (axis, 2), ==, 1700000000);
  g_assert_cmpfloat (wb_run_axis_get_place (axis, 3), ==, 1700000001);
}

static void
test_epoch (Fixture *self, gconstpointer data)
{
  g_autoptr (WbRunAxis) axis = NULL;
  const WbRunProgress progress = { .step = 30, .total_steps = 100, .epoch = 1.5 };

  axis = read_axis (self, WB_RUN_AXIS_EPOCH);
  g_assert_nonnull (wb_run_axis_get_obstacle (axis));
  g_assert_true (
      wb_store_update_run_progress (self->store, wb_run_get_id (self->run), &progress, NULL));
  g_assert_true (wb_run_refresh (self->run, NULL));
  g_assert_true (wb_run_axis_update (axis, self->run, NULL, NULL));
  g_assert_null (wb_run_axis_get_obstacle (axis));
  g_assert_cmpfloat_with_epsilon (wb_run_axis_get_place (axis, 20), 1, 1e-12);
}

/* What was not recorded is said, and nothing has a place. */
static void
test_old_run (Fixture *self, gconstpointer data)
{
  g_autoptr (WbRunAxis) tokens = NULL, examples = NULL;

  add_losses (self);
  tokens = read_axis (self, WB_RUN_AXIS_TOKENS);
  examples = read_axis (self, WB_RUN_AXIS_EXAMPLES);
  g_assert_cmpstr (wb_run_axis_get_obstacle (tokens), ==, "This run has not counted tokens");
  g_assert_cmpstr (wb_run_axis_get_obstacle (examples), ==, "This run has not counted examples");
  g_assert_true (isnan (wb_run_axis_get_place (tokens, 3)));
}

static void
test_names (void)
{
  WbRunAxisKind kind;

  for (guint i = 0; i < WB_RUN_AXIS_KINDS; i++)
    {
      g_assert_true (wb_run_axis_kind_parse (wb_run_axis_kind_get_name (i), &kind));
      g_assert_cmpuint (kind, ==, i);
    }
  g_assert_false (wb_run_axis_kind_parse ("parsecs", &kind));
}

static void
assert_event (GArray *events, guint i, WbRunEventKind kind, guint64 step)
{
  g_assert_cmpuint (events->len, >, i);
  g_assert_cmpuint (g_array_index (events, WbRunEvent, i).kind, ==, kind);
  g_assert_cmpuint (g_array_index (events, WbRunEvent, i).step, ==, step);
}

/* Whole lines, once each, whatever else stands there. */
static void
test_events (Fixture *self, gconstpointer data)
{
  static const char begin[] = "{\"event\":\"start\",\"run\":1,\"resumed_from\":0}\n"
                              "{\"event\":\"step\",\"step\":5,\"note\":\"checkpoint\"}\n"
                              "{\"event\":\"checkpoint\",\"run\":1,\"step\":20,\"path\":\"x\"}\n"
                              "{\"event\":\"checkpoint\",\"step\":[]}\n"
                              "{\"event\":\"checkpoint\"\n\n\"start\"\n"
                              "{\"event\":\"start\",\"resumed_from\":20";
  static const char rest[] = ",\"n\":1}\n{\"event\":\"checkpoint\",\"step\":40}\n";
  g_autofree char  *path = g_build_filename (self->home, "log.jsonl", NULL);
  g_autofree char  *both = g_strconcat (begin, rest, NULL);
  g_autoptr (GArray) none = NULL, first = NULL, second = NULL, third = NULL;
  gint64 offset = 0;

  none = wb_run_events_read (path, &offset);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_true (g_file_set_contents (path, begin, -1, NULL));
  first = wb_run_events_read (path, &offset);
  g_assert_cmpuint (first->len, ==, 1);
  assert_event (first, 0, WB_RUN_EVENT_CHECKPOINT, 20);
  g_assert_true (g_file_set_contents (path, both, -1, NULL));
  second = wb_run_events_read (path, &offset);
  g_assert_cmpuint (second->len, ==, 2);
  assert_event (second, 0, WB_RUN_EVENT_RESUME, 20);
  assert_event (second, 1, WB_RUN_EVENT_CHECKPOINT, 40);
  third = wb_run_events_read (path, &offset);
  g_assert_cmpuint (third->len, ==, 0);
}

static void
add_test (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_test ("/run-axis/counts", test_counts);
  add_test ("/run-axis/time", test_time);
  add_test ("/run-axis/clock-set-back", test_clock_set_back);
  add_test ("/run-axis/epoch", test_epoch);
  add_test ("/run-axis/old-run", test_old_run);
  add_test ("/run-axis/events", test_events);
  g_test_add_func ("/run-axis/names", test_names);
  return g_test_run ();
}
