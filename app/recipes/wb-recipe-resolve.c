#include "config.h"

#include "app/recipes/wb-recipe-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/core/wb-app-error.h"
#include "data/tasks/wb-task.h"

/* (transfer full): "base, large and deberta-v3-large" */
static char *
dup_sizes (GPtrArray *recipes)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < recipes->len; i++)
    g_string_append_printf (out, "%s%s",
                            i == 0                  ? ""
                            : i + 1 == recipes->len ? " and "
                                                    : ", ",
                            wb_recipe_get_size (recipes->pdata[i]));
  return g_string_free (out, FALSE);
}

static WbRecipe *
choose_size (GPtrArray *recipes, const char *model, GError **error)
{
  WbRecipe        *first = recipes->pdata[0];
  g_autofree char *sizes = dup_sizes (recipes);
  g_autofree char *size = NULL;

  if (recipes->len == 1)
    return g_object_ref (first);
  if (model == NULL)
    {
      g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
                   _ ("which model? the recipe depends on its size: there are %s"), sizes);
      return NULL;
    }
  size = wb_recipe_dup_size (model, error);
  if (size == NULL)
    {
      g_prefix_error (error, "no recipe fits: ");
      return NULL;
    }
  for (guint i = 0; i < recipes->len; i++)
    if (strcmp (wb_recipe_get_size (recipes->pdata[i]), size) == 0)
      return g_object_ref (recipes->pdata[i]);
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
               _ ("“%s” has nothing for %s; there are %s (name one behind a slash to take it)"),
               wb_recipe_get_title (first), size, sizes);
  return NULL;
}

WbRecipe *
wb_recipe_resolve (WbWorkspace *workspace,
                   const char  *what,
                   const char  *task,
                   const char  *model,
                   GError     **error)
{
  const WbTask *known = wb_task_find (task);
  g_autoptr (GPtrArray) recipes = NULL;
  g_autofree char *name = NULL;
  GError          *local = NULL;

  if (g_ascii_strcasecmp (what, "published") != 0)
    {
      recipes = wb_recipe_find (workspace, what, error);
      return recipes != NULL ? choose_size (recipes, model, error) : NULL;
    }
  name = g_strconcat ("glue/", known != NULL ? known->name : task, NULL);
  recipes = wb_recipe_find_published (name, &local);
  if (recipes != NULL)
    return choose_size (recipes, model, error);
  if (local == NULL)
    g_set_error (&local, WB_APP_ERROR, WB_APP_ERROR_USAGE,
                 _ ("%s has no published settings; leave --recipe out, or name another"),
                 known != NULL ? known->title : task);
  g_propagate_error (error, local);
  return NULL;
}
