#include <math.h>
#include <string.h>

#include "app/cli/wb-cli-runs-private.h"

/* Runs side by side: what differs, and what came of it. */
typedef struct
{
  GPtrArray *runs;     /* (element-type WbRun) */
  GPtrArray *settings; /* (element-type WbSettings), one a run */
  GPtrArray *rows;     /* (element-type GStrv): cells of the table */
} Comparison;

/* @get: (transfer full) text of a run. */
typedef char *(*GetText) (Comparison *self, guint i, const char *key);

static gboolean
is_same (Comparison *self, GetText get, const char *key)
{
  g_autofree char *first = get (self, 0, key);

  for (guint i = 1; i < self->runs->len; i++)
    {
      g_autofree char *text = get (self, i, key);
      if (strcmp (first, text) != 0)
        return FALSE;
    }
  return TRUE;
}

static void
add_row (Comparison *self, const char *title, GetText get, const char *key)
{
  char **cells = g_new0 (char *, self->runs->len + 2);

  cells[0] = g_strdup (title);
  for (guint i = 0; i < self->runs->len; i++)
    cells[i + 1] = get (self, i, key);
  g_ptr_array_add (self->rows, cells);
}

/* Any property as text. */
static char *
dup_property (Comparison *self, guint i, const char *key)
{
  GValue value = G_VALUE_INIT, text = G_VALUE_INIT;
  char  *result;

  g_object_get_property (self->runs->pdata[i], key, &value);
  g_value_init (&text, G_TYPE_STRING);
  g_value_transform (&value, &text);
  result = g_value_dup_string (&text);
  g_value_unset (&value);
  g_value_unset (&text);
  return result != NULL ? result : g_strdup ("–");
}

static char *
dup_setting (Comparison *self, guint i, const char *key)
{
  return g_strdup (wb_settings_get (self->settings->pdata[i], key));
}

/* With its difference to the first run's, where both are of the same metric. */
static char *
dup_best (Comparison *self, guint i, const char *key)
{
  WbRun       *first = self->runs->pdata[0], *run = self->runs->pdata[i];
  const double base = wb_run_get_best (first), value = wb_run_get_best (run);

  if (!isfinite (value))
    return g_strdup ("–");
  if (i == 0 || !isfinite (base) ||
      g_strcmp0 (wb_run_get_metric_name (first), wb_run_get_metric_name (run)) != 0)
    return g_strdup_printf ("%.4f", value);
  return g_strdup_printf ("%.4f (%+.4f)", value, value - base);
}

static char *
dup_steps (Comparison *self, guint i, const char *key)
{
  WbRun *run = self->runs->pdata[i];
  return g_strdup_printf ("%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT, wb_run_get_step (run),
                          wb_run_get_total_steps (run));
}

static char *
dup_seconds (Comparison *self, guint i, const char *key)
{
  return g_strdup_printf ("%.1f s", wb_run_get_duration (self->runs->pdata[i]));
}

static const char *const properties[] = { "model", "task-title", "seed" };
static const char *const titles[] = { "model", "task", "seed" };

static void
print_table (Comparison *self)
{
  g_autofree const char **headings = g_new0 (const char *, self->runs->len + 1);
  g_autofree char        *align = g_strnfill (self->runs->len + 1, 'l');
  gsize                   n;
  const WbSettingInfo    *all = wb_setting_get_all (&n);

  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  headings[0] = "RUN";
  for (guint i = 0; i < self->runs->len; i++)
    headings[i + 1] = wb_run_get_name (self->runs->pdata[i]);
  add_row (self, "id", dup_property, "id");
  add_row (self, "status", dup_property, "status-text");
  for (gsize i = 0; i < G_N_ELEMENTS (properties); i++)
    if (!is_same (self, dup_property, properties[i]))
      add_row (self, titles[i], dup_property, properties[i]);
  for (gsize i = 0; i < n; i++)
    if (!is_same (self, dup_setting, all[i].key))
      add_row (self, all[i].key, dup_setting, all[i].key);
  add_row (self, "metric", dup_property, "metric-name");
  add_row (self, "best", dup_best, NULL);
  add_row (self, "best step", dup_property, "best-step");
  add_row (self, "last", dup_property, "last-text");
  add_row (self, "steps", dup_steps, NULL);
  add_row (self, "time", dup_seconds, NULL);
  wb_cli_print_table (headings, align, self->rows);
  g_ptr_array_unref (self->rows);
}

static void
print_json (Comparison *self)
{
  g_autoptr (WbJson) json = wb_json_new ();
  gsize                n;
  const WbSettingInfo *all = wb_setting_get_all (&n);

  wb_json_begin_object (json, NULL);
  wb_json_begin_array (json, "differ");
  for (gsize i = 0; i < G_N_ELEMENTS (properties); i++)
    if (!is_same (self, dup_property, properties[i]))
      wb_json_text (json, NULL, titles[i]);
  for (gsize i = 0; i < n; i++)
    if (!is_same (self, dup_setting, all[i].key))
      wb_json_text (json, NULL, all[i].key);
  wb_json_end_array (json);
  wb_json_begin_array (json, "runs");
  for (guint i = 0; i < self->runs->len; i++)
    {
      wb_json_begin_object (json, NULL);
      wb_cli_runs_add_json (json, self->runs->pdata[i]);
      wb_cli_runs_add_settings_json (json, self->settings->pdata[i]);
      wb_cli_runs_add_recipe_json (json, self->runs->pdata[i], self->settings->pdata[i]);
      wb_json_end_object (json);
    }
  wb_json_end_array (json);
  wb_json_end_object (json);
  wb_json_print (json);
}

static gboolean
read_run (Comparison *self, WbWorkspace *workspace, const char *name, GError **error)
{
  g_autoptr (WbRun) run = wb_run_find (workspace, name, error);
  g_autoptr (WbSettings) settings = run != NULL ? wb_run_dup_settings (run, error) : NULL;

  if (settings == NULL)
    return FALSE;
  g_ptr_array_add (self->runs, g_steal_pointer (&run));
  g_ptr_array_add (self->settings, g_steal_pointer (&settings));
  return TRUE;
}

int
wb_cli_runs_compare (WbCli *cli, int argc, char **argv)
{
  g_autoptr (WbWorkspace) workspace = NULL;
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) settings = g_ptr_array_new_with_free_func (g_object_unref);
  Comparison self = { runs, settings, NULL };
  GError    *error = NULL;
  int        status;

  if (!wb_cli_parse (cli, NULL, "RUN RUN…",
                     "Settings that differ and results; differences are to the first run.", &argc,
                     &argv, &status))
    return status;
  if (argc < 3)
    return wb_cli_usage ("which runs? give two or more; “runs list” shows what there is");
  workspace = wb_cli_open_workspace (cli);
  if (workspace == NULL)
    return WB_EXIT_FAILED;
  for (int i = 1; i < argc; i++)
    if (!read_run (&self, workspace, argv[i], &error))
      return wb_cli_fail (error);
  if (cli->json)
    print_json (&self);
  else
    print_table (&self);
  return WB_EXIT_OK;
}
