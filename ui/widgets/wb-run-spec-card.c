#include "config.h"

#include "ui/widgets/wb-run-spec-card.h"

#include "ui/widgets/wb-format.h"
#include "ui/widgets/wb-length-histogram.h"
#include "ui/widgets/wb-share-bar.h"

#include <glib/gi18n-lib.h>

struct _WbRunSpecCard
{
  GtkWidget parent_instance;

  GtkLabel *runs, *command;
  GtkBox   *estimates, *problems, *lengths;
  GtkLabel *lengths_text;
  char     *command_line; /* as it is copied */

  WbLengthHistogram *histogram;
  WbRunSpec         *spec;
  char              *lengths_key; /* what is shown, or being measured; NULL: nothing */
  GCancellable      *measuring;
};

enum
{
  PROBLEM_ACTIVATED,
  COPIED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbRunSpecCard, wb_run_spec_card, GTK_TYPE_WIDGET)

static void
empty (GtkBox *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (box))) != NULL)
    gtk_box_remove (box, child);
}

/* @key: (nullable): what stands before the title, then a part of the line above */
static void
add_line (WbRunSpecCard *self,
          GtkWidget     *key,
          const char    *name,
          const char    *title,
          const char    *value)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, key != NULL ? 8 : 12);
  GtkWidget *left = gtk_label_new (title), *right = gtk_label_new (value);

  if (key != NULL)
    gtk_box_append (GTK_BOX (line), key);
  gtk_widget_set_hexpand (left, TRUE);
  gtk_label_set_xalign (GTK_LABEL (left), 0);
  gtk_widget_set_valign (left, GTK_ALIGN_START);
  gtk_widget_add_css_class (left, "dim-label");
  gtk_label_set_xalign (GTK_LABEL (right), 1);
  gtk_label_set_wrap (GTK_LABEL (right), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (right), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (right, "numeric");
  gtk_widget_set_name (right, name);
  if (key != NULL)
    {
      gtk_widget_add_css_class (left, "caption");
      gtk_widget_add_css_class (right, "caption");
    }
  gtk_box_append (GTK_BOX (line), left);
  gtk_box_append (GTK_BOX (line), right);
  gtk_box_append (self->estimates, line);
}

static char *
of_text (guint64 needed, guint64 there)
{
  g_autofree char *a = wb_format_bytes (needed), *b = wb_format_bytes (there);

  /* Translators: memory or disk space, "2.3 GB of 22.1 GB" */
  return there > 0 && there < G_MAXUINT64 ? g_strdup_printf (_ ("%s of %s"), a, b)
                                          : g_steal_pointer (&a);
}

/* What takes how much, and of how much. */
static void
show_memory (WbRunSpecCard *self, const WbRunEstimate *estimate)
{
  const struct
  {
    const char *name, *title;
    guint64     bytes;
  } parts[] = {
    { "card-weights", _ ("Weights"), estimate->weights },
    { "card-gradients", _ ("Gradients"), estimate->gradients },
    { "card-optimizer", _ ("Optimizer"), estimate->optimizer },
    { "card-activations", _ ("Activations"), estimate->activations },
    { "card-working", _ ("Working memory"), estimate->working },
  };
  double           values[G_N_ELEMENTS (parts)];
  GtkWidget       *bar = wb_share_bar_new ();
  g_autofree char *memory = of_text (estimate->memory, estimate->memory_available);

  add_line (self, NULL, "card-memory", _ ("Memory"), memory);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    values[i] = (double) parts[i].bytes;
  gtk_widget_set_name (bar, "card-memory-bar");
  wb_share_bar_set (WB_SHARE_BAR (bar), values, G_N_ELEMENTS (parts),
                    (double) estimate->memory_available, memory);
  gtk_box_append (self->estimates, bar);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *bytes = wb_format_bytes (parts[i].bytes);
      add_line (self, wb_share_bar_new_key (i), parts[i].name, parts[i].title, bytes);
    }
}

/* Of all runs together; where no earlier run says, that. */
static void
show_time (WbRunSpecCard *self, const WbRunEstimate *estimate, guint n_runs)
{
  g_autofree char *span = wb_format_span (estimate->seconds * MAX (n_runs, 1));
  const char      *from = NULL;

  if (estimate->source == WB_RUN_ESTIMATE_NONE && estimate->steps == 0)
    return;
  if (estimate->source == WB_RUN_ESTIMATE_STEPS)
    from = _ ("From measured steps of such a run on this machine");
  else if (estimate->source == WB_RUN_ESTIMATE_RATE)
    from = _ ("From the rate of an earlier run on this machine");
  add_line (self, NULL, "card-time", _ ("Expected time"),
            from != NULL ? span : _ ("known after a first run"));
  gtk_widget_set_tooltip_text (gtk_widget_get_last_child (GTK_WIDGET (self->estimates)), from);
}

static void
show_lengths (WbRunSpecCard *self, WbRunSpec *spec, const WbRunEstimate *estimate)
{
  WbRunLengths    *lengths = wb_run_spec_get_lengths (spec);
  const gboolean   known = lengths != NULL && wb_run_lengths_get_n (lengths) > 0;
  g_autofree char *text = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->lengths), known || self->measuring != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->histogram), known);
  wb_length_histogram_set (self->histogram, known ? lengths : NULL, (guint32) estimate->max_length);
  if (known)
    text = wb_length_histogram_describe (lengths, (guint32) estimate->max_length);
  gtk_label_set_label (self->lengths_text,
                       text != NULL ? text : _ ("Counting the tokens of the training file…"));
}

static void
show_estimates (WbRunSpecCard *self, WbRunSpec *spec, guint n_runs)
{
  WbRunEstimate    estimate = { 0 };
  g_autofree char *examples = NULL, *steps = NULL, *parameters = NULL, *disk = NULL;

  wb_run_spec_estimate (spec, &estimate);
  show_lengths (self, spec, &estimate);
  empty (self->estimates);
  examples = wb_format_count (estimate.examples);
  steps = wb_format_count (estimate.steps);
  parameters = wb_format_count (estimate.parameters);
  disk = of_text (estimate.disk, estimate.disk_free);
  if (estimate.examples > 0)
    add_line (self, NULL, "card-examples", _ ("Examples"), examples);
  if (estimate.steps > 0)
    add_line (self, NULL, "card-steps", _ ("Steps"), steps);
  if (estimate.parameters > 0)
    add_line (self, NULL, "card-parameters", _ ("Parameters"), parameters);
  if (estimate.parameters > 0)
    show_time (self, &estimate, n_runs);
  if (estimate.disk > 0)
    add_line (self, NULL, "card-disk", _ ("Disk"), disk);
  if (estimate.memory > 0)
    show_memory (self, &estimate);
  gtk_widget_set_visible (GTK_WIDGET (self->estimates),
                          gtk_widget_get_first_child (GTK_WIDGET (self->estimates)) != NULL);
}

static void
measured_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WbRunSpecCard) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WbRunLengths) lengths =
      wb_run_spec_measure_lengths_finish (WB_RUN_SPEC (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->spec == NULL)
    return; /* of another choice by now */
  g_clear_object (&self->measuring);
  wb_run_spec_set_lengths (self->spec, lengths); /* none: the check says what is wrong */
  show_estimates (self, self->spec, wb_run_spec_count_runs (self->spec));
}

static void
forget_lengths (WbRunSpecCard *self)
{
  if (self->measuring != NULL)
    g_cancellable_cancel (self->measuring);
  g_clear_object (&self->measuring);
  g_clear_pointer (&self->lengths_key, g_free);
}

/* Another model or training file is measured; another maximum length is not. */
static void
update_lengths (WbRunSpecCard *self, WbRunSpec *spec)
{
  g_autofree char *key = wb_run_spec_dup_lengths_key (spec);

  g_set_object (&self->spec, spec);
  if (g_strcmp0 (key, self->lengths_key) == 0)
    return;
  forget_lengths (self);
  wb_run_spec_set_lengths (spec, NULL);
  self->lengths_key = g_steal_pointer (&key);
  if (self->lengths_key == NULL)
    return;
  self->measuring = g_cancellable_new ();
  wb_run_spec_measure_lengths_async (spec, self->measuring, measured_cb, g_object_ref (self));
}

static void
problem_clicked_cb (GtkButton *button, WbRunSpecCard *self)
{
  g_signal_emit (self, signals[PROBLEM_ACTIVATED], 0,
                 g_object_get_data (G_OBJECT (button), "field"));
}

/* A line that leads to its field. */
static void
add_problem (WbRunSpecCard *self, const WbRunProblem *problem)
{
  GtkWidget *button = gtk_button_new (), *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *icon = gtk_image_new_from_icon_name (problem->blocks ? "dialog-error-symbolic"
                                                                  : "dialog-warning-symbolic");
  GtkWidget *label = gtk_label_new (problem->message);

  gtk_widget_set_valign (icon, GTK_ALIGN_START);
  gtk_widget_add_css_class (icon, problem->blocks ? "error" : "warning");
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_width_chars (GTK_LABEL (label), 20);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 28);
  gtk_box_append (GTK_BOX (line), icon);
  gtk_box_append (GTK_BOX (line), label);
  gtk_button_set_child (GTK_BUTTON (button), line);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "problem");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  problem->message, -1);
  g_object_set_data_full (G_OBJECT (button), "field", g_strdup (problem->field), g_free);
  g_signal_connect_object (button, "clicked", G_CALLBACK (problem_clicked_cb), self, 0);
  gtk_box_append (self->problems, button);
}

/* An option a line, still a command that a shell understands. */
static void
show_command (WbRunSpecCard *self, WbRunSpec *spec)
{
  g_auto (GStrv) options = NULL;
  g_autofree char *text = NULL;

  g_free (self->command_line);
  self->command_line = wb_run_spec_dup_command_line (spec);
  options = g_strsplit (self->command_line, " --", -1);
  text = g_strjoinv (" \\\n  --", options);
  gtk_label_set_label (self->command, text);
}

void
wb_run_spec_card_update (WbRunSpecCard *self, WbRunSpec *spec, GPtrArray *problems)
{
  const guint      n = wb_run_spec_count_runs (spec);
  g_autofree char *runs = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "%'u run", "%'u runs", MAX (n, 1)), MAX (n, 1));

  g_return_if_fail (WB_IS_RUN_SPEC_CARD (self));

  gtk_label_set_label (self->runs, runs);
  show_command (self, spec);
  update_lengths (self, spec);
  show_estimates (self, spec, n);
  empty (self->problems);
  for (guint i = 0; i < problems->len; i++)
    add_problem (self, problems->pdata[i]);
  gtk_widget_set_visible (GTK_WIDGET (self->problems), problems->len > 0);
}

static void
copy_cb (WbRunSpecCard *self)
{
  if (self->command_line == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->command_line);
  g_signal_emit (self, signals[COPIED], 0);
}

static void
wb_run_spec_card_dispose (GObject *object)
{
  GtkWidget *child;

  forget_lengths (WB_RUN_SPEC_CARD (object));
  g_clear_object (&WB_RUN_SPEC_CARD (object)->spec);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (wb_run_spec_card_parent_class)->dispose (object);
}

static void
wb_run_spec_card_finalize (GObject *object)
{
  g_free (WB_RUN_SPEC_CARD (object)->command_line);
  G_OBJECT_CLASS (wb_run_spec_card_parent_class)->finalize (object);
}

static void
wb_run_spec_card_class_init (WbRunSpecCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_run_spec_card_dispose;
  G_OBJECT_CLASS (klass)->finalize = wb_run_spec_card_finalize;
  signals[PROBLEM_ACTIVATED] =
      g_signal_new ("problem-activated", WB_TYPE_RUN_SPEC_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[COPIED] = g_signal_new ("copied", WB_TYPE_RUN_SPEC_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
  g_type_ensure (WB_TYPE_LENGTH_HISTOGRAM);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/DebertaWorkbench/wb-run-spec-card.ui");
  gtk_widget_class_bind_template_child (widget_class, WbRunSpecCard, runs);
  gtk_widget_class_bind_template_child (widget_class, WbRunSpecCard, command);
  gtk_widget_class_bind_template_child (widget_class, WbRunSpecCard, estimates);
  gtk_widget_class_bind_template_child (widget_class, WbRunSpecCard, problems);
  gtk_widget_class_bind_template_child (widget_class, WbRunSpecCard, lengths);
  gtk_widget_class_bind_template_child (widget_class, WbRunSpecCard, lengths_text);
  gtk_widget_class_bind_template_child (widget_class, WbRunSpecCard, histogram);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
}

static void
wb_run_spec_card_init (WbRunSpecCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_direction (GTK_WIDGET (self->command), GTK_TEXT_DIR_LTR); /* a shell's, always */
}
