#pragma once

#include <string.h>

#include "engine/core/wb-rng.h"

#if defined(__SSE2__)
#include <immintrin.h>
#endif

/* Philox4x32-10 in vectors, for kernel files only (static in each: compiled per instruction set).
 *
 * A word of the state fills the low half of a 64-bit lane, because the processor's 32 by 32 bit
 * product reads the low half of a lane and gives 64 bits.  The high half of a lane is whatever the
 * rounds leave there.  Lanes with an even number have the first half of the blocks, odd ones the
 * second, so that interleaving within 128 bits puts the words in order. */

#if defined(__AVX512F__)
#define WB_CPU_RANDOM_LANES 8
typedef __m512i WbCpuWords;
#define WORDS_MUL(a, b) _mm512_mul_epu32 (a, b)
#define WORDS_HIGH(a) _mm512_srli_epi64 (a, 32)
#define WORDS_XOR3(a, b, c) _mm512_ternarylogic_epi64 (a, b, c, 0x96)
#define WORDS_SET(a) _mm512_set1_epi64 ((long long) (guint64) (a))
#define WORDS_ADD(a, b) _mm512_add_epi64 (a, b)
#define WORDS_PAIR(a, b) _mm512_mask_mov_epi32 (a, 0xaaaa, _mm512_slli_epi64 (b, 32))
#define WORDS_LOW(a, b) _mm512_unpacklo_epi64 (a, b)
#define WORDS_UPPER(a, b) _mm512_unpackhi_epi64 (a, b)
#define WORDS_STORE(p, a) _mm512_storeu_si512 (p, a)
#define WORDS_INDEX _mm512_set_epi64 (7, 3, 6, 2, 5, 1, 4, 0)
#elif defined(__AVX2__)
#define WB_CPU_RANDOM_LANES 4
typedef __m256i WbCpuWords;
#define WORDS_MUL(a, b) _mm256_mul_epu32 (a, b)
#define WORDS_HIGH(a) _mm256_srli_epi64 (a, 32)
#define WORDS_XOR3(a, b, c) _mm256_xor_si256 (_mm256_xor_si256 (a, b), c)
#define WORDS_SET(a) _mm256_set1_epi64x ((long long) (guint64) (a))
#define WORDS_ADD(a, b) _mm256_add_epi64 (a, b)
#define WORDS_PAIR(a, b) _mm256_blend_epi32 (a, _mm256_slli_epi64 (b, 32), 0xaa)
#define WORDS_LOW(a, b) _mm256_unpacklo_epi64 (a, b)
#define WORDS_UPPER(a, b) _mm256_unpackhi_epi64 (a, b)
#define WORDS_STORE(p, a) _mm256_storeu_si256 ((__m256i *) (void *) (p), a)
#define WORDS_INDEX _mm256_set_epi64x (3, 1, 2, 0)
#elif defined(__SSE2__)
#define WB_CPU_RANDOM_LANES 2
typedef __m128i WbCpuWords;
#define WORDS_MUL(a, b) _mm_mul_epu32 (a, b)
#define WORDS_HIGH(a) _mm_srli_epi64 (a, 32)
#define WORDS_XOR3(a, b, c) _mm_xor_si128 (_mm_xor_si128 (a, b), c)
#define WORDS_SET(a) _mm_set1_epi64x ((long long) (guint64) (a))
#define WORDS_ADD(a, b) _mm_add_epi64 (a, b)
#define WORDS_PAIR(a, b)                                                                           \
  _mm_or_si128 (_mm_and_si128 (a, _mm_set1_epi64x (0xffffffff)), _mm_slli_epi64 (b, 32))
#define WORDS_LOW(a, b) _mm_unpacklo_epi64 (a, b)
#define WORDS_UPPER(a, b) _mm_unpackhi_epi64 (a, b)
#define WORDS_STORE(p, a) _mm_storeu_si128 ((__m128i *) (void *) (p), a)
#define WORDS_INDEX _mm_set_epi64x (1, 0)
#else
#define WB_CPU_RANDOM_LANES 1
#endif

/* Two vectors of blocks at a time: one alone waits for its own products. */
#define WB_CPU_RANDOM_BLOCKS (2 * WB_CPU_RANDOM_LANES)
#define WB_CPU_RANDOM_CHUNK (4 * WB_CPU_RANDOM_BLOCKS) /* words */

/* Words of blocks @block up to @block + WB_CPU_RANDOM_BLOCKS. */
#if WB_CPU_RANDOM_LANES > 1
static inline void
wb_cpu_random_chunk (const WbRandom *random, guint32 ordinal, guint32 block, guint32 *out)
{
  const WbCpuWords m0 = WORDS_SET (0xD2511F53u), m1 = WORDS_SET (0xCD9E8D57u);
  guint32          k0 = (guint32) random->seed, k1 = (guint32) (random->seed >> 32);
  WbCpuWords       c0[2], c1[2], c2[2], c3[2];

  for (int i = 0; i < 2; i++)
    {
      c0[i] = WORDS_SET (random->step);
      c1[i] = WORDS_SET (random->stream);
      c2[i] = WORDS_SET (ordinal);
      c3[i] = WORDS_ADD (WORDS_SET ((guint64) block + (guint64) (i * WB_CPU_RANDOM_LANES)),
                         WORDS_INDEX);
    }
  for (int round = 0; round < 10; round++)
    {
      const WbCpuWords key0 = WORDS_SET (k0), key1 = WORDS_SET (k1);

      for (int i = 0; i < 2; i++)
        {
          const WbCpuWords p0 = WORDS_MUL (m0, c0[i]), p1 = WORDS_MUL (m1, c2[i]);

          c0[i] = WORDS_XOR3 (WORDS_HIGH (p1), c1[i], key0);
          c2[i] = WORDS_XOR3 (WORDS_HIGH (p0), c3[i], key1);
          c1[i] = p1;
          c3[i] = p0;
        }
      k0 += 0x9E3779B9u;
      k1 += 0xBB67AE85u;
    }
  for (int i = 0; i < 2; i++)
    {
      const WbCpuWords first = WORDS_PAIR (c0[i], c1[i]), second = WORDS_PAIR (c2[i], c3[i]);

      WORDS_STORE (out, WORDS_LOW (first, second));
      WORDS_STORE (out + 2 * WB_CPU_RANDOM_LANES, WORDS_UPPER (first, second));
      out += 4 * WB_CPU_RANDOM_LANES;
    }
}
#else
static inline void
wb_cpu_random_chunk (const WbRandom *random, guint32 ordinal, guint32 block, guint32 *out)
{
  const guint32 key[2] = { (guint32) random->seed, (guint32) (random->seed >> 32) };

  for (guint32 i = 0; i < WB_CPU_RANDOM_BLOCKS; i++)
    {
      const guint32 counter[4] = { random->step, random->stream, ordinal, block + i };

      wb_philox4x32 (counter, key, out + 4 * i);
    }
}
#endif

/* Random words of elements @first up to @first + @n of @ordinal: wb_random_u32() of each. */
static inline void
wb_cpu_random_words (const WbRandom *random, guint32 ordinal, guint32 first, guint32 *out, gsize n)
{
  guint32 block = first / 4;
  gsize   skip = first % 4;
  guint32 chunk[WB_CPU_RANDOM_CHUNK];

  while (n > 0)
    {
      const gsize take = MIN (n, WB_CPU_RANDOM_CHUNK - skip);

      if (take == WB_CPU_RANDOM_CHUNK)
        wb_cpu_random_chunk (random, ordinal, block, out);
      else
        {
          wb_cpu_random_chunk (random, ordinal, block, chunk);
          memcpy (out, chunk + skip, take * sizeof *out);
        }
      out += take;
      n -= take;
      block += WB_CPU_RANDOM_BLOCKS;
      skip = 0;
    }
}

/* y = dropout (x), in place or not, for elements @first up to @first + @n of @ordinal. */
static inline void
wb_cpu_dropout (const WbDropout *dropout,
                guint32          ordinal,
                guint32          first,
                const float     *x,
                float           *y,
                gsize            n)
{
  const guint32 threshold = wb_dropout_threshold (dropout->p);
  const float   scale = 1.0f / (1.0f - dropout->p);
  guint32       words[16 * WB_CPU_RANDOM_CHUNK];

  for (gsize i = 0; i < n; i += G_N_ELEMENTS (words))
    {
      const gsize take = MIN (n - i, G_N_ELEMENTS (words));

      wb_cpu_random_words (&dropout->random, ordinal, first + (guint32) i, words, take);
#pragma omp simd
      for (gsize j = 0; j < take; j++)
        y[i + j] = words[j] >= threshold ? x[i + j] * scale : 0.0f;
    }
}

#undef WORDS_MUL
#undef WORDS_HIGH
#undef WORDS_XOR3
#undef WORDS_SET
#undef WORDS_ADD
#undef WORDS_PAIR
#undef WORDS_LOW
#undef WORDS_UPPER
#undef WORDS_STORE
#undef WORDS_INDEX
