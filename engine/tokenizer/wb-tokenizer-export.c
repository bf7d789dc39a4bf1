#include "config.h"

#include "engine/tokenizer/wb-tokenizer-export.h"

#include "engine/tokenizer/wb-tokenizer-private.h"

/* tokenizer.json as the tokenizers library 0.23 reads it, written as text: 128,000 pieces. */

static void
append_string (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (const char *p = text; *p != '\0'; p++)
    if (*p == '"' || *p == '\\')
      g_string_append_printf (out, "\\%c", *p);
    else if ((guint8) *p < 0x20 || *p == 0x7f)
      g_string_append_printf (out, "\\u%04x", (guint) *p);
    else
      g_string_append_c (out, *p);
  g_string_append_c (out, '"');
}

static const char *
get_special (const WbTokenizer *self, WbSpecial special)
{
  return self->config.specials[special];
}

static void
append_added (const WbTokenizer *self, GString *out)
{
  g_string_append (out, "\"added_tokens\":[");
  for (guint i = 0, n = 0; (gsize) i < self->n_ids && n < WB_N_SPECIALS; i++) /* ascending ids */
    for (guint k = 0; k < WB_N_SPECIALS; k++)
      if (self->specials[k] == (gint32) i)
        {
          g_string_append_printf (out, "%s{\"id\":%u,\"content\":", n++ > 0 ? "," : "", i);
          append_string (out, get_special (self, k));
          g_string_append (out, ",\"single_word\":false,\"lstrip\":false,\"rstrip\":false,"
                                "\"normalized\":false,\"special\":true}");
          break;
        }
  g_string_append (out, "],\n");
}

static void
append_normalizer (const WbTokenizer *self, GString *out)
{
  g_string_append (out, "\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[");
  if (self->config.flags[WB_TOKENIZER_LOWER_CASE])
    g_string_append (out, "{\"type\":\"Lowercase\"},");
  g_string_append (out, "{\"type\":\"Strip\",\"strip_left\":true,\"strip_right\":true},");
  if (self->file->charsmap_bytes != NULL && g_bytes_get_size (self->file->charsmap_bytes) > 0)
    {
      gsize            size;
      const guint8    *map = g_bytes_get_data (self->file->charsmap_bytes, &size);
      g_autofree char *text = g_base64_encode (map, size);
      g_string_append_printf (out, "{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"%s\"},",
                              text);
    }
  g_string_append (
      out, "{\"type\":\"Replace\",\"pattern\":{\"Regex\":\" {2,}\"},\"content\":\" \"}]},\n");
}

#define METASPACE                                                                                  \
  "{\"type\":\"Metaspace\",\"replacement\":\"▁\",\"prepend_scheme\":\"always\",\"split\":true}"

static void
append_pre_tokenizer (const WbTokenizer *self, GString *out)
{
  if (self->config.flags[WB_TOKENIZER_SPLIT_BY_PUNCT])
    g_string_append (out,
                     "\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":["
                     "{\"type\":\"Punctuation\",\"behavior\":\"Isolated\"}," METASPACE "]},\n");
  else
    g_string_append (out, "\"pre_tokenizer\":" METASPACE ",\n");
  g_string_append (out, "\"decoder\":" METASPACE ",\n");
}

static void
append_template_token (const WbTokenizer *self, GString *out, WbSpecial special, guint type)
{
  g_string_append (out, "{\"SpecialToken\":{\"id\":");
  append_string (out, get_special (self, special));
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
      append_string (out, get_special (self, used[i]));
      g_string_append (out, ":{\"id\":");
      append_string (out, get_special (self, used[i]));
      g_string_append_printf (out, ",\"ids\":[%d],\"tokens\":[", self->specials[used[i]]);
      append_string (out, get_special (self, used[i]));
      g_string_append (out, "]}");
    }
  g_string_append (out, "}},\n");
}

static void
append_model (const WbTokenizer *self, GString *out)
{
  g_string_append_printf (
      out, "\"model\":{\"type\":\"Unigram\",\"unk_id\":%d,\"byte_fallback\":%s,\"vocab\":[",
      self->file->unknown_id, self->file->byte_fallback ? "true" : "false");
  for (guint i = 0; i < self->file->pieces->len; i++)
    {
      const WbPiece *piece = wb_spm_file_get_piece (self->file, i);
      char           score[G_ASCII_DTOSTR_BUF_SIZE];
      g_string_append (out, i > 0 ? ",\n[" : "\n[");
      append_string (out, piece->text);
      g_string_append_printf (out, ",%s]",
                              g_ascii_dtostr (score, sizeof score, (double) piece->score));
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
  append_model (self, out);
  g_string_append (out, "}\n");
  return g_file_set_contents (path, out->str, (gssize) out->len, error);
}

static gboolean
write_config (const WbTokenizer *self, const char *folder, GError **error)
{
  static const char *const keys[WB_N_SPECIALS] = {
    [WB_SPECIAL_MASK] = "mask_token", [WB_SPECIAL_SEP] = "sep_token",
    [WB_SPECIAL_PAD] = "pad_token",   [WB_SPECIAL_UNK] = "unk_token",
    [WB_SPECIAL_CLS] = "cls_token",
  };
  g_autofree char *path = g_build_filename (folder, "tokenizer_config.json", NULL);
  g_autoptr (GString) out = g_string_new ("{\n");

  for (guint i = 0; i < WB_N_SPECIALS; i++)
    {
      g_string_append_printf (out, "  \"%s\": ", keys[i]);
      append_string (out, get_special (self, i));
      g_string_append (out, ",\n");
    }
  g_string_append_printf (
      out,
      "  \"do_lower_case\": %s,\n"
      "  \"split_by_punct\": %s,\n"
      "  \"model_input_names\": [\"input_ids\", \"token_type_ids\", \"attention_mask\"],\n"
      "  \"model_max_length\": 512,\n"
      "  \"tokenizer_class\": \"PreTrainedTokenizerFast\",\n"
      "  \"vocab_type\": \"spm\"\n"
      "}\n",
      self->config.flags[WB_TOKENIZER_LOWER_CASE] ? "true" : "false",
      self->config.flags[WB_TOKENIZER_SPLIT_BY_PUNCT] ? "true" : "false");
  return g_file_set_contents (path, out->str, (gssize) out->len, error);
}

static gboolean
is_usual (const WbSpmFile *file)
{
  return file->add_dummy_prefix && file->remove_extra_whitespaces && file->escape_whitespaces &&
         file->max_user_defined == 0;
}

gboolean
wb_tokenizer_export (const WbTokenizer *self, const char *folder, GError **error)
{
  g_return_val_if_fail (self != NULL && folder != NULL, FALSE);

  if (!wb_tokenizer_save (self, folder, error))
    return FALSE;
  return self->file == NULL || !is_usual (self->file) ||
         (write_pipeline (self, folder, error) && write_config (self, folder, error));
}
