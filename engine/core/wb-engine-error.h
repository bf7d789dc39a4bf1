#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WbEngineError:
 * @WB_ENGINE_ERROR_SHAPE: shapes or dtypes do not agree
 * @WB_ENGINE_ERROR_UNSUPPORTED: no backend runs this operation, or a file asks for what we do not
 * compute
 * @WB_ENGINE_ERROR_OUT_OF_MEMORY: a smaller batch or length may fit
 * @WB_ENGINE_ERROR_DEVICE: the matrix library or the GPU failed
 * @WB_ENGINE_ERROR_INVALID: a file from outside is damaged or lies; the message says where
 * @WB_ENGINE_ERROR_MISSING: a file or a tensor is not there
 * @WB_ENGINE_ERROR_DIVERGED: the loss or the gradient norm is not finite
 *
 * What a caller can act on.  A caller's own mistakes are g_return_if_fail().
 */
typedef enum
{
  WB_ENGINE_ERROR_SHAPE,
  WB_ENGINE_ERROR_UNSUPPORTED,
  WB_ENGINE_ERROR_OUT_OF_MEMORY,
  WB_ENGINE_ERROR_DEVICE,
  WB_ENGINE_ERROR_INVALID,
  WB_ENGINE_ERROR_MISSING,
  WB_ENGINE_ERROR_DIVERGED,
} WbEngineError;

#define WB_ENGINE_ERROR (wb_engine_error_quark ())
GQuark wb_engine_error_quark (void);

/**
 * wb_engine_error_set:
 *
 * g_set_error() for messages that repeat what a file says: control characters (line ends, terminal
 * sequences) come out as "\x0a", what is no UTF-8 as U+FFFD, and a message ends after 1,000 bytes.
 */
void wb_engine_error_set (GError **error, WbEngineError code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
void
wb_engine_error_set_valist (GError **error, WbEngineError code, const char *format, va_list args)
    G_GNUC_PRINTF (3, 0);

G_END_DECLS
