#pragma once

#include <glib.h>

#include "engine/core/wb-tensor.h"
#include "engine/ops/wb-matmul.h"

G_BEGIN_DECLS

/* Labels that a head, and what config.json says of it, can have at most. */
#define WB_MODEL_MAX_LABELS 100000

/**
 * WbModelFamily:
 * @WB_FAMILY_V2: v2, v3, mDeBERTa: model_type "deberta-v2"
 * @WB_FAMILY_V1: model_type "deberta": packed projections, no buckets, no shared keys
 */
typedef enum
{
  WB_FAMILY_V2,
  WB_FAMILY_V1,
} WbModelFamily;

/**
 * WbModelConfig:
 *
 * What config.json says of a model, checked: every number is in range, sizes fit together, and
 * nothing that we do not compute is asked for.  Defaults as transformers' (fact sheet 1.7, 1.8);
 * what the class of the family ignores there is ignored here and has the value that it computes
 * with (v1: share_att_key false, no buckets, no convolution, …), but for talking_head, which is
 * refused in both families though v2's class ignores it.  Immutable once loaded, but for
 * the fields that a run may override (dropouts, labels).
 *
 * The original releases' model_config.json is read too: without model_type it is v2's where it has
 * a key of v2's; padding_idx and the object pooling stand in for pad_token_id and pooler_*.
 */
typedef struct
{
  char         *model_type; /* "deberta" or "deberta-v2" */
  WbModelFamily family;
  gsize         vocab_size;        /* V */
  gsize         embedding_size;    /* E */
  gsize         hidden_size;       /* H */
  gsize         n_layers;          /* L */
  gsize         n_heads;           /* A; head size H / A */
  gsize         intermediate_size; /* I */
  gsize         max_positions;     /* P */
  gsize         type_vocab_size;
  WbActivation  hidden_act;
  WbActivation  pooler_act;
  float         hidden_dropout;
  float         attention_dropout;
  float         pooler_dropout;
  float         classifier_dropout; /* cls_dropout, absent: hidden_dropout */
  double        initializer_range;
  float         layer_norm_eps;
  gint32        pad_token_id; /* its row of the word table gets no gradient; -1: there is none */
  gboolean      relative_attention;
  gboolean      c2p;
  gboolean      p2c;
  gboolean      share_att_key;
  gboolean      normalize_relative; /* norm_rel_ebd has layer_norm */
  gboolean      position_biased_input;
  gint          position_buckets; /* <= 0: none */
  gint          max_distance;     /* max_relative_positions after its default */
  gsize         relative_span;    /* R; the table has 2R rows */
  gsize         n_divisor_terms;  /* scores are divided by sqrt (d (1 + this)) */
  gsize         conv_kernel;      /* k, odd; 0: no convolution */
  gsize         conv_groups;      /* g, divides H */
  WbActivation  conv_act;
  gboolean      legacy;              /* layout of a language modelling head: fact sheet 3.12 */
  gboolean      tie_word_embeddings; /* likewise */
  char   **id2label;   /* (nullable): n_labels names, %NULL-terminated; file without names: NULL */
  gsize    n_labels;   /* 2 when the file says nothing */
  gboolean has_labels; /* the file itself names or counts labels */
  char    *problem_type; /* (nullable): as the file has it: fact sheet 3.12 */
  char    *json;         /* the file's text, for writing it back with nothing lost */
} WbModelConfig;

/**
 * wb_model_config_load:
 * @path: config.json, or a folder that has one (or an original release's model_config.json)
 * @error: WB_ENGINE_ERROR_MISSING, _INVALID (message: file, key, value, what is allowed) or
 * _UNSUPPORTED
 *
 * The file is hostile until checked: size, depth and UTF-8 are looked at before it is parsed.
 */
WbModelConfig *wb_model_config_load (const char *path, GError **error);
WbModelConfig *
wb_model_config_parse (const char *json, gssize length, const char *name, GError **error);
WbModelConfig *wb_model_config_copy (const WbModelConfig *self);
void           wb_model_config_free (WbModelConfig *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbModelConfig, wb_model_config_free)

/* 1 / sqrt (d (1 + n_divisor_terms)): v2's terms, or v1's entries of pos_att_type; they count even
 * with relative_attention off (fact sheet 1.8). */
float wb_model_config_get_attention_scale (const WbModelConfig *self);

/**
 * WbModelConfigOutput:
 * @architecture: transformers' class, "DebertaV2ForSequenceClassification"
 * @dtype: of the weights beside it
 * @keep_labels: names of labels and kind of problem stay as the file had them
 * @labels: (nullable): @n_labels names
 * @n_labels: 0: the head has none of its own
 * @problem_type: (nullable): %NULL: transformers chooses by the labels
 * @masked_lm: the next two are said: layout of the head's names, its table the word table
 *
 * What a configuration that is written says of the weights beside it.
 */
typedef struct
{
  const char        *architecture;
  WbDtype            dtype;
  gboolean           keep_labels;
  const char *const *labels;
  gsize              n_labels;
  const char        *problem_type;
  gboolean           masked_lm;
  gboolean           legacy;
  gboolean           tied;
} WbModelConfigOutput;

/* (transfer full): the file's own text with everything that it said, and @out's changes. */
char *wb_model_config_write (const WbModelConfig *self, const WbModelConfigOutput *out);

G_END_DECLS
