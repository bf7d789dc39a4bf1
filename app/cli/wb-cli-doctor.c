#include <json-glib/json-glib.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "app/cli/wb-cli.h"
#include "app/core/wb-json.h"
#include "app/core/wb-workspace-private.h"
#include "config.h"
#include "engine/core/wb-backend.h"

/* One finding: a name, what was found, and what to do where something is wrong. */
typedef struct
{
  WbCli   *cli;
  WbJson  *json;
  gboolean failed;
} Doctor;

static void
say (Doctor *self, const char *key, const char *title, const char *value)
{
  if (self->cli->json)
    wb_json_text (self->json, key, value);
  else
    wb_cli_print ("%-14s %s\n", title, value);
}

static void
say_number (Doctor *self, const char *key, const char *title, guint64 value, gboolean bytes)
{
  g_autofree char *text =
      bytes ? g_format_size (value) : g_strdup_printf ("%" G_GUINT64_FORMAT, value);

  if (self->cli->json)
    wb_json_integer (self->json, key, (gint64) value);
  else
    wb_cli_print ("%-14s %s\n", title, text);
}

static char *
dup_line_of (const char *path, const char *key)
{
  g_autofree char *text = NULL;
  const char      *start, *colon, *end;

  if (!g_file_get_contents (path, &text, NULL, NULL) || (start = strstr (text, key)) == NULL ||
      (colon = strchr (start, ':')) == NULL)
    return g_strdup ("unknown");
  end = strchr (colon, '\n');
  return g_strstrip (
      g_strndup (colon + 1, end != NULL ? (gsize) (end - colon - 1) : strlen (colon + 1)));
}

static void
say_machine (Doctor *self)
{
  g_autofree char *processor = dup_line_of ("/proc/cpuinfo", "model name");
  g_autofree char *available = dup_line_of ("/proc/meminfo", "MemAvailable"); /* "N kB" */
  struct utsname   names;
  g_autofree char *system = NULL;
  g_autofree char *os = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);

  uname (&names);
  system = g_strdup_printf ("%s, Linux %s", os != NULL ? os : "unknown", names.release);
  say (self, "version", "Version", PACKAGE_VERSION);
  say (self, "system", "System", system);
  say (self, "processor", "Processor", processor);
  say_number (self, "processors", "Processors", g_get_num_processors (), FALSE);
  say_number (self, "memory", "Memory",
              (guint64) sysconf (_SC_PHYS_PAGES) * (guint64) sysconf (_SC_PAGESIZE), TRUE);
  say_number (self, "memory_available", "  available",
              g_ascii_strtoull (available, NULL, 10) * 1024, TRUE);
}

static void
say_backend (Doctor *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbBackend) backend = wb_backend_open ("cpu", 0, &error);
  g_autofree char *text = NULL;

  if (backend == NULL)
    {
      self->failed = TRUE;
      say (self, "cpu", "Device cpu", error->message);
      return;
    }
  text = g_strdup_printf ("f32, %s code, %u threads", wb_backend_get_instruction_set (backend),
                          wb_backend_get_n_threads (backend));
  say (self, "cpu", "Device cpu", text);
  g_free (text);
  text = wb_backend_dup_fingerprint (backend);
  say (self, "machine", "  computes as", text);
  say (self, "cuda", "Device cuda", "not in this version");
}

static void
say_libraries (Doctor *self)
{
  g_autofree char *text =
      g_strdup_printf ("GLib %u.%u.%u, SQLite %s, json-glib %d.%d.%d", glib_major_version,
                       glib_minor_version, glib_micro_version, sqlite3_libversion (),
                       JSON_MAJOR_VERSION, JSON_MINOR_VERSION, JSON_MICRO_VERSION);

  say (self, "libraries", "Libraries", text);
#ifdef WB_HAVE_GUI
  say (self, "window", "Window",
       g_getenv ("DISPLAY") != NULL || g_getenv ("WAYLAND_DISPLAY") != NULL
           ? "built in; a display is there"
           : "built in; no display here (DISPLAY and WAYLAND_DISPLAY are not set)");
#else
  say (self, "window", "Window",
       "not built in: install libgtk-4-dev and libadwaita-1-dev, and build again");
#endif
}

static void
say_home (Doctor *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *home = wb_workspace_dup_default_home (self->cli->home);
  g_autoptr (WbWorkspace) workspace = wb_workspace_open (self->cli->home, &error);

  say (self, "home", "Home", home);
  if (workspace == NULL)
    {
      self->failed = TRUE;
      say (self, "store", "  store", error->message);
      return;
    }
  say (self, "store", "  store",
       wb_store_is_on_network (wb_workspace_get_store (workspace))
           ? "works; on a network file system, with a rollback journal"
           : "works");
  say_number (self, "free", "  free", wb_workspace_get_free_space (workspace, NULL), TRUE);
}

int
wb_cli_doctor (WbCli *cli, int argc, char **argv)
{
  g_autoptr (WbJson) json = wb_json_new ();
  Doctor self = { cli, json };
  int    status;

  if (!wb_cli_parse (cli, NULL, "", "Exit status 1 when something that is needed does not work.",
                     &argc, &argv, &status) ||
      !wb_cli_has_arguments (argc, argv, 0, &status))
    return status;
  if (cli->json)
    wb_json_begin_object (json, NULL);
  say_machine (&self);
  say_backend (&self);
  say_libraries (&self);
  say_home (&self);
  if (cli->json)
    {
      wb_json_boolean (json, "ok", !self.failed);
      wb_json_end_object (json);
      wb_json_print (json);
    }
  return self.failed ? WB_EXIT_FAILED : WB_EXIT_OK;
}
