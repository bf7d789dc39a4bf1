#pragma once

#include "engine/checkpoint/wb-weights.h"
#include "tests/fuzz/wb-fuzz.h"

/* No tensor whose type has a size has more elements than its file has bytes: @size of them. */
static inline void
wb_fuzz_read_weight (WbWeights *weights, const WbWeight *weight, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autofree float *values = NULL;
  gboolean          success;

  if (weight->n_elements > size && wb_weight_type_size (weight->type) > 0)
    wb_fuzz_fail ("%s: %zu elements in %zu bytes", weight->name, weight->n_elements, size);
  values = g_new (float, MIN (weight->n_elements, size));
  success = wb_weights_read (weights, weight, values, &error);
  wb_fuzz_check_error (success, error);
  if (success && weight->n_elements > 1)
    success = wb_weights_read_part (weights, weight, 1, weight->n_elements - 1, values, NULL);
  if (error == NULL && !success)
    wb_fuzz_fail ("%s: a part cannot be read, the whole can", weight->name);
}

/* Opens a file of any layout and reads every tensor. */
static inline void
wb_fuzz_weights (const char *name, const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = wb_fuzz_write_file (name, data, size);
  g_autoptr (WbWeights) weights = wb_weights_open (path, &error);
  gsize n_labels;

  wb_fuzz_check_error (weights != NULL, error);
  if (weights == NULL)
    return;
  wb_weights_get_heads (weights, &n_labels);
  for (gsize i = 0; i < wb_weights_get_n (weights); i++)
    wb_fuzz_read_weight (weights, wb_weights_get (weights, i), size);
}
