#pragma once

#include <math.h>

#include <glib.h>

G_BEGIN_DECLS

/* The worse of two errors; NaN is worst of all and stays.  GLib's MAX() loses it at the next
 * number, and with it whatever computed it. */
static inline double
wb_test_worse (double worst, double off)
{
  return isnan (worst) || off <= worst ? worst : off;
}

G_END_DECLS
