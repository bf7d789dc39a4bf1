#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "engine/model/wb-model-inspect.h"

/* bench-inspect [THREADS [LENGTH]]: one text through a model of v3-base's size, every map of every
 * layer and head kept, over the fused forward pass of the same text; then a term of the middle
 * layer's first head switched off and on, and one layer looked at again. */

#define CONFIG                                                                                     \
  "{\"model_type\": \"deberta-v2\", \"vocab_size\": 1000, \"hidden_size\": 768, "                  \
  "\"num_hidden_layers\": 12, \"num_attention_heads\": 12, \"intermediate_size\": 3072, "          \
  "\"max_position_embeddings\": 512, \"relative_attention\": true, \"position_buckets\": 256, "    \
  "\"norm_rel_ebd\": \"layer_norm\", \"share_att_key\": true, \"pos_att_type\": \"p2c|c2p\", "     \
  "\"position_biased_input\": false, \"type_vocab_size\": 0}"
#define LAYERS 12
#define HEADS 12
#define REPEATS 7

typedef struct
{
  WbModel      *model;
  WbInspection *inspection;
  WbBatch       batch;
} Bench;

/* With one thread the processor's own time, which other programs do not stretch.  Seconds. */
static double
now (const WbModel *model)
{
  const gboolean  one = wb_backend_get_n_threads (wb_model_get_backend (model)) == 1;
  struct timespec t;

  clock_gettime (one ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &t);
  return (double) t.tv_sec + (double) t.tv_nsec * 1e-9;
}

static void
check (gboolean ok, GError *error)
{
  if (ok)
    return;
  fprintf (stderr, "%s\n", error->message);
  exit (1);
}

static void
want (Bench *self, gboolean everything)
{
  gsize heads[HEADS];

  for (gsize h = 0; h < HEADS; h++)
    heads[h] = h;
  for (gsize l = 0; l < LAYERS; l++)
    wb_inspection_want (self->inspection, l, heads, everything || l == LAYERS / 2 ? HEADS : 0);
}

static void
run_fused (Bench *self)
{
  GError *error = NULL;
  float   logits[2];

  check (wb_model_predict (self->model, &self->batch, logits, &error), error);
}

static void
run_inspection (Bench *self)
{
  GError *error = NULL;

  check (wb_inspection_run (self->inspection, NULL, NULL, &error), error);
}

/* A new text: nothing is remembered. */
static void
run_everything (Bench *self)
{
  GError *error = NULL;

  g_clear_pointer (&self->inspection, wb_inspection_free);
  self->inspection = wb_inspection_new (self->model, &self->batch, TRUE, &error);
  check (self->inspection != NULL, error);
  want (self, TRUE);
  run_inspection (self);
}

static void
run_switched (Bench *self)
{
  static gboolean off = FALSE;

  off = !off;
  wb_inspection_set_terms (self->inspection, LAYERS / 2, 0,
                           off ? WB_ATTENTION_C2C : WB_ATTENTION_ALL_TERMS);
  run_inspection (self);
}

static void
report (Bench *self, const char *what, void (*func) (Bench *))
{
  double best = INFINITY;

  for (guint i = 0; i < REPEATS; i++)
    {
      const double start = now (self->model);

      func (self);
      best = MIN (best, (now (self->model) - start) * 1e3);
    }
  printf ("  %-40s %8.1f ms\n", what, best);
}

static void
bench_length (WbModel *model, gsize n)
{
  GError             *error = NULL;
  const WbModelLimits limits = { .max_tokens = n, .max_sequences = 1, .max_length = n };
  const gint32        bounds[] = { 0, (gint32) n };
  const guint32       ordinal = 0;
  g_autofree gint32  *ids = g_new (gint32, n);
  Bench               self = { .model = model,
                               .batch = { .n_tokens = n,
                                          .n_sequences = 1,
                                          .max_length = n,
                                          .ids = ids,
                                          .cu_seqlens = bounds,
                                          .ordinals = &ordinal } };

  for (gsize i = 0; i < n; i++)
    ids[i] = (gint32) (3 + (i * i * 31 + 17 * i) % 990);
  check (wb_model_reserve (model, &limits, &error), error);
  printf ("%zu tokens\n", n);
  report (&self, "fused forward pass", run_fused);
  report (&self, "every map of every layer and head", run_everything);
  report (&self, "again from a term switched in layer 6", run_switched);
  want (&self, FALSE);
  report (&self, "one layer looked at again", run_inspection);
  wb_inspection_free (self.inspection);
}

int
main (int argc, char **argv)
{
  GError          *error = NULL;
  const gsize      lengths[] = { 64, 128, 512 };
  const WbHeadSpec head = { .kind = WB_HEAD_CLASSIFICATION, .n_labels = 2 };
  g_autoptr (WbBackend) backend =
      wb_backend_open ("auto", argc > 1 ? (guint) atoi (argv[1]) : 0, &error);
  g_autoptr (WbModelConfig) config = wb_model_config_parse (CONFIG, -1, "bench", &error);
  g_autoptr (WbModel) model = NULL;

  check (backend != NULL && config != NULL, error);
  model = wb_model_new (backend, config, &head, &error);
  check (model != NULL && wb_model_initialize (model, 1, FALSE, &error), error);
  printf ("v3-base, %s, %u threads\n", wb_backend_get_instruction_set (backend),
          wb_backend_get_n_threads (backend));
  if (argc > 2)
    bench_length (model, (gsize) atoi (argv[2]));
  for (gsize i = 0; i < G_N_ELEMENTS (lengths) && argc <= 2; i++)
    bench_length (model, lengths[i]);
  return 0;
}
