#include "tests/fuzz/wb-fuzz-dataset.h"

/* Tab-separated files. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  wb_fuzz_dataset ("input.tsv", data, size);
  return 0;
}
