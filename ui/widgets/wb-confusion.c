#include "config.h"

#include "ui/widgets/wb-confusion.h"

#include <glib/gi18n-lib.h>

#define MOST_IN_TABLE 12 /* labels; above, the pairs that are mistaken most often */
#define MOST_PAIRS 20

struct _WbConfusion
{
  GtkWidget parent_instance;

  GtkWidget  *scrolled;
  WbFindings *findings;
};

enum
{
  CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbConfusion, wb_confusion, GTK_TYPE_WIDGET)

static GtkWidget *
make_label (const char *text, float xalign, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), xalign);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 24);
  gtk_widget_set_tooltip_text (label, text);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  return label;
}

static void
chosen_cb (GtkWidget *button, WbConfusion *self)
{
  const guint pair = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "pair"));
  const guint n = (guint) wb_findings_get_n_labels (self->findings);

  g_signal_emit (self, signals[CHOSEN], 0, (int) (pair / n), (int) (pair % n));
}

/* The more of its row, the stronger. */
static void
tint (GtkWidget *button, gboolean right, double share)
{
  static const char *const steps[] = { "share-0", "share-1", "share-2", "share-3", "share-4" };

  gtk_widget_add_css_class (button, right ? "right" : "wrong");
  gtk_widget_add_css_class (button, steps[(int) (CLAMP (share, 0, 0.999) * 5)]);
}

static GtkWidget *
make_cell (WbConfusion *self, gsize gold, gsize predicted)
{
  const char *const *labels = wb_findings_get_labels (self->findings);
  const gsize        n = wb_findings_get_n_labels (self->findings);
  const gsize        count = wb_findings_count (self->findings, gold, predicted);
  const gsize        sum = wb_findings_count_gold (self->findings, gold);
  const double       share = sum > 0 ? (double) count / (double) sum : 0;
  GtkWidget         *button = gtk_button_new ();
  GtkWidget         *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autofree char   *count_text = g_strdup_printf ("%'zu", count);
  g_autofree char   *share_text = g_strdup_printf (_ ("%.0f %%"), share * 100);
  g_autofree char   *name = g_strdup_printf (_ ("%s taken for %s: %zu, %.0f %% of its row"),
                                             labels[gold], labels[predicted], count, share * 100);

  gtk_box_append (GTK_BOX (box), make_label (count_text, 0.5, "numeric"));
  gtk_box_append (GTK_BOX (box), make_label (share_text, 0.5, "caption"));
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_add_css_class (button, "confusion-cell");
  gtk_widget_set_hexpand (button, TRUE);
  tint (button, gold == predicted, count == 0 ? 0 : share);
  gtk_widget_set_sensitive (button, count > 0);
  g_object_set_data (G_OBJECT (button), "pair", GUINT_TO_POINTER ((guint) (gold * n + predicted)));
  g_signal_connect (button, "clicked", G_CALLBACK (chosen_cb), self);
  return button;
}

static GtkWidget *
make_matrix (WbConfusion *self)
{
  const int          n = (int) wb_findings_get_n_labels (self->findings);
  const char *const *labels = wb_findings_get_labels (self->findings);
  GtkWidget         *grid = gtk_grid_new ();

  gtk_grid_set_row_spacing (GTK_GRID (grid), 4);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 4);
  for (int k = 0; k < n; k++)
    gtk_grid_attach (GTK_GRID (grid), make_label (labels[k], 0.5, "dim-label"), k + 1, 0, 1, 1);
  for (int i = 0; i < n; i++)
    {
      gtk_grid_attach (GTK_GRID (grid), make_label (labels[i], 0, NULL), 0, i + 1, 1, 1);
      for (int k = 0; k < n; k++)
        gtk_grid_attach (GTK_GRID (grid), make_cell (self, (gsize) i, (gsize) k), k + 1, i + 1, 1,
                         1);
    }
  return grid;
}

typedef struct
{
  gsize count;
  guint gold, predicted;
} Pair;

static int
compare_pairs (gconstpointer a, gconstpointer b)
{
  const Pair *x = a, *y = b;
  return (y->count > x->count) - (y->count < x->count);
}

static GArray *
find_pairs (WbConfusion *self)
{
  const guint n = (guint) wb_findings_get_n_labels (self->findings);
  GArray     *pairs = g_array_new (FALSE, FALSE, sizeof (Pair));

  for (guint i = 0; i < n; i++)
    for (guint k = 0; k < n; k++)
      {
        const Pair pair = { wb_findings_count (self->findings, i, k), i, k };
        if (i != k && pair.count > 0)
          g_array_append_val (pairs, pair);
      }
  g_array_sort (pairs, compare_pairs);
  g_array_set_size (pairs, MIN (pairs->len, MOST_PAIRS));
  return pairs;
}

static GtkWidget *
make_pairs (WbConfusion *self)
{
  const char *const *labels = wb_findings_get_labels (self->findings);
  GtkWidget         *grid = gtk_grid_new ();
  g_autoptr (GArray) pairs = find_pairs (self);

  gtk_grid_set_row_spacing (GTK_GRID (grid), 4);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 18);
  gtk_grid_attach (GTK_GRID (grid), make_label (_ ("Label"), 0, "dim-label"), 0, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), make_label (_ ("Predicted"), 0, "dim-label"), 1, 0, 1, 1);
  for (guint i = 0; i < pairs->len; i++)
    {
      const Pair *pair = &g_array_index (pairs, Pair, i);
      GtkWidget  *gold = make_label (labels[pair->gold], 0, NULL);
      GtkWidget  *predicted = make_label (labels[pair->predicted], 0, NULL);

      gtk_grid_attach (GTK_GRID (grid), gold, 0, (int) i + 1, 1, 1);
      gtk_grid_attach (GTK_GRID (grid), predicted, 1, (int) i + 1, 1, 1);
      gtk_grid_attach (GTK_GRID (grid), make_cell (self, pair->gold, pair->predicted), 2,
                       (int) i + 1, 1, 1);
    }
  return grid;
}

void
wb_confusion_set_findings (WbConfusion *self, WbFindings *findings)
{
  GtkWidget *child = NULL;

  g_return_if_fail (WB_IS_CONFUSION (self));

  g_clear_pointer (&self->findings, wb_findings_unref);
  if (findings != NULL && wb_findings_get_n_labels (findings) > 0)
    {
      self->findings = wb_findings_ref (findings);
      child = wb_findings_get_n_labels (findings) <= MOST_IN_TABLE ? make_matrix (self)
                                                                   : make_pairs (self);
    }
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), child);
}

GtkWidget *
wb_confusion_make_table (char **cells, guint n_columns, gboolean total)
{
  GtkWidget  *grid = gtk_grid_new ();
  const guint n_rows = g_strv_length (cells) / n_columns;

  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 18);
  for (guint r = 0; r < n_rows; r++)
    for (guint c = 0; c < n_columns; c++)
      {
        GtkWidget *label =
            make_label (cells[r * n_columns + c], c == 0 ? 0 : 1, r == 0 ? "dim-label" : "numeric");

        if (total && r + 1 == n_rows)
          gtk_widget_add_css_class (label, "heading");
        gtk_widget_set_hexpand (label, c > 0);
        gtk_grid_attach (GTK_GRID (grid), label, (int) c, (int) r, 1, 1);
      }
  return grid;
}

static void
wb_confusion_dispose (GObject *object)
{
  WbConfusion *self = WB_CONFUSION (object);

  g_clear_pointer (&self->scrolled, gtk_widget_unparent);
  g_clear_pointer (&self->findings, wb_findings_unref);
  G_OBJECT_CLASS (wb_confusion_parent_class)->dispose (object);
}

static void
wb_confusion_class_init (WbConfusionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_confusion_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
  signals[CHOSEN] = g_signal_new ("chosen", WB_TYPE_CONFUSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_INT);
}

static void
wb_confusion_init (WbConfusion *self)
{
  self->scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scrolled), GTK_POLICY_AUTOMATIC,
                                  GTK_POLICY_NEVER);
  gtk_widget_set_parent (self->scrolled, GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Which label was taken for which"), -1);
}
