#include "config.h"

#include "app/figures/wb-pyramid.h"

#include <float.h>
#include <math.h>

#define FAN WB_PYRAMID_BLOCK
#define LEVELS 15 /* 16^15 blocks: more than a gsize counts */

struct _WbPyramid
{
  GArray *levels[LEVELS]; /* WbExtremes of whole blocks only */
  gsize   n;              /* values taken in, whole blocks only */
};

static const WbExtremes nothing = { INFINITY, -INFINITY, INFINITY };

WbPyramid *
wb_pyramid_new (void)
{
  WbPyramid *self = g_new0 (WbPyramid, 1);

  for (guint l = 0; l < LEVELS; l++)
    self->levels[l] = g_array_new (FALSE, FALSE, sizeof (WbExtremes));
  return self;
}

void
wb_pyramid_free (WbPyramid *self)
{
  for (guint l = 0; l < LEVELS; l++)
    g_array_unref (self->levels[l]);
  g_free (self);
}

/* NaN is in no order with anything; infinities are kept out by the bounds. */
static inline void
add_value (WbExtremes *self, double y)
{
  if (y < self->low && y >= -DBL_MAX)
    self->low = y;
  if (y > self->high && y <= DBL_MAX)
    self->high = y;
  if (y > 0 && y < self->positive)
    self->positive = y;
}

static void
add_extremes (WbExtremes *self, const WbExtremes *other)
{
  self->low = MIN (self->low, other->low);
  self->high = MAX (self->high, other->high);
  self->positive = MIN (self->positive, other->positive);
}

/* One more whole block at the lowest level; a block above whenever sixteen are complete. */
static void
add_block (WbPyramid *self, WbExtremes block)
{
  for (guint l = 0; l < LEVELS; l++)
    {
      const WbExtremes *blocks;
      guint             n;

      g_array_append_val (self->levels[l], block);
      n = self->levels[l]->len;
      if (n % FAN != 0)
        return;
      blocks = &g_array_index (self->levels[l], WbExtremes, n - FAN);
      block = nothing;
      for (guint i = 0; i < FAN; i++)
        add_extremes (&block, &blocks[i]);
    }
}

void
wb_pyramid_truncate (WbPyramid *self, gsize n)
{
  if (n >= self->n)
    return;
  self->n = n / FAN * FAN;
  for (guint l = 0; l < LEVELS; l++)
    {
      n /= FAN;
      if (n < self->levels[l]->len)
        g_array_set_size (self->levels[l], (guint) n);
    }
}

void
wb_pyramid_update (WbPyramid *self, const double *y, gsize n)
{
  if (n < self->n)
    wb_pyramid_truncate (self, 0);
  for (; n - self->n >= FAN; self->n += FAN)
    {
      WbExtremes block = nothing;

      for (gsize i = 0; i < FAN; i++)
        add_value (&block, y[self->n + i]);
      add_block (self, block);
    }
}

/* @level 0: the values, 1: blocks of 16 values, … */
static void
add_range (const WbPyramid *self,
           const double    *y,
           guint            level,
           gsize            first,
           gsize            end,
           WbExtremes      *out)
{
  for (gsize i = first; i < end; i++)
    if (level == 0)
      add_value (out, y[i]);
    else
      add_extremes (out, &g_array_index (self->levels[level - 1], WbExtremes, i));
}

WbExtremes
wb_pyramid_extremes (const WbPyramid *self, const double *y, gsize first, gsize end)
{
  WbExtremes out = nothing;
  guint      level = 0;

  if (self == NULL)
    {
      add_range (self, y, 0, first, end, &out);
      return out;
    }
  /* the ragged ends of a level, then the whole blocks between them one level up */
  for (; end - first >= 2 * FAN && level < LEVELS && end <= G_MAXSIZE - FAN; level++)
    {
      const gsize from = (first + FAN - 1) / FAN, to = MIN (end / FAN, self->levels[level]->len);

      if (to <= from)
        break;
      add_range (self, y, level, first, from * FAN, &out);
      add_range (self, y, level, to * FAN, end, &out);
      first = from;
      end = to;
    }
  add_range (self, y, level, first, end, &out);
  return out;
}

typedef struct
{
  const double *y;
  double        low, high;
  WbExtremes    found;
  gsize         n_outside;
} Sieve;

static void
sift_value (Sieve *sieve, double y)
{
  if (!isfinite (y))
    return;
  if (y < sieve->low || y > sieve->high)
    sieve->n_outside++;
  else
    add_value (&sieve->found, y);
}

/* A block that lies inside is taken as it is; one that does not is looked into. */
static void
sift_block (const WbPyramid *self, guint level, gsize block, Sieve *sieve)
{
  const WbExtremes *extremes = &g_array_index (self->levels[level - 1], WbExtremes, block);

  if (extremes->low > extremes->high)
    return;
  if (extremes->low >= sieve->low && extremes->high <= sieve->high)
    {
      add_extremes (&sieve->found, extremes);
      return;
    }
  for (gsize i = block * FAN; i < (block + 1) * FAN; i++)
    if (level == 1)
      sift_value (sieve, sieve->y[i]);
    else
      sift_block (self, level - 1, i, sieve);
}

WbExtremes
wb_pyramid_within (const WbPyramid *self,
                   const double    *y,
                   gsize            first,
                   gsize            end,
                   double           low,
                   double           high,
                   gsize           *n_outside)
{
  Sieve sieve = { y, low, high, nothing, 0 };

  while (first < end)
    {
      guint level = 0;
      gsize size = 1;

      /* the largest whole block that begins here and ends in time */
      while (self != NULL && level < LEVELS && first % (size * FAN) == 0 &&
             end - first >= size * FAN && first / (size * FAN) < self->levels[level]->len)
        {
          size *= FAN;
          level++;
        }
      if (level == 0)
        sift_value (&sieve, y[first]);
      else
        sift_block (self, level, first / size, &sieve);
      first += size;
    }
  *n_outside = sieve.n_outside;
  return sieve.found;
}
