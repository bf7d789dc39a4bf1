#pragma once

#include "engine/files/wb-json-reader-private.h"
#include "engine/model/wb-model-config.h"

G_BEGIN_DECLS

/* Each reads its keys into @c; the first thing that is wrong stops all further reading. */

void wb_model_config_read_family (WbJsonReader *r, WbModelConfig *c);
void wb_model_config_read_sizes (WbJsonReader *r, WbModelConfig *c);
void wb_model_config_read_rates (WbJsonReader *r, WbModelConfig *c);
void wb_model_config_read_pooler (WbJsonReader *r, WbModelConfig *c);
void wb_model_config_read_positions (WbJsonReader *r, WbModelConfig *c);
void wb_model_config_read_convolution (WbJsonReader *r, WbModelConfig *c);
void wb_model_config_read_labels (WbJsonReader *r, WbModelConfig *c);
void wb_model_config_read_activation (WbJsonReader *r, const char *key, WbActivation *activation);
void wb_model_config_read_float (WbJsonReader *r,
                                 const char   *key,
                                 double        minimum,
                                 double        maximum,
                                 const char   *allowed,
                                 float        *value);

/* Sizes that no product of which overflows, and far above every model that exists. */
#define WB_MODEL_MAX_WIDTH 65536
#define WB_MODEL_MAX_POSITIONS 1048576

G_END_DECLS
