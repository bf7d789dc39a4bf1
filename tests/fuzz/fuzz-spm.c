#include <string.h>

#include "engine/tokenizer/unigram/wb-spm-file-private.h"
#include "engine/tokenizer/unigram/wb-spm.h"
#include "tests/fuzz/wb-fuzz.h"

static void
encode (const WbSpm *spm, const char *text, gsize n_pieces)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) pieces = g_array_new (FALSE, FALSE, sizeof (WbSpmPiece));
  const gboolean success = wb_spm_encode (spm, text, strlen (text), pieces, &error);

  wb_fuzz_check_error (success, error);
  for (gsize i = 0; success && i < pieces->len; i++)
    if (g_array_index (pieces, WbSpmPiece, i).id < 0 ||
        (gsize) g_array_index (pieces, WbSpmPiece, i).id >= n_pieces)
      wb_fuzz_fail ("id %d of %zu pieces", g_array_index (pieces, WbSpmPiece, i).id, n_pieces);
}

/* spm.model: what our reader lets through, the library must survive. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) model = NULL;
  g_autoptr (WbSpm) spm = NULL;
  g_autoptr (WbSpmFile) file = wb_spm_file_parse (data, size, "spm.model", &error);
  g_autofree char *tail = NULL;

  wb_fuzz_check_error (file != NULL, error);
  if (file == NULL)
    return 0;
  model = wb_spm_file_build (file);
  spm = wb_spm_new (model->data, model->len, &error);
  wb_fuzz_check_error (spm != NULL, error);
  if (spm == NULL)
    return 0;
  tail = g_utf8_make_valid ((const char *) data + (size > 64 ? size - 64 : 0), MIN (size, 64));
  encode (spm, tail, file->pieces->len);
  encode (spm, "Hello, \xef\xbd\x81\xc2\xbd \xe2\x84\xa2 \xf0\x9f\x98\x80 the  end",
          file->pieces->len);
  return 0;
}
