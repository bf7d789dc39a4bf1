#include "config.h"

#include "engine/core/wb-engine-error.h"
#include "engine/tokenizer/unigram/wb-nmt-nfkc-private.h"
#include "engine/tokenizer/files/wb-tokenizer-export.h"
#include "engine/tokenizer/wb-tokenizer-private.h"
#include "tests/support/wb-test-bpe.h"
#include "tests/support/wb-test-odd.h"
#include "tests/support/wb-test-pieces.h"

/* tokenizer.json as transformers 4.49 and 5.23 wrote it of our small vocabularies
 * (tests/vectors/tokenizer-json.py): the ids and places of the files that it was made of.  And the
 * byte-level ones with what other writers put there. */

static GBytes *
read_packed (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "vectors", name, NULL);
  g_autofree char *packed = NULL;
  gsize            size;

  g_assert_true (g_file_get_contents (path, &packed, &size, NULL));
  return wb_test_unzip (packed, size);
}

static WbTokenizer *
load (const char *folder)
{
  g_autoptr (GError) error = NULL;
  WbTokenizer *tokenizer = wb_tokenizer_load (folder, &error);

  g_assert_no_error (error);
  return tokenizer;
}

static WbTokenizer * /* a folder with nothing but that */
load_written (const char *major, const char *name)
{
  g_autoptr (WbTestFolder) folder = wb_test_folder_new ();
  g_autofree char *file = g_strdup_printf ("tokenizer-json-%s-%s.json.gz", major, name);
  g_autoptr (GBytes) json = read_packed (file);

  wb_test_write (folder, "tokenizer.json", g_bytes_get_data (json, NULL),
                 (gssize) g_bytes_get_size (json));
  return load (folder);
}

static void
put_published_map (GByteArray **model)
{
  g_autoptr (WbSpmFile) file = wb_spm_file_parse ((*model)->data, (*model)->len, "spm.model", NULL);

  g_clear_pointer (&file->charsmap_bytes, g_bytes_unref);
  file->charsmap_bytes = wb_nmt_nfkc_get_map ();
  g_byte_array_unref (*model);
  *model = wb_spm_file_build (file);
}

static WbTokenizer *
load_source (const char *major, const char *name)
{
  const gboolean lower = g_str_equal (name, "lower");
  g_autoptr (WbTestFolder) folder = NULL;
  g_autofree char *file = g_strdup_printf ("tokenizer-%s.model.gz", lower ? "bytes" : name);
  GByteArray      *model;

  if (g_str_equal (name, "bpe"))
    {
      folder = wb_test_bpe_folder_new ("bpe-bytes.json");
      return load (folder);
    }
  folder = wb_test_folder_new ();
  model = g_bytes_unref_to_array (read_packed (file));
  if (*major == '5')
    put_published_map (&model);
  wb_test_write (folder, "spm.model", (const char *) model->data, model->len);
  g_byte_array_unref (model);
  if (lower)
    wb_test_write (folder, "tokenizer_config.json",
                   "{\"do_lower_case\": true, \"split_by_punct\": true, \"added_tokens_decoder\": {"
                   "\"501\": {\"content\": \"<<ENT>>\", \"special\": true}, "
                   "\"502\": {\"content\": \"kan\"}}}",
                   -1);
  return load (folder);
}

static void
assert_same (const WbTokenizer *a, const WbTokenizer *b, const char *text, const char *pair)
{
  g_autoptr (WbEncoding) one = wb_encoding_new ();
  g_autoptr (WbEncoding) two = wb_encoding_new ();

  g_assert_true (wb_tokenizer_encode (a, text, pair, NULL, one, NULL));
  g_assert_true (wb_tokenizer_encode (b, text, pair, NULL, two, NULL));
  g_assert_cmpmem (one->ids, one->n * sizeof *one->ids, two->ids, two->n * sizeof *two->ids);
  g_assert_cmpmem (one->type_ids, one->n * 4, two->type_ids, two->n * 4);
  g_assert_cmpmem (one->offsets, one->n * sizeof *one->offsets, two->offsets,
                   two->n * sizeof *two->offsets);
}

static void
assert_all_same (const WbTokenizer *a, const WbTokenizer *b)
{
  g_auto (GStrv) text = wb_test_text_new (200, 9);
  g_autoptr (GPtrArray) odd = wb_test_odd_new (2);

  g_assert_cmpuint (wb_tokenizer_get_n_ids (a), ==, wb_tokenizer_get_n_ids (b));
  for (guint i = 0; i < WB_N_SPECIALS; i++)
    g_assert_cmpint (wb_tokenizer_get_special (a, i), ==, wb_tokenizer_get_special (b, i));
  for (gsize i = 0; text[i] != NULL; i++)
    assert_same (a, b, text[i], "kan KAN <<ENT>>!");
  for (guint i = 0; i < 300; i++)
    assert_same (a, b, odd->pdata[i], NULL);
}

static void
test_written (gconstpointer data)
{
  g_auto (GStrv) names = g_strsplit (data, "/", 2);
  g_autoptr (WbTokenizer) written = load_written (names[0], names[1]);
  g_autoptr (WbTokenizer) source = load_source (names[0], names[1]);

  assert_all_same (source, written);
  if (!g_str_equal (names[1], "bpe"))
    wb_test_assert_same_pieces (source, written);
}

/* Byte-level files changed by hand */

static char *
export_bpe (void)
{
  g_autoptr (WbTestFolder) folder = wb_test_bpe_folder_new ("bpe-bytes.json");
  g_autoptr (WbTokenizer) tokenizer = load (folder);
  g_autofree char *path = g_build_filename (folder, "tokenizer.json", NULL);
  char            *json;

  g_assert_true (wb_tokenizer_export (tokenizer, folder, NULL));
  g_assert_true (g_file_get_contents (path, &json, NULL, NULL));
  return json;
}

static WbTokenizer *
load_text (const char *json)
{
  g_autoptr (WbTestFolder) folder = wb_test_folder_new ();

  wb_test_write (folder, "tokenizer.json", json, -1);
  return load (folder);
}

static const char template_end[] = "\"special_tokens\":{";

static void /* everything after the pre-tokenizer up to the model, in RoBERTa's way */
test_bpe_forms (void)
{
  g_autofree char *json = export_bpe ();
  g_autoptr (WbTokenizer) source = load_source ("4", "bpe");
  g_autoptr (WbTokenizer) own = load_text (json);
  const char      *start = strstr (json, "\"post_processor\":");
  const char      *end = strstr (json, "\"model\":");
  g_autofree char *head = g_strndup (json, (gsize) (start - json));
  g_autofree char *roberta = g_strconcat (head,
                                          "\"post_processor\":{\"type\":\"RobertaProcessing\","
                                          "\"sep\":[\"[SEP]\",2],\"cls\":[\"[CLS]\",1],"
                                          "\"trim_offsets\":true,\"add_prefix_space\":false},",
                                          end, NULL);
  g_autofree char *untyped = wb_test_change (json, "\"type\":\"BPE\",", "");
  g_autoptr (WbTokenizer) with_roberta = load_text (roberta);
  g_autoptr (WbTokenizer) without_type = load_text (untyped);

  g_assert_nonnull (strstr (json, template_end));
  assert_all_same (source, own);
  assert_all_same (source, with_roberta); /* one [SEP] between the texts, as published */
  assert_all_same (source, without_type);
}

static void
test_bpe_prefix (void)
{
  g_autofree char *json = export_bpe ();
  g_autofree char *text =
      wb_test_change (json, "\"add_prefix_space\":false", "\"add_prefix_space\":true");
  g_autoptr (WbTokenizer) prefixed = load_text (text);
  g_autoptr (WbTokenizer) source = load_source ("4", "bpe");
  g_autoptr (WbEncoding) one = wb_encoding_new ();
  g_autoptr (WbEncoding) two = wb_encoding_new ();

  g_assert_true (wb_tokenizer_encode (prefixed, "toka", NULL, NULL, one, NULL));
  g_assert_true (wb_tokenizer_encode (source, " toka", NULL, NULL, two, NULL));
  g_assert_cmpmem (one->ids, one->n * 4, two->ids, two->n * 4);
}

static void
test_bpe_refuses (void)
{
  static const struct
  {
    const char *from;
    const char *to;
    const char *part;
  } cases[] = {
    { "\"dropout\":null", "\"dropout\":0.1", "model.dropout is 0.1" },
    { "\"end_of_word_suffix\":\"\"", "\"end_of_word_suffix\":\"</w>\"",
      "model.end_of_word_suffix is \"</w>\"" },
    { "\"continuing_subword_prefix\":\"\"", "\"continuing_subword_prefix\":\"##\"",
      "model.continuing_subword_prefix is \"##\"" },
    { "\"byte_fallback\":false", "\"byte_fallback\":true", "model.byte_fallback is true" },
    { "\"ignore_merges\":false", "\"ignore_merges\":true", "model.ignore_merges is true" },
    { "\"normalizer\":null", "\"normalizer\":{\"type\":\"NFC\"}", "normalizer is \"NFC\"" },
    { "\"use_regex\":true", "\"use_regex\":false", "pre_tokenizer.use_regex is false" },
    { "\"pre_tokenizer\":{\"type\":\"ByteLevel\"", "\"pre_tokenizer\":{\"type\":\"Whitespace\"",
      "pre_tokenizer is not ByteLevel" },
    { "\"merges\":", "\"nothing\":", "model.merges" },
  };
  g_autofree char *json = export_bpe ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WbTestFolder) folder = wb_test_folder_new ();
      g_autofree char *text = wb_test_change (json, cases[i].from, cases[i].to);
      g_autoptr (GError) error = NULL;

      wb_test_write (folder, "tokenizer.json", text, -1);
      g_assert_null (wb_tokenizer_load (folder, &error));
      g_assert_true (error->domain == WB_ENGINE_ERROR);
      if (strstr (error->message, cases[i].part) == NULL)
        g_error ("\"%s\" does not say \"%s\"", error->message, cases[i].part);
    }
}

int
main (int argc, char **argv)
{
  static const char *const names[] = { "4/bytes", "4/plain", "4/lower", "4/bpe",
                                       "5/bytes", "5/plain", "5/lower", "5/bpe" };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_strconcat ("/engine/tokenizer-written/", names[i], NULL);
      g_test_add_data_func (path, names[i], test_written);
    }
  g_test_add_func ("/engine/tokenizer-written/bpe-forms", test_bpe_forms);
  g_test_add_func ("/engine/tokenizer-written/bpe-prefix", test_bpe_prefix);
  g_test_add_func ("/engine/tokenizer-written/bpe-refuses", test_bpe_refuses);
  return g_test_run ();
}
