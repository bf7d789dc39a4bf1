#include "config.h"

#include <errno.h>
#include <gio/gio.h>
#include <pthread.h>

#include "engine/core/wb-engine-error.h"
#include "engine/tokenizer/unigram/wb-spm.h"
#include "engine/tokenizer/wb-tokenizer-train.h"

#define N_SPECIALS 4
#define N_BYTES 256
#define MAX_IDS 1000000

static const char config_text[] = "{\n  \"do_lower_case\": false,\n  \"vocab_type\": \"spm\"\n}\n";

static gboolean G_GNUC_PRINTF (2, 3) refuse (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  if (error != NULL)
    *error = g_error_new_valist (WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID, format, arguments);
  va_end (arguments);
  return FALSE;
}

/* Whether something is left of @sentence when the library has normalized it: with nothing at all
 * it would end the process.  A sentence with U+2585 is skipped by it. */
static gboolean
has_text (const char *sentence)
{
  gboolean any = FALSE;

  for (const char *p = sentence; *p != '\0'; p = g_utf8_next_char (p))
    {
      const gunichar c = g_utf8_get_char (p);
      if (c == 0x2585)
        return FALSE;
      any |= g_unichar_isgraph (c) && c != 0x2581 && c != 0xfffd;
    }
  return any;
}

static gboolean
check_sentences (const char *const *sentences, gsize n, GError **error)
{
  gboolean any = FALSE;

  for (gsize i = 0; i < n; i++)
    {
      if (!g_utf8_validate (sentences[i], -1, NULL))
        return refuse (error, "sentence %" G_GSIZE_FORMAT " is not UTF-8", i + 1);
      any |= has_text (sentences[i]);
    }
  return any || refuse (error, "there is no text to make a vocabulary from");
}

static GBytes *
train (const char *const *sentences, gsize n, gsize n_ids, gboolean byte_fallback, GError **error)
{
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  g_autofree char       *size = g_strdup_printf ("%" G_GSIZE_FORMAT, n_ids);
  const char *const      settings[] = { "model_type",
                                        "unigram",
                                        "vocab_size",
                                        size,
                                        "byte_fallback",
                                   byte_fallback ? "true" : "false",
                                        "normalization_rule_name",
                                        "nmt_nfkc",
                                        "character_coverage",
                                        "1.0",
                                        "hard_vocab_limit",
                                        "false",
                                        "num_threads",
                                        "1",
                                        "shuffle_input_sentence",
                                        "false",
                                        "max_sentence_length",
                                        "1000000",
                                        "pad_id",
                                        "0",
                                        "bos_id",
                                        "1",
                                        "eos_id",
                                        "2",
                                        "unk_id",
                                        "3",
                                        "pad_piece",
                                        "[PAD]",
                                        "bos_piece",
                                        "[CLS]",
                                        "eos_piece",
                                        "[SEP]",
                                        "unk_piece",
                                        "[UNK]",
                                        "minloglevel",
                                        "3",
                                        NULL };
  GBytes                *model;

  pthread_mutex_lock (&lock);
  model = wb_spm_train (sentences, n, settings, error);
  pthread_mutex_unlock (&lock);
  return model;
}

static gboolean
write_file (const char *folder, const char *name, const char *data, gssize size, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return g_file_set_contents (path, data, size, error);
}

gboolean
wb_tokenizer_train (const char *const *sentences,
                    gsize              n_sentences,
                    gsize              n_ids,
                    gboolean           byte_fallback,
                    const char        *folder,
                    GError           **error)
{
  const gsize least = N_SPECIALS + (byte_fallback ? N_BYTES : 0) + 1;
  g_autoptr (GBytes) model = NULL;

  g_return_val_if_fail (folder != NULL && (sentences != NULL || n_sentences == 0), FALSE);

  if (n_ids < least || n_ids > MAX_IDS)
    return refuse (error,
                   "a vocabulary of %" G_GSIZE_FORMAT " pieces; from %" G_GSIZE_FORMAT
                   " to %d can be made",
                   n_ids, least, MAX_IDS);
  if (!check_sentences (sentences, n_sentences, error))
    return FALSE;
  model = train (sentences, n_sentences, n_ids, byte_fallback, error);
  if (model == NULL)
    return FALSE;
  if (g_mkdir_with_parents (folder, 0777) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s", folder,
                   g_strerror (errno));
      return FALSE;
    }
  return write_file (folder, "spm.model", g_bytes_get_data (model, NULL),
                     (gssize) g_bytes_get_size (model), error) &&
         write_file (folder, "tokenizer_config.json", config_text, -1, error);
}
