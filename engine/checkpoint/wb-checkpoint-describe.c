#include "config.h"

#include "engine/checkpoint/wb-checkpoint-head.h"

static const char *
architecture_of (const WbModelConfig *config, const WbHeadSpec *head)
{
  const char *family = config->family == WB_FAMILY_V1 ? "Deberta" : "DebertaV2";
  const char *class = head != NULL ? wb_head_kind_get_class (head->kind) : NULL;
  g_autofree char *name = NULL;

  if (config->family == WB_FAMILY_V1 && head != NULL && head->kind == WB_HEAD_CHOICE)
    class = wb_head_kind_get_class (WB_HEAD_CLASSIFICATION);
  name = g_strconcat (family, class != NULL ? class : "Model", NULL);
  return g_intern_string (name);
}

static const char *
problem_of (const WbHeadSpec *head)
{
  switch (head->kind)
    {
    case WB_HEAD_CLASSIFICATION:
      return "single_label_classification";
    case WB_HEAD_REGRESSION:
      return "regression";
    case WB_HEAD_MULTI_LABEL:
      return "multi_label_classification";
    case WB_HEAD_SOFT_CLASSIFICATION:
    case WB_HEAD_TOKEN:
    case WB_HEAD_SPAN:
    case WB_HEAD_CHOICE:
    case WB_HEAD_MASKED_LM:
    case WB_HEAD_REPLACED_TOKEN:
    default:
      return NULL;
    }
}

static gsize
n_labels_of (const WbModelConfig *config, const WbHeadSpec *head)
{
  switch (head->kind)
    {
    case WB_HEAD_CLASSIFICATION:
    case WB_HEAD_REGRESSION:
    case WB_HEAD_SOFT_CLASSIFICATION:
    case WB_HEAD_MULTI_LABEL:
    case WB_HEAD_TOKEN:
      return head->n_labels;
    case WB_HEAD_CHOICE: /* a class of one label says so itself; see architecture_of() */
      return config->family == WB_FAMILY_V1 ? 1 : 0;
    case WB_HEAD_SPAN: /* two, as without names */
    case WB_HEAD_MASKED_LM:
    case WB_HEAD_REPLACED_TOKEN:
    default:
      return 0;
    }
}

void
wb_checkpoint_describe_head (const WbModelConfig *config,
                             const WbHeadSpec    *head,
                             const char *const   *labels,
                             WbModelConfigOutput *out)
{
  *out = (WbModelConfigOutput){ .architecture = architecture_of (config, head),
                                .dtype = WB_DTYPE_F32 };
  if (head == NULL)
    return;
  out->labels = labels;
  out->n_labels = n_labels_of (config, head);
  out->problem_type = problem_of (head);
  out->masked_lm = head->kind == WB_HEAD_MASKED_LM;
  out->legacy = head->lm_layout == WB_LM_LAYOUT_LEGACY;
  out->tied = wb_head_spec_is_tied (head);
}
