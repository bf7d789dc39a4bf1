#include "app/recipes/wb-recipe-private.h"

#include <string.h>
#include <sys/stat.h>

#include "app/core/wb-app-error.h"
#include "data/tasks/wb-task.h"

#define MAX_BYTES (256 * 1024)
#define MAX_GROUPS 64
#define MAX_TEXT 500 /* bytes of a title, source or note */
#define FORMAT "1"

/* A file that is being read. */
typedef struct
{
  const char *path;
  char       *text;
  GHashTable *lines;  /* "group\nkey" and "group" -> line number */
  GPtrArray  *groups; /* in the file's order, owned */
  GKeyFile   *file;
} Reader;

static void
reader_clear (Reader *self)
{
  g_free (self->text);
  g_clear_pointer (&self->lines, g_hash_table_unref);
  g_clear_pointer (&self->groups, g_ptr_array_unref);
  g_clear_pointer (&self->file, g_key_file_unref);
}

static gboolean
fail (GError **error, WbAppError code, const char *path, guint line, const char *message)
{
  if (line > 0)
    g_set_error (error, WB_APP_ERROR, (gint) code, "%s, line %u: %s", path, line, message);
  else
    g_set_error (error, WB_APP_ERROR, (gint) code, "%s: %s", path, message);
  return FALSE;
}

static gboolean
read_text (Reader *self, GError **error)
{
  struct stat info;
  gsize       length;

  if (stat (self->path, &info) != 0)
    return fail (error, WB_APP_ERROR_MISSING, self->path, 0, "there is no such file");
  if (!S_ISREG (info.st_mode))
    return fail (error, WB_APP_ERROR_INVALID, self->path, 0, "is no file");
  if (info.st_size > MAX_BYTES)
    return fail (error, WB_APP_ERROR_INVALID, self->path, 0,
                 "is no recipe: larger than 256 kilobytes");
  if (!g_file_get_contents (self->path, &self->text, &length, error))
    return FALSE;
  if (length > MAX_BYTES || !g_utf8_validate (self->text, (gssize) length, NULL))
    return fail (error, WB_APP_ERROR_INVALID, self->path, 0, "is no recipe: not UTF-8 text");
  return TRUE;
}

static guint
line_of (Reader *self, const char *group, const char *key)
{
  g_autofree char *place = key != NULL ? g_strdup_printf ("%s\n%s", group, key) : g_strdup (group);
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->lines, place));
}

/* Takes @place. */
static gboolean
remember (Reader *self, char *place, guint line, GError **error)
{
  g_autofree char *message = NULL;
  const guint      before = GPOINTER_TO_UINT (g_hash_table_lookup (self->lines, place));

  if (before == 0)
    {
      g_hash_table_insert (self->lines, place, GUINT_TO_POINTER (line));
      return TRUE;
    }
  message = g_strdup_printf ("the same stands in line %u already", before);
  g_free (place);
  return fail (error, WB_APP_ERROR_USAGE, self->path, line, message);
}

static gboolean
scan_group (Reader *self, char *line, guint number, GError **error)
{
  const gsize length = strlen (line);

  if (length < 3 || line[length - 1] != ']' || strpbrk (line + 1, "[") != NULL)
    return fail (error, WB_APP_ERROR_INVALID, self->path, number, "a group is written [name]");
  line[length - 1] = '\0';
  if (length > 100)
    return fail (error, WB_APP_ERROR_INVALID, self->path, number, "the group's name is too long");
  if (self->groups->len == MAX_GROUPS)
    return fail (error, WB_APP_ERROR_INVALID, self->path, number, "more than 64 groups");
  g_ptr_array_add (self->groups, g_strdup (line + 1));
  return remember (self, g_strdup (line + 1), number, error);
}

static gboolean
scan_line (Reader *self, char *line, guint number, GError **error)
{
  char *equals;

  g_strstrip (line);
  if (*line == '\0' || *line == '#')
    return TRUE;
  if (*line == '[')
    return scan_group (self, line, number, error);
  equals = strchr (line, '=');
  if (equals == NULL || equals == line)
    return fail (error, WB_APP_ERROR_INVALID, self->path, number, "write key=value, or [group]");
  if (self->groups->len == 0)
    return fail (error, WB_APP_ERROR_INVALID, self->path, number,
                 "the first line of a recipe is [recipe]");
  *equals = '\0';
  g_strchomp (line);
  if (strchr (line, '[') != NULL) /* GKeyFile would pass over it without a word */
    return fail (error, WB_APP_ERROR_USAGE, self->path, number, "keys are in no language");
  return remember (
      self, g_strdup_printf ("%s\n%s", (char *) self->groups->pdata[self->groups->len - 1], line),
      number, error);
}

/* GKeyFile knows no line numbers and takes the last of two values. */
static gboolean
scan (Reader *self, GError **error)
{
  g_auto (GStrv) lines = g_strsplit (self->text, "\n", -1);

  self->lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->groups = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; lines[i] != NULL; i++)
    if (!scan_line (self, lines[i], i + 1, error))
      return FALSE;
  self->file = g_key_file_new ();
  if (g_key_file_load_from_data (self->file, self->text, (gsize) -1, 0, error))
    return TRUE;
  g_prefix_error (error, "%s: ", self->path);
  return FALSE;
}

static gboolean
is_plain_text (const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return FALSE;
  return strlen (text) <= MAX_TEXT;
}

static gboolean
is_seed (const char *text)
{
  guint64 value;
  return g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, &value, NULL);
}

/* Keys that are no settings.  @done: the key was one. */
static gboolean
take_text (WbRecipe *recipe, const char *group, const char *key, const char *text, gboolean *done)
{
  const gboolean is_head = strcmp (group, "recipe") == 0;

  *done = TRUE;
  if (strcmp (key, "source") == 0 || strcmp (key, "note") == 0 ||
      (is_head && strcmp (key, "title") == 0) || (!is_head && strcmp (key, "start-from") == 0))
    {
      wb_recipe_set_text (recipe, key, text);
      return is_plain_text (text);
    }
  if (!is_head && strcmp (key, "seed") == 0)
    {
      wb_recipe_set_text (recipe, key, text);
      return is_seed (text);
    }
  *done = FALSE;
  return TRUE;
}

/* "task" and "format" of [recipe]. */
static gboolean
take_head (Reader *self, WbRecipe *recipe, const char *key, const char *text, GError **error)
{
  const guint      line = line_of (self, "recipe", key);
  const WbTask    *task;
  g_autofree char *message = NULL;

  if (strcmp (key, "format") == 0)
    return strcmp (text, FORMAT) == 0 ||
           fail (error, WB_APP_ERROR_INVALID, self->path, line,
                 "this program reads recipes of format 1; a newer one may read this");
  if (strcmp (key, "task") != 0)
    {
      message = g_strdup_printf ("[recipe] has no key “%.80s”", key);
      return fail (error, WB_APP_ERROR_USAGE, self->path, line, message);
    }
  task = wb_task_find (text);
  if (task == NULL)
    {
      message = g_strdup_printf ("there is no task “%.80s”", text);
      return fail (error, WB_APP_ERROR_USAGE, self->path, line, message);
    }
  wb_recipe_set_text (recipe, "task", task->name);
  return TRUE;
}

static gboolean
take_key (Reader *self, WbRecipe *recipe, const char *group, const char *key, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *text = g_key_file_get_string (self->file, group, key, &local);
  const guint      line = line_of (self, group, key);
  gboolean         done;

  if (local != NULL) /* with a wrong escape there is a text all the same */
    return fail (error, WB_APP_ERROR_INVALID, self->path, line, local->message);
  if (!take_text (recipe, group, key, text, &done))
    {
      g_autofree char *message =
          g_strdup_printf ("%.80s: give %s", key,
                           strcmp (key, "seed") == 0 ? "a whole number, 0 or more"
                                                     : "one line of at most 500 bytes");
      return fail (error, WB_APP_ERROR_USAGE, self->path, line, message);
    }
  if (done)
    return TRUE;
  if (strcmp (group, "recipe") == 0)
    return take_head (self, recipe, key, text, error);
  if (wb_recipe_set_value (recipe, key, text, error))
    return TRUE;
  g_prefix_error (error, "%s, line %u: ", self->path, line);
  return FALSE;
}

static gboolean
take_group (Reader *self, WbRecipe *recipe, const char *group, GError **error)
{
  g_auto (GStrv) keys = g_key_file_get_keys (self->file, group, NULL, NULL);

  for (gsize i = 0; keys != NULL && keys[i] != NULL; i++)
    if (!take_key (self, recipe, group, keys[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
take_size (Reader *self, WbRecipe *base, const char *group, GPtrArray *recipes, GError **error)
{
  g_autoptr (WbRecipe) recipe = wb_recipe_copy (base);
  g_autofree char *name = g_strdup_printf ("%s/%s", wb_recipe_get_name (base), group);

  wb_recipe_set_text (recipe, "size", group);
  if (wb_recipe_is_published (base))
    wb_recipe_set_text (recipe, "name", name);
  if (!take_group (self, recipe, group, error))
    return FALSE;
  g_ptr_array_add (recipes, g_steal_pointer (&recipe));
  return TRUE;
}

static GPtrArray *
take_all (Reader *self, WbRecipe *base, GError **error)
{
  g_autoptr (GPtrArray) recipes = g_ptr_array_new_with_free_func (g_object_unref);

  if (!g_key_file_has_group (self->file, "recipe"))
    {
      fail (error, WB_APP_ERROR_INVALID, self->path, 0, "is no recipe: it has no group [recipe]");
      return NULL;
    }
  if (!take_group (self, base, "recipe", error) ||
      (g_key_file_has_group (self->file, "task") && !take_group (self, base, "task", error)))
    return NULL;
  for (guint i = 0; i < self->groups->len; i++)
    {
      const char *group = self->groups->pdata[i];

      if (strcmp (group, "recipe") != 0 && strcmp (group, "task") != 0 &&
          !take_size (self, base, group, recipes, error))
        return NULL;
    }
  if (recipes->len == 0)
    g_ptr_array_add (recipes, g_object_ref (base));
  return g_steal_pointer (&recipes);
}

GPtrArray *
wb_recipe_read_file (const char *path, GError **error)
{
  g_autofree char *published = wb_recipe_dup_published_name (path);
  g_autoptr (WbRecipe) base =
      wb_recipe_new (published != NULL ? published : path, path, published != NULL);
  Reader     reader = { .path = path };
  GPtrArray *recipes = NULL;

  if (read_text (&reader, error) && scan (&reader, error))
    recipes = take_all (&reader, base, error);
  reader_clear (&reader);
  return recipes;
}
