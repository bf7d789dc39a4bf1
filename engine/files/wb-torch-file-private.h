#pragma once

#include "engine/files/wb-reader.h"
#include "engine/files/wb-torch-file.h"

G_BEGIN_DECLS

const WbReader *wb_torch_file_get_reader (const WbTorchFile *self);

/**
 * wb_torch_file_locate:
 * @name: of the tensor, for messages
 * @size: bytes of an element
 * @place: (out): byte of the file where the tensor's first element lies
 * @error: WB_ENGINE_ERROR_INVALID: it does not lie within its storage
 */
gboolean wb_torch_file_locate (const WbTorchFile    *self,
                               const char           *name,
                               const WbPickleTensor *tensor,
                               gsize                 size,
                               guint64              *place,
                               GError              **error);

/* Bytes of an element of a storage of this type; 1: "Untyped". */
gsize wb_torch_storage_size (const char *type);

/* Compares the data of every storage with its checksum, where the layout has them (zip).  @error:
 * WB_ENGINE_ERROR_INVALID: which is damaged */
gboolean wb_torch_file_verify (WbTorchFile *self, GError **error);

G_END_DECLS
