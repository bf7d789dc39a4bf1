#include "config.h"

#include "app/worker/wb-trial-private.h"

#include <glib/gi18n-lib.h>

#include "app/core/wb-app-error.h"
#include "app/runs/wb-run-plan-private.h"
#include "app/runs/wb-run-private.h"

struct _WbTrial
{
  GObject        parent_instance;
  WbRun         *run;
  WbFindingsKind kind;
  gboolean       is_pair;
  WbTrialShared *shared; /* (nullable): of the thread that works */
  WbTrialState   state;
  char          *message;
  WbTrialResult *result;
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbTrial, wb_trial, G_TYPE_OBJECT)

static gboolean
changed_cb (gpointer data)
{
  WbTrialShared   *shared = data;
  WbTrial         *self = shared->owner;
  WbTrialResult   *result;
  g_autofree char *message = NULL;
  WbTrialState     state;

  pthread_mutex_lock (&shared->mutex);
  shared->told = FALSE;
  state = shared->state;
  message = g_strdup (shared->message);
  result = g_steal_pointer (&shared->result);
  pthread_mutex_unlock (&shared->mutex);
  if (self == NULL)
    {
      g_clear_pointer (&result, wb_trial_result_free);
      return G_SOURCE_REMOVE;
    }
  self->state = state;
  g_free (self->message);
  self->message = g_steal_pointer (&message);
  if (result != NULL)
    {
      g_clear_pointer (&self->result, wb_trial_result_free);
      self->result = result;
    }
  g_signal_emit (self, signals[CHANGED], 0);
  return G_SOURCE_REMOVE;
}

static WbTrialShared *
shared_new (WbTrial *self)
{
  WbTrialShared     *shared = g_new0 (WbTrialShared, 1);
  pthread_condattr_t attributes;

  shared->references = 1;
  shared->folder = wb_run_dup_best_folder (self->run);
  shared->plan = wb_run_plan_parse (wb_run_get_record (self->run)->settings, NULL);
  shared->context = g_main_context_ref_thread_default ();
  pthread_mutex_init (&shared->mutex, NULL);
  pthread_condattr_init (&attributes);
  pthread_cond_init (&shared->cond, &attributes);
  pthread_condattr_destroy (&attributes);
  shared->owner = self;
  shared->changed = changed_cb;
  return shared;
}

static void
fail (WbTrial *self, const char *message)
{
  self->state = WB_TRIAL_FAILED;
  g_free (self->message);
  self->message = g_strdup (message);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
start (WbTrial *self)
{
  WbTrialShared *shared = shared_new (self);
  pthread_t      thread;

  if (shared->folder == NULL || shared->plan == NULL)
    {
      wb_trial_shared_unref (shared);
      fail (self, _ ("the run's model is gone"));
      return;
    }
  wb_trial_shared_count (1);
  self->shared = shared;
  if (pthread_create (&thread, NULL, wb_trial_shared_main, wb_trial_shared_ref (shared)) == 0)
    {
      pthread_detach (thread);
      return;
    }
  wb_trial_shared_count (-1);
  wb_trial_shared_unref (shared);
  g_clear_pointer (&self->shared, wb_trial_shared_unref);
  fail (self, _ ("no thread could be made"));
}

static void
let_go (WbTrial *self)
{
  WbTrialShared *shared = g_steal_pointer (&self->shared);

  if (shared == NULL)
    return;
  pthread_mutex_lock (&shared->mutex);
  shared->quit = TRUE;
  pthread_cond_signal (&shared->cond);
  pthread_mutex_unlock (&shared->mutex);
  shared->owner = NULL;
  wb_trial_shared_unref (shared);
}

/* %FALSE: the thread has gone, for nobody asked for long. */
static gboolean
hand_over (WbTrial *self, const char *text, const char *pair)
{
  WbTrialShared *shared = self->shared;
  gboolean       taken;

  pthread_mutex_lock (&shared->mutex);
  taken = !shared->ended;
  if (taken)
    {
      g_free (shared->text);
      g_free (shared->pair);
      shared->text = g_strdup (text);
      shared->pair = g_strdup (pair);
      pthread_cond_signal (&shared->cond);
    }
  pthread_mutex_unlock (&shared->mutex);
  return taken;
}

void
wb_trial_ask (WbTrial *self, const char *text, const char *pair)
{
  g_return_if_fail (WB_IS_TRIAL (self) && text != NULL);

  if (self->shared == NULL)
    start (self);
  if (self->shared == NULL || hand_over (self, text, pair))
    return;
  let_go (self);
  start (self);
  if (self->shared != NULL)
    hand_over (self, text, pair);
}

void
wb_trial_release (WbTrial *self)
{
  g_return_if_fail (WB_IS_TRIAL (self));

  let_go (self);
  g_clear_pointer (&self->result, wb_trial_result_free);
  g_clear_pointer (&self->message, g_free);
  self->state = WB_TRIAL_IDLE;
}

WbTrial *
wb_trial_new (WbRun *run, GError **error)
{
  g_autofree char *folder = wb_run_dup_best_folder (run);
  g_autoptr (WbRunPlan) plan = wb_run_plan_parse (wb_run_get_record (run)->settings, error);
  static const WbFindingsKind kinds[] = {
    [WB_TASK_CLASSIFICATION] = WB_FINDINGS_CLASSES,
    [WB_TASK_REGRESSION] = WB_FINDINGS_VALUES,
    [WB_TASK_TOKENS] = WB_FINDINGS_WORDS,
  };
  WbTrial *self;

  if (plan == NULL)
    return NULL;
  if (folder == NULL)
    {
      g_set_error_literal (error, WB_APP_ERROR, WB_APP_ERROR_MISSING,
                           _ ("the run has no model yet"));
      return NULL;
    }
  self = g_object_new (WB_TYPE_TRIAL, NULL);
  self->run = g_object_ref (run);
  self->kind = kinds[plan->task->kind];
  self->is_pair = plan->task->is_pair;
  return self;
}

WbFindingsKind
wb_trial_get_kind (WbTrial *self)
{
  return self->kind;
}

gboolean
wb_trial_is_pair (WbTrial *self)
{
  return self->is_pair;
}

WbTrialState
wb_trial_get_state (WbTrial *self)
{
  return self->state;
}

const char *
wb_trial_get_message (WbTrial *self)
{
  return self->message;
}

const WbTrialResult *
wb_trial_get_result (WbTrial *self)
{
  return self->result;
}

guint
wb_trial_count_loaded (void)
{
  return (guint) wb_trial_shared_count (0);
}

static void
wb_trial_dispose (GObject *object)
{
  WbTrial *self = WB_TRIAL (object);

  let_go (self);
  g_clear_object (&self->run);
  g_clear_pointer (&self->result, wb_trial_result_free);
  g_clear_pointer (&self->message, g_free);
  G_OBJECT_CLASS (wb_trial_parent_class)->dispose (object);
}

static void
wb_trial_class_init (WbTrialClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_trial_dispose;
  signals[CHANGED] = g_signal_new ("changed", WB_TYPE_TRIAL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
}

static void
wb_trial_init (WbTrial *self)
{
  self->state = WB_TRIAL_IDLE;
}
