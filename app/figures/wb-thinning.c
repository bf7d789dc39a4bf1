#include "config.h"

#include "app/figures/wb-thinning.h"

#include <math.h>
#include <string.h>

/* The first i from @low to @high with x[i] >= value, or > value where @after. */
static gsize
lower_bound (const double *x, gsize low, gsize high, double value, gboolean after)
{
  while (low < high)
    {
      const gsize mid = low + (high - low) / 2;

      if (x[mid] < value || (after && x[mid] == value))
        low = mid + 1;
      else
        high = mid;
    }
  return low;
}

/* The same where the answer is not before @from and likely near @guess: the distance looked over
 * doubles. */
static gsize
next_bound (const double *x, gsize n, gsize from, gsize guess, double value, gboolean after)
{
  gsize step = 1, low = from, high;

  guess = MIN (guess, n);
  if (guess > from && (x[guess - 1] < value || (after && x[guess - 1] == value)))
    low = guess;
  else if (guess > from)
    n = guess; /* the answer lies before it */
  while (step < n - low && (x[low + step] < value || (after && x[low + step] == value)))
    step *= 2;
  high = MIN (n, low + step);
  return lower_bound (x, step > 1 ? low + step / 2 : low, high, value, after);
}

void
wb_thinning_bounds (const double *x, gsize n, double x_from, double x_to, gsize *first, gsize *end)
{
  *first = lower_bound (x, 0, n, x_from, FALSE);
  *end = lower_bound (x, 0, n, x_to, TRUE);
  *end = MAX (*first, *end);
}

static gboolean
drawn (const WbSamples *samples, gsize i)
{
  return isfinite (samples->y[i]) && (!samples->positive || samples->y[i] > 0);
}

/* Is there a line from point i - 1 to point i? */
static gboolean
linked (const WbSamples *samples, gsize i)
{
  return i > 0 && i < samples->n && drawn (samples, i - 1) && drawn (samples, i);
}

static void
extend (WbColumn *column, double y)
{
  column->low = column->filled ? MIN (column->low, y) : y;
  column->high = column->filled ? MAX (column->high, y) : y;
  column->filled = TRUE;
}

/* Where the line from point i - 1 to point i is at @x. */
static void
extend_to_edge (WbColumn *column, const WbSamples *samples, gsize i, double x)
{
  const double  span = samples->x[i] - samples->x[i - 1];
  const double  t = span > 0 ? CLAMP ((x - samples->x[i - 1]) / span, 0, 1) : 1;
  const double *y = samples->y;

  extend (column, samples->positive ? exp ((1 - t) * log (y[i - 1]) + t * log (y[i]))
                                    : (1 - t) * y[i - 1] + t * y[i]);
}

void
wb_thinning_starts (const double *x, gsize n, const double *edges, guint columns, gsize *starts)
{
  gsize before = 1;

  starts[0] = lower_bound (x, 0, n, edges[0], FALSE);
  for (guint c = 0; c < columns; c++)
    {
      const gsize from = starts[c];

      starts[c + 1] =
          from < n ? next_bound (x, n, from, from + before, edges[c + 1], c + 1 == columns) : from;
      before = starts[c + 1] - from;
    }
}

/* Extremes of a column of many points are those of the pyramid's blocks that make it up: none is
 * lost, a block on an edge counts to the right of it. */
static WbExtremes
extremes_of (const WbSamples *samples, gsize first, gsize end, gboolean last)
{
  if (samples->pyramid != NULL && end - first >= WB_PYRAMID_BLOCK * 8)
    {
      const gsize mask = ~(gsize) (WB_PYRAMID_BLOCK - 1);

      first &= mask;
      end = last ? end : end & mask;
    }
  return wb_pyramid_extremes (samples->pyramid, samples->y, first, end);
}

static void
fill_column (const WbSamples *samples,
             const double    *edges,
             const gsize     *starts,
             gboolean         last,
             WbColumn        *out)
{
  const gsize first = starts[0], end = starts[1];

  if (end > first)
    {
      const WbExtremes found = extremes_of (samples, first, end, last);
      const double     low = samples->positive ? found.positive : found.low;

      if (low <= found.high)
        *out = (WbColumn){ low, found.high, TRUE, FALSE };
    }
  if (linked (samples, first))
    {
      extend_to_edge (out, samples, first, edges[0]);
      out->joined = TRUE;
    }
  if (linked (samples, end))
    extend_to_edge (out, samples, end, edges[1]);
}

void
wb_thinning_columns (const WbSamples *samples, const double *edges, guint columns, WbColumn *out)
{
  g_autofree gsize *own = NULL;
  const gsize      *starts = samples->starts;

  memset (out, 0, columns * sizeof *out);
  if (columns == 0 || samples->n == 0)
    return;
  if (starts == NULL)
    {
      starts = own = g_new (gsize, columns + 1);
      wb_thinning_starts (samples->x, samples->n, edges, columns, own);
    }
  for (guint c = 0; c < columns; c++)
    fill_column (samples, edges + c, starts + c, c + 1 == columns, &out[c]);
}
