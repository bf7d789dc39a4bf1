#include "config.h"

#include "engine/ref/wb-ref-model.h"
#include "tests/support/wb-test-golden.h"

/* Hidden states of fact sheet 13 and 13.1: rows of real tokens through the engine, padded ones
 * through the definition alone, both ways that there are. */

typedef struct
{
  gint         layer;
  gsize        position;
  WbRefPadding padding; /* of rows at position 5 */
  double       row[8];
} State;

#define UP WB_REF_PADDING_ZERO
#define HF WB_REF_PADDING_UNIFORM

static const State v2[] = {
  { -1,
    1,
    UP,
    { 0.685390072, 0.816340599, 0.735883324, 0.491060010, -0.020090822, -0.761986650, -1.379015694,
      -1.439335054 } },
  { 0,
    0,
    UP,
    { 0.070132815, -0.652023197, 0.454866523, 0.761060147, 0.608734400, 0.673536492, -0.417997819,
      -2.441436674 } },
  { 0,
    3,
    UP,
    { -2.449573660, -1.136413614, 0.363952676, -0.293922162, -0.049074587, 1.119862819, 1.243944125,
      1.335374427 } },
  { 0, 5, UP, { 0 } },
  { 0, 5, HF, { 0 } },
  { 1,
    0,
    UP,
    { 0.073063870, -0.280797309, 0.709187014, 0.467046606, 0.411700330, 1.594613987, 0.130786310,
      -3.187868601 } },
  { 1,
    3,
    UP,
    { -1.377121465, -0.367223312, 0.378369422, -0.725200929, -0.167199501, 1.922567946, 1.629000053,
      0.619859375 } },
  { 1,
    5,
    UP,
    { -0.832704989, -1.086552927, -0.750743309, 0.122009427, 1.208335439, 1.734312469, 1.304622615,
      0.519614978 } },
  { 1,
    5,
    HF,
    { -0.419739986, 0.567235568, 0.107659633, -1.218396030, -0.628041666, 1.664932364, 1.641872390,
      -0.481394009 } },
};

static const State v1[] = {
  { -1,
    1,
    UP,
    { 0.685390072, 0.816340599, 0.735883324, 0.491060010, -0.020090822, -0.761986650, -1.379015694,
      -1.439335054 } },
  { 0,
    0,
    UP,
    { 0.051324792, -0.119249689, -0.001121250, 0.522071311, 0.841446615, 0.436788769, -0.572597452,
      -1.395360188 } },
  { 0,
    3,
    UP,
    { -2.076015997, -1.287913388, -0.789983778, -0.673899566, -0.241887149, 0.623817887,
      1.181274180, 0.940097165 } },
  { 0,
    5,
    UP,
    { 2.749600018, 0.776275867, -0.128314584, -0.162993245, -0.302997823, -0.665870200,
      -0.839423953, -0.411749062 } },
  { 0,
    5,
    HF,
    { 1.100364983, 0.543730278, -0.742315406, -0.872871058, 0.230831488, 0.902266027, -0.021840682,
      -1.422822907 } },
  { 1,
    0,
    UP,
    { 0.493034600, 0.037332933, -0.519545174, 0.100795365, 1.644697895, 1.549025184, -0.781894190,
      -2.279154744 } },
  { 1,
    3,
    UP,
    { -0.525338017, -0.225263669, -0.748677432, -0.930192599, 0.596923978, 2.165879827, 1.498030251,
      0.224392255 } },
  { 1,
    5,
    UP,
    { 1.728923334, 0.455022823, -0.168355952, -0.215468217, -0.328388653, -0.614846376,
      -0.681128402, -0.311234620 } },
  { 1,
    5,
    HF,
    { 0.950464843, 0.487968494, -0.670477492, -0.817567074, 0.685338438, 1.464180434, -0.089791964,
      -1.484775231 } },
};

#define N_TOKENS 6
#define N_REAL 5

static WbTestBatch *
make_batch (gsize n)
{
  static const gint32 ids[N_TOKENS] = { 1, 5, 7, 3, 2, 0 };
  WbTestBatch        *batch = wb_test_batch_new ();

  wb_test_batch_add (batch, ids, NULL, n, 0, 2, 0);
  wb_test_batch_finish (batch, NULL);
  return batch;
}

/* (transfer full): (3, 6, 8), the embeddings and each layer by the definition */
static double *
define_states (WbModel *model, WbRefPadding padding)
{
  const gsize             real = N_REAL;
  const WbParameterTable *table = wb_model_get_table (model);
  const gsize             n = wb_parameter_table_get_n_stored (table);
  const float            *weights = wb_model_get_parameter (model, 0).data;
  g_autoptr (WbTestBatch) batch = make_batch (N_TOKENS);
  g_autofree double *exact = g_new (double, n);
  double             logits[3], *states = g_new (double, 3 * N_TOKENS * 8);
  const WbRefModel   ref = { .config = wb_model_get_config (model),
                             .head = &wb_golden_head,
                             .table = table,
                             .parameters = exact,
                             .real_lengths = &real,
                             .padding = padding };

  for (gsize i = 0; i < n; i++)
    exact[i] = (double) weights[i];
  wb_ref_model_logits (&ref, &batch->batch, logits, states);
  return states;
}

static void
check_states (const char *json, const State *rows, gsize n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbBackend) backend = wb_test_backend_open (2);
  g_autoptr (WbModel) model = wb_golden_model_new (backend, json, N_REAL);
  g_autoptr (WbTestBatch) batch = make_batch (N_REAL);
  g_autofree double *zero = define_states (model, UP);
  g_autofree double *uniform = define_states (model, HF);
  const double      *defined[] = { [UP] = zero, [HF] = uniform };
  float              states[N_REAL * 8];

  for (gsize i = 0; i < n; i++)
    {
      const gsize first = ((gsize) (rows[i].layer + 1) * N_TOKENS + rows[i].position) * 8;

      for (gsize c = 0; c < 8; c++)
        g_assert_cmpfloat_with_epsilon (defined[rows[i].padding][first + c], rows[i].row[c], 2e-7);
      if (rows[i].position >= N_REAL)
        continue;
      g_assert_true (wb_model_hidden_states (model, &batch->batch, rows[i].layer, states, &error));
      g_assert_no_error (error);
      wb_golden_assert_near (states + rows[i].position * 8, rows[i].row, 8);
    }
}

static void
test_v2 (void)
{
  check_states (WB_GOLDEN_V2, v2, G_N_ELEMENTS (v2));
}

static void
test_v1 (void)
{
  check_states (WB_GOLDEN_V1, v1, G_N_ELEMENTS (v1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/model/golden-states/v2", test_v2);
  g_test_add_func ("/engine/model/golden-states/v1", test_v1);
  return g_test_run ();
}
