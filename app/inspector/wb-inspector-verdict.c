#include "app/inspector/wb-inspector-private.h"

#include <math.h>

#include "engine/train/wb-metrics.h"

/* What a head says of the text, in a few words. */

#define LONGEST_ANSWER ((gsize) 30) /* tokens: as the official SQuAD procedure */

static char *
dup_label (const WbInspector *self, gsize c)
{
  const WbModelConfig *config = wb_inspector_get_config (self);

  if (config->id2label == NULL || c >= config->n_labels)
    return g_strdup_printf ("class %zu", c);
  return g_strdup (config->id2label[c]);
}

static char *
dup_best_class (const WbInspector *self, const float *logits, gsize n)
{
  const gsize        best = (gsize) wb_argmax (logits, n);
  g_autofree char   *label = dup_label (self, best);
  g_autofree double *probabilities = g_new (double, n);

  wb_softmax (logits, n, probabilities);
  return g_strdup_printf ("%s %.3f", label, probabilities[best]);
}

static char *
dup_numbers (const float *logits, gsize n)
{
  GString *text = g_string_new (NULL);

  for (gsize c = 0; c < n; c++)
    g_string_append_printf (text, "%s%.6g", c > 0 ? ", " : "", (double) logits[c]);
  return g_string_free (text, FALSE);
}

/* Every label that is more likely than not. */
static char *
dup_several (const WbInspector *self, const float *logits, gsize n)
{
  GString *text = g_string_new (NULL);

  for (gsize c = 0; c < n; c++)
    {
      g_autofree char *label = dup_label (self, c);

      if (logits[c] > 0)
        g_string_append_printf (text, "%s%s %.3f", text->len > 0 ? ", " : "", label,
                                1 / (1 + exp (-(double) logits[c])));
    }
  if (text->len == 0)
    g_string_append (text, "no label");
  return g_string_free (text, FALSE);
}

/* Every token of the text whose label is not O. */
static char *
dup_token_labels (const WbInspector *self, const float *logits, gsize n_labels)
{
  const gsize n = wb_inspector_get_encoding (self)->n;
  GString    *text = g_string_new (NULL);

  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *token = wb_inspector_dup_token (self, i);
      g_autofree char *label =
          dup_label (self, (gsize) wb_argmax (logits + i * n_labels, n_labels));

      if (!wb_inspector_is_special (self, i) && !g_str_equal (label, "O"))
        g_string_append_printf (text, "%s%s %s", text->len > 0 ? ", " : "", token, label);
    }
  if (text->len == 0)
    g_string_append (text, "every token O");
  return g_string_free (text, FALSE);
}

/* Of a pair an answer is in the second text. */
static gboolean
can_answer (const WbInspector *self, gsize i)
{
  const WbEncoding *encoding = wb_inspector_get_encoding (self);

  return !wb_inspector_is_special (self, i) &&
         (encoding->type_ids[encoding->n - 1] == 0 || encoding->type_ids[i] == 1);
}

/* The best start and end in order; both on [CLS]: no answer. */
static char *
dup_answer (const WbInspector *self, const float *logits)
{
  const gsize n = wb_inspector_get_encoding (self)->n;
  GString    *text = g_string_new (NULL);
  gsize       first = 0, last = 0;
  float       best = logits[0] + logits[1];

  for (gsize i = 1; i < n; i++)
    for (gsize j = i; j < MIN (n, i + LONGEST_ANSWER) && can_answer (self, i); j++)
      if (can_answer (self, j) && logits[2 * i] + logits[2 * j + 1] > best)
        {
          best = logits[2 * i] + logits[2 * j + 1];
          first = i;
          last = j;
        }
  if (first == 0)
    return g_string_free (g_string_append (text, "no answer"), FALSE);
  g_string_append_printf (text, "tokens %zu to %zu:", first, last);
  for (gsize i = first; i <= last; i++)
    {
      g_autofree char *token = wb_inspector_dup_token (self, i);
      g_string_append_printf (text, " %s", token);
    }
  return g_string_free (text, FALSE);
}

char *
wb_inspector_dup_verdict (const WbInspector *self, const WbInspection *inspection)
{
  const float      *logits = wb_inspection_get_logits (inspection);
  const WbHeadSpec *head = wb_inspector_get_head (self);

  if (logits == NULL)
    return NULL;
  switch (head->kind)
    {
    case WB_HEAD_CLASSIFICATION:
    case WB_HEAD_SOFT_CLASSIFICATION:
      return dup_best_class (self, logits, head->n_labels);
    case WB_HEAD_REGRESSION:
      return dup_numbers (logits, head->n_labels);
    case WB_HEAD_MULTI_LABEL:
      return dup_several (self, logits, head->n_labels);
    case WB_HEAD_CHOICE:
      return dup_numbers (logits, 1);
    case WB_HEAD_TOKEN:
      return dup_token_labels (self, logits, head->n_labels);
    case WB_HEAD_SPAN:
      return dup_answer (self, logits);
    case WB_HEAD_MASKED_LM:
    case WB_HEAD_REPLACED_TOKEN:
    default:
      return NULL;
    }
}
