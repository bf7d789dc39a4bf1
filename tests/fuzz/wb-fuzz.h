#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What libFuzzer calls: first, and for each input, one in each target. */
int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Says what is wrong and aborts, so that libFuzzer keeps the input (a trap would pass it by). */
void wb_fuzz_fail (const char *format, ...) G_GNUC_PRINTF (1, 2) G_GNUC_NORETURN;

/**
 * wb_fuzz_check_error:
 *
 * What every reader promises: success without an error, or a failure with one clear line.  Aborts
 * where it is broken.  With WB_FUZZ_VERBOSE in the environment it prints what came out: seeds
 * should be read.
 */
void wb_fuzz_check_error (gboolean success, const GError *error);

/* A folder of this process in memory, made at the first call; removed when the process ends. */
const char *wb_fuzz_get_folder (void);

/* Writes @data as file @name into it.  (transfer full): the path */
char *wb_fuzz_write_file (const char *name, const guint8 *data, gsize size);

G_END_DECLS
