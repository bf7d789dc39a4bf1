#include "tests/fuzz/wb-fuzz-weights.h"

/* model.safetensors: the header is checked, then every tensor is read. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  wb_fuzz_weights ("model.safetensors", data, size);
  return 0;
}
