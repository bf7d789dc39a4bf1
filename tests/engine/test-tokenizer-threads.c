#include "config.h"

#include <pthread.h>

#include "engine/tokenizer/wb-tokenizer-train.h"
#include "engine/tokenizer/wb-tokenizer.h"
#include "tests/support/wb-test-bpe.h"
#include "tests/support/wb-test-text.h"

/* One tokenizer, several threads at once: each gets what one thread alone gets. */

#define N_THREADS 4
#define N_SENTENCES 300

typedef struct
{
  const WbTokenizer *tokenizer;
  char             **text;
  char              *got;
} Job;

static char * /* (transfer full): digest of ids and places of all sentences, alone and in pairs */
digest (const WbTokenizer *tokenizer, char **text)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (WbEncoding) encoding = wb_encoding_new ();
  g_autofree char *word = g_strnfill (3000, 'k');

  for (gsize i = 0; i < N_SENTENCES; i++)
    {
      const char *pair = i % 3 == 0 ? text[i / 2] : i % 50 == 1 ? word : NULL;
      g_assert_true (wb_tokenizer_encode (tokenizer, text[i], pair, NULL, encoding, NULL));
      g_checksum_update (sum, (const guchar *) encoding->ids,
                         (gssize) (encoding->n * sizeof *encoding->ids));
      g_checksum_update (sum, (const guchar *) encoding->offsets,
                         (gssize) (encoding->n * sizeof *encoding->offsets));
    }
  return g_strdup (g_checksum_get_string (sum));
}

static void *
run (void *data)
{
  Job *job = data;

  job->got = digest (job->tokenizer, job->text);
  return NULL;
}

static void
check (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbTokenizer) tokenizer = wb_tokenizer_load (folder, &error);
  g_auto (GStrv) text = wb_test_text_new (N_SENTENCES, 1);
  g_autofree char *want = NULL;
  pthread_t        threads[N_THREADS];
  Job              jobs[N_THREADS];

  g_assert_no_error (error);
  for (guint i = 0; i < N_THREADS; i++)
    {
      jobs[i] = (Job){ tokenizer, text, NULL };
      g_assert_cmpint (pthread_create (&threads[i], NULL, run, &jobs[i]), ==, 0);
    }
  want = digest (tokenizer, text);
  for (guint i = 0; i < N_THREADS; i++)
    {
      g_assert_cmpint (pthread_join (threads[i], NULL), ==, 0);
      g_assert_cmpstr (jobs[i].got, ==, want);
      g_free (jobs[i].got);
    }
}

static void
test_bpe (void)
{
  g_autoptr (WbTestFolder) folder = wb_test_bpe_folder_new ("bpe-bytes.json");

  check (folder);
}

static void
test_unigram (void)
{
  g_autoptr (WbTestFolder) folder = wb_test_folder_new ();
  g_auto (GStrv) text = wb_test_text_new (N_SENTENCES, 1);

  g_assert_true (
      wb_tokenizer_train ((const char *const *) text, N_SENTENCES, 400, TRUE, folder, NULL));
  check (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/tokenizer-threads/bpe", test_bpe);
  g_test_add_func ("/engine/tokenizer-threads/unigram", test_unigram);
  return g_test_run ();
}
