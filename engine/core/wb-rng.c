#include "config.h"

#include "engine/core/wb-rng.h"

#include <math.h>

/* Salmon, Moraes, Dror, Shaw 2011, section 3.3 and table 2. */
#define PHILOX_M0 0xD2511F53u
#define PHILOX_M1 0xCD9E8D57u
#define PHILOX_W0 0x9E3779B9u
#define PHILOX_W1 0xBB67AE85u
#define PHILOX_ROUNDS 10

void
wb_philox4x32 (const guint32 counter[4], const guint32 key[2], guint32 out[4])
{
  guint32 c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
  guint32 k0 = key[0], k1 = key[1];

  for (int round = 0; round < PHILOX_ROUNDS; round++)
    {
      const guint64 p0 = (guint64) PHILOX_M0 * c0;
      const guint64 p1 = (guint64) PHILOX_M1 * c2;

      c0 = (guint32) (p1 >> 32) ^ c1 ^ k0;
      c1 = (guint32) p1;
      c2 = (guint32) (p0 >> 32) ^ c3 ^ k1;
      c3 = (guint32) p0;
      k0 += PHILOX_W0;
      k1 += PHILOX_W1;
    }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

guint32
wb_random_u32 (const WbRandom *self, guint32 ordinal, guint32 element)
{
  const guint32 counter[4] = { self->step, self->stream, ordinal, element / 4 };
  const guint32 key[2] = { (guint32) self->seed, (guint32) (self->seed >> 32) };
  guint32       out[4];

  wb_philox4x32 (counter, key, out);
  return out[element % 4];
}

guint32
wb_dropout_threshold (float p)
{
  g_return_val_if_fail (p >= 0.0f && p < 1.0f, 0);

  return (guint32) floor ((double) p * 4294967296.0);
}
