#include "tests/fuzz/wb-fuzz-tokenizer.h"

/* The small files beside a vocabulary: the first byte chooses which of them it is. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const char *const names[] = { "tokenizer_config.json", "added_tokens.json",
                                       "special_tokens_map.json" };
  static const char vocab[] = "{\"[CLS]\":1,\"[PAD]\":0,\"[SEP]\":2,\"[UNK]\":3,\"H\":4,\"e\":5,"
                              "\"He\":6,\"l\":7,\"\xc4\xa0\":8,\"[MASK]\":9}";
  static const char merges[] = "#version: 0.2\nH e\n";
  g_autofree char  *written = NULL;

  if (size == 0)
    return 0;
  g_free (wb_fuzz_write_file ("vocab.json", (const guint8 *) vocab, strlen (vocab)));
  g_free (wb_fuzz_write_file ("merges.txt", (const guint8 *) merges, strlen (merges)));
  written = wb_fuzz_write_file (names[data[0] % G_N_ELEMENTS (names)], data + 1, size - 1);
  wb_fuzz_tokenizer ();
  g_unlink (written);
  return 0;
}
