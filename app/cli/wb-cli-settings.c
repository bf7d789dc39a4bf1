#include "app/cli/wb-cli-settings-private.h"

#include <string.h>

#include "app/core/wb-app-error.h"

GOptionEntry *
wb_cli_settings_merge (WbCliSettings *self, const GOptionEntry *entries)
{
  gsize                n, n_entries = 0, n_all;
  const WbSettingInfo *table = wb_setting_get_all (&n);
  GOptionEntry        *all;

  g_assert (n <= G_N_ELEMENTS (self->values));
  while (entries[n_entries].long_name != NULL)
    n_entries++;
  all = g_new0 (GOptionEntry, n_entries + n + 1);
  memcpy (all, entries, n_entries * sizeof *entries);
  n_all = n_entries;
  for (gsize i = 0; i < n; i++)
    if (table[i].option)
      all[n_all++] = (GOptionEntry){
        .long_name = table[i].key,
        .arg = G_OPTION_ARG_STRING,
        .arg_data = &self->values[i],
        .description = table[i].help,
        .arg_description = table[i].type == WB_SETTING_CHOICE ? "NAME" : "N",
      };
  return all;
}

void
wb_cli_settings_clear (WbCliSettings *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (self->values); i++)
    g_clear_pointer (&self->values[i], g_free);
}

gboolean
wb_cli_settings_fill_spec (const WbCliSettings *self, WbRunSpec *spec, GError **error)
{
  gsize                n;
  const WbSettingInfo *table = wb_setting_get_all (&n);

  for (gsize i = 0; i < n; i++)
    if (self->values[i] != NULL && !wb_run_spec_set (spec, table[i].key, self->values[i], error))
      return FALSE;
  return TRUE;
}

gboolean
wb_cli_settings_fill (const WbCliSettings *self, WbSettings *settings, GError **error)
{
  gsize                n;
  const WbSettingInfo *table = wb_setting_get_all (&n);

  for (gsize i = 0; i < n; i++)
    if (self->values[i] != NULL &&
        !wb_settings_set (settings, table[i].key, self->values[i], error))
      return FALSE;
  return TRUE;
}

const char *
wb_cli_settings_split (const char *assignment, char **key, GError **error)
{
  const char *equals = strchr (assignment, '=');

  if (equals == NULL)
    {
      g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
                   "--set %.80s: write key=value, as learning-rate=1e-5", assignment);
      return NULL;
    }
  *key = g_strstrip (g_strndup (assignment, equals - assignment));
  return equals + 1;
}

char *
wb_cli_settings_dup_help (gboolean options_only)
{
  GString *text = g_string_new (
      options_only
          ? NULL
          : "Settings (--set KEY=VALUE; several values joined by commas make several runs):\n");
  gsize                n;
  const WbSettingInfo *table = wb_setting_get_all (&n);

  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *allowed = wb_setting_dup_allowed (&table[i]);

      if (options_only && !table[i].option)
        continue;
      g_string_append_printf (text, "  %-20s %-14s %s\n  %-35s %s%s%s\n", table[i].key,
                              table[i].fallback, table[i].help, "", allowed,
                              table[i].unit != NULL ? "; " : "",
                              table[i].unit != NULL ? table[i].unit : "");
    }
  return g_string_free (text, FALSE);
}
