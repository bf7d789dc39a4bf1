#include "tests/fuzz/wb-fuzz-weights.h"

/* model.safetensors.index.json, with no file beside it that it could name. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  wb_fuzz_weights ("model.safetensors.index.json", data, size);
  return 0;
}
