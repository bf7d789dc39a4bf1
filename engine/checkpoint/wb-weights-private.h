#pragma once

#include "engine/checkpoint/wb-weights.h"
#include "engine/files/wb-reader.h"
#include "engine/files/wb-torch-file-private.h"

G_BEGIN_DECLS

/* Inside WbWeights: every layout becomes a list of tensors that lie at a byte of a file. */

/**
 * WbWeightItem:
 * @weight: name and dims belong to the item
 * @place: byte where its first element lies
 * @strides: (nullable) (array length=n_dims): in elements; %NULL: row-major, one after another
 */
typedef struct
{
  WbWeight weight;
  guint64  place;
  gsize   *strides;
} WbWeightItem;

/* @reader belongs to @safetensors or @torch, of which one is there. */
typedef struct
{
  char           *path;
  const WbReader *reader;
  gpointer        safetensors;
  WbTorchFile    *torch;
} WbWeightFile;

struct _WbWeights
{
  GPtrArray  *items;   /* of WbWeightItem */
  GHashTable *by_name; /* name (lent) -> index + 1 */
  GArray     *files;   /* of WbWeightFile */
  char       *layout;
  char       *config; /* (nullable) */
  /* the bytes of the tensor that is not row-major and was read last */
  const WbWeightItem *gathered;
  guint8             *gathered_bytes;
};

/* Adds the tensors of one file, whatever its layout. */
gboolean wb_weights_add_file (WbWeights *self, const char *path, GError **error);

/* Adds the files that an index of shards names, which lie beside it. */
gboolean wb_weights_add_index (WbWeights *self, const char *path, GError **error);

/* Adds the tensors of @torch, which becomes @self's.  @file: its number */
gboolean wb_weights_add_torch (WbWeights *self, WbTorchFile *torch, gsize file, GError **error);

/* Whether @name can be shown: no control characters (they could write to a terminal), not too long.
 * @error: WB_ENGINE_ERROR_INVALID */
gboolean wb_weights_check_name (const WbReader *reader, const char *name, GError **error);

/* Takes @item; one of the same name is replaced. */
void wb_weights_take_item (WbWeights *self, WbWeightItem *item);

G_END_DECLS
