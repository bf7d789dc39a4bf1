#include "config.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "app/worker/wb-trial-private.h"
#include "engine/checkpoint/wb-checkpoint.h"
#include "engine/core/wb-rng.h"
#include "engine/tokenizer/wb-tokenizer-train.h"

/* bench-trial FOLDER [THREADS [LAYERS [WIDTH]]]: what "Try it" takes for one pair of about thirty
 * tokens, on a model of random weights in the shape of v3-small (6 layers of 768) that is written
 * to FOLDER once: loading, then the median and the worst of 60 texts that grow by a word each, and
 * the processor's time of one, which other programs do not lengthen much. */

#define TEXTS 60

static const char json[] =
    "{\"model_type\": \"deberta-v2\", \"vocab_size\": 128100, \"hidden_size\": %d,"
    " \"num_hidden_layers\": %d, \"num_attention_heads\": %d, \"intermediate_size\": %d,"
    " \"max_position_embeddings\": 512, \"type_vocab_size\": 0, \"relative_attention\": true,"
    " \"position_buckets\": 256, \"norm_rel_ebd\": \"layer_norm\", \"share_att_key\": true,"
    " \"pos_att_type\": \"p2c|c2p\", \"position_biased_input\": false, \"layer_norm_eps\": 1e-7,"
    " \"max_relative_positions\": -1, \"hidden_act\": \"gelu\"}";

static void
check (gboolean ok, GError **error)
{
  if (ok)
    return;
  g_printerr ("%s\n", (*error)->message);
  exit (1);
}

static void
make_model (const char *folder, int layers, int width)
{
  static const char *const sentences[] = { "the dog saw the cat", "a small house near the river",
                                           "they met on the bridge at noon", NULL };
  g_autofree char         *text = g_strdup_printf (json, width, layers, width / 64, 4 * width);
  g_autoptr (GError) error = NULL;
  g_autoptr (WbBackend) backend = wb_backend_open ("cpu", 0, &error);
  g_autoptr (WbModelConfig) config = wb_model_config_parse (text, -1, "bench", &error);
  const WbHeadSpec head = { .kind = WB_HEAD_CLASSIFICATION, .n_labels = 2 };
  g_autoptr (WbModel) model = NULL;

  check (backend != NULL && config != NULL, &error);
  check (wb_tokenizer_train (sentences, 3, 300, TRUE, folder, &error), &error);
  model = wb_model_new (backend, config, &head, &error);
  check (model != NULL && wb_model_initialize (model, 1, FALSE, &error) &&
             wb_checkpoint_save (model, folder, NULL, &error),
         &error);
}

static int
compare (const void *a, const void *b)
{
  return (*(const double *) a > *(const double *) b) - (*(const double *) a < *(const double *) b);
}

static void
ask (WbPredictor *predictor, double *milliseconds, double *processor)
{
  struct timespec before, after;

  const WbTask *task = wb_task_find ("rte");
  g_autoptr (GString) text = g_string_new ("the");

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &before);
  for (guint i = 0; i < TEXTS; i++)
    {
      g_autoptr (GError) error = NULL;
      WbTrialResult *result;

      if (i % 10 == 0)
        g_string_assign (text, "the small dog saw");
      g_string_append (text, " the");
      result = wb_trial_compute (predictor, task, text->str, "a cat near the river", &error);
      check (result != NULL, &error);
      milliseconds[i] = result->milliseconds;
      wb_trial_result_free (result);
    }
  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &after);
  *processor = ((double) (after.tv_sec - before.tv_sec) * 1e3 +
                (double) (after.tv_nsec - before.tv_nsec) / 1e6) /
               TEXTS;
}

int
main (int argc, char **argv)
{
  const char *threads = argc > 2 ? argv[2] : "2";
  g_autoptr (WbSettings) settings = wb_settings_new ();
  g_autoptr (WbPredictor) predictor = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *weights = NULL;
  double           milliseconds[TEXTS], processor;
  gint64           start;

  if (argc < 2)
    {
      g_printerr ("bench-trial FOLDER [THREADS [LAYERS [WIDTH]]]\n");
      return 2;
    }
  weights = g_build_filename (argv[1], "model.safetensors", NULL);
  g_mkdir_with_parents (argv[1], 0755);
  if (!g_file_test (weights, G_FILE_TEST_EXISTS))
    make_model (argv[1], argc > 3 ? atoi (argv[3]) : 6, argc > 4 ? atoi (argv[4]) : 768);
  check (wb_settings_set (settings, "threads", threads, &error), &error);
  start = g_get_monotonic_time ();
  predictor = wb_predictor_open (argv[1], wb_task_find ("rte"), settings, &error);
  check (predictor != NULL, &error);
  printf ("loading %.0f ms\n", (double) (g_get_monotonic_time () - start) / 1000);
  ask (predictor, milliseconds, &processor);
  printf ("first text %.1f ms\n", milliseconds[0]);
  qsort (milliseconds, TEXTS, sizeof *milliseconds, compare);
  printf ("%s threads, %d texts: median %.1f ms, 95 %% %.1f ms, worst %.1f ms; processor %.1f ms a "
          "text\n",
          threads, TEXTS, milliseconds[TEXTS / 2], milliseconds[TEXTS * 95 / 100],
          milliseconds[TEXTS - 1], processor);
  return 0;
}
