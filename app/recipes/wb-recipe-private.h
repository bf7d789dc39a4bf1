#pragma once

#include "app/recipes/wb-recipe.h"
#include "engine/model/wb-model-config.h"

G_BEGIN_DECLS

/* What a recipe is made of; used by the readers only, then it does not change. */
WbRecipe *wb_recipe_new (const char *name, const char *path, gboolean published);
WbRecipe *wb_recipe_copy (WbRecipe *self);

/* @name: "name", "title", "task", "size", "source", "note", "start-from", "seed"; anything else is
 * a caller's bug. */
void wb_recipe_set_text (WbRecipe *self, const char *name, const char *text);

/* Device and threads belong to the machine, not to the experiment. */
gboolean wb_recipe_is_of_machine (const char *key);

/* A setting or an extra.  @error: WB_APP_ERROR_USAGE: unknown key, or a value out of range. */
gboolean wb_recipe_set_value (WbRecipe *self, const char *key, const char *text, GError **error);

/* The published size with this shape; %NULL: none. */
const char *wb_recipe_size_find (const WbModelConfig *config);

/* (transfer full): "glue/rte" of a file in the published folder; %NULL: it is not there. */
char *wb_recipe_dup_published_name (const char *path);
/* (transfer full): where own recipes are */
char *wb_recipe_dup_own_folder (WbWorkspace *workspace);
/* (transfer full): "glue/rte", "rte", or with a size behind a slash; %NULL without @error: there is
 * none of that name. */
GPtrArray *wb_recipe_find_published (const char *what, GError **error);
/* A name that an own recipe can have. */
gboolean wb_recipe_check_name (const char *name, GError **error);

/* A run keeps a frozen copy of its recipe in its settings.ini. */
void wb_recipe_freeze (WbRecipe *self, WbSettings *settings, GKeyFile *file);
/* (transfer full) (nullable): %NULL without @error: the run had none. */
WbRecipe *wb_recipe_thaw (GKeyFile *file, GError **error);

G_END_DECLS
