#pragma once

#include "tests/support/wb-test-model.h"

/* Generated labels for every head, which depend on an example's ordinal and a token's place alone,
 * not on how examples are packed. */

#define WB_TEST_LABELS_VOCABULARY 97

typedef struct
{
  GArray *choices;      /* gint32 */
  GArray *groups;       /* gint32 */
  GArray *token_labels; /* gint32 */
  GArray *starts;       /* gint32 */
  GArray *ends;         /* gint32 */
  GArray *targets;      /* float */
} WbTestLabels;

static inline void
wb_test_labels_free (WbTestLabels *self)
{
  GArray *arrays[] = { self->choices, self->groups, self->token_labels,
                       self->starts,  self->ends,   self->targets };

  for (gsize i = 0; i < G_N_ELEMENTS (arrays); i++)
    g_array_unref (arrays[i]);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbTestLabels, wb_test_labels_free)

static inline gint32
wb_test_token_label (const WbHeadSpec *head, guint32 ordinal, gint32 place)
{
  const gint32 o = (gint32) ordinal;

  if (head->kind == WB_HEAD_MASKED_LM) /* every third example has none at all */
    return o % 3 != 2 && (o + place) % 4 == 1 ? (place * 7 + o) % WB_TEST_LABELS_VOCABULARY : -100;
  if (head->kind == WB_HEAD_REPLACED_TOKEN)
    return (o + place) % 5 == 3 ? -1 : (o * 3 + place) / 2 % 2;
  return (o + place) % 4 == 0 ? -100 : (o * 5 + place) % 3;
}

/* Choices are pairs of sequences that lie side by side; an odd one is a group of its own. */
static inline void
wb_test_labels_add_groups (WbTestLabels *self, const WbBatch *batch)
{
  gint32 start = 0;

  g_array_append_val (self->groups, start);
  while ((gsize) start < batch->n_sequences)
    {
      const gint32 right = (gint32) (batch->ordinals[start] / 2 % 2);
      const gint32 label = (gsize) start + 1 < batch->n_sequences ? right : 0;

      start = MIN (start + 2, (gint32) batch->n_sequences);
      g_array_append_val (self->choices, label);
      g_array_append_val (self->groups, start);
    }
}

/* Adds what @head learns from to @batch, whose other arrays are there. */
static inline WbTestLabels *
wb_test_labels_new (const WbHeadSpec *head, WbBatch *batch)
{
  WbTestLabels *self = g_new0 (WbTestLabels, 1);

  self->choices = g_array_new (FALSE, FALSE, sizeof (gint32));
  self->groups = g_array_new (FALSE, FALSE, sizeof (gint32));
  self->token_labels = g_array_new (FALSE, FALSE, sizeof (gint32));
  self->starts = g_array_new (FALSE, FALSE, sizeof (gint32));
  self->ends = g_array_new (FALSE, FALSE, sizeof (gint32));
  self->targets = g_array_new (FALSE, FALSE, sizeof (float));
  wb_test_labels_add_groups (self, batch);
  for (gsize i = 0; i < batch->n_sequences; i++)
    {
      const gint32  n = batch->cu_seqlens[i + 1] - batch->cu_seqlens[i];
      const guint32 o = batch->ordinals[i];
      const gint32  start = o % 4 == 3 ? -1 : (gint32) (o * 3 % (guint32) n);
      const gint32  end = (gint32) (o * 5 % (guint32) (n + 1));

      g_array_append_val (self->starts, start);
      g_array_append_val (self->ends, end);
      for (gint32 t = 0; t < n; t++)
        {
          const gint32 label = wb_test_token_label (head, o, t);

          g_array_append_val (self->token_labels, label);
        }
      for (guint32 c = 0; c < 3; c++)
        {
          const float target = (float) ((o * 5 + c * 3) % 7) / 7;

          g_array_append_val (self->targets, target);
        }
    }
  if (head->kind == WB_HEAD_CHOICE)
    batch->labels = (const gint32 *) self->choices->data;
  batch->groups = (const gint32 *) self->groups->data;
  batch->n_groups = self->groups->len - 1;
  batch->token_labels = (const gint32 *) self->token_labels->data;
  batch->starts = (const gint32 *) self->starts->data;
  batch->ends = (const gint32 *) self->ends->data;
  if (head->n_labels == 3) /* else the batch's own, one each */
    batch->targets = (const float *) self->targets->data;
  return self;
}

/* Every head that computes in another way. */
static const struct
{
  const char *name;
  WbHeadSpec  head;
} wb_test_heads[] = {
  { "soft", { WB_HEAD_SOFT_CLASSIFICATION, 3 } },
  { "several-numbers", { WB_HEAD_REGRESSION, 3 } },
  { "multi-label", { WB_HEAD_MULTI_LABEL, 3 } },
  { "token", { WB_HEAD_TOKEN, 3 } },
  { "span", { WB_HEAD_SPAN } },
  { "choice", { WB_HEAD_CHOICE } },
  { "masked-lm", { WB_HEAD_MASKED_LM } },
  { "masked-lm-untied", { WB_HEAD_MASKED_LM, .untied = TRUE } },
  { "masked-lm-enhanced", { WB_HEAD_MASKED_LM, .lm_layout = WB_LM_LAYOUT_NEW, .enhanced = TRUE } },
  { "replaced-token", { WB_HEAD_REPLACED_TOKEN } },
};
