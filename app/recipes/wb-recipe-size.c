#include "app/recipes/wb-recipe-private.h"

#include "app/core/wb-app-error.h"
#include "app/library/wb-known-model-private.h"
#include "engine/checkpoint/wb-checkpoint.h"

const char *
wb_recipe_size_find (const WbModelConfig *config)
{
  const WbKnownModel *published = wb_known_model_find (config);

  return published != NULL ? published->size : NULL;
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
