#include "config.h"

#include <math.h>

#include "app/feed/wb-feed-private.h"
#include "app/worker/wb-time-left-private.h"

/* Runs of known length, second by second: a world that steps, evaluates and saves in the order in
 * which the engine thread does, and what the estimate said at each moment against when it ended. */

/* So many seconds are always forgiven, and the writing of one model: whether the last evaluation is
 * the best one cannot be known before.  It matters in the last seconds only. */
#define FLOOR_SECONDS 2.0

/**
 * World:
 * @base, @per_token: seconds of a step
 * @noise: of a step's time, uniform, ± this share
 * @slow_start: the first steps take so many times longer, fading over 20 steps
 * @mean_length: tokens of an example, between half and twice of it
 * @sorted: the file is sorted by length and read in its order
 * @change: from the middle of the steps on everything takes so many times longer
 * @pause_at: step at which the process stands still for @pause seconds
 * @best: every how manieth evaluation is the best so far
 * @resume_at: step that a second process goes on from
 */
typedef struct
{
  const char *name;
  guint64     steps, steps_per_epoch;
  guint       batch;
  double      base, per_token, noise, slow_start;
  guint       mean_length;
  gboolean    sorted;
  double      evaluation, model, checkpoint;
  guint       n_splits;
  WbInterval  eval_every, save_every;
  guint64     pause_at;
  double      pause;
  guint       best;
  guint64     resume_at;
} World;

typedef struct
{
  double time, left;
} Sample;

typedef struct
{
  const World *world;
  GRand       *rand;
  WbTimeLeft   left;
  double       now, sampled, paused_until, pause_started;
  gsize       *tokens; /* (steps) */
  GArray      *samples;
  double       first_evaluation; /* when it ended; NaN: not yet */
  double       evaluated, saved;
  guint        n_evaluations;
} Play;

/* Time goes by; the window looks once a second. */
static void
pass (Play *self, double seconds)
{
  const double end = self->now + seconds;

  while (self->sampled + 1 <= end)
    {
      self->sampled += 1;
      if (self->sampled >= self->now)
        {
          const Sample sample = { self->sampled, wb_time_left_get (&self->left, self->sampled) };
          g_array_append_val (self->samples, sample);
        }
    }
  self->now = end;
}

static void
set_phase (Play *self, WbTimePhase phase, double share)
{
  wb_time_left_set_phase (&self->left, phase, share, self->now);
}

static void
evaluate (Play *self)
{
  const World *world = self->world;
  const double seconds = world->evaluation / world->n_splits;

  for (guint s = 0; s < world->n_splits; s++)
    {
      set_phase (self, WB_TIME_EVALUATING, 0);
      for (guint i = 1; i <= 40; i++)
        {
          pass (self, seconds / 40);
          set_phase (self, WB_TIME_EVALUATING, i / 40.0);
        }
      wb_time_left_add_split (&self->left);
    }
  if (self->n_evaluations++ % world->best == 0)
    {
      set_phase (self, WB_TIME_SAVING, 0);
      pass (self, world->model);
    }
  set_phase (self, WB_TIME_TRAINING, 0);
  self->evaluated = self->now;
  if (isnan (self->first_evaluation))
    self->first_evaluation = self->now;
}

static void
save (Play *self)
{
  set_phase (self, WB_TIME_SAVING, 0);
  pass (self, self->world->checkpoint);
  set_phase (self, WB_TIME_TRAINING, 0);
  self->saved = self->now;
}

static gboolean
is_due (Play *self, const WbInterval *interval, guint64 step, double last)
{
  if (step == 0)
    return FALSE;
  if (interval->epoch)
    return step % self->world->steps_per_epoch == 0;
  if (interval->minutes > 0)
    return self->now - last >= interval->minutes * 60;
  return interval->steps > 0 && step % interval->steps == 0;
}

static void
do_step (Play *self, guint64 step)
{
  const World *world = self->world;
  const double slow = 1 + (world->slow_start - 1) * exp (-(double) step / 5);
  double       seconds = (world->base + world->per_token * (double) self->tokens[step]) * slow *
                   (1 + g_rand_double_range (self->rand, -world->noise, world->noise));

  if (step == world->pause_at && world->pause > 0)
    {
      self->pause_started = self->now;
      pass (self, world->pause);
      self->paused_until = self->now;
      pass (self, seconds);
      seconds += world->pause;
    }
  else
    pass (self, seconds);
  wb_time_left_add_step (&self->left, step + 1, self->tokens[step], seconds, self->now);
}

static int
compare_tokens (const void *a, const void *b)
{
  return (*(const gsize *) a > *(const gsize *) b) - (*(const gsize *) a < *(const gsize *) b);
}

static void
play (Play *self, guint64 from)
{
  const World *world = self->world;
  WbTimePlan   plan = { .step = from,
                        .total_steps = world->steps,
                        .steps_per_epoch = world->steps_per_epoch,
                        .evaluation_tokens = world->n_splits > 0 ? 50000 : 0,
                        .n_splits = world->n_splits,
                        .eval_every = world->eval_every,
                        .save_every = world->save_every,
                        .tokens_per_second = NAN };

  for (guint64 s = from; s < world->steps; s++)
    plan.tokens += self->tokens[s];
  self->now = self->sampled = self->evaluated = self->saved = 0;
  self->first_evaluation = world->n_splits > 0 ? (double) NAN : 0;
  self->pause_started = self->paused_until = -1;
  wb_time_left_init (&self->left, &plan, 0);
  for (guint64 step = from;; step++)
    {
      const gboolean last = step == world->steps;

      if (world->n_splits > 0 && step > from &&
          (last || is_due (self, &world->eval_every, step, self->evaluated)))
        evaluate (self);
      if (last)
        break;
      if (step > from && is_due (self, &world->save_every, step, self->saved))
        save (self);
      do_step (self, step);
    }
  if (world->n_splits == 0)
    {
      set_phase (self, WB_TIME_SAVING, 0);
      pass (self, world->model);
    }
}

/* The greatest |said - true| / true at the moments that count; what happens while the process
 * stands still is nobody's to foresee. */
static double
judge (Play *self, double *where)
{
  double worst = 0;

  for (guint i = 0; i < self->samples->len; i++)
    {
      const Sample *sample = &g_array_index (self->samples, Sample, i);
      const double  pause =
          sample->time < self->paused_until ? self->paused_until - self->pause_started : 0;
      const double truth = self->now - sample->time - pause;
      const double wrong = fabs (sample->left - truth);

      if (sample->time < 60 || !(sample->time >= self->first_evaluation) ||
          (pause > 0 && sample->time >= self->pause_started) ||
          wrong <= FLOOR_SECONDS + self->world->model)
        continue;
      if (wrong / truth > worst)
        {
          worst = wrong / truth;
          *where = sample->time / self->now;
        }
    }
  return worst;
}

static void
play_init (Play *self, const World *world, guint32 seed)
{
  *self = (Play){ .world = world, .rand = g_rand_new_with_seed (seed) };
  self->samples = g_array_new (FALSE, FALSE, sizeof (Sample));
  self->tokens = g_new (gsize, world->steps);
  for (guint64 s = 0; s < world->steps; s++)
    {
      double sum = 0;
      /* batches of like lengths, as grouped ones are */
      const double length = world->mean_length * exp2 (g_rand_double_range (self->rand, -1, 1));

      for (guint i = 0; i < world->batch; i++)
        sum += length * g_rand_double_range (self->rand, 0.9, 1.1);
      self->tokens[s] = (gsize) sum;
    }
  if (world->sorted)
    qsort (self->tokens, world->steps, sizeof *self->tokens, compare_tokens);
}

static void
play_clear (Play *self)
{
  g_rand_free (self->rand);
  g_array_unref (self->samples);
  g_free (self->tokens);
}

static const World worlds[] = {
  { .name = "plain",
    .steps = 1000,
    .steps_per_epoch = 250,
    .batch = 32,
    .base = 0.05,
    .per_token = 4e-4,
    .noise = 0.1,
    .slow_start = 1,
    .mean_length = 45,
    .evaluation = 12,
    .model = 3,
    .checkpoint = 8,
    .n_splits = 1,
    .eval_every = { .epoch = TRUE },
    .save_every = { .steps = 200 },
    .best = 2 },
  { .name = "heavy-evaluation",
    .steps = 600,
    .steps_per_epoch = 300,
    .batch = 16,
    .base = 0.1,
    .per_token = 6e-4,
    .noise = 0.2,
    .slow_start = 1,
    .mean_length = 60,
    .evaluation = 90,
    .model = 5,
    .checkpoint = 15,
    .n_splits = 2,
    .eval_every = { .steps = 100 },
    .save_every = { .steps = 150 },
    .best = 3 },
  { .name = "slow-start",
    .steps = 800,
    .steps_per_epoch = 100,
    .batch = 8,
    .base = 0.3,
    .per_token = 1e-3,
    .noise = 0.1,
    .slow_start = 8,
    .mean_length = 40,
    .evaluation = 10,
    .model = 4,
    .checkpoint = 10,
    .n_splits = 1,
    .eval_every = { .epoch = TRUE },
    .save_every = { .epoch = TRUE },
    .best = 1 },
  { .name = "sorted-by-length",
    .steps = 900,
    .steps_per_epoch = 900,
    .batch = 16,
    .base = 0.2,
    .per_token = 1e-3,
    .noise = 0.1,
    .slow_start = 1,
    .mean_length = 40,
    .sorted = TRUE,
    .evaluation = 8,
    .model = 3,
    .checkpoint = 8,
    .n_splits = 1,
    .eval_every = { .steps = 90 },
    .save_every = { .steps = 300 },
    .best = 2 },
  { .name = "by-the-clock",
    .steps = 1500,
    .steps_per_epoch = 5000,
    .batch = 16,
    .base = 0.05,
    .per_token = 5e-4,
    .noise = 0.15,
    .slow_start = 2,
    .mean_length = 50,
    .evaluation = 20,
    .model = 3,
    .checkpoint = 9,
    .n_splits = 1,
    .eval_every = { .minutes = 1.5 },
    .save_every = { .minutes = 2 },
    .best = 2 },
  { .name = "stands-still",
    .steps = 1000,
    .steps_per_epoch = 250,
    .batch = 16,
    .base = 0.05,
    .per_token = 8e-4,
    .noise = 0.1,
    .slow_start = 1,
    .mean_length = 50,
    .evaluation = 12,
    .model = 3,
    .checkpoint = 8,
    .n_splits = 1,
    .eval_every = { .steps = 125 },
    .save_every = { .steps = 250 },
    .pause_at = 500,
    .pause = 240,
    .best = 2 },
  { .name = "resumed",
    .steps = 3000,
    .steps_per_epoch = 600,
    .batch = 16,
    .base = 0.05,
    .per_token = 5e-4,
    .noise = 0.15,
    .slow_start = 3,
    .mean_length = 50,
    .evaluation = 15,
    .model = 3,
    .checkpoint = 9,
    .n_splits = 1,
    .eval_every = { .steps = 150 },
    .save_every = { .steps = 200 },
    .best = 4,
    .resume_at = 1100 },
  { .name = "no-evaluation",
    .steps = 1000,
    .steps_per_epoch = 250,
    .batch = 16,
    .base = 0.05,
    .per_token = 8e-4,
    .noise = 0.2,
    .slow_start = 2,
    .mean_length = 50,
    .model = 2,
    .checkpoint = 6,
    .save_every = { .steps = 100 },
    .best = 1 },
};

/* Over ten minutes each; right within 20 % at every point after the first minute and the first
 * evaluation. */
static void
test_world (gconstpointer data)
{
  const World *world = data;
  double       worst = 0, where = 0, seconds = 0;

  for (guint32 seed = 1; seed <= 20; seed++)
    {
      Play   self;
      double at = 0, wrong;

      play_init (&self, world, seed);
      play (&self, world->resume_at);
      seconds = self.now;
      g_assert_cmpfloat (seconds, >, 600);
      wrong = judge (&self, &at);
      if (wrong > worst)
        {
          worst = wrong;
          where = at;
        }
      play_clear (&self);
    }
  g_test_message ("%s: %.0f s, worst of 20 seeds %.1f %% at %.0f %%", world->name, seconds,
                  worst * 100, where * 100);
  g_assert_cmpfloat (worst, <, 0.2);
}

/* Nothing is known before the first step, unless an earlier process has told. */
static void
test_nothing_known (void)
{
  WbTimePlan plan = { .total_steps = 10,
                      .steps_per_epoch = 10,
                      .tokens = 1000,
                      .tokens_per_second = NAN };
  WbTimeLeft left;

  wb_time_left_init (&left, &plan, 5);
  g_assert_true (isnan (wb_time_left_get (&left, 6)));
  plan.tokens_per_second = 100;
  wb_time_left_init (&left, &plan, 5);
  g_assert_cmpfloat_with_epsilon (wb_time_left_get (&left, 5), 10, 1e-9);
}

/* Hostile numbers: never negative, never a surprise. */
static void
test_odd_numbers (void)
{
  const WbTimePlan plan = { .total_steps = 4,
                            .steps_per_epoch = 1,
                            .tokens = 10,
                            .evaluation_tokens = 1,
                            .n_splits = 0,
                            .eval_every = { .epoch = TRUE } };
  WbTimeLeft       left;

  wb_time_left_init (&left, &plan, 0);
  wb_time_left_add_step (&left, 1, 0, 1, 1);
  wb_time_left_add_step (&left, 2, 100, NAN, 2);
  wb_time_left_add_step (&left, 3, 100, -1, 3);
  g_assert_true (isnan (wb_time_left_get (&left, 3)));
  wb_time_left_add_step (&left, 9, 100, 0, 4); /* past the end */
  wb_time_left_set_phase (&left, WB_TIME_EVALUATING, NAN, 4);
  g_assert_cmpfloat (wb_time_left_get (&left, 3), >=, 0);
}

/* What a feed says is to come is what then comes. */
static void
test_planned_tokens (gconstpointer data)
{
  enum
  {
    N = 103
  };
  const WbOrder order = (WbOrder) GPOINTER_TO_INT (data);
  guint32       lengths[N];
  g_autoptr (WbFeatures) features = NULL;
  g_autoptr (WbFeed) feed = NULL;
  const WbFeedOptions options = { .order = order, .batch_size = 8, .accumulation = 2, .seed = 4 };
  guint64             sums[41] = { 0 };

  for (guint i = 0; i < N; i++)
    lengths[i] = 3 + i * 7 % 29;
  features = wb_features_new_random (lengths, N, 50, 1);
  feed = wb_feed_new (features, &options);
  for (guint64 step = 0; step < 40; step++)
    {
      const WbBatch *parts;
      gsize          n_parts;
      WbDistinctIds  distinct;

      wb_feed_get (feed, step, &parts, &n_parts, &distinct);
      sums[step + 1] = sums[step];
      for (gsize p = 0; p < n_parts; p++)
        sums[step + 1] += parts[p].n_tokens;
    }
  for (guint64 from = 0; from <= 40; from += 3)
    for (guint64 to = from; to <= 40; to++)
      g_assert_cmpuint (wb_feed_count_tokens (feed, from, to), ==, sums[to] - sums[from]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (worlds); i++)
    {
      g_autofree char *path = g_strdup_printf ("/app/time-left/%s", worlds[i].name);
      g_test_add_data_func (path, &worlds[i], test_world);
    }
  g_test_add_func ("/app/time-left/nothing-known", test_nothing_known);
  g_test_add_func ("/app/time-left/odd-numbers", test_odd_numbers);
  for (int order = WB_ORDER_GROUPED; order <= WB_ORDER_PUBLISHED; order++)
    {
      g_autofree char *path = g_strdup_printf ("/app/time-left/planned-tokens-%d", order);
      g_test_add_data_func (path, GINT_TO_POINTER (order), test_planned_tokens);
    }
  return g_test_run ();
}
