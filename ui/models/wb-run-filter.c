#include "config.h"

#include "ui/models/wb-run-filter.h"

#include <string.h>

struct _WbRunFilter
{
  GtkFilter parent_instance;

  char          **words; /* folded */
  WbRunFilterKind kind;
};

G_DEFINE_FINAL_TYPE (WbRunFilter, wb_run_filter, GTK_TYPE_FILTER)

static gboolean
is_of_kind (WbRun *run, WbRunFilterKind kind)
{
  switch (kind)
    {
    case WB_RUN_FILTER_ACTIVE:
      return wb_run_is_active (run);
    case WB_RUN_FILTER_FINISHED:
      return wb_run_get_status (run) == WB_RUN_FINISHED;
    case WB_RUN_FILTER_ENDED:
      return !wb_run_is_active (run) && wb_run_get_status (run) != WB_RUN_FINISHED;
    case WB_RUN_FILTER_ALL:
    default:
      return TRUE;
    }
}

static gboolean
wb_run_filter_match (GtkFilter *filter, gpointer item)
{
  WbRunFilter     *self = WB_RUN_FILTER (filter);
  WbRun           *run = item;
  g_autofree char *all = NULL, *folded = NULL;

  if (!is_of_kind (run, self->kind))
    return FALSE;
  if (self->words == NULL || self->words[0] == NULL)
    return TRUE;
  all = g_strjoin ("\n", wb_run_get_name (run), wb_run_get_model (run), wb_run_get_task_title (run),
                   wb_run_get_status_text (run), NULL);
  folded = g_utf8_casefold (all, -1);
  for (char **word = self->words; *word != NULL; word++)
    if (strstr (folded, *word) == NULL)
      return FALSE;
  return TRUE;
}

static GtkFilterMatch
wb_run_filter_get_strictness (GtkFilter *filter)
{
  WbRunFilter *self = WB_RUN_FILTER (filter);

  return self->kind == WB_RUN_FILTER_ALL && (self->words == NULL || self->words[0] == NULL)
             ? GTK_FILTER_MATCH_ALL
             : GTK_FILTER_MATCH_SOME;
}

static void
wb_run_filter_finalize (GObject *object)
{
  g_strfreev (WB_RUN_FILTER (object)->words);
  G_OBJECT_CLASS (wb_run_filter_parent_class)->finalize (object);
}

static void
wb_run_filter_class_init (WbRunFilterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wb_run_filter_finalize;
  GTK_FILTER_CLASS (klass)->match = wb_run_filter_match;
  GTK_FILTER_CLASS (klass)->get_strictness = wb_run_filter_get_strictness;
}

static void
wb_run_filter_init (WbRunFilter *self)
{
}

WbRunFilter *
wb_run_filter_new (void)
{
  return g_object_new (WB_TYPE_RUN_FILTER, NULL);
}

void
wb_run_filter_set_text (WbRunFilter *self, const char *text)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_auto (GStrv) parts = g_strsplit_set (folded, " \t\n", -1);

  g_return_if_fail (WB_IS_RUN_FILTER (self));
  for (char **part = parts; *part != NULL; part++)
    if (**part != '\0')
      g_ptr_array_add (words, *part);
  g_ptr_array_add (words, NULL);
  g_strfreev (self->words);
  self->words = g_strdupv ((char **) words->pdata);
  gtk_filter_changed (GTK_FILTER (self), GTK_FILTER_CHANGE_DIFFERENT);
}

void
wb_run_filter_set_kind (WbRunFilter *self, WbRunFilterKind kind)
{
  g_return_if_fail (WB_IS_RUN_FILTER (self));
  if (self->kind == kind)
    return;
  self->kind = kind;
  gtk_filter_changed (GTK_FILTER (self), GTK_FILTER_CHANGE_DIFFERENT);
}
