#include "config.h"

#include "app/settings/wb-settings.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/core/wb-app-error.h"

struct _WbSettings
{
  GObject parent_instance;
  char  **values; /* (rows of the table) */
};

G_DEFINE_FINAL_TYPE (WbSettings, wb_settings, G_TYPE_OBJECT)

static guint changed_signal;

static gsize
n_settings (void)
{
  gsize n;
  wb_setting_get_all (&n);
  return n;
}

static const WbSettingInfo *
nth (gsize i)
{
  gsize n;
  return &wb_setting_get_all (&n)[i];
}

static void
wb_settings_finalize (GObject *object)
{
  WbSettings *self = WB_SETTINGS (object);

  for (gsize i = 0; i < n_settings (); i++)
    g_free (self->values[i]);
  g_free (self->values);
  G_OBJECT_CLASS (wb_settings_parent_class)->finalize (object);
}

static void
wb_settings_class_init (WbSettingsClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wb_settings_finalize;
  changed_signal = g_signal_new ("changed", WB_TYPE_SETTINGS,
                                 G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED | G_SIGNAL_NO_RECURSE, 0,
                                 NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
wb_settings_init (WbSettings *self)
{
  self->values = g_new0 (char *, n_settings ());
  for (gsize i = 0; i < n_settings (); i++)
    self->values[i] = g_strdup (nth (i)->fallback);
}

WbSettings *
wb_settings_new (void)
{
  return g_object_new (WB_TYPE_SETTINGS, NULL);
}

WbSettings *
wb_settings_copy (WbSettings *self)
{
  WbSettings *copy = wb_settings_new ();

  g_return_val_if_fail (WB_IS_SETTINGS (self), copy);
  for (gsize i = 0; i < n_settings (); i++)
    {
      g_free (copy->values[i]);
      copy->values[i] = g_strdup (self->values[i]);
    }
  return copy;
}

gboolean
wb_settings_equal (WbSettings *a, WbSettings *b)
{
  for (gsize i = 0; i < n_settings (); i++)
    if (strcmp (a->values[i], b->values[i]) != 0)
      return FALSE;
  return TRUE;
}

static const WbSettingInfo *
find (const char *key, GError **error)
{
  const WbSettingInfo *info = wb_setting_find (key);

  if (info == NULL)
    g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
                 _ ("there is no setting “%.80s”; “train --help” lists them"), key);
  return info;
}

static void
store_value (WbSettings *self, const WbSettingInfo *info, const char *text)
{
  char **value = &self->values[info - nth (0)];

  if (strcmp (*value, text) == 0)
    return;
  g_free (*value);
  *value = g_strdup (text);
  g_signal_emit (self, changed_signal, g_quark_from_string (info->key), info->key);
}

gboolean
wb_settings_set (WbSettings *self, const char *key, const char *text, GError **error)
{
  const WbSettingInfo *info;
  g_autofree char     *value = NULL;

  g_return_val_if_fail (WB_IS_SETTINGS (self) && key != NULL && text != NULL, FALSE);

  info = find (key, error);
  if (info == NULL)
    return FALSE;
  value = wb_setting_check (info, text, error);
  if (value == NULL)
    return FALSE;
  store_value (self, info, value);
  return TRUE;
}

gboolean
wb_settings_set_assignment (WbSettings *self, const char *assignment, GError **error)
{
  const char      *equals = strchr (assignment, '=');
  g_autofree char *key = NULL;

  if (equals == NULL)
    {
      g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
                   _ ("“%.80s”: write key=value, as learning-rate=1e-5"), assignment);
      return FALSE;
    }
  key = g_strstrip (g_strndup (assignment, equals - assignment));
  return wb_settings_set (self, key, equals + 1, error);
}

static gsize
index_of (const char *key)
{
  const WbSettingInfo *info = wb_setting_find (key);

  if (info == NULL)
    g_error ("no setting %s", key);
  return info - nth (0);
}

const char *
wb_settings_get (WbSettings *self, const char *key)
{
  return self->values[index_of (key)];
}

gboolean
wb_settings_is_set (WbSettings *self, const char *key)
{
  const gsize i = index_of (key);
  return nth (i)->words == NULL || !g_strv_contains (nth (i)->words, self->values[i]);
}

double
wb_settings_get_number (WbSettings *self, const char *key)
{
  const gsize i = index_of (key);

  g_return_val_if_fail (nth (i)->type == WB_SETTING_NUMBER || nth (i)->type == WB_SETTING_COUNT,
                        NAN);
  return wb_settings_is_set (self, key) ? g_ascii_strtod (self->values[i], NULL) : NAN;
}

guint64
wb_settings_get_count (WbSettings *self, const char *key)
{
  g_return_val_if_fail (nth (index_of (key))->type == WB_SETTING_COUNT, 0);
  return wb_settings_is_set (self, key) ? (guint64) wb_settings_get_number (self, key) : 0;
}

gint
wb_settings_get_choice (WbSettings *self, const char *key)
{
  const gsize i = index_of (key);

  g_return_val_if_fail (nth (i)->type == WB_SETTING_CHOICE, -1);
  for (gint k = 0; nth (i)->choices[k] != NULL; k++)
    if (strcmp (nth (i)->choices[k], self->values[i]) == 0)
      return k;
  return -1;
}

WbInterval
wb_settings_get_interval (WbSettings *self, const char *key)
{
  const char *text = wb_settings_get (self, key);
  WbInterval  interval = { 0 };

  g_return_val_if_fail (nth (index_of (key))->type == WB_SETTING_INTERVAL, interval);
  if (strcmp (text, "epoch") == 0)
    interval.epoch = TRUE;
  else if (g_str_has_suffix (text, "min"))
    interval.minutes = g_ascii_strtod (text, NULL);
  else
    interval.steps = (guint64) g_ascii_strtod (text, NULL);
  return interval;
}

double *
wb_settings_get_weights (WbSettings *self, const char *key, gsize *n)
{
  g_auto (GStrv) parts = NULL;
  double *weights;

  *n = 0;
  g_return_val_if_fail (nth (index_of (key))->type == WB_SETTING_WEIGHTS, NULL);
  if (!wb_settings_is_set (self, key))
    return NULL;
  parts = g_strsplit (wb_settings_get (self, key), ":", -1);
  *n = g_strv_length (parts);
  weights = g_new (double, *n);
  for (gsize i = 0; i < *n; i++)
    weights[i] = g_ascii_strtod (parts[i], NULL);
  return weights;
}

GArray *
wb_settings_get_departures (WbSettings *self)
{
  GArray *departures = g_array_new (FALSE, FALSE, sizeof (WbDeparture));

  for (gsize i = 0; i < n_settings (); i++)
    if (strcmp (self->values[i], nth (i)->fallback) != 0)
      {
        const WbDeparture departure = { nth (i), self->values[i], nth (i)->fallback };
        g_array_append_val (departures, departure);
      }
  return departures;
}

void
wb_settings_save (WbSettings *self, GKeyFile *file, const char *group)
{
  for (gsize i = 0; i < n_settings (); i++)
    g_key_file_set_string (file, group, nth (i)->key, self->values[i]);
}

gboolean
wb_settings_load (WbSettings *self, GKeyFile *file, const char *group, GError **error)
{
  g_auto (GStrv) keys = g_key_file_get_keys (file, group, NULL, error);

  if (keys == NULL)
    return FALSE;
  for (gsize i = 0; keys[i] != NULL; i++)
    {
      g_autofree char *value = g_key_file_get_string (file, group, keys[i], error);
      if (value == NULL || !wb_settings_set (self, keys[i], value, error))
        return FALSE;
    }
  return TRUE;
}
