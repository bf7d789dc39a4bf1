#include "config.h"

#include "app/recipes/wb-recipe-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/core/wb-app-error.h"
#include "data/tasks/wb-task.h"

#define MAX_FILES 1000 /* of one's own that are looked at */

/* Beside the program that runs: in the tree that it was built from, or where it was installed. */
char *
wb_recipe_dup_published_folder (void)
{
  const char      *given = g_getenv ("DEBERTA_WORKBENCH_RECIPES");
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = program != NULL ? g_path_get_dirname (program) : NULL;
  g_autofree char *relative = NULL;

  if (given != NULL && *given != '\0')
    return g_canonicalize_filename (given, NULL);
  if (program != NULL && g_str_has_prefix (program, BUILD_FOLDER "/"))
    return g_build_filename (SOURCE_FOLDER, "experiments", "recipes", NULL);
  if (folder != NULL)
    relative = g_canonicalize_filename ("../share/deberta-workbench/recipes", folder);
  if (relative != NULL && g_file_test (relative, G_FILE_TEST_IS_DIR))
    return g_steal_pointer (&relative);
  return g_strdup (RECIPES_FOLDER);
}

char *
wb_recipe_dup_own_folder (WbWorkspace *workspace)
{
  return wb_workspace_dup_path (workspace, "recipes", NULL);
}

char *
wb_recipe_dup_published_name (const char *path)
{
  g_autofree char *folder = wb_recipe_dup_published_folder ();
  g_autofree char *full = g_canonicalize_filename (path, NULL);
  const gsize      length = strlen (folder);

  if (!g_str_has_prefix (full, folder) || full[length] != '/' || !g_str_has_suffix (full, ".ini"))
    return NULL;
  return g_strndup (full + length + 1, strlen (full) - length - 1 - strlen (".ini"));
}

gboolean
wb_recipe_check_name (const char *name, GError **error)
{
  const char *wrong = NULL;

  if (*name == '\0' || strlen (name) > 100)
    wrong = _ ("give 1 to 100 bytes");
  else if (*name == '.' || strchr (name, '/') != NULL || g_str_has_suffix (name, ".ini"))
    wrong = _ ("no dot in front, no slash, no “.ini”");
  else if (g_ascii_strcasecmp (name, "published") == 0)
    wrong = _ ("“published” means the published ones");
  for (const char *p = name; wrong == NULL && *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      wrong = _ ("no control characters");
  if (wrong == NULL && g_utf8_validate (name, -1, NULL))
    return TRUE;
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE, _ ("a recipe's name cannot be that: %s"),
               wrong != NULL ? wrong : _ ("it is not UTF-8"));
  return FALSE;
}

/* Own recipes go by the file's name. */
static GPtrArray *
read_own (const char *path, GError **error)
{
  GPtrArray       *recipes = wb_recipe_read_file (path, error);
  g_autofree char *base = g_path_get_basename (path);

  base[strlen (base) - strlen (".ini")] = '\0';
  for (guint i = 0; recipes != NULL && i < recipes->len; i++)
    wb_recipe_set_text (recipes->pdata[i], "name", base);
  return recipes;
}

static gint
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static GPtrArray *
list_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  GPtrArray  *files = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir != NULL && files->len < MAX_FILES && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".ini") && *name != '.')
      g_ptr_array_add (files, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (files, compare_paths);
  return files;
}

static void
add_files (GPtrArray *list, const char *folder, gboolean own, GPtrArray *problems)
{
  g_autoptr (GPtrArray) files = list_files (folder);

  for (guint i = 0; i < files->len; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) recipes =
          own ? read_own (files->pdata[i], &error) : wb_recipe_read_file (files->pdata[i], &error);

      for (guint k = 0; recipes != NULL && k < recipes->len; k++)
        g_ptr_array_add (list, g_object_ref (recipes->pdata[k]));
      if (recipes == NULL && problems != NULL)
        g_ptr_array_add (problems, g_strdup (error->message));
    }
}

GPtrArray *
wb_recipe_list (WbWorkspace *workspace, GPtrArray *problems)
{
  GPtrArray       *list = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *published = wb_recipe_dup_published_folder ();
  g_autofree char *glue = g_build_filename (published, "glue", NULL);
  g_autofree char *own = wb_recipe_dup_own_folder (workspace);

  if (problems != NULL && !g_file_test (glue, G_FILE_TEST_IS_DIR))
    g_ptr_array_add (problems, g_strdup_printf ("the published recipes are not where they should "
                                                "be (%s)",
                                                glue));
  add_files (list, glue, FALSE, problems);
  add_files (list, own, TRUE, problems);
  return list;
}

static void
keep_size (GPtrArray *recipes, const char *size)
{
  for (guint i = recipes->len; i > 0; i--)
    if (strcmp (wb_recipe_get_size (recipes->pdata[i - 1]), size) != 0)
      g_ptr_array_remove_index (recipes, i - 1);
}

GPtrArray *
wb_recipe_find_published (const char *what, GError **error)
{
  const char *rest = g_str_has_prefix (what, "glue/") ? what + strlen ("glue/") : what;
  g_auto (GStrv) parts = g_strsplit (rest, "/", 3);
  const WbTask    *task = parts[0] != NULL ? wb_task_find (parts[0]) : NULL;
  g_autofree char *folder = wb_recipe_dup_published_folder ();
  g_autofree char *file = task != NULL ? g_strconcat (task->name, ".ini", NULL) : NULL;
  g_autofree char *path = task != NULL ? g_build_filename (folder, "glue", file, NULL) : NULL;
  g_autoptr (GPtrArray) recipes = NULL;

  if (path == NULL || g_strv_length (parts) > 2 || !g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  recipes = wb_recipe_read_file (path, error);
  if (recipes != NULL && parts[1] != NULL)
    keep_size (recipes, parts[1]);
  return recipes != NULL && recipes->len > 0 ? g_steal_pointer (&recipes) : NULL;
}

GPtrArray *
wb_recipe_find (WbWorkspace *workspace, const char *what, GError **error)
{
  g_autofree char *own = wb_recipe_dup_own_folder (workspace);
  g_autofree char *file = g_strconcat (what, ".ini", NULL);
  g_autofree char *path = g_build_filename (own, file, NULL);
  GError          *local = NULL;
  GPtrArray       *recipes;

  if (g_str_has_suffix (what, ".ini") || *what == '/' || *what == '.' ||
      (strchr (what, '/') != NULL && g_file_test (what, G_FILE_TEST_IS_REGULAR)))
    {
      g_autofree char *full = g_canonicalize_filename (what, NULL);
      return wb_recipe_read_file (full, error);
    }
  if (wb_recipe_check_name (what, NULL) && g_file_test (path, G_FILE_TEST_EXISTS))
    return read_own (path, error);
  recipes = wb_recipe_find_published (what, &local);
  if (recipes == NULL && local == NULL)
    g_set_error (&local, WB_APP_ERROR, WB_APP_ERROR_USAGE,
                 _ ("there is no recipe “%.100s”; “recipes list” shows what there is, a file ends "
                    "with .ini"),
                 what);
  if (local != NULL)
    g_propagate_error (error, local);
  return recipes;
}
