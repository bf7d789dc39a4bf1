#include "config.h"

#include <fcntl.h>
#include <json-glib/json-glib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/cli/wb-cli.h"
#include "engine/tokenizer/wb-tokenizer-train.h"
#include "tests/support/wb-test-bpe.h"
#include "tests/support/wb-test-text.h"

/* `tokenize` as a user calls it: in a process of its own, standard input from a file. */

typedef struct
{
  char *folder;
  char *out;
  char *err;
  int   status;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_auto (GStrv) text = wb_test_text_new (300, 1);
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("wb-tokenizer-XXXXXX", NULL);
  g_assert_true (
      wb_tokenizer_train ((const char *const *) text, 300, 400, TRUE, fixture->folder, &error));
  g_assert_no_error (error);
}

static void /* DeBERTa v1's layout */
set_up_bpe (Fixture *fixture, gconstpointer data)
{
  static const char vocab[] = "{\"[PAD]\": 0, \"[CLS]\": 1, \"[SEP]\": 2, \"[UNK]\": 3, \"a\": 4, "
                              "\"b\": 5, \"ab\": 6, \"Ġ\": 7, \"[MASK]\": 8}";

  fixture->folder = wb_test_folder_new ();
  wb_test_write (fixture->folder, "vocab.json", vocab, -1);
  wb_test_write (fixture->folder, "merges.txt", "#version: 0.2\na b\n", -1);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  wb_test_folder_free (fixture->folder);
  g_free (fixture->out);
  g_free (fixture->err);
}

static void
redirect (const char *path, int to, int flags)
{
  const int fd = open (path, flags, 0600);

  if (fd < 0 || dup2 (fd, to) < 0)
    _exit (99);
}

static void
take_file (const char *path, char **text)
{
  g_free (*text);
  g_assert_true (g_file_get_contents (path, text, NULL, NULL));
  g_unlink (path);
}

static void
run (Fixture *fixture, const char *input, gssize length, const char *option)
{
  g_autofree char *in = g_build_filename (fixture->folder, "in", NULL);
  g_autofree char *out = g_build_filename (fixture->folder, "out", NULL);
  g_autofree char *err = g_build_filename (fixture->folder, "err", NULL);
  char            *argv[] = { (char *) "workbench",
                              (char *) "tokenize",
                              (char *) "--model",
                              fixture->folder,
                              (char *) option,
                              (char *) "--json",
                              NULL };
  pid_t            pid;
  int              status;

  g_assert_true (g_file_set_contents (in, input, length, NULL));
  fflush (NULL);
  pid = fork ();
  if (pid == 0)
    {
      redirect (in, 0, O_RDONLY);
      redirect (out, 1, O_WRONLY | O_CREAT | O_TRUNC);
      redirect (err, 2, O_WRONLY | O_CREAT | O_TRUNC);
      status = wb_cli_main (6, argv, NULL);
      fflush (NULL);
      _exit (status);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFEXITED (status));
  fixture->status = WEXITSTATUS (status);
  g_unlink (in);
  take_file (out, &fixture->out);
  take_file (err, &fixture->err);
}

static JsonArray * /* of the first object's member */
get_array (JsonParser *parser, const char *key)
{
  return json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), key);
}

static void
test_json (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_auto (GStrv) lines = NULL;
  JsonArray *last;
  guint      n;

  run (fixture, "toka 日\r\n\nsela", -1, "--json");
  g_assert_cmpint (fixture->status, ==, 0);
  g_assert_cmpstr (fixture->err, ==, "");
  lines = g_strsplit (fixture->out, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 4); /* three lines and what follows the last end */
  g_assert_true (json_parser_load_from_data (parser, lines[0], -1, NULL));
  n = json_array_get_length (get_array (parser, "ids"));
  g_assert_cmpuint (json_array_get_length (get_array (parser, "tokens")), ==, n);
  g_assert_cmpuint (json_array_get_length (get_array (parser, "offsets")), ==, n);
  g_assert_cmpuint (json_array_get_length (get_array (parser, "type_ids")), ==, n);
  g_assert_cmpint (json_array_get_int_element (get_array (parser, "ids"), 0), ==, 1);
  g_assert_cmpstr (json_array_get_string_element (get_array (parser, "tokens"), 0), ==, "[CLS]");
  g_assert_cmpstr (json_array_get_string_element (get_array (parser, "tokens"), n - 2), ==,
                   "<0xA5>");
  last = json_array_get_array_element (get_array (parser, "offsets"), n - 2);
  g_assert_cmpint (json_array_get_int_element (last, 0), ==, 5);
  g_assert_cmpint (json_array_get_int_element (last, 1), ==, 6);
  last = json_array_get_array_element (get_array (parser, "offsets"), n - 1);
  g_assert_cmpint (json_array_get_int_element (last, 1), ==, 0);
  g_assert_cmpstr (lines[1], ==,
                   "{\"ids\":[1,2],\"tokens\":[\"[CLS]\",\"[SEP]\"],"
                   "\"offsets\":[[0,0],[0,0]],\"type_ids\":[0,0]}");
}

static void
test_pair (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonArray *place;
  guint      n;

  run (fixture, "日本\tsela.\n", -1, "--pair");
  g_assert_cmpint (fixture->status, ==, 0);
  g_assert_true (json_parser_load_from_data (parser, fixture->out, -1, NULL));
  n = json_array_get_length (get_array (parser, "ids"));
  g_assert_cmpint (json_array_get_int_element (get_array (parser, "type_ids"), 0), ==, 0);
  g_assert_cmpint (json_array_get_int_element (get_array (parser, "type_ids"), n - 1), ==, 1);
  place = json_array_get_array_element (get_array (parser, "offsets"), n - 2);
  g_assert_cmpint (json_array_get_int_element (place, 1), ==, 8); /* of the line */
  place = json_array_get_array_element (get_array (parser, "offsets"), n - 1);
  g_assert_cmpint (json_array_get_int_element (place, 1), ==, 0);
}

static void
assert_fails (Fixture    *fixture,
              const char *input,
              gssize      length,
              const char *option,
              int         status,
              const char *part)
{
  run (fixture, input, length, option);
  g_assert_cmpint (fixture->status, ==, status);
  if (strstr (fixture->err, part) == NULL)
    g_error ("“%s” does not say “%s”", fixture->err, part);
  g_assert_cmpint (fixture->err[strlen (fixture->err) - 1], ==, '\n');
  g_assert_true (strchr (fixture->err, '\n') == fixture->err + strlen (fixture->err) - 1);
}

static void
test_bad_input (Fixture *fixture, gconstpointer data)
{
  assert_fails (fixture, "fine\nab\xff\n", -1, "--json", 1, "line 2: byte 2");
  assert_fails (fixture, "a\0b\n", 4, "--json", 1, "line 1: a NUL");
  assert_fails (fixture, "a\tb\none text\n", -1, "--pair", 1, "line 2: --pair");
  assert_fails (fixture, "a\tb\tc\n", -1, "--pair", 1, "line 1: --pair");
  assert_fails (fixture, "a\n", -1, "--no-such-option", 2, "no-such-option");
  assert_fails (fixture, "a\n", -1, "text", 2, "standard input");
}

static void
test_bpe (Fixture *fixture, gconstpointer data)
{
  g_autofree char *merges = g_build_filename (fixture->folder, "merges.txt", NULL);

  run (fixture, "ab b\tba\n", -1, "--pair");
  g_assert_cmpint (fixture->status, ==, 0);
  g_assert_cmpstr (fixture->err, ==, "");
  g_assert_cmpstr (fixture->out, ==,
                   "{\"ids\":[1,6,7,5,2,5,4,2],"
                   "\"tokens\":[\"[CLS]\",\"ab\",\"Ġ\",\"b\",\"[SEP]\",\"b\",\"a\",\"[SEP]\"],"
                   "\"offsets\":[[0,0],[0,2],[2,3],[3,4],[0,0],[5,6],[6,7],[0,0]],"
                   "\"type_ids\":[0,0,0,0,0,1,1,1]}\n");
  wb_test_write (fixture->folder, "merges.txt", "a b\nb b\n", -1);
  assert_fails (fixture, "a\n", -1, "--json", 1, "merges.txt: line 2: makes \"bb\"");
  g_unlink (merges);
  assert_fails (fixture, "a\n", -1, "--json", 1, "vocab.json without merges.txt");
}

static void
test_help (Fixture *fixture, gconstpointer data)
{
  run (fixture, "", 0, "--help");
  g_assert_cmpint (fixture->status, ==, 0);
  g_assert_nonnull (strstr (fixture->out, "--pair"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add ("/app/cli-tokenize/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("json", test_json);
  ADD ("pair", test_pair);
  ADD ("bad-input", test_bad_input);
  ADD ("help", test_help);
  g_test_add ("/app/cli-tokenize/bpe", Fixture, NULL, set_up_bpe, test_bpe, tear_down);
  return g_test_run ();
}
