/* What an evaluation found, example by example: for people and as JSON. */
#include "app/cli/wb-cli-findings-private.h"

#include <math.h>

#define MOST_EXAMPLES 1000000

gboolean
wb_cli_findings_check (const WbCliFindings *self, int *status)
{
  if (self->examples >= 0 && self->examples <= MOST_EXAMPLES)
    return TRUE;
  *status = wb_cli_usage ("--examples is 0 to %d", MOST_EXAMPLES);
  return FALSE;
}

gboolean
wb_cli_findings_is_wanted (const WbCliFindings *self)
{
  return self->confusion || self->examples > 0;
}

/* ---- for people ---- */

/* Rows are what is so; each cell the count and its share of the row. */
static void
print_confusion (const WbFindings *findings)
{
  const gsize        n = wb_findings_get_n_labels (findings);
  const char *const *labels = wb_findings_get_labels (findings);
  g_autoptr (GPtrArray) headings = g_ptr_array_new ();
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autofree char *align = g_strnfill (n + 1, 'r');

  align[0] = 'l';
  g_ptr_array_add (headings, (gpointer) "IS \\ SAID");
  for (gsize k = 0; k < n; k++)
    g_ptr_array_add (headings, (gpointer) labels[k]);
  for (gsize i = 0; i < n; i++)
    {
      const gsize sum = wb_findings_count_gold (findings, i);
      char      **cells = g_new0 (char *, n + 2);

      cells[0] = g_strdup (labels[i]);
      for (gsize k = 0; k < n; k++)
        cells[k + 1] = g_strdup_printf (
            "%zu (%.0f %%)", wb_findings_count (findings, i, k),
            sum > 0 ? 100.0 * (double) wb_findings_count (findings, i, k) / (double) sum : 0.0);
      g_ptr_array_add (rows, cells);
    }
  wb_cli_print_table ((const char *const *) headings->pdata, align, rows);
}

static void
print_types (const WbFindings *findings)
{
  static const char *const headings[] = { "TYPE",  "PRECISION", "RECALL", "F1",
                                          "THERE", "FOUND",     "RIGHT" };
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  gsize                 n;
  const WbFindingsType *types = wb_findings_get_types (findings, &n);

  for (gsize i = 0; i < n; i++)
    {
      char **cells = g_new0 (char *, 8);

      cells[0] = g_strdup (types[i].name != NULL ? types[i].name : "all");
      cells[1] = g_strdup_printf ("%.4f", types[i].precision);
      cells[2] = g_strdup_printf ("%.4f", types[i].recall);
      cells[3] = g_strdup_printf ("%.4f", types[i].f1);
      cells[4] = g_strdup_printf ("%zu", types[i].gold);
      cells[5] = g_strdup_printf ("%zu", types[i].predicted);
      cells[6] = g_strdup_printf ("%zu", types[i].correct);
      g_ptr_array_add (rows, cells);
    }
  wb_cli_print_table (headings, "lrrrrrr", rows);
}

static void
print_ranges (const WbFindings *findings)
{
  static const char *const headings[] = { "TARGETS", "EXAMPLES", "MEAN", "PREDICTED",
                                          "MEAN ERROR" };
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  gsize                  n;
  const WbFindingsRange *ranges = wb_findings_get_ranges (findings, &n);

  for (gsize i = 0; i < n; i++)
    {
      char **cells = g_new0 (char *, 6);

      cells[0] = g_strdup_printf ("%.3g to %.3g", ranges[i].from, ranges[i].to);
      cells[1] = g_strdup_printf ("%zu", ranges[i].n);
      cells[2] = g_strdup_printf ("%.3f", ranges[i].target);
      cells[3] = g_strdup_printf ("%.3f", ranges[i].value);
      cells[4] = g_strdup_printf ("%.3f", ranges[i].error);
      g_ptr_array_add (rows, cells);
    }
  wb_cli_print_table (headings, "lrrrr", rows);
}

static void
print_what (const WbFindings *findings, const WbFinding *one)
{
  const char *const *labels = wb_findings_get_labels (findings);

  switch (wb_findings_get_kind (findings))
    {
    case WB_FINDINGS_VALUES:
      wb_cli_print ("%.4g, predicted %.4g", one->target, one->value);
      break;
    case WB_FINDINGS_WORDS:
      wb_cli_print ("%d of %d words wrong", one->predicted, one->gold);
      break;
    case WB_FINDINGS_CLASSES:
    default:
      wb_cli_print ("%s, predicted %s", one->gold >= 0 ? labels[one->gold] : "?",
                    labels[one->predicted]);
    }
}

static void
print_example (const WbFindings *findings, gsize index)
{
  const char *const *labels = wb_findings_get_labels (findings);
  const gsize        n = wb_findings_get_n_labels (findings);
  WbFinding          one;

  wb_findings_get (findings, index, &one);
  wb_cli_print ("  %zu  loss %.4f  ", index, one.loss);
  print_what (findings, &one);
  if (wb_findings_get_kind (findings) == WB_FINDINGS_CLASSES)
    {
      g_autofree double *probabilities = g_new (double, n);

      wb_findings_get_probabilities (findings, index, probabilities);
      for (gsize k = 0; k < n; k++)
        wb_cli_print ("%s%s %.4f", k == 0 ? "  (" : ", ", labels[k], probabilities[k]);
      wb_cli_print (")");
    }
  wb_cli_print ("\n");
  if (one.text != NULL)
    wb_cli_print ("      %s\n", one.text);
  if (one.pair != NULL)
    wb_cli_print ("      %s\n", one.pair);
}

static void
print_examples (const WbCliFindings *self, const WbFindings *findings, gboolean worst)
{
  gsize             n;
  g_autofree gsize *indexes =
      wb_findings_rank (findings, worst, -1, -1, FALSE, (gsize) self->examples, &n);

  wb_cli_print (worst ? "greatest loss\n" : "least loss\n");
  for (gsize i = 0; i < n; i++)
    print_example (findings, indexes[i]);
}

void
wb_cli_findings_print (const WbCliFindings *self, const WbFindings *findings)
{
  if (self->confusion && wb_findings_get_kind (findings) == WB_FINDINGS_VALUES)
    print_ranges (findings);
  else if (self->confusion)
    print_confusion (findings);
  if (self->confusion && wb_findings_get_kind (findings) == WB_FINDINGS_WORDS)
    print_types (findings);
  if (self->examples == 0)
    return;
  if (wb_findings_get_missing (findings) != NULL)
    wb_cli_print ("%s\n", wb_findings_get_missing (findings));
  print_examples (self, findings, TRUE);
  print_examples (self, findings, FALSE);
}

/* ---- JSON ---- */

static void
write_confusion (const WbFindings *findings, WbJson *json)
{
  const gsize        n = wb_findings_get_n_labels (findings);
  const char *const *labels = wb_findings_get_labels (findings);

  wb_json_begin_object (json, "confusion");
  wb_json_begin_array (json, "labels");
  for (gsize i = 0; i < n; i++)
    wb_json_text (json, NULL, labels[i]);
  wb_json_end_array (json);
  wb_json_begin_array (json, "counts");
  for (gsize i = 0; i < n; i++)
    {
      wb_json_begin_array (json, NULL);
      for (gsize k = 0; k < n; k++)
        wb_json_integer (json, NULL, (gint64) wb_findings_count (findings, i, k));
      wb_json_end_array (json);
    }
  wb_json_end_array (json);
  wb_json_end_object (json);
}

static void
write_types (const WbFindings *findings, WbJson *json)
{
  gsize                 n;
  const WbFindingsType *types = wb_findings_get_types (findings, &n);

  wb_json_begin_array (json, "entities");
  for (gsize i = 0; i < n; i++)
    {
      wb_json_begin_object (json, NULL);
      wb_json_text (json, "type", types[i].name);
      wb_json_double (json, "precision", types[i].precision);
      wb_json_double (json, "recall", types[i].recall);
      wb_json_double (json, "f1", types[i].f1);
      wb_json_integer (json, "there", (gint64) types[i].gold);
      wb_json_integer (json, "found", (gint64) types[i].predicted);
      wb_json_integer (json, "right", (gint64) types[i].correct);
      wb_json_end_object (json);
    }
  wb_json_end_array (json);
}

static void
write_ranges (const WbFindings *findings, WbJson *json)
{
  gsize                  n;
  const WbFindingsRange *ranges = wb_findings_get_ranges (findings, &n);

  wb_json_begin_array (json, "ranges");
  for (gsize i = 0; i < n; i++)
    {
      wb_json_begin_object (json, NULL);
      wb_json_double (json, "from", ranges[i].from);
      wb_json_double (json, "to", ranges[i].to);
      wb_json_integer (json, "examples", (gint64) ranges[i].n);
      wb_json_double (json, "target", ranges[i].target);
      wb_json_double (json, "predicted", ranges[i].value);
      wb_json_double (json, "error", ranges[i].error);
      wb_json_end_object (json);
    }
  wb_json_end_array (json);
}

static void
write_label (const WbFindings *findings, WbJson *json, const char *key, int label)
{
  wb_json_text (json, key, label >= 0 ? wb_findings_get_labels (findings)[label] : NULL);
}

static void
write_words (const WbFindings *findings, gsize index, WbJson *json)
{
  gsize                     n;
  g_autofree WbFindingWord *words = wb_findings_get_words (findings, index, &n);

  wb_json_begin_array (json, "words");
  for (gsize w = 0; w < n; w++)
    {
      wb_json_begin_object (json, NULL);
      wb_json_integer (json, "start", words[w].start);
      wb_json_integer (json, "end", words[w].end);
      write_label (findings, json, "label", words[w].gold);
      write_label (findings, json, "predicted", words[w].predicted);
      wb_json_double (json, "probability", words[w].probability);
      wb_json_end_object (json);
    }
  wb_json_end_array (json);
}

static void
write_classes (const WbFindings *findings, const WbFinding *one, WbJson *json)
{
  const gsize        n = wb_findings_get_n_labels (findings);
  g_autofree double *probabilities = g_new (double, n);

  wb_findings_get_probabilities (findings, one->index, probabilities);
  write_label (findings, json, "label", one->gold);
  write_label (findings, json, "predicted", one->predicted);
  wb_json_begin_array (json, "probabilities");
  for (gsize k = 0; k < n; k++)
    wb_json_double (json, NULL, probabilities[k]);
  wb_json_end_array (json);
}

static void
write_example (const WbFindings *findings, gsize index, WbJson *json)
{
  WbFinding one;

  wb_findings_get (findings, index, &one);
  wb_json_begin_object (json, NULL);
  wb_json_integer (json, "index", (gint64) index);
  wb_json_double (json, "loss", one.loss);
  if (wb_findings_get_kind (findings) == WB_FINDINGS_WORDS)
    write_words (findings, index, json);
  else if (wb_findings_get_kind (findings) == WB_FINDINGS_CLASSES)
    write_classes (findings, &one, json);
  else
    {
      wb_json_double (json, "target", one.target);
      wb_json_double (json, "predicted", one.value);
    }
  wb_json_text (json, "text", one.text);
  wb_json_text (json, "pair", one.pair);
  wb_json_end_object (json);
}

static void
write_examples (const WbCliFindings *self, const WbFindings *findings, gboolean worst, WbJson *json)
{
  gsize             n;
  g_autofree gsize *indexes =
      wb_findings_rank (findings, worst, -1, -1, FALSE, (gsize) self->examples, &n);

  wb_json_begin_array (json, worst ? "worst" : "best");
  for (gsize i = 0; i < n; i++)
    write_example (findings, indexes[i], json);
  wb_json_end_array (json);
}

void
wb_cli_findings_write (const WbCliFindings *self, const WbFindings *findings, WbJson *json)
{
  if (self->confusion && wb_findings_get_kind (findings) == WB_FINDINGS_VALUES)
    write_ranges (findings, json);
  else if (self->confusion)
    write_confusion (findings, json);
  if (self->confusion && wb_findings_get_kind (findings) == WB_FINDINGS_WORDS)
    write_types (findings, json);
  if (self->examples == 0)
    return;
  write_examples (self, findings, TRUE, json);
  write_examples (self, findings, FALSE, json);
}
