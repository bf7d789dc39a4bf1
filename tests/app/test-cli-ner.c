#include "config.h"

#include <signal.h>

#include "tests/support/wb-test-program.h"

/* Named entities from the command line, on a language in which the word before says what follows:
 * "mr" a person of one or two words, "in" a place; the names themselves are the same. */

static void
append_name (GString *text, guint64 *state, const char *type)
{
  static const char *const names[] = { "tako", "belu", "sina", "dora", "kigo", "rafe" };
  const guint32            n = 1 + wb_test_text_draw (state, 2);

  for (guint32 i = 0; i < n; i++)
    g_string_append_printf (text, "%s X X %s-%s\n",
                            names[wb_test_text_draw (state, G_N_ELEMENTS (names))],
                            i == 0 ? "B" : "I", type);
}

static void
write_sentences (WbTestProgram *self, const char *name, gsize n, guint64 state)
{
  static const char *const words[] = { "geht", "und", "der", "pola", "ruft" };
  g_autoptr (GString) text = g_string_new ("-DOCSTART- -X- -X- O\n\n");

  for (gsize i = 0; i < n; i++)
    {
      for (guint k = 0; k < 3; k++)
        {
          const gboolean person = wb_test_text_draw (&state, 2) == 0;

          g_string_append_printf (text, "%s X X O\n%s X X O\n",
                                  words[wb_test_text_draw (&state, G_N_ELEMENTS (words))],
                                  person ? "mr" : "in");
          append_name (text, &state, person ? "PER" : "LOC");
        }
      g_string_append (text, ". X X O\n\n");
    }
  wb_test_program_write (self, name, text->str, (gssize) text->len);
}

static void
set_up (WbTestProgram *self, gconstpointer data)
{
  g_autofree char *folder = NULL;

  wb_test_program_set_up (self, data);
  folder = wb_test_program_path (self, "ner");
  g_mkdir (folder, 0700);
  write_sentences (self, "ner/train.txt", 300, 1);
  write_sentences (self, "ner/valid.txt", 60, 2);
}

#define TRAIN                                                                                      \
  "train --model model --task ner --data ner --threads 1 --set learning-rate=5e-3 "                \
  "--set batch-size=16 --set max-steps=300 --set dropout=0 --set attention-dropout=0 "

static JsonObject *
find_metrics (GPtrArray *objects)
{
  for (guint i = objects->len; i > 0; i--)
    if (json_object_has_member (wb_test_object (objects, i - 1), "metrics"))
      return json_object_get_object_member (wb_test_object (objects, i - 1), "metrics");
  g_assert_not_reached ();
}

static void
test_learn (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GPtrArray) events = NULL, evaluation = NULL;
  double f1;

  g_assert_cmpint (wb_test_program_run (self, TRAIN "--json"), ==, 0);
  events = wb_test_program_objects (self);
  wb_test_assert_keys (find_metrics (events), "f1 precision recall accuracy loss");
  f1 = json_object_get_double_member (find_metrics (events), "f1");
  g_test_message ("f1 %g", f1);
  g_assert_cmpfloat (f1, >, 0.9);
  g_assert_cmpint (wb_test_program_run (self, "evaluate 1 --threads 1 --json"), ==, 0);
  evaluation = wb_test_program_objects (self);
  wb_test_assert_keys (wb_test_object (evaluation, 0),
                       "task split file model examples metrics seconds");
  g_assert_cmpint (json_object_get_int_member (wb_test_object (evaluation, 0), "examples"), ==, 60);
  g_assert_cmpint (wb_test_program_run (self, "export 1 --to exported"), ==, 0);
  g_assert_cmpint (wb_test_program_run (
                       self, "evaluate --model exported --task ner --data ner --threads 1 --json"),
                   ==, 0);
  g_clear_pointer (&evaluation, g_ptr_array_unref);
  evaluation = wb_test_program_objects (self);
  g_assert_cmpfloat (json_object_get_double_member (find_metrics (evaluation), "f1"), >, 0.9);
}

/* The exported head is transformers' token classification, with the labels' names. */
static void
assert_exported (WbTestProgram *self)
{
  g_autofree char *path = wb_test_program_path (self, "run/best/config.json");
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "ForTokenClassification"));
  g_assert_nonnull (strstr (text, "\"8\": \"I-LOC\""));
}

static void
test_predict (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GPtrArray) objects = NULL;
  g_autofree char *submission = wb_test_program_path (self, "out.txt"), *text = NULL;
  JsonObject      *object, *entity, *token;
  JsonArray       *tokens;

  g_assert_cmpint (wb_test_program_run (self, TRAIN "--out run"), ==, 0);
  assert_exported (self);
  wb_test_program_run_input (self, "ruft\nmr\ntako\nbelu\nin\nrafe\n.\n\nin\nsina\n",
                             "predict run --file - --threads 1 --json");
  g_assert_cmpint (self->status, ==, 0);
  objects = wb_test_program_objects (self);
  g_assert_cmpuint (objects->len, ==, 2);
  object = wb_test_object (objects, 0);
  wb_test_assert_keys (object, "index tokens entities");
  tokens = json_object_get_array_member (object, "tokens");
  g_assert_cmpuint (json_array_get_length (tokens), ==, 7);
  token = json_array_get_object_element (tokens, 2);
  wb_test_assert_keys (token, "token label logits probabilities");
  g_assert_cmpstr (json_object_get_string_member (token, "label"), ==, "B-PER");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (token, "logits")), ==, 9);
  entity = json_array_get_object_element (json_object_get_array_member (object, "entities"), 0);
  wb_test_assert_keys (entity, "type start end text");
  g_assert_cmpstr (json_object_get_string_member (entity, "type"), ==, "PER");
  g_assert_cmpint (json_object_get_int_member (entity, "start"), ==, 2);
  g_assert_cmpint (json_object_get_int_member (entity, "end"), ==, 4);
  g_assert_cmpstr (json_object_get_string_member (entity, "text"), ==, "tako belu");
  wb_test_program_run (self, "predict run --file ner/valid.txt --threads 1 --submission out.txt");
  g_assert_cmpint (self->status, ==, 0);
  g_assert_true (g_file_get_contents (submission, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, " B-PER\n"));
  g_assert_true (g_str_has_suffix (text, ". O\n\n"));
}

/* Words that were cut off are predicted as O, and counted. */
static void
test_cut (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GPtrArray) objects = NULL;
  JsonArray *tokens;

  g_assert_cmpint (wb_test_program_run (self, TRAIN "--out run"), ==, 0);
  wb_test_program_run_input (self, "ruft\nmr\ntako\nbelu\nin\nrafe\n.\n",
                             "predict run --file - --max-length 8 --json");
  g_assert_cmpint (self->status, ==, 0);
  objects = wb_test_program_objects (self);
  tokens = json_object_get_array_member (wb_test_object (objects, 0), "tokens");
  g_assert_cmpuint (json_array_get_length (tokens), ==, 7);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (
                        json_array_get_object_element (tokens, 6), "logits")),
                    ==, 0);
  g_assert_cmpstr (
      json_object_get_string_member (json_array_get_object_element (tokens, 6), "label"), ==, "O");
}

static void
assert_same_best (WbTestProgram *self)
{
  g_autofree char *a = wb_test_program_path (self, "calm/best/model.safetensors");
  g_autofree char *b = wb_test_program_path (self, "stopped/best/model.safetensors");
  g_autofree char *x = NULL, *y = NULL;
  gsize            n, m;

  g_assert_true (g_file_get_contents (a, &x, &n, NULL));
  g_assert_true (g_file_get_contents (b, &y, &m, NULL));
  g_assert_cmpmem (x, n, y, m);
}

static void
test_resume (WbTestProgram *self, gconstpointer data)
{
  static const char *const arguments[] = {
    "train", "--model",       "model", "--task",        "ner",   "--data",  "ner", "--threads", "1",
    "--set", "max-steps=150", "--set", "batch-size=16", "--out", "stopped", NULL
  };
  g_autofree char *log = wb_test_program_path (self, "stopped/log.jsonl");
  g_autoptr (GSubprocess) process = NULL;

  wb_test_program_run (self, "train --model model --task ner --data ner --threads 1 "
                             "--set max-steps=150 --set batch-size=16 --out calm");
  g_assert_cmpint (self->status, ==, 0);
  process = wb_test_program_start (
      self, arguments, G_SUBPROCESS_FLAGS_STDERR_SILENCE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  for (guint i = 0; i < 20000 && !g_file_test (log, G_FILE_TEST_EXISTS); i++)
    g_usleep (1000);
  g_usleep (150000);
  g_subprocess_send_signal (process, SIGTERM);
  g_subprocess_wait (process, NULL, NULL);
  wb_test_program_take_status (self, process);
  g_test_message ("stopped with status %d", self->status);
  if (self->status != 0)
    g_assert_cmpint (wb_test_program_run (self, "resume stopped"), ==, 0);
  assert_same_best (self);
}

static void
test_bad (WbTestProgram *self, gconstpointer data)
{
  wb_test_program_write (self, "bad.txt", "a O\nb B-PER\nc B-DOG\n", -1);
  wb_test_program_run (self, TRAIN "--train bad.txt");
  g_assert_cmpint (self->status, ==, 1);
  g_assert_nonnull (strstr (self->err, "bad.txt:3: column 2: 'B-DOG' is not a label of NER"));
  wb_test_program_run (self, "evaluate --model model --task ner --file ner/valid.txt");
  wb_test_program_assert_failed (self, 1, "has no head with 9 outputs, as NER needs");
}

static void
add (const char *path, void (*test) (WbTestProgram *, gconstpointer))
{
  g_test_add (path, WbTestProgram, NULL, set_up, test, wb_test_program_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/app/ner/learn", test_learn);
  add ("/app/ner/predict", test_predict);
  add ("/app/ner/cut", test_cut);
  add ("/app/ner/resume", test_resume);
  add ("/app/ner/bad", test_bad);
  return g_test_run ();
}
