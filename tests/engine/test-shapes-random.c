#include "config.h"

#include "engine/model/wb-model.h"
#include "tests/support/wb-test-shapes.h"
#include "tests/support/wb-test-worst.h"

/* Random combinations of everything that a configuration can say, each with a head: outputs, loss,
 * and the whole gradient's norm and signed sums, against transformers in double. */

/* Worst of three instruction sets: 1.8e-6, 5.2e-7 and 9.5e-6. */
#define OUTPUT_BOUND 5e-6   /* of the largest output, and of 1 */
#define LOSS_BOUND 3e-6     /* relative */
#define GRADIENT_BOUND 5e-5 /* of the gradient's norm */

typedef struct
{
  double output, loss, gradient;
} Worst;

static gint
compare_names (gconstpointer a, gconstpointer b, gpointer table)
{
  return strcmp (wb_parameter_table_get (table, *(const gsize *) a)->name,
                 wb_parameter_table_get (table, *(const gsize *) b)->name);
}

/* Tensors one after another in the order of their names; @n: (out) elements; (transfer full) */
static double *
dup_whole_gradient (WbModel *model, const WbTestShapeBatch *batch, gsize *n)
{
  const WbParameterTable *table = wb_model_get_table (model);
  const gsize             n_tensors = wb_parameter_table_get_n (table);
  g_autofree gsize       *order = g_new (gsize, n_tensors);
  double                 *out = g_new (double, wb_parameter_table_get_n_elements (table));

  for (gsize t = 0; t < n_tensors; t++)
    order[t] = t;
  g_qsort_with_data (order, (gint) n_tensors, sizeof *order, compare_names, (gpointer) table);
  *n = 0;
  for (gsize i = 0; i < n_tensors; i++)
    {
      const gsize        size = wb_parameter_table_get (table, order[i])->n_elements;
      g_autofree double *one = wb_test_shape_gradient (model, batch, order[i]);

      memcpy (out + *n, one, size * sizeof *out);
      *n += size;
    }
  return out;
}

static void
check_outputs (WbModel *model, const WbBatch *batch, JsonObject *item, Worst *worst)
{
  g_autoptr (GError) error = NULL;
  JsonArray        *shape = json_object_get_array_member (item, "shape");
  JsonArray        *want = json_object_get_array_member (item, "outputs");
  g_autofree float *got = NULL;
  gsize             rows, cols;
  double            largest = 1;

  wb_model_get_output_shape (model, batch, &rows, &cols);
  g_assert_cmpint ((gint64) rows, ==, json_array_get_int_element (shape, 0));
  g_assert_cmpint ((gint64) cols, ==, json_array_get_int_element (shape, 1));
  got = g_new (float, rows *cols);
  g_assert_true (wb_model_predict (model, batch, got, &error));
  g_assert_no_error (error);
  for (gsize i = 0; i < rows * cols; i++)
    largest = wb_test_worse (largest, fabs ((double) got[i]));
  g_assert_cmpuint (json_array_get_length (want), >, 0);
  for (guint i = 0; i < json_array_get_length (want); i++)
    worst->output = wb_test_worse (worst->output, fabs ((double) got[i * 7919 % (rows * cols)] -
                                                        json_array_get_double_element (want, i)) /
                                                      largest);
}

static void
check_training (WbModel *model, const WbTestShapeBatch *batch, JsonObject *item, Worst *worst)
{
  const double want = json_object_get_double_member (item, "loss");
  g_autoptr (GError) error = NULL;
  g_autofree double *gradient = NULL;
  WbLossWeight       weight = { 0 };
  double             loss;
  gsize              n;

  g_assert_true (wb_head_spec_add_weight (wb_model_get_head (model), wb_model_get_config (model),
                                          &batch->batch, &weight, &error));
  g_assert_true (wb_model_clear_gradients (model, batch->distinct.n_ids, &error));
  g_assert_true (wb_model_train_part (model, &batch->batch, 1, 1, &weight, &loss, &error));
  g_assert_no_error (error);
  worst->loss = wb_test_worse (worst->loss, fabs (loss - want) / want);
  gradient = dup_whole_gradient (model, batch, &n);
  g_assert_cmpint ((gint64) n, ==, json_object_get_int_member (item, "n"));
  worst->gradient =
      wb_test_worse (worst->gradient, wb_test_shape_compare_sums (item, gradient, n).norm);
}

static Worst
check_item (JsonObject *item, WbBackend *backend)
{
  const WbHeadSpec spec = wb_test_shape_head (json_object_get_string_member (item, "head"));
  JsonObject      *sequences = json_object_get_object_member (item, "batch");
  g_autoptr (GError) error = NULL;
  g_autoptr (WbModelConfig) config = wb_test_shape_config (item);
  g_autoptr (WbModel) model = wb_test_model_new (backend, config, &spec, wb_test_form_shapes);
  g_autoptr (WbTestShapeBatch) batch = wb_test_shape_batch_new (sequences, sequences);
  WbModelLimits limits = { .training = TRUE };
  Worst         worst = { 0 };

  wb_test_shape_batch_limit (batch, &limits);
  g_assert_true (wb_model_reserve (model, &limits, &error));
  g_assert_no_error (error);
  check_outputs (model, &batch->batch, item, &worst);
  check_training (model, batch, item, &worst);
  return worst;
}

static void
fail (JsonObject *item, guint i, const Worst *worst)
{
  g_autofree char *config = json_to_string (json_object_get_member (item, "config"), FALSE);

  g_error ("combination %u, %s, %s: outputs off by %g, loss %g, gradient %g", i,
           json_object_get_string_member (item, "head"), config, worst->output, worst->loss,
           worst->gradient);
}

static void
test_combinations (void)
{
  g_autoptr (JsonObject) vectors = wb_test_packed_load ("shapes-random");
  g_autoptr (WbBackend) backend = wb_test_backend_open (1);
  JsonArray *items = json_object_get_array_member (vectors, "items");
  Worst      all = { 0 };

  g_assert_cmpuint (json_array_get_length (items), ==, 300);
  for (guint i = 0; i < json_array_get_length (items); i++)
    {
      JsonObject *item = json_array_get_object_element (items, i);
      const Worst one = check_item (item, backend);

      if (!(one.output < OUTPUT_BOUND && one.loss < LOSS_BOUND && one.gradient < GRADIENT_BOUND))
        fail (item, i, &one);
      all.output = wb_test_worse (all.output, one.output);
      all.loss = wb_test_worse (all.loss, one.loss);
      all.gradient = wb_test_worse (all.gradient, one.gradient);
    }
  g_test_message ("outputs off by %.2g, losses %.2g, gradients %.2g", all.output, all.loss,
                  all.gradient);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/shapes/random", test_combinations);
  return g_test_run ();
}
