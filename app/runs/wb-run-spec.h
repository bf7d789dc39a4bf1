#pragma once

#include <gio/gio.h>

#include "app/core/wb-workspace.h"
#include "app/recipes/wb-recipe.h"
#include "app/runs/wb-run-lengths.h"
#include "app/settings/wb-settings.h"

G_BEGIN_DECLS

#define WB_TYPE_RUN_SPEC (wb_run_spec_get_type ())
G_DECLARE_FINAL_TYPE (WbRunSpec, wb_run_spec, WB, RUN_SPEC, GObject)

/**
 * WbRunSpec:
 *
 * What to train, as typed: the form of the dialog and the arguments of `train`.  Fields, all text:
 * "model" (folder, library name, or run; several joined by commas), "init-from-config" (path),
 * "task", "train", "dev" (files), "data" (folder), "recipe" ("published", a name or a file: what it
 * gives holds where a key has no value of its own), "name", "seed" (several joined by commas),
 * "out" (folder), and every key of the settings table (several values joined by commas make several
 * runs).  Signal "changed" (field).  Main thread only.
 */

WbRunSpec   *wb_run_spec_new (WbWorkspace *workspace);
WbRunSpec   *wb_run_spec_copy (WbRunSpec *self);
WbWorkspace *wb_run_spec_get_workspace (WbRunSpec *self);

/* Takes any text; wb_run_spec_check() judges.  %NULL or "": the default.  An unknown field is an
 * error (WB_APP_ERROR_USAGE). */
gboolean    wb_run_spec_set (WbRunSpec *self, const char *field, const char *text, GError **error);
const char *wb_run_spec_get (WbRunSpec *self, const char *field); /* "" when not given */

/**
 * WbRunProblem:
 * @field: which field, as above
 * @blocks: an error: cannot start; else a warning
 * @message: one line
 */
typedef struct
{
  const char *field;
  gboolean    blocks;
  char       *message;
} WbRunProblem;

/* (transfer full) (element-type WbRunProblem): everything wrong, in the form's order; empty: can
 * start. */
GPtrArray *wb_run_spec_check (WbRunSpec *self);
/* The first that blocks, as an error; what `train` prints. */
gboolean wb_run_spec_validate (WbRunSpec *self, GError **error);

guint wb_run_spec_count_runs (WbRunSpec *self); /* 0 while a list cannot be read */

/* (transfer full) (element-type WbRunSpec): one for every run, each field with one value. */
GPtrArray *wb_run_spec_expand (WbRunSpec *self, GError **error);

/* (transfer full) (nullable): what "recipe" means for the first model; %NULL without @error: none
 * is named. */
WbRecipe *wb_run_spec_dup_recipe (WbRunSpec *self, GError **error);
/* (transfer full) (nullable): what "published" would mean, with @error why not. */
WbRecipe *wb_run_spec_dup_published (WbRunSpec *self, GError **error);

/**
 * wb_run_spec_save_recipe:
 * @name: kept in the home folder under it
 * @error: WB_APP_ERROR_USAGE: the name cannot be one or is taken; a setting is wrong or has several
 * values
 *
 * Saves what the settings say now, with the task, and the seed where there is one.
 *
 * Returns: (transfer full): the file
 */
char *wb_run_spec_save_recipe (WbRunSpec *self, const char *name, GError **error);

/* (transfer full): the `train` command that does the same, quoted for a shell. */
char *wb_run_spec_dup_command_line (WbRunSpec *self);

/* How long the texts are, once somebody has measured it; %NULL: not known.  No field: copies keep
 * it, nothing is signalled. */
void          wb_run_spec_set_lengths (WbRunSpec *self, WbRunLengths *lengths);
WbRunLengths *wb_run_spec_get_lengths (WbRunSpec *self);

/* (transfer full) (nullable): what lengths depend on, the first model's tokenizer and the training
 * file: equal as long as they would come out equal.  %NULL: one of them is not there. */
char *wb_run_spec_dup_lengths_key (WbRunSpec *self);

/**
 * wb_run_spec_measure_lengths_async:
 * @cancellable: (nullable): of a choice that has been replaced
 *
 * Reads the tokenizer and a sample of the training file in another thread; files of many megabytes
 * are read in pieces from all over them.
 */
void wb_run_spec_measure_lengths_async (WbRunSpec          *self,
                                        GCancellable       *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer            user_data);
WbRunLengths *
wb_run_spec_measure_lengths_finish (WbRunSpec *self, GAsyncResult *result, GError **error);

/**
 * WbRunEstimateSource:
 * @WB_RUN_ESTIMATE_STEPS: measured steps of an earlier run of this task and model, with this batch
 * size, maximum length and threads, on this machine; evaluations and saves are in it
 * @WB_RUN_ESTIMATE_RATE: operations that the model needs for its tokens, at the rate that an
 * earlier run reached on this machine
 *
 * What an expected time is made of.
 */
typedef enum
{
  WB_RUN_ESTIMATE_NONE,
  WB_RUN_ESTIMATE_STEPS,
  WB_RUN_ESTIMATE_RATE,
} WbRunEstimateSource;

/**
 * WbRunEstimate:
 * @parameters: of the first model; 0: unknown
 * @memory: bytes, of all that follow
 * @weights, @gradients, @optimizer
 * @activations: of the largest batch
 * @working: of the operations
 * @memory_available: bytes that the machine can give
 * @disk: bytes: three checkpoints and the best, all runs together
 * @disk_free: bytes where the runs will lie
 * @steps: optimizer steps of one run; 0: unknown
 * @max_length: tokens
 * @seconds: of one run; negative: unknown
 */
typedef struct
{
  guint64 parameters;
  guint64 memory;
  guint64 weights;
  guint64 gradients;
  guint64 optimizer;
  guint64 activations;
  guint64 working;
  guint64 memory_available;
  guint64 disk;
  guint64 disk_free;
  guint64 examples;
  guint64 steps;
  guint64 max_length;
  double  seconds;

  WbRunEstimateSource source;
} WbRunEstimate;
void wb_run_spec_estimate (WbRunSpec *self, WbRunEstimate *estimate);

G_END_DECLS
