#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WbAppError:
 * @WB_APP_ERROR_USAGE: what was asked is wrong (unknown key, value out of range): exit status 2
 * @WB_APP_ERROR_HOME: the home folder cannot be made, read or written
 * @WB_APP_ERROR_MISSING: a run, model, task or file that was named is not there
 * @WB_APP_ERROR_AMBIGUOUS: a name that fits more than one run
 * @WB_APP_ERROR_BUSY: another process runs this run, or uses the device
 * @WB_APP_ERROR_INVALID: a file or folder is damaged or does not fit the task
 * @WB_APP_ERROR_SPACE: the disk has too little room
 * @WB_APP_ERROR_DIVERGED: the loss became NaN or infinite; the last good state is kept
 * @WB_APP_ERROR_INTERRUPTED: a signal ended it; state saved
 * @WB_APP_ERROR_FAILED: anything else
 *
 * What a caller of app/ can act on.  Messages are one line: what, where, and what to do.
 */
typedef enum
{
  WB_APP_ERROR_USAGE,
  WB_APP_ERROR_HOME,
  WB_APP_ERROR_MISSING,
  WB_APP_ERROR_AMBIGUOUS,
  WB_APP_ERROR_BUSY,
  WB_APP_ERROR_INVALID,
  WB_APP_ERROR_SPACE,
  WB_APP_ERROR_DIVERGED,
  WB_APP_ERROR_INTERRUPTED,
  WB_APP_ERROR_FAILED,
} WbAppError;

#define WB_APP_ERROR (wb_app_error_quark ())
GQuark wb_app_error_quark (void);

G_END_DECLS
