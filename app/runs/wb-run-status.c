#include "config.h"

#include "app/runs/wb-run.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const struct
{
  const char *name;
  const char *title;
} names[] = {
  [WB_RUN_QUEUED] = { "queued", N_ ("Queued") },
  [WB_RUN_RUNNING] = { "running", N_ ("Running") },
  [WB_RUN_PAUSED] = { "paused", N_ ("Paused") },
  [WB_RUN_STOPPED] = { "stopped", N_ ("Stopped") },
  [WB_RUN_INTERRUPTED] = { "interrupted", N_ ("Interrupted") },
  [WB_RUN_FINISHED] = { "finished", N_ ("Finished") },
  [WB_RUN_FAILED] = { "failed", N_ ("Failed") },
  [WB_RUN_DIVERGED] = { "diverged", N_ ("Diverged") },
};

GType
wb_run_status_get_type (void)
{
  static gsize type = 0;

  if (g_once_init_enter (&type))
    {
      static const GEnumValue values[] = {
        { WB_RUN_QUEUED, "WB_RUN_QUEUED", "queued" },
        { WB_RUN_RUNNING, "WB_RUN_RUNNING", "running" },
        { WB_RUN_PAUSED, "WB_RUN_PAUSED", "paused" },
        { WB_RUN_STOPPED, "WB_RUN_STOPPED", "stopped" },
        { WB_RUN_INTERRUPTED, "WB_RUN_INTERRUPTED", "interrupted" },
        { WB_RUN_FINISHED, "WB_RUN_FINISHED", "finished" },
        { WB_RUN_FAILED, "WB_RUN_FAILED", "failed" },
        { WB_RUN_DIVERGED, "WB_RUN_DIVERGED", "diverged" },
        { 0, NULL, NULL },
      };
      g_once_init_leave (&type, g_enum_register_static ("WbRunStatus", values));
    }
  return type;
}

const char *
wb_run_status_get_name (WbRunStatus status)
{
  g_return_val_if_fail ((guint) status < G_N_ELEMENTS (names), NULL);
  return names[status].name;
}

const char *
wb_run_status_get_title (WbRunStatus status)
{
  g_return_val_if_fail ((guint) status < G_N_ELEMENTS (names), NULL);
  return _ (names[status].title);
}

gboolean
wb_run_status_parse (const char *name, WbRunStatus *status)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i].name, name) == 0)
      {
        *status = (WbRunStatus) i;
        return TRUE;
      }
  return FALSE;
}
