#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "app/cli/wb-cli-settings-private.h"
#include "app/cli/wb-cli.h"
#include "app/core/wb-json.h"
#include "app/core/wb-app-error.h"
#include "app/feed/wb-feed-private.h"
#include "engine/core/wb-rng.h"
#include "engine/train/wb-trainer.h"

#define N_EXAMPLES 2048
#define LEAST_STEPS 2

/* Shapes of the released models (fact sheet 1.1). */
typedef struct
{
  const char *name;
  guint       layers;
  guint       hidden;
  guint       heads;
  guint       intermediate;
} Shape;

static const Shape shapes[] = {
  { "tiny", 2, 128, 2, 512 }, /* of nobody's release: what trains from scratch in minutes */
  { "xsmall", 12, 384, 6, 1536 },
  { "small", 6, 768, 12, 3072 },
  { "base", 12, 768, 12, 3072 },
};

/* Lengths as real tasks have them: single sentences, pairs, and every text at the maximum. */
static const char *const distributions[] = { "short", "pairs", "full" };

typedef struct
{
  WbCli      *cli;
  WbBackend  *backend;
  WbSettings *settings;
  double      seconds; /* of a measurement */
  GPtrArray  *rows;
} Bench;

/* What was measured, of training or prediction. */
typedef struct
{
  const Shape *shape;
  const char  *lengths;
  const char  *what;
  gsize        steps;
  gsize        tokens;
  gsize        examples;
  double       seconds;
  double       flops;
} Measure;

static WbModelConfig *
make_config (const Shape *shape, GError **error)
{
  g_autofree char *json = g_strdup_printf (
      "{\"model_type\": \"deberta-v2\", \"hidden_size\": %u, \"num_hidden_layers\": %u,"
      " \"num_attention_heads\": %u, \"intermediate_size\": %u, \"vocab_size\": 128100,"
      " \"max_position_embeddings\": 512, \"type_vocab_size\": 0, \"relative_attention\": true,"
      " \"max_relative_positions\": -1, \"position_buckets\": 256, \"position_biased_input\": "
      "false,"
      " \"pos_att_type\": \"p2c|c2p\", \"share_att_key\": true, \"norm_rel_ebd\": \"layer_norm\","
      " \"layer_norm_eps\": 1e-7, \"pooler_dropout\": 0, \"pooler_hidden_act\": \"gelu\"}",
      shape->hidden, shape->layers, shape->heads, shape->intermediate);

  return wb_model_config_parse (json, -1, shape->name, error);
}

static WbFeatures *
make_features (const char *lengths, gsize max_length)
{
  const WbRandom      random = { 1, 0, wb_random_stream (WB_RANDOM_ORDER, 2) };
  g_autofree guint32 *n = g_new (guint32, N_EXAMPLES);

  for (guint32 i = 0; i < N_EXAMPLES; i++)
    {
      const double u = wb_random_u32 (&random, 0, i) / 4294967296.0;

      n[i] = (guint32) max_length;
      if (strcmp (lengths, "short") == 0)
        n[i] = (guint32) (6 + 60 * u * u);
      else if (strcmp (lengths, "pairs") == 0)
        n[i] = (guint32) (24 + 232 * u * u * u);
      n[i] = MIN (n[i], (guint32) max_length);
    }
  return wb_features_new_random (n, N_EXAMPLES, 128000, 1);
}

/* Useful operations of a forward pass: layers · (24 H² + 8 n H) a token. */
static double
count_flops (const Shape *shape, const WbBatch *batch)
{
  double sum = 0;

  for (gsize i = 0; i < batch->n_sequences; i++)
    {
      const double n = batch->cu_seqlens[i + 1] - batch->cu_seqlens[i];
      sum += n * shape->layers * (24.0 * shape->hidden * shape->hidden + 8.0 * n * shape->hidden);
    }
  return sum;
}

static double
seconds_since (gint64 start)
{
  return (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
}

static void
add_parts (Measure *measure, const WbBatch *parts, gsize n_parts, double passes)
{
  for (gsize i = 0; i < n_parts; i++)
    {
      measure->tokens += parts[i].n_tokens;
      measure->examples += parts[i].n_sequences;
      measure->flops += passes * count_flops (measure->shape, &parts[i]);
    }
}

static gboolean
measure_training (Bench *self, WbModel *model, WbFeed *feed, Measure *measure, GError **error)
{
  const WbTrainerOptions options = { .optimizer = WB_OPTIMIZER_ADAMW,
                                     .schedule = WB_SCHEDULE_CONSTANT,
                                     .learning_rate = 1e-5,
                                     .weight_decay = 0.01,
                                     .beta1 = 0.9,
                                     .beta2 = 0.999,
                                     .epsilon = 1e-8,
                                     .max_grad_norm = 1,
                                     .layer_decay = 1,
                                     .total_steps = 1000000,
                                     .seed = 1 };
  g_autoptr (WbTrainer) trainer = wb_trainer_new (model, &options, error);
  gint64 start = g_get_monotonic_time ();

  if (trainer == NULL)
    return FALSE;
  for (guint64 step = 0; measure->steps < LEAST_STEPS || measure->seconds < self->seconds; step++)
    {
      const WbBatch *parts;
      gsize          n_parts;
      WbDistinctIds  distinct;
      WbStepStats    stats;

      wb_feed_get (feed, step, &parts, &n_parts, &distinct);
      if (!wb_trainer_step (trainer, parts, n_parts, &distinct, &stats, error))
        return FALSE;
      if (step == 0) /* touches memory for the first time */
        {
          start = g_get_monotonic_time ();
          continue;
        }
      measure->steps++;
      add_parts (measure, parts, n_parts, 3);
      measure->seconds = seconds_since (start);
      wb_cli_progress (self->cli, "measuring training", -1, measure->shape->name, -1);
    }
  return TRUE;
}

static gboolean
measure_prediction (Bench *self, WbModel *model, WbFeed *feed, Measure *measure, GError **error)
{
  g_autofree float *logits = g_new (float, 2 * wb_feed_get_max_part_examples (feed));
  gint64            start = g_get_monotonic_time ();

  for (guint64 step = 0; measure->steps < LEAST_STEPS || measure->seconds < self->seconds; step++)
    {
      const WbBatch *parts;
      gsize          n_parts;
      WbDistinctIds  distinct;

      wb_feed_get (feed, step, &parts, &n_parts, &distinct);
      for (gsize i = 0; i < n_parts; i++)
        if (!wb_model_predict (model, &parts[i], logits, error))
          return FALSE;
      if (step == 0)
        {
          start = g_get_monotonic_time ();
          continue;
        }
      measure->steps++;
      add_parts (measure, parts, n_parts, 1);
      measure->seconds = seconds_since (start);
      wb_cli_progress (self->cli, "measuring prediction", -1, measure->shape->name, -1);
    }
  return TRUE;
}

static double
peak_memory (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) usage.ru_maxrss * 1024;
}

static void
print_object (const Measure *measure, double memory)
{
  g_autoptr (WbJson) json = wb_json_new ();

  wb_json_begin_object (json, NULL);
  wb_json_text (json, "model", measure->shape->name);
  wb_json_text (json, "lengths", measure->lengths);
  wb_json_text (json, "what", measure->what);
  wb_json_integer (json, "steps", (gint64) measure->steps);
  wb_json_double (json, "seconds", measure->seconds);
  wb_json_double (json, "tokens_per_second", (double) measure->tokens / measure->seconds);
  wb_json_double (json, "examples_per_second", (double) measure->examples / measure->seconds);
  wb_json_double (json, "ms_per_step", 1000 * measure->seconds / (double) measure->steps);
  wb_json_double (json, "gflops", measure->flops / measure->seconds / 1e9);
  wb_json_double (json, "peak_memory", memory);
  wb_json_end_object (json);
  wb_json_print (json);
}

static void
add_row (Bench *self, const Measure *measure, double memory)
{
  GStrvBuilder    *cells = g_strv_builder_new ();
  g_autofree char *tokens = g_strdup_printf ("%.0f", (double) measure->tokens / measure->seconds);
  g_autofree char *examples =
      g_strdup_printf ("%.1f", (double) measure->examples / measure->seconds);
  g_autofree char *step =
      g_strdup_printf ("%.0f", 1000 * measure->seconds / (double) measure->steps);
  g_autofree char *gflops = g_strdup_printf ("%.1f", measure->flops / measure->seconds / 1e9);
  g_autofree char *peak = g_strdup_printf ("%.0f", memory / 1e6);

  if (self->cli->json)
    print_object (measure, memory);
  g_strv_builder_add_many (cells, measure->shape->name, measure->lengths, measure->what, tokens,
                           examples, step, gflops, peak, NULL);
  g_ptr_array_add (self->rows, g_strv_builder_end (cells));
  g_strv_builder_unref (cells);
}

static gboolean
measure_model (Bench *self, const Shape *shape, const char *lengths, GError **error)
{
  const gsize         max_length = wb_settings_get_count (self->settings, "max-length");
  const WbFeedOptions options = {
    .order = WB_ORDER_GROUPED,
    .batch_size = wb_settings_get_count (self->settings, "batch-size"),
    .accumulation = 1,
    .seed = 1,
  };
  const WbHeadSpec head = { .kind = WB_HEAD_CLASSIFICATION, .n_labels = 2 };
  g_autoptr (WbModelConfig) config = make_config (shape, error);
  g_autoptr (WbFeatures) features = make_features (lengths, max_length);
  g_autoptr (WbFeed) feed = wb_feed_new (features, &options);
  g_autoptr (WbModel) model =
      config != NULL ? wb_model_new (self->backend, config, &head, error) : NULL;
  const WbModelLimits limits = {
    .max_tokens = wb_feed_get_max_part_tokens (feed),
    .max_sequences = wb_feed_get_max_part_examples (feed),
    .max_length = wb_features_get_longest (features),
    .max_distinct = wb_feed_get_max_distinct (feed, 128100),
    .training = TRUE,
  };
  Measure training = { shape, lengths, "train" }, prediction = { shape, lengths, "predict" };

  if (model == NULL || !wb_model_initialize (model, 1, FALSE, error) ||
      !wb_model_reserve (model, &limits, error) ||
      !measure_prediction (self, model, feed, &prediction, error) ||
      !measure_training (self, model, feed, &training, error))
    return FALSE;
  wb_cli_progress_clear (self->cli);
  add_row (self, &training, peak_memory ());
  add_row (self, &prediction, peak_memory ());
  return TRUE;
}

/* Whether a comma-separated list (NULL: all) names @name. */
static gboolean
names (const char *list, const char *name)
{
  g_auto (GStrv) words = g_strsplit (list != NULL ? list : name, ",", -1);
  return g_strv_contains ((const char *const *) words, name);
}

static gboolean
check_list (const char *list, const char *what, const char *const *known, int *status)
{
  g_auto (GStrv) words = g_strsplit (list != NULL ? list : "", ",", -1);
  g_autofree char *all = g_strjoinv (", ", (char **) known);

  for (gsize i = 0; words[i] != NULL; i++)
    if (!g_strv_contains (known, words[i]))
      {
        *status = wb_cli_usage ("there are no %s “%s”; there are %s", what, words[i], all);
        return FALSE;
      }
  return TRUE;
}

static gboolean
measure_all (Bench *self, const char *sizes, const char *lengths, GError **error)
{
  for (gsize s = 0; s < G_N_ELEMENTS (shapes); s++)
    for (gsize d = 0; d < G_N_ELEMENTS (distributions); d++)
      if (names (sizes, shapes[s].name) && names (lengths, distributions[d]) &&
          !measure_model (self, &shapes[s], distributions[d], error))
        return FALSE;
  return TRUE;
}

static int
bench (Bench *self, const char *sizes, const char *lengths)
{
  static const char *const headings[] = { "MODEL",      "LENGTHS", "WHAT",    "TOKENS/S",
                                          "EXAMPLES/S", "MS/STEP", "GFLOP/S", "PEAK MB" };
  GError                  *error = NULL;
  g_autofree char         *machine = NULL;

  self->backend =
      wb_backend_open (wb_settings_get (self->settings, "backend"),
                       (guint) wb_settings_get_count (self->settings, "threads"), &error);
  if (self->backend == NULL)
    return wb_cli_fail (error);
  machine = wb_backend_dup_fingerprint (self->backend);
  if (!self->cli->json)
    wb_cli_print ("%s\n", machine);
  if (!measure_all (self, sizes, lengths, &error))
    return wb_cli_fail (error);
  if (!self->cli->json)
    wb_cli_print_table (headings, "lllrrrrr", self->rows);
  return WB_EXIT_OK;
}

int
wb_cli_bench (WbCli *cli, int argc, char **argv)
{
  static const char *const all_sizes[] = { "tiny", "xsmall", "small", "base", NULL };
  static const char *const all_lengths[] = { "short", "pairs", "full", NULL };
  Bench                    self = { .cli = cli, .seconds = 5 };
  WbCliSettings            own = { 0 };
  g_autofree char         *sizes = NULL, *lengths = NULL;
  const GOptionEntry       entries[] = {
          { "size", 0, 0, G_OPTION_ARG_STRING, &sizes, "Of tiny, xsmall, small, base (all)", "NAME[,…]" },
          { "lengths", 0, 0, G_OPTION_ARG_STRING, &lengths, "Of short, pairs, full (all)", "NAME[,…]" },
          { "seconds", 0, 0, G_OPTION_ARG_DOUBLE, &self.seconds, "Of each measurement (5)", "N" },
          { NULL },
  };
  g_autofree GOptionEntry *all = wb_cli_settings_merge (&own, entries);
  g_autoptr (WbSettings) settings = wb_settings_new ();
  GError *error = NULL;
  int     status;

  self.settings = settings;
  if (!wb_cli_parse (cli, all, "",
                     "Random weights in the shapes of the released v3 models, random tokens.",
                     &argc, &argv, &status) ||
      !wb_cli_has_arguments (argc, argv, 0, &status) ||
      !check_list (sizes, "sizes", all_sizes, &status) ||
      !check_list (lengths, "lengths", all_lengths, &status))
    status += 0;
  else if (!wb_cli_settings_fill (&own, settings, &error))
    status = wb_cli_fail (error);
  else
    {
      self.rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
      status = bench (&self, sizes, lengths);
      g_ptr_array_unref (self.rows);
      g_clear_pointer (&self.backend, wb_backend_close);
    }
  wb_cli_settings_clear (&own);
  return status;
}
