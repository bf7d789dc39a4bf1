#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "engine/checkpoint/wb-checkpoint.h"
#include "engine/checkpoint/wb-safetensors-write.h"

/* bench-load make FOLDER v3-base|v2-xxlarge f32|f16|bf16
 * bench-load load FOLDER
 *
 * Random weights in a published shape, and what it takes to load them: time, and the most memory
 * over what is held afterwards.  Two processes, so that making does not count as loading. */

#define COMMON                                                                                     \
  "{\"model_type\":\"deberta-v2\",\"attention_probs_dropout_prob\":0.1,\"hidden_act\":\"gelu\","   \
  "\"hidden_dropout_prob\":0.1,\"initializer_range\":0.02,\"max_position_embeddings\":512,"        \
  "\"relative_attention\":true,\"position_buckets\":256,\"norm_rel_ebd\":\"layer_norm\","          \
  "\"share_att_key\":true,\"pos_att_type\":\"p2c|c2p\",\"layer_norm_eps\":1e-7,"                   \
  "\"max_relative_positions\":-1,\"position_biased_input\":false,\"type_vocab_size\":0,"           \
  "\"vocab_size\":128100,"

static const struct
{
  const char *name;
  const char *json;
} sizes[] = {
  { "v3-base", COMMON "\"hidden_size\":768,\"intermediate_size\":3072,\"num_attention_heads\":12,"
                      "\"num_hidden_layers\":12}" },
  { "v2-xxlarge",
    COMMON "\"hidden_size\":1536,\"intermediate_size\":6144,\"num_attention_heads\":24,"
           "\"num_hidden_layers\":48,\"conv_kernel_size\":3,\"conv_act\":\"gelu\"}" },
};

/* Numbers of a few hundredths, the same for every run. */
static gboolean
read_random (gpointer data, gsize first, gsize n, float *values, GError **error)
{
  guint32 *state = data;

  for (gsize i = 0; i < n; i++)
    {
      *state = *state * 1664525u + 1013904223u;
      values[i] = ((gint32) *state >> 8) * 0x1p-27f;
    }
  return TRUE;
}

static int
make (const char *folder, const char *size, const char *dtype)
{
  g_autoptr (WbModelConfig) config = NULL;
  g_autoptr (WbParameterTable) table = NULL;
  g_autoptr (GArray) sources = g_array_new (FALSE, TRUE, sizeof (WbSafetensorSource));
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (folder, "config.json", NULL);
  guint32          state = 1;
  WbDtype          type = WB_DTYPE_F32;

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    if (g_str_equal (size, sizes[i].name))
      config = wb_model_config_parse (sizes[i].json, -1, "config.json", &error);
  while (type < WB_DTYPE_F64 && !g_str_equal (dtype, wb_dtype_name (type)))
    type++;
  if (config == NULL || type == WB_DTYPE_F64)
    {
      fprintf (stderr, "%s %s: %s\n", size, dtype, error != NULL ? error->message : "unknown");
      return 2;
    }
  table = wb_parameter_table_new (config, NULL);
  for (gsize i = 0; i < wb_parameter_table_get_n (table); i++)
    {
      const WbParameter       *p = wb_parameter_table_get (table, i);
      const WbSafetensorSource source = { .name = p->name,
                                          .dims = p->dims,
                                          .n_dims = p->n_dims,
                                          .read = read_random,
                                          .data = &state };

      g_array_append_val (sources, source);
    }
  g_mkdir_with_parents (folder, 0700);
  if (!g_file_set_contents (path, config->json, -1, &error) ||
      !wb_safetensors_write_folder (folder, (WbSafetensorSource *) sources->data, sources->len,
                                    type, WB_SAFETENSORS_MAX_FILE, &error))
    {
      fprintf (stderr, "%s\n", error->message);
      return 1;
    }
  return 0;
}

/* Bytes of a line of /proc/self/status. */
static double
status_bytes (const char *key)
{
  g_autofree char *text = NULL;
  const char      *line;

  if (!g_file_get_contents ("/proc/self/status", &text, NULL, NULL))
    return 0;
  line = strstr (text, key);
  return line == NULL ? 0 : 1024.0 * (double) g_ascii_strtoull (line + strlen (key) + 1, NULL, 10);
}

static double
cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         1e-6 * (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static int
load (const char *folder)
{
  const WbHeadSpec head = { .kind = WB_HEAD_CLASSIFICATION, .n_labels = 3 };
  g_autoptr (GError) error = NULL;
  const gint64 start = g_get_monotonic_time ();
  const double cpu = cpu_seconds ();
  gint64       checked = 0;
  WbBackend   *backend = NULL;
  WbModel     *model = NULL;
  g_autoptr (WbModelConfig) config = wb_model_config_load (folder, &error);
  g_autoptr (WbLoadReport) report = NULL;

  if (config != NULL && wb_checkpoint_check (folder, config, &error))
    {
      checked = g_get_monotonic_time ();
      backend = wb_backend_open ("cpu", 0, &error);
    }
  if (backend != NULL)
    model = wb_model_new (backend, config, &head, &error);
  if (model != NULL && wb_model_initialize (model, 1, TRUE, &error))
    report = wb_checkpoint_load_weights (model, folder, &error);
  if (report == NULL)
    {
      fprintf (stderr, "%s\n", error->message);
      return 1;
    }
  printf ("checked in %.3f s, loaded in %.3f s (%.3f s of processors); held %.3f GiB, most %.3f "
          "GiB: %.3f times\n",
          (double) (checked - start) * 1e-6, (double) (g_get_monotonic_time () - start) * 1e-6,
          cpu_seconds () - cpu, status_bytes ("VmRSS:") * 0x1p-30,
          status_bytes ("VmHWM:") * 0x1p-30,
          status_bytes ("VmHWM:") /
              (4.0 * (double) wb_parameter_table_get_n_elements (wb_model_get_table (model))));
  wb_model_free (model);
  wb_backend_close (backend);
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc == 5 && g_str_equal (argv[1], "make"))
    return make (argv[2], argv[3], argv[4]);
  if (argc == 3 && g_str_equal (argv[1], "load"))
    return load (argv[2]);
  fprintf (stderr, "usage: bench-load make FOLDER v3-base|v2-xxlarge f32|f16|bf16\n"
                   "       bench-load load FOLDER\n");
  return 2;
}
