#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WbRunState:
 * @step: optimizer steps done; the feed's position is this number
 * @best: what selects (larger is better), or NaN: none yet
 * @best_step: where
 * @without_gain: evaluations since the best
 * @evaluated_step: the last step that was evaluated; G_MAXUINT64: none
 * @seconds: of work so far
 *
 * What a checkpoint keeps beside the trainer's file.  Doubles survive bit for bit.
 */
typedef struct
{
  guint64 step;
  double  best;
  guint64 best_step;
  guint64 without_gain;
  guint64 evaluated_step;
  double  seconds;
} WbRunState;

void     wb_run_state_init (WbRunState *self);
gboolean wb_run_state_save (const WbRunState *self, const char *path, GError **error);
gboolean wb_run_state_load (WbRunState *self, const char *path, GError **error);

/* (transfer full) (element-type guint64): steps of whole checkpoints in runs/<id>, newest first. */
GArray *wb_run_checkpoints_list (const char *run_folder);
/* (transfer full): folder of the checkpoint at @step. */
char *wb_run_checkpoints_dup_path (const char *run_folder, guint64 step);
/* Removes all but the newest @keep, and what was left half-written. */
gboolean wb_run_checkpoints_prune (const char *run_folder, guint keep, GError **error);

G_END_DECLS
