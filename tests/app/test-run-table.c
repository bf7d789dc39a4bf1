#include "config.h"

#include <math.h>
#include <string.h>

#include "app/core/wb-csv.h"
#include "app/core/wb-workspace-private.h"
#include "app/results/wb-published.h"
#include "app/runs/wb-run-csv.h"
#include "app/runs/wb-run-row-private.h"
#include "app/runs/wb-run-table.h"
#include "data/datasets/wb-csv-reader.h"
#include "tests/support/wb-test-folder.h"

/* What a list of runs shows: which, in what order, folded how; and the same as a file. */

typedef struct
{
  char        *home;
  WbWorkspace *workspace;
  WbStore     *store;
  WbRunList   *list;
  WbRunTable  *table;
} Fixture;

typedef struct
{
  const char    *name, *model, *task;
  gint64         seed;
  double         best;
  const char    *tags, *rate;
  WbRecordStatus status;
  double         seconds;
} Sample;

static const Sample samples[] = {
  { "rte, seed 9", "deberta-v3-large", "rte", 9, 0.90, "paper", "1e-5", WB_RECORD_FINISHED, 100 },
  { "rte, seed 10", "deberta-v3-large", "rte", 10, 0.92, NULL, "1e-5", WB_RECORD_FINISHED, 50 },
  { "rte, seed 11", "deberta-v3-large", "rte", 11, 0.94, NULL, "1e-5", WB_RECORD_STOPPED, 30 },
  { "rte other", "deberta-v3-large", "rte", 9, 0.93, "paper\nweak", "2e-5", WB_RECORD_FINISHED,
    20 },
  { "cola \"one\",\nwo", "tiny", "cola", 1, 0.5, NULL, "1e-5", WB_RECORD_FAILED, 0 },
  { "Größe", "tiny", "cola", 2, NAN, NULL, "3e-5", WB_RECORD_QUEUED, 0 },
};

static gint64
add_run (WbStore *store, const Sample *sample)
{
  g_autoptr (WbRunRecord) record = wb_run_record_new ();
  g_autoptr (GError) error = NULL;

  record->name = g_strdup (sample->name);
  record->model_name = g_strdup (sample->model);
  record->task = g_strdup (sample->task);
  record->metric = g_strdup (strcmp (sample->task, "cola") == 0 ? "mcc" : "accuracy");
  record->seed = sample->seed;
  record->best_value = record->last_value = sample->best;
  record->tags = g_strdup (sample->tags);
  record->status = sample->status;
  record->seconds = sample->seconds;
  record->created = G_GINT64_CONSTANT (1600000000) * G_USEC_PER_SEC;
  record->started = sample->seconds > 0 ? record->created + 5 * G_USEC_PER_SEC : 0;
  record->settings = g_strdup_printf ("[run]\nname=%s\ntask=%s\nseed=%" G_GINT64_FORMAT
                                      "\n\n[settings]\nlearning-rate=%s\nname=kept\n",
                                      sample->name, sample->task, sample->seed, sample->rate);
  wb_store_insert_run (store, record, &error);
  g_assert_no_error (error);
  return record->id;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->home = wb_test_folder_new ();
  self->workspace = wb_workspace_open (self->home, &error);
  g_assert_no_error (error);
  self->store = wb_store_open (self->home, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++)
    add_run (self->store, &samples[i]);
  self->list = wb_run_list_new_with_archived (self->workspace, &error);
  g_assert_no_error (error);
  self->table = wb_run_table_new ();
  wb_run_table_set_list (self->table, self->list);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_assert_finalize_object (self->table);
  g_assert_finalize_object (self->list);
  g_assert_finalize_object (self->workspace);
  wb_store_close (self->store);
  wb_test_folder_free (self->home);
}

/* Ids of the rows, a group's as the ids of its runs in brackets. */
static char *
dup_ids (Fixture *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->table)); i++)
    {
      g_autoptr (WbRunRow) row = g_list_model_get_item (G_LIST_MODEL (self->table), i);

      g_string_append (text, i > 0 ? " " : "");
      g_string_append (text, wb_run_row_is_group (row) ? "(" : "");
      for (guint j = 0; j < wb_run_row_get_n_runs (row); j++)
        g_string_append_printf (text, "%s%" G_GINT64_FORMAT, j > 0 ? " " : "",
                                wb_run_get_id (wb_run_row_get_nth_run (row, j)));
      g_string_append (text, wb_run_row_is_group (row) ? ")" : "");
    }
  return g_string_free (text, FALSE);
}

#define ASSERT_IDS(text)                                                                           \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *ids_ = dup_ids (self);                                                        \
    g_assert_cmpstr (ids_, ==, text);                                                              \
  }                                                                                                \
  G_STMT_END

static void
test_order (Fixture *self, gconstpointer data)
{
  ASSERT_IDS ("6 5 4 3 2 1");
  wb_run_table_set_order (self->table, WB_RUN_COLUMN_NAME, FALSE);
  ASSERT_IDS ("5 6 4 1 2 3"); /* "seed 9" before "seed 10" */
  wb_run_table_set_order (self->table, WB_RUN_COLUMN_BEST, TRUE);
  ASSERT_IDS ("3 4 2 1 5 6"); /* what has no value stands last */
  wb_run_table_set_order (self->table, WB_RUN_COLUMN_BEST, FALSE);
  ASSERT_IDS ("5 1 2 4 3 6");
  wb_run_table_set_order (self->table, WB_RUN_COLUMN_STATUS, FALSE);
  ASSERT_IDS ("6 3 4 2 1 5");
  wb_run_table_set_order (self->table, WB_RUN_COLUMN_DURATION, TRUE);
  ASSERT_IDS ("1 2 3 4 6 5");
  g_assert_true (wb_store_pin_run (self->store, 5, TRUE, NULL));
  g_assert_true (wb_run_list_refresh (self->list, NULL));
  ASSERT_IDS ("5 1 2 3 4 6");
  wb_run_table_set_order (self->table, WB_RUN_N_COLUMNS, FALSE);
  ASSERT_IDS ("5 6 4 3 2 1");
}

static void
test_filter (Fixture *self, gconstpointer data)
{
  const char *const tasks[] = { "cola", NULL }, *const tags[] = { "weak", "other", NULL };
  g_auto (GStrv) choices = wb_run_table_dup_choices (self->table, WB_RUN_COLUMN_TAGS);
  g_autofree char *joined = g_strjoinv (" ", choices);

  g_assert_cmpstr (joined, ==, "paper weak");
  wb_run_table_set_text (self->table, "SEED  rte");
  ASSERT_IDS ("3 2 1");
  wb_run_table_set_text (self->table, "GRÖSSE");
  ASSERT_IDS ("6");
  wb_run_table_set_text (self->table, "paper");
  ASSERT_IDS ("4 1");
  wb_run_table_set_text (self->table, "");
  wb_run_table_set_statuses (self->table, 1 << WB_RUN_FINISHED | 1 << WB_RUN_FAILED);
  ASSERT_IDS ("5 4 2 1");
  wb_run_table_set_values (self->table, WB_RUN_COLUMN_TASK, tasks);
  ASSERT_IDS ("5");
  wb_run_table_set_values (self->table, WB_RUN_COLUMN_TASK, NULL);
  wb_run_table_set_values (self->table, WB_RUN_COLUMN_TAGS, tags);
  ASSERT_IDS ("4");
  g_assert_cmpuint (wb_run_table_get_n_runs (self->table), ==, 6);
  g_assert_cmpuint (wb_run_table_get_n_shown (self->table), ==, 1);
}

static void
test_archived (Fixture *self, gconstpointer data)
{
  g_assert_true (wb_store_archive_run (self->store, 4, TRUE, NULL));
  g_assert_true (wb_run_list_refresh (self->list, NULL));
  ASSERT_IDS ("6 5 3 2 1");
  wb_run_table_set_archived (self->table, TRUE);
  ASSERT_IDS ("4");
  g_assert_true (wb_store_archive_run (self->store, 4, FALSE, NULL));
  g_assert_true (wb_run_list_refresh (self->list, NULL));
  ASSERT_IDS ("");
  wb_run_table_set_archived (self->table, FALSE);
  ASSERT_IDS ("6 5 4 3 2 1");
}

static void
changed_cb (GListModel *model, guint position, guint removed, guint added, GString *seen)
{
  g_string_append_printf (seen, "%u-%u+%u ", position, removed, added);
}

/* Seeds become one row with mean and sample deviation; a run with settings of its own stays. */
static void
test_groups (Fixture *self, gconstpointer data)
{
  g_autoptr (WbRunRow) group = NULL;
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autofree char *name = NULL, *status = NULL;
  WbRunMean        mean;

  wb_run_table_set_grouped (self->table, TRUE);
  ASSERT_IDS ("6 5 4 (3 2 1)");
  group = g_list_model_get_item (G_LIST_MODEL (self->table), 3);
  name = wb_run_row_dup_text (group, WB_RUN_COLUMN_NAME);
  status = wb_run_row_dup_text (group, WB_RUN_COLUMN_STATUS);
  g_assert_cmpstr (name, ==, "rte");
  g_assert_cmpstr (status, ==, "3 runs · Stopped: 1");
  wb_run_row_get_mean (group, WB_RUN_COLUMN_BEST, &mean);
  g_assert_cmpuint (mean.n, ==, 3);
  g_assert_cmpfloat_with_epsilon (mean.mean, 0.92, 1e-15);
  g_assert_cmpfloat_with_epsilon (mean.deviation, 0.02, 1e-15); /* divisor 2, not 3 */
  wb_run_row_get_mean (group, WB_RUN_COLUMN_DURATION, &mean);
  g_assert_cmpfloat (mean.mean, ==, 180);
  wb_run_row_get_mean (group, WB_RUN_COLUMN_PUBLISHED, &mean);
  g_assert_cmpfloat_with_epsilon (mean.mean, 0.92 - 0.927, 1e-12);
  g_assert_cmpint (wb_run_row_get_verdict (group, WB_RUN_COLUMN_PUBLISHED), ==, -1);
  g_signal_connect (self->table, "items-changed", G_CALLBACK (changed_cb), seen);
  wb_run_table_set_expanded (self->table, group, TRUE);
  ASSERT_IDS ("6 5 4 (3 2 1) 3 2 1");
  wb_run_table_set_order (self->table, WB_RUN_COLUMN_SEED, FALSE);
  ASSERT_IDS ("5 6 4 (1 2 3) 1 2 3");
  wb_run_table_set_expanded (self->table, group, FALSE);
  wb_run_table_set_text (self->table, "seed 1");
  ASSERT_IDS ("(2 3)");
  g_assert_cmpstr (seen->str, ==, "4-0+3 0-7+7 4-3+0 0-3+0 ");
}

/* A changed run in a group tells the group's row too. */
static void
test_group_follows (Fixture *self, gconstpointer data)
{
  g_autoptr (WbRunRow) group = NULL;
  WbRunMean mean;
  guint     told = 0;

  wb_run_table_set_grouped (self->table, TRUE);
  group = g_list_model_get_item (G_LIST_MODEL (self->table), 3);
  g_signal_connect_swapped (group, "changed", G_CALLBACK (g_atomic_int_inc), &told);
  g_assert_true (wb_store_update_run_metric (self->store, 2, "accuracy", 0.95, 0.95, 4, NULL));
  g_assert_true (wb_run_list_refresh (self->list, NULL));
  g_assert_cmpuint (told, ==, 1);
  wb_run_row_get_mean (group, WB_RUN_COLUMN_BEST, &mean);
  g_assert_cmpfloat_with_epsilon (mean.mean, 0.93, 1e-15);
  g_assert_true (wb_store_delete_run (self->store, 1, NULL));
  g_assert_true (wb_run_list_refresh (self->list, NULL));
  g_assert_cmpuint (wb_run_row_get_n_runs (group), ==, 2);
  g_assert_true (wb_store_delete_run (self->store, 2, NULL));
  g_assert_true (wb_run_list_refresh (self->list, NULL));
  ASSERT_IDS ("6 5 4 3");
}

static void
test_baseline (Fixture *self, gconstpointer data)
{
  WbRunRow *first, *other, *foreign;
  WbRunMean mean;

  g_assert_true (wb_store_set_run_baseline (self->store, 4, TRUE, NULL));
  g_assert_true (wb_run_list_refresh (self->list, NULL));
  first = wb_run_table_get_row (self->table, wb_run_list_get_run (self->list, 1));
  other = wb_run_table_get_row (self->table, wb_run_list_get_run (self->list, 4));
  foreign = wb_run_table_get_row (self->table, wb_run_list_get_run (self->list, 5));
  wb_run_row_get_mean (first, WB_RUN_COLUMN_BASELINE, &mean);
  g_assert_cmpfloat_with_epsilon (mean.mean, -0.03, 1e-15);
  g_assert_cmpint (wb_run_row_get_verdict (first, WB_RUN_COLUMN_BASELINE), ==, -1);
  g_assert_true (wb_run_row_is_baseline (other));
  wb_run_row_get_mean (other, WB_RUN_COLUMN_BASELINE, &mean);
  g_assert_cmpuint (mean.n, ==, 0);
  wb_run_row_get_mean (foreign, WB_RUN_COLUMN_BASELINE, &mean);
  g_assert_cmpuint (mean.n, ==, 0);
  g_assert_true (wb_store_set_run_baseline (self->store, 4, FALSE, NULL));
  g_assert_true (wb_run_list_refresh (self->list, NULL));
  wb_run_row_get_mean (first, WB_RUN_COLUMN_BASELINE, &mean);
  g_assert_cmpuint (mean.n, ==, 0);
}

/* A loss is better when it is smaller; the store has it with its sign turned. */
static void
test_loss (Fixture *self, gconstpointer data)
{
  WbRunRow *first;
  WbRunMean mean;

  g_assert_true (wb_store_update_run_metric (self->store, 1, "loss", -0.5, -0.25, 4, NULL));
  g_assert_true (wb_store_update_run_metric (self->store, 2, "loss", -0.5, -0.75, 4, NULL));
  g_assert_true (wb_store_set_run_baseline (self->store, 2, TRUE, NULL));
  g_assert_true (wb_run_list_refresh (self->list, NULL));
  first = wb_run_table_get_row (self->table, wb_run_list_get_run (self->list, 1));
  wb_run_row_get_mean (first, WB_RUN_COLUMN_BEST, &mean);
  g_assert_cmpfloat (mean.mean, ==, 0.25);
  wb_run_row_get_mean (first, WB_RUN_COLUMN_BASELINE, &mean);
  g_assert_cmpfloat (mean.mean, ==, -0.5);
  g_assert_cmpint (wb_run_row_get_verdict (first, WB_RUN_COLUMN_BASELINE), ==, 1);
}

static GPtrArray *
dup_rows (Fixture *self)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->table)); i++)
    g_ptr_array_add (rows, g_list_model_get_item (G_LIST_MODEL (self->table), i));
  return rows;
}

static char *
dup_cell (const WbCsvReader *reader, guint i)
{
  const GArray *cells = reader->rows.cells;
  const WbCell *cell = &g_array_index (cells, WbCell, i);

  g_assert_cmpuint (i, <, cells->len);
  return g_strndup (cell->start, cell->length);
}

#define ASSERT_CELL(i, value)                                                                      \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *cell_ = dup_cell (&reader, i);                                                \
    g_assert_cmpstr (cell_, ==, value);                                                            \
  }                                                                                                \
  G_STMT_END

/* Read back by the reader of data files: quotes, line ends and commas in names are safe. */
static void
test_csv (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) rows = NULL;
  g_autofree char *text = NULL, *path = g_build_filename (self->home, "runs.csv", NULL);
  g_autofree char *mean = NULL, *deviation = NULL;
  g_autofree char *missing = g_build_filename (self->home, "no", "runs.csv", NULL);
  g_autoptr (GError) error = NULL;
  WbCsvReader reader;
  gsize       length;

  wb_run_table_set_grouped (self->table, TRUE);
  rows = dup_rows (self);
  g_assert_true (wb_run_csv_save (rows, path, &error));
  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  g_assert_true (g_str_has_prefix (text, "id,runs,name,status,"));
  g_assert_true (g_str_has_suffix (text, "\r\n"));
  wb_csv_reader_init (&reader, text, text + length, path);
  for (guint i = 0; i < 5; i++)
    {
      g_assert_true (wb_csv_reader_next (&reader, &error));
      g_assert_cmpuint (reader.rows.cells->len, ==, 31);
      if (i == 1)
        ASSERT_CELL (2, "Größe");
      if (i == 2)
        ASSERT_CELL (2, "cola \"one\",\nwo");
      if (i == 3)
        ASSERT_CELL (24, "paper weak");
    }
  ASSERT_CELL (0, "");
  ASSERT_CELL (1, "3");
  ASSERT_CELL (2, "rte");
  mean = dup_cell (&reader, 9);
  deviation = dup_cell (&reader, 10);
  g_assert_cmpfloat_with_epsilon (g_ascii_strtod (mean, NULL), 0.92, 1e-15);
  g_assert_cmpfloat_with_epsilon (g_ascii_strtod (deviation, NULL), 0.02, 1e-15);
  g_assert_false (wb_csv_reader_next (&reader, &error));
  g_assert_no_error (error);
  wb_csv_reader_clear (&reader);
  g_assert_false (wb_run_csv_save (rows, missing, &error));
  g_assert_nonnull (strstr (error->message, missing));
}

static void
test_names (void)
{
  static const struct
  {
    const char *names[3], *common;
  } cases[] = {
    { { "rte small, seed 1", "rte small, seed 2", NULL }, "rte small" },
    { { "rte s10", "rte s11", NULL }, "rte" },
    { { "same", "same", NULL }, "same" },
    { { "run", "run (2)", NULL }, "run" },
    { { "seed 1", "seed 2", NULL }, "seed" },
    { { "alpha", "beta", NULL }, "" },
    { { "gr\303\266 1", "gr\303\274 2", NULL }, "gr" },
    { { "gross", "gros", NULL }, "gros" },
    { { "2e-5", "2e-6", NULL }, "2e" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *common =
          wb_run_names_dup_common (cases[i].names, g_strv_length ((char **) cases[i].names));
      g_assert_cmpstr (common, ==, cases[i].common);
    }
}

/* Fact sheet 10.1. */
static void
test_published (void)
{
  WbPublished score;

  g_assert_true (wb_published_find ("mnli", "microsoft/deberta-v3-small", "accuracy", &score));
  g_assert_cmpfloat_with_epsilon (score.value, 0.88, 1e-12); /* 88.3 and 87.7 */
  g_assert_true (wb_published_find ("mrpc", "/models/deberta-large-mnli", "accuracy+f1", &score));
  g_assert_cmpfloat_with_epsilon (score.value, 0.936, 1e-12);
  g_assert_true (wb_published_find ("mrpc", "deberta-large", "f1", &score));
  g_assert_cmpfloat_with_epsilon (score.value, 0.946, 1e-12);
  g_assert_true (wb_published_find ("cola", "DeBERTa-v3-large", "mcc", &score));
  g_assert_false (wb_published_find ("cola", "deberta-v3-large", "accuracy", &score));
  g_assert_false (wb_published_find ("qqp", "deberta-v3-large", "accuracy+f1", &score));
  g_assert_false (wb_published_find ("rte", "deberta-v3-small", "accuracy", &score));
  g_assert_false (wb_published_find ("rte", "own 2×128", "accuracy", &score));
}

static void
test_csv_cells (void)
{
  g_autoptr (GString) out = g_string_new (NULL);

  wb_csv_append_text (out, NULL);
  wb_csv_append_text (out, "");
  wb_csv_append_number (out, 0.1);
  wb_csv_append_number (out, NAN);
  wb_csv_append_number (out, 1.0 / 3);
  wb_csv_append_integer (out, -7);
  wb_csv_end_line (out);
  wb_csv_append_text (out, "a\rb");
  wb_csv_append_text (out, "q\"");
  wb_csv_end_line (out);
  g_assert_cmpstr (out->str, ==, "\"\",,0.1,,0.3333333333333333,-7\r\n\"a\rb\",\"q\"\"\"\r\n");
}

static double
milliseconds_since (gint64 *start)
{
  const gint64 now = g_get_monotonic_time (), from = *start;

  *start = now;
  return (double) (now - from) / 1000;
}

/* Every function is quick enough to be called from a key press with 10,000 runs. */
static void
test_many (Fixture *self, gconstpointer data)
{
  gint64 from;
  double list, order, text, group;
  g_autoptr (GError) error = NULL;

  g_assert_true (wb_store_begin (self->store, NULL));
  for (guint i = 0; i < 10000; i++)
    {
      g_autofree char *name = g_strdup_printf ("rate %u, seed %u", i / 5, i % 5);
      g_autofree char *rate = g_strdup_printf ("%u", i / 5);
      const Sample     sample = {
            name, "tiny", "rte", i % 5, 0.5, "many", rate, WB_RECORD_FINISHED, i
      };

      add_run (self->store, &sample);
    }
  g_assert_true (wb_store_commit (self->store, NULL));
  g_assert_true (wb_run_list_refresh (self->list, &error));
  from = g_get_monotonic_time ();
  wb_run_table_set_list (self->table, NULL);
  wb_run_table_set_list (self->table, self->list);
  list = milliseconds_since (&from);
  wb_run_table_set_order (self->table, WB_RUN_COLUMN_NAME, FALSE);
  order = milliseconds_since (&from);
  wb_run_table_set_text (self->table, "RATE 1");
  text = milliseconds_since (&from);
  wb_run_table_set_text (self->table, "");
  milliseconds_since (&from);
  wb_run_table_set_grouped (self->table, TRUE);
  group = milliseconds_since (&from);
  g_test_message ("10,000 runs: list %.1f ms, order %.1f ms, search %.1f ms, group %.1f ms", list,
                  order, text, group);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->table)), ==, 2004);
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/app/run-table/order", test_order);
  add ("/app/run-table/filter", test_filter);
  add ("/app/run-table/archived", test_archived);
  add ("/app/run-table/groups", test_groups);
  add ("/app/run-table/group-follows", test_group_follows);
  add ("/app/run-table/baseline", test_baseline);
  add ("/app/run-table/loss", test_loss);
  add ("/app/run-table/csv", test_csv);
  add ("/app/run-table/many", test_many);
  g_test_add_func ("/app/run-table/names", test_names);
  g_test_add_func ("/app/run-table/published", test_published);
  g_test_add_func ("/app/run-table/csv-cells", test_csv_cells);
  return g_test_run ();
}
