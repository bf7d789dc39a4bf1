#include "config.h"

#include "engine/tokenizer/files/wb-tokenizer-export.h"

#include <string.h>

#include "engine/files/wb-json-text.h"
#include "engine/tokenizer/bpe/wb-bpe-file-private.h"
#include "engine/tokenizer/files/wb-tokenizer-json-private.h"
#include "engine/tokenizer/wb-tokenizer-private.h"

/* tokenizer.json as the tokenizers library 0.23 reads it, written as text: 128,000 pieces. */

static const char *
get_special (const WbTokenizer *self, WbSpecial special)
{
  return self->config.specials[special];
}

static gint
compare_ids (gconstpointer a, gconstpointer b)
{
  const WbAddedToken *const *one = a, *const *two = b;

  return (*one)->id < (*two)->id ? -1 : (*one)->id > (*two)->id;
}

static GPtrArray * /* WbAddedToken, borrowed, ascending ids */
list_added (const WbTokenizer *self)
{
  GPtrArray     *tokens = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer       token;

  g_hash_table_iter_init (&iter, self->config.added);
  while (g_hash_table_iter_next (&iter, NULL, &token))
    g_ptr_array_add (tokens, token);
  g_ptr_array_sort (tokens, compare_ids);
  return tokens;
}

static gboolean /* does the map leave it as it is? */
is_fixed (const WbSpmFile *file, const char *text)
{
  const char *end = text + strlen (text);
  gsize       matched;

  for (const char *p = text; p < end; p = g_utf8_next_char (p))
    if (wb_charsmap_match (&file->charsmap, p, (gsize) (end - p), &matched) != NULL)
      return FALSE;
  return TRUE;
}

/* Whatever its case: the tokenizers library looks for such a token in the normalized text, and
 * normalizes its content too.  One that the map changes would be found where only its image is. */
static gboolean
is_caseless (const WbTokenizer *self, const WbAddedToken *token)
{
  return token->normalized && self->config.flags[WB_TOKENIZER_LOWER_CASE] && self->bpe == NULL &&
         is_fixed (self->file, token->content);
}

static void /* the members that tokenizer.json and added_tokens_decoder have in common */
append_token (const WbTokenizer *self, const WbAddedToken *token, GString *out)
{
  const gboolean one_of_five = wb_tokenizer_config_is_special (&self->config, token->content);

  g_string_append (out, "\"content\":");
  wb_json_append_string (out, token->content);
  g_string_append_printf (
      out, ",\"single_word\":%s,\"lstrip\":%s,\"rstrip\":%s,\"normalized\":%s,\"special\":%s}",
      token->single_word && !one_of_five ? "true" : "false",
      token->lstrip && !one_of_five ? "true" : "false",
      token->rstrip && !one_of_five ? "true" : "false",
      !one_of_five && is_caseless (self, token) ? "true" : "false",
      token->special || one_of_five ? "true" : "false");
}

static void
append_added (const WbTokenizer *self, GString *out)
{
  g_autoptr (GPtrArray) tokens = list_added (self);

  g_string_append (out, "\"added_tokens\":[");
  for (guint i = 0; i < tokens->len; i++)
    {
      const WbAddedToken *token = tokens->pdata[i];
      g_string_append_printf (out, "%s{\"id\":%d,", i > 0 ? ",\n" : "", token->id);
      append_token (self, token, out);
    }
  g_string_append (out, "],\n");
}

static void /* @pattern: as JSON text */
append_replace (GString *out, const char *pattern, const char *content)
{
  g_string_append_printf (out, "{\"type\":\"Replace\",\"pattern\":%s,\"content\":\"%s\"},", pattern,
                          content);
}

/* SentencePiece strips and folds blanks when it has mapped. */
static void
append_normalizer (const WbTokenizer *self, GString *out)
{
  if (self->bpe != NULL)
    {
      g_string_append (out, "\"normalizer\":null,\n");
      return;
    }
  g_string_append (out, "\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[");
  if (self->config.flags[WB_TOKENIZER_LOWER_CASE])
    g_string_append (out, "{\"type\":\"Lowercase\"},");
  if (self->file->charsmap_bytes != NULL && g_bytes_get_size (self->file->charsmap_bytes) > 0)
    {
      gsize            size;
      const guint8    *map = g_bytes_get_data (self->file->charsmap_bytes, &size);
      g_autofree char *text = g_base64_encode (map, size);
      g_string_append_printf (out, "{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"%s\"},",
                              text);
    }
  append_replace (out, WB_TOKENIZER_JSON_RUNS, " ");
  append_replace (out, WB_TOKENIZER_JSON_ENDS, "");
  g_string_truncate (out, out->len - 1); /* the last comma */
  g_string_append (out, "]},\n");
}

#define METASPACE                                                                                  \
  "{\"type\":\"Metaspace\",\"replacement\":\"▁\",\"prepend_scheme\":\"always\",\"split\":true}"

static void
append_byte_level (const WbTokenizer *self, const char *key, GString *out)
{
  g_string_append_printf (out,
                          "\"%s\":{\"type\":\"ByteLevel\",\"add_prefix_space\":%s,"
                          "\"trim_offsets\":false,\"use_regex\":true},\n",
                          key,
                          self->config.flags[WB_TOKENIZER_ADD_PREFIX_SPACE] ? "true" : "false");
}

static void
append_pre_tokenizer (const WbTokenizer *self, GString *out)
{
  if (self->bpe != NULL)
    {
      append_byte_level (self, "pre_tokenizer", out);
      append_byte_level (self, "decoder", out);
      return;
    }
  if (self->config.flags[WB_TOKENIZER_SPLIT_BY_PUNCT]) /* cut at blanks too: none is left alone */
    g_string_append (out,
                     "\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":["
                     "{\"type\":\"Punctuation\",\"behavior\":\"Isolated\"},{\"type\":\"Split\","
                     "\"pattern\":" WB_TOKENIZER_JSON_BLANK
                     ",\"behavior\":\"Removed\",\"invert\":false}," METASPACE "]},\n");
  else
    g_string_append (out, "\"pre_tokenizer\":" METASPACE ",\n");
  g_string_append (out, "\"decoder\":" METASPACE ",\n");
}

static void
append_template_token (const WbTokenizer *self, GString *out, WbSpecial special, guint type)
{
  g_string_append (out, "{\"SpecialToken\":{\"id\":");
  wb_json_append_string (out, get_special (self, special));
  g_string_append_printf (out, ",\"type_id\":%u}}", type);
}

static void
append_template (const WbTokenizer *self, GString *out, gboolean pair)
{
  append_template_token (self, out, WB_SPECIAL_CLS, 0);
  g_string_append (out, ",{\"Sequence\":{\"id\":\"A\",\"type_id\":0}},");
  append_template_token (self, out, WB_SPECIAL_SEP, 0);
  if (!pair)
    return;
  g_string_append (out, ",{\"Sequence\":{\"id\":\"B\",\"type_id\":1}},");
  append_template_token (self, out, WB_SPECIAL_SEP, 1);
}

static void
append_post_processor (const WbTokenizer *self, GString *out)
{
  static const WbSpecial used[] = { WB_SPECIAL_CLS, WB_SPECIAL_SEP };

  g_string_append (out, "\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":[");
  append_template (self, out, FALSE);
  g_string_append (out, "],\"pair\":[");
  append_template (self, out, TRUE);
  g_string_append (out, "],\"special_tokens\":{");
  for (gsize i = 0; i < G_N_ELEMENTS (used); i++)
    {
      g_string_append (out, i > 0 ? "," : "");
      wb_json_append_string (out, get_special (self, used[i]));
      g_string_append (out, ":{\"id\":");
      wb_json_append_string (out, get_special (self, used[i]));
      g_string_append_printf (out, ",\"ids\":[%d],\"tokens\":[", self->specials[used[i]]);
      wb_json_append_string (out, get_special (self, used[i]));
      g_string_append (out, "]}");
    }
  g_string_append (out, "}},\n");
}

static void
append_bpe_model (const WbTokenizer *self, GString *out)
{
  g_string_append (out, "\"model\":{\"type\":\"BPE\",\"dropout\":null,\"unk_token\":");
  wb_json_append_string (out, get_special (self, WB_SPECIAL_UNK));
  g_string_append (out, ",\"continuing_subword_prefix\":\"\",\"end_of_word_suffix\":\"\","
                        "\"fuse_unk\":false,\"byte_fallback\":false,\"ignore_merges\":false,"
                        "\"vocab\":");
  wb_bpe_file_append_vocab (self->bpe, self->added, out);
  g_string_append (out, ",\n\"merges\":");
  wb_bpe_file_append_merges (self->bpe, out);
  g_string_append_c (out, '}');
}

static void
append_unigram_model (const WbTokenizer *self, GString *out)
{
  g_string_append_printf (
      out, "\"model\":{\"type\":\"Unigram\",\"unk_id\":%d,\"byte_fallback\":%s,\"vocab\":[",
      self->file->unknown_id, self->file->byte_fallback ? "true" : "false");
  for (guint i = 0; i < self->file->pieces->len; i++)
    {
      const WbPiece *piece = wb_spm_file_get_piece (self->file, i);
      char           score[G_ASCII_DTOSTR_BUF_SIZE];
      g_string_append (out, i > 0 ? ",\n[" : "\n[");
      wb_json_append_string (out, piece->text);
      g_string_append_printf (
          out, ",%s]",
          g_ascii_dtostr (score, sizeof score,
                          piece->type == WB_PIECE_USER_DEFINED ? 0 : (double) piece->score));
    }
  g_string_append (out, "\n]}");
}

static gboolean
write_pipeline (const WbTokenizer *self, const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "tokenizer.json", NULL);
  g_autoptr (GString) out =
      g_string_new ("{\"version\":\"1.0\",\"truncation\":null,\"padding\":null,\n");

  append_added (self, out);
  append_normalizer (self, out);
  append_pre_tokenizer (self, out);
  append_post_processor (self, out);
  if (self->bpe != NULL)
    append_bpe_model (self, out);
  else
    append_unigram_model (self, out);
  g_string_append (out, "}\n");
  return g_file_set_contents (path, out->str, (gssize) out->len, error);
}

static void
append_flag (GString *out, const char *key, gboolean flag)
{
  g_string_append_printf (out, "  \"%s\": %s,\n", key, flag ? "true" : "false");
}

static void /* only where there are more than the five */
append_decoder (const WbTokenizer *self, GString *out)
{
  g_autoptr (GPtrArray) tokens = list_added (self);

  if (self->literal == NULL)
    return;
  g_string_append (out, "  \"added_tokens_decoder\": {");
  for (guint i = 0; i < tokens->len; i++)
    {
      const WbAddedToken *token = tokens->pdata[i];
      g_string_append_printf (out, "%s    \"%d\": {", i > 0 ? ",\n" : "\n", token->id);
      append_token (self, token, out);
    }
  g_string_append (out, "\n  },\n");
}

static void
append_config_flags (const WbTokenizer *self, GString *out)
{
  append_flag (out, "do_lower_case", self->config.flags[WB_TOKENIZER_LOWER_CASE]);
  if (self->bpe != NULL)
    append_flag (out, "add_prefix_space", self->config.flags[WB_TOKENIZER_ADD_PREFIX_SPACE]);
  else
    append_flag (out, "split_by_punct", self->config.flags[WB_TOKENIZER_SPLIT_BY_PUNCT]);
  g_string_append_printf (
      out,
      "  \"model_input_names\": [\"input_ids\", \"token_type_ids\", \"attention_mask\"],\n"
      "  \"model_max_length\": 512,\n"
      "  \"tokenizer_class\": \"PreTrainedTokenizerFast\",\n"
      "  \"vocab_type\": \"%s\"\n"
      "}\n",
      self->bpe != NULL ? "gpt2" : "spm");
}

static gboolean
write_config (const WbTokenizer *self, const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "tokenizer_config.json", NULL);
  g_autoptr (GString) out = g_string_new ("{\n");

  for (guint i = 0; i < WB_N_SPECIALS; i++)
    {
      g_string_append_printf (out, "  \"%s\": ", wb_tokenizer_config_get_key (i));
      wb_json_append_string (out, get_special (self, i));
      g_string_append (out, ",\n");
    }
  append_decoder (self, out);
  append_config_flags (self, out);
  return g_file_set_contents (path, out->str, (gssize) out->len, error);
}

/* User-defined pieces come before all others: there they are pieces of score 0, which nothing that
 * has a probability comes up to.  The map must leave them alone, as SentencePiece's does.  For a
 * piece that is never used that file has no word. */
static gboolean
has_usual_pieces (const WbSpmFile *file)
{
  for (guint i = 0; i < file->pieces->len; i++)
    {
      const WbPiece *piece = wb_spm_file_get_piece (file, i);
      const char    *text =
          g_str_has_prefix (piece->text, "▁") ? piece->text + strlen ("▁") : piece->text;
      if (piece->type == WB_PIECE_UNUSED)
        return FALSE;
      if (file->max_user_defined == 0)
        continue;
      if (piece->type == WB_PIECE_USER_DEFINED
              ? !is_fixed (file, text) || strchr (text, ' ') != NULL
              : piece->score > 0)
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_usual (const WbTokenizer *self)
{
  const WbSpmFile *file = self->file;

  if (self->bpe != NULL)
    return wb_bpe_file_check (self->bpe, NULL);
  return file->add_dummy_prefix && file->remove_extra_whitespaces && file->escape_whitespaces &&
         has_usual_pieces (file);
}

gboolean
wb_tokenizer_export (const WbTokenizer *self, const char *folder, GError **error)
{
  g_return_val_if_fail (self != NULL && folder != NULL, FALSE);

  if (!wb_tokenizer_save (self, folder, error))
    return FALSE;
  if (!is_usual (self))
    return TRUE;
  if (self->bpe != NULL && !wb_tokenizer_has_source (self, "vocab.json") &&
      !wb_bpe_file_write (self->bpe, self->added, folder, error))
    return FALSE;
  return write_pipeline (self, folder, error) && write_config (self, folder, error);
}
