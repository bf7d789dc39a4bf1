#pragma once

#include "engine/core/wb-backend-private.h"

G_BEGIN_DECLS

/**
 * wb_cpu_backend_open:
 * @n_threads: 0: one per physical core that the process may run on
 *
 * The processor.  Chooses the widest instruction set that the machine has; the environment variable
 * WB_CPU_ISA (baseline, avx2, avx512) asks for a narrower one.
 */
WbBackend *wb_cpu_backend_open (guint n_threads, GError **error);

/* Bytes: wb_backend_measure_scratch() */
gsize wb_cpu_measure_scratch (const WbScratchShape *shape, guint n_threads);

G_END_DECLS
