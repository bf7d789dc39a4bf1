#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WB_AXIS_MAX_TICKS 16

/**
 * WbAxis:
 * @low, @high: what the axis shows, low < high
 * @log: places are proportional to logarithms; low > 0
 * @ticks: (n_ticks) ascending, inside low to high
 * @decimals: digits after the point that tell the ticks apart; -1: as many as each tick needs
 * @scientific: ticks are written as 2e-5
 */
typedef struct
{
  double   low, high;
  gboolean log;
  guint    n_ticks;
  double   ticks[WB_AXIS_MAX_TICKS];
  int      decimals;
  gboolean scientific;
} WbAxis;

/**
 * wb_axis_init:
 * @low, @high: what has to be visible; anything not finite, or nothing between them, is widened
 * @log: logarithmic, where @low is above 0; else linear
 * @integral: ticks are whole numbers (steps)
 * @wanted: about how many ticks fit, 2 to 12
 *
 * Ticks at 1, 2, 2.5 or 5 times a power of ten.  The range stays as given: see wb_axis_widen().
 */
void
wb_axis_init (WbAxis *self, double low, double high, gboolean log, gboolean integral, guint wanted);

/* Moves both ends outwards to the next tick, so that the data never touches the frame. */
void wb_axis_widen (WbAxis *self, gboolean integral, guint wanted);

double wb_axis_place (const WbAxis *self,
                      double        value); /* 0 at low, 1 at high; NaN where it has none */
double wb_axis_value (const WbAxis *self, double place);
char  *wb_axis_label (const WbAxis *self, guint tick); /* (transfer full), in the locale's style */

/**
 * wb_axis_format:
 * @digits: significant digits, 1 to 17
 *
 * A number for people: 0.6931, 12,345, 2e-5; "–" for NaN.
 *
 * Returns: (transfer full)
 */
char *wb_axis_format (double value, guint digits);

G_END_DECLS
