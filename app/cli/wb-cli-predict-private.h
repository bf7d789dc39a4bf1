#pragma once

#include "app/core/wb-json.h"
#include "app/worker/wb-predictor-private.h"

G_BEGIN_DECLS

/* wb-cli-predict-words.c: what is printed for token tasks. */

/* "word label" lines, a blank line behind each sentence: CoNLL's layout. */
void wb_cli_predict_append_words (GString            *out,
                                  const WbPredictor  *predictor,
                                  const WbEvaluation *evaluation,
                                  const WbFeatures   *features,
                                  const WbDataset    *dataset,
                                  gsize               i);

/* The object of example @i (docs/json.md). */
void wb_cli_predict_write_words (WbJson             *json,
                                 const WbPredictor  *predictor,
                                 const WbEvaluation *evaluation,
                                 const WbFeatures   *features,
                                 const WbDataset    *dataset,
                                 gsize               i);

G_END_DECLS
