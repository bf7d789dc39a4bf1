#include "config.h"

#include "ui/windows/wb-locale.h"

#include <gtk/gtk.h>
#include <libintl.h>
#include <locale.h>

char *
wb_locale_dup_folder (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = program != NULL ? g_path_get_dirname (program) : NULL;
  g_autofree char *relative = NULL;

  if (program != NULL && g_str_has_prefix (program, BUILD_FOLDER "/"))
    return g_build_filename (BUILD_FOLDER, "po", NULL);
  if (folder != NULL)
    relative = g_canonicalize_filename ("../share/locale", folder);
  if (relative != NULL && g_file_test (relative, G_FILE_TEST_IS_DIR))
    return g_steal_pointer (&relative);
  return g_strdup (LOCALEDIR);
}

void
wb_locale_init (void)
{
  g_autofree char *folder = wb_locale_dup_folder ();

  gtk_disable_setlocale ();
  setlocale (LC_ALL, "");
  setlocale (LC_NUMERIC, "C");
  bindtextdomain (GETTEXT_PACKAGE, folder);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}
