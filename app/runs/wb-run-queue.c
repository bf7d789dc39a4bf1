#include "config.h"

#include "app/runs/wb-run-queue.h"

#include <glib/gi18n-lib.h>

#include "app/core/wb-workspace-private.h"
#include "app/runs/wb-run-launcher.h"
#include "app/runs/wb-run-private.h"
#include "app/worker/wb-queue-worker-private.h"
#include "data/store/wb-store-queue.h"

#define FOLLOW_MILLISECONDS 100
#define WAKE_TICKS 20   /* between looks whether somebody works */
#define WAKE_SECONDS 10 /* between attempts: a process that cannot work ends at once */

struct _WbRunQueue
{
  GObject      parent_instance;
  WbWorkspace *workspace;
  WbStore     *store;
  GPtrArray   *waiting; /* (element-type WbRun) */
  GListStore  *running; /* (element-type WbRun) */
  gboolean     paused;
  double       progress;
  guint64      data_version;
  guint        source;
  guint        ticks;
  gint64       woken_time; /* monotonic */
};

static GType
get_item_type (GListModel *model)
{
  return WB_TYPE_RUN;
}

static guint
get_n_items (GListModel *model)
{
  return WB_RUN_QUEUE (model)->waiting->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  WbRunQueue *self = WB_RUN_QUEUE (model);

  return position < self->waiting->len ? g_object_ref (self->waiting->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_TYPE_WITH_CODE (WbRunQueue,
                         wb_run_queue,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum
{
  PROP_0,
  PROP_N_ITEMS,
  PROP_N_RUNNING,
  PROP_PAUSED,
  PROP_PROGRESS,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static guint
get_n_running (WbRunQueue *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->running));
}

static void
wb_run_queue_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WbRunQueue *self = WB_RUN_QUEUE (object);

  switch (id)
    {
    case PROP_N_ITEMS:
      g_value_set_uint (value, self->waiting->len);
      break;
    case PROP_N_RUNNING:
      g_value_set_uint (value, get_n_running (self));
      break;
    case PROP_PAUSED:
      g_value_set_boolean (value, self->paused);
      break;
    case PROP_PROGRESS:
      g_value_set_double (value, self->progress);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wb_run_queue_dispose (GObject *object)
{
  WbRunQueue *self = WB_RUN_QUEUE (object);

  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_object (&self->running);
  g_clear_object (&self->workspace);
  G_OBJECT_CLASS (wb_run_queue_parent_class)->dispose (object);
}

static void
wb_run_queue_finalize (GObject *object)
{
  g_ptr_array_unref (WB_RUN_QUEUE (object)->waiting);
  G_OBJECT_CLASS (wb_run_queue_parent_class)->finalize (object);
}

static void
wb_run_queue_class_init (WbRunQueueClass *class)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (class);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = wb_run_queue_get_property;
  object_class->dispose = wb_run_queue_dispose;
  object_class->finalize = wb_run_queue_finalize;
  props[PROP_N_ITEMS] = g_param_spec_uint ("n-items", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_N_RUNNING] = g_param_spec_uint ("n-running", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_PAUSED] = g_param_spec_boolean ("paused", NULL, NULL, FALSE, flags);
  props[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, 0, 1, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
wb_run_queue_init (WbRunQueue *self)
{
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  self->running = g_list_store_new (WB_TYPE_RUN);
}

/* (transfer full) (nullable): the object that is there for the run. */
static WbRun *
find_run (WbRunQueue *self, gint64 id)
{
  for (guint i = 0; i < self->waiting->len; i++)
    if (wb_run_get_id (self->waiting->pdata[i]) == id)
      return g_object_ref (self->waiting->pdata[i]);
  for (guint i = 0; i < get_n_running (self); i++)
    {
      g_autoptr (WbRun) run = g_list_model_get_item (G_LIST_MODEL (self->running), i);

      if (wb_run_get_id (run) == id)
        return g_steal_pointer (&run);
    }
  return NULL;
}

/* What stays at both ends is left alone, so that its rows stay too. */
static void
count_same (gpointer *a, guint n_a, gpointer *b, guint n_b, guint *head, guint *tail)
{
  const guint n = MIN (n_a, n_b);

  for (*head = 0; *head < n && a[*head] == b[*head];)
    ++*head;
  for (*tail = 0; *head + *tail < n && a[n_a - 1 - *tail] == b[n_b - 1 - *tail];)
    ++*tail;
}

/* Takes @now. */
static void
take_waiting (WbRunQueue *self, GPtrArray *now)
{
  g_autoptr (GPtrArray) before = self->waiting;
  guint head, tail;

  self->waiting = now;
  count_same (before->pdata, before->len, now->pdata, now->len, &head, &tail);
  if (before->len == now->len && head == now->len)
    return;
  g_list_model_items_changed (G_LIST_MODEL (self), head, before->len - head - tail,
                              now->len - head - tail);
  if (before->len != now->len)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_ITEMS]);
}

static void
take_running (WbRunQueue *self, GPtrArray *now)
{
  const guint n = get_n_running (self);
  gboolean    same = n == now->len;

  for (guint i = 0; same && i < n; i++)
    {
      g_autoptr (WbRun) run = g_list_model_get_item (G_LIST_MODEL (self->running), i);
      same = run == now->pdata[i];
    }
  if (same)
    return;
  g_list_store_splice (self->running, 0, n, now->pdata, now->len);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_RUNNING]);
}

static void
take_records (WbRunQueue *self, GPtrArray *records)
{
  g_autoptr (GPtrArray) waiting = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) running = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_set_free_func (records, NULL);
  for (guint i = 0; i < records->len; i++)
    {
      WbRunRecord *record = records->pdata[i];
      WbRun       *run = find_run (self, record->id);

      if (run != NULL)
        wb_run_take_record (run, record);
      else
        run = wb_run_new (self->workspace, record);
      g_ptr_array_add (wb_run_get_status (run) == WB_RUN_RUNNING ? running : waiting, run);
    }
  take_running (self, running);
  take_waiting (self, g_steal_pointer (&waiting));
}

static void
update_progress (WbRunQueue *self)
{
  g_autoptr (WbRun) run = g_list_model_get_item (G_LIST_MODEL (self->running), 0);
  const double progress = run != NULL ? wb_run_get_progress (run) : 0;

  if (progress == self->progress)
    return;
  self->progress = progress;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PROGRESS]);
}

gboolean
wb_run_queue_refresh (WbRunQueue *self, GError **error)
{
  const guint64 data_version = wb_store_get_data_version (self->store);
  g_autoptr (GPtrArray) records = NULL;
  gboolean paused;

  g_return_val_if_fail (WB_IS_RUN_QUEUE (self), FALSE);

  if (!wb_store_get_queue_paused (self->store, &paused, error) ||
      (records = wb_store_list_active (self->store, error)) == NULL)
    return FALSE;
  self->data_version = data_version;
  take_records (self, records);
  update_progress (self);
  if (paused != self->paused)
    {
      self->paused = paused;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PAUSED]);
    }
  return TRUE;
}

/* Marks what says it runs but does not. */
static void
notice_deaths (WbRunQueue *self)
{
  for (guint i = 0; i < get_n_running (self); i++)
    {
      g_autoptr (WbRun) run = g_list_model_get_item (G_LIST_MODEL (self->running), i);

      wb_run_notice_death (self->store, wb_run_get_record (run));
    }
}

/* After the machine was off, or whatever worked on the queue was killed. */
static void
wake (WbRunQueue *self)
{
  const gint64 now = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;

  if (self->waiting->len == 0 || now - self->woken_time < WAKE_SECONDS * G_USEC_PER_SEC)
    return;
  if (wb_queue_is_worked (self->workspace) || !wb_queue_has_work (self->workspace))
    return;
  self->woken_time = now;
  if (!wb_run_launcher_wake (self->workspace, &error))
    g_warning ("%s", error->message);
}

static gboolean
follow_cb (gpointer user_data)
{
  WbRunQueue *self = user_data;
  g_autoptr (GError) error = NULL;

  if (++self->ticks % WAKE_TICKS == 0)
    wake (self);
  if (wb_store_get_data_version (self->store) != self->data_version &&
      !wb_run_queue_refresh (self, &error))
    g_debug ("%s", error->message); /* the next tick tries again */
  return G_SOURCE_CONTINUE;
}

void
wb_run_queue_set_follow (WbRunQueue *self, gboolean follow)
{
  g_return_if_fail (WB_IS_RUN_QUEUE (self));

  if (follow && self->source == 0)
    self->source = g_timeout_add (FOLLOW_MILLISECONDS, follow_cb, self);
  else if (!follow)
    g_clear_handle_id (&self->source, g_source_remove);
}

WbRunQueue *
wb_run_queue_new (WbWorkspace *workspace, GError **error)
{
  g_autoptr (WbRunQueue) self = g_object_new (WB_TYPE_RUN_QUEUE, NULL);

  self->workspace = g_object_ref (workspace);
  self->store = wb_workspace_get_store (workspace);
  self->woken_time = -WAKE_SECONDS * G_USEC_PER_SEC;
  if (!wb_run_queue_refresh (self, error))
    return NULL;
  notice_deaths (self);
  if (!wb_run_queue_refresh (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

GListModel *
wb_run_queue_get_running (WbRunQueue *self)
{
  return G_LIST_MODEL (self->running);
}

gboolean
wb_run_queue_get_paused (WbRunQueue *self)
{
  return self->paused;
}

double
wb_run_queue_get_progress (WbRunQueue *self)
{
  return self->progress;
}

gboolean
wb_run_queue_is_urgent (WbRunQueue *self, WbRun *run)
{
  return wb_run_get_record (run)->urgent != 0;
}

gboolean
wb_run_queue_is_worked (WbRunQueue *self)
{
  return wb_queue_is_worked (self->workspace);
}

static gboolean
set_paused (WbRunQueue *self, gboolean paused, GError **error)
{
  return wb_store_set_queue_paused (self->store, paused, error) &&
         wb_run_queue_refresh (self, error);
}

gboolean
wb_run_queue_pause (WbRunQueue *self, GError **error)
{
  g_return_val_if_fail (WB_IS_RUN_QUEUE (self), FALSE);
  return set_paused (self, TRUE, error);
}

gboolean
wb_run_queue_unpause (WbRunQueue *self, GError **error)
{
  g_return_val_if_fail (WB_IS_RUN_QUEUE (self), FALSE);
  return set_paused (self, FALSE, error);
}

gboolean
wb_run_queue_wake (WbRunQueue *self, GError **error)
{
  g_return_val_if_fail (WB_IS_RUN_QUEUE (self), FALSE);
  return wb_run_launcher_wake (self->workspace, error);
}

gboolean
wb_run_queue_move (WbRunQueue *self, WbRun *run, guint position, GError **error)
{
  g_return_val_if_fail (WB_IS_RUN_QUEUE (self) && WB_IS_RUN (run), FALSE);

  return wb_store_move_queued (self->store, wb_run_get_id (run), position, error) &&
         wb_run_queue_refresh (self, error);
}

gboolean
wb_run_queue_drop (WbRunQueue *self, WbRun *run, GError **error)
{
  g_return_val_if_fail (WB_IS_RUN_QUEUE (self) && WB_IS_RUN (run), FALSE);

  return wb_store_withdraw_run (self->store, wb_run_get_id (run), N_ ("taken out of the queue"),
                                error) &&
         wb_run_refresh (run, error) && wb_run_queue_refresh (self, error);
}

static gboolean
put_back (WbRunQueue *self, gint64 id, guint position, gboolean urgent, GError **error)
{
  if (!wb_store_begin (self->store, error))
    return FALSE;
  if (wb_store_enqueue_run (self->store, id, urgent, error) &&
      wb_store_move_queued (self->store, id, position, error))
    return wb_store_commit (self->store, error);
  wb_store_rollback (self->store);
  return FALSE;
}

gboolean
wb_run_queue_put_back (WbRunQueue *self,
                       WbRun      *run,
                       guint       position,
                       gboolean    urgent,
                       GError    **error)
{
  g_return_val_if_fail (WB_IS_RUN_QUEUE (self) && WB_IS_RUN (run), FALSE);

  return put_back (self, wb_run_get_id (run), position, urgent, error) &&
         wb_run_refresh (run, error) && wb_run_queue_refresh (self, error) &&
         wb_run_launcher_wake (self->workspace, error);
}
