#pragma once

#include <gio/gio.h>

#include "app/core/wb-workspace.h"
#include "app/settings/wb-settings.h"

G_BEGIN_DECLS

#define WB_TYPE_RECIPE (wb_recipe_get_type ())
G_DECLARE_FINAL_TYPE (WbRecipe, wb_recipe, WB, RECIPE, GObject)

/**
 * WbRecipe:
 *
 * Settings with a name and a source: the published ones of one task and one model size, or those
 * that somebody saved.  Read from a key file: [recipe] says what it is, [task] what holds for every
 * model, and any other group what one model size has of its own.  Immutable.  Main thread only.
 */

/* "glue/rte/deberta-v3-large", the name it was saved under, or the file's path. */
const char *wb_recipe_get_name (WbRecipe *self);
const char *wb_recipe_get_title (WbRecipe *self);      /* "RTE, as published" */
const char *wb_recipe_get_task (WbRecipe *self);       /* "rte"; "": of any task */
const char *wb_recipe_get_size (WbRecipe *self);       /* "deberta-v3-large"; "": of any size */
const char *wb_recipe_get_source (WbRecipe *self);     /* where the numbers are from; "" */
const char *wb_recipe_get_note (WbRecipe *self);       /* one sentence more; "" */
const char *wb_recipe_get_start_from (WbRecipe *self); /* "large-mnli"; "": the size's own */
const char *wb_recipe_get_seed (WbRecipe *self);       /* "1234"; "" */
const char *wb_recipe_get_path (WbRecipe *self);       /* its file; "" for a run's frozen copy */
gboolean    wb_recipe_is_published (WbRecipe *self);

/* Whether the recipe itself says @key (a setting); else the default holds. */
gboolean    wb_recipe_gives (WbRecipe *self, const char *key);
const char *wb_recipe_get_value (WbRecipe *self, const char *key); /* given, or the default */

/* (transfer full): the defaults with what the recipe gives. */
WbSettings *wb_recipe_dup_settings (WbRecipe *self);

/* (transfer full) (element-type WbDeparture): settings that are not as the recipe has them, in the
 * table's order; fallback is the recipe's value.  Device and threads count only where the recipe
 * says them. */
GArray *wb_recipe_get_departures (WbRecipe *self, WbSettings *settings);

/**
 * WbRecipeExtra:
 *
 * What a recipe says that is no setting of this program: 16-bit arithmetic, SiFT, how often the
 * script saves.
 * @matters: training would be another with it
 */
typedef struct
{
  const char *key;
  const char *value;
  const char *help;
  gboolean    matters;
} WbRecipeExtra;
/* (transfer full) (element-type WbRecipeExtra): g_array_unref() */
GArray *wb_recipe_get_extras (WbRecipe *self);

/* (transfer full) (nullable): one sentence about what of the recipe is not followed and matters. */
char *wb_recipe_dup_not_followed (WbRecipe *self);

/**
 * wb_recipe_read_file:
 * @path: a key file; hostile until checked (size, text, groups, keys, values)
 * @error: WB_APP_ERROR_USAGE for keys and values, _INVALID for anything else wrong with the file,
 * _MISSING; "FILE, line N: …"
 *
 * Returns: (transfer full) (element-type WbRecipe): one for every model size of the file, or one
 */
GPtrArray *wb_recipe_read_file (const char *path, GError **error);

/* (transfer full): where the published recipes are: in the checkout that was built, or installed */
char *wb_recipe_dup_published_folder (void);

/**
 * wb_recipe_list:
 * @problems: (nullable) (element-type utf8): filled with a line for each file that cannot be read
 *
 * Returns: (transfer full) (element-type WbRecipe): the published ones, then the user's own
 */
GPtrArray *wb_recipe_list (WbWorkspace *workspace, GPtrArray *problems);

/**
 * wb_recipe_find:
 * @what: a file, the name of an own recipe, "glue/rte" or "rte" (every size), or with a size behind
 * another "/"
 * @error: WB_APP_ERROR_USAGE: there is none of that name; or the file's
 *
 * Returns: (transfer full) (element-type WbRecipe): one, or one for every size
 */
GPtrArray *wb_recipe_find (WbWorkspace *workspace, const char *what, GError **error);

/**
 * wb_recipe_resolve:
 * @what: "published", or as wb_recipe_find()
 * @task: name of the run's task
 * @model: (nullable): folder or config.json of the model that the run starts from
 * @error: WB_APP_ERROR_USAGE when there is none for that task or the model's size; or the file's
 *
 * The one recipe for a task and a model; which size a model has is seen by its shape.
 */
WbRecipe *wb_recipe_resolve (WbWorkspace *workspace,
                             const char  *what,
                             const char  *task,
                             const char  *model,
                             GError     **error);

/* (transfer full): (nullable) the published size that a model's shape is ("deberta-v3-base"); else
 * %NULL with @error saying the shape. */
char *wb_recipe_dup_size (const char *model, GError **error);

/**
 * WbRecipeDraft:
 *
 * What is saved as a recipe.
 * @title: (nullable), @source: (nullable), @note: (nullable)
 * @task: (nullable): name
 * @seed: (nullable)
 */
typedef struct
{
  const char *title;
  const char *task;
  const char *source;
  const char *note;
  const char *seed;
  WbSettings *settings;
} WbRecipeDraft;

/**
 * wb_recipe_save:
 * @name: (nullable): kept in the home folder under it
 * @path: (nullable): else this file
 * @replace: write over a recipe that is there
 * @error: WB_APP_ERROR_USAGE: the name cannot be one, or is taken; _HOME: cannot be written
 *
 * Writes every setting but those of the machine (device, threads).
 *
 * Returns: (transfer full): the file
 */
char *wb_recipe_save (WbWorkspace         *workspace,
                      const WbRecipeDraft *draft,
                      const char          *name,
                      const char          *path,
                      gboolean             replace,
                      GError             **error);

G_END_DECLS
