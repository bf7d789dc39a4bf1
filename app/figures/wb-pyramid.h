#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WB_PYRAMID_BLOCK 16 /* values in a block of the lowest level */

/**
 * WbExtremes:
 * @low, @high: smallest and largest finite value; @low > @high: there is none
 * @positive: smallest finite value above 0; infinite: there is none
 */
typedef struct
{
  double low, high, positive;
} WbExtremes;

/**
 * WbPyramid:
 *
 * Extremes of blocks of 16 values, of 16 such blocks and so on, so that the extremes of any range
 * of a million values cost a few hundred comparisons.  The values themselves stay the caller's;
 * the pyramid adds a fifth of their memory.  No thread of its own: one user at a time.
 */
typedef struct _WbPyramid WbPyramid;

WbPyramid *wb_pyramid_new (void);
void       wb_pyramid_free (WbPyramid *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbPyramid, wb_pyramid_free)

/**
 * wb_pyramid_update:
 * @y: (n): what it was given before, with more at the end; @n smaller than before: from the start
 *
 * Takes in new values, each once: O(what is new).
 */
void wb_pyramid_update (WbPyramid *self, const double *y, gsize n);

/* Forgets what it took in from the @n-th value on: those values are about to change. */
void wb_pyramid_truncate (WbPyramid *self, gsize n);

/**
 * wb_pyramid_extremes:
 * @self: (nullable): without one, every value is looked at
 * @y: (at least end) the values @self was updated with
 *
 * Returns: the extremes of y[first] to y[end - 1]
 */
WbExtremes wb_pyramid_extremes (const WbPyramid *self, const double *y, gsize first, gsize end);

/**
 * wb_pyramid_within:
 * @n_outside: (out): how many finite values are below @low or above @high
 *
 * Returns: the extremes of the values of y[first] to y[end - 1] from @low to @high; costs about as
 * much as there are values outside
 */
WbExtremes wb_pyramid_within (const WbPyramid *self,
                              const double    *y,
                              gsize            first,
                              gsize            end,
                              double           low,
                              double           high,
                              gsize           *n_outside);

G_END_DECLS
