#include "config.h"

#include "app/recipes/wb-recipe-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "app/core/wb-app-error.h"
#include "app/core/wb-file-tree-private.h"

#define MAX_TEXT 480 /* bytes; the reader takes 500 */

/* What the reader refuses is not written: control characters become blanks, and a text that is cut
 * ends with a whole character. */
static void
add_text (GKeyFile *file, const char *group, const char *key, const char *text)
{
  g_autofree char *valid = NULL;
  g_autoptr (GString) line = g_string_new (NULL);

  if (text == NULL || *text == '\0')
    return;
  valid = g_utf8_make_valid (text, -1);
  for (const char *p = valid; *p != '\0' && line->len <= MAX_TEXT - 6; p = g_utf8_next_char (p))
    {
      const gunichar c = g_utf8_get_char (p);
      g_string_append_unichar (line, g_unichar_iscntrl (c) ? ' ' : c);
    }
  g_key_file_set_string (file, group, key, line->str);
}

static char *
dup_text (const WbRecipeDraft *draft)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  gsize                n;
  const WbSettingInfo *all = wb_setting_get_all (&n);

  g_key_file_set_string (file, "recipe", "format", "1");
  add_text (file, "recipe", "task", draft->task);
  add_text (file, "recipe", "title", draft->title);
  add_text (file, "recipe", "source", draft->source);
  add_text (file, "recipe", "note", draft->note);
  for (gsize i = 0; i < n; i++)
    if (!wb_recipe_is_of_machine (all[i].key))
      g_key_file_set_string (file, "task", all[i].key,
                             wb_settings_get (draft->settings, all[i].key));
  add_text (file, "task", "seed", draft->seed);
  return g_key_file_to_data (file, NULL, NULL);
}

static char *
dup_own_path (WbWorkspace *workspace, const char *name, GError **error)
{
  g_autofree char *folder = wb_recipe_dup_own_folder (workspace);
  g_autofree char *file = g_strconcat (name, ".ini", NULL);

  if (!wb_recipe_check_name (name, error))
    return NULL;
  if (g_mkdir_with_parents (folder, 0700) == 0)
    return g_build_filename (folder, file, NULL);
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_HOME, _ ("%s cannot be made: %s"), folder,
               g_strerror (errno));
  return NULL;
}

/* The ending is what tells a file from a name where a recipe is asked for. */
static char *
dup_given_path (const char *path, GError **error)
{
  if (g_str_has_suffix (path, ".ini"))
    return g_canonicalize_filename (path, NULL);
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
               _ ("%s: a recipe’s file ends with .ini; else it is not found as one"), path);
  return NULL;
}

char *
wb_recipe_save (WbWorkspace         *workspace,
                const WbRecipeDraft *draft,
                const char          *name,
                const char          *path,
                gboolean             replace,
                GError             **error)
{
  g_autofree char *place =
      name != NULL ? dup_own_path (workspace, name, error) : dup_given_path (path, error);
  g_autofree char *text = dup_text (draft);

  if (place == NULL)
    return NULL;
  if (!replace && g_file_test (place, G_FILE_TEST_IS_REGULAR))
    {
      g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
                   _ ("there is a recipe “%s” already; give another name, or say to replace it"),
                   name != NULL ? name : place);
      return NULL;
    }
  return wb_tree_write_file (place, text, -1, error) ? g_steal_pointer (&place) : NULL;
}
