#include "config.h"

#include "engine/model/wb-model.h"
#include "tests/support/wb-test-shapes.h"
#include "tests/support/wb-test-worst.h"

/* Outputs, loss and every gradient of every head over models of many shapes, against transformers
 * in double. */

/* transformers' own F32 is off by 3.6e-6, 5.2e-7 and 3.2e-6, the engine by 2.6e-6, 4.2e-7 and the
 * vectors' 16 bits. */
#define OUTPUT_BOUND 5e-6
#define LOSS_BOUND 2e-6     /* relative */
#define GRADIENT_BOUND 1e-4 /* of the largest of the tensor; big ones by sums, of their norm */
#define ZERO_BOUND 1e-6     /* of the model's largest: the true gradient is zero */

typedef struct
{
  const char *name;
  guint       n_heads; /* that the vectors have of it */
} Shape;

static const Shape shapes[] = {
  { "v1", 13 },        { "v1-wide", 10 },  { "conv3", 12 },      { "conv5", 12 },
  { "v3", 13 },        { "c2p", 12 },      { "p2c", 12 },        { "own-keys", 12 },
  { "buckets32", 12 }, { "absolute", 10 }, { "no-buckets", 12 }, { "no-relative", 12 },
  { "one-layer", 3 },  { "big", 3 },       { "big-v1", 2 },      { "long", 2 },
  { "long-v1", 2 },
};

typedef struct
{
  double output, loss, gradient, zero;
} Worst;

static void
check_outputs (WbModel *model, const WbBatch *batch, JsonObject *head, Worst *worst)
{
  g_autoptr (GError) error = NULL;
  g_autofree guchar *want = NULL;
  g_autofree float  *got = NULL;
  JsonArray         *shape = json_object_get_array_member (head, "shape");
  gsize              rows, cols, n, size;

  wb_model_get_output_shape (model, batch, &rows, &cols);
  g_assert_cmpint ((gint64) rows, ==, json_array_get_int_element (shape, 0));
  g_assert_cmpint ((gint64) cols, ==, json_array_get_int_element (shape, 1));
  want = g_base64_decode (json_object_get_string_member (head, "outputs"), &size);
  n = wb_test_shape_n_outputs (rows * cols);
  g_assert_cmpuint (size, ==, n * sizeof (float));
  got = g_new (float, rows *cols);
  g_assert_true (wb_model_predict (model, batch, got, &error));
  g_assert_no_error (error);
  for (gsize i = 0; i < n; i++)
    {
      const gsize at = wb_test_shape_output (rows * cols, i);
      float       exact;

      memcpy (&exact, want + i * sizeof exact, sizeof exact);
      worst->output = wb_test_worse (worst->output, fabs ((double) got[at] - (double) exact));
    }
}

static void
check_gradient (WbModel                *model,
                const WbTestShapeBatch *batch,
                gsize                   t,
                JsonObject             *head,
                Worst                  *worst)
{
  const WbParameter *p = wb_parameter_table_get (wb_model_get_table (model), t);
  JsonObject *want = wb_test_shape_find (json_object_get_array_member (head, "gradients"), p->name);
  g_autofree double *got = wb_test_shape_gradient (model, batch, t);
  double             off = 0;

  g_assert_true (wb_test_shape_has_none (want) ==
                 wb_test_shape_is_zero (wb_model_get_config (model), wb_model_get_head (model), p));
  if (!wb_test_shape_has_none (want))
    {
      off = wb_test_shape_compare (want, got, p->n_elements).largest;
      if (!(off < GRADIENT_BOUND))
        g_error ("%s: gradient off by %g of the largest", p->name, off);
      worst->gradient = wb_test_worse (worst->gradient, off);
      return;
    }
  for (gsize k = 0; k < p->n_elements; k++)
    off = wb_test_worse (off, fabs (got[k]) / json_object_get_double_member (head, "largest"));
  if (!(off < ZERO_BOUND))
    g_error ("%s: gradient off zero by %g of the model's largest", p->name, off);
  worst->zero = wb_test_worse (worst->zero, off);
}

static void
check_training (WbModel *model, const WbTestShapeBatch *batch, JsonObject *head, Worst *worst)
{
  const WbParameterTable *table = wb_model_get_table (model);
  const double            want = json_object_get_double_member (head, "loss");
  WbLossWeight            weight = { 0 };
  g_autoptr (GError) error = NULL;
  double loss;

  g_assert_cmpuint (wb_parameter_table_get_n (table), ==,
                    json_array_get_length (json_object_get_array_member (head, "gradients")));
  g_assert_true (wb_head_spec_add_weight (wb_model_get_head (model), wb_model_get_config (model),
                                          &batch->batch, &weight, &error));
  g_assert_no_error (error);
  g_assert_true (wb_model_clear_gradients (model, batch->distinct.n_ids, &error));
  g_assert_true (wb_model_train_part (model, &batch->batch, 1, 1, &weight, &loss, &error));
  g_assert_no_error (error);
  worst->loss = wb_test_worse (worst->loss, fabs (loss - want) / want);
  for (gsize t = 0; t < wb_parameter_table_get_n (table); t++)
    check_gradient (model, batch, t, head, worst);
}

static void
check_head (JsonObject *shape, JsonObject *head, WbBackend *backend)
{
  const char      *name = json_object_get_string_member (head, "head");
  const WbHeadSpec spec = wb_test_shape_head (name);
  g_autoptr (GError) error = NULL;
  g_autoptr (WbModelConfig) config = wb_test_shape_config (shape);
  g_autoptr (WbModel) model = wb_test_model_new (backend, config, &spec, wb_test_form_shapes);
  g_autoptr (WbTestShapeBatch) batch =
      wb_test_shape_batch_new (json_object_get_object_member (shape, "batch"),
                               json_object_get_object_member (head, "labels"));
  WbModelLimits limits = { .training = TRUE };
  Worst         worst = { 0 };

  wb_test_shape_batch_limit (batch, &limits);
  g_assert_true (wb_model_reserve (model, &limits, &error));
  g_assert_no_error (error);
  check_outputs (model, &batch->batch, head, &worst);
  check_training (model, batch, head, &worst);
  g_test_message ("%s: outputs off by %.2g, loss %.2g, gradients %.2g, zeros %.2g", name,
                  worst.output, worst.loss, worst.gradient, worst.zero);
  g_assert_cmpfloat (worst.output, <, OUTPUT_BOUND);
  g_assert_cmpfloat (worst.loss, <, LOSS_BOUND);
}

static void
test_shape (gconstpointer data)
{
  const Shape *shape_of = data;
  g_autoptr (JsonObject) shape = wb_test_shape_load (shape_of->name);
  g_autoptr (WbBackend) backend = wb_test_backend_open (1);
  JsonArray *heads = json_object_get_array_member (shape, "heads");

  g_assert_cmpuint (json_array_get_length (heads), ==, shape_of->n_heads);
  for (guint i = 0; i < json_array_get_length (heads); i++)
    check_head (shape, json_array_get_object_element (heads, i), backend);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autofree char *path = g_strconcat ("/engine/shapes/heads/", shapes[i].name, NULL);

      g_test_add_data_func (path, &shapes[i], test_shape);
    }
  return g_test_run ();
}
