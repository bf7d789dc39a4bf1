#include "app/core/wb-file-tree-private.h"
#include "app/library/wb-hub-cache.h"
#include "app/library/wb-library-item-private.h"
#include "app/library/wb-model-folder-private.h"
#include "data/tasks/wb-task.h"
#include "engine/model/wb-parameter-table.h"

struct _WbLibraryItem
{
  GObject parent_instance;
  char   *name;
  char   *origin;
  char   *kind;
  char   *subtitle;
  char   *path;
  guint64 size;
  guint64 parameters;
  gint64  added;
  char   *problem;
};

G_DEFINE_FINAL_TYPE (WbLibraryItem, wb_library_item, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_NAME,
  PROP_ORIGIN,
  PROP_KIND,
  PROP_SUBTITLE,
  PROP_PATH,
  PROP_SIZE,
  PROP_PARAMETERS,
  PROP_ADDED,
  PROP_PROBLEM,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void
wb_library_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WbLibraryItem *self = WB_LIBRARY_ITEM (object);

  switch (id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_ORIGIN:
      g_value_set_string (value, self->origin);
      break;
    case PROP_KIND:
      g_value_set_string (value, self->kind);
      break;
    case PROP_SUBTITLE:
      g_value_set_string (value, self->subtitle);
      break;
    case PROP_PATH:
      g_value_set_string (value, self->path);
      break;
    case PROP_SIZE:
      g_value_set_uint64 (value, self->size);
      break;
    case PROP_PARAMETERS:
      g_value_set_uint64 (value, self->parameters);
      break;
    case PROP_ADDED:
      g_value_set_int64 (value, self->added);
      break;
    case PROP_PROBLEM:
      g_value_set_string (value, self->problem);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wb_library_item_finalize (GObject *object)
{
  WbLibraryItem *self = WB_LIBRARY_ITEM (object);

  g_free (self->name);
  g_free (self->origin);
  g_free (self->kind);
  g_free (self->subtitle);
  g_free (self->path);
  g_free (self->problem);
  G_OBJECT_CLASS (wb_library_item_parent_class)->finalize (object);
}

static void
wb_library_item_class_init (WbLibraryItemClass *class)
{
  static const char *const texts[] = {
    [PROP_NAME] = "name", [PROP_ORIGIN] = "origin",     [PROP_KIND] = "kind",
    [PROP_PATH] = "path", [PROP_SUBTITLE] = "subtitle", [PROP_PROBLEM] = "problem"
  };
  GObjectClass     *object_class = G_OBJECT_CLASS (class);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = wb_library_item_get_property;
  object_class->finalize = wb_library_item_finalize;
  for (guint i = 1; i < G_N_ELEMENTS (texts); i++)
    if (texts[i] != NULL)
      props[i] = g_param_spec_string (texts[i], NULL, NULL, NULL, flags);
  props[PROP_SIZE] = g_param_spec_uint64 ("size", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  props[PROP_PARAMETERS] = g_param_spec_uint64 ("parameters", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  props[PROP_ADDED] = g_param_spec_int64 ("added", NULL, NULL, 0, G_MAXINT64, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
wb_library_item_init (WbLibraryItem *self)
{
}

static char *
describe_model (guint64 parameters, const char *origin)
{
  return g_strdup_printf ("%.*f million parameters, %s", parameters < 10000000 ? 1 : 0,
                          (double) parameters / 1e6, origin);
}

static char *
describe_dataset (const WbLibraryRecord *record, const char *origin)
{
  const WbTask *task = wb_task_find (record->type);

  return g_strdup_printf ("%s, %u file%s, %s", task != NULL ? task->title : record->type,
                          record->files->len, record->files->len == 1 ? "" : "s", origin);
}

static const char *
origin_text (const char *origin)
{
  if (g_str_equal (origin, "cache"))
    return "in the Hugging Face cache";
  return g_str_equal (origin, "linked") ? "linked" : "in the library";
}

WbLibraryItem *
wb_library_item_new_for_record (const WbLibraryRecord *record)
{
  WbLibraryItem *self = g_object_new (WB_TYPE_LIBRARY_ITEM, NULL);

  self->name = g_strdup (record->name);
  self->origin = g_strdup (record->linked ? "linked" : "copied");
  self->kind = g_strdup (record->type);
  self->path = g_strdup (record->path);
  self->size = (guint64) record->size;
  self->parameters = (guint64) record->parameters;
  self->added = record->added / G_USEC_PER_SEC;
  self->subtitle = record->kind == WB_LIBRARY_MODEL
                       ? describe_model (self->parameters, origin_text (self->origin))
                       : describe_dataset (record, origin_text (self->origin));
  if (!g_file_test (record->path, G_FILE_TEST_IS_DIR))
    self->problem = g_strdup_printf ("the folder %s is not there", record->path);
  return self;
}

WbLibraryItem *
wb_library_item_new_for_cache (const char *name)
{
  g_autofree char *path = wb_hub_cache_find (name);
  g_autoptr (GError) error = NULL;
  g_autoptr (WbModelConfig) config = NULL;
  g_autoptr (WbParameterTable) table = NULL;
  WbLibraryItem *self;

  if (path == NULL || !wb_model_folder_is_deberta (path))
    return NULL; /* the cache is everybody's: what is not ours is not shown */
  config = wb_model_folder_open (path, NULL, WB_MODEL_NEEDS_QUICK, &error);
  self = g_object_new (WB_TYPE_LIBRARY_ITEM, NULL);
  self->name = g_strdup (name);
  self->origin = g_strdup ("cache");
  self->kind = g_strdup (config != NULL ? config->model_type : "deberta");
  self->size = wb_tree_get_size (path);
  table = config != NULL ? wb_parameter_table_new (config, NULL) : NULL;
  self->parameters = table != NULL ? wb_parameter_table_get_n_elements (table) : 0;
  self->subtitle = config != NULL ? describe_model (self->parameters, origin_text (self->origin))
                                  : g_strdup (error->message);
  self->problem = config == NULL ? g_strdup (error->message) : NULL;
  self->path = g_steal_pointer (&path);
  return self;
}

const char *
wb_library_item_get_name (WbLibraryItem *self)
{
  return self->name;
}

const char *
wb_library_item_get_origin (WbLibraryItem *self)
{
  return self->origin;
}

const char *
wb_library_item_get_kind (WbLibraryItem *self)
{
  return self->kind;
}

const char *
wb_library_item_get_subtitle (WbLibraryItem *self)
{
  return self->subtitle;
}

const char *
wb_library_item_get_path (WbLibraryItem *self)
{
  return self->path;
}

guint64
wb_library_item_get_size (WbLibraryItem *self)
{
  return self->size;
}

guint64
wb_library_item_get_parameters (WbLibraryItem *self)
{
  return self->parameters;
}

gint64
wb_library_item_get_added (WbLibraryItem *self)
{
  return self->added;
}

const char *
wb_library_item_get_problem (WbLibraryItem *self)
{
  return self->problem;
}
