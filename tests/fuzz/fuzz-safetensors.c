#include "engine/checkpoint/wb-safetensors.h"
#include "tests/fuzz/wb-fuzz.h"

#define MAX_ELEMENTS 100000

static void
read_tensor (WbSafetensors *file, const WbSafetensor *tensor)
{
  g_autoptr (GError) error = NULL;
  g_autofree float *values = NULL;

  if (tensor->n_elements > MAX_ELEMENTS)
    return;
  values = g_new (float, tensor->n_elements + 1);
  wb_fuzz_check_error (wb_safetensors_read (file, tensor, values, &error), error);
}

/* model.safetensors: the header is checked, then every tensor is read. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = wb_fuzz_write_file ("model.safetensors", data, size);
  g_autoptr (WbSafetensors) file = wb_safetensors_open (path, &error);

  wb_fuzz_check_error (file != NULL, error);
  if (file == NULL)
    return 0;
  for (gsize i = 0; i < wb_safetensors_get_n (file); i++)
    read_tensor (file, wb_safetensors_get (file, i));
  return 0;
}
