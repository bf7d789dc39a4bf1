#include "data/tasks/wb-task-private.h"

#include <string.h>

/* Case, hyphens and underscores do not matter: "STS-B", "sts_b" and "stsb" are one. */
static gboolean
names_match (const char *a, const char *b)
{
  for (;; a++, b++)
    {
      while (*a == '-' || *a == '_')
        a++;
      while (*b == '-' || *b == '_')
        b++;
      if (g_ascii_tolower (*a) != g_ascii_tolower (*b))
        return FALSE;
      if (*a == '\0')
        return TRUE;
    }
}

const WbTask *
wb_task_find (const char *name)
{
  for (gsize i = 0; name != NULL && i < wb_task_table_length; i++)
    if (names_match (wb_task_table[i].name, name))
      return &wb_task_table[i];
  return NULL;
}

const WbTask *
wb_task_get_nth (gsize index)
{
  return index < wb_task_table_length ? &wb_task_table[index] : NULL;
}

char *
wb_task_dup_names (void)
{
  GString *names = g_string_new (NULL);

  for (gsize i = 0; i < wb_task_table_length; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? " " : "", wb_task_table[i].name);
  return g_string_free (names, FALSE);
}

gsize
wb_task_get_n_labels (const WbTask *self)
{
  return self->kind == WB_TASK_REGRESSION ? 1 : g_strv_length ((char **) self->labels);
}

static gboolean
is_text (const char *text, const char *start, gsize length)
{
  return strlen (text) == length && memcmp (text, start, length) == 0;
}

int
wb_task_find_label (const WbTask *self, const char *label, gsize length)
{
  for (int i = 0; self->labels[i] != NULL; i++)
    if (is_text (self->labels[i], label, length))
      return i;
  if (self->aliases[0] != NULL && is_text (self->aliases[0], label, length))
    return wb_task_find_label (self, self->aliases[1], strlen (self->aliases[1]));
  return -1;
}

/* ---- languages ---- */

int
wb_task_find_language (const WbTask *self, const char *language, gsize length)
{
  for (int i = 0; self->languages != NULL && self->languages[i] != NULL; i++)
    if (is_text (self->languages[i], language, length))
      return i;
  return -1;
}

int
wb_task_find_file_language (const WbTask *self, const char *path)
{
  g_autofree char *base = g_path_get_basename (path);
  g_auto (GStrv) parts = g_strsplit_set (base, "-._", -1);
  int found = -1;

  for (gsize i = 1; parts[0] != NULL && parts[i] != NULL; i++)
    {
      const int language = wb_task_find_language (self, parts[i], strlen (parts[i]));
      found = language >= 0 ? language : found;
    }
  return found;
}

/* @path or @path.gz. */
static char *
find_plain_or_packed (const char *path)
{
  g_autofree char *packed = g_strconcat (path, ".gz", NULL);

  if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return g_strdup (path);
  return g_file_test (packed, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer (&packed) : NULL;
}

char **
wb_task_expand (const WbTask *self, const char *path)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  const char *slash = strrchr (path, G_DIR_SEPARATOR);
  const char *star = strchr (slash != NULL ? slash : path, '*');

  if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
    g_ptr_array_add (files, g_strdup (path));
  else
    for (gsize i = 0; star != NULL && self->languages != NULL && self->languages[i] != NULL; i++)
      {
        g_autofree char *name =
            g_strdup_printf ("%.*s%s%s", (int) (star - path), path, self->languages[i], star + 1);
        char *file = find_plain_or_packed (name);

        if (file != NULL)
          g_ptr_array_add (files, file);
      }
  g_ptr_array_add (files, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&files), FALSE);
}

/* ---- splits ---- */

const WbTaskLayout *
wb_task_get_layout (const WbTask *self, WbSplitRole role)
{
  return role == WB_SPLIT_TEST ? &self->test : &self->train;
}

/* "dev" for "dev_matched": MNLI has two of each, and the matched one is meant. */
static gboolean
is_short_for (const char *name, const char *split)
{
  gsize n = strlen (name);

  return strncmp (split, name, n) == 0 && split[n] == '_';
}

/* A file's name without ".gz", as far as the official name is concerned. */
static gboolean
names_file (const char *name, const char *file)
{
  g_autofree char *base = g_path_get_basename (name);

  if (g_str_has_suffix (base, ".gz"))
    base[strlen (base) - 3] = '\0';
  return strcmp (base, file) == 0;
}

static gboolean
is_named (const WbTask *self, const WbTaskSplit *split, const char *name)
{
  g_autofree char *base = g_path_get_basename (name);
  const int        language = wb_task_find_file_language (self, name);

  if (names_file (name, split->file))
    return TRUE;
  for (gsize i = 0; split->others[i] != NULL; i++)
    {
      g_auto (GStrv) around = g_strsplit (split->others[i], "*", 2);
      g_autofree char *file = g_strjoinv (language >= 0 ? self->languages[language] : "*", around);
      if (names_file (name, file) || strcmp (base, split->others[i]) == 0)
        return TRUE;
    }
  return FALSE;
}

const WbTaskSplit *
wb_task_find_split (const WbTask *self, const char *name)
{
  for (const WbTaskSplit *split = self->splits; split->name != NULL; split++)
    if (strcmp (split->name, name) == 0 || is_named (self, split, name))
      return split;
  for (const WbTaskSplit *split = self->splits; split->name != NULL; split++)
    if (is_short_for (name, split->name))
      return split;
  return NULL;
}

const WbTaskSplit *
wb_task_get_split (const WbTask *self, WbSplitRole role)
{
  for (const WbTaskSplit *split = self->splits; split->name != NULL; split++)
    if (split->role == role)
      return split;
  return NULL;
}

/* Where files lie beside one another: a pattern counts when one of its files is there. */
static char *
find_other (const WbTask *self, const char *name, const char *folder)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_auto (GStrv) files = NULL;

  if (strchr (name, '*') == NULL)
    return find_plain_or_packed (path);
  files = wb_task_expand (self, path);
  return files[0] != NULL ? g_steal_pointer (&path) : NULL;
}

char *
wb_task_find_file (const WbTask *self, const WbTaskSplit *split, const char *folder)
{
  char *path = find_other (self, split->file, folder);

  for (gsize i = 0; path == NULL && split->others[i] != NULL; i++)
    path = find_other (self, split->others[i], folder);
  return path;
}

void
wb_task_append_submission_header (const WbTask *self, GString *out)
{
  g_string_append (out, "index\tprediction\n");
}

/* The server takes scores within the scale only, and three digits are what its examples have. */
static void
append_score (const WbTask *self, GString *out, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (out, g_ascii_formatd (text, sizeof text, "%.3f",
                                         CLAMP (value, self->target_min, self->target_max)));
}

void
wb_task_append_submission_row (const WbTask *self,
                               GString      *out,
                               gsize         index,
                               int           label,
                               double        value)
{
  g_string_append_printf (out, "%" G_GSIZE_FORMAT "\t", index);
  if (self->kind == WB_TASK_REGRESSION)
    append_score (self, out, value);
  else
    g_string_append (out, self->labels[label]);
  g_string_append_c (out, '\n');
}
