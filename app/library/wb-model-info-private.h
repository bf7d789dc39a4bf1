#pragma once

#include "engine/checkpoint/wb-weights.h"
#include "engine/heads/wb-head.h"
#include "engine/tokenizer/wb-tokenizer.h"

G_BEGIN_DECLS

/**
 * WbModelInfo:
 * @path: the folder
 * @config: its configuration
 * @weights: (nullable): open; %NULL: they cannot be read
 * @tokenizer: (nullable): %NULL: it cannot be read
 * @has_head, @head: what the weights have beside the encoder
 * @n_embeddings, @n_encoder, @n_head: parameters of each part, as this program holds them
 * @problem: (nullable): why the model cannot be used, one sentence
 *
 * Everything that can be said of a model's folder without computing with it.
 */
typedef struct
{
  char          *path;
  WbModelConfig *config;
  WbWeights     *weights;
  WbTokenizer   *tokenizer;
  gboolean       has_head;
  WbHeadSpec     head;
  gsize          n_embeddings;
  gsize          n_encoder;
  gsize          n_head;
  char          *problem;
} WbModelInfo;

/* %NULL with @error only when there is no configuration that we compute. */
WbModelInfo *wb_model_info_new (const char *folder, GError **error);
void         wb_model_info_free (WbModelInfo *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbModelInfo, wb_model_info_free)

/* (transfer full): "F16", or "F16, F32" where tensors differ. */
char *wb_model_info_dup_types (const WbModelInfo *self);

/* (transfer full): the tokenizer's files, and their bytes together. */
char **wb_model_info_dup_tokenizer_files (const WbModelInfo *self, guint64 *size);

/* Bytes of the weights' files. */
guint64 wb_model_info_get_weights_size (const WbModelInfo *self);

/* "SentencePiece", "byte-level BPE" */
const char *wb_model_info_get_tokenizer_name (const WbModelInfo *self);

G_END_DECLS
