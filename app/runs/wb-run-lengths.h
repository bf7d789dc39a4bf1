#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WbRunLengths:
 *
 * How many tokens the examples of a training file have, special tokens included and nothing cut,
 * from a sample of at most some thousand.  Immutable, reference counted.  Any thread.
 */
typedef struct _WbRunLengths WbRunLengths;

/* @lengths: (n) */
WbRunLengths *wb_run_lengths_new (const guint32 *lengths, gsize n);
WbRunLengths *wb_run_lengths_ref (WbRunLengths *self);
void          wb_run_lengths_unref (WbRunLengths *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbRunLengths, wb_run_lengths_unref)

gsize   wb_run_lengths_get_n (const WbRunLengths *self);
guint32 wb_run_lengths_get_longest (const WbRunLengths *self); /* 0: no examples */
/* The length that @share (0 to 1) of the examples do not exceed. */
guint32 wb_run_lengths_get_quantile (const WbRunLengths *self, double share);
/* Share of the examples that are longer than @max_length. */
double wb_run_lengths_get_cut (const WbRunLengths *self, guint32 max_length);
/* Mean after cutting. */
double wb_run_lengths_get_mean (const WbRunLengths *self, guint32 max_length);

/**
 * wb_run_lengths_count:
 * @counts: (n_bins) output: examples of 1 to @width tokens, @width + 1 to 2 @width, …; longer ones
 * are not counted
 */
void wb_run_lengths_count (const WbRunLengths *self, guint32 width, guint n_bins, guint *counts);

G_END_DECLS
