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

int
wb_task_find_label (const WbTask *self, const char *label, gsize length)
{
  for (int i = 0; self->labels[i] != NULL; i++)
    if (strlen (self->labels[i]) == length && memcmp (self->labels[i], label, length) == 0)
      return i;
  return -1;
}

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

const WbTaskSplit *
wb_task_find_split (const WbTask *self, const char *name)
{
  for (const WbTaskSplit *split = self->splits; split->name != NULL; split++)
    if (strcmp (split->name, name) == 0 || names_file (name, split->file))
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

char *
wb_task_find_file (const WbTask *self, const WbTaskSplit *split, const char *folder)
{
  static const char *const suffixes[] = { "", ".gz" };

  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *name = g_strconcat (split->file, suffixes[i], NULL);
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer (&path);
    }
  return NULL;
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
