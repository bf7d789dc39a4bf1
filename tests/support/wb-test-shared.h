#pragma once

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

/* Real data, found under the environment's WB_SHARED; it is never copied into the project. */

static inline GBytes *
wb_test_unzip (const char *data, gsize size)
{
  g_autoptr (GConverter) unzip =
      G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  g_autoptr (GInputStream) packed = g_memory_input_stream_new_from_data (data, (gssize) size, NULL);
  g_autoptr (GInputStream) plain = g_converter_input_stream_new (packed, unzip);
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;

  g_output_stream_splice (out, plain, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, &error);
  g_assert_no_error (error);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (out));
}

/* @name under WB_SHARED, or @name.gz unpacked; %NULL when neither is there. */
static inline GBytes *
wb_test_shared_read (const char *name)
{
  const char      *shared = g_getenv ("WB_SHARED");
  g_autofree char *path = g_build_filename (shared != NULL ? shared : "", name, NULL);
  g_autofree char *packed_path = g_strconcat (path, ".gz", NULL);
  g_autofree char *packed = NULL;
  char            *plain = NULL;
  gsize            size;

  if (g_file_get_contents (path, &plain, &size, NULL))
    return g_bytes_new_take (plain, size);
  if (!g_file_get_contents (packed_path, &packed, &size, NULL))
    return NULL;
  return wb_test_unzip (packed, size);
}

/* (transfer full): a new folder with DeBERTa-v3's spm.model and tokenizer_config.json; %NULL when
 * WB_SHARED has none.  wb_test_tokenizer_folder_free() removes it. */
static inline char *
wb_test_tokenizer_folder_new (void)
{
  static const char config[] = "{\"do_lower_case\": false, \"vocab_type\": \"spm\"}";
  g_autoptr (GBytes) model = wb_test_shared_read ("data/tokenizers/deberta-v3/spm.model");
  g_autofree char *model_path = NULL;
  g_autofree char *config_path = NULL;
  char            *folder;

  if (model == NULL)
    return NULL;
  folder = g_dir_make_tmp ("wb-tokenizer-XXXXXX", NULL);
  g_assert_nonnull (folder);
  model_path = g_build_filename (folder, "spm.model", NULL);
  config_path = g_build_filename (folder, "tokenizer_config.json", NULL);
  g_assert_true (g_file_set_contents (model_path, g_bytes_get_data (model, NULL),
                                      (gssize) g_bytes_get_size (model), NULL));
  g_assert_true (g_file_set_contents (config_path, config, -1, NULL));
  return folder;
}

static inline void
wb_test_tokenizer_folder_free (char *folder)
{
  g_autofree char *model_path = g_build_filename (folder, "spm.model", NULL);
  g_autofree char *config_path = g_build_filename (folder, "tokenizer_config.json", NULL);

  g_unlink (model_path);
  g_unlink (config_path);
  g_rmdir (folder);
  g_free (folder);
}
