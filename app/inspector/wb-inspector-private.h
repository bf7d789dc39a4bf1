#pragma once

#include "app/settings/wb-settings.h"
#include "engine/model/wb-model-inspect.h"
#include "engine/tokenizer/wb-tokenizer.h"

G_BEGIN_DECLS

/**
 * WbInspector:
 *
 * A model with its tokenizer, and one text that is looked at.  Belongs to the thread that opened it
 * (it computes there).
 */
typedef struct _WbInspector WbInspector;

/**
 * wb_inspector_open:
 * @folder: Hugging Face layout
 * @settings: backend and threads are read
 *
 * A model without a trained head is opened too: its attention is the same.
 */
WbInspector *wb_inspector_open (const char *folder, WbSettings *settings, GError **error);
void         wb_inspector_free (WbInspector *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbInspector, wb_inspector_free)

/**
 * wb_inspector_read:
 * @pair: (nullable)
 * @max_length: tokens with the special ones; 0: all that the text has
 * @error: the text is not UTF-8, or has more tokens than the model has positions for
 */
gboolean wb_inspector_read (WbInspector *self,
                            const char  *text,
                            const char  *pair,
                            gsize        max_length,
                            GError     **error);

/* Token @i of the text that was read becomes [MASK]. */
void wb_inspector_mask (WbInspector *self, gsize i);

const WbModelConfig *wb_inspector_get_config (const WbInspector *self);
const WbHeadSpec    *wb_inspector_get_head (const WbInspector *self);
const WbEncoding    *wb_inspector_get_encoding (const WbInspector *self);
char                *wb_inspector_dup_token (const WbInspector *self, gsize i); /* "" when none */
gboolean             wb_inspector_is_special (const WbInspector *self, gsize i);
/* Terms that the model has. */
WbAttentionTerms wb_inspector_get_terms (const WbInspector *self);

/* Whether the maps of @n_heads heads of a layer fit in what the machine can give;
 * WB_APP_ERROR_FAILED says what would. */
gboolean wb_inspector_check_memory (const WbInspector *self, gsize n_heads, GError **error);

/* (transfer full): the text that was read, everything on, nothing wanted.  The inspector lives
 * longer. */
WbInspection *wb_inspector_begin (WbInspector *self, GError **error);

/* (transfer full) (nullable): what the head says of the text: "entailment 0.874", "3.21", "▁Berlin
 * B-LOC", "tokens 5 to 7: ▁on ▁the ▁mat"; %NULL without a trained head, and for language models. */
char *wb_inspector_dup_verdict (const WbInspector *self, const WbInspection *inspection);

G_END_DECLS
