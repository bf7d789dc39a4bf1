#include "config.h"

#include "app/runs/wb-run-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "data/tasks/wb-task.h"

struct _WbRun
{
  GObject      parent_instance;
  WbWorkspace *workspace;
  WbRunRecord *record;
  char        *status_text;
  char        *best_text;
  char        *last_text;
  gint64       generation; /* grows when the step goes back: a resume replaced points */
};

G_DEFINE_FINAL_TYPE (WbRun, wb_run, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_ID,
  PROP_NAME,
  PROP_STATUS,
  PROP_STATUS_TEXT,
  PROP_PHASE,
  PROP_MODEL,
  PROP_TASK,
  PROP_TASK_TITLE,
  PROP_METRIC_NAME,
  PROP_BEST,
  PROP_LAST,
  PROP_BEST_TEXT,
  PROP_LAST_TEXT,
  PROP_BEST_STEP,
  PROP_STEP,
  PROP_TOTAL_STEPS,
  PROP_PROGRESS,
  PROP_SECONDS_LEFT,
  PROP_TOKENS_PER_SECOND,
  PROP_DURATION,
  PROP_CREATED,
  PROP_STARTED,
  PROP_FINISHED,
  PROP_MESSAGE,
  PROP_SEED,
  PROP_ACTIVE,
  PROP_CAN_RESUME,
  PROP_FOLDER,
  PROP_TAGS,
  PROP_NOTE,
  PROP_ARCHIVED,
  PROP_PINNED,
  PROP_BASELINE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static WbRunStatus
status_of (const WbRunRecord *record)
{
  switch (record->status)
    {
    case WB_RECORD_QUEUED:
      return WB_RUN_QUEUED;
    case WB_RECORD_RUNNING:
      return WB_RUN_RUNNING;
    case WB_RECORD_PAUSED:
      return WB_RUN_PAUSED;
    case WB_RECORD_STOPPED:
      return WB_RUN_STOPPED;
    case WB_RECORD_INTERRUPTED:
      return WB_RUN_INTERRUPTED;
    case WB_RECORD_FINISHED:
      return WB_RUN_FINISHED;
    case WB_RECORD_DIVERGED:
      return WB_RUN_DIVERGED;
    case WB_RECORD_FAILED:
    default:
      return WB_RUN_FAILED;
    }
}

static const char *
task_title (const WbRunRecord *record)
{
  const WbTask *task = wb_task_find (record->task);
  return task != NULL ? _ (task->title) : record->task;
}

/* Seconds of work so far; a running run's last second or two are not in the row yet. */
static double
duration_of (const WbRunRecord *record)
{
  return isfinite (record->seconds) ? record->seconds : 0;
}

/* Phases are named by the run's process; one that is not known here is shown as it is called. */
static char *
dup_phase_title (const char *phase)
{
  static const struct
  {
    const char *phase, *title;
  } titles[] = {
    { "loading", N_ ("Loading") },
    { "saving", N_ ("Saving") },
    { "tokenizing", N_ ("Tokenizing") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (titles); i++)
    if (strcmp (titles[i].phase, phase) == 0)
      return g_strdup (_ (titles[i].title));
  return g_strdup_printf ("%c%s", g_ascii_toupper (phase[0]), phase + 1);
}

static char *
dup_running_text (const WbRunRecord *record)
{
  if (record->request != WB_REQUEST_NONE)
    return g_strdup (record->request == WB_REQUEST_PAUSE ? _ ("Pausing") : _ ("Stopping"));
  if (record->phase == NULL || strcmp (record->phase, "training") == 0)
    return g_strdup_printf (_ ("Training %.0f %%"), floor (record->progress * 100));
  if (strcmp (record->phase, "evaluating") == 0)
    return g_strdup_printf (_ ("Evaluating %.0f %%"), floor (record->progress * 100));
  return dup_phase_title (record->phase);
}

static char *
dup_status_text (const WbRunRecord *record)
{
  const WbRunStatus status = status_of (record);

  switch (status)
    {
    case WB_RUN_RUNNING:
      return dup_running_text (record);
    case WB_RUN_DIVERGED:
      return g_strdup_printf (_ ("Diverged at step %ld"), (glong) record->step);
    case WB_RUN_INTERRUPTED:
    case WB_RUN_STOPPED:
    case WB_RUN_PAUSED:
      /* Translators: %s is "Stopped", "Interrupted" or "Paused" */
      return g_strdup_printf (_ ("%s, can resume"), wb_run_status_get_title (status));
    default:
      return g_strdup (wb_run_status_get_title (status));
    }
}

static char *
dup_value_text (double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (value))
    return g_strdup ("–");
  return g_strdup (g_ascii_formatd (text, sizeof text, "%.4f", value));
}

char *
wb_run_record_dup_lock_path (const WbRunRecord *record)
{
  return record->folder != NULL ? g_build_filename (record->folder, "lock", NULL) : NULL;
}

char *
wb_run_record_dup_obstacle (const WbRunRecord *record)
{
  switch (record->status)
    {
    case WB_RECORD_RUNNING:
      return g_strdup (_ ("it is running"));
    case WB_RECORD_FINISHED:
      return g_strdup (_ ("it is finished; start a new run to train longer"));
    case WB_RECORD_DIVERGED:
      return g_strdup (
          _ ("its loss became infinite or not a number, and would again; start a new run "
             "with a lower learning rate"));
    default:
      break;
    }
  if (record->folder == NULL || !g_file_test (record->folder, G_FILE_TEST_IS_DIR))
    return g_strdup (_ ("its folder is gone"));
  return NULL;
}

static void
get_number_property (WbRun *self, guint id, GValue *value)
{
  const WbRunRecord *record = self->record;

  switch (id)
    {
    case PROP_BEST:
      g_value_set_double (value, record->best_value);
      break;
    case PROP_LAST:
      g_value_set_double (value, record->last_value);
      break;
    case PROP_PROGRESS:
      g_value_set_double (value, wb_run_get_progress (self));
      break;
    case PROP_SECONDS_LEFT:
      g_value_set_double (value, wb_run_get_seconds_left (self));
      break;
    case PROP_TOKENS_PER_SECOND:
      g_value_set_double (value, wb_run_get_tokens_per_second (self));
      break;
    case PROP_DURATION:
      g_value_set_double (value, duration_of (record));
      break;
    case PROP_BEST_STEP:
      g_value_set_uint64 (value, wb_run_get_best_step (self));
      break;
    case PROP_STEP:
      g_value_set_uint64 (value, (guint64) MAX (record->step, 0));
      break;
    case PROP_TOTAL_STEPS:
      g_value_set_uint64 (value, (guint64) MAX (record->total_steps, 0));
      break;
    case PROP_SEED:
      g_value_set_uint64 (value, (guint64) record->seed);
      break;
    case PROP_ID:
      g_value_set_int64 (value, record->id);
      break;
    case PROP_CREATED:
      g_value_set_int64 (value, record->created / G_USEC_PER_SEC);
      break;
    case PROP_STARTED:
      g_value_set_int64 (value, record->started / G_USEC_PER_SEC);
      break;
    case PROP_FINISHED:
      g_value_set_int64 (value, record->finished / G_USEC_PER_SEC);
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
wb_run_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WbRun             *self = WB_RUN (object);
  const WbRunRecord *record = self->record;

  switch (id)
    {
    case PROP_NAME:
      g_value_set_string (value, record->name);
      break;
    case PROP_STATUS:
      g_value_set_enum (value, (gint) status_of (record));
      break;
    case PROP_STATUS_TEXT:
      g_value_set_string (value, self->status_text);
      break;
    case PROP_PHASE:
      g_value_set_string (value, wb_run_get_phase (self));
      break;
    case PROP_MODEL:
      g_value_set_string (value, record->model_name);
      break;
    case PROP_TASK:
      g_value_set_string (value, record->task);
      break;
    case PROP_TASK_TITLE:
      g_value_set_string (value, task_title (record));
      break;
    case PROP_METRIC_NAME:
      g_value_set_string (value, wb_run_get_metric_name (self));
      break;
    case PROP_BEST_TEXT:
      g_value_set_string (value, self->best_text);
      break;
    case PROP_LAST_TEXT:
      g_value_set_string (value, self->last_text);
      break;
    case PROP_MESSAGE:
      g_value_set_string (value, wb_run_get_message (self));
      break;
    case PROP_ACTIVE:
      g_value_set_boolean (value, wb_run_is_active (self));
      break;
    case PROP_CAN_RESUME:
      g_value_set_boolean (value, wb_run_can_resume (self, NULL));
      break;
    case PROP_FOLDER:
      g_value_set_string (value, record->folder);
      break;
    case PROP_TAGS:
      g_value_take_string (value, wb_run_dup_tags_text (self));
      break;
    case PROP_NOTE:
      g_value_set_string (value, wb_run_get_note (self));
      break;
    case PROP_ARCHIVED:
      g_value_set_boolean (value, record->archived != 0);
      break;
    case PROP_PINNED:
      g_value_set_boolean (value, record->pinned != 0);
      break;
    case PROP_BASELINE:
      g_value_set_boolean (value, record->baseline != 0);
      break;
    default:
      get_number_property (self, id, value);
    }
}

static void
wb_run_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (id == PROP_NAME);
  if (!wb_run_rename (WB_RUN (object), g_value_get_string (value), &error))
    g_warning ("%s", error->message);
}

static void
wb_run_dispose (GObject *object)
{
  g_clear_object (&WB_RUN (object)->workspace);
  G_OBJECT_CLASS (wb_run_parent_class)->dispose (object);
}

static void
wb_run_finalize (GObject *object)
{
  WbRun *self = WB_RUN (object);

  g_clear_pointer (&self->record, wb_run_record_free);
  g_free (self->status_text);
  g_free (self->best_text);
  g_free (self->last_text);
  G_OBJECT_CLASS (wb_run_parent_class)->finalize (object);
}

#define READABLE (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY)

static void
install_texts (void)
{
  static const struct
  {
    guint       id;
    const char *name;
  } texts[] = {
    { PROP_STATUS_TEXT, "status-text" },
    { PROP_PHASE, "phase" },
    { PROP_MODEL, "model" },
    { PROP_TASK, "task" },
    { PROP_TASK_TITLE, "task-title" },
    { PROP_METRIC_NAME, "metric-name" },
    { PROP_BEST_TEXT, "best-text" },
    { PROP_LAST_TEXT, "last-text" },
    { PROP_MESSAGE, "message" },
    { PROP_FOLDER, "folder" },
    { PROP_TAGS, "tags" },
    { PROP_NOTE, "note" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    props[texts[i].id] = g_param_spec_string (texts[i].name, NULL, NULL, NULL, READABLE);
}

static void
install_numbers (void)
{
  static const struct
  {
    guint       id;
    const char *name;
  } doubles[] = {
    { PROP_BEST, "best" },
    { PROP_LAST, "last" },
    { PROP_PROGRESS, "progress" },
    { PROP_SECONDS_LEFT, "seconds-left" },
    { PROP_TOKENS_PER_SECOND, "tokens-per-second" },
    { PROP_DURATION, "duration" },
  },
    counts[] = {
      { PROP_BEST_STEP, "best-step" },
      { PROP_STEP, "step" },
      { PROP_TOTAL_STEPS, "total-steps" },
      { PROP_SEED, "seed" },
    },
    times[] = {
      { PROP_ID, "id" },
      { PROP_CREATED, "created" },
      { PROP_STARTED, "started" },
      { PROP_FINISHED, "finished" },
    };

  for (gsize i = 0; i < G_N_ELEMENTS (doubles); i++)
    props[doubles[i].id] =
        g_param_spec_double (doubles[i].name, NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0, READABLE);
  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    props[counts[i].id] =
        g_param_spec_uint64 (counts[i].name, NULL, NULL, 0, G_MAXUINT64, 0, READABLE);
  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    props[times[i].id] =
        g_param_spec_int64 (times[i].name, NULL, NULL, G_MININT64, G_MAXINT64, 0, READABLE);
}

static void
wb_run_class_init (WbRunClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->get_property = wb_run_get_property;
  object_class->set_property = wb_run_set_property;
  object_class->dispose = wb_run_dispose;
  object_class->finalize = wb_run_finalize;
  props[PROP_NAME] =
      g_param_spec_string ("name", NULL, NULL, NULL,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_STATUS] =
      g_param_spec_enum ("status", NULL, NULL, WB_TYPE_RUN_STATUS, WB_RUN_QUEUED, READABLE);
  props[PROP_ACTIVE] = g_param_spec_boolean ("active", NULL, NULL, FALSE, READABLE);
  props[PROP_CAN_RESUME] = g_param_spec_boolean ("can-resume", NULL, NULL, FALSE, READABLE);
  props[PROP_ARCHIVED] = g_param_spec_boolean ("archived", NULL, NULL, FALSE, READABLE);
  props[PROP_PINNED] = g_param_spec_boolean ("pinned", NULL, NULL, FALSE, READABLE);
  props[PROP_BASELINE] = g_param_spec_boolean ("baseline", NULL, NULL, FALSE, READABLE);
  install_texts ();
  install_numbers ();
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
wb_run_init (WbRun *self)
{
}

static void
make_texts (WbRun *self)
{
  g_free (self->status_text);
  g_free (self->best_text);
  g_free (self->last_text);
  self->status_text = dup_status_text (self->record);
  self->best_text = dup_value_text (self->record->best_value);
  self->last_text = dup_value_text (self->record->last_value);
}

WbRun *
wb_run_new (WbWorkspace *workspace, WbRunRecord *record)
{
  WbRun *self = g_object_new (WB_TYPE_RUN, NULL);

  self->workspace = g_object_ref (workspace);
  self->record = record;
  make_texts (self);
  return self;
}

/* Compares each property before and after; a double that is not a number equals itself here. */
static gboolean
values_equal (const GValue *a, const GValue *b)
{
  if (G_VALUE_HOLDS_STRING (a))
    return g_strcmp0 (g_value_get_string (a), g_value_get_string (b)) == 0;
  if (G_VALUE_HOLDS_DOUBLE (a))
    {
      const double x = g_value_get_double (a), y = g_value_get_double (b);
      return x == y || (isnan (x) && isnan (y));
    }
  if (G_VALUE_HOLDS_INT64 (a))
    return g_value_get_int64 (a) == g_value_get_int64 (b);
  if (G_VALUE_HOLDS_UINT64 (a))
    return g_value_get_uint64 (a) == g_value_get_uint64 (b);
  if (G_VALUE_HOLDS_BOOLEAN (a))
    return g_value_get_boolean (a) == g_value_get_boolean (b);
  return g_value_get_enum (a) == g_value_get_enum (b);
}

static void
read_properties (WbRun *self, GValue *values)
{
  for (guint i = 1; i < N_PROPS; i++)
    {
      if (!G_IS_VALUE (&values[i]))
        g_value_init (&values[i], props[i]->value_type);
      wb_run_get_property (G_OBJECT (self), i, &values[i], props[i]);
    }
}

void
wb_run_take_record (WbRun *self, WbRunRecord *record)
{
  GValue before[N_PROPS] = { G_VALUE_INIT }, after[N_PROPS] = { G_VALUE_INIT };

  read_properties (self, before);
  if (record->step < self->record->step)
    self->generation++;
  wb_run_record_free (self->record);
  self->record = record;
  make_texts (self);
  read_properties (self, after);
  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = 1; i < N_PROPS; i++)
    {
      if (!values_equal (&before[i], &after[i]))
        g_object_notify_by_pspec (G_OBJECT (self), props[i]);
      g_value_unset (&before[i]);
      g_value_unset (&after[i]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

const WbRunRecord *
wb_run_get_record (WbRun *self)
{
  return self->record;
}

WbWorkspace *
wb_run_get_workspace (WbRun *self)
{
  return self->workspace;
}

gint64
wb_run_get_generation (WbRun *self)
{
  return self->generation;
}

gint64
wb_run_get_id (WbRun *self)
{
  return self->record->id;
}

const char *
wb_run_get_name (WbRun *self)
{
  return self->record->name;
}

WbRunStatus
wb_run_get_status (WbRun *self)
{
  return status_of (self->record);
}

const char *
wb_run_get_status_text (WbRun *self)
{
  return self->status_text;
}

const char *
wb_run_get_phase (WbRun *self)
{
  return self->record->phase != NULL ? self->record->phase : "";
}

const char *
wb_run_get_model (WbRun *self)
{
  return self->record->model_name;
}

const char *
wb_run_get_task (WbRun *self)
{
  return self->record->task;
}

const char *
wb_run_get_task_title (WbRun *self)
{
  return task_title (self->record);
}

const char *
wb_run_get_metric_name (WbRun *self)
{
  return self->record->metric != NULL ? self->record->metric : "";
}

double
wb_run_get_best (WbRun *self)
{
  return self->record->best_value;
}

double
wb_run_get_last (WbRun *self)
{
  return self->record->last_value;
}

guint64
wb_run_get_best_step (WbRun *self)
{
  return (guint64) MAX (self->record->best_step, 0);
}

guint64
wb_run_get_step (WbRun *self)
{
  return (guint64) MAX (self->record->step, 0);
}

guint64
wb_run_get_total_steps (WbRun *self)
{
  return (guint64) MAX (self->record->total_steps, 0);
}

double
wb_run_get_progress (WbRun *self)
{
  return CLAMP (self->record->progress, 0, 1);
}

double
wb_run_get_seconds_left (WbRun *self)
{
  return isfinite (self->record->seconds_left) ? self->record->seconds_left : -1;
}

double
wb_run_get_tokens_per_second (WbRun *self)
{
  return isfinite (self->record->tokens_per_second) ? self->record->tokens_per_second : 0;
}

double
wb_run_get_duration (WbRun *self)
{
  return duration_of (self->record);
}

gint64
wb_run_get_created (WbRun *self)
{
  return self->record->created / G_USEC_PER_SEC;
}

gint64
wb_run_get_started (WbRun *self)
{
  return self->record->started / G_USEC_PER_SEC;
}

gint64
wb_run_get_finished (WbRun *self)
{
  return self->record->finished / G_USEC_PER_SEC;
}

double
wb_run_get_waited (WbRun *self)
{
  const WbRunRecord *record = self->record;
  const gint64       end = record->started > 0 ? record->started : g_get_real_time ();

  if (record->started == 0 && record->status != WB_RECORD_QUEUED)
    return 0; /* stopped before it began */
  return MAX (0, (double) (end - record->created) / G_USEC_PER_SEC);
}

const char *
wb_run_get_message (WbRun *self)
{
  return self->record->message != NULL ? self->record->message : "";
}

guint64
wb_run_get_seed (WbRun *self)
{
  return (guint64) self->record->seed;
}

gboolean
wb_run_is_active (WbRun *self)
{
  return self->record->status == WB_RECORD_RUNNING || self->record->status == WB_RECORD_QUEUED;
}

const char *
wb_run_get_folder (WbRun *self)
{
  return self->record->folder != NULL ? self->record->folder : "";
}
