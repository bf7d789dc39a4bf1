#include "config.h"

#include "engine/model/wb-model.h"
#include "tests/support/wb-test-shapes.h"

/* Outputs, loss and every gradient of every head over models of many shapes, against transformers
 * in double. */

/* transformers' own F32 is off by 2.2e-6, 3.4e-7 and 4.3e-6, the engine by 2.3e-6, 3.8e-7 and the
 * 16 bits. */
#define OUTPUT_BOUND 5e-6
#define LOSS_BOUND 2e-6     /* relative */
#define GRADIENT_BOUND 1e-4 /* of the largest of the tensor */
#define ZERO_BOUND 1e-6     /* of the model's largest: the true gradient is zero */

static const char *const shapes[] = {
  "v1",        "v1-wide",  "conv3",      "conv5",       "v3",        "c2p",  "p2c",     "own-keys",
  "buckets32", "absolute", "no-buckets", "no-relative", "one-layer", "long", "long-v1",
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
  gsize              rows, cols, size;

  wb_model_get_output_shape (model, batch, &rows, &cols);
  g_assert_cmpint ((gint64) rows, ==, json_array_get_int_element (shape, 0));
  g_assert_cmpint ((gint64) cols, ==, json_array_get_int_element (shape, 1));
  want = g_base64_decode (json_object_get_string_member (head, "outputs"), &size);
  g_assert_cmpuint (size, ==, rows * cols * sizeof (float));
  got = g_new (float, rows *cols);
  g_assert_true (wb_model_predict (model, batch, got, &error));
  g_assert_no_error (error);
  for (gsize i = 0; i < rows * cols; i++)
    {
      float exact;

      memcpy (&exact, want + i * sizeof exact, sizeof exact);
      worst->output = MAX (worst->output, fabs ((double) got[i] - (double) exact));
    }
}

/* @gradient: as published, whole; (transfer full) */
static float *
dup_gradient (WbModel *model, const WbTestShapeBatch *batch, gsize t)
{
  const WbParameter *p = wb_parameter_table_get (wb_model_get_table (model), t);
  const WbTensor     stored = wb_model_get_gradient (model, t);
  float             *out = g_new0 (float, p->n_elements);

  if (p->unused)
    return out;
  if (!p->sparse)
    {
      wb_parameter_publish (p, out, stored.data);
      return out;
    }
  for (gsize i = 0; i < batch->distinct.n_ids; i++)
    memcpy (out + (gsize) batch->distinct.ids[i] * p->dims[1],
            (const float *) stored.data + i * stored.stride, p->dims[1] * sizeof *out);
  return out;
}

static void
check_gradient (WbModel                *model,
                const WbTestShapeBatch *batch,
                gsize                   t,
                JsonObject             *head,
                Worst                  *worst)
{
  const WbParameter *p = wb_parameter_table_get (wb_model_get_table (model), t);
  JsonArray         *gradients = json_object_get_array_member (head, "gradients");
  g_autofree double *want =
      wb_test_shape_unpack (wb_test_shape_find (gradients, p->name), p->n_elements);
  g_autofree float *got = dup_gradient (model, batch, t);
  double            off = 0, size = 0;

  g_assert_true ((want == NULL) ==
                 wb_test_shape_is_zero (wb_model_get_config (model), wb_model_get_head (model), p));
  for (gsize i = 0; i < p->n_elements; i++)
    {
      off = MAX (off, fabs ((double) got[i] - (want != NULL ? want[i] : 0)));
      size = MAX (size, want != NULL ? fabs (want[i]) : 0);
    }
  if (want == NULL)
    off /= json_object_get_double_member (head, "largest");
  else
    off /= size;
  if (!(off < (want == NULL ? ZERO_BOUND : GRADIENT_BOUND)))
    g_error ("%s: gradient off by %g of the largest", p->name, off);
  if (want == NULL)
    worst->zero = MAX (worst->zero, off);
  else
    worst->gradient = MAX (worst->gradient, off);
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
  worst->loss = MAX (worst->loss, fabs (loss - want) / want);
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
  g_autoptr (JsonObject) shape = wb_test_shape_load (data);
  g_autoptr (WbBackend) backend = wb_test_backend_open (1);
  JsonArray *heads = json_object_get_array_member (shape, "heads");

  for (guint i = 0; i < json_array_get_length (heads); i++)
    check_head (shape, json_array_get_object_element (heads, i), backend);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autofree char *path = g_strconcat ("/engine/shapes/heads/", shapes[i], NULL);

      g_test_add_data_func (path, shapes[i], test_shape);
    }
  return g_test_run ();
}
