#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* transformers' schedules (fact sheet 5.10) and the published ones (5.3), by the names of the
 * setting. */
typedef enum
{
  WB_SCHEDULE_LINEAR,
  WB_SCHEDULE_COSINE,
  WB_SCHEDULE_COSINE_WITH_RESTARTS,
  WB_SCHEDULE_POLYNOMIAL,
  WB_SCHEDULE_CONSTANT,
  WB_SCHEDULE_CONSTANT_WITH_WARMUP,
  WB_SCHEDULE_INVERSE_SQRT,
  WB_SCHEDULE_WARMUP_LINEAR,
  WB_SCHEDULE_WARMUP_LINEAR_SHIFT,
  WB_SCHEDULE_WARMUP_CONSTANT,
  WB_SCHEDULE_WARMUP_COSINE,
  WB_SCHEDULE_WARMUP_LINEAR_COSINE,
  WB_SCHEDULE_WARMUP_CYCLIC_LINEAR_COSINE,
} WbScheduleKind;

/* Names with underscores, as published; parse() takes hyphens for them too. */
const char *wb_schedule_get_name (WbScheduleKind kind);
gboolean    wb_schedule_parse (const char *name, WbScheduleKind *kind);

/**
 * wb_schedule_factor:
 * @step: finished updates, 0 for the first
 * @total: updates planned
 * @warmup: updates of warm-up
 * @learning_rate: polynomial's end is an absolute rate, 1e-7
 *
 * A published schedule starts over after @total (the cyclic one goes on); @total 0 is its constant
 * 1.
 *
 * Returns: what the learning rate is multiplied by
 */
double wb_schedule_factor (WbScheduleKind kind,
                           guint64        step,
                           guint64        total,
                           guint64        warmup,
                           double         learning_rate);

G_END_DECLS
