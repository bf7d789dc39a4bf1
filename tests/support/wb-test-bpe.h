#pragma once

#include <json-glib/json-glib.h>

#include "tests/support/wb-test-folder.h"
#include "tests/support/wb-test-shared.h"

/* Folders with vocab.json and merges.txt. */

static inline void /* without waiting for the disk, as g_file_set_contents() does */
wb_test_write (const char *folder, const char *name, const char *text, gssize length)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  FILE            *file = g_fopen (path, "wb");
  const gsize      n = length < 0 ? strlen (text) : (gsize) length;

  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (text, 1, n, file), ==, n);
  g_assert_cmpint (fclose (file), ==, 0);
}

/* (transfer full): tests/vectors/@name, an object with vocab and merges */
static inline JsonNode *
wb_test_bpe_read (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "vectors", name, NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  return json_node_copy (json_parser_get_root (parser));
}

/* (transfer full): a new folder with it; wb_test_folder_free() removes it */
static inline char *
wb_test_bpe_folder_new (const char *name)
{
  char *folder = wb_test_folder_new ();
  g_autoptr (JsonNode) node = wb_test_bpe_read (name);
  JsonObject      *model = json_node_get_object (node);
  JsonArray       *merges = json_object_get_array_member (model, "merges");
  g_autofree char *vocab = json_to_string (json_object_get_member (model, "vocab"), TRUE);
  g_autoptr (GString) lines = g_string_new ("#version: 0.2\n");

  for (guint i = 0; i < json_array_get_length (merges); i++)
    g_string_append_printf (lines, "%s\n", json_array_get_string_element (merges, i));
  wb_test_write (folder, "vocab.json", vocab, -1);
  wb_test_write (folder, "merges.txt", lines->str, -1);
  return folder;
}

/* The ids of DeBERTa v1 (fact sheet 8.2): the specials, then dict.txt's order of GPT-2's ids. */
static inline char *
wb_test_bpe_vocab_new (GBytes *encoder, GBytes *dictionary)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *lines_text =
      g_strndup (g_bytes_get_data (dictionary, NULL), g_bytes_get_size (dictionary));
  g_auto (GStrv) lines = g_strsplit (lines_text, "\n", -1);
  static const char *const specials[] = { "[PAD]", "[CLS]", "[SEP]", "[UNK]" };
  g_autoptr (JsonObject) vocab = json_object_new ();
  g_autoptr (GHashTable) by_id = g_hash_table_new (NULL, NULL);
  g_autoptr (GList) members = NULL;
  JsonObject *object;
  gint64      id = 0;

  g_assert_true (json_parser_load_from_data (parser, g_bytes_get_data (encoder, NULL),
                                             (gssize) g_bytes_get_size (encoder), NULL));
  object = json_node_get_object (json_parser_get_root (parser));
  members = json_object_get_members (object);
  for (GList *l = members; l != NULL; l = l->next)
    g_hash_table_insert (
        by_id, GINT_TO_POINTER ((gint) json_object_get_int_member (object, l->data) + 1), l->data);
  for (; id < 4; id++)
    json_object_set_int_member (vocab, specials[id], id);
  for (gsize i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    {
      char       *blank = strchr (lines[i], ' ');
      const char *name;
      *blank = '\0';
      name = g_hash_table_lookup (
          by_id, GINT_TO_POINTER ((gint) g_ascii_strtoll (lines[i], NULL, 10) + 1));
      json_object_set_int_member (
          vocab, g_ascii_isdigit (*lines[i]) && name != NULL ? name : lines[i], id++);
    }
  json_object_set_int_member (vocab, "[MASK]", id);
  json_node_set_object (root, vocab);
  return json_to_string (root, FALSE);
}

/* (transfer full): a new folder with DeBERTa v1's vocabulary; %NULL where WB_SHARED has none */
static inline char *
wb_test_bpe_shared_folder_new (void)
{
  g_autoptr (GBytes) encoder = wb_test_shared_read ("data/tokenizers/gpt2/encoder.json");
  g_autoptr (GBytes) merges = wb_test_shared_read ("data/tokenizers/gpt2/vocab.bpe");
  g_autoptr (GBytes) dictionary = wb_test_shared_read ("data/tokenizers/gpt2/dict.txt");
  g_autofree char *vocab = NULL;
  char            *folder;

  if (encoder == NULL || merges == NULL || dictionary == NULL)
    return NULL;
  folder = wb_test_folder_new ();
  vocab = wb_test_bpe_vocab_new (encoder, dictionary);
  wb_test_write (folder, "vocab.json", vocab, -1);
  wb_test_write (folder, "merges.txt", g_bytes_get_data (merges, NULL),
                 (gssize) g_bytes_get_size (merges));
  return folder;
}
