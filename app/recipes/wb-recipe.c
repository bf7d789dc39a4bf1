#include "config.h"

#include "app/recipes/wb-recipe-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/core/wb-app-error.h"

typedef enum
{
  TEXT_NAME,
  TEXT_TITLE,
  TEXT_TASK,
  TEXT_SIZE,
  TEXT_SOURCE,
  TEXT_NOTE,
  TEXT_START_FROM,
  TEXT_SEED,
  N_TEXTS
} Text;

static const char *const text_names[N_TEXTS] = { "name",   "title", "task",       "size",
                                                 "source", "note",  "start-from", "seed" };

struct _WbRecipe
{
  GObject     parent_instance;
  char       *texts[N_TEXTS]; /* never NULL */
  char       *path;
  gboolean    published;
  GHashTable *values; /* key (static) -> text: settings and extras that the recipe gives */
};

G_DEFINE_FINAL_TYPE (WbRecipe, wb_recipe, G_TYPE_OBJECT)

typedef struct
{
  WbSettingInfo info;
  gboolean      matters;
} Extra;

/* What the published scripts say beyond the settings, in the order shown. */
static const Extra extras[] = {
  { { .key = "fp16",
      .type = WB_SETTING_CHOICE,
      .choices = (const char *const[]){ "no", "yes", NULL },
      .fallback = "no",
      .help = "weights and activations in 16 bits" },
    TRUE },
  { { .key = "sift-weight",
      .type = WB_SETTING_NUMBER,
      .max = 1000,
      .fallback = "0",
      .help = "weight of the loss of SiFT (scale-invariant fine-tuning)" },
    TRUE },
  { { .key = "sift-learning-rate",
      .type = WB_SETTING_NUMBER,
      .max = 1000,
      .fallback = "1e-4",
      .help = "SiFT's step along the gradient" },
    FALSE },
  { { .key = "sift-init-perturbation",
      .type = WB_SETTING_NUMBER,
      .max = 1000,
      .fallback = "1e-2",
      .help = "deviation of SiFT's first perturbation" },
    FALSE },
  { { .key = "eval-batch-size",
      .type = WB_SETTING_COUNT,
      .min = 1,
      .max = 65536,
      .fallback = "32",
      .help = "examples of a batch when evaluating; the metrics are the same with any" },
    FALSE },
  { { .key = "dump-interval",
      .type = WB_SETTING_COUNT,
      .min = 1,
      .max = 1e9,
      .fallback = "1000",
      .help = "steps after which the script saves and evaluates, besides the end of each epoch" },
    FALSE },
};

static const WbSettingInfo *
find_extra (const char *key)
{
  for (gsize i = 0; i < G_N_ELEMENTS (extras); i++)
    if (strcmp (extras[i].info.key, key) == 0)
      return &extras[i].info;
  return NULL;
}

static void
wb_recipe_finalize (GObject *object)
{
  WbRecipe *self = WB_RECIPE (object);

  for (gsize i = 0; i < N_TEXTS; i++)
    g_free (self->texts[i]);
  g_free (self->path);
  g_hash_table_unref (self->values);
  G_OBJECT_CLASS (wb_recipe_parent_class)->finalize (object);
}

static void
wb_recipe_class_init (WbRecipeClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wb_recipe_finalize;
}

static void
wb_recipe_init (WbRecipe *self)
{
  for (gsize i = 0; i < N_TEXTS; i++)
    self->texts[i] = g_strdup ("");
  self->values = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
}

WbRecipe *
wb_recipe_new (const char *name, const char *path, gboolean published)
{
  WbRecipe *self = g_object_new (WB_TYPE_RECIPE, NULL);

  wb_recipe_set_text (self, "name", name);
  self->path = g_strdup (path);
  self->published = published;
  return self;
}

WbRecipe *
wb_recipe_copy (WbRecipe *self)
{
  WbRecipe      *copy = wb_recipe_new (self->texts[TEXT_NAME], self->path, self->published);
  GHashTableIter iter;
  gpointer       key, text;

  for (gsize i = 0; i < N_TEXTS; i++)
    wb_recipe_set_text (copy, text_names[i], self->texts[i]);
  g_hash_table_iter_init (&iter, self->values);
  while (g_hash_table_iter_next (&iter, &key, &text))
    g_hash_table_insert (copy->values, key, g_strdup (text));
  return copy;
}

void
wb_recipe_set_text (WbRecipe *self, const char *name, const char *text)
{
  for (gsize i = 0; i < N_TEXTS; i++)
    if (strcmp (text_names[i], name) == 0)
      {
        char *copy = g_strdup (text != NULL ? text : "");

        g_free (self->texts[i]);
        self->texts[i] = copy;
        return;
      }
  g_error ("a recipe has no %s", name);
}

gboolean
wb_recipe_set_value (WbRecipe *self, const char *key, const char *text, GError **error)
{
  const WbSettingInfo *info = wb_setting_find (key);
  char                *value;

  if (info == NULL)
    info = find_extra (key);
  if (info == NULL)
    {
      g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
                   _ ("there is no setting “%.80s”; “train --help” lists them"), key);
      return FALSE;
    }
  value = wb_setting_check (info, text, error);
  if (value == NULL)
    return FALSE;
  g_hash_table_insert (self->values, (gpointer) info->key, value);
  return TRUE;
}

const char *
wb_recipe_get_name (WbRecipe *self)
{
  return self->texts[TEXT_NAME];
}

const char *
wb_recipe_get_title (WbRecipe *self)
{
  return self->texts[TEXT_TITLE];
}

const char *
wb_recipe_get_task (WbRecipe *self)
{
  return self->texts[TEXT_TASK];
}

const char *
wb_recipe_get_size (WbRecipe *self)
{
  return self->texts[TEXT_SIZE];
}

const char *
wb_recipe_get_source (WbRecipe *self)
{
  return self->texts[TEXT_SOURCE];
}

const char *
wb_recipe_get_note (WbRecipe *self)
{
  return self->texts[TEXT_NOTE];
}

const char *
wb_recipe_get_start_from (WbRecipe *self)
{
  return self->texts[TEXT_START_FROM];
}

const char *
wb_recipe_get_seed (WbRecipe *self)
{
  return self->texts[TEXT_SEED];
}

const char *
wb_recipe_get_path (WbRecipe *self)
{
  return self->path;
}

gboolean
wb_recipe_is_published (WbRecipe *self)
{
  return self->published;
}

gboolean
wb_recipe_gives (WbRecipe *self, const char *key)
{
  return g_hash_table_contains (self->values, key);
}

const char *
wb_recipe_get_value (WbRecipe *self, const char *key)
{
  const char          *text = g_hash_table_lookup (self->values, key);
  const WbSettingInfo *info = wb_setting_find (key);

  g_return_val_if_fail (text != NULL || info != NULL, "");
  return text != NULL ? text : info->fallback;
}

WbSettings *
wb_recipe_dup_settings (WbRecipe *self)
{
  WbSettings          *settings = wb_settings_new ();
  gsize                n;
  const WbSettingInfo *all = wb_setting_get_all (&n);

  for (gsize i = 0; i < n; i++)
    wb_settings_set (settings, all[i].key, wb_recipe_get_value (self, all[i].key), NULL);
  return settings;
}

/* The same number in another spelling (0.00002, 2e-5) is no departure. */
static gboolean
same_value (const WbSettingInfo *info, const char *a, const char *b)
{
  char  *end_a, *end_b;
  double x, y;

  if (strcmp (a, b) == 0)
    return TRUE;
  if (info->type != WB_SETTING_NUMBER && info->type != WB_SETTING_COUNT)
    return FALSE;
  x = g_ascii_strtod (a, &end_a);
  y = g_ascii_strtod (b, &end_b);
  return end_a != a && end_b != b && *end_a == '\0' && *end_b == '\0' && x == y;
}

gboolean
wb_recipe_is_of_machine (const char *key)
{
  return strcmp (key, "backend") == 0 || strcmp (key, "threads") == 0;
}

GArray *
wb_recipe_get_departures (WbRecipe *self, WbSettings *settings)
{
  GArray              *departures = g_array_new (FALSE, FALSE, sizeof (WbDeparture));
  gsize                n;
  const WbSettingInfo *all = wb_setting_get_all (&n);

  for (gsize i = 0; i < n; i++)
    {
      const WbDeparture departure = { &all[i], wb_settings_get (settings, all[i].key),
                                      wb_recipe_get_value (self, all[i].key) };

      if (wb_recipe_is_of_machine (all[i].key) && !wb_recipe_gives (self, all[i].key))
        continue;
      if (!same_value (&all[i], departure.value, departure.fallback))
        g_array_append_val (departures, departure);
    }
  return departures;
}

GArray *
wb_recipe_get_extras (WbRecipe *self)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (WbRecipeExtra));

  for (gsize i = 0; i < G_N_ELEMENTS (extras); i++)
    {
      const char         *value = g_hash_table_lookup (self->values, extras[i].info.key);
      const WbRecipeExtra extra = { extras[i].info.key, value, extras[i].info.help,
                                    extras[i].matters && value != NULL &&
                                        strcmp (value, extras[i].info.fallback) != 0 };

      if (value != NULL)
        g_array_append_val (list, extra);
    }
  return list;
}

char *
wb_recipe_dup_not_followed (WbRecipe *self)
{
  g_autoptr (GArray) list = wb_recipe_get_extras (self);
  g_autoptr (GString) asked = g_string_new (NULL);

  for (guint i = 0; i < list->len; i++)
    {
      const WbRecipeExtra *extra = &g_array_index (list, WbRecipeExtra, i);

      if (extra->matters)
        g_string_append_printf (asked, "%s%s=%s", asked->len > 0 ? " and " : "", extra->key,
                                extra->value);
    }
  if (asked->len == 0)
    return NULL;
  return g_strdup_printf (_ ("the recipe also says %s, which this program cannot do yet: it trains "
                             "without"),
                          asked->str);
}

void
wb_recipe_freeze (WbRecipe *self, WbSettings *settings, GKeyFile *file)
{
  g_autoptr (GArray) departures = wb_recipe_get_departures (self, settings);
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer       key, text;

  for (gsize i = 0; i < N_TEXTS; i++)
    if (*self->texts[i] != '\0')
      g_key_file_set_string (file, "recipe", text_names[i], self->texts[i]);
  g_key_file_set_boolean (file, "recipe", "published", self->published);
  for (guint i = 0; i < departures->len; i++)
    g_ptr_array_add (keys, (gpointer) g_array_index (departures, WbDeparture, i).info->key);
  g_key_file_set_string_list (file, "recipe", "departures", (const char *const *) keys->pdata,
                              keys->len);
  g_hash_table_iter_init (&iter, self->values);
  while (g_hash_table_iter_next (&iter, &key, &text))
    g_key_file_set_string (file, "recipe-settings", key, text);
}

WbRecipe *
wb_recipe_thaw (GKeyFile *file, GError **error)
{
  g_autofree char *name = g_key_file_get_string (file, "recipe", "name", NULL);
  g_auto (GStrv) keys = g_key_file_get_keys (file, "recipe-settings", NULL, NULL);
  g_autoptr (WbRecipe) self = NULL;

  if (name == NULL)
    return NULL;
  self = wb_recipe_new (name, "", g_key_file_get_boolean (file, "recipe", "published", NULL));
  for (gsize i = 0; i < N_TEXTS; i++)
    {
      g_autofree char *text = g_key_file_get_string (file, "recipe", text_names[i], NULL);
      wb_recipe_set_text (self, text_names[i], text);
    }
  for (gsize i = 0; keys != NULL && keys[i] != NULL; i++)
    {
      g_autofree char *text = g_key_file_get_string (file, "recipe-settings", keys[i], error);

      if (text == NULL || !wb_recipe_set_value (self, keys[i], text, error))
        return NULL;
    }
  return g_steal_pointer (&self);
}
