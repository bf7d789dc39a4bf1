#include "config.h"

#include "ui/pages/wb-run-findings.h"

#include "ui/pages/wb-run-examples.h"
#include "ui/widgets/wb-confusion.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <string.h>

struct _WbRunFindings
{
  GtkWidget parent_instance;

  GtkWidget     *stack, *choice, *count, *card, *table, *confusion, *caption, *hint;
  AdwStatusPage *status;
  WbRunExamples *examples;
  WbRun         *run;
  GPtrArray     *evaluations; /* WbRunEvaluation, as in @choice */
  char          *split;       /* what is shown, or read */
  guint64        step;        /* G_MAXUINT64: the best, whichever it is */
  gboolean       filling;
  GCancellable  *reading;
};

G_DEFINE_FINAL_TYPE (WbRunFindings, wb_run_findings, GTK_TYPE_WIDGET)

static void
say (WbRunFindings *self, const char *title, const char *description)
{
  adw_status_page_set_title (self->status, title);
  adw_status_page_set_description (self->status, description);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "status");
}

static void
add_cell (GPtrArray *cells, char *text)
{
  g_ptr_array_add (cells, text);
}

static GtkWidget *
make_types (const WbFindings *findings)
{
  gsize                 n;
  const WbFindingsType *types = wb_findings_get_types (findings, &n);
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

  add_cell (cells, g_strdup (_ ("Entities")));
  add_cell (cells, g_strdup (_ ("Precision")));
  add_cell (cells, g_strdup (_ ("Recall")));
  add_cell (cells, g_strdup (_ ("F1")));
  add_cell (cells, g_strdup (_ ("There")));
  add_cell (cells, g_strdup (_ ("Found")));
  for (gsize i = 0; i < n; i++)
    {
      add_cell (cells, g_strdup (types[i].name != NULL ? types[i].name : _ ("All")));
      add_cell (cells, g_strdup_printf ("%.4f", types[i].precision));
      add_cell (cells, g_strdup_printf ("%.4f", types[i].recall));
      add_cell (cells, g_strdup_printf ("%.4f", types[i].f1));
      add_cell (cells, g_strdup_printf ("%'zu", types[i].gold));
      add_cell (cells, g_strdup_printf ("%'zu", types[i].predicted));
    }
  g_ptr_array_add (cells, NULL);
  return wb_confusion_make_table ((char **) cells->pdata, 6, TRUE);
}

static GtkWidget *
make_ranges (const WbFindings *findings)
{
  gsize                  n;
  const WbFindingsRange *ranges = wb_findings_get_ranges (findings, &n);
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

  add_cell (cells, g_strdup (_ ("Targets")));
  add_cell (cells, g_strdup (_ ("Examples")));
  add_cell (cells, g_strdup (_ ("Mean")));
  add_cell (cells, g_strdup (_ ("Predicted")));
  add_cell (cells, g_strdup (_ ("Mean Error")));
  for (gsize i = 0; i < n; i++)
    {
      /* Translators: a range of numbers: "1.2 to 1.8" */
      add_cell (cells, g_strdup_printf (_ ("%.3g to %.3g"), ranges[i].from, ranges[i].to));
      add_cell (cells, g_strdup_printf ("%'zu", ranges[i].n));
      add_cell (cells, g_strdup_printf ("%.3f", ranges[i].target));
      add_cell (cells, g_strdup_printf ("%.3f", ranges[i].value));
      add_cell (cells, g_strdup_printf ("%.3f", ranges[i].error));
    }
  g_ptr_array_add (cells, NULL);
  return wb_confusion_make_table ((char **) cells->pdata, 5, FALSE);
}

static void
show (WbRunFindings *self, WbFindings *findings)
{
  const WbFindingsKind kind = wb_findings_get_kind (findings);
  const gsize          n = wb_findings_get_n (findings);
  GtkWidget           *table = NULL;
  g_autofree char     *count = g_strdup_printf (
          g_dngettext (GETTEXT_PACKAGE, "%'zu example", "%'zu examples", (gulong) n), n);

  if (kind == WB_FINDINGS_WORDS)
    table = make_types (findings);
  else if (kind == WB_FINDINGS_VALUES)
    table = make_ranges (findings);
  gtk_label_set_label (GTK_LABEL (self->count), count);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->table), table);
  gtk_widget_set_visible (self->table, table != NULL);
  gtk_widget_set_visible (self->confusion, kind != WB_FINDINGS_VALUES);
  gtk_label_set_label (GTK_LABEL (self->caption), kind == WB_FINDINGS_WORDS    ? _ ("Words")
                                                  : kind == WB_FINDINGS_VALUES ? _ ("Targets")
                                                                               : _ ("Confusion"));
  gtk_widget_set_visible (self->hint, kind != WB_FINDINGS_VALUES);
  wb_confusion_set_findings (WB_CONFUSION (self->confusion), findings);
  wb_run_examples_set_findings (self->examples, findings);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "findings");
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WbRunFindings) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WbFindings) findings = wb_run_read_findings_finish (WB_RUN (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->stack == NULL)
    return;
  g_clear_object (&self->reading);
  if (findings != NULL)
    show (self, findings);
  else
    say (self, _ ("Cannot Be Read"), error->message);
}

static void
read_findings (WbRunFindings *self)
{
  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  self->reading = g_cancellable_new ();
  wb_run_read_findings_async (self->run, self->split, self->step, self->reading, read_cb,
                              g_object_ref (self));
}

static char *
evaluation_text (const WbRunEvaluation *evaluation)
{
  return g_strdup_printf (evaluation->is_best ? _ ("%s, step %'lu (best)") : _ ("%s, step %'lu"),
                          evaluation->split, (gulong) evaluation->step);
}

/* Index of what is shown; the best where nothing was chosen. */
static guint
find_shown (WbRunFindings *self)
{
  guint best = 0;

  for (guint i = self->evaluations->len; i > 0; i--)
    {
      const WbRunEvaluation *evaluation = self->evaluations->pdata[i - 1];
      const gboolean         same_split = self->split == NULL
                                              ? evaluation->number == 0
                                              : strcmp (self->split, evaluation->split) == 0;

      if (same_split && evaluation->step == self->step)
        return i - 1;
      if (same_split && evaluation->is_best)
        best = i - 1;
    }
  return best;
}

static void
fill_choice (WbRunFindings *self)
{
  g_autoptr (GtkStringList) texts = gtk_string_list_new (NULL);

  for (guint i = 0; i < self->evaluations->len; i++)
    gtk_string_list_take (texts, evaluation_text (self->evaluations->pdata[i]));
  self->filling = TRUE;
  gtk_drop_down_set_model (GTK_DROP_DOWN (self->choice), G_LIST_MODEL (texts));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->choice), find_shown (self));
  self->filling = FALSE;
}

static gboolean
is_same (GPtrArray *a, GPtrArray *b)
{
  if (a == NULL || a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    {
      const WbRunEvaluation *x = a->pdata[i], *y = b->pdata[i];
      if (x->step != y->step || x->number != y->number || x->is_best != y->is_best)
        return FALSE;
    }
  return TRUE;
}

static void
refresh (WbRunFindings *self)
{
  g_autoptr (GPtrArray) evaluations = NULL;

  if (self->run == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  evaluations = wb_run_list_evaluations (self->run);
  if (is_same (self->evaluations, evaluations))
    return;
  g_clear_pointer (&self->evaluations, g_ptr_array_unref);
  self->evaluations = g_steal_pointer (&evaluations);
  if (self->evaluations->len == 0)
    {
      say (
          self, _ ("Not Evaluated Yet"),
          _ ("After each evaluation this is where you see which labels are mistaken for which, and "
             "the examples that the model is most wrong about."));
      return;
    }
  fill_choice (self);
  read_findings (self);
}

static void
chosen_evaluation_cb (WbRunFindings *self)
{
  const guint            i = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->choice));
  const WbRunEvaluation *evaluation;

  if (self->filling || self->evaluations == NULL || i >= self->evaluations->len)
    return;
  evaluation = self->evaluations->pdata[i];
  g_free (self->split);
  self->split = g_strdup (evaluation->split);
  self->step = evaluation->step;
  read_findings (self);
}

static void
cell_cb (WbRunFindings *self, int gold, int predicted)
{
  wb_run_examples_filter (self->examples, gold, predicted);
}

void
wb_run_findings_set_run (WbRunFindings *self, WbRun *run)
{
  g_return_if_fail (WB_IS_RUN_FINDINGS (self));

  if (self->run == run)
    return;
  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_func (self->run, refresh, self);
  g_set_object (&self->run, run);
  g_clear_pointer (&self->evaluations, g_ptr_array_unref);
  g_clear_pointer (&self->split, g_free);
  self->step = G_MAXUINT64;
  wb_confusion_set_findings (WB_CONFUSION (self->confusion), NULL);
  wb_run_examples_set_findings (self->examples, NULL);
  if (run == NULL)
    return;
  g_signal_connect_object (run, "notify::last", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "notify::best-step", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "notify::phase", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  refresh (self);
}

static void
wb_run_findings_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (wb_run_findings_parent_class)->map (widget);
  refresh (WB_RUN_FINDINGS (widget));
}

static void
wb_run_findings_dispose (GObject *object)
{
  WbRunFindings *self = WB_RUN_FINDINGS (object);

  if (self->stack != NULL)
    wb_run_findings_set_run (self, NULL);
  g_clear_pointer (&self->stack, gtk_widget_unparent);
  g_clear_pointer (&self->evaluations, g_ptr_array_unref);
  g_clear_pointer (&self->split, g_free);
  G_OBJECT_CLASS (wb_run_findings_parent_class)->dispose (object);
}

static void
wb_run_findings_class_init (WbRunFindingsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_run_findings_dispose;
  GTK_WIDGET_CLASS (klass)->map = wb_run_findings_map;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static GtkWidget *
make_choice (WbRunFindings *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  self->choice = gtk_drop_down_new (NULL, NULL);
  self->count = gtk_label_new (NULL);
  gtk_widget_set_name (self->choice, "evaluation");
  gtk_widget_add_css_class (self->count, "dim-label");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->choice), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Evaluation"), -1);
  g_signal_connect_swapped (self->choice, "notify::selected", G_CALLBACK (chosen_evaluation_cb),
                            self);
  gtk_box_append (GTK_BOX (box), self->choice);
  gtk_box_append (GTK_BOX (box), self->count);
  return box;
}

static GtkWidget *
make_card (WbRunFindings *self)
{
  GtkWidget *card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  gtk_widget_add_css_class (card, "card");
  gtk_widget_add_css_class (card, "findings-card");
  self->caption = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->caption), 0);
  gtk_widget_add_css_class (self->caption, "heading");
  self->table = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->table), GTK_POLICY_AUTOMATIC,
                                  GTK_POLICY_NEVER);
  self->confusion = g_object_new (WB_TYPE_CONFUSION, "name", "confusion", NULL);
  g_signal_connect_swapped (self->confusion, "chosen", G_CALLBACK (cell_cb), self);
  gtk_box_append (GTK_BOX (card), self->caption);
  gtk_box_append (GTK_BOX (card), self->table);
  self->hint = gtk_label_new (
      _ ("A row for each label, a column for each prediction; press a cell for its examples."));
  gtk_label_set_xalign (GTK_LABEL (self->hint), 0);
  gtk_label_set_wrap (GTK_LABEL (self->hint), TRUE);
  gtk_widget_add_css_class (self->hint, "dim-label");
  gtk_box_append (GTK_BOX (card), self->hint);
  gtk_box_append (GTK_BOX (card), self->confusion);
  return card;
}

static void
wb_run_findings_init (WbRunFindings *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new (), *clamp = adw_clamp_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);

  self->step = G_MAXUINT64;
  self->stack = gtk_stack_new ();
  gtk_widget_set_parent (self->stack, GTK_WIDGET (self));
  self->status = ADW_STATUS_PAGE (adw_status_page_new ());
  gtk_stack_add_named (GTK_STACK (self->stack), GTK_WIDGET (self->status), "status");
  self->examples = g_object_new (WB_TYPE_RUN_EXAMPLES, NULL);
  gtk_box_append (GTK_BOX (box), make_choice (self));
  gtk_box_append (GTK_BOX (box), make_card (self));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->examples));
  gtk_widget_add_css_class (box, "run-findings");
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 860);
  adw_clamp_set_child (ADW_CLAMP (clamp), box);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), clamp);
  gtk_stack_add_named (GTK_STACK (self->stack), scrolled, "findings");
}
