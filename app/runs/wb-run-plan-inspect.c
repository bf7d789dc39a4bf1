#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/core/wb-app-error.h"
#include "app/library/wb-model-folder-private.h"
#include "app/runs/wb-run-spec-private.h"
#include "data/datasets/wb-dataset.h"

#define SAMPLE_BYTES 65536
#define N_SAMPLES 64

/* Size, and 64 KiB at 64 even places: another set of weights differs everywhere. */
static gboolean
add_file (GChecksum *sum, const char *path, GError **error)
{
  g_autofree guchar *block = g_malloc (SAMPLE_BYTES);
  const int          fd = open (path, O_RDONLY | O_CLOEXEC);
  struct stat        status;

  if (fd < 0 || fstat (fd, &status) != 0)
    {
      g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_MISSING, "%s: %s", path, g_strerror (errno));
      if (fd >= 0)
        close (fd);
      return FALSE;
    }
  g_checksum_update (sum, (const guchar *) &status.st_size, sizeof status.st_size);
  for (gsize i = 0; i < N_SAMPLES; i++)
    {
      const off_t  place = (off_t) ((double) status.st_size * i / N_SAMPLES);
      const gssize n = pread (fd, block, SAMPLE_BYTES, place);
      if (n > 0)
        g_checksum_update (sum, block, n);
    }
  close (fd);
  return TRUE;
}

char *
wb_run_plan_compute_base_digest (const WbRunPlan *self, GError **error)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *folder = wb_run_plan_dup_folder (self);
  g_autofree char *own_config = wb_model_folder_dup_config_path (folder);
  const gboolean   inside = g_strcmp0 (self->config_path, folder) == 0;
  g_auto (GStrv) names =
      wb_model_folder_list_files (folder, self->model_path != NULL || inside, FALSE, error);

  if (names == NULL ||
      (self->config_path != NULL && !inside && !add_file (sum, self->config_path, error)))
    return NULL;
  for (gsize i = 0; names[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);
      const gboolean   other = self->config_path != NULL && g_str_equal (path, own_config);

      if (!other && !add_file (sum, path, error)) /* another configuration is not read */
        return NULL;
    }
  return g_strdup (g_checksum_get_string (sum));
}

static gboolean
inspect_train (WbRunPlan *self, GError **error)
{
  g_autoptr (WbDataset) dataset =
      wb_dataset_load (self->task, self->train_path, WB_SPLIT_TRAIN, WB_DATASET_DEFAULT, error);

  if (dataset == NULL || !wb_dataset_check_trainable (dataset, error))
    return FALSE;
  self->train_digest = g_strdup (wb_dataset_get_digest (dataset));
  return TRUE;
}

static gboolean
inspect_evaluations (WbRunPlan *self, GError **error)
{
  for (guint i = 0; i < self->evaluations->len; i++)
    {
      const WbPlanSplit *split = self->evaluations->pdata[i];
      g_autoptr (WbDataset) dataset =
          wb_dataset_load (self->task, split->path, WB_SPLIT_DEV, WB_DATASET_DEFAULT, error);

      if (dataset == NULL)
        return FALSE;
      if (!wb_dataset_has_labels (dataset))
        {
          g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_INVALID,
                       "%s has no labels to compare with; give another --dev file", split->path);
          return FALSE;
        }
    }
  return TRUE;
}

gboolean
wb_run_plan_inspect (WbRunPlan *self, GError **error)
{
  g_autofree char *folder = wb_run_plan_dup_folder (self);
  g_autoptr (WbModelConfig) config = wb_model_folder_open (
      folder, self->config_path,
      self->model_path != NULL ? WB_MODEL_NEEDS_ALL : WB_MODEL_NEEDS_TOKENIZER, error);

  if (config == NULL || !inspect_train (self, error) || !inspect_evaluations (self, error))
    return FALSE;
  g_free (self->base_digest);
  self->base_digest = wb_run_plan_compute_base_digest (self, error);
  return self->base_digest != NULL;
}
