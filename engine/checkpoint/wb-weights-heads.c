#include "config.h"

#include "engine/checkpoint/wb-weights.h"

/* One tensor that a head cannot be without. */
static const struct
{
  const char    *tensor;
  WbWeightsHeads head;
} signs[] = {
  { "pooler.dense.weight", WB_WEIGHTS_HEAD_POOLER },
  { "classifier.weight", WB_WEIGHTS_HEAD_CLASSIFIER },
  { "qa_outputs.weight", WB_WEIGHTS_HEAD_QA },
  { "cls.predictions.transform.dense.weight", WB_WEIGHTS_HEAD_MLM_LEGACY },
  { "lm_predictions.lm_head.dense.weight", WB_WEIGHTS_HEAD_MLM },
  { "mask_predictions.classifier.weight", WB_WEIGHTS_HEAD_RTD },
  { "proj.weight", WB_WEIGHTS_HEAD_PROJ },
};

WbWeightsHeads
wb_weights_get_heads (const WbWeights *self, gsize *n_labels)
{
  const WbWeight *classifier = wb_weights_find (self, "classifier.weight");
  WbWeightsHeads  heads = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (signs); i++)
    if (wb_weights_find (self, signs[i].tensor) != NULL)
      heads |= signs[i].head;
  if (n_labels != NULL)
    *n_labels = classifier != NULL && classifier->n_dims == 2 ? classifier->dims[0] : 0;
  return heads;
}
