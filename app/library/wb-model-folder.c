#include "app/library/wb-model-folder-private.h"

#include <stdlib.h>
#include <string.h>

#include "app/core/wb-app-error.h"
#include "engine/checkpoint/wb-checkpoint.h"
#include "engine/checkpoint/wb-weights.h"
#include "engine/core/wb-engine-error.h"
#include "engine/files/wb-file.h"
#include "engine/tokenizer/wb-tokenizer.h"

static gboolean
has_file (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_IS_REGULAR);
}

/* ---- configuration ---- */

static const char *const config_names[] = { "config.json", "model_config.json" };

char *
wb_model_folder_dup_config_path (const char *folder)
{
  for (gsize i = 0; i < G_N_ELEMENTS (config_names); i++)
    if (has_file (folder, config_names[i]))
      return g_build_filename (folder, config_names[i], NULL);
  return g_build_filename (folder, config_names[0], NULL);
}

gboolean
wb_model_folder_is_one (const char *folder)
{
  return has_file (folder, config_names[0]) || has_file (folder, config_names[1]) ||
         wb_checkpoint_has_config_inside (folder);
}

gboolean
wb_model_folder_is_deberta (const char *folder)
{
  g_autofree char *path = wb_model_folder_dup_config_path (folder);
  g_autoptr (JsonNode) root = wb_json_load (path, NULL);
  JsonObject *object =
      root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  JsonNode *type = object != NULL ? json_object_get_member (object, "model_type") : NULL;

  return type != NULL && json_node_get_value_type (type) == G_TYPE_STRING &&
         g_str_has_prefix (json_node_get_string (type), "deberta");
}

/* A folder that holds something else is told by what it holds. */
static gboolean
refuse_folder (const char *folder, GError **error)
{
  const char *why = "there is no config.json: give the folder that has it, the whole download";

  if (!g_file_test (folder, G_FILE_TEST_EXISTS))
    why = "there is no such folder";
  else if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    why = "is a file; give the folder it is in";
  else if (has_file (folder, "adapter_config.json"))
    why = "is an adapter (LoRA or the like), not a model: merge it into its model (peft's "
          "merge_and_unload) and save that";
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_MISSING, "%s: %s", folder, why);
  return FALSE;
}

static WbModelConfig *
load_config (const char *folder, const char *config_path, GError **error)
{
  if (config_path == NULL && !wb_model_folder_is_one (folder) && !refuse_folder (folder, error))
    return NULL;
  return wb_checkpoint_load_config (config_path != NULL ? config_path : folder, error);
}

/* ---- weights ---- */

static gboolean
refuse_weights (const char *folder, GError **error)
{
  const char *framework;
  const char *foreign = wb_weights_find_foreign (folder, &framework);

  if (foreign != NULL)
    g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_MISSING,
                 "%s: there are only %s's weights (%s): put model.safetensors or "
                 "pytorch_model.bin there",
                 folder, framework, foreign);
  else
    g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_MISSING,
                 "%s: there are no weights: put model.safetensors or pytorch_model.bin there",
                 folder);
  return FALSE;
}

static gboolean
check_weights (const char *folder, const WbModelConfig *config, GError **error)
{
  if (!wb_weights_exist (folder))
    return refuse_weights (folder, error);
  return wb_checkpoint_check (folder, config, error);
}

/* ---- tokenizer ---- */

static gboolean
is_v1 (const WbModelConfig *config)
{
  return strcmp (config->model_type, "deberta") == 0;
}

static gboolean
check_vocabulary (const char *folder, const WbModelConfig *config, GError **error)
{
  g_auto (GStrv) files = wb_tokenizer_find_files (folder);
  const gboolean vocabulary = has_file (folder, "vocab.json");

  if (files[0] != NULL)
    return TRUE;
  if (vocabulary != has_file (folder, "merges.txt"))
    g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_MISSING,
                 "%s: there is %s, but no %s beside it: both are needed", folder,
                 vocabulary ? "vocab.json" : "merges.txt",
                 vocabulary ? "merges.txt" : "vocab.json");
  else
    g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_MISSING,
                 "%s: there is no tokenizer: put the model's %s there", folder,
                 is_v1 (config) ? "vocab.json and merges.txt (or bpe_encoder.bin)"
                                : "spm.model (or tokenizer.json)");
  return FALSE;
}

gboolean
wb_model_folder_check_ids (const char          *folder,
                           const WbTokenizer   *tokenizer,
                           const WbModelConfig *config,
                           GError             **error)
{
  if (wb_tokenizer_get_n_ids (tokenizer) <= config->vocab_size)
    return TRUE;
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_INVALID,
               "%s: the tokenizer has %zu tokens, the model only %zu rows for them (vocab_size): "
               "they are not of the same model",
               folder, wb_tokenizer_get_n_ids (tokenizer), config->vocab_size);
  return FALSE;
}

WbTokenizer *
wb_model_folder_load_tokenizer (const char *folder, const WbModelConfig *config, GError **error)
{
  g_autoptr (WbTokenizer) tokenizer = NULL;

  if (!check_vocabulary (folder, config, error))
    return NULL;
  tokenizer = wb_tokenizer_load (folder, error);
  if (tokenizer == NULL || !wb_model_folder_check_ids (folder, tokenizer, config, error))
    return NULL;
  return g_steal_pointer (&tokenizer);
}

static gboolean
check_tokenizer (const char *folder, const WbModelConfig *config, GError **error)
{
  g_autoptr (WbTokenizer) tokenizer = wb_model_folder_load_tokenizer (folder, config, error);

  return tokenizer != NULL;
}

WbModelConfig *
wb_model_folder_open (const char  *folder,
                      const char  *config_path,
                      WbModelNeeds needs,
                      GError     **error)
{
  g_autoptr (WbModelConfig) config = NULL;

  g_return_val_if_fail (folder != NULL, NULL);

  config = load_config (folder, config_path, error);
  if (config == NULL ||
      ((needs & WB_MODEL_NEEDS_WEIGHTS) != 0 && !check_weights (folder, config, error)) ||
      ((needs & WB_MODEL_NEEDS_VOCABULARY) != 0 && !check_vocabulary (folder, config, error)) ||
      ((needs & WB_MODEL_NEEDS_TOKENIZER) != 0 && !check_tokenizer (folder, config, error)))
    return NULL;
  return g_steal_pointer (&config);
}

/* ---- files ---- */

static void
add_name (GStrvBuilder *names, GHashTable *seen, const char *folder, const char *name)
{
  if (!has_file (folder, name) || g_hash_table_contains (seen, name))
    return;
  g_hash_table_add (seen, g_strdup (name));
  g_strv_builder_add (names, name);
}

/* The index of sharded weights is one of their files. */
static void
add_index (GStrvBuilder *names, GHashTable *seen, const char *folder, const char *first)
{
  static const char *const whole[] = { "model.safetensors", "pytorch_model.bin",
                                       "pytorch.model.bin", NULL };

  if (g_strv_contains (whole, first))
    return;
  add_name (names, seen, folder,
            g_str_has_suffix (first, ".safetensors") ? "model.safetensors.index.json"
                                                     : "pytorch_model.bin.index.json");
}

static gboolean
add_weights (GStrvBuilder *names, GHashTable *seen, const char *folder, GError **error)
{
  g_autoptr (WbWeights) weights = wb_weights_open (folder, error);

  if (weights == NULL)
    return FALSE;
  for (gsize i = 0; i < wb_weights_get_n_files (weights); i++)
    {
      g_autofree char *name = g_path_get_basename (wb_weights_get_file (weights, i));

      add_name (names, seen, folder, name);
      if (i == 0)
        add_index (names, seen, folder, name);
    }
  return TRUE;
}

gboolean
wb_model_folder_has_own (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *inside = g_build_filename (folder, ".", NULL);
  g_autofree char *blobs = g_build_filename (folder, "..", "..", "blobs", NULL);
  char            *real = realpath (path, NULL), *real_folder = realpath (inside, NULL);
  char            *real_blobs = realpath (blobs, NULL);
  g_autofree char *place = real != NULL ? g_path_get_dirname (real) : NULL;
  const gboolean   ok = place != NULL && g_file_test (path, G_FILE_TEST_IS_REGULAR) &&
                      (g_strcmp0 (place, real_folder) == 0 || g_strcmp0 (place, real_blobs) == 0);

  free (real);
  free (real_folder);
  free (real_blobs);
  return ok;
}

static void
add_others (GStrvBuilder *names, GHashTable *seen, const char *folder)
{
  static const char *const others[] = {
    "spm.model", "vocab.json", "merges.txt", "tokenizer.json", "generation_config.json",
    "README.md", "LICENSE",    "LICENSE.md", "LICENSE.txt",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    if (wb_model_folder_has_own (folder, others[i]))
      add_name (names, seen, folder, others[i]);
}

char **
wb_model_folder_list_files (const char *folder, gboolean weights, gboolean others, GError **error)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *config = wb_model_folder_dup_config_path (folder);
  g_autofree char *config_name = g_path_get_basename (config);
  g_auto (GStrv) vocabulary = wb_tokenizer_find_files (folder);

  add_name (names, seen, folder, config_name); /* it may be within the weights */
  for (gsize i = 0; vocabulary[i] != NULL; i++)
    add_name (names, seen, folder, vocabulary[i]);
  if (weights && !add_weights (names, seen, folder, error))
    return NULL;
  if (others)
    add_others (names, seen, folder);
  return g_strv_builder_end (names);
}
