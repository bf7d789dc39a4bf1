#include <string.h>

#include "app/core/wb-app-error.h"
#include "app/core/wb-workspace-private.h"
#include "app/runs/wb-run-private.h"

#define LONGEST_NOTE 10000
#define LONGEST_TAG 60

static WbStore *
store_of (WbRun *self)
{
  return wb_workspace_get_store (wb_run_get_workspace (self));
}

const char *
wb_run_get_note (WbRun *self)
{
  const char *note = wb_run_get_record (self)->note;
  return note != NULL ? note : "";
}

static char **
split_tags (const char *tags)
{
  return tags != NULL && *tags != '\0' ? g_strsplit (tags, "\n", -1) : g_new0 (char *, 1);
}

char **
wb_run_dup_tags (WbRun *self)
{
  return split_tags (wb_run_get_record (self)->tags);
}

char *
wb_run_dup_tags_text (WbRun *self)
{
  const char *tags = wb_run_get_record (self)->tags;

  return g_strdelimit (g_strdup (tags != NULL ? tags : ""), "\n", ' ');
}

gboolean
wb_run_is_pinned (WbRun *self)
{
  return wb_run_get_record (self)->pinned != 0;
}

gboolean
wb_run_is_baseline (WbRun *self)
{
  return wb_run_get_record (self)->baseline != 0;
}

gboolean
wb_run_set_pinned (WbRun *self, gboolean pinned, GError **error)
{
  g_return_val_if_fail (WB_IS_RUN (self), FALSE);
  return wb_store_pin_run (store_of (self), wb_run_get_id (self), pinned, error) &&
         wb_run_refresh (self, error);
}

gboolean
wb_run_set_baseline (WbRun *self, gboolean baseline, GError **error)
{
  g_return_val_if_fail (WB_IS_RUN (self), FALSE);
  return wb_store_set_run_baseline (store_of (self), wb_run_get_id (self), baseline, error) &&
         wb_run_refresh (self, error);
}

gboolean
wb_run_is_archived (WbRun *self)
{
  return wb_run_get_record (self)->archived != 0;
}

gboolean
wb_run_set_note (WbRun *self, const char *note, GError **error)
{
  g_return_val_if_fail (WB_IS_RUN (self) && note != NULL, FALSE);

  if (strlen (note) > LONGEST_NOTE || !g_utf8_validate (note, -1, NULL))
    {
      g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
                   "a note is text of at most %d bytes of UTF-8", LONGEST_NOTE);
      return FALSE;
    }
  return wb_store_set_run_note (store_of (self), wb_run_get_id (self), *note != '\0' ? note : NULL,
                                error) &&
         wb_run_refresh (self, error);
}

static gboolean
check_tag (const char *tag, GError **error)
{
  gboolean ok = *tag != '\0' && strlen (tag) <= LONGEST_TAG && g_utf8_validate (tag, -1, NULL);

  for (const char *c = tag; ok && *c != '\0'; c = g_utf8_next_char (c))
    ok = *c != ',' && g_unichar_isgraph (g_utf8_get_char (c));
  if (!ok)
    g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
                 "“%.80s” is no tag: 1 to %d bytes of text without blanks and commas", tag,
                 LONGEST_TAG);
  return ok;
}

static int
compare_texts (const void *a, const void *b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* (transfer full): @tags with or without @tag, sorted, one a line. */
static char *
dup_changed (const char *tags, const char *tag, gboolean add)
{
  g_auto (GStrv) old = split_tags (tags);
  g_autoptr (GPtrArray) new = g_ptr_array_new ();

  for (gsize i = 0; old[i] != NULL; i++)
    if (strcmp (old[i], tag) != 0)
      g_ptr_array_add (new, old[i]);
  if (add)
    g_ptr_array_add (new, (gpointer) tag);
  g_ptr_array_sort (new, compare_texts);
  g_ptr_array_add (new, NULL);
  return g_strjoinv ("\n", (char **) new->pdata);
}

/* Read and written in one transaction: two who tag at once both succeed. */
static gboolean
change_tag (WbStore *store, gint64 id, const char *tag, gboolean add, GError **error)
{
  g_autoptr (WbRunRecord) record = NULL;
  g_autofree char *tags = NULL;

  if (!wb_store_begin (store, error))
    return FALSE;
  record = wb_store_get_run (store, id, error);
  if (record != NULL)
    tags = dup_changed (record->tags, tag, add);
  if (record != NULL && (g_strcmp0 (tags, record->tags != NULL ? record->tags : "") == 0 ||
                         wb_store_set_run_tags (store, id, *tags != '\0' ? tags : NULL, error)))
    return wb_store_commit (store, error);
  wb_store_rollback (store);
  return FALSE;
}

gboolean
wb_run_change_tag (WbRun *self, const char *tag, gboolean add, GError **error)
{
  g_return_val_if_fail (WB_IS_RUN (self) && tag != NULL, FALSE);

  return check_tag (tag, error) &&
         change_tag (store_of (self), wb_run_get_id (self), tag, add, error) &&
         wb_run_refresh (self, error);
}

gboolean
wb_run_archive (WbRun *self, gboolean archive, GError **error)
{
  g_return_val_if_fail (WB_IS_RUN (self), FALSE);

  if (!wb_run_refresh (self, error))
    return FALSE;
  if (archive && wb_run_is_active (self))
    {
      g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_BUSY,
                   "run %" G_GINT64_FORMAT " is running; stop it first", wb_run_get_id (self));
      return FALSE;
    }
  return wb_store_archive_run (store_of (self), wb_run_get_id (self), archive, error) &&
         wb_run_refresh (self, error);
}
