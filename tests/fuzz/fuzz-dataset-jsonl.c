#include "tests/fuzz/wb-fuzz-dataset.h"

/* JSON Lines. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  wb_fuzz_dataset ("input.jsonl", data, size);
  return 0;
}
