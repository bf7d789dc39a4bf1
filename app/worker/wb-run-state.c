#include "app/worker/wb-run-state-private.h"

#include <math.h>
#include <stdlib.h>

#include "app/core/wb-app-error.h"
#include "app/core/wb-file-tree-private.h"

void
wb_run_state_init (WbRunState *self)
{
  *self = (WbRunState){ .best = NAN, .evaluated_step = G_MAXUINT64 };
}

/* Hexadecimal: every bit. */
static void
set_double (GKeyFile *file, const char *key, double value)
{
  g_autofree char *text = g_strdup_printf ("%a", value);
  g_key_file_set_string (file, "state", key, text);
}

static double
get_double (GKeyFile *file, const char *key)
{
  g_autofree char *text = g_key_file_get_string (file, "state", key, NULL);
  return text != NULL ? g_ascii_strtod (text, NULL) : NAN;
}

gboolean
wb_run_state_save (const WbRunState *self, const char *path, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = NULL;

  g_key_file_set_integer (file, "state", "format", 1);
  g_key_file_set_uint64 (file, "state", "step", self->step);
  set_double (file, "best", self->best);
  g_key_file_set_uint64 (file, "state", "best-step", self->best_step);
  g_key_file_set_uint64 (file, "state", "without-gain", self->without_gain);
  g_key_file_set_uint64 (file, "state", "evaluated-step", self->evaluated_step);
  set_double (file, "seconds", self->seconds);
  text = g_key_file_to_data (file, NULL, NULL);
  return wb_tree_write_file (path, text, -1, error);
}

gboolean
wb_run_state_load (WbRunState *self, const char *path, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  if (!g_key_file_load_from_file (file, path, 0, error))
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  if (g_key_file_get_integer (file, "state", "format", NULL) != 1)
    {
      g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_INVALID,
                   "%s: not a state that this version can read", path);
      return FALSE;
    }
  self->step = g_key_file_get_uint64 (file, "state", "step", NULL);
  self->best = get_double (file, "best");
  self->best_step = g_key_file_get_uint64 (file, "state", "best-step", NULL);
  self->without_gain = g_key_file_get_uint64 (file, "state", "without-gain", NULL);
  self->evaluated_step = g_key_file_get_uint64 (file, "state", "evaluated-step", NULL);
  self->seconds = get_double (file, "seconds");
  return TRUE;
}

static int
compare_steps_descending (gconstpointer a, gconstpointer b)
{
  const guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;
  return (y > x) - (y < x);
}

GArray *
wb_run_checkpoints_list (const char *run_folder)
{
  GArray          *steps = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autofree char *folder = g_build_filename (run_folder, "checkpoints", NULL);
  GDir            *dir = g_dir_open (folder, 0, NULL);
  const char      *name;
  guint64          step;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_ascii_string_to_unsigned (name, 10, 0, G_MAXUINT64, &step, NULL))
      g_array_append_val (steps, step);
  g_clear_pointer (&dir, g_dir_close);
  g_array_sort (steps, compare_steps_descending);
  return steps;
}

char *
wb_run_checkpoints_dup_path (const char *run_folder, guint64 step)
{
  return g_strdup_printf ("%s/checkpoints/%" G_GUINT64_FORMAT, run_folder, step);
}

gboolean
wb_run_checkpoints_prune (const char *run_folder, guint keep, GError **error)
{
  g_autoptr (GArray) steps = wb_run_checkpoints_list (run_folder);
  g_autofree char *half = g_build_filename (run_folder, "checkpoints", ".new", NULL);

  if (!wb_tree_remove (half, error))
    return FALSE;
  for (guint i = keep; i < steps->len; i++)
    {
      g_autofree char *path =
          wb_run_checkpoints_dup_path (run_folder, g_array_index (steps, guint64, i));
      if (!wb_tree_remove (path, error))
        return FALSE;
    }
  return TRUE;
}
