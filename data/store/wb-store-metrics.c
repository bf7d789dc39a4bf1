#include "data/store/wb-store-metrics.h"
#include "data/store/wb-store-private.h"

/* Few names ("train/loss"), many points: a point carries a small number for its series. */
static gint64
lookup_series (WbStore *self, const char *name, GError **error)
{
  sqlite3_stmt *stmt = wb_store_prepare (self, "SELECT id FROM series WHERE name = ?1", error);
  gint64        id = -1;

  if (stmt == NULL)
    return -1;
  wb_store_bind_text (stmt, 1, name);
  if (wb_store_step (self, stmt, error) == SQLITE_ROW)
    id = sqlite3_column_int64 (stmt, 0);
  wb_store_reset (stmt);
  return id;
}

/* Inside a transaction. */
static gint64
make_series (WbStore *self, const char *name, GError **error)
{
  gint64       *known = g_hash_table_lookup (self->series, name);
  sqlite3_stmt *stmt;
  gint64        id;

  if (known != NULL)
    return *known;
  stmt = wb_store_prepare (self, "INSERT INTO series (name) VALUES (?1) ON CONFLICT DO NOTHING",
                           error);
  if (stmt == NULL)
    return -1;
  wb_store_bind_text (stmt, 1, name);
  if (!wb_store_run (self, stmt, error))
    return -1;
  id = lookup_series (self, name, error);
  if (id >= 0)
    g_hash_table_insert (self->series, g_strdup (name), g_memdup2 (&id, sizeof id));
  return id;
}

static gboolean
add_point (WbStore             *self,
           sqlite3_stmt        *stmt,
           gint64               run_id,
           const WbMetricPoint *point,
           GError             **error)
{
  gint64 series = make_series (self, point->series, error);
  int    rc;

  if (series < 0)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, run_id);
  sqlite3_bind_int64 (stmt, 2, series);
  sqlite3_bind_int64 (stmt, 3, point->step);
  sqlite3_bind_double (stmt, 4, point->value);
  sqlite3_bind_int64 (stmt, 5, point->time);
  rc = wb_store_step (self, stmt, error);
  sqlite3_reset (stmt);
  return rc != SQLITE_ERROR;
}

gboolean
wb_store_add_metrics (WbStore             *self,
                      gint64               run_id,
                      const WbMetricPoint *points,
                      gsize                n,
                      GError             **error)
{
  sqlite3_stmt *stmt;
  gboolean      ok = TRUE;

  g_return_val_if_fail (self != NULL && (n == 0 || points != NULL), FALSE);

  stmt = wb_store_prepare (self,
                           "INSERT OR REPLACE INTO metric (run_id, series_id, step, value, time)"
                           " VALUES (?1, ?2, ?3, ?4, ?5)",
                           error);
  if (stmt == NULL || !wb_store_begin (self, error))
    return FALSE;
  for (gsize i = 0; ok && i < n; i++)
    ok = add_point (self, stmt, run_id, &points[i], error);
  wb_store_reset (stmt);
  if (ok)
    return wb_store_commit (self, error);
  wb_store_rollback (self);
  return FALSE;
}

/* ---- reading ---- */

/* Three growing arrays of one length. */
typedef struct
{
  GArray *steps;
  GArray *values;
  GArray *times;
} Columns;

static Columns
columns_new (void)
{
  return (Columns){ g_array_new (FALSE, FALSE, sizeof (gint64)),
                    g_array_new (FALSE, FALSE, sizeof (double)),
                    g_array_new (FALSE, FALSE, sizeof (gint64)) };
}

static void
columns_add (Columns *self, gint64 step, double value, gint64 time)
{
  g_array_append_val (self->steps, step);
  g_array_append_val (self->values, value);
  g_array_append_val (self->times, time);
}

static WbMetricSeries *
columns_end (Columns *self, const char *name)
{
  WbMetricSeries *series = g_new0 (WbMetricSeries, 1);

  series->name = g_strdup (name);
  series->n = self->steps->len;
  series->steps = (gint64 *) g_array_free (self->steps, FALSE);
  series->values = (double *) g_array_free (self->values, FALSE);
  series->times = (gint64 *) g_array_free (self->times, FALSE);
  return series;
}

void
wb_metric_series_free (WbMetricSeries *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->steps);
  g_free (self->values);
  g_free (self->times);
  g_free (self);
}

WbMetricSeries *
wb_store_get_metrics (WbStore    *self,
                      gint64      run_id,
                      const char *series,
                      gint64      after,
                      GError    **error)
{
  g_autoptr (WbMetricSeries) result = NULL;
  Columns       columns;
  sqlite3_stmt *stmt;
  int           rc;

  g_return_val_if_fail (self != NULL && series != NULL, NULL);

  stmt = wb_store_prepare (self,
                           "SELECT step, value, time FROM metric WHERE run_id = ?1 AND series_id ="
                           " (SELECT id FROM series WHERE name = ?2) AND step > ?3 ORDER BY step",
                           error);
  if (stmt == NULL)
    return NULL;
  sqlite3_bind_int64 (stmt, 1, run_id);
  wb_store_bind_text (stmt, 2, series);
  sqlite3_bind_int64 (stmt, 3, after);
  columns = columns_new ();
  while ((rc = wb_store_step (self, stmt, error)) == SQLITE_ROW)
    columns_add (&columns, sqlite3_column_int64 (stmt, 0), wb_store_column_double (stmt, 1),
                 sqlite3_column_int64 (stmt, 2));
  wb_store_reset (stmt);
  result = columns_end (&columns, series);
  return rc == SQLITE_DONE ? g_steal_pointer (&result) : NULL;
}

/* ---- thinning ---- */

/* Adds the smallest and the greatest of points [from, to), in their order.  A NaN is a point of its
 * own, so that the gap is seen. */
static void
thin_span (const WbMetricSeries *all, gsize from, gsize to, Columns *out)
{
  gsize low = from, high = from;

  for (gsize i = from; i < to; i++)
    {
      if (!(all->values[i] == all->values[i])) /* NaN */
        {
          columns_add (out, all->steps[i], all->values[i], all->times[i]);
          return;
        }
      if (all->values[i] < all->values[low])
        low = i;
      if (all->values[i] > all->values[high])
        high = i;
    }
  for (guint k = 0; k < (low == high ? 1u : 2u); k++)
    {
      gsize i = k == 0 ? MIN (low, high) : MAX (low, high);
      columns_add (out, all->steps[i], all->values[i], all->times[i]);
    }
}

static WbMetricSeries *
thin (const WbMetricSeries *all, gsize max_points)
{
  Columns      out = columns_new ();
  const gsize  n_spans = (max_points - 2) / 2;
  const double width = (double) (all->steps[all->n - 1] - all->steps[0]) / (double) n_spans;
  gsize        from = 1;

  columns_add (&out, all->steps[0], all->values[0], all->times[0]);
  for (gsize span = 0; span < n_spans && from < all->n - 1; span++)
    {
      double end = (double) all->steps[0] + width * (double) (span + 1);
      gsize  to = from;

      while (to < all->n - 1 && ((double) all->steps[to] <= end || span == n_spans - 1))
        to++;
      if (to > from)
        thin_span (all, from, to, &out);
      from = to;
    }
  columns_add (&out, all->steps[all->n - 1], all->values[all->n - 1], all->times[all->n - 1]);
  return columns_end (&out, all->name);
}

WbMetricSeries *
wb_store_get_metrics_thinned (WbStore    *self,
                              gint64      run_id,
                              const char *series,
                              gsize       max_points,
                              GError    **error)
{
  g_autoptr (WbMetricSeries) all = NULL;

  g_return_val_if_fail (self != NULL && max_points >= 4, NULL);

  all = wb_store_get_metrics (self, run_id, series, -1, error);
  if (all == NULL || all->n <= max_points)
    return g_steal_pointer (&all);
  return thin (all, max_points);
}

/* ---- series of a run, what a resume replaces ---- */

char **
wb_store_list_series (WbStore *self, gint64 run_id, GError **error)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  sqlite3_stmt *stmt;
  int           rc;

  g_return_val_if_fail (self != NULL, NULL);

  /* One look into the primary key per name, however many points there are. */
  stmt = wb_store_prepare (self,
                           "SELECT name FROM series WHERE EXISTS (SELECT 1 FROM metric"
                           " WHERE run_id = ?1 AND series_id = series.id) ORDER BY name",
                           error);
  if (stmt == NULL)
    return NULL;
  sqlite3_bind_int64 (stmt, 1, run_id);
  while ((rc = wb_store_step (self, stmt, error)) == SQLITE_ROW)
    g_strv_builder_add (names, (const char *) sqlite3_column_text (stmt, 0));
  wb_store_reset (stmt);
  return rc == SQLITE_DONE ? g_strv_builder_end (names) : NULL;
}

static gboolean
delete_after (WbStore *self, const char *sql, gint64 run_id, gint64 step, GError **error)
{
  sqlite3_stmt *stmt = wb_store_prepare (self, sql, error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, run_id);
  sqlite3_bind_int64 (stmt, 2, step);
  return wb_store_run (self, stmt, error);
}

gboolean
wb_store_delete_metrics_after (WbStore *self, gint64 run_id, gint64 step, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (!wb_store_begin (self, error))
    return FALSE;
  if (!delete_after (self,
                     "DELETE FROM metric WHERE run_id = ?1 AND step > ?2 AND series_id IN"
                     " (SELECT id FROM series)", /* a range of the key per series, not a scan */
                     run_id, step, error) ||
      !delete_after (self, "DELETE FROM result WHERE run_id = ?1 AND step > ?2", run_id, step,
                     error))
    {
      wb_store_rollback (self);
      return FALSE;
    }
  return wb_store_commit (self, error);
}
