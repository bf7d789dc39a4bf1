#include "config.h"

#include "ui/pages/wb-run-page-private.h"

#include "app/core/wb-translate.h"
#include "ui/widgets/wb-format.h"
#include "ui/widgets/wb-status-cell.h"

#include <glib/gi18n-lib.h>
#include <math.h>

enum
{
  BACK,
  DELETED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbRunPage, wb_run_page, GTK_TYPE_WIDGET)

static void
add_part (GPtrArray *parts, char *text)
{
  if (text != NULL && *text != '\0')
    g_ptr_array_add (parts, text);
  else
    g_free (text);
}

static char *
step_text (WbRun *run)
{
  const guint64 step = wb_run_get_step (run), total = wb_run_get_total_steps (run);

  if (step == 0)
    return NULL;
  if (step == total)
    return g_strdup_printf (ngettext ("%'lu step", "%'lu steps", (gulong) step), (gulong) step);
  if (total == 0)
    return g_strdup_printf (_ ("step %'lu"), (gulong) step);
  return g_strdup_printf (_ ("step %'lu of %'lu"), (gulong) step, (gulong) total);
}

static char *
best_text (WbRun *run)
{
  g_autofree char *value = NULL;

  if (isnan (wb_run_get_best (run)))
    return NULL;
  value = wb_format_value (wb_run_get_best (run));
  /* Translators: "best accuracy 0.812 at step 467" */
  return g_strdup_printf (_ ("best %s %s at step %'lu"),
                          wb_format_metric (wb_run_get_metric_name (run)), value,
                          (gulong) wb_run_get_best_step (run));
}

static char *
speed_text (WbRun *run)
{
  const double speed = wb_run_get_tokens_per_second (run);

  return speed > 0 ? g_strdup_printf (_ ("%'.0f tokens/s"), speed) : NULL;
}

static char *
duration_text (WbRun *run)
{
  g_autofree char *span = wb_format_span (wb_run_get_duration (run));

  if (!(wb_run_get_duration (run) > 0))
    return NULL;
  return wb_run_is_active (run) ? g_strdup_printf (_ ("%s so far"), span)
                                : g_strdup_printf (_ ("took %s"), span);
}

/* "its process ended" as a sentence of its own; names of files stay as they are. */
static char *
sentence (const char *text)
{
  const char      *end = text;
  g_autofree char *first = NULL;

  if (text == NULL || *text == '\0')
    return NULL;
  while (g_ascii_isalpha (*end))
    end++;
  if (*end != ' ')
    return g_strdup (text);
  first = g_utf8_strup (text, g_utf8_next_char (text) - text);
  return g_strconcat (first, g_utf8_next_char (text), NULL);
}

/* Step, time left, speed, best, time so far: what changes most comes first while it runs. */
static char *
numbers_text (WbRun *run)
{
  const gboolean active = wb_run_is_active (run);
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *text = NULL, *first = NULL;

  if (!active)
    add_part (parts, best_text (run));
  add_part (parts, step_text (run));
  if (active)
    add_part (parts, wb_format_time_left (wb_run_get_seconds_left (run)));
  add_part (parts, speed_text (run));
  if (active)
    add_part (parts, best_text (run));
  add_part (parts, duration_text (run));
  g_ptr_array_add (parts, NULL);
  text = g_strjoinv (" · ", (char **) parts->pdata);
  if (*text == '\0')
    return g_steal_pointer (&text);
  first = g_utf8_strup (text, g_utf8_next_char (text) - text);
  return g_strconcat (first, g_utf8_next_char (text), NULL);
}

static char *
detail_text (WbRunPage *self)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  add_part (parts, sentence (wb_translate (wb_run_get_message (self->run))));
  add_part (parts, numbers_text (self->run));
  if (self->why_not != NULL && wb_run_get_status (self->run) != WB_RUN_FINISHED)
    add_part (parts, g_strdup_printf (_ ("Cannot resume: %s"), self->why_not));
  g_ptr_array_add (parts, NULL);
  return g_strjoinv ("\n", (char **) parts->pdata);
}

static void
update_title (WbRunPage *self)
{
  g_autofree char *subtitle =
      g_strdup_printf (_ ("%s · %s · seed %lu"), wb_run_get_task_title (self->run),
                       wb_run_get_model (self->run), (gulong) wb_run_get_seed (self->run));

  adw_window_title_set_title (self->title, wb_run_get_name (self->run));
  adw_window_title_set_subtitle (self->title, subtitle);
}

static void
update (WbRunPage *self)
{
  const WbRunStatus status = wb_run_get_status (self->run);
  g_autofree char  *detail = NULL;

  if (status != self->shown_status || wb_run_get_best_step (self->run) != self->shown_best)
    {
      self->shown_status = status;
      self->shown_best = wb_run_get_best_step (self->run);
      wb_run_page_update_actions (self);
      wb_run_settings_set_run (self->settings, self->run); /* there may be a best model now */
    }
  detail = detail_text (self);
  update_title (self);
  gtk_label_set_label (self->status, wb_run_get_status_text (self->run));
  gtk_widget_set_css_classes (self->dot,
                              (const char *[]){ "status-dot", wb_status_style (status), NULL });
  gtk_label_set_label (self->detail, detail);
  gtk_widget_set_visible (GTK_WIDGET (self->detail), *detail != '\0');
  /* why something went wrong is to be read */
  if (wb_run_get_message (self->run) != NULL && *wb_run_get_message (self->run) != '\0')
    gtk_widget_remove_css_class (GTK_WIDGET (self->detail), "dim-label");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->detail), "dim-label");
  gtk_widget_set_visible (GTK_WIDGET (self->progress), wb_run_is_active (self->run));
  gtk_progress_bar_set_fraction (self->progress, CLAMP (wb_run_get_progress (self->run), 0, 1));
}

static void
back_cb (WbRunPage *self)
{
  g_signal_emit (self, signals[BACK], 0);
}

static void
fold_cb (WbRunPage *self)
{
  const WbWidth        width = wb_width_bin_get_width (self->bin);
  const gboolean       narrow = width == WB_WIDTH_NARROW;
  const GtkOrientation beside =
      wb_width_bin_is_tight (self->bin) ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL;

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->status_line),
                                  narrow ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  gtk_box_set_homogeneous (self->buttons, narrow);
  gtk_widget_set_visible (self->smoothing_label, width >= WB_WIDTH_WIDE);
  /* six titles, longer in other languages, and the smoothing beside them */
  gtk_widget_set_visible (self->switcher, width >= WB_WIDTH_WIDE);
  gtk_widget_set_visible (GTK_WIDGET (self->tab_choice), width < WB_WIDTH_WIDE);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->buttons), beside);
  gtk_orientable_set_orientation (
      GTK_ORIENTABLE (gtk_widget_get_parent (GTK_WIDGET (self->smoothing_box))), beside);
  wb_run_charts_fold (self->charts, width);
}

static void
smoothing_cb (WbRunPage *self)
{
  static const double weights[] = { 0, 0.6, 0.9, 0.98 };
  const guint         selected = gtk_drop_down_get_selected (self->smoothing);

  if (selected < G_N_ELEMENTS (weights) && self->charts != NULL)
    wb_run_charts_set_smoothing (self->charts, weights[selected]);
}

static void
tab_choice_cb (WbRunPage *self)
{
  g_autoptr (GtkSelectionModel) pages = gtk_stack_get_pages (self->stack);
  const guint selected = gtk_drop_down_get_selected (self->tab_choice);

  if (selected < g_list_model_get_n_items (G_LIST_MODEL (pages)))
    gtk_selection_model_select_item (pages, selected, TRUE);
}

/* The pages' titles, in their order. */
static void
fill_tab_choice (WbRunPage *self)
{
  g_autoptr (GtkSelectionModel) pages = gtk_stack_get_pages (self->stack);
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (pages)); i++)
    {
      g_autoptr (GObject) page = g_list_model_get_item (G_LIST_MODEL (pages), i);
      gtk_string_list_append (titles, gtk_stack_page_get_title (GTK_STACK_PAGE (page)));
    }
  gtk_drop_down_set_model (self->tab_choice, G_LIST_MODEL (titles));
}

static void
tab_cb (WbRunPage *self)
{
  g_autoptr (GtkSelectionModel) pages = gtk_stack_get_pages (self->stack);
  g_autoptr (GtkBitset) selection = gtk_selection_model_get_selection (pages);

  if (self->tab_choice != NULL && !gtk_bitset_is_empty (selection))
    gtk_drop_down_set_selected (self->tab_choice, gtk_bitset_get_minimum (selection));
  gtk_widget_set_visible (self->smoothing_box,
                          g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "charts") ==
                              0);
}

void
wb_run_page_emit_deleted (WbRunPage *self)
{
  g_signal_emit (self, signals[DELETED], 0, self->run);
}

void
wb_run_page_set_run (WbRunPage *self, WbRun *run)
{
  g_return_if_fail (WB_IS_RUN_PAGE (self));

  if (self->run == run)
    return;
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_func (self->run, update, self);
  g_set_object (&self->run, run);
  wb_run_charts_set_run (self->charts, run);
  wb_run_findings_set_run (self->findings, run);
  wb_run_trial_set_run (self->trial, run);
  wb_run_file_list_set_run (self->files, run);
  wb_run_log_set_run (self->log, run);
  if (run == NULL)
    {
      wb_run_settings_set_run (self->settings, NULL);
      return;
    }
  g_signal_connect_object (run, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  gtk_stack_set_visible_child_name (self->stack, "charts");
  self->shown_status = (WbRunStatus) -1;
  update (self);
}

WbRun *
wb_run_page_get_run (WbRunPage *self)
{
  g_return_val_if_fail (WB_IS_RUN_PAGE (self), NULL);
  return self->run;
}

void
wb_run_page_bind_settings (WbRunPage *self, GSettings *settings)
{
  g_return_if_fail (WB_IS_RUN_PAGE (self));
  g_settings_bind (settings, "smoothing", self->smoothing, "selected", G_SETTINGS_BIND_DEFAULT);
}

static void
wb_run_page_dispose (GObject *object)
{
  WbRunPage *self = WB_RUN_PAGE (object);
  GtkWidget *child;

  if (self->charts != NULL)
    wb_run_page_set_run (self, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  self->charts = NULL;
  G_OBJECT_CLASS (wb_run_page_parent_class)->dispose (object);
}

static void
wb_run_page_finalize (GObject *object)
{
  g_free (WB_RUN_PAGE (object)->why_not);
  G_OBJECT_CLASS (wb_run_page_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/DebertaWorkbench/wb-run-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WbRunPage, title);
  gtk_widget_class_bind_template_child (widget_class, WbRunPage, activity);
  gtk_widget_class_bind_template_child (widget_class, WbRunPage, bin);
  gtk_widget_class_bind_template_child (widget_class, WbRunPage, status_line);
  gtk_widget_class_bind_template_child (widget_class, WbRunPage, buttons);
  gtk_widget_class_bind_template_child (widget_class, WbRunPage, dot);
  gtk_widget_class_bind_template_child (widget_class, WbRunPage, status);
  gtk_widget_class_bind_template_child (widget_class, WbRunPage, detail);
  gtk_widget_class_bind_template_child (widget_class, WbRunPage, progress);
  gtk_widget_class_bind_template_child (widget_class, WbRunPage, stop_keep);
  gtk_widget_class_bind_template_child (widget_class, WbRunPage, pause);
  gtk_widget_class_bind_template_child (widget_class, WbRunPage, stop);
  gtk_widget_class_bind_template_child (widget_class, WbRunPage, switcher);
  gtk_widget_class_bind_template_child (widget_class, WbRunPage, tab_choice);
  gtk_widget_class_bind_template_child (widget_class, WbRunPage, findings);
  gtk_widget_class_bind_template_child (widget_class, WbRunPage, trial);
  gtk_widget_class_bind_template_child (widget_class, WbRunPage, files);
  gtk_widget_class_bind_template_child (widget_class, WbRunPage, resume);
  gtk_widget_class_bind_template_child (widget_class, WbRunPage, smoothing_box);
  gtk_widget_class_bind_template_child (widget_class, WbRunPage, smoothing_label);
  gtk_widget_class_bind_template_child (widget_class, WbRunPage, smoothing);
  gtk_widget_class_bind_template_child (widget_class, WbRunPage, stack);
  gtk_widget_class_bind_template_child (widget_class, WbRunPage, charts);
  gtk_widget_class_bind_template_child (widget_class, WbRunPage, settings);
  gtk_widget_class_bind_template_child (widget_class, WbRunPage, log);
  gtk_widget_class_bind_template_callback (widget_class, back_cb);
  gtk_widget_class_bind_template_callback (widget_class, fold_cb);
  gtk_widget_class_bind_template_callback (widget_class, smoothing_cb);
  gtk_widget_class_bind_template_callback (widget_class, tab_cb);
  gtk_widget_class_bind_template_callback (widget_class, tab_choice_cb);
}

static void
wb_run_page_class_init (WbRunPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = wb_run_page_dispose;
  object_class->finalize = wb_run_page_finalize;
  signals[BACK] = g_signal_new ("back", WB_TYPE_RUN_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 0);
  signals[DELETED] = g_signal_new ("deleted", WB_TYPE_RUN_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 1, WB_TYPE_RUN);
  g_type_ensure (WB_TYPE_WIDTH_BIN);
  g_type_ensure (WB_TYPE_ACTIVITY_BUTTON);
  g_type_ensure (WB_TYPE_RUN_CHARTS);
  g_type_ensure (WB_TYPE_RUN_FINDINGS);
  g_type_ensure (WB_TYPE_RUN_SETTINGS);
  g_type_ensure (WB_TYPE_RUN_TRIAL);
  g_type_ensure (WB_TYPE_RUN_FILE_LIST);
  g_type_ensure (WB_TYPE_RUN_LOG);
  bind_template (GTK_WIDGET_CLASS (klass));
  wb_run_page_class_init_actions (GTK_WIDGET_CLASS (klass));
}

static void
wb_run_page_init (WbRunPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  fill_tab_choice (self);
}

WbActivityButton *
wb_run_page_get_activity (WbRunPage *self)
{
  g_return_val_if_fail (WB_IS_RUN_PAGE (self), NULL);
  return self->activity;
}
