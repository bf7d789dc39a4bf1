#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WB_AXIS_MAX_TICKS 16

/**
 * WbAxisUnit:
 * @WB_AXIS_NUMBER: any number
 * @WB_AXIS_COUNT: whole numbers: steps, examples, tokens
 * @WB_AXIS_DURATION: seconds; ticks at 15 s, 30 min, 6 h …
 * @WB_AXIS_CLOCK: seconds since 1970 UTC; ticks at such times of the local day
 */
typedef enum
{
  WB_AXIS_NUMBER,
  WB_AXIS_COUNT,
  WB_AXIS_DURATION,
  WB_AXIS_CLOCK,
} WbAxisUnit;

/**
 * WbAxis:
 * @low, @high: what the axis shows, low < high
 * @log: places are proportional to logarithms; low > 0
 * @ticks: (n_ticks) ascending, inside low to high
 * @decimals: digits after the point that tell the ticks apart; -1: as many as each tick needs
 * @step: between ticks of a linear axis
 * @scientific: ticks are written as 2e-5
 */
typedef struct
{
  double     low, high;
  gboolean   log;
  WbAxisUnit unit;
  guint      n_ticks;
  double     ticks[WB_AXIS_MAX_TICKS];
  double     step;
  int        decimals;
  gboolean   scientific;
} WbAxis;

/**
 * wb_axis_init:
 * @low, @high: what has to be visible; anything not finite, or nothing between them, is widened
 * @log: logarithmic, where @low is above 0; else linear
 * @wanted: about how many ticks fit, 2 to 12
 *
 * Ticks at 1, 2, 2.5 or 5 times a power of ten.  The range stays as given: see wb_axis_widen().
 */
void
wb_axis_init (WbAxis *self, double low, double high, gboolean log, WbAxisUnit unit, guint wanted);

/* Moves both ends outwards to the next tick, so that the data never touches the frame. */
void wb_axis_widen (WbAxis *self, guint wanted);

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

/* (transfer full): a place on an axis for people: 12,345; 1:02:03; 24 Nov 14:05:33. */
char *wb_axis_format_place (WbAxisUnit unit, double value);

G_END_DECLS
