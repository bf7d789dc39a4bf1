#include "config.h"

#include "engine/ops/wb-attention.h"

#include <math.h>

/* |distance| > mid: ceil (ln (|r| / mid) / ln ((mp - 1) / mid) * (mid - 1)) + mid, every operation
 * rounded to F32 as transformers' make_log_bucket_position() has it.  volatile keeps the compiler
 * from fusing or widening a rounding away.  The logarithms are rounded from double: torch's are to
 * nearest in all tables that were compared, logf()'s are not (543 buckets, maximum 274). */
static float
log_bucket (gint distance, gint mid, gint max_distance)
{
  const volatile float ratio = (float) ABS (distance) / (float) mid;
  const volatile float range = (float) ((double) (max_distance - 1) / mid);
  const volatile float above = (float) log ((double) ratio), below = (float) log ((double) range);
  const volatile float part = above / below;
  const volatile float steps = part * (float) (mid - 1);

  return ceilf (steps) + (float) mid;
}

gint
wb_relative_bucket (gint distance, gint buckets, gint max_distance)
{
  const gint mid = buckets / 2;
  float      bucket;

  if (buckets <= 0 || max_distance <= 0 || ABS (distance) <= mid)
    return distance;
  bucket = log_bucket (distance, mid, max_distance);
  if (isnan (bucket)) /* max_distance - 1 is mid: no such model, but no undefined conversion */
    bucket = 0.0f;
  bucket = CLAMP (bucket, -1e6f, 1e6f);
  return distance < 0 ? -(gint) bucket : (gint) bucket;
}

/* Row of the relative table. */
static gsize
table_row (gint distance, gint buckets, gint max_distance, gsize span)
{
  const gint64 row = (gint64) wb_relative_bucket (distance, buckets, max_distance) + (gint64) span;

  return (gsize) CLAMP (row, 0, 2 * (gint64) span - 1);
}

WbRelativeWindow
wb_relative_window (gsize max_length, gint buckets, gint max_distance, gsize span)
{
  WbRelativeWindow window = { 0, 0 };
  gsize            last;

  g_return_val_if_fail (max_length > 0 && max_length <= G_MAXINT, window);
  g_return_val_if_fail (span > 0, window);

  last = window.first = table_row (0, buckets, max_distance, span);
  for (gint distance = 1 - (gint) max_length; distance < (gint) max_length; distance++)
    {
      const gsize row = table_row (distance, buckets, max_distance, span);

      window.first = MIN (window.first, row);
      last = MAX (last, row);
    }
  window.rows = last - window.first + 1;
  return window;
}

void
wb_relative_index_fill (gint32                 *index,
                        gsize                   max_length,
                        gint                    buckets,
                        gint                    max_distance,
                        gsize                   span,
                        const WbRelativeWindow *window)
{
  g_return_if_fail (max_length > 0 && max_length <= G_MAXINT);

  for (gsize entry = 0; entry < 2 * max_length - 1; entry++)
    {
      const gint distance = (gint) entry - (gint) (max_length - 1);

      index[entry] = (gint32) (table_row (distance, buckets, max_distance, span) - window->first);
    }
}
