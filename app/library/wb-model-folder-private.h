#pragma once

#include "engine/model/wb-model-config.h"
#include "engine/tokenizer/wb-tokenizer.h"

G_BEGIN_DECLS

/* What a usable model folder is, and why one is not: asked by the library, the commands, the plan
 * of a run and the dialog alike.  Any thread. */

/**
 * WbModelNeeds:
 * @WB_MODEL_NEEDS_CONFIG: a configuration that we compute
 * @WB_MODEL_NEEDS_WEIGHTS: every tensor of its encoder, by the directory of the weights' files
 * @WB_MODEL_NEEDS_VOCABULARY: the files of a tokenizer
 * @WB_MODEL_NEEDS_TOKENIZER: the same, read, and with a row of the word table for each of its ids
 */
typedef enum
{
  WB_MODEL_NEEDS_CONFIG = 0,
  WB_MODEL_NEEDS_WEIGHTS = 1 << 0,
  WB_MODEL_NEEDS_VOCABULARY = 1 << 1,
  WB_MODEL_NEEDS_TOKENIZER = 1 << 2,
} WbModelNeeds;

/* What is seen without reading tensors or vocabulary: quick enough for a list. */
#define WB_MODEL_NEEDS_QUICK (WB_MODEL_NEEDS_WEIGHTS | WB_MODEL_NEEDS_VOCABULARY)
#define WB_MODEL_NEEDS_ALL (WB_MODEL_NEEDS_WEIGHTS | WB_MODEL_NEEDS_TOKENIZER)

/* Whether @folder has a configuration file: what tells a model's folder from another. */
gboolean wb_model_folder_is_one (const char *folder);

/**
 * wb_model_folder_open:
 * @folder: of the model
 * @config_path: (nullable): a configuration elsewhere; %NULL: the folder's
 * @error: one sentence: what is missing, damaged or not supported, where, and what to do
 *
 * Returns: (transfer full) (nullable): the configuration, when everything that @needs names is
 * there and fits together
 */
WbModelConfig *wb_model_folder_open (const char  *folder,
                                     const char  *config_path,
                                     WbModelNeeds needs,
                                     GError     **error);

/* (transfer full): the tokenizer of @folder, when every token of it has a row in the word table of
 * @config; without one a token would be an index out of range. */
WbTokenizer *
wb_model_folder_load_tokenizer (const char *folder, const WbModelConfig *config, GError **error);

/* Whether each of its tokens has that row. */
gboolean wb_model_folder_check_ids (const char          *folder,
                                    const WbTokenizer   *tokenizer,
                                    const WbModelConfig *config,
                                    GError             **error);

/**
 * wb_model_folder_list_files:
 * @weights: whether the weights' files are among them
 * @others: whether what belongs to a model without making it what it is (its card, its licence,
 * other programs' vocabularies) is
 *
 * Returns: (transfer full): names of the files in @folder: configuration, vocabulary, weights, the
 * others; %NULL-terminated
 */
char **
wb_model_folder_list_files (const char *folder, gboolean weights, gboolean others, GError **error);

/* Whether the file @name lies in @folder itself, or where a Hugging Face cache's links lead.  What
 * nothing reads (a licence, a card) is taken along only then: a link in a folder of somebody's
 * could bring any file of this machine into what is exported. */
gboolean wb_model_folder_has_own (const char *folder, const char *name);

/* (transfer full): the configuration file of @folder: config.json, or an original release's
 * model_config.json; the first when there is neither. */
char *wb_model_folder_dup_config_path (const char *folder);

/* Whether @folder says that it is a DeBERTa, one that we support or not: shared caches have others.
 */
gboolean wb_model_folder_is_deberta (const char *folder);

G_END_DECLS
