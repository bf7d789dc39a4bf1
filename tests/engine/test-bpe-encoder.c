#include "config.h"

#include "engine/core/wb-engine-error.h"
#include "engine/tokenizer/files/wb-tokenizer-export.h"
#include "tests/support/wb-test-bpe.h"
#include "tests/support/wb-test-text.h"

/* bpe_encoder.bin of the original releases, and what is written of it
 * (tests/vectors/bpe-encoder.py).  transformers 5.23's AutoTokenizer was seen to give our ids,
 * types and places from an exported folder with DeBERTa v1's vocabulary: 0 differences in 12,245
 * pairs of XNLI and SST-2 in nine languages. */

#define N_SENTENCES 200

static char *
new_folder (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "vectors", name, NULL);
  g_autofree char *packed = NULL;
  g_autoptr (GBytes) bytes = NULL;
  char *folder = wb_test_folder_new ();
  gsize size;

  g_assert_true (g_file_get_contents (path, &packed, &size, NULL));
  bytes = wb_test_unzip (packed, size);
  wb_test_write (folder, "bpe_encoder.bin", g_bytes_get_data (bytes, NULL),
                 (gssize) g_bytes_get_size (bytes));
  return folder;
}

static WbTokenizer *
load (const char *folder)
{
  g_autoptr (GError) error = NULL;
  WbTokenizer *tokenizer = wb_tokenizer_load (folder, &error);

  g_assert_no_error (error);
  return tokenizer;
}

static void /* every token, and the ids of sentences */
assert_same (const WbTokenizer *a, const WbTokenizer *b)
{
  g_auto (GStrv) text = wb_test_text_new (N_SENTENCES, 1);
  g_autoptr (WbEncoding) one = wb_encoding_new ();
  g_autoptr (WbEncoding) two = wb_encoding_new ();

  g_assert_cmpuint (wb_tokenizer_get_n_ids (a), ==, wb_tokenizer_get_n_ids (b));
  for (gsize i = 0; i < wb_tokenizer_get_n_ids (a); i++)
    {
      g_autofree char *left = wb_tokenizer_dup_token (a, (gint32) i);
      g_autofree char *right = wb_tokenizer_dup_token (b, (gint32) i);
      g_assert_cmpstr (left, ==, right);
    }
  for (guint i = 0; i < WB_N_SPECIALS; i++)
    g_assert_cmpint (wb_tokenizer_get_special (a, i), ==, wb_tokenizer_get_special (b, i));
  for (gsize i = 0; i < N_SENTENCES; i++)
    {
      g_assert_true (wb_tokenizer_encode (a, text[i], text[0], NULL, one, NULL));
      g_assert_true (wb_tokenizer_encode (b, text[i], text[0], NULL, two, NULL));
      g_assert_cmpmem (one->ids, one->n * sizeof (gint32), two->ids, two->n * sizeof (gint32));
    }
}

static gboolean
has_file (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
test_layout (gconstpointer name)
{
  g_autoptr (WbTestFolder) folder = new_folder (name);
  g_autoptr (WbTestFolder) files = wb_test_bpe_folder_new ("bpe-bytes.json");
  g_autoptr (WbTestFolder) saved = wb_test_folder_new ();
  g_autoptr (WbTokenizer) got = load (folder);
  g_autoptr (WbTokenizer) want = load (files);
  g_autoptr (WbTokenizer) again = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (wb_tokenizer_get_kind (got), ==, WB_TOKENIZER_BPE);
  assert_same (got, want);
  wb_tokenizer_save (got, saved, &error);
  g_assert_no_error (error);
  g_assert_false (has_file (saved, "bpe_encoder.bin"));
  g_assert_true (has_file (saved, "tokenizer_config.json"));
  again = load (saved);
  assert_same (again, want);
}

static void /* strings without an id are unknown; the file itself is kept, and exported */
test_part (void)
{
  g_autoptr (WbTestFolder) folder = new_folder ("bpe-encoder-part.bin.gz");
  g_autoptr (WbTestFolder) saved = wb_test_folder_new ();
  g_autoptr (WbTokenizer) part = load (folder);
  g_autoptr (WbTestFolder) out = wb_test_folder_new ();
  g_autoptr (WbTokenizer) again = NULL;
  g_autoptr (WbTokenizer) exported = NULL;
  g_autoptr (WbEncoding) encoding = wb_encoding_new ();
  g_autoptr (GError) error = NULL;
  const gsize n = wb_tokenizer_get_n_ids (part);
  g_auto (GStrv) text = wb_test_text_new (N_SENTENCES, 1);
  gsize n_unknown = 0;

  g_assert_cmpuint (n, ==, 705 - 40 + 1);
  g_assert_cmpint (wb_tokenizer_get_id (part, "madeupword0000"), ==, (gint32) n - 2);
  g_assert_cmpint (wb_tokenizer_get_id (part, "[MASK]"), ==, (gint32) n - 1);
  for (gsize i = 0; i < N_SENTENCES; i++)
    {
      g_assert_true (wb_tokenizer_encode (part, text[i], NULL, NULL, encoding, NULL));
      for (gsize k = 0; k < encoding->n; k++)
        {
          g_assert_true (encoding->ids[k] >= 0 && (gsize) encoding->ids[k] < n);
          n_unknown += encoding->ids[k] == 3;
        }
    }
  g_assert_cmpuint (n_unknown, >, 0);
  g_assert_true (wb_tokenizer_save (part, saved, NULL));
  again = load (saved);
  assert_same (again, part);
  wb_tokenizer_export (part, out, &error);
  g_assert_no_error (error);
  g_assert_true (has_file (out, "bpe_encoder.bin"));
  g_assert_false (has_file (out, "vocab.json"));
  g_assert_false (has_file (out, "tokenizer.json"));
  exported = load (out);
  assert_same (exported, part);
}

/* Pickles by hand: protocol 2, no memo. */
static void
assert_refused (const char *pickle, gsize size, const char *part)
{
  g_autoptr (WbTestFolder) folder = wb_test_folder_new ();
  g_autoptr (GError) error = NULL;

  wb_test_write (folder, "bpe_encoder.bin", pickle, (gssize) size);
  g_assert_null (wb_tokenizer_load (folder, &error));
  g_assert_nonnull (strstr (error->message, "bpe_encoder.bin"));
  if (strstr (error->message, part) == NULL)
    g_error ("%s", error->message);
}

/* The three numbers and the sizes that a legacy file begins with, then @OBJECT, then no storages.
 */
#define LEGACY(OBJECT)                                                                             \
  "\x80\x02\x8a\nl\xfc\x9c\x46\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}(X\x10\0\0\0protocol_"    \
  "versionM\xe9\x03X\x0d\0\0\0little_endian\x88X\x0a\0\0\0type_sizes}u.\x80\x02" OBJECT            \
  ".\x80\x02]."
#define REFUSE(OBJECT, PART) assert_refused (LEGACY (OBJECT), sizeof LEGACY (OBJECT) - 1, PART)
#define KEY_ENCODER "X\x07\0\0\0encoder"
#define KEY_VOCAB "X\x05\0\0\0vocab"
#define KEY_MAP "X\x08\0\0\0dict_map"
#define STRING_A "X\x01\0\0\0a"
#define STRING_0                                                                                   \
  "X\x01\0\0\0"                                                                                    \
  "0"

static void
test_refuses (void)
{
  assert_refused ("", 0, "bpe_encoder.bin");
  assert_refused ("PK\x03\x04", 4, "bpe_encoder.bin");
  REFUSE ("]", "must be a dict whose \"encoder\" is a dict");
  REFUSE ("}(" KEY_ENCODER "]u", "must be a dict whose \"encoder\" is a dict");
  REFUSE ("}(" KEY_ENCODER "}u", "must be a dict whose \"vocab\" is a list");
  REFUSE ("}(" KEY_ENCODER "}" KEY_VOCAB "]u", "must be a dict whose \"dict_map\" is a list");
  REFUSE ("}(" KEY_ENCODER "}(" STRING_A STRING_A "u" KEY_VOCAB "]" KEY_MAP "]u",
          "encoder, entry 0: must be a string with its id");
  REFUSE ("}(" KEY_ENCODER "}(" STRING_A "K\0u" KEY_VOCAB "]" KEY_MAP "](" STRING_0 "eu",
          "dict_map, entry 0: must be an id as a string");
  REFUSE ("}(" KEY_ENCODER "}(" STRING_A "K\0u" KEY_VOCAB "]" KEY_MAP "]((" STRING_0
          "K\1t(" STRING_0 "K\1teu",
          "dict_map, entry 1: the token \"a\" is there twice");
  REFUSE ("}(" KEY_ENCODER "}(" STRING_A "K\0u" KEY_VOCAB "](K\1e" KEY_MAP "]((" STRING_0 "K\1teu",
          "vocab, entry 0: must be two strings");
  REFUSE ("}(" KEY_ENCODER "}(" STRING_A "K\0u" KEY_VOCAB "]((" STRING_A STRING_A "te" KEY_MAP
          "]((" STRING_0 "K\1teu",
          "vocab, entry 0: makes \"aa\", which is not in the vocabulary");
}

static void /* one [SEP] between the texts of a pair: what transformers' own class would double */
test_export (void)
{
  g_autoptr (WbTestFolder) folder = new_folder ("bpe-encoder-zip.bin.gz");
  g_autoptr (WbTestFolder) out = wb_test_folder_new ();
  g_autofree char *path = g_build_filename (out, "tokenizer.json", NULL);
  g_autofree char *config_path = g_build_filename (out, "tokenizer_config.json", NULL);
  g_autofree char *config = NULL;
  g_autoptr (WbTokenizer) tokenizer = load (folder);
  g_autoptr (WbTokenizer) again = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  JsonObject *root, *model, *processor;

  wb_tokenizer_export (tokenizer, out, &error);
  g_assert_no_error (error);
  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  root = json_node_get_object (json_parser_get_root (parser));
  model = json_object_get_object_member (root, "model");
  processor = json_object_get_object_member (root, "post_processor");
  g_assert_cmpstr (json_object_get_string_member (model, "type"), ==, "BPE");
  g_assert_cmpuint (json_object_get_size (json_object_get_object_member (model, "vocab")), ==,
                    wb_tokenizer_get_n_ids (tokenizer));
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (model, "merges")), ==,
                    705 - 5 - 256);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (processor, "pair")), ==,
                    5);
  g_assert_true (g_file_get_contents (config_path, &config, NULL, NULL));
  g_assert_nonnull (strstr (config, "\"vocab_type\": \"gpt2\""));
  g_assert_nonnull (strstr (config, "\"tokenizer_class\": \"PreTrainedTokenizerFast\""));
  again = load (out);
  assert_same (again, tokenizer);
}

/* A tokenizer.json beside it has a token of its own: both files are saved, and one export more
 * makes of them what has that token too. */
static void
test_beside_json (void)
{
  static const char list[] = "\"added_tokens\":[";
  static const char token[] = "{\"id\":720,\"content\":\"<E>\",\"special\":false},";
  g_autoptr (WbTestFolder) folder = new_folder ("bpe-encoder-zip.bin.gz");
  g_autoptr (WbTestFolder) made = wb_test_folder_new ();
  g_autoptr (WbTestFolder) saved = wb_test_folder_new ();
  g_autoptr (WbTestFolder) out = wb_test_folder_new ();
  g_autofree char *path = g_build_filename (made, "tokenizer.json", NULL);
  g_autofree char *json = NULL, *with = NULL;
  g_autoptr (WbTokenizer) plain = load (folder);
  g_autoptr (WbTokenizer) got = NULL;
  g_autoptr (WbTokenizer) again = NULL;
  g_autoptr (WbTokenizer) exported = NULL;
  g_autoptr (GError) error = NULL;
  const char *place;

  g_assert_true (wb_tokenizer_export (plain, made, NULL));
  g_assert_true (g_file_get_contents (path, &json, NULL, NULL));
  place = strstr (json, list) + strlen (list);
  with = g_strdup_printf ("%.*s%s%s", (int) (place - json), json, token, place);
  wb_test_write (folder, "tokenizer.json", with, -1);
  got = load (folder);
  g_assert_cmpint (wb_tokenizer_get_id (got, "<E>"), ==, 720);
  wb_tokenizer_save (got, saved, &error);
  g_assert_no_error (error);
  again = load (saved);
  g_assert_cmpint (wb_tokenizer_get_id (again, "<E>"), ==, 720);
  assert_same (again, got);
  wb_tokenizer_export (got, out, &error);
  g_assert_no_error (error);
  exported = load (out);
  g_assert_cmpint (wb_tokenizer_get_id (exported, "<E>"), ==, 720);
  assert_same (exported, got);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/engine/bpe-encoder/zip", "bpe-encoder-zip.bin.gz", test_layout);
  g_test_add_data_func ("/engine/bpe-encoder/legacy", "bpe-encoder-legacy.bin.gz", test_layout);
  g_test_add_func ("/engine/bpe-encoder/part", test_part);
  g_test_add_func ("/engine/bpe-encoder/refuses", test_refuses);
  g_test_add_func ("/engine/bpe-encoder/export", test_export);
  g_test_add_func ("/engine/bpe-encoder/beside-json", test_beside_json);
  return g_test_run ();
}
