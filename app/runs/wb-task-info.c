#include "config.h"

#include "app/runs/wb-task-info-private.h"

#include <glib/gi18n-lib.h>

struct _WbTaskInfo
{
  GObject       parent_instance;
  const WbTask *task;
};

G_DEFINE_FINAL_TYPE (WbTaskInfo, wb_task_info, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_ID,
  PROP_TITLE,
  PROP_DESCRIPTION,
  PROP_N_TEXTS,
  PROP_REGRESSION,
  PROP_TRAINABLE,
  PROP_METRIC,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void
wb_task_info_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WbTaskInfo *self = WB_TASK_INFO (object);

  switch (id)
    {
    case PROP_ID:
      g_value_set_string (value, wb_task_info_get_id (self));
      break;
    case PROP_TITLE:
      g_value_set_string (value, wb_task_info_get_title (self));
      break;
    case PROP_DESCRIPTION:
      g_value_set_string (value, wb_task_info_get_description (self));
      break;
    case PROP_N_TEXTS:
      g_value_set_uint (value, wb_task_info_get_n_texts (self));
      break;
    case PROP_REGRESSION:
      g_value_set_boolean (value, wb_task_info_is_regression (self));
      break;
    case PROP_TRAINABLE:
      g_value_set_boolean (value, wb_task_info_is_trainable (self));
      break;
    case PROP_METRIC:
      g_value_set_string (value, wb_task_info_get_metric (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static GParamSpec *
text_property (const char *name)
{
  return g_param_spec_string (name, NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
}

static GParamSpec *
flag_property (const char *name)
{
  return g_param_spec_boolean (name, NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
}

static void
wb_task_info_class_init (WbTaskInfoClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->get_property = wb_task_info_get_property;
  props[PROP_ID] = text_property ("id");
  props[PROP_TITLE] = text_property ("title");
  props[PROP_DESCRIPTION] = text_property ("description");
  props[PROP_N_TEXTS] =
      g_param_spec_uint ("n-texts", NULL, NULL, 1, 2, 1, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_REGRESSION] = flag_property ("regression");
  props[PROP_TRAINABLE] = flag_property ("trainable");
  props[PROP_METRIC] = text_property ("metric");
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
wb_task_info_init (WbTaskInfo *self)
{
}

static WbTaskInfo *
wb_task_info_new (const WbTask *task)
{
  WbTaskInfo *self = g_object_new (WB_TYPE_TASK_INFO, NULL);
  self->task = task;
  return self;
}

GListModel *
wb_task_info_list (void)
{
  GListStore *list = g_list_store_new (WB_TYPE_TASK_INFO);

  for (gsize i = 0; wb_task_get_nth (i) != NULL; i++)
    {
      g_autoptr (WbTaskInfo) info = wb_task_info_new (wb_task_get_nth (i));
      g_list_store_append (list, info);
    }
  return G_LIST_MODEL (list);
}

WbTaskInfo *
wb_task_info_find (const char *id)
{
  const WbTask *task = wb_task_find (id);
  return task != NULL ? wb_task_info_new (task) : NULL;
}

const WbTask *
wb_task_info_get_task (WbTaskInfo *self)
{
  return self->task;
}

const char *
wb_task_info_get_id (WbTaskInfo *self)
{
  return self->task->name;
}

const char *
wb_task_info_get_title (WbTaskInfo *self)
{
  return _ (self->task->title);
}

const char *
wb_task_info_get_description (WbTaskInfo *self)
{
  return _ (self->task->summary);
}

guint
wb_task_info_get_n_texts (WbTaskInfo *self)
{
  return self->task->is_pair ? 2 : 1;
}

gboolean
wb_task_info_is_regression (WbTaskInfo *self)
{
  return self->task->kind == WB_TASK_REGRESSION;
}

gboolean
wb_task_info_is_trainable (WbTaskInfo *self)
{
  return self->task->has_training;
}

const char *
wb_task_info_get_metric (WbTaskInfo *self)
{
  return self->task->selection[0];
}

const char *const *
wb_task_info_get_metrics (WbTaskInfo *self)
{
  return self->task->metrics;
}

const char *const *
wb_task_info_get_labels (WbTaskInfo *self)
{
  return self->task->labels;
}
