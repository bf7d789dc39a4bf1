#include "app/runs/wb-run-list.h"

#include "app/core/wb-workspace-private.h"
#include "app/runs/wb-run-private.h"

#define FOLLOW_MILLISECONDS 100
#define DEATH_TICKS 10 /* locks of running runs are looked at once a second */

struct _WbRunList
{
  GObject      parent_instance;
  WbWorkspace *workspace;
  GPtrArray   *runs; /* by ascending id; the list shows them from the end */
  gint64       version;
  guint64      data_version;
  guint        n_active;
  guint        source;
  guint        ticks;
  gboolean     with_archived;
};

static GType
get_item_type (GListModel *model)
{
  return WB_TYPE_RUN;
}

static guint
get_n_items (GListModel *model)
{
  return WB_RUN_LIST (model)->runs->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  WbRunList *self = WB_RUN_LIST (model);

  if (position >= self->runs->len)
    return NULL;
  return g_object_ref (self->runs->pdata[self->runs->len - 1 - position]);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_TYPE_WITH_CODE (WbRunList,
                         wb_run_list,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum
{
  PROP_0,
  PROP_N_ACTIVE,
  PROP_N_ITEMS,
  N_PROPS
};

static GParamSpec *props[N_PROPS];
static guint       changed_signal;

static void
wb_run_list_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WbRunList *self = WB_RUN_LIST (object);

  switch (id)
    {
    case PROP_N_ACTIVE:
      g_value_set_uint (value, self->n_active);
      break;
    case PROP_N_ITEMS:
      g_value_set_uint (value, self->runs->len);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wb_run_list_dispose (GObject *object)
{
  WbRunList *self = WB_RUN_LIST (object);

  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_pointer (&self->runs, g_ptr_array_unref);
  g_clear_object (&self->workspace);
  G_OBJECT_CLASS (wb_run_list_parent_class)->dispose (object);
}

static void
wb_run_list_class_init (WbRunListClass *class)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (class);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = wb_run_list_get_property;
  object_class->dispose = wb_run_list_dispose;
  props[PROP_N_ACTIVE] = g_param_spec_uint ("n-active", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_N_ITEMS] = g_param_spec_uint ("n-items", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  changed_signal = g_signal_new ("changed", WB_TYPE_RUN_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
wb_run_list_init (WbRunList *self)
{
  self->runs = g_ptr_array_new_with_free_func (g_object_unref);
}

/* Index in runs of the first id that is not smaller. */
static guint
find_index (WbRunList *self, gint64 id)
{
  guint low = 0, high = self->runs->len;

  while (low < high)
    {
      const guint middle = low + (high - low) / 2;
      if (wb_run_get_id (self->runs->pdata[middle]) < id)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

WbRun *
wb_run_list_get_run (WbRunList *self, gint64 id)
{
  const guint i = find_index (self, id);

  if (i < self->runs->len && wb_run_get_id (self->runs->pdata[i]) == id)
    return self->runs->pdata[i];
  return NULL;
}

guint
wb_run_list_get_n_active (WbRunList *self)
{
  return self->n_active;
}

static void
items_changed (WbRunList *self, guint index, guint removed, guint added)
{
  /* @index counts from the end of the list after the change */
  g_list_model_items_changed (G_LIST_MODEL (self), self->runs->len - index - added, removed, added);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_ITEMS]);
}

static void
insert_run (WbRunList *self, WbRun *run)
{
  const guint i = find_index (self, wb_run_get_id (run));

  g_ptr_array_insert (self->runs, (gint) i, run);
  items_changed (self, i, 0, 1);
}

static void
remove_run (WbRunList *self, gint64 id)
{
  const guint i = find_index (self, id);

  if (i >= self->runs->len || wb_run_get_id (self->runs->pdata[i]) != id)
    return;
  g_ptr_array_remove_index (self->runs, i);
  items_changed (self, i, 1, 0);
}

/* Takes @record. */
static void
take_record (WbRunList *self, WbRunRecord *record)
{
  const gboolean hidden = record->archived != 0 && !self->with_archived;
  const gint64   id = record->id;
  WbRun         *run = wb_run_list_get_run (self, id);

  if (run != NULL)
    wb_run_take_record (run, record); /* somebody may still show it */
  else if (hidden)
    wb_run_record_free (record);
  else
    insert_run (self, wb_run_new (self->workspace, record));
  if (run != NULL && hidden)
    remove_run (self, id);
}

static void
count_active (WbRunList *self)
{
  guint n = 0;

  for (guint i = 0; i < self->runs->len; i++)
    n += wb_run_is_active (self->runs->pdata[i]);
  if (n == self->n_active)
    return;
  self->n_active = n;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_ACTIVE]);
}

gboolean
wb_run_list_refresh (WbRunList *self, GError **error)
{
  WbStore *store = wb_workspace_get_store (self->workspace);
  g_autoptr (GArray) gone = NULL;
  g_autoptr (GPtrArray) records = NULL;
  const guint64 data_version = wb_store_get_data_version (store);

  records = wb_store_list_runs (store, self->version, &gone, &self->version, error);
  if (records == NULL)
    return FALSE;
  self->data_version = data_version;
  g_ptr_array_set_free_func (records, NULL);
  for (guint i = 0; i < records->len; i++)
    take_record (self, records->pdata[i]);
  for (guint i = 0; gone != NULL && i < gone->len; i++)
    remove_run (self, g_array_index (gone, gint64, i));
  if (records->len > 0 || (gone != NULL && gone->len > 0))
    {
      count_active (self);
      g_signal_emit (self, changed_signal, 0);
    }
  return TRUE;
}

/* The first reading: one signal for all. */
static gboolean
load (WbRunList *self, GError **error)
{
  WbStore *store = wb_workspace_get_store (self->workspace);
  g_autoptr (GPtrArray) records = NULL;

  self->data_version = wb_store_get_data_version (store);
  records = wb_store_list_runs (store, 0, NULL, &self->version, error);
  if (records == NULL)
    return FALSE;
  g_ptr_array_set_free_func (records, NULL);
  for (guint i = 0; i < records->len; i++)
    if (((WbRunRecord *) records->pdata[i])->archived != 0 && !self->with_archived)
      wb_run_record_free (records->pdata[i]);
    else
      g_ptr_array_add (self->runs, wb_run_new (self->workspace, records->pdata[i]));
  count_active (self);
  return TRUE;
}

static void
notice_deaths (WbRunList *self)
{
  WbStore *store = wb_workspace_get_store (self->workspace);

  for (guint i = 0; self->n_active > 0 && i < self->runs->len; i++)
    wb_run_notice_death (store, wb_run_get_record (self->runs->pdata[i]));
}

static gboolean
follow_cb (gpointer user_data)
{
  WbRunList *self = user_data;
  WbStore   *store = wb_workspace_get_store (self->workspace);
  g_autoptr (GError) error = NULL;

  if (self->ticks++ % DEATH_TICKS == 0)
    notice_deaths (self);
  if (wb_store_get_data_version (store) != self->data_version &&
      !wb_run_list_refresh (self, &error))
    g_debug ("%s", error->message); /* the next tick tries again */
  return G_SOURCE_CONTINUE;
}

void
wb_run_list_set_follow (WbRunList *self, gboolean follow)
{
  g_return_if_fail (WB_IS_RUN_LIST (self));

  if (follow && self->source == 0)
    self->source = g_timeout_add (FOLLOW_MILLISECONDS, follow_cb, self);
  else if (!follow)
    g_clear_handle_id (&self->source, g_source_remove);
}

static WbRunList *
list_new (WbWorkspace *workspace, gboolean with_archived, GError **error)
{
  g_autoptr (WbRunList) self = g_object_new (WB_TYPE_RUN_LIST, NULL);

  self->workspace = g_object_ref (workspace);
  self->with_archived = with_archived;
  if (!load (self, error))
    return NULL;
  notice_deaths (self);
  if (!wb_run_list_refresh (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

WbRunList *
wb_run_list_new (WbWorkspace *workspace, GError **error)
{
  return list_new (workspace, FALSE, error);
}

WbRunList *
wb_run_list_new_with_archived (WbWorkspace *workspace, GError **error)
{
  return list_new (workspace, TRUE, error);
}
