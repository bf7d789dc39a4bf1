#include "config.h"

#include "engine/cpu/wb-cpu-backend.h"

#include <string.h>
#include <sys/mman.h>

#include "engine/core/wb-processor.h"
#include "engine/cpu/wb-cpu-private.h"

extern const WbBackendOps wb_cpu_ops_baseline;
#ifdef __x86_64__
extern const WbBackendOps wb_cpu_ops_avx2;
extern const WbBackendOps wb_cpu_ops_avx512;
#endif

typedef struct
{
  const char         *name;
  const WbBackendOps *ops;
} InstructionSet;

/* Narrowest first. */
static const InstructionSet instruction_sets[] = {
  { "baseline", &wb_cpu_ops_baseline },
#ifdef __x86_64__
  { "avx2", &wb_cpu_ops_avx2 },
  { "avx512", &wb_cpu_ops_avx512 },
#endif
};

/* The index of the widest instruction set that this processor (and kernel) runs. */
static gsize
widest_instruction_set (void)
{
#ifdef __x86_64__
  __builtin_cpu_init ();
  if (!__builtin_cpu_supports ("avx2") || !__builtin_cpu_supports ("fma") ||
      !wb_processor_has_f16c ())
    return 0;
  if (__builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512bw") &&
      __builtin_cpu_supports ("avx512dq") && __builtin_cpu_supports ("avx512vl"))
    return 2;
  return 1;
#else
  return 0;
#endif
}

static const InstructionSet *
choose_instruction_set (GError **error)
{
  const gsize widest = widest_instruction_set ();
  const char *wish = g_getenv ("WB_CPU_ISA");

  if (wish == NULL || *wish == '\0')
    return &instruction_sets[widest];
  for (gsize i = 0; i <= widest; i++)
    if (g_str_equal (wish, instruction_sets[i].name))
      return &instruction_sets[i];
  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_UNSUPPORTED,
               "WB_CPU_ISA=%s: this processor runs nothing wider than %s (known: baseline, avx2, "
               "avx512)",
               wish, instruction_sets[widest].name);
  return NULL;
}

/* "model name" of /proc/cpuinfo, or what the machine calls itself. */
static char *
dup_processor_name (void)
{
  g_autofree char *text = NULL;
  const char      *line;

  if (!g_file_get_contents ("/proc/cpuinfo", &text, NULL, NULL))
    return g_strdup ("unknown processor");
  line = strstr (text, "model name");
  if (line == NULL || (line = strchr (line, ':')) == NULL)
    return g_strdup ("unknown processor");
  line++;
  return g_strstrip (g_strndup (line, strcspn (line, "\n")));
}

static char *
cpu_dup_fingerprint (const WbBackend *self)
{
  const WbCpuState *state = self->state;
  g_autofree char  *processor = dup_processor_name ();
  g_autofree char  *dnnl = wb_cpu_dnnl_dup_version (state->dnnl);

  return g_strdup_printf ("cpu; %s; %s; %u threads; %s; gcc %s; %s", processor,
                          self->instruction_set, self->n_threads, dnnl, __VERSION__,
                          PACKAGE_VERSION);
}

static void
cpu_close_state (WbBackend *self)
{
  WbCpuState *state = self->state;

  if (state->scratch != NULL)
    munmap (state->scratch, state->scratch_size);
  wb_cpu_dnnl_free (state->dnnl);
  g_free (state);
}

WbBackend *
wb_cpu_backend_open (guint n_threads, GError **error)
{
  const InstructionSet *set = choose_instruction_set (error);
  WbBackend            *self;
  WbCpuState           *state;
  WbCpuDnnl            *dnnl;

  if (set == NULL)
    return NULL;
  dnnl = wb_cpu_dnnl_new (set->name, error);
  if (dnnl == NULL)
    return NULL;

  state = g_new0 (WbCpuState, 1);
  state->dnnl = dnnl;
  self = g_new0 (WbBackend, 1);
  self->ops = set->ops;
  self->name = "cpu";
  self->instruction_set = set->name;
  self->n_threads = n_threads > 0 ? n_threads : wb_cpu_count_cores ();
  self->state = state;
  self->close_state = cpu_close_state;
  self->dup_fingerprint = cpu_dup_fingerprint;
  return self;
}

gsize
wb_cpu_measure_scratch (const WbScratchShape *shape, guint n_threads)
{
  const WbBackendOps *ops = instruction_sets[widest_instruction_set ()].ops;

  return ops->measure_scratch (shape, n_threads > 0 ? n_threads : wb_cpu_count_cores ());
}

void *
wb_cpu_scratch (WbBackend *self, gsize bytes, GError **error)
{
  WbCpuState *state = self->state;
  void       *block;

  if (bytes <= state->scratch_size && state->scratch != NULL)
    return state->scratch;
  bytes = MAX (bytes, 1);
  block = mmap (NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (block == MAP_FAILED)
    {
      g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_OUT_OF_MEMORY,
                   "%.1f MiB of working memory could not be had; a smaller batch or length may fit",
                   (double) bytes / (1024 * 1024));
      return NULL;
    }
#ifdef MADV_HUGEPAGE
  madvise (block, bytes, MADV_HUGEPAGE); /* a wish: where refused, small pages do */
#endif
  if (state->scratch != NULL)
    munmap (state->scratch, state->scratch_size);
  state->scratch = block;
  state->scratch_size = bytes;
  return block;
}

gsize
wb_cpu_find_sequence (const WbBatch *batch, gsize token)
{
  gsize low = 0, high = batch->n_sequences;

  while (high - low > 1)
    {
      const gsize middle = low + (high - low) / 2;

      if ((gsize) batch->cu_seqlens[middle] <= token)
        low = middle;
      else
        high = middle;
    }
  return low;
}
