#include "tests/fuzz/wb-fuzz-dataset.h"

/* Comma-separated files. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  wb_fuzz_dataset ("input.csv", data, size);
  return 0;
}
