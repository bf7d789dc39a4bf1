#include "app/runs/wb-run-batch.h"

#include "app/core/wb-workspace-private.h"
#include "app/runs/wb-run-private.h"

struct _WbRunBatch
{
  GPtrArray     *runs, *done;
  guint          next;
  WbRunBatchKind kind;
  guint          n_failed;
  char          *problem;
};

WbRunBatchKind
wb_run_batch_kind_inverse (WbRunBatchKind self)
{
  static const WbRunBatchKind inverse[] = {
    [WB_RUN_BATCH_ARCHIVE] = WB_RUN_BATCH_UNARCHIVE,
    [WB_RUN_BATCH_UNARCHIVE] = WB_RUN_BATCH_ARCHIVE,
    [WB_RUN_BATCH_DELETE] = WB_RUN_BATCH_RESTORE,
    [WB_RUN_BATCH_RESTORE] = WB_RUN_BATCH_DELETE,
    [WB_RUN_BATCH_PIN] = WB_RUN_BATCH_UNPIN,
    [WB_RUN_BATCH_UNPIN] = WB_RUN_BATCH_PIN,
  };

  g_return_val_if_fail (self != WB_RUN_BATCH_FINISH_DELETE, self);
  return inverse[self];
}

WbRunBatch *
wb_run_batch_new (GPtrArray *runs, WbRunBatchKind kind)
{
  WbRunBatch *self = g_new0 (WbRunBatch, 1);

  self->runs = g_ptr_array_new_with_free_func (g_object_unref);
  self->done = g_ptr_array_new_with_free_func (g_object_unref);
  self->kind = kind;
  for (guint i = 0; i < runs->len; i++)
    g_ptr_array_add (self->runs, g_object_ref (runs->pdata[i]));
  return self;
}

void
wb_run_batch_free (WbRunBatch *self)
{
  g_ptr_array_unref (self->runs);
  g_ptr_array_unref (self->done);
  g_free (self->problem);
  g_free (self);
}

static gboolean
change (WbRun *run, WbRunBatchKind kind, GError **error)
{
  switch (kind)
    {
    case WB_RUN_BATCH_ARCHIVE:
    case WB_RUN_BATCH_UNARCHIVE:
      return wb_run_archive (run, kind == WB_RUN_BATCH_ARCHIVE, error);
    case WB_RUN_BATCH_DELETE:
      return wb_run_delete (run, error);
    case WB_RUN_BATCH_RESTORE:
      return wb_run_restore (run, error);
    case WB_RUN_BATCH_FINISH_DELETE:
      return wb_run_finish_delete (run, error);
    case WB_RUN_BATCH_PIN:
    case WB_RUN_BATCH_UNPIN:
    default:
      return wb_run_set_pinned (run, kind == WB_RUN_BATCH_PIN, error);
    }
}

static void
fail (WbRunBatch *self, GError *error)
{
  if (self->problem == NULL)
    self->problem = g_strdup (error->message);
  self->n_failed++;
}

/* A disk that is full fails with the transaction: then nothing of the slice was done. */
static void
fail_slice (WbRunBatch *self, guint first_done, GError *error)
{
  const guint n = self->done->len - first_done;

  g_ptr_array_set_size (self->done, (gint) first_done);
  fail (self, error);
  self->n_failed += MAX (n, 1) - 1;
}

gboolean
wb_run_batch_step (WbRunBatch *self, double milliseconds)
{
  const gint64 end = g_get_monotonic_time () + (gint64) (milliseconds * 1000);
  const guint  first_done = self->done->len;
  g_autoptr (GError) error = NULL;
  WbStore *store;

  if (self->next >= self->runs->len)
    return FALSE;
  store = wb_workspace_get_store (wb_run_get_workspace (self->runs->pdata[self->next]));
  if (!wb_store_begin (store, &error))
    {
      fail (self, error);
      self->n_failed += self->runs->len - self->next - 1;
      self->next = self->runs->len;
      return FALSE;
    }
  do
    {
      WbRun *run = self->runs->pdata[self->next++];
      g_autoptr (GError) problem = NULL;

      if (change (run, self->kind, &problem))
        g_ptr_array_add (self->done, g_object_ref (run));
      else
        fail (self, problem);
    }
  while (self->next < self->runs->len && g_get_monotonic_time () < end);
  if (!wb_store_commit (store, &error))
    fail_slice (self, first_done, error);
  return self->next < self->runs->len;
}

WbRunBatchKind
wb_run_batch_get_kind (WbRunBatch *self)
{
  return self->kind;
}

GPtrArray *
wb_run_batch_get_done (WbRunBatch *self)
{
  return self->done;
}

guint
wb_run_batch_get_n_failed (WbRunBatch *self)
{
  return self->n_failed;
}

const char *
wb_run_batch_get_problem (WbRunBatch *self)
{
  return self->problem;
}
