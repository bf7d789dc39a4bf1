#pragma once

/* Vectors of F32 as the compiler knows them, one width per instruction set.  For kernel files only.
 */

#if defined(__AVX512F__)
#define WB_CPU_LANES 16
#elif defined(__AVX2__)
#define WB_CPU_LANES 8
#else
#define WB_CPU_LANES 4
#endif

typedef float WbCpuVector __attribute__ ((vector_size (WB_CPU_LANES * 4)));

/* The same in memory, at any address of a float. */
typedef float WbCpuVectorAt
    __attribute__ ((vector_size (WB_CPU_LANES * 4), aligned (4), may_alias));

static inline WbCpuVector
wb_cpu_load (const float *p)
{
  return *(const WbCpuVectorAt *) (const void *) p;
}

static inline void
wb_cpu_store (float *p, WbCpuVector x)
{
  *(WbCpuVectorAt *) (void *) p = x;
}
