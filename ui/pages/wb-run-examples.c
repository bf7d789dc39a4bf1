#include "config.h"

#include "ui/pages/wb-run-examples.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#define AT_ONCE 20
#define MOST_PROBABILITIES 6

struct _WbRunExamples
{
  GtkWidget parent_instance;

  GtkWidget  *box, *worst, *best, *filter, *filter_label, *missing, *list, *more;
  WbFindings *findings;
  int         gold, predicted;
  gsize       shown; /* how many are wanted */
};

G_DEFINE_FINAL_TYPE (WbRunExamples, wb_run_examples, GTK_TYPE_WIDGET)

static GtkWidget *
make_text (const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (label), GTK_NATURAL_WRAP_NONE);
  gtk_label_set_lines (GTK_LABEL (label), 8);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_can_focus (label, FALSE);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  return label;
}

static int
compare_probabilities (gconstpointer a, gconstpointer b, gpointer data)
{
  const double *p = data;
  const guint   i = *(const guint *) a, k = *(const guint *) b;

  return (p[k] > p[i]) - (p[k] < p[i]);
}

/* "entailment 0.93 · neutral 0.05": the likeliest first. */
static char *
probabilities_text (const WbFindings *findings, gsize index)
{
  const gsize        n = wb_findings_get_n_labels (findings);
  const char *const *labels = wb_findings_get_labels (findings);
  g_autofree double *p = g_new (double, n);
  g_autofree guint  *order = g_new (guint, n);
  GString           *text = g_string_new (NULL);

  wb_findings_get_probabilities (findings, index, p);
  for (guint k = 0; k < n; k++)
    order[k] = k;
  g_qsort_with_data (order, (gint) n, sizeof *order, compare_probabilities, p);
  for (gsize k = 0; k < MIN (n, MOST_PROBABILITIES); k++)
    g_string_append_printf (text, "%s%s %.3f", k == 0 ? "" : " · ", labels[order[k]], p[order[k]]);
  return g_string_free (text, FALSE);
}

/* Words that are wrong: "Paris: B-LOC, predicted O (0.71)". */
static char *
words_text (const WbFindings *findings, const WbFinding *one)
{
  const char *const        *labels = wb_findings_get_labels (findings);
  gsize                     n;
  g_autofree WbFindingWord *words = wb_findings_get_words (findings, one->index, &n);
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  for (gsize w = 0; w < n; w++)
    {
      g_autofree char *word = one->text != NULL
                                  ? g_utf8_substring (one->text, words[w].start, words[w].end)
                                  : g_strdup_printf (_ ("Word %zu"), w + 1);

      if (words[w].gold < 0 || words[w].gold == words[w].predicted)
        continue;
      /* Translators: a word, its label, the label that was predicted, its probability */
      g_ptr_array_add (parts, g_strdup_printf (_ ("%s: %s, predicted %s (%.2f)"), word,
                                               labels[words[w].gold], labels[words[w].predicted],
                                               words[w].probability));
    }
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (" · ", (char **) parts->pdata);
}

static char *
verdict_text (const WbFindings *findings, const WbFinding *one)
{
  const char *const *labels = wb_findings_get_labels (findings);

  if (wb_findings_get_kind (findings) == WB_FINDINGS_VALUES)
    return g_strdup_printf (_ ("Target %.4g, predicted %.4g"), one->target, one->value);
  if (wb_findings_get_kind (findings) == WB_FINDINGS_WORDS)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d of %d word is wrong",
                                         "%d of %d words are wrong", (gulong) one->gold),
                            one->predicted, one->gold);
  if (one->gold < 0)
    return g_strdup_printf (_ ("Predicted %s"), labels[one->predicted]);
  if (one->gold == one->predicted)
    return g_strdup_printf (_ ("%s, as predicted"), labels[one->gold]);
  return g_strdup_printf (_ ("%s, predicted %s"), labels[one->gold], labels[one->predicted]);
}

static gboolean
is_wrong (const WbFindings *findings, const WbFinding *one)
{
  switch (wb_findings_get_kind (findings))
    {
    case WB_FINDINGS_CLASSES:
      return one->gold >= 0 && one->gold != one->predicted;
    case WB_FINDINGS_WORDS:
      return one->predicted > 0;
    default:
      return FALSE;
    }
}

static GtkWidget *
make_verdict (const WbFindings *findings, const WbFinding *one)
{
  GtkWidget       *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  g_autofree char *verdict = verdict_text (findings, one);
  g_autofree char *loss = g_strdup_printf (_ ("Loss %.3f"), one->loss);
  GtkWidget       *label = make_text (verdict, "heading"), *loss_label = gtk_label_new (loss);

  if (is_wrong (findings, one))
    gtk_widget_add_css_class (label, "error");
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (loss_label, "dim-label");
  gtk_widget_add_css_class (loss_label, "numeric");
  gtk_widget_set_valign (loss_label, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), loss_label);
  return box;
}

static GtkWidget *
make_row (WbRunExamples *self, gsize index)
{
  GtkWidget       *row = gtk_list_box_row_new ();
  GtkWidget       *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  g_autofree char *numbers = NULL, *where = NULL, *name = NULL;
  WbFinding        one;

  wb_findings_get (self->findings, index, &one);
  gtk_widget_add_css_class (box, "example");
  gtk_box_append (GTK_BOX (box), make_verdict (self->findings, &one));
  if (one.text != NULL)
    gtk_box_append (GTK_BOX (box), make_text (one.text, NULL));
  if (one.pair != NULL)
    gtk_box_append (GTK_BOX (box), make_text (one.pair, NULL));
  if (wb_findings_get_kind (self->findings) == WB_FINDINGS_CLASSES)
    numbers = probabilities_text (self->findings, index);
  else if (wb_findings_get_kind (self->findings) == WB_FINDINGS_WORDS)
    numbers = words_text (self->findings, &one);
  where = one.line > 0 ? g_strdup_printf (_ ("Line %u"), one.line)
                       : g_strdup_printf (_ ("Example %zu"), index + 1);
  if (numbers != NULL && *numbers != '\0')
    {
      name = g_strdup_printf ("%s · %s", numbers, where);
      gtk_box_append (GTK_BOX (box), make_text (name, "dim-label"));
    }
  else
    gtk_box_append (GTK_BOX (box), make_text (where, "dim-label"));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_list_box_row_set_selectable (GTK_LIST_BOX_ROW (row), FALSE);
  return row;
}

static void
clear_list (WbRunExamples *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->list), child);
}

static void
show_filter (WbRunExamples *self)
{
  const char *const *labels =
      self->findings != NULL ? wb_findings_get_labels (self->findings) : NULL;
  g_autofree char *text = NULL;

  gtk_widget_set_visible (self->filter, labels != NULL && self->gold >= 0 && self->predicted >= 0);
  if (labels == NULL || self->gold < 0 || self->predicted < 0)
    return;
  text = g_strdup_printf (_ ("Only %s taken for %s"), labels[self->gold], labels[self->predicted]);
  gtk_label_set_label (GTK_LABEL (self->filter_label), text);
}

static void
fill (WbRunExamples *self)
{
  const gboolean    worst = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->worst));
  gsize             n;
  g_autofree gsize *indexes = NULL;

  clear_list (self);
  show_filter (self);
  if (self->findings == NULL)
    return;
  gtk_widget_set_visible (self->missing, wb_findings_get_missing (self->findings) != NULL);
  gtk_label_set_label (GTK_LABEL (self->missing), wb_findings_get_missing (self->findings) != NULL
                                                      ? wb_findings_get_missing (self->findings)
                                                      : "");
  indexes = wb_findings_rank (self->findings, worst, self->gold, self->predicted, FALSE,
                              self->shown + 1, &n);
  for (gsize i = 0; i < MIN (n, self->shown); i++)
    gtk_list_box_append (GTK_LIST_BOX (self->list), make_row (self, indexes[i]));
  gtk_widget_set_visible (self->list, n > 0);
  gtk_widget_set_visible (self->more, n > self->shown);
}

static void
more_cb (WbRunExamples *self)
{
  self->shown += AT_ONCE;
  fill (self);
}

static void
order_cb (WbRunExamples *self)
{
  self->shown = AT_ONCE;
  fill (self);
}

static void
all_cb (WbRunExamples *self)
{
  wb_run_examples_filter (self, -1, -1);
}

void
wb_run_examples_set_findings (WbRunExamples *self, WbFindings *findings)
{
  g_return_if_fail (WB_IS_RUN_EXAMPLES (self));

  g_clear_pointer (&self->findings, wb_findings_unref);
  self->findings = findings != NULL ? wb_findings_ref (findings) : NULL;
  self->gold = self->predicted = -1;
  self->shown = AT_ONCE;
  fill (self);
}

void
wb_run_examples_filter (WbRunExamples *self, int gold, int predicted)
{
  g_return_if_fail (WB_IS_RUN_EXAMPLES (self));

  self->gold = gold;
  self->predicted = predicted;
  self->shown = AT_ONCE;
  fill (self);
}

static void
wb_run_examples_dispose (GObject *object)
{
  WbRunExamples *self = WB_RUN_EXAMPLES (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->findings, wb_findings_unref);
  G_OBJECT_CLASS (wb_run_examples_parent_class)->dispose (object);
}

static void
wb_run_examples_class_init (WbRunExamplesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_run_examples_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

/* Title, and which end is shown. */
static GtkWidget *
make_head (WbRunExamples *self)
{
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *title = gtk_label_new (_ ("Examples")), *order = gtk_box_new (0, 0);

  gtk_widget_add_css_class (title, "heading");
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_widget_set_hexpand (title, TRUE);
  self->worst = gtk_toggle_button_new_with_label (_ ("Greatest Loss"));
  self->best = gtk_toggle_button_new_with_label (_ ("Least Loss"));
  gtk_widget_set_name (self->worst, "examples-worst");
  gtk_widget_set_name (self->best, "examples-best");
  gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (self->best), GTK_TOGGLE_BUTTON (self->worst));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->worst), TRUE);
  g_signal_connect_swapped (self->worst, "toggled", G_CALLBACK (order_cb), self);
  gtk_widget_add_css_class (order, "linked");
  gtk_box_append (GTK_BOX (order), self->worst);
  gtk_box_append (GTK_BOX (order), self->best);
  gtk_box_append (GTK_BOX (head), title);
  gtk_box_append (GTK_BOX (head), order);
  return head;
}

static GtkWidget *
make_filter (WbRunExamples *self)
{
  GtkWidget *all = gtk_button_new_with_label (_ ("Show All"));

  self->filter = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  self->filter_label = make_text ("", NULL);
  gtk_widget_set_hexpand (self->filter_label, TRUE);
  gtk_widget_set_name (all, "examples-all");
  g_signal_connect_swapped (all, "clicked", G_CALLBACK (all_cb), self);
  gtk_box_append (GTK_BOX (self->filter), self->filter_label);
  gtk_box_append (GTK_BOX (self->filter), all);
  gtk_widget_set_visible (self->filter, FALSE);
  return self->filter;
}

static void
wb_run_examples_init (WbRunExamples *self)
{
  self->gold = self->predicted = -1;
  self->shown = AT_ONCE;
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  self->list = gtk_list_box_new ();
  self->missing = make_text ("", "dim-label");
  self->more = gtk_button_new_with_label (_ ("Show More"));
  gtk_widget_set_name (self->list, "examples");
  gtk_widget_add_css_class (self->list, "boxed-list");
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Examples"), -1);
  gtk_widget_set_halign (self->more, GTK_ALIGN_CENTER);
  gtk_widget_set_name (self->more, "examples-more");
  g_signal_connect_swapped (self->more, "clicked", G_CALLBACK (more_cb), self);
  gtk_box_append (GTK_BOX (self->box), make_head (self));
  gtk_box_append (GTK_BOX (self->box), make_filter (self));
  gtk_box_append (GTK_BOX (self->box), self->missing);
  gtk_box_append (GTK_BOX (self->box), self->list);
  gtk_box_append (GTK_BOX (self->box), self->more);
}
