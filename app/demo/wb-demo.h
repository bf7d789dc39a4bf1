#pragma once

#include <gio/gio.h>

#include "app/core/wb-workspace.h"
#include "app/runs/wb-run-spec.h"

G_BEGIN_DECLS

/* What `demo` and the empty window's button do: sample data, a vocabulary and a small shape under
 * the home, and a run on each of the two sample tasks.  Main thread only. */

#define WB_DEMO_N_RUNS 2

/**
 * wb_demo_prepare:
 * @n_pieces: (out) (optional): size of the vocabulary
 * @error: a G_FILE_ERROR, or the tokenizer's
 *
 * Makes datasets/sample-order, datasets/sample-roles and models/sample (config.json, spm.model,
 * tokenizer_config.json) under the home: always the same.
 */
gboolean wb_demo_prepare (WbWorkspace *workspace, gsize *n_pieces, GError **error);

/* (transfer full): the @index-th run, from random weights, with the settings that its task needs.
 */
WbRunSpec *wb_demo_new_spec (WbWorkspace *workspace, guint index, guint64 seed, GError **error);

/* Sentences that the @index-th run is evaluated on, none of them seen in training. */
gsize       wb_demo_get_n_unseen (guint index);
const char *wb_demo_get_task (guint index);
/* "Are the words in order?" */
const char *wb_demo_get_question (guint index);
/* One line of input for `predict`, with what it should answer. */
const char *wb_demo_get_example (guint index);

G_END_DECLS
