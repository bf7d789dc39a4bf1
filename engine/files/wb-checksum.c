#include "config.h"

#include "engine/files/wb-checksum.h"

#include <string.h>

static const guint64 primes[] = {
  G_GUINT64_CONSTANT (11400714785074694791), G_GUINT64_CONSTANT (14029467366897019727),
  G_GUINT64_CONSTANT (1609587929392839161),  G_GUINT64_CONSTANT (9650029242287828579),
  G_GUINT64_CONSTANT (2870177450012600261),
};

static guint64
rotate (guint64 x, guint n)
{
  return x << n | x >> (64 - n);
}

static guint64
read64 (const guint8 *p)
{
  guint64 x;

  memcpy (&x, p, 8);
  return GUINT64_FROM_LE (x);
}

static guint64
read32 (const guint8 *p)
{
  guint32 x;

  memcpy (&x, p, 4);
  return GUINT32_FROM_LE (x);
}

static guint64
mix (guint64 lane, guint64 word)
{
  return rotate (lane + word * primes[1], 31) * primes[0];
}

static guint64
merge (guint64 hash, guint64 lane)
{
  return (hash ^ mix (0, lane)) * primes[0] + primes[3];
}

void
wb_checksum_init (WbChecksum *self)
{
  *self = (WbChecksum){ .lanes = { primes[0] + primes[1], primes[1], 0, 0 - primes[0] } };
}

/* Whole blocks of 32 bytes. */
static void
add_blocks (WbChecksum *self, const guint8 *p, gsize n_blocks)
{
  guint64 a = self->lanes[0], b = self->lanes[1], c = self->lanes[2], d = self->lanes[3];

  for (; n_blocks > 0; n_blocks--, p += 32)
    {
      a = mix (a, read64 (p));
      b = mix (b, read64 (p + 8));
      c = mix (c, read64 (p + 16));
      d = mix (d, read64 (p + 24));
    }
  self->lanes[0] = a;
  self->lanes[1] = b;
  self->lanes[2] = c;
  self->lanes[3] = d;
}

void
wb_checksum_update (WbChecksum *self, gconstpointer data, gsize length)
{
  const guint8 *p = data;
  const gsize   held = self->total % 32, wanted = held > 0 ? MIN (32 - held, length) : 0;

  self->total += length;
  if (wanted > 0)
    {
      memcpy (self->rest + held, p, wanted);
      if (held + wanted < 32)
        return;
      add_blocks (self, self->rest, 1);
      p += wanted;
      length -= wanted;
    }
  add_blocks (self, p, length / 32);
  if (length % 32 > 0)
    memcpy (self->rest, p + length / 32 * 32, length % 32);
}

static guint64
merge_lanes (const WbChecksum *self)
{
  guint64 hash = rotate (self->lanes[0], 1) + rotate (self->lanes[1], 7) +
                 rotate (self->lanes[2], 12) + rotate (self->lanes[3], 18);

  for (guint i = 0; i < 4; i++)
    hash = merge (hash, self->lanes[i]);
  return hash;
}

guint64
wb_checksum_get (const WbChecksum *self)
{
  const guint8 *p = self->rest;
  gsize         left = self->total % 32;
  guint64       hash = self->total >= 32 ? merge_lanes (self) : primes[4];

  hash += self->total;
  for (; left >= 8; left -= 8, p += 8)
    hash = rotate (hash ^ mix (0, read64 (p)), 27) * primes[0] + primes[3];
  for (; left >= 4; left -= 4, p += 4)
    hash = rotate (hash ^ (read32 (p) * primes[0]), 23) * primes[1] + primes[2];
  for (; left > 0; left--, p++)
    hash = rotate (hash ^ (*p * primes[4]), 11) * primes[0];
  hash = (hash ^ hash >> 33) * primes[1];
  hash = (hash ^ hash >> 29) * primes[2];
  return hash ^ hash >> 32;
}
