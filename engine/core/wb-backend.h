#pragma once

#include <glib.h>

#include "engine/core/wb-engine-error.h"
#include "engine/core/wb-tensor.h"

G_BEGIN_DECLS

/**
 * WbBackend:
 *
 * A device and its table of operations.  Model code never asks which one it has.  Engine thread
 * only, and one engine thread per backend.
 */
typedef struct _WbBackend WbBackend;

/**
 * wb_backend_open:
 * @name: "auto" or "cpu"
 * @n_threads: OpenMP threads; 0: one per physical core that the process may run on
 * @error: %WB_ENGINE_ERROR_UNSUPPORTED when this build or machine does not have it
 */
WbBackend *wb_backend_open (const char *name, guint n_threads, GError **error);
void       wb_backend_close (WbBackend *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbBackend, wb_backend_close)

const char *wb_backend_get_name (const WbBackend *self); /* "cpu" */
const char       *
wb_backend_get_instruction_set (const WbBackend *self); /* "avx2", "avx512", "baseline" */
guint wb_backend_get_n_threads (const WbBackend *self);

/**
 * wb_backend_set_cancel:
 * @flag: (nullable): not zero: give up; set by another thread with g_atomic_int_set()
 *
 * While @flag is not zero, matrix products are refused with %G_IO_ERROR_CANCELLED, so that a
 * forward or backward pass ends within one of them.  A cancelled training step has changed no
 * weight.
 */
void wb_backend_set_cancel (WbBackend *self, const int *flag);

/* What a bit-equal resume needs: processor, instruction set, threads, library versions, one line.
 */
char *wb_backend_dup_fingerprint (const WbBackend *self);

G_END_DECLS
