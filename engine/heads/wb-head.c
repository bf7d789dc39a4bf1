#include "config.h"

#include "engine/heads/wb-head.h"

#include "engine/core/wb-engine-error.h"

static const struct
{
  const char *name;
  const char *class;
  gsize    n_outputs; /* 0: the spec's n_labels */
  gboolean tokens;    /* reads every token */
  gboolean smoothing;
  gboolean weights;
} kinds[WB_N_HEAD_KINDS] = {
  [WB_HEAD_CLASSIFICATION] = { "classification", "ForSequenceClassification", 0, FALSE, TRUE,
                               TRUE },
  [WB_HEAD_REGRESSION] = { "regression", "ForSequenceClassification", 0, FALSE, FALSE, FALSE },
  [WB_HEAD_SOFT_CLASSIFICATION] = { "classification with soft labels", "ForSequenceClassification",
                                    0, FALSE, TRUE, TRUE },
  [WB_HEAD_MULTI_LABEL] = { "classification with several labels", "ForSequenceClassification", 0,
                            FALSE, FALSE, TRUE },
  [WB_HEAD_TOKEN] = { "token classification", "ForTokenClassification", 0, TRUE, TRUE, TRUE },
  [WB_HEAD_SPAN] = { "question answering", "ForQuestionAnswering", 2, TRUE, FALSE, FALSE },
  [WB_HEAD_CHOICE] = { "multiple choice", "ForMultipleChoice", 1, FALSE, TRUE, FALSE },
  [WB_HEAD_MASKED_LM] = { "masked language model", "ForMaskedLM", 0, TRUE, TRUE, FALSE },
  [WB_HEAD_REPLACED_TOKEN] = { "replaced token detection", NULL, 1, TRUE, FALSE, FALSE },
};

const char *
wb_head_kind_get_name (WbHeadKind kind)
{
  g_return_val_if_fail ((guint) kind < WB_N_HEAD_KINDS, NULL);

  return kinds[kind].name;
}

const char *
wb_head_kind_get_class (WbHeadKind kind)
{
  g_return_val_if_fail ((guint) kind < WB_N_HEAD_KINDS, NULL);

  return kinds[kind].class;
}

gsize
wb_head_spec_get_n_outputs (const WbHeadSpec *self, const WbModelConfig *config)
{
  if (self->kind == WB_HEAD_MASKED_LM)
    return config->vocab_size;
  return kinds[self->kind].n_outputs > 0 ? kinds[self->kind].n_outputs : self->n_labels;
}

gboolean
wb_head_spec_is_tied (const WbHeadSpec *self)
{
  return self->kind == WB_HEAD_MASKED_LM &&
         !(self->untied && self->lm_layout == WB_LM_LAYOUT_LEGACY);
}

gboolean
wb_head_spec_is_enhanced (const WbHeadSpec *self, const WbModelConfig *config)
{
  return self->kind == WB_HEAD_MASKED_LM && self->enhanced && !config->position_biased_input;
}

gboolean
wb_head_spec_reads_tokens (const WbHeadSpec *self)
{
  return kinds[self->kind].tokens;
}

static gboolean
refuse (GError **error, const WbHeadSpec *self, gint code, const char *what)
{
  g_set_error (error, WB_ENGINE_ERROR, code, "%s: %s", kinds[self->kind].name, what);
  return FALSE;
}

static gboolean
check_options (const WbHeadSpec *self, GError **error)
{
  if (self->label_smoothing < 0 || !(self->label_smoothing < 1))
    return refuse (error, self, WB_ENGINE_ERROR_INVALID,
                   "label smoothing is from 0 up to but not 1");
  if (self->label_smoothing > 0 && !kinds[self->kind].smoothing)
    return refuse (error, self, WB_ENGINE_ERROR_UNSUPPORTED,
                   "label smoothing is not defined for this head");
  if (self->class_weights != NULL && !kinds[self->kind].weights)
    return refuse (error, self, WB_ENGINE_ERROR_UNSUPPORTED,
                   "class weights are not defined for this head");
  return TRUE;
}

gboolean
wb_head_spec_check (const WbHeadSpec *self, const WbModelConfig *config, GError **error)
{
  g_return_val_if_fail (self != NULL && config != NULL, FALSE);

  if ((guint) self->kind >= WB_N_HEAD_KINDS)
    {
      g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID, "There is no head of kind %d",
                   (int) self->kind);
      return FALSE;
    }
  if (wb_head_spec_get_n_outputs (self, config) == 0)
    return refuse (error, self, WB_ENGINE_ERROR_INVALID, "at least one label is needed");
  if (kinds[self->kind].n_outputs == 0 && self->kind != WB_HEAD_MASKED_LM &&
      self->n_labels > WB_MODEL_MAX_LABELS)
    return refuse (error, self, WB_ENGINE_ERROR_INVALID,
                   "at most " G_STRINGIFY (WB_MODEL_MAX_LABELS) " labels are possible");
  if (wb_head_spec_is_enhanced (self, config) && config->embedding_size != config->hidden_size)
    return refuse (error, self, WB_ENGINE_ERROR_UNSUPPORTED,
                   "the enhanced mask decoder adds positions to hidden states, so embedding_size "
                   "must equal hidden_size");
  return check_options (self, error);
}

static gboolean
absent (const WbHeadSpec *self, const char *what, GError **error)
{
  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID, "%s: the batch has no %s",
               kinds[self->kind].name, what);
  return FALSE;
}

/* @labels: (n), below @n_classes or negative */
static gboolean
add_labels (const WbHeadSpec *self,
            const char       *what,
            const gint32     *labels,
            gsize             n,
            gsize             n_classes,
            double           *sum,
            GError          **error)
{
  for (gsize i = 0; i < n; i++)
    {
      if (labels[i] >= (gint64) n_classes)
        {
          g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID,
                       "%s %zu has label %d; the head has %zu", what, i, labels[i], n_classes);
          return FALSE;
        }
      if (labels[i] >= 0)
        *sum += self->class_weights != NULL ? (double) self->class_weights[labels[i]] : 1;
    }
  return TRUE;
}

/* Places beyond the sequence's last token are no labels, negative ones are its first. */
static double
count_places (const WbBatch *part, const gint32 *places)
{
  gsize n = 0;

  for (gsize i = 0; i < part->n_sequences; i++)
    n += places[i] < part->cu_seqlens[i + 1] - part->cu_seqlens[i];
  return (double) n;
}

static gboolean
add_spans (const WbHeadSpec *self, const WbBatch *part, WbLossWeight *weight, GError **error)
{
  if (part->starts == NULL || part->ends == NULL)
    return absent (self, "starts or ends", error);
  weight->sum += count_places (part, part->starts);
  weight->ends += count_places (part, part->ends);
  return TRUE;
}

static gboolean
check_groups (const WbBatch *part, GError **error)
{
  for (gsize g = 0; g < part->n_groups; g++)
    if (part->groups[g + 1] <= part->groups[g])
      {
        g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE, "group %zu has no choices", g);
        return FALSE;
      }
  if (part->groups[0] == 0 && (gsize) part->groups[part->n_groups] == part->n_sequences)
    return TRUE;
  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE,
               "groups of choices from sequence %d to %d, but there are %zu sequences",
               part->groups[0], part->groups[part->n_groups], part->n_sequences);
  return FALSE;
}

static gboolean
add_choices (const WbHeadSpec *self, const WbBatch *part, WbLossWeight *weight, GError **error)
{
  if (part->labels == NULL || part->groups == NULL)
    return absent (self, "labels or groups", error);
  if (!check_groups (part, error))
    return FALSE;
  for (gsize g = 0; g < part->n_groups; g++)
    {
      if (part->labels[g] >= part->groups[g + 1] - part->groups[g])
        {
          g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID,
                       "group %zu has label %d and %d choices", g, part->labels[g],
                       part->groups[g + 1] - part->groups[g]);
          return FALSE;
        }
      weight->sum += part->labels[g] >= 0;
    }
  return TRUE;
}

gboolean
wb_head_spec_add_weight (const WbHeadSpec    *self,
                         const WbModelConfig *config,
                         const WbBatch       *part,
                         WbLossWeight        *weight,
                         GError             **error)
{
  const gsize n = wb_head_spec_get_n_outputs (self, config);

  switch (self->kind)
    {
    case WB_HEAD_REGRESSION:
    case WB_HEAD_MULTI_LABEL:
      weight->sum += (double) (part->n_sequences * n);
      return part->targets != NULL || absent (self, "targets", error);
    case WB_HEAD_SOFT_CLASSIFICATION:
      weight->sum += (double) part->n_sequences;
      return part->targets != NULL || absent (self, "targets", error);
    case WB_HEAD_SPAN:
      return add_spans (self, part, weight, error);
    case WB_HEAD_CHOICE:
      return add_choices (self, part, weight, error);
    case WB_HEAD_TOKEN:
    case WB_HEAD_MASKED_LM:
    case WB_HEAD_REPLACED_TOKEN:
      if (part->token_labels == NULL)
        return absent (self, "labels of tokens", error);
      return add_labels (self, "Token", part->token_labels, part->n_tokens,
                         self->kind == WB_HEAD_REPLACED_TOKEN ? 2 : n, &weight->sum, error);
    case WB_HEAD_CLASSIFICATION:
    default:
      if (part->labels == NULL)
        return absent (self, "labels", error);
      return add_labels (self, "Example", part->labels, part->n_sequences, n, &weight->sum, error);
    }
}

gboolean
wb_head_spec_has_weight (const WbHeadSpec *self, const WbLossWeight *weight)
{
  return weight->sum > 0 && (self->kind != WB_HEAD_SPAN || weight->ends > 0);
}
