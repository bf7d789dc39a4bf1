#pragma once

/* What the dense and the row-wise optimizer share, included by kernel files only: one update of one
 * vector register, the same roundings wherever it stands. */

#include "engine/cpu/wb-cpu-private.h"

#if defined __x86_64__
#include <immintrin.h>
#endif

G_BEGIN_DECLS

#if defined __AVX512F__
#define WB_VECTOR_BYTES 64
#elif defined __AVX__
#define WB_VECTOR_BYTES 32
#else
#define WB_VECTOR_BYTES 16
#endif
#define WB_VECTOR_LANES ((gsize) WB_VECTOR_BYTES / sizeof (float))

typedef float  WbVector __attribute__ ((vector_size (WB_VECTOR_BYTES)));
typedef gint32 WbVectorInt __attribute__ ((vector_size (WB_VECTOR_BYTES)));
typedef float  WbVectorUnaligned
    __attribute__ ((vector_size (WB_VECTOR_BYTES), aligned (4), may_alias));

static inline WbVector
vector_load (const float *p)
{
  return *(const WbVectorUnaligned *) p;
}

static inline void
vector_store (float *p, WbVector x)
{
  *(WbVectorUnaligned *) p = x;
}

static inline WbVector
vector_set (float x)
{
  return x - (WbVector){ 0 };
}

static inline WbVector
vector_abs (WbVector x)
{
  return (WbVector) ((WbVectorInt) x & G_MAXINT32);
}

/* @x as rounded: keeps the compiler from fusing its last operation into the next one. */
static inline WbVector
vector_rounded (WbVector x)
{
#if defined __AVX512F__
  __asm__("" : "+v"(x));
#elif defined __x86_64__
  __asm__("" : "+x"(x));
#elif defined __aarch64__
  __asm__("" : "+w"(x));
#endif
  return x;
}

static inline WbVector
vector_fma (WbVector a, WbVector b, WbVector c)
{
#if defined __AVX512F__
  return (WbVector) _mm512_fmadd_ps ((__m512) a, (__m512) b, (__m512) c);
#elif defined __FMA__
  return (WbVector) _mm256_fmadd_ps ((__m256) a, (__m256) b, (__m256) c);
#else
  return vector_rounded (a * b) + c;
#endif
}

static inline WbVector
vector_sqrt (WbVector x)
{
#if defined __AVX512F__
  return (WbVector) _mm512_sqrt_ps ((__m512) x);
#elif defined __AVX__
  return (WbVector) _mm256_sqrt_ps ((__m256) x);
#elif defined __x86_64__
  return (WbVector) _mm_sqrt_ps ((__m128) x);
#else
  for (gsize i = 0; i < WB_VECTOR_LANES; i++)
    x[i] = __builtin_sqrtf (x[i]);
  return x;
#endif
}

static inline WbVector
vector_max (WbVector a, WbVector b)
{
  const WbVectorInt larger = a > b;

  return (WbVector) (((WbVectorInt) a & larger) | ((WbVectorInt) b & ~larger));
}

/* Whether a <= b in every lane; NaN is not. */
static inline gboolean
vector_all_at_most (WbVector a, WbVector b)
{
#if defined __AVX512F__
  return _mm512_cmp_ps_mask ((__m512) a, (__m512) b, _CMP_NLE_UQ) == 0;
#elif defined __AVX__
  return _mm256_movemask_ps (_mm256_cmp_ps ((__m256) a, (__m256) b, _CMP_NLE_UQ)) == 0;
#elif defined __x86_64__
  return _mm_movemask_ps (_mm_cmpnle_ps ((__m128) a, (__m128) b)) == 0;
#else
  for (gsize i = 0; i < WB_VECTOR_LANES; i++)
    if (!(a[i] <= b[i]))
      return FALSE;
  return TRUE;
#endif
}

/* Denormals are 0 between these two, on this thread: momentum that dies away would otherwise end in
 * them, at a hundred times the cost, and never quite end. */
static inline guint
flush_denormals (void)
{
#if defined __x86_64__
  const guint before = _mm_getcsr ();

  _mm_setcsr (before | 0x8040);
  return before;
#else
  return 0;
#endif
}

static inline void
restore_denormals (guint before)
{
#if defined __x86_64__
  _mm_setcsr (before);
#endif
}

/**
 * WbCpuOptimizer:
 *
 * The numbers of every update of a run, F32: @keep_m = beta1, @add_m = 1 - beta1, likewise v.
 */
typedef struct
{
  gboolean admax;
  float    keep_m;
  float    add_m;
  float    keep_v;
  float    add_v;
  float    epsilon;
  float    gradient_scale;
} WbCpuOptimizer;

/* One weight, or sixteen. */
typedef struct
{
  WbVector p;
  WbVector m;
  WbVector v;
} WbCpuMoments;

/* p = p decay - rate m / (sqrt (v) root + epsilon); m and v are the new ones. */
static inline WbVector
optimizer_move (const WbCpuOptimizer     *o,
                const WbOptimizerFactors *f,
                const WbCpuMoments       *x,
                gboolean                  admax)
{
  const WbVector epsilon = vector_set (o->epsilon);
  const WbVector below = admax ? vector_rounded (x->v) + epsilon
                               : vector_fma (vector_sqrt (x->v), vector_set (f->root), epsilon);

  return vector_rounded (x->p * f->decay) - vector_rounded (x->m * f->rate / below);
}

/* dense: p, g, m, v: (n) */
void           WB_CPU (wb_cpu_optimizer_span) (const WbCpuOptimizer     *o,
                                     const WbOptimizerFactors *f,
                                     gsize                     n,
                                     float                    *p,
                                     const float              *g,
                                     float                    *m,
                                     float                    *v);
WbCpuOptimizer WB_CPU (wb_cpu_optimizer_new) (const WbOptimizerStep *step);

G_END_DECLS
