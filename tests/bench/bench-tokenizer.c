#include "config.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/tokenizer/files/wb-tokenizer-export.h"
#include "engine/tokenizer/wb-tokenizer.h"

/* bench-tokenizer FOLDER [THREADS [ROUNDS]] < LINES: how long a folder takes to load, and its lines
 * to become ids; the best of ROUNDS, on the wall and of the processor.  bench-tokenizer --export
 * FOLDER TO: what an export writes. */

typedef struct
{
  const WbTokenizer *tokenizer;
  char             **lines;
  gsize              n_lines;
  gsize              first;
  gsize              step;
  gsize              n_ids;
} Work;

static gpointer
encode (gpointer data)
{
  Work *work = data;
  g_autoptr (WbEncoding) encoding = wb_encoding_new ();

  work->n_ids = 0;
  for (gsize i = work->first; i < work->n_lines; i += work->step)
    {
      if (!wb_tokenizer_encode (work->tokenizer, work->lines[i], NULL, NULL, encoding, NULL))
        abort ();
      work->n_ids += encoding->n - 2;
    }
  return NULL;
}

static double
run (Work *works, gsize n_threads, gsize *n_ids)
{
  const gint64          start = g_get_monotonic_time ();
  g_autofree pthread_t *threads = g_new (pthread_t, n_threads);

  for (gsize i = 1; i < n_threads; i++)
    if (pthread_create (&threads[i], NULL, encode, &works[i]) != 0)
      abort ();
  encode (&works[0]);
  *n_ids = works[0].n_ids;
  for (gsize i = 1; i < n_threads; i++)
    {
      pthread_join (threads[i], NULL);
      *n_ids += works[i].n_ids;
    }
  return (double) (g_get_monotonic_time () - start) / 1e6;
}

static char **
read_lines (gsize *n_bytes)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char  buffer[65536];
  gsize n;

  while ((n = fread (buffer, 1, sizeof buffer, stdin)) > 0)
    g_string_append_len (text, buffer, (gssize) n);
  *n_bytes = text->len;
  return g_strsplit (text->str, "\n", -1);
}

static WbTokenizer *
load (const char *folder)
{
  const gint64  start = g_get_monotonic_time ();
  const clock_t cpu = clock ();
  g_autoptr (GError) error = NULL;
  WbTokenizer *self = wb_tokenizer_load (folder, &error);

  if (self == NULL)
    {
      fprintf (stderr, "%s\n", error->message);
      exit (1);
    }
  printf ("loaded in %.3f s, %.3f s of the processor\n",
          (double) (g_get_monotonic_time () - start) / 1e6,
          (double) (clock () - cpu) / CLOCKS_PER_SEC);
  return self;
}

static int export(const char *folder, const char *to)
{
  g_autoptr (WbTokenizer) tokenizer = load (folder);
  g_autoptr (GError) error = NULL;

  if (wb_tokenizer_export (tokenizer, to, &error))
    return 0;
  fprintf (stderr, "%s\n", error->message);
  return 1;
}

int
main (int argc, char **argv)
{
  const gsize n_threads = argc > 2 ? (gsize) atoi (argv[2]) : 1;
  const int   n_rounds = argc > 3 ? atoi (argv[3]) : 5;
  g_autoptr (WbTokenizer) tokenizer = NULL;
  g_auto (GStrv) lines = NULL;
  g_autofree Work *works = NULL;
  gsize            n_bytes, n_ids = 0;
  double           best = 1e30, best_cpu = 1e30;

  if (argc == 4 && strcmp (argv[1], "--export") == 0)
    return export(argv[2], argv[3]);
  if (argc < 2 || n_threads < 1 || n_rounds < 1)
    {
      fprintf (stderr, "bench-tokenizer FOLDER [THREADS [ROUNDS]] < LINES\n");
      return 77; /* skipped */
    }
  tokenizer = load (argv[1]);
  lines = read_lines (&n_bytes);
  works = g_new0 (Work, n_threads);
  for (gsize i = 0; i < n_threads; i++)
    works[i] = (Work){ tokenizer, lines, g_strv_length (lines), i, n_threads, 0 };
  for (int i = 0; i < n_rounds; i++)
    {
      const clock_t cpu = clock ();
      best = MIN (best, run (works, n_threads, &n_ids));
      best_cpu = MIN (best_cpu, (double) (clock () - cpu) / CLOCKS_PER_SEC);
    }
  printf ("%u lines, %.2f MB, %zu ids, %zu threads: %.3f s, %.3f s of the processor\n",
          g_strv_length (lines), (double) n_bytes / 1e6, n_ids, n_threads, best, best_cpu);
  return 0;
}
