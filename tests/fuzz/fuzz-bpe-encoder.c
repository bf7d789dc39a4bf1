#include "tests/fuzz/wb-fuzz-tokenizer.h"

/* The original releases' vocabulary: a folder that has only bpe_encoder.bin. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_free (wb_fuzz_write_file ("bpe_encoder.bin", data, size));
  wb_fuzz_tokenizer ();
  return 0;
}
