#include "config.h"

#include "engine/core/wb-mt19937.h"

#define N WB_MT19937_WORDS
#define M 397

static void /* init_genrand(): Matsumoto and Nishimura, mt19937ar.c (2002) */
init_genrand (WbMt19937 *self, guint32 seed)
{
  self->state[0] = seed;
  for (guint32 i = 1; i < N; i++)
    self->state[i] = 1812433253u * (self->state[i - 1] ^ (self->state[i - 1] >> 30)) + i;
  self->index = N;
}

static void /* init_by_array() of the same file */
init_by_array (WbMt19937 *self, const guint32 *key, guint n_key)
{
  guint32 *s = self->state;
  guint    i = 1;

  init_genrand (self, 19650218u);
  for (guint k = 0, j = 0; k < MAX (N, n_key); k++)
    {
      s[i] = (s[i] ^ ((s[i - 1] ^ (s[i - 1] >> 30)) * 1664525u)) + key[j] + j;
      if (++i >= N)
        s[0] = s[N - 1], i = 1;
      j = (j + 1) % n_key;
    }
  for (guint k = 0; k < N - 1; k++)
    {
      s[i] = (s[i] ^ ((s[i - 1] ^ (s[i - 1] >> 30)) * 1566083941u)) - i;
      if (++i >= N)
        s[0] = s[N - 1], i = 1;
    }
  s[0] = 0x80000000u;
}

void
wb_mt19937_init_python (WbMt19937 *self, guint64 seed)
{
  const guint32 key[2] = { (guint32) seed, (guint32) (seed >> 32) };

  init_by_array (self, key, key[1] != 0 ? 2 : 1);
}

void
wb_mt19937_init_numpy (WbMt19937 *self, guint32 seed)
{
  init_genrand (self, seed);
}

static void
twist (WbMt19937 *self)
{
  guint32 *s = self->state;

  for (guint i = 0; i < N; i++)
    {
      const guint32 y = (s[i] & 0x80000000u) | (s[(i + 1) % N] & 0x7fffffffu);
      s[i] = s[(i + M) % N] ^ (y >> 1) ^ ((y & 1) != 0 ? 0x9908b0dfu : 0);
    }
  self->index = 0;
}

guint32
wb_mt19937_next (WbMt19937 *self)
{
  guint32 y;

  if (self->index >= N)
    twist (self);
  y = self->state[self->index++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  return y ^ (y >> 18);
}

double
wb_mt19937_random (WbMt19937 *self)
{
  const guint32 a = wb_mt19937_next (self) >> 5;
  const guint32 b = wb_mt19937_next (self) >> 6;

  return (a * 67108864.0 + b) / 9007199254740992.0;
}

guint32
wb_mt19937_below (WbMt19937 *self, guint32 n)
{
  const guint bits = g_bit_storage (n);
  guint32     value;

  g_return_val_if_fail (n > 0, 0);

  do
    value = wb_mt19937_next (self) >> (32 - bits);
  while (value >= n);
  return value;
}

static void
swap (guint32 *values, gsize i, gsize j)
{
  const guint32 value = values[i];

  values[i] = values[j];
  values[j] = value;
}

void
wb_mt19937_shuffle_python (WbMt19937 *self, guint32 *values, gsize n)
{
  g_return_if_fail (n <= G_MAXUINT32);

  for (gsize i = n; i-- > 1;)
    swap (values, i, wb_mt19937_below (self, (guint32) i + 1));
}

void
wb_mt19937_shuffle_numpy (WbMt19937 *self, guint32 *values, gsize n)
{
  g_return_if_fail (n <= G_MAXUINT32);

  for (gsize i = n; i-- > 1;)
    {
      const guint   bits = g_bit_storage (i);
      const guint32 mask = bits >= 32 ? G_MAXUINT32 : (1u << bits) - 1;
      guint32       j;
      do
        j = wb_mt19937_next (self) & mask;
      while (j > i);
      swap (values, i, j);
    }
}
