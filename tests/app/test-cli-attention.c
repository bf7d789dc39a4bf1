#include "config.h"

#include <math.h>

#include "tests/support/wb-test-program.h"

/* `attention` as a user calls it: what it prints, what it writes, what it refuses (docs/json.md).
 */

#define TEXT "--threads 1 --text \"sela mirato\" --text-pair \"mirato\""

static JsonArray *
map_of (JsonObject *head, const char *key)
{
  return json_object_get_array_member (head, key);
}

static double
at (JsonArray *map, guint i, guint j)
{
  return json_array_get_double_element (json_array_get_array_element (map, i), j);
}

/* The terms' softmax is the probabilities. */
static void
assert_head_adds_up (JsonObject *head, guint n)
{
  static const char *const terms[] = { "c2c", "c2p", "p2c" };
  JsonArray               *p = map_of (head, "probabilities");

  g_assert_cmpuint (json_array_get_length (p), ==, n);
  for (guint i = 0; i < n; i++)
    {
      g_autofree double *e = g_new0 (double, n);
      double             sum = 0;

      g_assert_cmpuint (json_array_get_length (json_array_get_array_element (p, i)), ==, n);
      for (guint j = 0; j < n; j++)
        {
          for (gsize t = 0; t < G_N_ELEMENTS (terms); t++)
            e[j] += at (map_of (head, terms[t]), i, j);
          sum += e[j] = exp (e[j]);
        }
      for (guint j = 0; j < n; j++)
        g_assert_cmpfloat_with_epsilon (e[j] / sum, at (p, i, j), 1e-6);
    }
}

static JsonObject *
head_of (JsonObject *object, guint layer, guint head)
{
  JsonArray  *layers = json_object_get_array_member (object, "layers");
  JsonObject *one = json_array_get_object_element (layers, layer);

  return json_array_get_object_element (json_object_get_array_member (one, "heads"), head);
}

static void
test_json (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GPtrArray) objects = NULL;
  JsonObject *object, *layer;
  JsonArray  *tokens;
  guint       n;

  g_assert_cmpint (wb_test_program_run (self, "attention --model model " TEXT " --json"), ==, 0);
  g_assert_cmpstr (self->err, ==, "");
  objects = wb_test_program_objects (self);
  g_assert_cmpuint (objects->len, ==, 1);
  object = wb_test_object (objects, 0);
  wb_test_assert_keys (object, "tokens absent layers");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "absent")), ==, 0);
  tokens = json_object_get_array_member (object, "tokens");
  n = json_array_get_length (tokens);
  g_assert_cmpuint (n, >, 5);
  g_assert_cmpstr (json_array_get_string_element (tokens, 0), ==, "[CLS]");
  g_assert_cmpstr (json_array_get_string_element (tokens, n - 1), ==, "[SEP]");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "layers")), ==, 1);
  layer = json_array_get_object_element (json_object_get_array_member (object, "layers"), 0);
  wb_test_assert_keys (layer, "layer heads");
  g_assert_cmpint (json_object_get_int_member (layer, "layer"), ==, 0);
  for (guint h = 0; h < 2; h++)
    {
      wb_test_assert_keys (head_of (object, 0, h), "head c2c c2p p2c probabilities");
      g_assert_cmpint (json_object_get_int_member (head_of (object, 0, h), "head"), ==, h);
      assert_head_adds_up (head_of (object, 0, h), n);
    }
}

/* One head is what all heads gave of it; a term left out is zero and named. */
static void
test_some (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GPtrArray) all = NULL, one = NULL, without = NULL;
  JsonObject *whole, *part;
  guint       n;

  wb_test_program_run (self, "attention --model model " TEXT " --json");
  all = wb_test_program_objects (self);
  wb_test_program_run (self, "attention model " TEXT " --json --layer 0 --head 1,1");
  g_assert_cmpint (self->status, ==, 0);
  one = wb_test_program_objects (self);
  whole = head_of (wb_test_object (all, 0), 0, 1);
  part = head_of (wb_test_object (one, 0), 0, 0);
  n = json_array_get_length (map_of (whole, "c2p"));
  g_assert_cmpint (json_object_get_int_member (part, "head"), ==, 1);
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < n; j++)
      g_assert_true (at (map_of (whole, "c2p"), i, j) == at (map_of (part, "c2p"), i, j));

  wb_test_program_run (self, "attention model " TEXT " --json --without p2c,c2c");
  without = wb_test_program_objects (self);
  wb_test_assert_keys (wb_test_object (without, 0), "tokens absent without layers");
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (wb_test_object (without, 0), "without")),
      ==, 2);
  part = head_of (wb_test_object (without, 0), 0, 0);
  assert_head_adds_up (part, n);
  g_assert_true (at (map_of (part, "c2c"), 1, 1) == 0 && at (map_of (part, "p2c"), 1, 1) == 0);
  g_assert_true (at (map_of (part, "c2p"), 1, 1) != 0);
}

/* A masked token is [MASK], and everything is of that text. */
static void
test_mask (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GPtrArray) plain = NULL, masked = NULL;
  JsonArray  *tokens;
  JsonObject *a, *b;

  wb_test_program_run (self, "attention model " TEXT " --json");
  plain = wb_test_program_objects (self);
  wb_test_program_run (self, "attention model " TEXT " --json --mask 2,1");
  g_assert_cmpint (self->status, ==, 0);
  masked = wb_test_program_objects (self);
  tokens = json_object_get_array_member (wb_test_object (masked, 0), "tokens");
  g_assert_cmpstr (json_array_get_string_element (tokens, 0), ==, "[CLS]");
  g_assert_cmpstr (json_array_get_string_element (tokens, 1), ==, "[MASK]");
  g_assert_cmpstr (json_array_get_string_element (tokens, 2), ==, "[MASK]");
  g_assert_cmpstr (json_array_get_string_element (tokens, 3), !=, "[MASK]");
  a = head_of (wb_test_object (plain, 0), 0, 0);
  b = head_of (wb_test_object (masked, 0), 0, 0);
  g_assert_true (at (map_of (a, "c2c"), 1, 3) != at (map_of (b, "c2c"), 1, 3));
  g_assert_true (at (map_of (a, "c2c"), 0, 3) == at (map_of (b, "c2c"), 0, 3));
}

/* A model that lacks a term: zeros, and listed.  The same weights without the queries' table. */
static void
test_absent (WbTestProgram *self, gconstpointer data)
{
  g_autofree char *path = wb_test_program_path (self, "model/config.json");
  g_autofree char *text = NULL;
  g_auto (GStrv) parts = NULL;
  g_autofree char *changed = NULL;
  g_autoptr (GPtrArray) objects = NULL;
  JsonArray *absent;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  parts = g_strsplit (text, "p2c|c2p", 2);
  g_assert_cmpuint (g_strv_length (parts), ==, 2);
  changed = g_strjoinv ("c2p", parts);
  wb_test_program_write (self, "model/config.json", changed, -1);
  g_assert_cmpint (wb_test_program_run (self, "attention model " TEXT " --json"), ==, 0);
  objects = wb_test_program_objects (self);
  absent = json_object_get_array_member (wb_test_object (objects, 0), "absent");
  g_assert_cmpuint (json_array_get_length (absent), ==, 1);
  g_assert_cmpstr (json_array_get_string_element (absent, 0), ==, "p2c");
  g_assert_true (at (map_of (head_of (wb_test_object (objects, 0), 0, 0), "p2c"), 0, 1) == 0);
  assert_head_adds_up (
      head_of (wb_test_object (objects, 0), 0, 0),
      json_array_get_length (json_object_get_array_member (wb_test_object (objects, 0), "tokens")));
  wb_test_program_run (self, "attention model " TEXT);
  g_assert_nonnull (strstr (self->out, "–"));
}

static void
test_table (WbTestProgram *self, gconstpointer data)
{
  g_auto (GStrv) lines = NULL;

  g_assert_cmpint (wb_test_program_run (self, "attention model " TEXT), ==, 0);
  g_assert_cmpstr (self->err, ==, "");
  lines = g_strsplit (self->out, "\n", -1);
  g_assert_true (g_str_has_prefix (lines[0], "layer  head"));
  g_assert_nonnull (strstr (lines[0], "entropy"));
  g_assert_nonnull (strstr (lines[1], " → "));
  g_assert_true (g_str_has_prefix (lines[4], "prediction: "));
  wb_test_program_run (self, "attention model --threads 1 --text \"\"");
  g_assert_cmpint (self->status, ==, 0);
}

/* Gives the head's tensors names of the same length that no model has. */
static void
hide_head (const char *weights)
{
  static const char *const names[] = { "pooler.dense", "classifier." };
  g_autofree char         *bytes = NULL;
  gsize                    length;

  g_assert_true (g_file_get_contents (weights, &bytes, &length, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      char *place = g_strstr_len (bytes + 8, (gssize) length - 8, names[i]);

      g_assert_nonnull (place);
      for (; place != NULL; place = g_strstr_len (bytes + 8, (gssize) length - 8, names[i]))
        *place = 'x';
    }
  g_assert_true (g_file_set_contents (weights, bytes, (gssize) length, NULL));
}

/* Encoder only: the same attention, no prediction. */
static void
test_without_head (WbTestProgram *self, gconstpointer data)
{
  g_autofree char *weights = wb_test_program_path (self, "model/model.safetensors");
  g_autofree char *with = NULL;

  wb_test_program_run (self, "attention model " TEXT " --json");
  with = g_strdup (self->out);
  hide_head (weights);
  wb_test_program_run (self, "attention model " TEXT " --json");
  g_assert_cmpint (self->status, ==, 0);
  g_assert_cmpstr (self->out, ==, with);
  wb_test_program_run (self, "attention model " TEXT);
  g_assert_cmpint (self->status, ==, 0);
  g_assert_null (strstr (self->out, "prediction"));
}

static void
assert_npy (WbTestProgram *self, guint n, JsonObject *head)
{
  g_autofree char *path = wb_test_program_path (self, "maps.npy");
  g_autofree char *bytes = NULL;
  g_autofree char *shape = g_strdup_printf ("'shape': (1, 2, 4, %u, %u)", n, n);
  gsize            length, header;
  float            value;

  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  g_assert_cmpmem (bytes, 8, "\x93NUMPY\x01\x00", 8);
  header = 10 + (guint8) bytes[8] + 256u * (guint8) bytes[9];
  g_assert_cmpuint (header % 64, ==, 0);
  g_assert_cmpuint (length, ==, header + 2 * 4 * n * n * sizeof (float));
  g_assert_nonnull (g_strstr_len (bytes + 10, (gssize) header - 10, shape));
  g_assert_nonnull (g_strstr_len (bytes + 10, (gssize) header - 10, "'descr': '<f4'"));
  memcpy (&value, bytes + header + ((4 + 1) * n * n + 2 * n + 1) * sizeof value, sizeof value);
  g_assert_cmpfloat (value, ==, (float) at (map_of (head, "c2p"), 2, 1));
}

static void
assert_csv (WbTestProgram *self, guint n, JsonObject *head)
{
  g_autofree char *path = wb_test_program_path (self, "maps.csv");
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_auto (GStrv) cells = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\r\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 1 + 2 * n * n + 1);
  g_assert_cmpstr (lines[0], ==,
                   "layer,head,query,key,query_token,key_token,c2c,c2p,p2c,probability");
  cells = g_strsplit (lines[1 + n * n + 2 * n + 1], ",", -1);
  g_assert_cmpuint (g_strv_length (cells), ==, 10);
  g_assert_cmpstr (cells[1], ==, "1");
  g_assert_cmpstr (cells[2], ==, "2");
  g_assert_cmpstr (cells[3], ==, "1");
  g_assert_cmpfloat ((float) g_ascii_strtod (cells[7], NULL), ==,
                     (float) at (map_of (head, "c2p"), 2, 1));
}

/* Files hold what --json prints; standard output then says where they are. */
static void
test_files (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GPtrArray) whole = NULL, named = NULL;
  g_autofree char *printed = NULL, *path = wb_test_program_path (self, "maps.json"), *text = NULL;
  JsonObject      *head;
  guint            n;

  wb_test_program_run (self, "attention model " TEXT " --json");
  whole = wb_test_program_objects (self);
  printed = g_strdup (self->out);
  head = head_of (wb_test_object (whole, 0), 0, 1);
  n = json_array_get_length (map_of (head, "c2c"));

  g_assert_cmpint (wb_test_program_run (self, "attention model " TEXT " --to maps.npy"), ==, 0);
  g_assert_nonnull (strstr (self->out, "layer  head"));
  assert_npy (self, n, head);
  g_assert_cmpint (wb_test_program_run (self, "attention model " TEXT " --to maps.csv"), ==, 0);
  assert_csv (self, n, head);
  wb_test_program_run (self, "attention model " TEXT " --json --to maps.json");
  g_assert_cmpint (self->status, ==, 0);
  named = wb_test_program_objects (self);
  wb_test_assert_keys (wb_test_object (named, 0), "tokens absent to");
  g_assert_cmpstr (json_object_get_string_member (wb_test_object (named, 0), "to"), ==,
                   "maps.json");
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, printed);
}

/* Above 128 tokens a layer is named, or a file. */
static void
test_long (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < 130; i++)
    g_string_append (text, "se ");
  wb_test_program_run (self, "attention model --threads 1 --text \"%s\" --json", text->str);
  wb_test_program_assert_failed (self, 2, "name a layer");
  wb_test_program_run (self, "attention model --threads 1 --text \"%s\" --json --layer 0 --head 0",
                       text->str);
  g_assert_cmpint (self->status, ==, 0);
  wb_test_program_run (self, "attention model --threads 1 --text \"%s\" --json --to maps.npy",
                       text->str);
  g_assert_cmpint (self->status, ==, 0);
  wb_test_program_run (self, "attention model --threads 1 --text \"%s\"", text->str);
  g_assert_cmpint (self->status, ==, 0);
  wb_test_program_run (self, "attention model --threads 1 --text \"%s\" --json --max-length 16",
                       text->str);
  g_assert_cmpint (self->status, ==, 0);
  g_assert_nonnull (strstr (self->err, "--max-length"));
}

/* A run, and a model of the library, are models too; a run's text is cut where its training cut. */
static void
test_run_and_library (WbTestProgram *self, gconstpointer data)
{

  wb_test_program_run (self, "train --task rte --model model --train train.tsv --threads 1 "
                             "--set max-steps=1 --max-length 8 --out run");
  g_assert_cmpint (self->status, ==, 0);
  wb_test_program_run (self, "attention --model run --threads 1 --text \"sela mirato\"");
  g_assert_cmpint (self->status, ==, 0);
  g_assert_nonnull (strstr (self->out, "entailment"));
  g_assert_nonnull (strstr (self->err, "cut off at 8"));
  wb_test_program_run (self,
                       "attention 1 --threads 1 --text \"sela mirato\" --json --layer 0 --head 0");
  g_assert_cmpint (self->status, ==, 0);
  wb_test_program_run (self, "models import model --name mine");
  g_assert_cmpint (self->status, ==, 0);
  wb_test_program_run (self, "attention mine " TEXT);
  g_assert_cmpint (self->status, ==, 0);
}

static void
test_refuses (WbTestProgram *self, gconstpointer data)
{
  static const struct
  {
    const char *arguments;
    int         status;
    const char *part;
  } cases[] = {
    { "attention", 2, "which text?" },
    { "attention --text a", 2, "which model?" },
    { "attention nowhere --text a", 1, "nowhere" },
    { "attention model --text \"a\xff\"", 1, "byte" },
    { "attention model --text a --layer 1", 2, "--layer 1: the model has 1 layer, numbered 0;" },
    { "attention model --text a --head 0,2", 2, "--head 0,2: the model has 2 heads" },
    { "attention model --text a --head x", 2, "--head x" },
    { "attention model --text a --layer \"\"", 2, "--layer" },
    { "attention model --text a --mask 99", 2, "--mask 99: the text has " },
    { "attention model --text a --without p2p", 2, "c2c, c2p and p2c" },
    { "attention model --text a --to maps.svg", 2, ".npy, .csv or .json" },
    { "attention model --text a --to no/such/maps.npy", 1, "no/such/maps.npy" },
    { "attention model other --text a", 2, "not also “other”" },
    { "attention model --text a --show maps", 2, "--show" },
    { "attention model --text a --against model", 2, "--against" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      wb_test_program_run (self, "%s --threads 1", cases[i].arguments);
      wb_test_program_assert_failed (self, cases[i].status, cases[i].part);
    }
}

/* A tokenizer of another model is named as that, not met as a bad index. */
static void
test_other_tokenizer (WbTestProgram *self, gconstpointer data)
{
  g_autofree char *path = wb_test_program_path (self, "model/config.json");
  g_autofree char *text = NULL;
  g_auto (GStrv) parts = NULL;
  g_autofree char *changed = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  parts = g_strsplit (text, "320", 2);
  g_assert_cmpuint (g_strv_length (parts), ==, 2);
  changed = g_strjoinv ("64", parts);
  wb_test_program_write (self, "model/config.json", changed, -1);
  wb_test_program_run (self, "attention model --text a");
  wb_test_program_assert_failed (self, 1, "only 64 rows");
  wb_test_program_run (self, "predict model --task rte --file dev.tsv");
  wb_test_program_assert_failed (self, 1, "only 64 rows");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add ("/app/cli-attention/" name, WbTestProgram, NULL, wb_test_program_set_up, function,   \
              wb_test_program_tear_down)
  ADD ("json", test_json);
  ADD ("some", test_some);
  ADD ("mask", test_mask);
  ADD ("absent", test_absent);
  ADD ("table", test_table);
  ADD ("without-head", test_without_head);
  ADD ("files", test_files);
  ADD ("long", test_long);
  ADD ("run-and-library", test_run_and_library);
  ADD ("refuses", test_refuses);
  ADD ("other-tokenizer", test_other_tokenizer);
  return g_test_run ();
}
