#include "config.h"

#include <glib.h>
#include <math.h>
#include <oneapi/dnnl/dnnl.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/core/wb-backend-private.h"
#include "engine/ops/wb-conv.h"
#include "engine/train/wb-trainer.h"

/* bench-step [SIZE [THREADS [LENGTH [STEPS [FAMILY]]]]]: a training step of a DeBERTa of random
 * weights (tiny: two layers of 128 columns; xsmall, small, base), 16 sequences, dropout on, AdamW
 * with clipping: the time of each operation, useful FLOP/s (architecture.md 4: layers (24 H² + 8 n
 * H) a token, three times for training) and their share of the best sgemm of the model's own
 * shapes, same threads, same run.  With one thread times are the processor's, otherwise the wall's.
 * LENGTH 0: the lengths of RTE's first training pairs, in file order.  FAMILY: v3, v2 (the same
 * with a convolution of three taps) or v1. */

#define BATCH 16
#define VOCABULARY 128100

/* Tokens of RTE's first 64 training pairs with the v3 vocabulary, special tokens included. */
static const gint32 rte_lengths[] = {
  21,  52, 54,  64,  106, 49, 105, 59, 113, 65,  124, 96,  46, 17, 50,  115,
  104, 53, 167, 43,  129, 51, 42,  36, 44,  49,  36,  36,  43, 43, 43,  116,
  30,  44, 29,  43,  63,  37, 66,  24, 184, 35,  95,  138, 37, 37, 115, 110,
  51,  26, 113, 105, 54,  54, 69,  35, 38,  124, 47,  44,  53, 41, 35,  105,
};

typedef struct
{
  const char *name;
  gsize       hidden, layers, heads, intermediate;
} Size;

static const Size sizes[] = {
  { "tiny", 128, 2, 2, 512 },
  { "xsmall", 384, 12, 6, 1536 },
  { "small", 768, 6, 12, 3072 },
  { "base", 768, 12, 12, 3072 },
};

/* ---- time of each operation: the backend's table, every entry wrapped ---- */

enum
{
  MATMUL_FORWARD,
  MATMUL_BACKWARD,
  ATTENTION_FORWARD,
  ATTENTION_BACKWARD,
  RESIDUAL_FORWARD,
  RESIDUAL_BACKWARD,
  EMBEDDING_FORWARD,
  EMBEDDING_BACKWARD,
  CONV_FORWARD,
  CONV_BACKWARD,
  LAYERNORM,
  ROWS,
  LOSS,
  OPTIMIZER,
  OPTIMIZER_ROWS,
  NORM,
  N_PHASES,
};

static const char *const phase_names[N_PHASES] = {
  "matmul forward",
  "matmul backward",
  "attention forward",
  "attention backward",
  "residual layernorm forward",
  "residual layernorm backward",
  "embedding forward",
  "embedding backward",
  "convolution forward",
  "convolution backward",
  "layernorm (table)",
  "fill, copy, add, dropout, gather",
  "loss",
  "optimizer",
  "optimizer, word rows",
  "gradient norm",
};

static gboolean one_thread;

/* Microseconds: of the wall's clock, or with one thread of the processor's, which other programs do
 * not slow down. */
static gint64
now (void)
{
  struct timespec t;

  clock_gettime (one_thread ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &t);
  return (gint64) t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static const WbBackendOps *inner;
static gint64              phase_times[N_PHASES];
static double              phase_flops[N_PHASES];

#define TIMED(name, phase, parameters, arguments)                                                  \
  static gboolean timed_##name parameters                                                          \
  {                                                                                                \
    const gint64   start = now ();                                                                 \
    const gboolean ok = inner->name arguments;                                                     \
                                                                                                   \
    phase_times[phase] += now () - start;                                                          \
    return ok;                                                                                     \
  }

#define TIMED_ARGS(name, phase, Args)                                                              \
  TIMED (name, phase, (WbBackend * self, const Args *args, GError **error), (self, args, error))

TIMED_ARGS (matmul_forward, MATMUL_FORWARD, WbMatmulForwardArgs)
TIMED_ARGS (matmul_backward, MATMUL_BACKWARD, WbMatmulBackwardArgs)
TIMED_ARGS (embedding_forward, EMBEDDING_FORWARD, WbEmbeddingForwardArgs)
TIMED_ARGS (embedding_backward, EMBEDDING_BACKWARD, WbEmbeddingBackwardArgs)
TIMED_ARGS (conv_forward, CONV_FORWARD, WbConvForwardArgs)
TIMED_ARGS (conv_backward, CONV_BACKWARD, WbConvBackwardArgs)
TIMED_ARGS (layernorm_forward, LAYERNORM, WbLayernormForwardArgs)
TIMED_ARGS (layernorm_backward, LAYERNORM, WbLayernormBackwardArgs)
TIMED_ARGS (residual_layernorm_forward, RESIDUAL_FORWARD, WbResidualLayernormForwardArgs)
TIMED_ARGS (residual_layernorm_backward, RESIDUAL_BACKWARD, WbResidualLayernormBackwardArgs)
TIMED_ARGS (attention_forward, ATTENTION_FORWARD, WbAttentionForwardArgs)
TIMED_ARGS (attention_backward, ATTENTION_BACKWARD, WbAttentionBackwardArgs)
TIMED_ARGS (loss_cross_entropy, LOSS, WbCrossEntropyArgs)
TIMED_ARGS (optimizer_update_rows, OPTIMIZER_ROWS, WbOptimizerRowsArgs)
TIMED (gather_rows,
       ROWS,
       (WbBackend * self, const WbTensor *x, const gint32 *rows, const WbTensor *y, GError **error),
       (self, x, rows, y, error))
TIMED (
    scatter_add_rows,
    ROWS,
    (WbBackend * self, const WbTensor *dy, const gint32 *rows, const WbTensor *dx, GError **error),
    (self, dy, rows, dx, error))
TIMED (dropout_rows,
       ROWS,
       (WbBackend * self,
        const WbDropout *dropout,
        const guint32   *ordinals,
        const WbTensor  *x,
        const WbTensor  *y,
        GError         **error),
       (self, dropout, ordinals, x, y, error))
TIMED (fill,
       ROWS,
       (WbBackend * self, const WbTensor *x, float value, GError **error),
       (self, x, value, error))
TIMED (copy,
       ROWS,
       (WbBackend * self, const WbTensor *x, const WbTensor *y, GError **error),
       (self, x, y, error))
TIMED (add,
       ROWS,
       (WbBackend * self, const WbTensor *x, const WbTensor *y, GError **error),
       (self, x, y, error))
TIMED (optimizer_update,
       OPTIMIZER,
       (WbBackend * self,
        const WbOptimizerStep *step,
        const WbTensor        *p,
        const WbTensor        *g,
        const WbTensor        *m,
        const WbTensor        *v,
        GError               **error),
       (self, step, p, g, m, v, error))
TIMED (sum_of_squares,
       NORM,
       (WbBackend * self, const WbTensor *x, double *sum, GError **error),
       (self, x, sum, error))

static gboolean
counted_matmul_forward (WbBackend *self, const WbMatmulForwardArgs *args, GError **error)
{
  phase_flops[MATMUL_FORWARD] += 2.0 * (double) (args->x.rows * args->x.cols * args->w.rows);
  return timed_matmul_forward (self, args, error);
}

static gboolean
counted_matmul_backward (WbBackend *self, const WbMatmulBackwardArgs *args, GError **error)
{
  const double product = 2.0 * (double) (args->x.rows * args->x.cols * args->w.rows);

  phase_flops[MATMUL_BACKWARD] += product * ((args->dx.data != NULL) + (args->dw.data != NULL));
  return timed_matmul_backward (self, args, error);
}

/* QKᵀ, c2p, p2c, PV: 2 n H each, a token */
static double
attention_flops (const WbAttentionForwardArgs *args)
{
  double squares = 0;

  for (gsize i = 0; i < args->batch->n_sequences; i++)
    {
      const double n = args->batch->cu_seqlens[i + 1] - args->batch->cu_seqlens[i];

      squares += n * (args->first_only ? 1 : n);
    }
  return 8.0 * squares * (double) args->q.cols;
}

static gboolean
counted_attention_forward (WbBackend *self, const WbAttentionForwardArgs *args, GError **error)
{
  phase_flops[ATTENTION_FORWARD] += attention_flops (args);
  return timed_attention_forward (self, args, error);
}

static gboolean
counted_attention_backward (WbBackend *self, const WbAttentionBackwardArgs *args, GError **error)
{
  phase_flops[ATTENTION_BACKWARD] += 2 * attention_flops (args->forward);
  return timed_attention_backward (self, args, error);
}

static WbBackendOps
wrap_ops (const WbBackendOps *ops)
{
  WbBackendOps wrapped = *ops;

  inner = ops;
  wrapped.matmul_forward = counted_matmul_forward;
  wrapped.matmul_backward = counted_matmul_backward;
  wrapped.attention_forward = counted_attention_forward;
  wrapped.attention_backward = counted_attention_backward;
  wrapped.embedding_forward = timed_embedding_forward;
  wrapped.embedding_backward = timed_embedding_backward;
  wrapped.conv_forward = timed_conv_forward;
  wrapped.conv_backward = timed_conv_backward;
  wrapped.layernorm_forward = timed_layernorm_forward;
  wrapped.layernorm_backward = timed_layernorm_backward;
  wrapped.residual_layernorm_forward = timed_residual_layernorm_forward;
  wrapped.residual_layernorm_backward = timed_residual_layernorm_backward;
  wrapped.loss_cross_entropy = timed_loss_cross_entropy;
  wrapped.optimizer_update_rows = timed_optimizer_update_rows;
  wrapped.gather_rows = timed_gather_rows;
  wrapped.scatter_add_rows = timed_scatter_add_rows;
  wrapped.dropout_rows = timed_dropout_rows;
  wrapped.fill = timed_fill;
  wrapped.copy = timed_copy;
  wrapped.add = timed_add;
  wrapped.optimizer_update = timed_optimizer_update;
  wrapped.sum_of_squares = timed_sum_of_squares;
  return wrapped;
}

/* ---- the model, its batches ---- */

static const struct
{
  const char *name, *keys;
} families[] = {
  { "v3", "\"model_type\": \"deberta-v2\"" },
  { "v2", "\"model_type\": \"deberta-v2\", \"conv_kernel_size\": 3, \"conv_act\": \"gelu\"" },
  { "v1", "\"model_type\": \"deberta\"" },
};

static WbModel *
new_model (WbBackend *backend, const char *family, const Size *size, GError **error)
{
  g_autofree char *json = g_strdup_printf (
      "{%s, \"vocab_size\": %d, \"hidden_size\": %zu, "
      "\"num_hidden_layers\": %zu, \"num_attention_heads\": %zu, \"intermediate_size\": %zu, "
      "\"max_position_embeddings\": 512, \"type_vocab_size\": 0, \"layer_norm_eps\": 1e-7, "
      "\"relative_attention\": true, \"position_buckets\": 256, \"norm_rel_ebd\": \"layer_norm\", "
      "\"share_att_key\": true, \"pos_att_type\": \"p2c|c2p\", \"position_biased_input\": false, "
      "\"pooler_dropout\": 0, \"pooler_hidden_act\": \"gelu\"}",
      family, VOCABULARY, size->hidden, size->layers, size->heads, size->intermediate);
  g_autoptr (WbModelConfig) config = wb_model_config_parse (json, -1, "bench", error);
  const WbHeadSpec head = { .kind = WB_HEAD_CLASSIFICATION, .n_labels = 2 };
  g_autoptr (WbModel) model = NULL;

  if (config == NULL || (model = wb_model_new (backend, config, &head, error)) == NULL ||
      !wb_model_initialize (model, 1, FALSE, error))
    return NULL;
  return g_steal_pointer (&model);
}

typedef struct
{
  WbBatch       batch;
  WbDistinctIds distinct;
  gint32        bounds[BATCH + 1];
  guint32       ordinals[BATCH];
  gint32        labels[BATCH];
  gint32       *ids, *slots;
} Batch;

/* Words with the frequencies of text, near enough: the n-th is used 1 / n as often as the first. */
static gint32
random_id (GRand *rand)
{
  return (gint32) pow (VOCABULARY - 1, g_rand_double (rand));
}

static void
find_distinct (Batch *self)
{
  gint32 *slot_of = g_new (gint32, VOCABULARY), *distinct = g_new (gint32, self->batch.n_tokens);

  memset (slot_of, -1, VOCABULARY * sizeof *slot_of);
  for (gsize t = 0; t < self->batch.n_tokens; t++)
    slot_of[self->ids[t]] = 0;
  for (gint32 id = 0; id < VOCABULARY; id++)
    if (slot_of[id] == 0)
      {
        slot_of[id] = (gint32) self->distinct.n_ids;
        distinct[self->distinct.n_ids++] = id;
      }
  for (gsize t = 0; t < self->batch.n_tokens; t++)
    self->slots[t] = slot_of[self->ids[t]];
  self->distinct.ids = distinct;
  g_free (slot_of);
}

static void
batch_init (Batch *self, GRand *rand, gsize number, gsize length)
{
  gsize n = 0, longest = 0;

  *self = (Batch){ .batch = { 0 } };
  for (gsize i = 0; i < BATCH; i++)
    {
      const gsize size =
          length > 0 ? length
                     : (gsize) rte_lengths[(number * BATCH + i) % G_N_ELEMENTS (rte_lengths)];

      n += size;
      longest = MAX (longest, size);
      self->bounds[i + 1] = (gint32) n;
      self->ordinals[i] = (guint32) i;
      self->labels[i] = (gint32) (i % 2);
    }
  self->ids = g_new (gint32, n);
  self->slots = g_new (gint32, n);
  for (gsize t = 0; t < n; t++)
    self->ids[t] = random_id (rand);
  self->batch = (WbBatch){ .n_tokens = n,
                           .n_sequences = BATCH,
                           .max_length = longest,
                           .ids = self->ids,
                           .slots = self->slots,
                           .cu_seqlens = self->bounds,
                           .ordinals = self->ordinals,
                           .labels = self->labels };
  find_distinct (self);
}

static double
useful_flops (const Size *size, const Batch *batch)
{
  const double h = (double) size->hidden;
  double       sum = 0;

  for (gsize i = 0; i < BATCH; i++)
    {
      const double n = batch->bounds[i + 1] - batch->bounds[i];

      sum += n * (24 * h * h + 8 * n * h);
    }
  return 3 * (double) size->layers * sum;
}

/* What the operations were really asked for, in all measured steps. */
static double
computed_flops (void)
{
  double sum = 0;

  for (gsize i = 0; i < N_PHASES; i++)
    sum += phase_flops[i];
  return sum;
}

/* ---- the yardstick ---- */

static double
best_sgemm (const Size *size, gsize rows, int n_threads)
{
  const gsize h = size->hidden, shapes[][2] = { { h, h },
                                                { 3 * h, h },
                                                { size->intermediate, h },
                                                { h, size->intermediate } };
  double      best = 0;

  omp_set_num_threads (n_threads);
  for (gsize s = 0; s < G_N_ELEMENTS (shapes); s++)
    {
      const gsize out = shapes[s][0], in = shapes[s][1];
      float      *x = g_new (float, rows *in), *w = g_new (float, out *in);
      float      *y = g_new0 (float, rows *out);

      for (gsize i = 0; i < rows * in; i++)
        x[i] = (float) (i % 97) / 97.0f - 0.5f;
      for (gsize i = 0; i < out * in; i++)
        w[i] = (float) (i % 89) / 89.0f - 0.5f;
      for (int i = 0; i < 8; i++)
        {
          const gint64 start = now ();

          dnnl_sgemm ('N', 'T', (dnnl_dim_t) rows, (dnnl_dim_t) out, (dnnl_dim_t) in, 1, x,
                      (dnnl_dim_t) in, w, (dnnl_dim_t) in, 0, y, (dnnl_dim_t) out);
          best = MAX (best, 2e-3 * (double) (rows * out * in) / (double) MAX (1, now () - start));
        }
      g_free (x);
      g_free (w);
      g_free (y);
    }
  return best;
}

static void
print_table (gint64 total, guint n_steps)
{
  gint64 rest = total;

  printf ("  %-34s %9s %7s %9s\n", "operation", "ms/step", "share", "GFLOP/s");
  for (int i = 0; i < N_PHASES; i++)
    {
      const double ms = (double) phase_times[i] / 1000 / n_steps;

      rest -= phase_times[i];
      printf ("  %-34s %9.2f %6.1f%%", phase_names[i], ms,
              100.0 * (double) phase_times[i] / (double) total);
      if (phase_flops[i] > 0)
        printf (" %9.1f", 1e-3 * phase_flops[i] / (double) phase_times[i]);
      printf ("\n");
    }
  printf ("  %-34s %9.2f %6.1f%%\n", "between operations", (double) rest / 1000 / n_steps,
          100.0 * (double) rest / (double) total);
}

static char *
dup_peak_memory (void)
{
  g_autofree char *text = NULL;
  const char      *line;

  if (!g_file_get_contents ("/proc/self/status", &text, NULL, NULL) ||
      (line = strstr (text, "VmHWM:")) == NULL)
    return g_strdup ("?");
  return g_strdup_printf ("%.2f GiB", g_ascii_strtod (line + 6, NULL) / (1024 * 1024));
}

static int
run (const Size *size, gsize family, guint n_threads, gsize length, guint n_steps)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbBackend) backend = wb_backend_open ("cpu", n_threads, &error);
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  g_autoptr (WbModel) model = NULL;
  g_autoptr (WbTrainer) trainer = NULL;
  g_autofree char       *fingerprint = NULL, *memory = NULL;
  Batch                  batches[4];
  WbBackendOps           ops;
  WbStepStats            stats;
  WbModelLimits          limits = { .max_sequences = BATCH, .training = TRUE };
  gint64                 total = 0;
  double                 useful = 0, tokens = 0, best;
  const WbTrainerOptions options = { .optimizer = WB_OPTIMIZER_ADAMW,
                                     .schedule = WB_SCHEDULE_LINEAR,
                                     .learning_rate = 2e-5,
                                     .weight_decay = 0.01,
                                     .beta1 = 0.9,
                                     .beta2 = 0.999,
                                     .epsilon = 1e-8,
                                     .max_grad_norm = 1,
                                     .layer_decay = 1,
                                     .total_steps = 1000 };

  one_thread = n_threads == 1;
  if (backend == NULL || (model = new_model (backend, families[family].keys, size, &error)) == NULL)
    goto failed;
  for (gsize i = 0; i < G_N_ELEMENTS (batches); i++)
    {
      batch_init (&batches[i], rand, i, length);
      limits.max_tokens = MAX (limits.max_tokens, batches[i].batch.n_tokens);
      limits.max_length = MAX (limits.max_length, batches[i].batch.max_length);
      limits.max_distinct = MAX (limits.max_distinct, batches[i].distinct.n_ids);
    }
  if (!wb_model_reserve (model, &limits, &error) ||
      (trainer = wb_trainer_new (model, &options, &error)) == NULL)
    goto failed;
  ops = wrap_ops (backend->ops);
  backend->ops = &ops;

  for (guint step = 0; step < n_steps + 4; step++) /* the first four touch the memory */
    {
      const Batch *batch = &batches[step % G_N_ELEMENTS (batches)];
      const gint64 start = now ();

      if (step == 4)
        {
          memset (phase_times, 0, sizeof phase_times);
          memset (phase_flops, 0, sizeof phase_flops);
          total = 0;
          useful = tokens = 0;
        }
      if (!wb_trainer_step (trainer, &batch->batch, 1, &batch->distinct, &stats, &error))
        goto failed;
      total += now () - start;
      useful += useful_flops (size, batch);
      tokens += (double) batch->batch.n_tokens;
    }
  best = best_sgemm (size, limits.max_tokens, (int) wb_backend_get_n_threads (backend));
  fingerprint = wb_backend_dup_fingerprint (backend);
  memory = dup_peak_memory ();
  printf ("%s\n%s-%s, %d sequences, %.0f tokens a step, %u steps\n", fingerprint,
          families[family].name, size->name, BATCH, tokens / n_steps, n_steps);
  print_table (total, n_steps);
  printf ("  step %.1f ms, %.0f tokens/s, useful %.1f GFLOP/s, best sgemm %.1f GFLOP/s: %.3f\n"
          "  computed %.1f GFLOP/s (%.3f): the last layer's tail runs over [CLS] rows alone\n"
          "  peak memory %s, loss %.4f\n",
          (double) total / 1000 / n_steps, 1e6 * tokens / (double) total,
          1e-3 * useful / (double) total, best, 1e-3 * useful / (double) total / best,
          1e-3 * computed_flops () / (double) total,
          1e-3 * computed_flops () / (double) total / best, memory, stats.loss);
  return 0;

failed:
  fprintf (stderr, "bench-step: %s\n", error->message);
  return 1;
}

int
main (int argc, char **argv)
{
  const char *name = argc > 1 ? argv[1] : "small";
  const guint n_threads = argc > 2 ? (guint) atoi (argv[2]) : 0;
  const gsize length = argc > 3 ? (gsize) atoi (argv[3]) : 0;
  const guint n_steps = argc > 4 ? (guint) atoi (argv[4]) : 8;
  const char *family = argc > 5 ? argv[5] : "v3";

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (gsize f = 0; f < G_N_ELEMENTS (families); f++)
      if (g_str_equal (name, sizes[i].name) && g_str_equal (family, families[f].name))
        return run (&sizes[i], f, n_threads, length, MAX (1, n_steps));
  fprintf (stderr,
           "bench-step: no \"%s\" of \"%s\"; there are tiny, xsmall, small, base of v3, v2, v1\n",
           name, family);
  return 2;
}
