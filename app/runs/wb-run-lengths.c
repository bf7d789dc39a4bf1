#include "app/runs/wb-run-lengths.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct _WbRunLengths
{
  gsize    n;
  guint32 *sorted; /* (n) ascending */
};

static int
compare (const void *a, const void *b)
{
  const guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;

  return (x > y) - (x < y);
}

WbRunLengths *
wb_run_lengths_new (const guint32 *lengths, gsize n)
{
  WbRunLengths *self = g_atomic_rc_box_new0 (WbRunLengths);

  self->n = n;
  self->sorted = g_new (guint32, n + 1);
  if (n > 0)
    {
      memcpy (self->sorted, lengths, n * sizeof (guint32));
      qsort (self->sorted, n, sizeof (guint32), compare);
    }
  return self;
}

WbRunLengths *
wb_run_lengths_ref (WbRunLengths *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  g_free (((WbRunLengths *) data)->sorted);
}

void
wb_run_lengths_unref (WbRunLengths *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

gsize
wb_run_lengths_get_n (const WbRunLengths *self)
{
  return self->n;
}

guint32
wb_run_lengths_get_longest (const WbRunLengths *self)
{
  return self->n > 0 ? self->sorted[self->n - 1] : 0;
}

guint32
wb_run_lengths_get_quantile (const WbRunLengths *self, double share)
{
  const gsize rank = (gsize) ceil (CLAMP (share, 0, 1) * (double) self->n);

  return self->n > 0 ? self->sorted[MAX (rank, 1) - 1] : 0;
}

/* How many have at most @length tokens. */
static gsize
count_up_to (const WbRunLengths *self, guint32 length)
{
  gsize low = 0, high = self->n;

  while (low < high)
    {
      const gsize middle = (low + high) / 2;

      if (self->sorted[middle] <= length)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

double
wb_run_lengths_get_cut (const WbRunLengths *self, guint32 max_length)
{
  return self->n > 0 ? (double) (self->n - count_up_to (self, max_length)) / (double) self->n : 0;
}

double
wb_run_lengths_get_mean (const WbRunLengths *self, guint32 max_length)
{
  double sum = 0;

  for (gsize i = 0; i < self->n; i++)
    sum += MIN (self->sorted[i], max_length);
  return self->n > 0 ? sum / (double) self->n : 0;
}

void
wb_run_lengths_count (const WbRunLengths *self, guint32 width, guint n_bins, guint *counts)
{
  gsize before = 0;

  g_return_if_fail (width > 0);

  for (guint i = 0; i < n_bins; i++)
    {
      const gsize up_to = count_up_to (self, (i + 1) * width);

      counts[i] = (guint) (up_to - before);
      before = up_to;
    }
}
