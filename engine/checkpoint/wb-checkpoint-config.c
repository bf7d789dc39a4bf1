#include "config.h"

#include "engine/checkpoint/wb-checkpoint.h"

#include "engine/checkpoint/wb-weights.h"

static gboolean
has_file (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* (transfer full) (nullable): the weights of a folder that has no configuration of its own. */
static WbWeights *
open_weights_alone (const char *path)
{
  if (!g_file_test (path, G_FILE_TEST_IS_DIR) || has_file (path, "config.json") ||
      has_file (path, "model_config.json") || !wb_weights_exist (path))
    return NULL;
  return wb_weights_open (path, NULL);
}

gboolean
wb_checkpoint_has_config_inside (const char *folder)
{
  g_autoptr (WbWeights) weights = open_weights_alone (folder);

  return weights != NULL && wb_weights_get_config (weights) != NULL;
}

WbModelConfig *
wb_checkpoint_load_config (const char *path, GError **error)
{
  g_autoptr (WbWeights) weights = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  weights = open_weights_alone (path);
  if (weights == NULL || wb_weights_get_config (weights) == NULL)
    return wb_model_config_load (path, error);
  return wb_model_config_parse (wb_weights_get_config (weights), -1,
                                wb_weights_get_file (weights, 0), error);
}
