#pragma once

#include "data/datasets/wb-dataset.h"
#include "tests/fuzz/wb-fuzz.h"

/* A data file, plain or gzip data: the first byte chooses the task, the second what the file is
 * for; @name's ending says its layout. */
static inline void
wb_fuzz_dataset (const char *name, const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (WbDataset) dataset = NULL;
  const WbTask *task;
  gsize         n_tasks = 0;

  if (size < 2)
    return;
  while (wb_task_get_nth (n_tasks) != NULL)
    n_tasks++;
  task = wb_task_get_nth (data[0] % n_tasks);
  bytes = g_bytes_new (data + 2, size - 2);
  dataset = wb_dataset_load_bytes (task, bytes, name, (WbSplitRole) (data[1] & 3) % 3,
                                   (data[1] & 4) != 0 ? WB_DATASET_IGNORE_LABELS : 0, &error);
  wb_fuzz_check_error (dataset != NULL, error);
  if (dataset == NULL)
    return;
  for (gsize i = 0; i < wb_dataset_get_n_examples (dataset); i++)
    {
      const WbExample *example = &wb_dataset_get_examples (dataset)[i];
      if (!g_utf8_validate (example->text, -1, NULL) ||
          (example->pair != NULL && !g_utf8_validate (example->pair, -1, NULL)))
        wb_fuzz_fail ("example %zu is not UTF-8", i);
    }
  wb_fuzz_check_error (wb_dataset_check_trainable (dataset, &error), error);
}
