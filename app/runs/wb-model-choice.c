#include "config.h"

#include "app/runs/wb-model-choice-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/core/wb-app-error.h"
#include "app/core/wb-workspace-private.h"
#include "app/library/wb-hub-cache.h"
#include "app/library/wb-model-folder-private.h"
#include "app/library/wb-known-model-private.h"
#include "data/store/wb-store-library.h"
#include "engine/model/wb-parameter-table.h"

struct _WbModelChoice
{
  GObject parent_instance;
  char   *name;
  char   *title;
  char   *subtitle; /* NULL until somebody asks: a workspace may have thousands of runs */
  char   *path;
};

G_DEFINE_FINAL_TYPE (WbModelChoice, wb_model_choice, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_NAME,
  PROP_TITLE,
  PROP_SUBTITLE,
  PROP_PATH,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void
wb_model_choice_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WbModelChoice *self = WB_MODEL_CHOICE (object);

  switch (id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_SUBTITLE:
      g_value_set_string (value, wb_model_choice_get_subtitle (self));
      break;
    case PROP_PATH:
      g_value_set_string (value, self->path);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wb_model_choice_finalize (GObject *object)
{
  WbModelChoice *self = WB_MODEL_CHOICE (object);

  g_free (self->name);
  g_free (self->title);
  g_free (self->subtitle);
  g_free (self->path);
  G_OBJECT_CLASS (wb_model_choice_parent_class)->finalize (object);
}

static void
wb_model_choice_class_init (WbModelChoiceClass *class)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (class);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = wb_model_choice_get_property;
  object_class->finalize = wb_model_choice_finalize;
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  props[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, NULL, flags);
  props[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
wb_model_choice_init (WbModelChoice *self)
{
}

/* "184 million", "44 thousand" */
static char *
dup_count (gsize n)
{
  const double millions = (double) n / 1e6;

  if (n < 1000000)
    return g_strdup_printf (_ ("%.0f thousand"), (double) n / 1e3);
  return g_strdup_printf (_ ("%.*f million"), millions < 10 ? 1 : 0, millions);
}

static char *
dup_subtitle (const WbModelConfig *config)
{
  const WbHeadSpec head = { .n_labels = config->n_labels };
  g_autoptr (WbParameterTable) table = wb_parameter_table_new (config, &head);
  g_autofree char *count = dup_count (wb_parameter_table_get_n_elements (table));

  /* Translators: "DeBERTa v3, 6 layers, 768 wide, 142 million parameters" */
  return g_strdup_printf (
      ngettext ("DeBERTa %s, %zu layer, %zu wide, %s parameters",
                "DeBERTa %s, %zu layers, %zu wide, %s parameters", config->n_layers),
      wb_known_model_get_family (config), config->n_layers, config->hidden_size, count);
}

char *
wb_model_choice_describe (const char *folder)
{
  g_autoptr (WbModelConfig) config =
      wb_model_folder_open (folder, NULL, WB_MODEL_NEEDS_CONFIG, NULL);

  return config != NULL ? dup_subtitle (config) : NULL;
}

/* Takes @name, @title and @path. */
static void
add_choice (GListStore *list, char *name, char *title, char *path)
{
  g_autoptr (WbModelChoice) self = g_object_new (WB_TYPE_MODEL_CHOICE, NULL);

  self->name = name;
  self->title = title;
  self->path = path;
  g_list_store_append (list, self);
}

static gboolean
add_library (GListStore *list, WbStore *store, GError **error)
{
  g_autoptr (GPtrArray) records = wb_store_list_library (store, WB_LIBRARY_MODEL, error);

  for (guint i = 0; records != NULL && i < records->len; i++)
    {
      const WbLibraryRecord *record = records->pdata[i];
      add_choice (list, g_strdup (record->name), g_strdup (record->name), g_strdup (record->path));
    }
  return records != NULL;
}

static gboolean
add_runs (GListStore *list, WbStore *store, GError **error)
{
  g_autoptr (GPtrArray) records = wb_store_list_runs (store, 0, NULL, NULL, error);

  for (guint i = records != NULL ? records->len : 0; i > 0; i--)
    {
      const WbRunRecord *record = records->pdata[i - 1];
      g_autofree char   *best =
          record->folder != NULL ? g_build_filename (record->folder, "best", NULL) : NULL;

      if (best == NULL || record->status != WB_RECORD_FINISHED ||
          !g_file_test (best, G_FILE_TEST_IS_DIR))
        continue;
      add_choice (list, g_strdup_printf ("%" G_GINT64_FORMAT, record->id),
                  g_strdup_printf (_ ("Run %ld: %s"), (glong) record->id, record->name),
                  g_steal_pointer (&best));
    }
  return records != NULL;
}

/* The cache is everybody's: models of other families are passed over. */
static void
add_cache (GListStore *list)
{
  g_auto (GStrv) names = wb_hub_cache_list ();

  for (gsize i = 0; names[i] != NULL; i++)
    {
      g_autofree char *path = wb_hub_cache_find (names[i]);

      if (path != NULL && wb_model_folder_is_deberta (path))
        add_choice (list, g_strdup (names[i]), g_strdup (names[i]), g_steal_pointer (&path));
    }
}

GListModel *
wb_model_choice_list (WbWorkspace *workspace, GError **error)
{
  g_autoptr (GListStore) list = g_list_store_new (WB_TYPE_MODEL_CHOICE);
  WbStore *store = wb_workspace_get_store (workspace);

  if (!add_library (list, store, error) || !add_runs (list, store, error))
    return NULL;
  add_cache (list);
  return G_LIST_MODEL (g_steal_pointer (&list));
}

const char *
wb_model_choice_get_name (WbModelChoice *self)
{
  return self->name;
}

const char *
wb_model_choice_get_title (WbModelChoice *self)
{
  return self->title;
}

const char *
wb_model_choice_get_subtitle (WbModelChoice *self)
{
  g_autoptr (WbModelConfig) config = NULL;
  g_autoptr (GError) error = NULL;

  if (self->subtitle != NULL)
    return self->subtitle;
  config = wb_model_folder_open (self->path, NULL, WB_MODEL_NEEDS_CONFIG, &error);
  self->subtitle = config != NULL ? dup_subtitle (config) : g_strdup (error->message);
  return self->subtitle;
}

const char *
wb_model_choice_get_path (WbModelChoice *self)
{
  return self->path;
}

/* A model's folder, or a run's, whose best is meant. */
static char *
resolve_folder (const char *what)
{
  g_autofree char *folder = g_canonicalize_filename (what, NULL);
  g_autofree char *best = g_build_filename (folder, "best", NULL);

  if (wb_model_folder_is_one (folder))
    return g_steal_pointer (&folder);
  return wb_model_folder_is_one (best) ? g_steal_pointer (&best) : NULL;
}

WbRunRecord *
wb_model_choice_find_run (WbWorkspace *workspace, const char *folder)
{
  g_autofree char *run_folder = g_path_get_dirname (folder);

  return g_str_has_suffix (folder, "/best")
             ? wb_store_find_run (wb_workspace_get_store (workspace), run_folder, NULL)
             : NULL;
}

static char *
resolve_run (WbStore *store, const char *what, GError **error)
{
  g_autoptr (WbRunRecord) record = wb_store_find_run (store, what, error);
  char *folder;

  if (record == NULL)
    return NULL;
  folder = record->folder != NULL ? resolve_folder (record->folder) : NULL;
  if (folder == NULL)
    g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_MISSING,
                 _ ("run %ld (%s) has no best model yet"), (glong) record->id, record->name);
  return folder;
}

char *
wb_model_choice_resolve (WbWorkspace *workspace, const char *what, GError **error)
{
  WbStore *store = wb_workspace_get_store (workspace);
  g_autoptr (GError) local = NULL;
  g_autoptr (WbLibraryRecord) record = NULL;
  char *folder = resolve_folder (what);

  if (folder != NULL)
    return folder;
  record = wb_store_get_library (store, WB_LIBRARY_MODEL, what, NULL);
  if (record != NULL)
    return g_strdup (record->path);
  folder = wb_hub_cache_find (what); /* "microsoft/deberta-v3-small", used in place */
  if (folder == NULL)
    folder = resolve_run (store, what, &local);
  if (folder != NULL)
    return folder;
  if (!g_error_matches (local, WB_STORE_ERROR, WB_STORE_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  /* a file of that name in the current folder is no model; a folder is meant as one */
  if (g_file_test (what, G_FILE_TEST_IS_DIR) ||
      (g_file_test (what, G_FILE_TEST_EXISTS) && strchr (what, '/') != NULL))
    wb_model_folder_open (what, NULL, WB_MODEL_NEEDS_CONFIG, error); /* says why not */
  else
    g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_MISSING,
                 _ ("“%s” is no folder with a config.json, no model of the library and no run; "
                    "“models list” and “runs list” show what there is"),
                 what);
  return NULL;
}
