#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Every layout in which weights come (fact sheet 9), behind one front:
 *
 *   model.safetensors                safetensors
 *   model.safetensors.index.json     safetensors in several files
 *   pytorch_model.bin                what torch.save() wrote, zip or legacy
 *   pytorch_model.bin.index.json     the same in several files
 *   pytorch.model.bin                the original releases
 *
 * in this order: the first that a folder has is taken. */

/**
 * WbWeightType:
 *
 * The type of a tensor's elements in the file.  Up to WB_WEIGHT_F64 it can be read; the others are
 * counters and masks that no parameter is made of.
 */
typedef enum
{
  WB_WEIGHT_F32,
  WB_WEIGHT_F16,
  WB_WEIGHT_BF16,
  WB_WEIGHT_F64,
  WB_WEIGHT_I64,
  WB_WEIGHT_I32,
  WB_WEIGHT_I16,
  WB_WEIGHT_I8,
  WB_WEIGHT_U8,
  WB_WEIGHT_BOOL,
  WB_WEIGHT_U64,
  WB_WEIGHT_U32,
  WB_WEIGHT_U16,
  WB_WEIGHT_OTHER, /* of safetensors: a type that is not known here */
} WbWeightType;

const char *wb_weight_type_name (WbWeightType type); /* "F32", "BF16", …, as safetensors says */
gsize       wb_weight_type_size (WbWeightType type); /* bytes of an element; 0: OTHER */
gboolean    wb_weight_type_is_float (WbWeightType type); /* F32, F16, BF16 or F64 */

/**
 * WbWeight:
 * @name: as in the file
 * @type: as in the file
 * @dims: (array length=n_dims)
 * @n_elements: product of @dims
 * @file: which of the files it lies in, for wb_weights_get_file()
 */
typedef struct
{
  const char  *name;
  WbWeightType type;
  const gsize *dims;
  gsize        n_dims;
  gsize        n_elements;
  gsize        file;
} WbWeight;

/* "(3, 768)" */
char *wb_weight_dup_shape (const gsize *dims, gsize n_dims);

/**
 * WbWeights:
 *
 * The open weights of a model, their directory checked, their data not yet read.  One thread at a
 * time.
 */
typedef struct _WbWeights WbWeights;

/**
 * wb_weights_open:
 * @path: a model's folder, or one file of any of the layouts
 * @error: WB_ENGINE_ERROR_MISSING: no such file, or a folder without weights; _INVALID: damaged or
 * lying, with file and byte numbers; _UNSUPPORTED: a pickle with something that is neither tensor
 * nor container (which, and at what byte)
 *
 * Nothing is executed, written or left behind, whatever the file holds.
 */
WbWeights *wb_weights_open (const char *path, GError **error);
void       wb_weights_free (WbWeights *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbWeights, wb_weights_free)

/* Whether @folder has weights in any of the layouts, by their files' names alone. */
gboolean wb_weights_exist (const char *folder);

/* (nullable): a file of @folder with weights that another framework wrote and we do not read;
 * @framework: (out): which, "TensorFlow" */
const char *wb_weights_find_foreign (const char *folder, const char **framework);

gsize           wb_weights_get_n (const WbWeights *self);
const WbWeight *wb_weights_get (const WbWeights *self, gsize i); /* as they lie */
const WbWeight *wb_weights_find (const WbWeights *self, const char *name);

gsize       wb_weights_get_n_files (const WbWeights *self);
const char *wb_weights_get_file (const WbWeights *self, gsize i); /* its path */
const char *wb_weights_get_layout (const WbWeights *self);        /* "safetensors, 3 files", … */

/* (nullable): the configuration that the earliest files have beside the tensors, as JSON. */
const char *wb_weights_get_config (const WbWeights *self);

/**
 * wb_weights_read:
 * @values: (weight->n_elements) output, row-major
 * @error: WB_ENGINE_ERROR_UNSUPPORTED: not a floating type; _INVALID: the file became shorter, or a
 * value is not finite or beyond F32 (which element)
 *
 * Converts piece by piece: no second copy of the tensor in memory.
 */
gboolean wb_weights_read (WbWeights *self, const WbWeight *weight, float *values, GError **error);

/* Whether @weight is of a type that can be read.  @error: WB_ENGINE_ERROR_UNSUPPORTED */
gboolean wb_weights_check_type (const WbWeights *self, const WbWeight *weight, GError **error);

/* Elements [first, first + n) alone. */
gboolean wb_weights_read_part (WbWeights      *self,
                               const WbWeight *weight,
                               gsize           first,
                               gsize           n,
                               float          *values,
                               GError        **error);

/* Whether both are the same numbers of the file: PyTorch stores tied tensors once. */
gboolean wb_weights_share (const WbWeights *self, const WbWeight *a, const WbWeight *b);

/* Reads everything that has a checksum (the zip layout of torch.save()) and compares.  @error:
 * WB_ENGINE_ERROR_INVALID: what is damaged */
gboolean wb_weights_verify (WbWeights *self, GError **error);

/**
 * WbWeightsHeads:
 *
 * Heads that a file may hold, several at once (fact sheet 9.1).
 */
typedef enum
{
  WB_WEIGHTS_HEAD_POOLER = 1 << 0,     /* pooler.dense: sequence classification, multiple choice */
  WB_WEIGHTS_HEAD_CLASSIFIER = 1 << 1, /* classifier; without a pooler: of tokens */
  WB_WEIGHTS_HEAD_QA = 1 << 2,         /* qa_outputs */
  WB_WEIGHTS_HEAD_MLM_LEGACY = 1 << 3, /* cls.predictions */
  WB_WEIGHTS_HEAD_MLM = 1 << 4,        /* lm_predictions */
  WB_WEIGHTS_HEAD_RTD = 1 << 5,        /* mask_predictions */
  WB_WEIGHTS_HEAD_PROJ = 1 << 6,       /* proj: the original releases' NER and ReCoRD */
} WbWeightsHeads;

/* @n_labels: (out) (optional): rows of the classifier; 0: there is none */
WbWeightsHeads wb_weights_get_heads (const WbWeights *self, gsize *n_labels);

G_END_DECLS
