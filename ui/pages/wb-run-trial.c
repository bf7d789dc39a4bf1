#include "config.h"

#include "ui/pages/wb-run-trial.h"

#include "app/worker/wb-trial.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#define RELEASE_SECONDS 60 /* after the page was left */

struct _WbRunTrial
{
  GtkWidget parent_instance;

  GtkWidget     *stack, *pair_box, *spinner, *note, *answer;
  AdwStatusPage *status;
  GtkTextView   *text, *pair;
  WbRun         *run;
  WbTrial       *trial; /* (nullable): the run has no model yet */
  guint          release_id;
};

G_DEFINE_FINAL_TYPE (WbRunTrial, wb_run_trial, GTK_TYPE_WIDGET)

/* ---- the answer ---- */

static void
clear_answer (WbRunTrial *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->answer)) != NULL)
    gtk_box_remove (GTK_BOX (self->answer), child);
}

static GtkWidget *
make_bar (const char *name, double probability, gboolean likeliest)
{
  GtkWidget       *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget       *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget       *label = gtk_label_new (name), *number, *bar = gtk_progress_bar_new ();
  g_autofree char *text = g_strdup_printf ("%.4f", probability);

  number = gtk_label_new (text);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (number, "numeric");
  if (likeliest)
    gtk_widget_add_css_class (label, "heading");
  if (likeliest)
    gtk_widget_add_css_class (number, "heading");
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (bar), CLAMP (probability, 0, 1));
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_box_append (GTK_BOX (line), label);
  gtk_box_append (GTK_BOX (line), number);
  gtk_box_append (GTK_BOX (box), line);
  gtk_box_append (GTK_BOX (box), bar);
  return box;
}

static void
show_classes (WbRunTrial *self, const WbTrialResult *result)
{
  gsize likeliest = 0;

  for (gsize k = 0; k < result->n_labels; k++)
    if (result->probabilities[k] > result->probabilities[likeliest])
      likeliest = k;
  for (gsize k = 0; k < result->n_labels; k++)
    gtk_box_append (GTK_BOX (self->answer),
                    make_bar (result->labels[k], result->probabilities[k], k == likeliest));
}

/* The word, and below it what it is. */
static GtkWidget *
make_word (const WbTrialWord *word)
{
  GtkWidget       *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget       *text = gtk_label_new (word->text), *label;
  const gboolean   is_outside = word->label == NULL || g_str_equal (word->label, "O");
  g_autofree char *tip = NULL;

  label = gtk_label_new (word->label != NULL ? word->label : "–");
  gtk_label_set_ellipsize (GTK_LABEL (text), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (text), 30);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, is_outside ? "dim-label" : "accent");
  if (!is_outside)
    gtk_widget_add_css_class (text, "heading");
  if (word->label != NULL)
    tip = g_strdup_printf ("%s: %s %.4f", word->text, word->label, word->probability);
  gtk_widget_set_tooltip_text (box, tip);
  gtk_box_append (GTK_BOX (box), text);
  gtk_box_append (GTK_BOX (box), label);
  return box;
}

static void
show_words (WbRunTrial *self, const WbTrialResult *result)
{
  GtkWidget *flow = gtk_flow_box_new ();

  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (flow), GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (flow), 40);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (flow), 6);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (flow), 6);
  for (gsize w = 0; w < result->n_words; w++)
    gtk_flow_box_append (GTK_FLOW_BOX (flow), make_word (&result->words[w]));
  gtk_accessible_update_property (GTK_ACCESSIBLE (flow), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Words and their labels"), -1);
  gtk_box_append (GTK_BOX (self->answer), flow);
}

static void
show_value (WbRunTrial *self, const WbTrialResult *result)
{
  g_autofree char *text = g_strdup_printf ("%.4f", result->value);
  GtkWidget       *label = gtk_label_new (text);

  gtk_widget_add_css_class (label, "title-1");
  gtk_widget_add_css_class (label, "numeric");
  gtk_box_append (GTK_BOX (self->answer), label);
}

static void
show_result (WbRunTrial *self, const WbTrialResult *result)
{
  g_autofree char *note = g_strdup_printf (
      result->milliseconds < 10 ? _ ("%.1f ms") : _ ("%.0f ms"), result->milliseconds);

  clear_answer (self);
  if (wb_trial_get_kind (self->trial) == WB_FINDINGS_WORDS)
    show_words (self, result);
  else if (wb_trial_get_kind (self->trial) == WB_FINDINGS_VALUES)
    show_value (self, result);
  else
    show_classes (self, result);
  gtk_label_set_label (GTK_LABEL (self->note), note);
}

/* ---- asking ---- */

static char *
dup_text (GtkTextView *view)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (gtk_text_view_get_buffer (view), &start, &end);
  return g_strstrip (
      gtk_text_buffer_get_text (gtk_text_view_get_buffer (view), &start, &end, FALSE));
}

static gboolean
has_text (WbRunTrial *self)
{
  g_autofree char *text = dup_text (self->text), *pair = dup_text (self->pair);

  return *text != '\0' && (!wb_trial_is_pair (self->trial) || *pair != '\0');
}

static void
changed_cb (WbRunTrial *self)
{
  const WbTrialState   state = wb_trial_get_state (self->trial);
  const WbTrialResult *result = wb_trial_get_result (self->trial);

  gtk_widget_set_visible (self->spinner, state == WB_TRIAL_LOADING);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), state == WB_TRIAL_LOADING);
  if (state == WB_TRIAL_FAILED)
    {
      clear_answer (self);
      gtk_label_set_label (GTK_LABEL (self->note), wb_trial_get_message (self->trial));
    }
  else if (state == WB_TRIAL_LOADING)
    gtk_label_set_label (GTK_LABEL (self->note), _ ("Loading the model…"));
  else if (result != NULL && has_text (self))
    show_result (self, result);
}

static void
typed_cb (WbRunTrial *self)
{
  g_autofree char *text = NULL, *pair = NULL;

  if (self->trial == NULL)
    return;
  if (!has_text (self))
    {
      clear_answer (self);
      gtk_label_set_label (GTK_LABEL (self->note), wb_trial_is_pair (self->trial)
                                                       ? _ ("Write two texts.")
                                                       : _ ("Write a text."));
      return;
    }
  text = dup_text (self->text);
  pair = wb_trial_is_pair (self->trial) ? dup_text (self->pair) : NULL;
  wb_trial_ask (self->trial, text, pair);
}

/* ---- the run ---- */

static void
drop_trial (WbRunTrial *self)
{
  g_clear_handle_id (&self->release_id, g_source_remove);
  if (self->trial != NULL)
    g_signal_handlers_disconnect_by_func (self->trial, changed_cb, self);
  g_clear_object (&self->trial);
  clear_answer (self);
  gtk_widget_set_visible (self->spinner, FALSE);
}

/* A new best model answers the same text. */
static void
refresh (WbRunTrial *self)
{
  g_autoptr (GError) error = NULL;

  if (self->run == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  if (self->trial == NULL)
    {
      self->trial = wb_trial_new (self->run, &error);
      if (self->trial == NULL)
        {
          gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "status");
          return;
        }
      g_signal_connect_object (self->trial, "changed", G_CALLBACK (changed_cb), self,
                               G_CONNECT_SWAPPED);
      gtk_widget_set_visible (self->pair_box, wb_trial_is_pair (self->trial));
    }
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "trial");
  typed_cb (self);
}

static void
new_best_cb (WbRunTrial *self)
{
  if (self->trial != NULL)
    wb_trial_release (self->trial);
  refresh (self);
}

void
wb_run_trial_set_run (WbRunTrial *self, WbRun *run)
{
  g_return_if_fail (WB_IS_RUN_TRIAL (self));

  if (self->run == run)
    return;
  drop_trial (self);
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_func (self->run, new_best_cb, self);
  g_set_object (&self->run, run);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text), "", -1);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->pair), "", -1);
  if (run == NULL)
    return;
  g_signal_connect_object (run, "notify::best-step", G_CALLBACK (new_best_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "notify::status", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  refresh (self);
}

static gboolean
release_cb (gpointer data)
{
  WbRunTrial *self = data;

  self->release_id = 0;
  if (self->trial != NULL)
    wb_trial_release (self->trial);
  return G_SOURCE_REMOVE;
}

static void
wb_run_trial_map (GtkWidget *widget)
{
  WbRunTrial *self = WB_RUN_TRIAL (widget);

  GTK_WIDGET_CLASS (wb_run_trial_parent_class)->map (widget);
  g_clear_handle_id (&self->release_id, g_source_remove);
  refresh (self);
}

static void
wb_run_trial_unmap (GtkWidget *widget)
{
  WbRunTrial *self = WB_RUN_TRIAL (widget);

  GTK_WIDGET_CLASS (wb_run_trial_parent_class)->unmap (widget);
  if (self->trial != NULL && self->release_id == 0)
    self->release_id = g_timeout_add_seconds (RELEASE_SECONDS, release_cb, self);
}

static void
wb_run_trial_dispose (GObject *object)
{
  WbRunTrial *self = WB_RUN_TRIAL (object);

  if (self->stack != NULL)
    wb_run_trial_set_run (self, NULL);
  g_clear_handle_id (&self->release_id, g_source_remove);
  g_clear_pointer (&self->stack, gtk_widget_unparent);
  G_OBJECT_CLASS (wb_run_trial_parent_class)->dispose (object);
}

static void
wb_run_trial_class_init (WbRunTrialClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_run_trial_dispose;
  GTK_WIDGET_CLASS (klass)->map = wb_run_trial_map;
  GTK_WIDGET_CLASS (klass)->unmap = wb_run_trial_unmap;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static GtkTextView *
make_view (WbRunTrial *self, const char *name, const char *title, GtkWidget *box)
{
  GtkWidget   *label = gtk_label_new (title), *scrolled = gtk_scrolled_window_new ();
  GtkTextView *view = GTK_TEXT_VIEW (gtk_text_view_new ());

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "heading");
  gtk_widget_set_name (GTK_WIDGET (view), name);
  gtk_text_view_set_wrap_mode (view, GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_accepts_tab (view, FALSE); /* Tab goes on, as in a form */
  gtk_widget_add_css_class (GTK_WIDGET (view), "trial-text");
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scrolled), 84);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (view));
  gtk_widget_add_css_class (scrolled, "card");
  gtk_widget_set_overflow (scrolled, GTK_OVERFLOW_HIDDEN);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), scrolled);
  g_signal_connect_swapped (gtk_text_view_get_buffer (view), "changed", G_CALLBACK (typed_cb),
                            self);
  return view;
}

static GtkWidget *
make_note (WbRunTrial *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  self->spinner = gtk_spinner_new ();
  self->note = gtk_label_new (NULL);
  gtk_widget_set_visible (self->spinner, FALSE);
  gtk_widget_set_name (self->note, "trial-note");
  gtk_label_set_xalign (GTK_LABEL (self->note), 0);
  gtk_label_set_wrap (GTK_LABEL (self->note), TRUE);
  gtk_widget_add_css_class (self->note, "dim-label");
  gtk_box_append (GTK_BOX (box), self->spinner);
  gtk_box_append (GTK_BOX (box), self->note);
  return box;
}

static GtkWidget *
make_content (WbRunTrial *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  GtkWidget *text_box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->pair_box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  self->answer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_widget_set_name (self->answer, "trial-answer");
  self->text = make_view (self, "trial-text", _ ("Text"), text_box);
  self->pair = make_view (self, "trial-pair", _ ("Second Text"), self->pair_box);
  gtk_box_append (GTK_BOX (box), text_box);
  gtk_box_append (GTK_BOX (box), self->pair_box);
  gtk_box_append (GTK_BOX (box), self->answer);
  gtk_box_append (GTK_BOX (box), make_note (self));
  gtk_widget_add_css_class (box, "run-findings");
  return box;
}

static void
wb_run_trial_init (WbRunTrial *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new (), *clamp = adw_clamp_new ();

  self->stack = gtk_stack_new ();
  gtk_widget_set_parent (self->stack, GTK_WIDGET (self));
  self->status = ADW_STATUS_PAGE (adw_status_page_new ());
  adw_status_page_set_title (self->status, _ ("No Model Yet"));
  adw_status_page_set_description (
      self->status,
      _ ("After its first evaluation a run has a model; then you can write a text here "
         "and see what it says."));
  gtk_stack_add_named (GTK_STACK (self->stack), GTK_WIDGET (self->status), "status");
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 720);
  adw_clamp_set_child (ADW_CLAMP (clamp), make_content (self));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), clamp);
  gtk_stack_add_named (GTK_STACK (self->stack), scrolled, "trial");
}
