#include "config.h"

#include "app/figures/wb-thinning.h"

#include <math.h>
#include <string.h>

static gsize /* the first i with x[i] >= value, or > value where @after */
lower_bound (const double *x, gsize n, double value, gboolean after)
{
  gsize low = 0, high = n;

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

void
wb_thinning_bounds (const double *x, gsize n, double x_from, double x_to, gsize *first, gsize *end)
{
  *first = lower_bound (x, n, x_from, FALSE);
  *end = lower_bound (x, n, x_to, TRUE);
  *end = MAX (*first, *end);
}

static void
add_point (WbColumn *column, double y, gboolean gap)
{
  if (!column->filled)
    *column = (WbColumn){ y, y, y, TRUE, !gap };
  column->low = MIN (column->low, y);
  column->high = MAX (column->high, y);
  column->last = y;
}

void
wb_thinning_columns (const double *x,
                     const double *y,
                     gsize         n,
                     double        x_from,
                     double        x_to,
                     guint         columns,
                     WbColumn     *out)
{
  const double scale = x_to > x_from ? columns / (x_to - x_from) : 0;
  gboolean     gap = TRUE; /* nothing on the left to be joined with */
  gsize        first, end;

  memset (out, 0, columns * sizeof *out);
  if (columns == 0)
    return;
  wb_thinning_bounds (x, n, x_from, x_to, &first, &end);
  for (gsize i = first; i < end; i++)
    {
      const double place = (x[i] - x_from) * scale;

      if (isfinite (y[i]))
        add_point (&out[MIN ((guint) MAX (place, 0), columns - 1)], y[i], gap);
      gap = !isfinite (y[i]);
    }
}
