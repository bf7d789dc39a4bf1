#pragma once

#include "engine/core/wb-backend-private.h"

G_BEGIN_DECLS

/* Kernel files are compiled once per instruction set, with -DWB_CPU_ISA=avx2 and so on; every
 * function of theirs that is not static has a name made by WB_CPU (wb_cpu_gelu) ->
 * wb_cpu_gelu_avx2.  Inline functions in headers must be static: another copy may have been
 * compiled for another processor. */
#define WB_CPU_PASTE_(name, isa) name##_##isa
#define WB_CPU_PASTE(name, isa) WB_CPU_PASTE_ (name, isa)
#ifdef WB_CPU_ISA
#define WB_CPU(name) WB_CPU_PASTE (name, WB_CPU_ISA)
#endif

/* A loop whose iterations are independent, or a sum in an order that the compiler chose: the same
 * for every run over the same number of elements (no peeling for alignment: engine/meson.build). */
#define WB_CPU_SIMD _Pragma ("omp simd")

/* Rows of one partial sum of a column sum over rows.  Fixed, so that sums do not depend on the
 * number of threads. */
#define WB_CPU_BLOCK_ROWS ((gsize) 128)

typedef struct _WbCpuDnnl WbCpuDnnl;

/**
 * WbCpuState:
 * @dnnl: the matrix library
 * @scratch, @scratch_size: wb_cpu_scratch()'s block
 */
typedef struct
{
  WbCpuDnnl *dnnl;
  void      *scratch;
  gsize      scratch_size;
} WbCpuState;

/**
 * wb_cpu_scratch:
 * @error: WB_ENGINE_ERROR_OUT_OF_MEMORY
 *
 * Memory for one operation, 64-byte aligned, not cleared; valid until the next call.  Never
 * grows after a wb_backend_reserve_scratch() of what is computed, else to the largest request.
 */
void *wb_cpu_scratch (WbBackend *self, gsize bytes, GError **error);

/* Physical cores that the process may run on, and that its control group grants the time of. */
guint wb_cpu_count_cores (void);

/* Processors that a cpu.max ("QUOTA PERIOD" or "max PERIOD") grants, rounded up; %G_MAXUINT: no
 * limit
 */
guint wb_cpu_quota_parse (const char *text);

/* The sequence that token @token of @batch belongs to. */
gsize wb_cpu_find_sequence (const WbBatch *batch, gsize token);

/* The matrix library behind our own interface (engine/cpu/wb-cpu-dnnl.c). */
WbCpuDnnl *wb_cpu_dnnl_new (const char *instruction_set, GError **error);
void       wb_cpu_dnnl_free (WbCpuDnnl *self);
char      *wb_cpu_dnnl_dup_version (const WbCpuDnnl *self);

/**
 * wb_cpu_gemm:
 * @transpose_a, @transpose_b: 'T' or 'N'
 * @a: (m, k), stored (k, m) when transposed; rows @lda apart
 * @b: (k, n), stored (n, k) when transposed; rows @ldb apart
 * @beta: 0: @c is written, 1: added to
 * @c: (m, n), rows @ldc apart
 *
 * c = a b + beta c on the calling thread alone, whatever the number of threads; any thread.
 *
 * Returns: %FALSE when the library refuses
 */
gboolean wb_cpu_gemm (char         transpose_a,
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
                      gsize        ldc);

G_END_DECLS
