#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WB_MT19937_WORDS 624

/**
 * WbMt19937:
 *
 * The Mersenne Twister as Python's random.Random and NumPy's RandomState seed and draw it (fact
 * sheet 5.7), for the published sample order and truncation.  A plain value; not for anything new.
 */
typedef struct
{
  guint32 state[WB_MT19937_WORDS];
  guint   index;
} WbMt19937;

void wb_mt19937_init_python (WbMt19937 *self, guint64 seed); /* random.Random (seed) */
void wb_mt19937_init_numpy (WbMt19937 *self, guint32 seed);  /* RandomState (seed) */

guint32 wb_mt19937_next (WbMt19937 *self);
double  wb_mt19937_random (WbMt19937 *self); /* [0, 1), random() of both */

/* Python's _randbelow (n): [0, @n), @n from 1. */
guint32 wb_mt19937_below (WbMt19937 *self, guint32 n);

/* shuffle() of (n) numbers in place, Python's and NumPy's. */
void wb_mt19937_shuffle_python (WbMt19937 *self, guint32 *values, gsize n);
void wb_mt19937_shuffle_numpy (WbMt19937 *self, guint32 *values, gsize n);

G_END_DECLS
