#include "app/recipes/wb-recipe-private.h"

#include "app/core/wb-app-error.h"
#include "engine/checkpoint/wb-checkpoint.h"

/* Fact sheet 1.1.  What tells the sizes apart: models tuned from one have its shape too. */
static const struct
{
  const char   *name;
  WbModelFamily family;
  gsize         hidden, heads, layers, intermediate, vocabulary, kernel;
} sizes[] = {
  { "base", WB_FAMILY_V1, 768, 12, 12, 3072, 50265, 0 },
  { "large", WB_FAMILY_V1, 1024, 16, 24, 4096, 50265, 0 },
  { "xlarge", WB_FAMILY_V1, 1024, 16, 48, 4096, 50265, 0 },
  { "xlarge-v2", WB_FAMILY_V2, 1536, 24, 24, 6144, 128100, 3 },
  { "xxlarge-v2", WB_FAMILY_V2, 1536, 24, 48, 6144, 128100, 3 },
  { "deberta-v3-xsmall", WB_FAMILY_V2, 384, 6, 12, 1536, 128100, 0 },
  { "deberta-v3-small", WB_FAMILY_V2, 768, 12, 6, 3072, 128100, 0 },
  { "deberta-v3-base", WB_FAMILY_V2, 768, 12, 12, 3072, 128100, 0 },
  { "deberta-v3-large", WB_FAMILY_V2, 1024, 16, 24, 4096, 128100, 0 },
  { "mdeberta-v3-base", WB_FAMILY_V2, 768, 12, 12, 3072, 251000, 0 },
};

const char *
wb_recipe_size_find (const WbModelConfig *config)
{
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    if (config->family == sizes[i].family && config->hidden_size == sizes[i].hidden &&
        config->n_heads == sizes[i].heads && config->n_layers == sizes[i].layers &&
        config->intermediate_size == sizes[i].intermediate &&
        config->vocab_size == sizes[i].vocabulary && config->conv_kernel == sizes[i].kernel)
      return sizes[i].name;
  return NULL;
}

char *
wb_recipe_dup_size (const char *model, GError **error)
{
  g_autoptr (WbModelConfig) config = wb_checkpoint_load_config (model, error);
  const char *size = config != NULL ? wb_recipe_size_find (config) : NULL;

  if (config != NULL && size == NULL)
    g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
                 "the model has the shape of no published size (%zu layers, %zu wide, %zu heads, "
                 "%zu pieces)",
                 config->n_layers, config->hidden_size, config->n_heads, config->vocab_size);
  return g_strdup (size);
}
