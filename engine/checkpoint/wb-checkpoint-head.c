#include "config.h"

#include "engine/checkpoint/wb-checkpoint-head.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* (transfer full) (nullable): the first of config.json's architectures. */
static char *
dup_architecture (const WbModelConfig *config)
{
  g_autoptr (JsonNode) root = json_from_string (config->json, NULL); /* it was parsed before */
  JsonNode  *node = NULL;
  JsonArray *names;

  if (root != NULL && JSON_NODE_HOLDS_OBJECT (root))
    node = json_object_get_member (json_node_get_object (root), "architectures");
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return NULL;
  names = json_node_get_array (node);
  if (json_array_get_length (names) == 0)
    return NULL;
  node = json_array_get_element (names, 0);
  return json_node_get_value_type (node) == G_TYPE_STRING ? json_node_dup_string (node) : NULL;
}

static WbHeadKind
kind_of_classifier (const WbModelConfig *config, const char *architecture, gsize n_labels)
{
  const char *problem = config->problem_type != NULL ? config->problem_type : "";

  if (n_labels == 1 && g_str_has_suffix (architecture, "ForMultipleChoice"))
    return WB_HEAD_CHOICE;
  if (strcmp (problem, "multi_label_classification") == 0)
    return WB_HEAD_MULTI_LABEL;
  if (strcmp (problem, "regression") == 0 || n_labels == 1)
    return WB_HEAD_REGRESSION;
  return WB_HEAD_CLASSIFICATION;
}

static gboolean
is_untied (const WbWeights *weights, const WbModelConfig *config)
{
  return !config->tie_word_embeddings &&
         wb_weights_find (weights, "cls.predictions.decoder.weight") != NULL;
}

/* The heads of @weights; a classifier that is not (labels, hidden_size), whatever its name, is
 * none: nothing but a tensor of that many numbers says how many labels there are. */
static WbWeightsHeads
find_heads (const WbWeights *weights, const WbModelConfig *config, gsize *n_labels)
{
  const WbWeight      *classifier = wb_weights_find (weights, "classifier.weight");
  const WbWeightsHeads heads = wb_weights_get_heads (weights, n_labels);

  if (classifier == NULL ||
      (classifier->n_dims == 2 && classifier->dims[0] > 0 &&
       classifier->dims[1] == config->hidden_size && wb_weight_type_size (classifier->type) > 0))
    return heads;
  *n_labels = 0;
  return heads & ~(WbWeightsHeads) WB_WEIGHTS_HEAD_CLASSIFIER;
}

/* Whether @weights has a head of @kind; fills @head. */
static gboolean
try_kind (const WbWeights     *weights,
          const WbModelConfig *config,
          WbWeightsHeads       heads,
          WbHeadKind           kind,
          WbHeadSpec          *head)
{
  const WbWeightsHeads classifier = WB_WEIGHTS_HEAD_POOLER | WB_WEIGHTS_HEAD_CLASSIFIER;

  head->kind = kind;
  switch (kind)
    {
    case WB_HEAD_CLASSIFICATION:
      return (heads & (classifier | WB_WEIGHTS_HEAD_PROJ)) == classifier;
    case WB_HEAD_TOKEN:
      return (heads & (classifier | WB_WEIGHTS_HEAD_PROJ)) == WB_WEIGHTS_HEAD_CLASSIFIER;
    case WB_HEAD_SPAN:
      return (heads & WB_WEIGHTS_HEAD_QA) != 0;
    case WB_HEAD_MASKED_LM:
      head->lm_layout = (heads & WB_WEIGHTS_HEAD_MLM) != 0 ? WB_LM_LAYOUT_NEW : WB_LM_LAYOUT_LEGACY;
      head->untied = head->lm_layout == WB_LM_LAYOUT_LEGACY && is_untied (weights, config);
      return (heads & (WB_WEIGHTS_HEAD_MLM | WB_WEIGHTS_HEAD_MLM_LEGACY)) != 0;
    case WB_HEAD_REPLACED_TOKEN:
      return (heads & WB_WEIGHTS_HEAD_RTD) != 0;
    case WB_HEAD_REGRESSION:
    case WB_HEAD_SOFT_CLASSIFICATION:
    case WB_HEAD_MULTI_LABEL:
    case WB_HEAD_CHOICE:
    default:
      return FALSE;
    }
}

gboolean
wb_checkpoint_find_head (const WbWeights *weights, const WbModelConfig *config, WbHeadSpec *head)
{
  static const WbHeadKind order[] = { WB_HEAD_CLASSIFICATION, WB_HEAD_SPAN, WB_HEAD_TOKEN,
                                      WB_HEAD_MASKED_LM, WB_HEAD_REPLACED_TOKEN };
  gsize                   n_labels = 0;
  const WbWeightsHeads    heads = find_heads (weights, config, &n_labels);
  g_autofree char        *written = dup_architecture (config);
  const char             *architecture = written != NULL ? written : "";
  int                     found = -1;

  *head = (WbHeadSpec){ .n_labels = n_labels };
  for (gsize i = G_N_ELEMENTS (order); i > 0; i--)
    {
      const WbHeadKind kind = order[i - 1];
      const char *class = wb_head_kind_get_class (kind);

      if (!try_kind (weights, config, heads, kind, head))
        continue;
      found = (int) kind;
      if (class != NULL && g_str_has_suffix (architecture, class))
        break;
    }
  *head = (WbHeadSpec){ .n_labels = n_labels };
  if (found < 0)
    return FALSE;
  try_kind (weights, config, heads, (WbHeadKind) found, head);
  if (head->kind == WB_HEAD_CLASSIFICATION)
    head->kind = kind_of_classifier (config, architecture, n_labels);
  return TRUE;
}
