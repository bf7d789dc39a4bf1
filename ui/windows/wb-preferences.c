#include "config.h"

#include "ui/windows/wb-preferences.h"

/* Where the schema lies when it is not among the system's. */
static char *
dup_schema_folder (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = program != NULL ? g_path_get_dirname (program) : NULL;

  if (program != NULL && g_str_has_prefix (program, BUILD_FOLDER "/"))
    return g_build_filename (BUILD_FOLDER, "resources", "desktop", NULL);
  return folder != NULL ? g_canonicalize_filename ("../share/glib-2.0/schemas", folder) : NULL;
}

GSettings *
wb_preferences_open (void)
{
  GSettingsSchemaSource *system = g_settings_schema_source_get_default ();
  g_autofree char       *folder = dup_schema_folder ();
  g_autoptr (GSettingsSchemaSource) source = NULL;
  g_autoptr (GSettingsSchema) schema = NULL;

  if (folder != NULL)
    source = g_settings_schema_source_new_from_directory (folder, system, TRUE, NULL);
  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, APPLICATION_ID, TRUE);
  else if (system != NULL)
    schema = g_settings_schema_source_lookup (system, APPLICATION_ID, TRUE);
  if (schema == NULL)
    {
      g_debug ("the settings' schema is not installed; nothing is remembered");
      return NULL;
    }
  return g_settings_new_full (schema, NULL, NULL);
}

gboolean
wb_preferences_get_flag (GSettings *self, const char *key)
{
  return self == NULL || g_settings_get_boolean (self, key);
}
