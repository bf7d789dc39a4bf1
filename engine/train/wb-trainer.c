#include "config.h"

#include "engine/train/wb-trainer-private.h"

#include <math.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/core/wb-engine-error.h"

static gboolean
moments_init (WbMoments *self, gsize n, gboolean sparse, GError **error)
{
  const gsize page = (gsize) sysconf (_SC_PAGESIZE);
  const gsize half = (MAX (n, 1) * sizeof (float) + page - 1) / page * page;

  self->bytes = 2 * half;
  self->block = mmap (NULL, self->bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (self->block == MAP_FAILED)
    {
      self->block = NULL;
      g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_OUT_OF_MEMORY,
                   "%.1f MiB for the optimizer could not be had; a smaller model may fit",
                   (double) self->bytes / (1024 * 1024));
      return FALSE;
    }
  if (sparse) /* one touched row would otherwise cost two megabytes */
    madvise (self->block, self->bytes, MADV_NOHUGEPAGE);
  self->m = self->block;
  self->v = (float *) ((char *) self->block + half);
  return TRUE;
}

static void
moments_clear (WbMoments *self)
{
  if (self->block != NULL)
    munmap (self->block, self->bytes);
}

static gboolean
check_not_negative (const char *name, double value, GError **error)
{
  if (value >= 0 && isfinite (value))
    return TRUE;
  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID,
               "The trainer's %s is %g; it must not be below 0", name, value);
  return FALSE;
}

/* The update numbered @count (from 1) at @rate. */
static WbOptimizerStep
step_at (const WbTrainerOptions *o, guint64 count, double rate, double weight_decay, double scale)
{
  return (WbOptimizerStep){
    .kind = o->optimizer,
    .learning_rate = rate,
    .weight_decay = weight_decay,
    .beta1 = o->beta1,
    .beta2 = o->beta2,
    .epsilon = o->epsilon,
    .gradient_scale = scale,
    .count = count,
  };
}

static gboolean
check_options (const WbTrainerOptions *o, GError **error)
{
  const WbOptimizerStep first = step_at (o, 1, o->learning_rate, o->weight_decay, 1);

  return wb_optimizer_step_check (&first, error) &&
         check_not_negative ("largest gradient norm", o->max_grad_norm, error) &&
         check_not_negative ("layer decay", o->layer_decay, error);
}

static void
init_groups (WbTrainer *self)
{
  const WbParameterTable *table = wb_model_get_table (self->model);
  const gsize             top = wb_model_get_config (self->model)->n_layers + 1;

  self->word = WB_TRAINER_NO_WORD;
  self->dense_offsets = g_new0 (gsize, wb_parameter_table_get_n (table));
  self->rates = g_new (double, top + 1);
  for (gsize depth = 0; depth <= top; depth++)
    self->rates[depth] = pow (self->options.layer_decay, (double) (top - depth));
  for (gsize i = 0; i < wb_parameter_table_get_n (table); i++)
    {
      const WbParameter *p = wb_parameter_table_get (table, i);

      self->dense_offsets[i] = self->n_dense;
      if (p->sparse)
        self->word = i;
      else
        self->n_dense += p->n_elements;
    }
}

WbTrainer *
wb_trainer_new (WbModel *model, const WbTrainerOptions *options, GError **error)
{
  g_autoptr (WbTrainer) self = NULL;
  WbTensor word;

  g_return_val_if_fail (model != NULL && options != NULL, NULL);

  if (!check_options (options, error))
    return NULL;
  self = g_new0 (WbTrainer, 1);
  self->model = model;
  self->options = *options;
  init_groups (self);
  word = wb_trainer_get_word (self);
  if (!moments_init (&self->dense, self->n_dense, FALSE, error) ||
      !moments_init (&self->rows, word.rows * word.cols, TRUE, error) ||
      !wb_trainer_reserve_factors (self, (gsize) MIN (options->total_steps, 1u << 20), error))
    return NULL;
  self->row_updates = g_new0 (guint32, word.rows);
  self->row_touched = g_new0 (guint8, word.rows);
  return g_steal_pointer (&self);
}

void
wb_trainer_free (WbTrainer *self)
{
  if (self == NULL)
    return;
  moments_clear (&self->dense);
  moments_clear (&self->rows);
  g_free (self->dense_offsets);
  g_free (self->rates);
  g_free (self->factors);
  g_free (self->row_updates);
  g_free (self->row_touched);
  g_free (self);
}

WbTensor
wb_trainer_get_word (const WbTrainer *self)
{
  if (self->word == WB_TRAINER_NO_WORD)
    return wb_tensor_matrix (NULL, WB_DTYPE_F32, 0, 1);
  return wb_model_get_parameter (self->model, self->word);
}

guint64
wb_trainer_get_step (const WbTrainer *self)
{
  return self->step;
}

gboolean
wb_trainer_reserve_factors (WbTrainer *self, gsize n, GError **error)
{
  const gsize         size = MAX (n, MAX (2 * self->factors_size, 64));
  WbOptimizerFactors *factors;

  if (n <= self->factors_size && self->factors != NULL)
    return TRUE;
  factors = n < G_MAXUINT32 ? g_try_realloc_n (self->factors, size, sizeof *factors) : NULL;
  if (factors == NULL)
    {
      g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_OUT_OF_MEMORY,
                   "No memory for a history of %zu updates", n);
      return FALSE;
    }
  self->factors = factors;
  self->factors_size = size;
  return TRUE;
}

/* The learning rate of the next update. */
static double
next_rate (const WbTrainer *self)
{
  const WbTrainerOptions *o = &self->options;

  return o->learning_rate * wb_schedule_factor (o->schedule, self->step, o->total_steps,
                                                o->warmup_steps, o->learning_rate);
}

/* @ids NULL: all; @g: (n_ids, E) gradient of the last update, or absent. */
static gboolean
update_rows (WbTrainer             *self,
             const WbOptimizerStep *step,
             gsize                  n_updates,
             const WbDistinctIds   *ids,
             const WbTensor        *g,
             GError               **error)
{
  const WbTensor            word = wb_trainer_get_word (self);
  const WbOptimizerRowsArgs args = {
    .step = step,
    .factors = self->factors,
    .n_updates = n_updates,
    .table = word,
    .m = wb_tensor_matrix (self->rows.m, WB_DTYPE_F32, word.rows, word.cols),
    .v = wb_tensor_matrix (self->rows.v, WB_DTYPE_F32, word.rows, word.cols),
    .row_updates = self->row_updates,
    .row_touched = self->row_touched,
    .ids = ids != NULL ? ids->ids : NULL,
    .n_ids = ids != NULL ? ids->n_ids : 0,
    .g = g != NULL ? *g : (WbTensor){ 0 },
  };

  if (ids != NULL && ids->n_ids == 0)
    return TRUE;
  return wb_optimizer_update_rows (wb_model_get_backend (self->model), &args, error);
}

gboolean
wb_trainer_settle (WbTrainer *self, const WbDistinctIds *ids, GError **error)
{
  WbOptimizerStep last;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (ids == NULL || ids->ids != NULL || ids->n_ids == 0, FALSE);

  if (self->step == 0 || self->word == WB_TRAINER_NO_WORD)
    return TRUE;
  last = step_at (&self->options, self->step, 0, self->options.weight_decay, 1);
  return update_rows (self, &last, self->step, ids, NULL, error);
}

/* Whether the tokens of @part have their place in @distinct. */
static gboolean
check_slots (const WbBatch *part, const WbDistinctIds *distinct, GError **error)
{
  for (gsize t = 0; t < part->n_tokens; t++)
    if (part->slots[t] < 0 || (gsize) part->slots[t] >= distinct->n_ids ||
        distinct->ids[part->slots[t]] != part->ids[t])
      {
        g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE,
                     "Token %zu (id %d) has slot %d, which is not its place among the %zu "
                     "distinct ids",
                     t, part->ids[t], part->slots[t], distinct->n_ids);
        return FALSE;
      }
  return TRUE;
}

static gboolean
check_batch (WbTrainer           *self,
             const WbBatch       *parts,
             gsize                n_parts,
             const WbDistinctIds *distinct,
             WbLossWeight        *weight,
             GError             **error)
{
  const WbHeadSpec    *head = wb_model_get_head (self->model);
  const WbModelConfig *config = wb_model_get_config (self->model);

  *weight = (WbLossWeight){ 0 };
  for (gsize i = 0; i < n_parts; i++)
    if ((self->word != WB_TRAINER_NO_WORD && !check_slots (&parts[i], distinct, error)) ||
        !wb_head_spec_add_weight (head, config, &parts[i], weight, error))
      return FALSE;
  if (wb_head_spec_has_weight (head, weight))
    return TRUE;
  g_set_error_literal (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID,
                       "No example of the batch has a label: there is nothing to learn from");
  return FALSE;
}

/* Forward and backward over all parts; the step's mean loss. */
static gboolean
accumulate (WbTrainer          *self,
            const WbBatch      *parts,
            gsize               n_parts,
            const WbLossWeight *weight,
            double             *loss,
            GError            **error)
{
  *loss = 0;
  for (gsize i = 0; i < n_parts; i++)
    {
      double share = 0;

      if (!wb_model_train_part (self->model, &parts[i], self->options.seed, (guint32) self->step,
                                weight, &share, error))
        return FALSE;
      *loss += share;
    }
  return TRUE;
}

static gboolean
gradient_norm (WbTrainer *self, double *norm, GError **error)
{
  const gsize n = wb_parameter_table_get_n (wb_model_get_table (self->model));
  double      sum = 0;

  for (gsize i = 0; i < n; i++)
    {
      const WbTensor g = wb_model_get_gradient (self->model, i);
      double         part = 0;

      if (g.rows > 0 && !wb_sum_of_squares (wb_model_get_backend (self->model), &g, &part, error))
        return FALSE;
      sum += part;
    }
  *norm = sqrt (sum);
  return TRUE;
}

static gboolean
check_finite (const WbTrainer *self, const WbStepStats *stats, GError **error)
{
  if (isfinite (stats->loss) && isfinite (stats->grad_norm))
    return TRUE;
  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_DIVERGED,
               "Diverged at step %" G_GUINT64_FORMAT ": loss %g, gradient norm %g, learning rate "
               "%g; a smaller learning rate or a longer warm-up may help",
               stats->step, stats->loss, stats->grad_norm, stats->learning_rate);
  return FALSE;
}

static gboolean
update_dense (WbTrainer *self, gsize i, double rate, double scale, GError **error)
{
  const WbParameter    *p = wb_parameter_table_get (wb_model_get_table (self->model), i);
  const WbOptimizerStep step =
      step_at (&self->options, self->step + 1, rate * self->rates[p->depth],
               p->decays ? self->options.weight_decay : 0, scale);
  const WbTensor x = wb_model_get_parameter (self->model, i);
  const WbTensor g = wb_model_get_gradient (self->model, i);
  const WbTensor m =
      wb_tensor_matrix (self->dense.m + self->dense_offsets[i], WB_DTYPE_F32, x.rows, x.cols);
  const WbTensor v =
      wb_tensor_matrix (self->dense.v + self->dense_offsets[i], WB_DTYPE_F32, x.rows, x.cols);

  return wb_optimizer_update (wb_model_get_backend (self->model), &step, &x, &g, &m, &v, error);
}

static gboolean
update_word_table (WbTrainer           *self,
                   const WbDistinctIds *distinct,
                   double               rate,
                   double               scale,
                   GError             **error)
{
  const WbParameter    *p = wb_parameter_table_get (wb_model_get_table (self->model), self->word);
  const WbOptimizerStep step =
      step_at (&self->options, self->step + 1, rate * self->rates[p->depth],
               self->options.weight_decay, scale);
  const WbTensor g = wb_model_get_gradient (self->model, self->word);

  self->factors[self->step] = wb_optimizer_step_get_factors (&step);
  return update_rows (self, &step, self->step + 1, distinct, &g, error);
}

static gboolean
update_all (WbTrainer           *self,
            const WbDistinctIds *distinct,
            double               rate,
            double               norm,
            GError             **error)
{
  const WbParameterTable *table = wb_model_get_table (self->model);
  const double            limit = self->options.max_grad_norm;
  const double            scale = limit > 0 ? MIN (1, limit / (norm + 1e-6)) : 1;

  for (gsize i = 0; i < wb_parameter_table_get_n (table); i++)
    if (i != self->word && !wb_parameter_table_get (table, i)->unused &&
        !update_dense (self, i, rate, scale, error))
      return FALSE;
  return self->word == WB_TRAINER_NO_WORD || update_word_table (self, distinct, rate, scale, error);
}

gboolean
wb_trainer_step (WbTrainer           *self,
                 const WbBatch       *parts,
                 gsize                n_parts,
                 const WbDistinctIds *distinct,
                 WbStepStats         *stats,
                 GError             **error)
{
  WbLossWeight weight;

  g_return_val_if_fail (self != NULL && stats != NULL, FALSE);
  g_return_val_if_fail (parts != NULL && n_parts > 0 && distinct != NULL, FALSE);

  *stats = (WbStepStats){ .step = self->step + 1, .learning_rate = next_rate (self) };
  for (gsize i = 0; i < n_parts; i++)
    {
      stats->tokens += parts[i].n_tokens;
      stats->examples += parts[i].n_sequences;
    }
  if (!check_batch (self, parts, n_parts, distinct, &weight, error) ||
      (self->word != WB_TRAINER_NO_WORD &&
       !wb_trainer_reserve_factors (self, self->step + 1, error)) ||
      !wb_trainer_settle (self, distinct, error) ||
      !wb_model_clear_gradients (self->model, distinct->n_ids, error) ||
      !accumulate (self, parts, n_parts, &weight, &stats->loss, error) ||
      !gradient_norm (self, &stats->grad_norm, error) || !check_finite (self, stats, error) ||
      !update_all (self, distinct, stats->learning_rate, stats->grad_norm, error))
    return FALSE;
  self->step++;
  return TRUE;
}

gsize
wb_trainer_measure (const WbModelConfig *config, const WbHeadSpec *head, gsize touched_rows)
{
  g_autoptr (WbParameterTable) table = wb_parameter_table_new (config, head);
  const gsize all = wb_parameter_table_get_n_elements (table) * sizeof (float);
  const gsize row = config->embedding_size * sizeof (float), page = (gsize) sysconf (_SC_PAGESIZE);
  const gsize words = config->vocab_size * row;

  if (!wb_parameter_table_get (table, 0)->sparse)
    return 2 * all;
  /* a row lies on one page more than its length, until its neighbours are there too */
  return 2 * (all - words + MIN (words, touched_rows * (row + page))) +
         config->vocab_size * (sizeof (guint32) + 1);
}
