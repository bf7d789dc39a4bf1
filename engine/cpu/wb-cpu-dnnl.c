#include "config.h"

#include <omp.h>
#include <oneapi/dnnl/dnnl.h>

#include <string.h>

#include "engine/cpu/wb-cpu-private.h"

/* The only file that sees oneDNN.  It uses the part of its C interface that 2.6 and 3.7 share. */

struct _WbCpuDnnl
{
  dnnl_engine_t engine;
};

static gboolean
dnnl_check (dnnl_status_t status, const char *what, GError **error)
{
  if (status == dnnl_success)
    return TRUE;
  g_set_error (error, WB_ENGINE_ERROR,
               status == dnnl_out_of_memory ? WB_ENGINE_ERROR_OUT_OF_MEMORY
                                            : WB_ENGINE_ERROR_DEVICE,
               "oneDNN %s: status %d", what, (int) status);
  return FALSE;
}

WbCpuDnnl *
wb_cpu_dnnl_new (const char *instruction_set, GError **error)
{
  WbCpuDnnl    *self;
  dnnl_engine_t engine;

  /* Only the first use in a process can narrow oneDNN's choice; later it answers no, and stays. */
  if (g_str_equal (instruction_set, "baseline"))
    dnnl_set_max_cpu_isa (dnnl_cpu_isa_sse41);
  else if (g_str_equal (instruction_set, "avx2"))
    dnnl_set_max_cpu_isa (dnnl_cpu_isa_avx2);
  if (!dnnl_check (dnnl_engine_create (&engine, dnnl_cpu, 0), "engine", error))
    return NULL;
  self = g_new0 (WbCpuDnnl, 1);
  self->engine = engine;
  return self;
}

void
wb_cpu_dnnl_free (WbCpuDnnl *self)
{
  if (self == NULL)
    return;
  dnnl_engine_destroy (self->engine);
  g_free (self);
}

char *
wb_cpu_dnnl_dup_version (const WbCpuDnnl *self)
{
  const dnnl_version_t *version = dnnl_version ();

  return g_strdup_printf ("oneDNN %d.%d.%d isa %x", version->major, version->minor, version->patch,
                          (guint) dnnl_get_effective_cpu_isa ());
}

gboolean
wb_cpu_gemm (char         transpose_a,
             char         transpose_b,
             gsize        m,
             gsize        n,
             gsize        k,
             const float *a,
             gsize        lda,
             const float *b,
             gsize        ldb,
             float        beta,
             float       *c,
             gsize        ldc)
{
  const int     n_threads = omp_get_max_threads ();
  dnnl_status_t status;

  if (m == 0 || n == 0)
    return TRUE;
  if (k == 0)
    {
      for (gsize i = 0; i < m && beta == 0.0f; i++)
        memset (c + i * ldc, 0, n * sizeof *c);
      return TRUE;
    }
  /* oneDNN takes one thread inside a parallel region, but a team of one is not seen as such. */
  omp_set_num_threads (1);
  status = dnnl_sgemm (transpose_a, transpose_b, (dnnl_dim_t) m, (dnnl_dim_t) n, (dnnl_dim_t) k,
                       1.0f, a, (dnnl_dim_t) lda, b, (dnnl_dim_t) ldb, beta, c, (dnnl_dim_t) ldc);
  omp_set_num_threads (n_threads);
  return status == dnnl_success;
}
