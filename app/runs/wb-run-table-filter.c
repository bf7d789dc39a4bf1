/* Which runs of a list are wanted. */
#include <string.h>

#include "app/runs/wb-run-table-private.h"

/* NULL or empty: everything will do. */
static gboolean
holds (char **values, const char *value)
{
  return values == NULL || values[0] == NULL ||
         g_strv_contains ((const char *const *) values, value);
}

static gboolean
has_tag (char **wanted, WbRun *run)
{
  g_auto (GStrv) tags = NULL;

  if (wanted == NULL || wanted[0] == NULL)
    return TRUE;
  tags = wb_run_dup_tags (run);
  for (char **tag = tags; *tag != NULL; tag++)
    if (g_strv_contains ((const char *const *) wanted, *tag))
      return TRUE;
  return FALSE;
}

static gboolean
has_words (char **words, WbRunRow *row)
{
  for (; words != NULL && *words != NULL; words++)
    if (strstr (wb_run_row_get_haystack (row), *words) == NULL)
      return FALSE;
  return TRUE;
}

gboolean
wb_run_query_matches (const WbRunQuery *self, WbRunRow *row)
{
  WbRun *run = row->run;

  return wb_run_is_archived (run) == self->archived &&
         (self->statuses == 0 || (self->statuses & (1u << wb_run_get_status (run))) != 0) &&
         holds (self->tasks, wb_run_get_task (run)) &&
         holds (self->models, wb_run_get_model (run)) && has_tag (self->tags, run) &&
         has_words (self->words, row);
}

void
wb_run_query_set_text (WbRunQuery *self, const char *text)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_auto (GStrv) parts = g_strsplit_set (folded, " \t\n", -1);

  for (char **part = parts; *part != NULL; part++)
    if (**part != '\0')
      g_ptr_array_add (words, *part);
  g_ptr_array_add (words, NULL);
  g_strfreev (self->words);
  self->words = g_strdupv ((char **) words->pdata);
}

char ***
wb_run_query_get_values (WbRunQuery *self, WbRunColumn column)
{
  return column == WB_RUN_COLUMN_TASK    ? &self->tasks
         : column == WB_RUN_COLUMN_MODEL ? &self->models
         : column == WB_RUN_COLUMN_TAGS  ? &self->tags
                                         : NULL;
}

void
wb_run_query_clear (WbRunQuery *self)
{
  g_clear_pointer (&self->words, g_strfreev);
  g_clear_pointer (&self->tasks, g_strfreev);
  g_clear_pointer (&self->models, g_strfreev);
  g_clear_pointer (&self->tags, g_strfreev);
}
