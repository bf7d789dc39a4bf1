#pragma once

#include <glib/gstdio.h>
#include <string.h>

#include "engine/tokenizer/wb-tokenizer.h"
#include "tests/fuzz/wb-fuzz.h"

/* Loads the tokenizer of the fuzz folder; what loads encodes, and every id has a token. */
static inline void
wb_fuzz_tokenizer (void)
{
  static const char text[] = "Hello, \xef\xbd\x81\xc2\xbd \xf0\x9f\x98\x80 [MASK] world's  12\t\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (WbEncoding) encoding = NULL;
  g_autoptr (WbTokenizer) tokenizer = wb_tokenizer_load (wb_fuzz_get_folder (), &error);
  gboolean success;

  wb_fuzz_check_error (tokenizer != NULL, error);
  if (tokenizer == NULL)
    return;
  encoding = wb_encoding_new ();
  success = wb_tokenizer_encode (tokenizer, text, "pair", NULL, encoding, &error);
  wb_fuzz_check_error (success, error);
  for (gsize i = 0; success && i < encoding->n; i++)
    {
      g_autofree char *token = wb_tokenizer_dup_token (tokenizer, encoding->ids[i]);

      if (token == NULL)
        wb_fuzz_fail ("id %d has no token", encoding->ids[i]);
    }
}
