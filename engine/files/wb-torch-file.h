#pragma once

#include "engine/files/wb-pickle.h"

G_BEGIN_DECLS

/**
 * WbTorchFile:
 *
 * A file that torch.save() wrote: the zip layout (fact sheet 9.6) or the legacy one (9.7).  One
 * thread at a time.
 */
typedef struct _WbTorchFile WbTorchFile;

/**
 * wb_torch_file_open:
 * @error: WB_ENGINE_ERROR_MISSING: no such file; _UNSUPPORTED: see wb_pickle_parse(), or a
 * big-endian or compressed file; _INVALID: damaged or lying, with byte numbers
 *
 * Every tensor's bytes are known to lie within the file.  Reads the object, not the tensors' data.
 */
WbTorchFile *wb_torch_file_open (const char *path, GError **error);
void         wb_torch_file_free (WbTorchFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbTorchFile, wb_torch_file_free)

const WbPickleValue *wb_torch_file_get_root (const WbTorchFile *self);
gboolean             wb_torch_file_is_legacy (const WbTorchFile *self);

G_END_DECLS
