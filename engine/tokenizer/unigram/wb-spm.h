#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WbSpm:
 *
 * SentencePiece behind C: the one place that includes its headers.  No exception leaves it.  The
 * library crashes on damaged models, so what it is given comes from wb_spm_file_build() alone.
 */
typedef struct _WbSpm WbSpm;

/**
 * WbSpmPiece:
 * @n_bytes: bytes of the normalized text that the piece stands for
 */
typedef struct
{
  gint32  id;
  guint32 n_bytes;
} WbSpmPiece;

/* @model: a checked ModelProto, copied; error: WB_ENGINE_ERROR_INVALID */
WbSpm *wb_spm_new (const void *model, gsize size, GError **error);
void   wb_spm_free (WbSpm *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbSpm, wb_spm_free)

/* Appends the pieces of @text (valid UTF-8, may hold NUL) to @pieces, WbSpmPiece each.  Any
 * thread. */
gboolean
wb_spm_encode (const WbSpm *self, const char *text, gsize length, GArray *pieces, GError **error);

/**
 * wb_spm_train:
 * @sentences: (n_sentences) UTF-8
 * @settings: pairs of SentencePieceTrainer's option and value, %NULL-terminated
 *
 * Returns: (transfer full): the trained ModelProto
 *
 * One thread at a time: the library's log level and random seed are global.
 */
GBytes *wb_spm_train (const char *const *sentences,
                      gsize              n_sentences,
                      const char *const *settings,
                      GError           **error);

G_END_DECLS
