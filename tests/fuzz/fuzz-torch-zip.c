#include "tests/fuzz/wb-fuzz-weights.h"

/* pytorch_model.bin as torch.save() writes it in the zip layout. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  wb_fuzz_weights ("pytorch_model.bin", data, size);
  return 0;
}
