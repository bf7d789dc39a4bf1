#pragma once

#include "app/figures/wb-axis.h"

G_BEGIN_DECLS

/* wb-axis-time.c: ticks and labels of durations and times of day */
gboolean wb_axis_is_time (WbAxisUnit unit);
gboolean wb_axis_time_ticks (WbAxis *self, guint wanted); /* FALSE: below a second */
char    *wb_axis_time_label (const WbAxis *self, double value);

G_END_DECLS
