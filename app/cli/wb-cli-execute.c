#include "app/cli/wb-cli-execute-private.h"

#include <math.h>
#include <signal.h>
#include <string.h>

#include "app/core/wb-app-error.h"
#include "app/worker/wb-worker-private.h"

/* Text for people: 4 digits. */
static void
print_evaluation (WbCli *cli, const WbWorkerEvent *event)
{
  const WbMessage   *message = event->message;
  const WbPlanSplit *split = event->plan->evaluations->pdata[message->evaluation.split];
  GString           *line = g_string_new (NULL);

  g_string_append_printf (line, "step %" G_GUINT64_FORMAT "  %s", message->step, split->name);
  for (guint i = 0; i < message->evaluation.n; i++)
    g_string_append_printf (line, "  %s %.4f",
                            i + 1 < message->evaluation.n ? event->plan->task->metrics[i] : "loss",
                            message->evaluation.values[i]);
  wb_cli_progress_clear (cli);
  wb_cli_print ("%s\n", line->str);
  g_string_free (line, TRUE);
}

static void
print_start (WbCli *cli, const WbWorkerEvent *event)
{
  const WbMessage *message = event->message;

  wb_cli_progress_clear (cli);
  wb_cli_print ("run %" G_GINT64_FORMAT "  %s: %.1f million parameters, %" G_GUINT64_FORMAT
                " examples, %" G_GUINT64_FORMAT " steps",
                event->run_id, event->plan->name, (double) message->ready.parameters / 1e6,
                message->ready.examples, message->ready.total_steps);
  if (message->step > 0)
    wb_cli_print (", going on at step %" G_GUINT64_FORMAT, message->step);
  wb_cli_print ("\n");
}

static void
show_progress (WbCli *cli, const WbWorkerEvent *event)
{
  g_autofree char *rate = isfinite (event->tokens_per_second)
                              ? g_strdup_printf ("%.0f tokens/s", event->tokens_per_second)
                              : NULL;
  const WbMessage *message = event->message;

  if (message->kind == WB_MESSAGE_STEP)
    wb_cli_progress (cli, "training", event->progress, rate, event->seconds_left);
  else if (message->kind == WB_MESSAGE_PHASE)
    wb_cli_progress (cli, message->text, message->value > 0 ? message->value : -1, NULL,
                     event->seconds_left);
}

/* What is shown of a run; notes wait until it trains, so that a failure before says one line. */
typedef struct
{
  WbCli     *cli;
  GPtrArray *notes; /* NULL: the run trains, nothing waits any more */
} Show;

static void
show_notes (Show *show)
{
  for (guint i = 0; show->notes != NULL && i < show->notes->len; i++)
    g_printerr ("%s\n", (const char *) show->notes->pdata[i]);
  g_clear_pointer (&show->notes, g_ptr_array_unref);
}

static void
take_note (Show *show, const char *text)
{
  if (show->notes != NULL)
    {
      g_ptr_array_add (show->notes, g_strdup (text));
      return;
    }
  wb_cli_progress_clear (show->cli);
  g_printerr ("%s\n", text);
}

static void
report_cb (const WbWorkerEvent *event, gpointer user_data)
{
  Show  *show = user_data;
  WbCli *cli = show->cli;

  if (event->message->kind == WB_MESSAGE_READY)
    {
      wb_cli_progress_clear (cli);
      show_notes (show);
    }
  if (event->message->kind == WB_MESSAGE_NOTE)
    take_note (show, event->message->text);
  else if (cli->json && event->json != NULL)
    wb_cli_print ("%s\n", event->json);
  else if (cli->json)
    return;
  else if (event->message->kind == WB_MESSAGE_READY)
    print_start (cli, event);
  else if (event->message->kind == WB_MESSAGE_EVALUATION)
    print_evaluation (cli, event);
  else if (event->message->kind == WB_MESSAGE_CHECKPOINT)
    wb_cli_note (cli, "step %" G_GUINT64_FORMAT "  checkpoint %s, %.0f ms", event->message->step,
                 event->message->text, event->message->milliseconds);
  else
    show_progress (cli, event);
}

static void
waiting_cb (gint64 run_id, gpointer user_data)
{
  if (run_id != 0)
    g_printerr ("waiting for run %" G_GINT64_FORMAT
                ", which uses the processor (--alongside does not wait)\n",
                run_id);
  else
    g_printerr ("waiting for another run, which uses the processor\n");
}

static void
print_end (WbCli *cli, WbRun *run)
{
  g_autofree char *best = wb_run_dup_best_folder (run);

  if (cli->json)
    return;
  if (wb_run_get_status (run) != WB_RUN_FINISHED)
    {
      wb_cli_print ("run %" G_GINT64_FORMAT " %s: %s\n", wb_run_get_id (run),
                    wb_run_status_get_name (wb_run_get_status (run)), wb_run_get_message (run));
      return;
    }
  if (isfinite (wb_run_get_best (run)))
    wb_cli_print ("best %s %.4f at step %" G_GUINT64_FORMAT, wb_run_get_metric_name (run),
                  wb_run_get_best (run), wb_run_get_best_step (run));
  else
    wb_cli_print ("finished at step %" G_GUINT64_FORMAT, wb_run_get_step (run));
  wb_cli_print (" after %.1f s", wb_run_get_duration (run));
  wb_cli_print (best != NULL ? "; model in %s\n" : "\n", best);
}

int
wb_cli_execute_run (WbCli *cli, WbWorkspace *workspace, gint64 id, const WbCliExecution *how)
{
  Show                  show = { cli, g_ptr_array_new_with_free_func (g_free) };
  const WbWorkerOptions options = { how->alongside, how->queued, report_cb, waiting_cb, &show };
  g_autofree char      *text = g_strdup_printf ("%" G_GINT64_FORMAT, id);
  g_autoptr (WbRun) run = NULL;
  GError     *error = NULL;
  WbRunStatus status;
  int         signal_number;

  wb_worker_run (workspace, id, &options, &status, &signal_number, &error);
  wb_cli_progress_clear (cli);
  g_clear_pointer (&show.notes, g_ptr_array_unref);
  /* withdrawn while it waited: it is stopped, as if it had run */
  if (error != NULL && signal_number == 0 &&
      !g_error_matches (error, WB_APP_ERROR, WB_APP_ERROR_INTERRUPTED))
    return wb_cli_fail (error);
  g_clear_error (&error);
  run = wb_run_find (workspace, text, NULL);
  if (run != NULL &&
      wb_run_get_status (run) != WB_RUN_QUEUED) /* a queue paused just now holds it */
    print_end (cli, run);
  return signal_number != 0 ? 128 + signal_number : WB_EXIT_OK;
}
