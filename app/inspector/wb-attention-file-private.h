#pragma once

#include "app/core/wb-json.h"
#include "app/inspector/wb-inspector-private.h"

G_BEGIN_DECLS

/**
 * WbAttentionRequest:
 * @layers, @heads: (n_layers), (n_heads) ascending
 * @off: terms that are switched off everywhere
 *
 * What is looked at.
 */
typedef struct
{
  gsize           *layers;
  gsize            n_layers;
  gsize           *heads;
  gsize            n_heads;
  WbAttentionTerms off;
} WbAttentionRequest;

/* The object that `attention --json` prints, piece by piece: what comes before the layers, each
 * layer, what comes after. */
void wb_attention_json_begin (WbJson                   *json,
                              const WbInspector        *inspector,
                              const WbAttentionRequest *request);
void wb_attention_json_layer (WbJson *json, const WbInspectedLayer *layer);
void wb_attention_json_end (WbJson *json);

/* Its first keys: tokens, absent, and, where terms are off, without. */
void wb_attention_json_head (WbJson                   *json,
                             const WbInspector        *inspector,
                             const WbAttentionRequest *request);

/**
 * WbAttentionFile:
 *
 * The numbers of one text in a file, which appears under its name when it is whole.  The name's end
 * says what it holds:
 *
 * - .npy: F32 (layers, heads, 4, n, n), the 4 are c2c, c2p, p2c, probabilities
 * - .csv: a row for each query and key: layer, head, query, key, query_token, key_token, c2c, c2p,
 *   p2c, probability
 * - .json: what --json prints
 */
typedef struct _WbAttentionFile WbAttentionFile;

/* Whether @path ends in one of those; @error: WB_APP_ERROR_USAGE */
gboolean wb_attention_file_check (const char *path, GError **error);

WbAttentionFile *wb_attention_file_new (const char               *path,
                                        const WbInspector        *inspector,
                                        const WbAttentionRequest *request,
                                        GError                  **error);
/* Layers ascending, each once. */
gboolean
wb_attention_file_add (WbAttentionFile *self, const WbInspectedLayer *layer, GError **error);
gboolean wb_attention_file_commit (WbAttentionFile *self, GError **error);
void     wb_attention_file_free (WbAttentionFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbAttentionFile, wb_attention_file_free)

G_END_DECLS
