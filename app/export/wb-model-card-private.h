#pragma once

#include "app/runs/wb-run-plan-private.h"
#include "data/store/wb-store-results.h"
#include "data/store/wb-store-runs.h"
#include "engine/model/wb-model-config.h"

G_BEGIN_DECLS

/**
 * WbModelCard:
 * @name: what the model is called
 * @config: of the model as it goes out
 * @architecture: (nullable): transformers' class, "DebertaV2ForSequenceClassification"
 * @dtype: "f32", "f16" or "bf16"
 * @source: folder that the weights come from: a licence that its own card names is taken over
 * @plan, @record: (nullable): the run that made it
 * @n_train: examples of its training file; 0: it is not there any more
 * @results: (nullable) (element-type WbResultRecord): what was measured
 *
 * What README.md says of an exported model.  No path of this machine gets into it: of files only
 * the names.
 */
typedef struct
{
  const char          *name;
  const WbModelConfig *config;
  const char          *architecture;
  const char          *dtype;
  const char          *source;
  const WbRunPlan     *plan;
  const WbRunRecord   *record;
  gsize                n_train;
  GPtrArray           *results;
} WbModelCard;

/* (transfer full): the card: YAML front matter as model hubs read it (base model, task, data set,
 * model-index), then Markdown for people. */
char *wb_model_card_dup_text (const WbModelCard *self);

/* (transfer full) (nullable): "microsoft/deberta-v3-small" for a folder of the Hugging Face cache,
 * or one that has the name and the shape of a published model. */
char *wb_model_card_dup_hub_name (const char *folder, const WbModelConfig *config);

/* ---- wb-model-card-head.c ---- */

/* Everything between the two "---". */
void wb_model_card_append_front_matter (const WbModelCard *self, const char *base, GString *out);

/* (transfer full) (nullable): the licence that README.md in @folder names in its front matter. */
char *wb_model_card_dup_licence (const char *folder);

/* Whether the run's files have the names of GLUE's, and as many training examples. */
gboolean wb_model_card_has_official_data (const WbModelCard *self);

G_END_DECLS
