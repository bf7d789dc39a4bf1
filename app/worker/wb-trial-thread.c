/* The engine thread of a trial. */
#include <stdlib.h>
#include <time.h>

#include "app/worker/wb-trial-private.h"

#define MOST_THREADS 8 /* a short text has no work for more */

static int n_loaded; /* atomic */

int
wb_trial_shared_count (int more)
{
  return g_atomic_int_add (&n_loaded, more) + more;
}

void
wb_trial_shared_unref (gpointer data)
{
  WbTrialShared *self = data;

  if (!g_atomic_int_dec_and_test (&self->references))
    return;
  pthread_mutex_destroy (&self->mutex);
  pthread_cond_destroy (&self->cond);
  g_clear_pointer (&self->plan, wb_run_plan_free);
  g_clear_pointer (&self->result, wb_trial_result_free);
  g_main_context_unref (self->context);
  g_free (self->folder);
  g_free (self->text);
  g_free (self->pair);
  g_free (self->message);
  g_free (self);
}

WbTrialShared *
wb_trial_shared_ref (WbTrialShared *self)
{
  g_atomic_int_inc (&self->references);
  return self;
}

/* Under the mutex. */
static void
tell (WbTrialShared *self)
{
  g_autoptr (GSource) source = NULL;

  if (self->told)
    return;
  self->told = TRUE;
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, self->changed, wb_trial_shared_ref (self), wb_trial_shared_unref);
  g_source_attach (source, self->context);
}

/* Takes @message and @result. */
static void
set_state (WbTrialShared *self, WbTrialState state, char *message, WbTrialResult *result)
{
  pthread_mutex_lock (&self->mutex);
  self->state = state;
  g_free (self->message);
  self->message = message;
  if (result != NULL)
    {
      g_clear_pointer (&self->result, wb_trial_result_free);
      self->result = result;
    }
  tell (self);
  pthread_mutex_unlock (&self->mutex);
}

/* The newest text; %FALSE: the thread is to end, for it was told to or nobody asked for long. */
static gboolean
wait_for_text (WbTrialShared *self, char **text, char **pair)
{
  struct timespec end;
  gboolean        found;

  clock_gettime (CLOCK_REALTIME, &end);
  end.tv_sec += WB_TRIAL_IDLE_SECONDS;
  pthread_mutex_lock (&self->mutex);
  while (!self->quit && self->text == NULL &&
         pthread_cond_timedwait (&self->cond, &self->mutex, &end) == 0)
    ;
  found = !self->quit && self->text != NULL;
  *text = g_steal_pointer (&self->text);
  *pair = g_steal_pointer (&self->pair);
  if (!found)
    self->ended = TRUE;
  pthread_mutex_unlock (&self->mutex);
  return found;
}

static void
answer (WbTrialShared *self, WbPredictor *predictor, const char *text, const char *pair)
{
  g_autoptr (GError) error = NULL;
  WbTrialResult *result = wb_trial_compute (predictor, self->plan->task, text, pair, &error);

  if (result != NULL)
    set_state (self, WB_TRIAL_READY, NULL, result);
  else
    set_state (self, WB_TRIAL_FAILED, g_strdup (error->message), NULL);
}

/* Cores that have nothing to do: with a run at work on all of them, one thread is quicker than two
 * that wait for each other. */
static void
choose_threads (WbSettings *settings)
{
  const guint      own = (guint) wb_settings_get_count (settings, "threads");
  const int        cores = (int) g_get_num_processors ();
  double           load = 0;
  int              n;
  g_autofree char *text = NULL;

  if (getloadavg (&load, 1) != 1)
    load = 0;
  n = CLAMP (cores - (int) (load + 0.5), 1, MOST_THREADS);
  if (own > 0)
    n = MIN (n, (int) own);
  text = g_strdup_printf ("%d", n);
  wb_settings_set (settings, "threads", text, NULL);
}

/* A model that cannot be loaded fails for every text until it is let go of. */
static void
work (WbTrialShared *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbPredictor) predictor = NULL;
  char *text, *pair;

  set_state (self, WB_TRIAL_LOADING, NULL, NULL);
  choose_threads (self->plan->settings);
  predictor = wb_predictor_open (self->folder, self->plan->task, self->plan->settings, &error);
  if (predictor != NULL)
    set_state (self, WB_TRIAL_READY, NULL, NULL);
  while (wait_for_text (self, &text, &pair))
    {
      if (predictor != NULL)
        answer (self, predictor, text, pair);
      else
        set_state (self, WB_TRIAL_FAILED, g_strdup (error->message), NULL);
      g_free (text);
      g_free (pair);
    }
  g_free (text);
  g_free (pair);
}

void *
wb_trial_shared_main (void *data)
{
  WbTrialShared *self = data;

  work (self);
  wb_trial_shared_count (-1);
  set_state (self, WB_TRIAL_IDLE, NULL, NULL);
  wb_trial_shared_unref (self);
  return NULL;
}
