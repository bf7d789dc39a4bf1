#include "app/library/wb-known-model-private.h"

/* Fact sheet 1.1. */
static const WbKnownModel models[] = {
  { "deberta-base", "base", WB_FAMILY_V1, 768, 12, 12, 3072, 50265, 0 },
  { "deberta-base-mnli", "base", WB_FAMILY_V1, 768, 12, 12, 3072, 50265, 0 },
  { "deberta-large", "large", WB_FAMILY_V1, 1024, 16, 24, 4096, 50265, 0 },
  { "deberta-large-mnli", "large", WB_FAMILY_V1, 1024, 16, 24, 4096, 50265, 0 },
  { "deberta-xlarge", "xlarge", WB_FAMILY_V1, 1024, 16, 48, 4096, 50265, 0 },
  { "deberta-xlarge-mnli", "xlarge", WB_FAMILY_V1, 1024, 16, 48, 4096, 50265, 0 },
  { "deberta-v2-xlarge", "xlarge-v2", WB_FAMILY_V2, 1536, 24, 24, 6144, 128100, 3 },
  { "deberta-v2-xlarge-mnli", "xlarge-v2", WB_FAMILY_V2, 1536, 24, 24, 6144, 128100, 3 },
  { "deberta-v2-xxlarge", "xxlarge-v2", WB_FAMILY_V2, 1536, 24, 48, 6144, 128100, 3 },
  { "deberta-v2-xxlarge-mnli", "xxlarge-v2", WB_FAMILY_V2, 1536, 24, 48, 6144, 128100, 3 },
  { "deberta-v3-xsmall", "deberta-v3-xsmall", WB_FAMILY_V2, 384, 6, 12, 1536, 128100, 0 },
  { "deberta-v3-small", "deberta-v3-small", WB_FAMILY_V2, 768, 12, 6, 3072, 128100, 0 },
  { "deberta-v3-base", "deberta-v3-base", WB_FAMILY_V2, 768, 12, 12, 3072, 128100, 0 },
  { "deberta-v3-large", "deberta-v3-large", WB_FAMILY_V2, 1024, 16, 24, 4096, 128100, 0 },
  { "mdeberta-v3-base", "mdeberta-v3-base", WB_FAMILY_V2, 768, 12, 12, 3072, 251000, 0 },
};

static gboolean
has_shape (const WbKnownModel *model, const WbModelConfig *config)
{
  return config->family == model->family && config->hidden_size == model->hidden &&
         config->n_heads == model->heads && config->n_layers == model->layers &&
         config->intermediate_size == model->intermediate &&
         config->vocab_size == model->vocabulary && config->conv_kernel == model->kernel;
}

const WbKnownModel *
wb_known_model_find (const WbModelConfig *config)
{
  for (gsize i = 0; i < G_N_ELEMENTS (models); i++)
    if (has_shape (&models[i], config))
      return &models[i];
  return NULL;
}

const WbKnownModel *
wb_known_model_find_named (const char *name, const WbModelConfig *config)
{
  for (gsize i = 0; i < G_N_ELEMENTS (models); i++)
    if (g_ascii_strcasecmp (models[i].name, name) == 0 && has_shape (&models[i], config))
      return &models[i];
  return NULL;
}

const char *
wb_known_model_get_family (const WbModelConfig *config)
{
  if (config->family == WB_FAMILY_V1)
    return "v1";
  return config->conv_kernel > 0 ? "v2" : "v3";
}
