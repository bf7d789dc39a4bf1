#include "config.h"

#include "engine/core/wb-engine-error.h"
#include "engine/tokenizer/wb-tokenizer-private.h"

/* A tokenizer over GPT-2's byte-level BPE. */

static gsize
get_n_pieces (const WbTokenizer *self)
{
  return wb_bpe_get_n_ids (self->bpe);
}

static const char *
get_piece (const WbTokenizer *self, gsize id)
{
  return wb_bpe_get_text (self->bpe, (gint32) id);
}

static gint32
find_piece (const WbTokenizer *self, const char *text)
{
  return wb_bpe_find (self->bpe, text);
}

static gboolean
encode_side (const WbTokenizer *self,
             const char        *text,
             gsize              length,
             WbEncodingMemory  *memory,
             GArray            *tokens,
             GError           **error)
{
  wb_bpe_encode (self->bpe, text, length, &memory->bpe, tokens);
  return TRUE;
}

const WbTokenizerModel wb_tokenizer_bpe = { WB_TOKENIZER_BPE, get_n_pieces, get_piece, find_piece,
                                            encode_side };

static gboolean /* GPT-2's own ids have none of the special tokens and other places */
check_specials (const WbTokenizer *self, const char *name, GError **error)
{
  const gboolean gpt2 = wb_bpe_find (self->bpe, "!") == 0;

  for (guint i = WB_SPECIAL_SEP; i < WB_N_SPECIALS; i++)
    {
      const char *special = self->config.specials[i];
      if (wb_bpe_find (self->bpe, special) >= 0 ||
          wb_tokenizer_config_find (&self->config, special) != NULL)
        continue;
      g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID, "%s: has no token \"%s\"; %s",
                   name, special,
                   gpt2 ? "this is GPT-2's own vocabulary (encoder.json), whose ids are not "
                          "DeBERTa's: take the model's own vocab.json"
                        : "a DeBERTa vocabulary needs its special tokens");
      return FALSE;
    }
  return TRUE;
}

WbTokenizer *
wb_tokenizer_new_bpe (WbBpe *bpe, WbTokenizerConfig *config, const char *name, GError **error)
{
  g_autoptr (WbTokenizer) self = wb_tokenizer_new_empty (&wb_tokenizer_bpe, config);

  self->bpe = bpe;
  if (!check_specials (self, name, error) || !wb_tokenizer_find_specials (self, name, error))
    return NULL;
  wb_bpe_set_unknown (bpe, self->specials[WB_SPECIAL_UNK]);
  wb_bpe_set_prefix_space (bpe, self->config.flags[WB_TOKENIZER_ADD_PREFIX_SPACE]);
  return g_steal_pointer (&self);
}
