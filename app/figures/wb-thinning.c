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

/* The same where the answer is likely near @from and not before it: the distance looked over
 * doubles. */
static gsize
next_bound (const double *x, gsize n, gsize from, double value, gboolean after)
{
  gsize step = 1;

  while (step < n - from && (x[from + step] < value || (after && x[from + step] == value)))
    step *= 2;
  return lower_bound (x, from + step / 2, MIN (n, from + step), value, after);
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
wb_thinning_columns (const WbSamples *samples, const double *edges, guint columns, WbColumn *out)
{
  gsize first;

  memset (out, 0, columns * sizeof *out);
  if (columns == 0 || samples->n == 0)
    return;
  first = lower_bound (samples->x, 0, samples->n, edges[0], FALSE);
  for (guint c = 0; c < columns; c++)
    {
      const gsize end = first < samples->n ? next_bound (samples->x, samples->n, first,
                                                         edges[c + 1], c + 1 == columns)
                                           : first;

      if (end > first)
        {
          const WbExtremes found = wb_pyramid_extremes (samples->pyramid, samples->y, first, end);
          const double     low = samples->positive ? found.positive : found.low;

          if (low <= found.high)
            out[c] = (WbColumn){ low, found.high, TRUE, FALSE };
        }
      if (linked (samples, first))
        {
          extend_to_edge (&out[c], samples, first, edges[c]);
          out[c].joined = TRUE;
        }
      if (linked (samples, end))
        extend_to_edge (&out[c], samples, end, edges[c + 1]);
      first = end;
    }
}
