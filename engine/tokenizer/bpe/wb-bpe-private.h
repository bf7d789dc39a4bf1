#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WB_BPE_MAX_IDS 2000000

/**
 * WbBpe:
 *
 * GPT-2's byte-level BPE (fact sheet 8.2): a vocabulary of token strings, in which every byte is
 * written as one printable character, and ranked merges of two of them.  Filled token by token and
 * merge by merge, tokens and merges in any order of the two, then closed; immutable from then on.
 */
typedef struct _WbBpe WbBpe;

WbBpe *wb_bpe_new (void);
void   wb_bpe_free (WbBpe *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbBpe, wb_bpe_free)

/**
 * wb_bpe_add_token:
 * @text: (array length=length): UTF-8, "Ġthe"; copied
 * @id: from 0; -1 for a string that merges make but that has no id: it becomes the unknown token
 * @error: WB_ENGINE_ERROR_INVALID: empty, not UTF-8, too long, there twice, or an id that is taken
 * or impossible
 */
gboolean wb_bpe_add_token (WbBpe *self, const char *text, gsize length, gint32 id, GError **error);

/**
 * wb_bpe_add_merge:
 * @left, @right: the parts' strings; copied
 * @place: where it stands in its file, for messages: a line, or its number
 *
 * The next merge: ranks are the order of the calls.  Whether the parts and what they make are in
 * the vocabulary is for wb_bpe_close() to say.
 */
void wb_bpe_add_merge (WbBpe      *self,
                       const char *left,
                       gsize       left_length,
                       const char *right,
                       gsize       right_length,
                       gsize       place);

/**
 * wb_bpe_close:
 * @place_name: what the merges' places are: "line", "merge"
 * @error: WB_ENGINE_ERROR_INVALID: no tokens at all, or a merge of something that is not in the
 * vocabulary, whose result is not, or that is there twice
 */
gboolean wb_bpe_close (WbBpe *self, const char *place_name, GError **error);

/* What becomes of a byte or a string without an id; -1, as at first: it is left out. */
void wb_bpe_set_unknown (WbBpe *self, gint32 id);

/* A blank is put in front of every text that does not begin with one and is not empty
 * (transformers' add_prefix_space). */
void wb_bpe_set_prefix_space (WbBpe *self, gboolean prefix_space);

gsize       wb_bpe_get_n_ids (const WbBpe *self);              /* one more than the highest */
const char *wb_bpe_get_text (const WbBpe *self, gint32 id);    /* (nullable): a gap */
gint32      wb_bpe_find (const WbBpe *self, const char *text); /* -1: not there, or no id */

gsize wb_bpe_get_n_merges (const WbBpe *self);
void  wb_bpe_get_merge (const WbBpe *self, gsize rank, const char **left, const char **right);

/**
 * wb_bpe_encode:
 * @text: UTF-8, may hold NUL
 * @scratch: memory of the calling thread
 * @tokens: WbToken, appended
 *
 * A token's first blank belongs to it, so offsets begin there; a token of some bytes of a
 * character has the whole character.  Any thread.
 */
typedef struct
{
  GArray *nodes;
  GArray *heap;
} WbBpeScratch;

void wb_bpe_scratch_init (WbBpeScratch *self);
void wb_bpe_scratch_clear (WbBpeScratch *self);

void wb_bpe_encode (const WbBpe  *self,
                    const char   *text,
                    gsize         length,
                    WbBpeScratch *scratch,
                    GArray       *tokens);

/**
 * wb_bpe_byte_character:
 *
 * Returns: the character that stands for @byte in token strings: itself where that is printable,
 * else one from U+0100 on (fact sheet 8.2).
 */
gunichar wb_bpe_byte_character (guint8 byte);
int      wb_bpe_character_byte (gunichar c); /* back; -1: stands for none */

G_END_DECLS
