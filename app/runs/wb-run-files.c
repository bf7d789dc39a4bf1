#include "app/runs/wb-run-files.h"

#include <glib/gstdio.h>
#include <string.h>

#include "app/core/wb-file-tree-private.h"

static void
file_free (gpointer data)
{
  g_free (((WbRunFile *) data)->path);
  g_free (data);
}

static WbRunFileKind
kind_of (const char *name)
{
  static const struct
  {
    const char   *name;
    WbRunFileKind kind;
  } names[] = {
    { "best", WB_RUN_FILE_BEST },
    { "last", WB_RUN_FILE_LAST },
    { "predictions", WB_RUN_FILE_PREDICTIONS },
    { "log.jsonl", WB_RUN_FILE_LOG },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i].name, name) == 0)
      return names[i].kind;
  return WB_RUN_FILE_OTHER;
}

/* A name with a dot before it is being written, or was when its process was killed. */
static gboolean
is_shown (const char *name)
{
  return name[0] != '.' && strcmp (name, "lock") != 0;
}

static void
add (GPtrArray *files, const char *folder, char *path, WbRunFileKind kind, guint64 step)
{
  g_autofree char *full = g_build_filename (folder, path, NULL);
  WbRunFile       *file;
  GStatBuf         status;

  if (g_lstat (full, &status) != 0)
    {
      g_free (path);
      return;
    }
  file = g_new0 (WbRunFile, 1);
  file->kind = kind;
  file->path = path;
  file->step = step;
  file->is_folder = S_ISDIR (status.st_mode);
  file->size = file->is_folder ? wb_tree_get_size (full) : (guint64) status.st_size;
  file->modified = status.st_mtime;
  g_ptr_array_add (files, file);
}

static void
add_checkpoints (GPtrArray *files, const char *folder)
{
  g_autofree char *place = g_build_filename (folder, "checkpoints", NULL);
  g_autoptr (GDir) dir = g_dir_open (place, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      guint64 step;

      if (g_ascii_string_to_unsigned (name, 10, 0, G_MAXUINT64, &step, NULL))
        add (files, folder, g_build_filename ("checkpoints", name, NULL), WB_RUN_FILE_CHECKPOINT,
             step);
    }
}

static int
compare_files (gconstpointer a, gconstpointer b)
{
  const WbRunFile *x = *(WbRunFile *const *) a, *y = *(WbRunFile *const *) b;

  if (x->kind != y->kind)
    return (int) x->kind - (int) y->kind;
  if (x->step != y->step)
    return x->step > y->step ? -1 : 1;
  return strcmp (x->path, y->path);
}

GPtrArray *
wb_run_list_files (const char *folder, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  GPtrArray  *files;
  const char *name;

  if (dir == NULL)
    return NULL;
  files = g_ptr_array_new_with_free_func (file_free);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (strcmp (name, "checkpoints") == 0)
      add_checkpoints (files, folder);
    else if (is_shown (name))
      add (files, folder, g_strdup (name), kind_of (name), 0);
  g_ptr_array_sort (files, compare_files);
  return files;
}

static void /* pool thread */
list_cb (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError    *error = NULL;
  GPtrArray *files = wb_run_list_files (data, &error);

  if (files != NULL)
    g_task_return_pointer (task, files, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

void
wb_run_list_files_async (WbRun              *self,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, wb_run_list_files_async);
  g_task_set_task_data (task, g_strdup (wb_run_get_folder (self)), g_free);
  g_task_run_in_thread (task, list_cb);
}

GPtrArray *
wb_run_list_files_finish (WbRun *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
