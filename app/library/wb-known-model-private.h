#pragma once

#include "engine/model/wb-model-config.h"

G_BEGIN_DECLS

/**
 * WbKnownModel:
 * @name: on Hugging Face, of microsoft: "deberta-v3-small"
 * @size: what recipes call it: "base" (of v1), "xlarge-v2", "deberta-v3-small"
 *
 * A model that the authors released, and its shape; those that were tuned from one have it too.
 */
typedef struct
{
  const char   *name;
  const char   *size;
  WbModelFamily family;
  gsize         hidden, heads, layers, intermediate, vocabulary, kernel;
} WbKnownModel;

/* (nullable): the first with this shape: never an -mnli, which has its base's. */
const WbKnownModel *wb_known_model_find (const WbModelConfig *config);

/* (nullable): the one of that name, when @config has its shape. */
const WbKnownModel *wb_known_model_find_named (const char *name, const WbModelConfig *config);

/* "v1", "v2" (with its convolution), "v3" (mDeBERTa's too) */
const char *wb_known_model_get_family (const WbModelConfig *config);

G_END_DECLS
