#include "app/library/wb-hub-cache.h"

#include <string.h>

#define PREFIX "models--"

static char *
dup_root (void)
{
  const char *hub = g_getenv ("HF_HUB_CACHE"), *home = g_getenv ("HF_HOME");

  if (hub != NULL && *hub != '\0')
    return g_strdup (hub);
  if (home != NULL && *home != '\0')
    return g_build_filename (home, "hub", NULL);
  return g_build_filename (g_get_user_cache_dir (), "huggingface", "hub", NULL);
}

/* The revision that refs/main names is part of a path: only hexadecimal digits. */
static gboolean
is_revision (const char *text)
{
  return *text != '\0' && strspn (text, "0123456789abcdef") == strlen (text);
}

/* @folder: models--owner--name */
static char *
find_snapshot (const char *root, const char *folder)
{
  g_autofree char *reference = g_build_filename (root, folder, "refs", "main", NULL);
  g_autofree char *revision = NULL, *snapshot = NULL, *config = NULL;

  if (!g_file_get_contents (reference, &revision, NULL, NULL) ||
      !is_revision (g_strstrip (revision)))
    return NULL;
  snapshot = g_build_filename (root, folder, "snapshots", revision, NULL);
  config = g_build_filename (snapshot, "config.json", NULL);
  return g_file_test (config, G_FILE_TEST_EXISTS) ? g_steal_pointer (&snapshot) : NULL;
}

char *
wb_hub_cache_find (const char *name)
{
  g_auto (GStrv) parts = g_strsplit (name, "/", -1);
  g_autofree char *root = NULL, *folder = NULL;

  if (g_strv_length (parts) != 2 || *parts[0] == '\0' || *parts[1] == '\0' || *parts[0] == '.')
    return NULL;
  root = dup_root ();
  folder = g_strdup_printf (PREFIX "%s--%s", parts[0], parts[1]);
  return find_snapshot (root, folder);
}

static int
compare_cb (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char **
wb_hub_cache_list (void)
{
  g_autofree char *root = dup_root ();
  g_autoptr (GDir) dir = g_dir_open (root, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const char *entry;

  while (dir != NULL && (entry = g_dir_read_name (dir)) != NULL)
    {
      const char      *owner = g_str_has_prefix (entry, PREFIX) ? entry + strlen (PREFIX) : NULL;
      const char      *gap = owner != NULL ? strstr (owner, "--") : NULL;
      g_autofree char *snapshot = gap != NULL ? find_snapshot (root, entry) : NULL;

      if (snapshot != NULL)
        g_ptr_array_add (names, g_strdup_printf ("%.*s/%s", (int) (gap - owner), owner, gap + 2));
    }
  g_ptr_array_sort (names, compare_cb);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}
