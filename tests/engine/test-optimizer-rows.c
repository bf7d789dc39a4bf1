#include "engine/ops/wb-optimizer.h"

#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Rows brought up to date late, against the dense optimizer that updates every row at once: the
 * same bits.  (The dense one is held to its definition in test-optimizer.c.) */

static WbBackend *
backend_new (guint n_threads)
{
  g_autoptr (GError) error = NULL;
  WbBackend *backend =
      wb_backend_open ("cpu", g_getenv ("WB_ONE_THREAD") != NULL ? 1 : n_threads, &error);

  g_assert_no_error (error);
  return backend;
}

typedef struct
{
  WbOptimizerKind kind;
  gsize           rows;
  gsize           cols;
  guint           n_updates;
  double          touch;  /* probability that a row has a gradient in an update */
  double          settle; /* probability that some rows are brought up to date in between */
  double          beta1;
  double          weight_decay;
} Case;

static const Case cases[] = {
  { WB_OPTIMIZER_ADAMW, 24, 70, 400, 0.05, 0.1, 0.9, 0.01 },
  { WB_OPTIMIZER_ADAMW, 24, 128, 300, 0.3, 0, 0.9, 0 },
  { WB_OPTIMIZER_ADAMW, 5, 16, 400, 0.02, 0.05, 0.99, 0.3 },
  { WB_OPTIMIZER_ADAMW, 7, 1, 200, 0.05, 0.1, 0, 0.01 },
  { WB_OPTIMIZER_ADAM, 24, 70, 400, 0.05, 0.1, 0.9, 0.01 },
  { WB_OPTIMIZER_ADMAX, 24, 70, 400, 0.05, 0.1, 0.9, 0.01 },
  { WB_OPTIMIZER_RADAM, 24, 70, 400, 0.05, 0.1, 0.9, 0.01 },
  { WB_OPTIMIZER_RADAM, 9, 33, 400, 0.05, 0.1, 0.9, 0 },
  /* far behind: momentum dies away to 0 */
  { WB_OPTIMIZER_ADAMW, 6, 70, 6000, 0.0004, 0.0005, 0.9, 0.01 },
  { WB_OPTIMIZER_ADAM, 6, 70, 6000, 0.0004, 0.0005, 0.9, 0.01 },
  { WB_OPTIMIZER_ADMAX, 6, 70, 6000, 0.0004, 0.0005, 0.9, 0.01 },
  { WB_OPTIMIZER_RADAM, 6, 70, 6000, 0.0004, 0.0005, 0.9, 0.01 },
};

/* Two copies of a table, one dense, one by rows. */
typedef struct
{
  const Case         *c;
  GRand              *rand;
  float              *block; /* p, m, v, gradient of the dense; p, m, v, gradient of the rows */
  WbTensor            dense[4];
  WbTensor            lazy[4];
  guint32            *row_updates;
  guint8             *row_touched;
  gint32             *ids;
  WbOptimizerFactors *factors;
} Tables;

static void
fill_random (GRand *rand, float *x, gsize n, double size)
{
  for (gsize i = 0; i < n; i++)
    x[i] = (float) (g_rand_double_range (rand, -1, 1) * size);
}

static Tables
tables_new (const Case *c, guint32 seed)
{
  const gsize n = c->rows * c->cols;
  Tables self = { .c = c, .rand = g_rand_new_with_seed (seed), .block = g_new0 (float, 8 * n) };

  for (gsize k = 0; k < 4; k++)
    {
      self.dense[k] = wb_tensor_matrix (self.block + k * n, WB_DTYPE_F32, c->rows, c->cols);
      self.lazy[k] = wb_tensor_matrix (self.block + (4 + k) * n, WB_DTYPE_F32, c->rows, c->cols);
    }
  fill_random (self.rand, self.dense[0].data, n, 0.05);
  memcpy (self.lazy[0].data, self.dense[0].data, n * sizeof (float));
  self.row_updates = g_new0 (guint32, c->rows);
  self.row_touched = g_new0 (guint8, c->rows);
  self.ids = g_new (gint32, c->rows);
  self.factors = g_new (WbOptimizerFactors, c->n_updates);
  return self;
}

static void
tables_clear (Tables *self)
{
  g_rand_free (self->rand);
  g_free (self->block);
  g_free (self->row_updates);
  g_free (self->row_touched);
  g_free (self->ids);
  g_free (self->factors);
}

/* Warm-up from 0, a plateau, some updates at 0, a fall. */
static WbOptimizerStep
tables_step (const Tables *self, guint64 count)
{
  const double t = (double) (count - 1) / self->c->n_updates;

  return (WbOptimizerStep){
    .kind = self->c->kind,
    .learning_rate = 1e-3 * (t < 0.1    ? t / 0.1
                             : t < 0.5  ? 1
                             : t < 0.55 ? 0
                                        : 1 - t),
    .weight_decay = self->c->weight_decay,
    .beta1 = self->c->beta1,
    .beta2 = 0.999,
    .epsilon = self->c->kind == WB_OPTIMIZER_ADAMW ? 1e-8 : 1e-6,
    .gradient_scale = count % 5 == 0 ? 0.37 : 1,
    .count = count,
  };
}

/* Rows drawn with @probability into ids; their number. */
static gsize
tables_draw (Tables *self, double probability)
{
  gsize n = 0;

  for (gsize r = 0; r < self->c->rows; r++)
    if (g_rand_double (self->rand) < probability)
      self->ids[n++] = (gint32) r;
  return n;
}

/* Gradients of a few sizes for the rows drawn: in the dense gradient at their row, zeros elsewhere;
 * in the rows' one after another. */
static void
tables_draw_gradient (Tables *self, gsize n_ids)
{
  const gsize cols = self->c->cols;
  float      *dense = self->dense[3].data, *rows = self->lazy[3].data;

  memset (dense, 0, self->c->rows * cols * sizeof *dense);
  for (gsize i = 0; i < n_ids; i++)
    {
      fill_random (self->rand, rows + i * cols, cols,
                   pow (10, -(double) g_rand_int_range (self->rand, 0, 6)));
      memcpy (dense + (gsize) self->ids[i] * cols, rows + i * cols, cols * sizeof *dense);
    }
}

static void
tables_update_rows (Tables                *self,
                    WbBackend             *backend,
                    const WbOptimizerStep *step,
                    gsize                  n_updates,
                    const gint32          *ids,
                    gsize                  n_ids,
                    gboolean               gradient)
{
  g_autoptr (GError) error = NULL;
  const WbOptimizerRowsArgs args = {
    .step = step,
    .factors = self->factors,
    .n_updates = n_updates,
    .table = self->lazy[0],
    .m = self->lazy[1],
    .v = self->lazy[2],
    .row_updates = self->row_updates,
    .row_touched = self->row_touched,
    .ids = ids,
    .n_ids = n_ids,
    .g = gradient ? wb_tensor_matrix (self->lazy[3].data, WB_DTYPE_F32, n_ids, self->c->cols)
                  : (WbTensor){ 0 },
  };

  wb_optimizer_update_rows (backend, &args, &error);
  g_assert_no_error (error);
}

static void
tables_run (Tables *self, WbBackend *backend)
{
  WbOptimizerStep step = { 0 };

  for (guint u = 0; u < self->c->n_updates; u++)
    {
      gsize n_ids;

      step = tables_step (self, u + 1);
      self->factors[u] = wb_optimizer_step_get_factors (&step);
      if (g_rand_double (self->rand) < self->c->settle)
        {
          n_ids = tables_draw (self, 0.5);
          tables_update_rows (self, backend, &step, u, self->ids, n_ids, FALSE);
        }
      n_ids = tables_draw (self, self->c->touch);
      tables_draw_gradient (self, n_ids);
      g_assert_true (wb_optimizer_update (backend, &step, &self->dense[0], &self->dense[3],
                                          &self->dense[1], &self->dense[2], NULL));
      tables_update_rows (self, backend, &step, u + 1, self->ids, n_ids, TRUE);
    }
  tables_update_rows (self, backend, &step, self->c->n_updates, NULL, 0, FALSE);
}

static void
test_equals_dense (gconstpointer data)
{
  const Case *c = data;
  const gsize bytes = c->rows * c->cols * sizeof (float);

  for (guint32 seed = 0; seed < (c->n_updates > 1000 ? 2 : 5); seed++)
    {
      g_autoptr (WbBackend) backend = backend_new (1 + seed % 2);
      Tables tables = tables_new (c, seed);

      tables_run (&tables, backend);
      for (gsize k = 0; k < 3; k++)
        g_assert_cmpmem (tables.lazy[k].data, bytes, tables.dense[k].data, bytes);
      for (gsize r = 0; r < c->rows; r++)
        g_assert_cmpuint (tables.row_updates[r], ==, c->n_updates);
      tables_clear (&tables);
    }
}

/* (rows) of one page each; access (first row) taken away from the rest. */
static float *
map_rows (gsize rows, gsize page, gsize allowed)
{
  char *block =
      mmap (NULL, rows * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  g_assert_true (block != MAP_FAILED);
  memset (block, 0, allowed * page);
  g_assert_cmpint (mprotect (block + allowed * page, (rows - allowed) * page, PROT_NONE), ==, 0);
  return (float *) block;
}

/* Row 0 has gradients, row 1 is brought up to date (its m and v are not read), the others cannot
 * even be read. */
static void
test_other_rows_not_read (void)
{
  const gsize rows = 5, page = (gsize) sysconf (_SC_PAGESIZE), cols = page / sizeof (float);
  float      *table = map_rows (rows, page, 2), *m = map_rows (rows, page, 1),
        *v = map_rows (rows, page, 1);
  g_autoptr (WbBackend) backend = backend_new (2);
  g_autofree float  *g = g_new0 (float, cols);
  guint32            row_updates[5] = { 0 };
  guint8             row_touched[5] = { 0 };
  gint32             ids[2] = { 0, 1 };
  WbOptimizerFactors factors[100];
  WbOptimizerStep    step = { WB_OPTIMIZER_ADAMW, 0.01, 0.1, 0.9, 0.999, 1e-8, 1, 1 };

  for (gsize i = 0; i < 2 * cols; i++)
    table[i] = 1;
  for (gsize u = 0; u < 100; u++)
    {
      const gboolean      gradient = u % 10 == 0;
      WbOptimizerRowsArgs args = {
        .step = &step,
        .factors = factors,
        .n_updates = u + 1,
        .table = wb_tensor_matrix (table, WB_DTYPE_F32, rows, cols),
        .m = wb_tensor_matrix (m, WB_DTYPE_F32, rows, cols),
        .v = wb_tensor_matrix (v, WB_DTYPE_F32, rows, cols),
        .row_updates = row_updates,
        .row_touched = row_touched,
        .ids = ids,
        .n_ids = gradient ? 1 : 2,
        .g = gradient ? wb_tensor_matrix (g, WB_DTYPE_F32, 1, cols) : (WbTensor){ 0 },
      };

      step.count = u + 1;
      factors[u] = wb_optimizer_step_get_factors (&step);
      g[u] = 1;
      if (u % 10 == 0 || u % 7 == 0)
        g_assert_true (wb_optimizer_update_rows (backend, &args, NULL));
    }
  g_assert_true (row_touched[0] && !row_touched[1]);
  g_assert_cmpuint (row_updates[1], ==, 99);
  g_assert_cmpuint (row_updates[2], ==, 0);
  g_assert_cmpfloat_with_epsilon (table[cols + 3], (float) pow (1 - 0.001, 99), 2e-5f);
  munmap (table, rows * page);
  munmap (m, rows * page);
  munmap (v, rows * page);
}

static void
test_errors (void)
{
  static const Case   c = { WB_OPTIMIZER_ADAMW, 4, 3, 1, 0, 0, 0.9, 0.01 };
  static const gint32 wrong[][2] = { { 1, 1 }, { 2, 1 }, { -1, 0 }, { 0, 4 } };
  g_autoptr (WbBackend) backend = backend_new (1);
  Tables                tables = tables_new (&c, 1);
  const WbOptimizerStep step = tables_step (&tables, 1);
  WbOptimizerRowsArgs   args = {
      .step = &step,
      .factors = tables.factors,
      .n_updates = 1,
      .table = tables.lazy[0],
      .m = tables.lazy[1],
      .v = tables.lazy[2],
      .row_updates = tables.row_updates,
      .row_touched = tables.row_touched,
      .n_ids = 2,
  };

  tables.factors[0] = wb_optimizer_step_get_factors (&step);
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      args.ids = wrong[i];
      g_assert_false (wb_optimizer_update_rows (backend, &args, &error));
      g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
    }
  {
    const gint32 ids[] = { 0, 1 };
    g_autoptr (GError) error = NULL;

    args.ids = ids;
    args.g = wb_tensor_matrix (tables.lazy[3].data, WB_DTYPE_F32, 3, 3);
    g_assert_false (wb_optimizer_update_rows (backend, &args, &error));
    g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE);
  }
  tables_clear (&tables);
}

/* How long a row takes that is 10,000 updates behind; a number to look at, not a bound.  */
static void
test_time_far_behind (void)
{
  static const Case c = { WB_OPTIMIZER_ADAMW, 64, 768, 10000, 0, 0, 0.9, 0.01 };
  g_autoptr (WbBackend) backend = backend_new (1);
  Tables          tables = tables_new (&c, 1);
  WbOptimizerStep step;
  double          touched, untouched;

  for (guint u = 0; u < c.n_updates; u++)
    {
      step = tables_step (&tables, u + 1);
      tables.factors[u] = wb_optimizer_step_get_factors (&step);
    }
  for (gint32 i = 0; i < 32; i++)
    tables.ids[i] = 2 * i;
  tables_draw_gradient (&tables, 32);
  tables_update_rows (&tables, backend, &step, 100, tables.ids, 32, TRUE);
  g_test_timer_start ();
  tables_update_rows (&tables, backend, &step, c.n_updates, tables.ids, 32, FALSE);
  touched = g_test_timer_elapsed ();
  for (gint32 i = 0; i < 32; i++)
    tables.ids[i] = 2 * i + 1;
  g_test_timer_start ();
  tables_update_rows (&tables, backend, &step, c.n_updates, tables.ids, 32, FALSE);
  untouched = g_test_timer_elapsed ();
  g_test_minimized_result (touched / 32 * 1e3, "a touched row of 768, 9,900 behind: %.3f ms",
                           touched / 32 * 1e3);
  g_test_minimized_result (untouched / 32 * 1e3, "an untouched one, 10,000 behind: %.3f ms",
                           untouched / 32 * 1e3);
  tables_clear (&tables);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      static const char *const names[] = { "adamw", "adam", "admax", "radam" };
      g_autofree char         *path =
          g_strdup_printf ("/engine/optimizer-rows/equals-dense/%zu-%s", i, names[cases[i].kind]);

      g_test_add_data_func (path, &cases[i], test_equals_dense);
    }
  g_test_add_func ("/engine/optimizer-rows/other-rows-not-read", test_other_rows_not_read);
  g_test_add_func ("/engine/optimizer-rows/errors", test_errors);
  if (g_test_perf ())
    g_test_add_func ("/engine/optimizer-rows/time-far-behind", test_time_far_behind);
  return g_test_run ();
}
