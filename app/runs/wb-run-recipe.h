#pragma once

#include "app/recipes/wb-recipe.h"
#include "app/runs/wb-run.h"

G_BEGIN_DECLS

/**
 * wb_run_save_recipe:
 * @title: (nullable): a few words; else the run's name
 * @name, @path, @replace: as wb_recipe_save()
 *
 * Saves the settings that a run had, with its task and seed; the source names the run.
 *
 * Returns: (transfer full): the file
 */
char *wb_run_save_recipe (WbRun      *run,
                          const char *title,
                          const char *name,
                          const char *path,
                          gboolean    replace,
                          GError    **error);

G_END_DECLS
