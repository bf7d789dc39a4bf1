#include "tests/fuzz/wb-fuzz-tokenizer.h"

/* A folder that has only tokenizer.json. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_free (wb_fuzz_write_file ("tokenizer.json", data, size));
  wb_fuzz_tokenizer ();
  return 0;
}
