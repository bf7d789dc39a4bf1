#include "app/core/wb-workspace-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "app/core/wb-app-error.h"
#include "app/library/wb-library.h"

struct _WbWorkspace
{
  GObject  parent_instance;
  char    *home;
  WbStore *store;
};

G_DEFINE_FINAL_TYPE (WbWorkspace, wb_workspace, G_TYPE_OBJECT)

static void
wb_workspace_finalize (GObject *object)
{
  WbWorkspace *self = WB_WORKSPACE (object);

  g_clear_pointer (&self->store, wb_store_close);
  g_free (self->home);
  G_OBJECT_CLASS (wb_workspace_parent_class)->finalize (object);
}

static void
wb_workspace_class_init (WbWorkspaceClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wb_workspace_finalize;
}

static void
wb_workspace_init (WbWorkspace *self)
{
}

/* Where it lies when nobody says anything. */
static char *
dup_first_home (void)
{
  return g_build_filename (g_get_user_data_dir (), "deberta-workbench", NULL);
}

char *
wb_workspace_dup_usual_home (void)
{
  g_autofree char *first = dup_first_home ();
  g_autofree char *file = g_build_filename (first, "home", NULL);
  g_autofree char *text = NULL;

  if (g_file_get_contents (file, &text, NULL, NULL) && g_path_is_absolute (g_strchomp (text)))
    return g_steal_pointer (&text);
  return g_steal_pointer (&first);
}

static const char *
given_home (const char *home)
{
  if (home == NULL || *home == '\0')
    home = g_getenv ("DEBERTA_WORKBENCH_HOME");
  return home != NULL && *home != '\0' ? home : NULL;
}

gboolean
wb_workspace_is_home_given (const char *home)
{
  return given_home (home) != NULL;
}

char *
wb_workspace_dup_default_home (const char *home)
{
  const char *given = given_home (home);

  return given != NULL ? g_canonicalize_filename (given, NULL) : wb_workspace_dup_usual_home ();
}

static gboolean
home_error (GError **error, const char *path, int saved_errno)
{
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_HOME,
               "%s cannot be made or written (%s); choose another folder with --home or "
               "DEBERTA_WORKBENCH_HOME",
               path, g_strerror (saved_errno));
  return FALSE;
}

gboolean
wb_workspace_set_default_home (const char *home, GError **error)
{
  g_autofree char *usual = dup_first_home ();
  g_autofree char *file = g_build_filename (usual, "home", NULL);
  g_autofree char *line = NULL;

  if (home == NULL || strcmp (home, usual) == 0)
    {
      if (g_unlink (file) == 0 || errno == ENOENT)
        return TRUE;
      return home_error (error, file, errno);
    }
  line = g_strconcat (home, "\n", NULL);
  if (g_mkdir_with_parents (usual, 0700) != 0)
    return home_error (error, usual, errno);
  if (!g_file_set_contents (file, line, -1, NULL))
    return home_error (error, file, errno);
  return TRUE;
}

/* Making a file is the only test that a full disk or a read-only file system cannot pass. */
static gboolean
check_writable (const char *home, GError **error)
{
  g_autofree char  *path = g_strdup_printf ("%s/.writable-%d", home, (int) getpid ());
  static const char block[4096];
  const int         fd = g_open (path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  gboolean          ok;
  int               saved_errno;

  if (fd < 0)
    return home_error (error, home, errno);
  ok = write (fd, block, sizeof block) == (gssize) sizeof block;
  saved_errno = ok ? 0 : (errno != 0 ? errno : ENOSPC);
  close (fd);
  g_unlink (path);
  return ok || home_error (error, home, saved_errno);
}

static gboolean
make_folders (const char *home, GError **error)
{
  static const char *const folders[] = { "models", "datasets", "runs", "locks", "trash", "log" };

  if (g_mkdir_with_parents (home, 0700) != 0)
    return home_error (error, home, errno);
  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *path = g_build_filename (home, folders[i], NULL);
      if (g_mkdir_with_parents (path, 0700) != 0)
        return home_error (error, path, errno);
    }
  return check_writable (home, error);
}

WbWorkspace *
wb_workspace_open (const char *home, GError **error)
{
  g_autoptr (WbWorkspace) self = g_object_new (WB_TYPE_WORKSPACE, NULL);

  self->home = wb_workspace_dup_default_home (home);
  if (!make_folders (self->home, error))
    return NULL;
  self->store = wb_store_open (self->home, error);
  if (self->store == NULL)
    return NULL;
  wb_library_clean (self);
  return g_steal_pointer (&self);
}

const char *
wb_workspace_get_home (WbWorkspace *self)
{
  return self->home;
}

WbStore *
wb_workspace_get_store (WbWorkspace *self)
{
  return self->store;
}

char *
wb_workspace_dup_path (WbWorkspace *self, const char *first, ...)
{
  GString    *path = g_string_new (self->home);
  const char *part = first;
  va_list     list;

  va_start (list, first);
  for (; part != NULL; part = va_arg (list, const char *))
    g_string_append_printf (path, "/%s", part);
  va_end (list);
  return g_string_free (path, FALSE);
}

char *
wb_workspace_dup_run_folder (WbWorkspace *self, gint64 id)
{
  return g_strdup_printf ("%s/runs/%" G_GINT64_FORMAT, self->home, id);
}

guint64
wb_workspace_get_free_space (WbWorkspace *self, const char *path)
{
  struct statvfs status;

  if (statvfs (path != NULL ? path : self->home, &status) != 0)
    return G_MAXUINT64;
  return (guint64) status.f_bavail * status.f_frsize;
}
