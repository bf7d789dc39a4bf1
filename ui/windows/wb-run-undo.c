#include "config.h"

#include "ui/windows/wb-run-undo.h"

#include <glib/gi18n-lib.h>

#define SLICE 8.0 /* milliseconds of the main loop at a time */
#define TOAST_SECONDS 8

struct _WbRunUndo
{
  GObject parent_instance;

  AdwToastOverlay *toasts; /* (unowned) */
  WbRunList       *list;
  WbWorkspace     *workspace;
  GPtrArray       *changes; /* Change: under way, or with a toast that stands */
};

typedef struct
{
  WbRunUndo     *self; /* (unowned) */
  WbRunBatch    *batch;
  GPtrArray     *runs; /* that were changed */
  WbRunBatchKind kind;
  AdwToast      *toast; /* (nullable) (unowned): while it stands */
  guint          idle_id;
  gboolean       quiet; /* a change taken back offers nothing more */
} Change;

G_DEFINE_FINAL_TYPE (WbRunUndo, wb_run_undo, G_TYPE_OBJECT)

static void
change_free (gpointer data)
{
  Change *change = data;

  g_clear_handle_id (&change->idle_id, g_source_remove);
  if (change->toast != NULL)
    g_signal_handlers_disconnect_by_data (change->toast, change);
  g_clear_pointer (&change->batch, wb_run_batch_free);
  g_clear_pointer (&change->runs, g_ptr_array_unref);
  g_free (change);
}

static void
refresh (WbRunUndo *self)
{
  g_autoptr (GError) error = NULL;

  if (!wb_run_list_refresh (self->list, &error))
    g_debug ("%s", error->message); /* the next tick tries again */
}

/* ---- freeing ---- */

static void
empty_trash_cb (GTask *task, gpointer source, gpointer home, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbWorkspace) own = wb_workspace_open (home, &error);

  if (own == NULL || !wb_run_empty_trash (own, &error))
    g_debug ("%s", error->message); /* whoever starts next tries again */
  g_task_return_boolean (task, TRUE);
}

/* In another thread, over a connection of its own: gigabytes take their time. */
void
wb_run_undo_empty_trash (WbRunUndo *self)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  g_task_set_task_data (task, g_strdup (wb_workspace_get_home (self->workspace)), g_free);
  g_task_run_in_thread (task, empty_trash_cb);
}

/* ---- changes ---- */

static Change *start (WbRunUndo *self, GPtrArray *runs, WbRunBatchKind kind, gboolean quiet);

static void
forget (Change *change)
{
  g_ptr_array_remove_fast (change->self->changes, change);
}

static void
undo_cb (AdwToast *toast, Change *change)
{
  WbRunUndo *self = change->self;
  g_autoptr (GPtrArray) runs = g_ptr_array_ref (change->runs);
  const WbRunBatchKind kind = wb_run_batch_kind_inverse (change->kind);

  forget (change);
  start (self, runs, kind, TRUE);
}

static void
dismissed_cb (AdwToast *toast, Change *change)
{
  WbRunUndo *self = change->self;
  g_autoptr (GPtrArray) runs = g_ptr_array_ref (change->runs);
  const gboolean deleted = change->kind == WB_RUN_BATCH_DELETE;

  forget (change);
  if (deleted)
    start (self, runs, WB_RUN_BATCH_FINISH_DELETE, TRUE);
}

static char *
dup_message (Change *change)
{
  const guint n = change->runs->len;
  const char *name = n > 0 ? wb_run_get_name (change->runs->pdata[0]) : "";

  switch (change->kind)
    {
    case WB_RUN_BATCH_ARCHIVE:
      return n == 1 ? g_strdup_printf (_ ("“%s” archived"), name)
                    : g_strdup_printf (
                          g_dngettext (GETTEXT_PACKAGE, "%'u run archived", "%'u runs archived", n),
                          n);
    case WB_RUN_BATCH_UNARCHIVE:
      return n == 1 ? g_strdup_printf (_ ("“%s” is back in the list"), name)
                    : g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%'u run is back in the list",
                                                    "%'u runs are back in the list", n),
                                       n);
    case WB_RUN_BATCH_DELETE:
      return n == 1
                 ? g_strdup_printf (_ ("“%s” deleted"), name)
                 : g_strdup_printf (
                       g_dngettext (GETTEXT_PACKAGE, "%'u run deleted", "%'u runs deleted", n), n);
    default:
      return NULL;
    }
}

static void
show_text (WbRunUndo *self, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}

static void
show_toast (Change *change)
{
  g_autofree char *text = dup_message (change), *escaped = NULL;

  if (text == NULL || change->runs->len == 0)
    {
      forget (change);
      return;
    }
  escaped = g_markup_escape_text (text, -1);
  change->toast = adw_toast_new (escaped);
  adw_toast_set_button_label (change->toast, _ ("_Undo"));
  adw_toast_set_timeout (change->toast, TOAST_SECONDS);
  adw_toast_set_priority (change->toast, ADW_TOAST_PRIORITY_HIGH); /* now, not after others */
  g_signal_connect (change->toast, "button-clicked", G_CALLBACK (undo_cb), change);
  g_signal_connect (change->toast, "dismissed", G_CALLBACK (dismissed_cb), change);
  adw_toast_overlay_add_toast (change->self->toasts, change->toast);
}

static void
say_problem (Change *change)
{
  const guint      n = wb_run_batch_get_n_failed (change->batch);
  g_autofree char *text = NULL;

  if (n == 0)
    return;
  text = n == 1 ? g_strdup (wb_run_batch_get_problem (change->batch))
                : g_strdup_printf (_ ("%u runs were left as they are: %s"), n,
                                   wb_run_batch_get_problem (change->batch));
  show_text (change->self, text);
}

static gboolean
step_cb (gpointer data)
{
  Change *change = data;

  if (wb_run_batch_step (change->batch, SLICE))
    return G_SOURCE_CONTINUE;
  change->idle_id = 0;
  change->runs = g_ptr_array_ref (wb_run_batch_get_done (change->batch));
  refresh (change->self);
  say_problem (change);
  if (change->kind == WB_RUN_BATCH_FINISH_DELETE)
    wb_run_undo_empty_trash (change->self);
  if (change->quiet)
    forget (change);
  else
    show_toast (change);
  return G_SOURCE_REMOVE;
}

/* The first slice at once: one run is changed when this returns. */
static Change *
start (WbRunUndo *self, GPtrArray *runs, WbRunBatchKind kind, gboolean quiet)
{
  Change *change = g_new0 (Change, 1);

  change->self = self;
  change->batch = wb_run_batch_new (runs, kind);
  change->kind = kind;
  change->quiet = quiet;
  g_ptr_array_add (self->changes, change);
  if (step_cb (change) == G_SOURCE_CONTINUE)
    change->idle_id = g_idle_add (step_cb, change);
  return change;
}

void
wb_run_undo_change (WbRunUndo *self, GPtrArray *runs, WbRunBatchKind kind)
{
  g_return_if_fail (WB_IS_RUN_UNDO (self) && runs != NULL);
  start (self, runs, kind, kind == WB_RUN_BATCH_PIN || kind == WB_RUN_BATCH_UNPIN);
}

void
wb_run_undo_offer (WbRunUndo *self, WbRun *run, WbRunBatchKind kind)
{
  Change *change = g_new0 (Change, 1);

  g_return_if_fail (WB_IS_RUN_UNDO (self) && WB_IS_RUN (run));
  change->self = self;
  change->kind = kind;
  change->runs = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (change->runs, g_object_ref (run));
  g_ptr_array_add (self->changes, change);
  refresh (self);
  show_toast (change);
}

static void
complete (GPtrArray *runs, WbRunBatchKind kind)
{
  g_autoptr (WbRunBatch) batch = wb_run_batch_new (runs, kind);

  while (wb_run_batch_step (batch, 1000))
    ;
}

void
wb_run_undo_finish (WbRunUndo *self)
{
  gboolean deleted = FALSE;

  g_return_if_fail (WB_IS_RUN_UNDO (self));
  for (guint i = 0; i < self->changes->len; i++)
    {
      Change *change = self->changes->pdata[i];

      g_clear_handle_id (&change->idle_id, g_source_remove);
      while (change->batch != NULL && wb_run_batch_step (change->batch, 1000))
        ;
      if (change->kind == WB_RUN_BATCH_DELETE)
        complete (change->batch != NULL ? wb_run_batch_get_done (change->batch) : change->runs,
                  WB_RUN_BATCH_FINISH_DELETE);
      deleted = deleted || change->kind == WB_RUN_BATCH_DELETE ||
                change->kind == WB_RUN_BATCH_FINISH_DELETE;
    }
  g_ptr_array_set_size (self->changes, 0);
  if (deleted)
    wb_run_empty_trash (self->workspace, NULL);
}

static void
wb_run_undo_dispose (GObject *object)
{
  WbRunUndo *self = WB_RUN_UNDO (object);

  g_ptr_array_set_size (self->changes, 0);
  g_clear_object (&self->list);
  g_clear_object (&self->workspace);
  G_OBJECT_CLASS (wb_run_undo_parent_class)->dispose (object);
}

static void
wb_run_undo_finalize (GObject *object)
{
  g_ptr_array_unref (WB_RUN_UNDO (object)->changes);
  G_OBJECT_CLASS (wb_run_undo_parent_class)->finalize (object);
}

static void
wb_run_undo_class_init (WbRunUndoClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_run_undo_dispose;
  G_OBJECT_CLASS (klass)->finalize = wb_run_undo_finalize;
}

static void
wb_run_undo_init (WbRunUndo *self)
{
  self->changes = g_ptr_array_new_with_free_func (change_free);
}

WbRunUndo *
wb_run_undo_new (AdwToastOverlay *toasts, WbRunList *list, WbWorkspace *workspace)
{
  WbRunUndo *self = g_object_new (WB_TYPE_RUN_UNDO, NULL);

  self->toasts = toasts;
  self->list = g_object_ref (list);
  self->workspace = g_object_ref (workspace);
  return self;
}
