#include <string.h>

#include "engine/tokenizer/bpe/wb-bpe-file-private.h"
#include "engine/tokenizer/wb-tokenizer-private.h"
#include "tests/fuzz/wb-fuzz.h"

/* vocab.json and merges.txt of a byte-level BPE, with a NUL between; then a text is encoded. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const char text[] = "Hello world's  \xc3\xa9\xf0\x9f\x98\x80 123\t\n";
  const guint8     *nul = memchr (data, '\0', size);
  const gsize       cut = nul == NULL ? size : (gsize) (nul - data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) vocab = g_bytes_new (data, cut);
  g_autoptr (GBytes) merges = g_bytes_new (data + MIN (cut + 1, size), size - MIN (cut + 1, size));
  g_autoptr (WbBpe) bpe = wb_bpe_file_parse (vocab, "vocab.json", merges, "merges.txt", &error);
  g_autoptr (GArray) tokens = NULL;
  WbBpeScratch scratch;

  wb_fuzz_check_error (bpe != NULL, error);
  if (bpe == NULL)
    return 0;
  tokens = g_array_new (FALSE, FALSE, sizeof (WbToken));
  wb_bpe_scratch_init (&scratch);
  wb_bpe_encode (bpe, text, strlen (text), &scratch, tokens);
  wb_bpe_scratch_clear (&scratch);
  for (guint i = 0; i < tokens->len; i++)
    if (g_array_index (tokens, WbToken, i).id < 0 ||
        (gsize) g_array_index (tokens, WbToken, i).id >= wb_bpe_get_n_ids (bpe))
      wb_fuzz_fail ("id %d of %zu", g_array_index (tokens, WbToken, i).id, wb_bpe_get_n_ids (bpe));
  return 0;
}
