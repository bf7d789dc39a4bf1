#include "config.h"

#include "app/runs/wb-run-recipe.h"

#include "app/runs/wb-run-private.h"

char *
wb_run_save_recipe (WbRun      *run,
                    const char *title,
                    const char *name,
                    const char *path,
                    gboolean    replace,
                    GError    **error)
{
  g_autoptr (WbSettings) settings = wb_run_dup_settings (run, error);
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, wb_run_get_seed (run));
  g_autofree char *source =
      g_strdup_printf ("run %" G_GINT64_FORMAT " (%s, %s) of deberta-workbench " PACKAGE_VERSION,
                       wb_run_get_id (run), wb_run_get_task (run), wb_run_get_model (run));
  const WbRecipeDraft draft = {
    .title = title != NULL && *title != '\0' ? title : wb_run_get_name (run),
    .task = wb_run_get_task (run),
    .source = source,
    .seed = seed,
    .settings = settings,
  };

  return settings != NULL
             ? wb_recipe_save (wb_run_get_workspace (run), &draft, name, path, replace, error)
             : NULL;
}
