#include "tests/support/wb-test-program.h"

#include "engine/checkpoint/wb-weights.h"
#include "engine/files/wb-zip.h"
#include "engine/model/wb-model-config.h"
#include "engine/tokenizer/wb-tokenizer.h"

/* Models of every layout in, and out as transformers names them. */

#define TRAIN                                                                                      \
  "train --task rte --train train.tsv --dev dev.tsv --threads 1 --set max-steps=1 "                \
  "--set max-length=16 "

static char *
vector_path (const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "vectors", name, NULL);
}

static JsonObject *
run_object (WbTestProgram *self, GPtrArray **objects, const char *arguments)
{
  g_assert_cmpint (wb_test_program_run (self, "%s", arguments), ==, 0);
  *objects = wb_test_program_objects (self);
  return wb_test_object (*objects, 0);
}

static WbWeights *
open_weights (WbTestProgram *self, const char *name)
{
  g_autofree char *path = wb_test_program_path (self, name);
  g_autoptr (GError) error = NULL;
  WbWeights *weights = wb_weights_open (path, &error);

  g_assert_no_error (error);
  return weights;
}

static float *
read_all (WbWeights *weights, const WbWeight *weight)
{
  g_autoptr (GError) error = NULL;
  float *values = g_new (float, weight->n_elements);

  g_assert_true (wb_weights_read (weights, weight, values, &error));
  g_assert_no_error (error);
  return values;
}

/* The same tensors bit for bit, their names without @prefix. */
static void
assert_same (WbWeights *from, const char *prefix, WbWeights *to)
{
  g_assert_cmpuint (wb_weights_get_n (from), ==, wb_weights_get_n (to));
  for (gsize i = 0; i < wb_weights_get_n (from); i++)
    {
      const WbWeight   *a = wb_weights_get (from, i);
      const WbWeight   *b = wb_weights_find (to, a->name + strlen (prefix));
      g_autofree float *before = read_all (from, a), *after = NULL;

      g_assert_true (g_str_has_prefix (a->name, prefix));
      g_assert_nonnull (b);
      g_assert_cmpuint (a->n_dims, ==, b->n_dims);
      g_assert_cmpmem (a->dims, a->n_dims * sizeof (gsize), b->dims, b->n_dims * sizeof (gsize));
      after = read_all (to, b);
      g_assert_cmpmem (before, a->n_elements * 4, after, b->n_elements * 4);
    }
}

/* A release of 2020: imported from its zip file, out as today's folder, and that in again. */
static void
test_release (WbTestProgram *self, gconstpointer data)
{
  g_autofree char *zip = vector_path ("release-v1.zip");
  g_autofree char *config_path = wb_test_program_path (self, "out");
  g_autoptr (GPtrArray) shown = NULL, exported = NULL;
  g_autoptr (WbWeights) before = NULL, after = NULL;
  g_autoptr (WbModelConfig) config = NULL;
  JsonObject *object;

  g_assert_cmpint (wb_test_program_run (self, "models import %s --name old", zip), ==, 0);
  object = run_object (self, &shown, "models show old --json");
  g_assert_cmpstr (json_object_get_string_member (object, "family"), ==, "v1");
  g_assert_true (json_object_get_null_member (object, "problem"));
  g_assert_cmpstr (
      json_object_get_string_member (json_object_get_object_member (object, "tokenizer"), "kind"),
      ==, "byte-level BPE");
  object = run_object (self, &exported, "export old --to out --json");
  g_assert_cmpstr (json_object_get_string_member (object, "architecture"), ==, "DebertaModel");
  g_assert_cmpint (json_object_get_int_member (object, "tensors"), ==, 21);
  before = open_weights (self, "home/models/old");
  after = open_weights (self, "out");
  assert_same (before, "bert.", after);
  config = wb_model_config_load (config_path, NULL);
  g_assert_cmpstr (config->model_type, ==, "deberta");
  g_assert_cmpint (wb_test_program_run (self, "models import out --name again"), ==, 0);
  g_assert_cmpint (wb_test_program_run (self, "models verify"), ==, 0);
}

/* The tokenizer that goes out is the one that came in. */
static void
test_release_tokenizer (WbTestProgram *self, gconstpointer data)
{
  static const char *const text = "naïve lor pan, 51 bipi\n[MASK] x\n\n";
  g_autofree char         *zip = vector_path ("release-v1.zip");
  g_autofree char         *before = NULL;

  g_assert_cmpint (wb_test_program_run (self, "models import %s --name old", zip), ==, 0);
  g_assert_cmpint (wb_test_program_run (self, "export old --to out"), ==, 0);
  g_assert_cmpint (wb_test_program_run_input (self, text, "tokenize --model old --json"), ==, 0);
  before = g_strdup (self->out);
  g_assert_cmpint (wb_test_program_run_input (self, text, "tokenize --model out --json"), ==, 0);
  g_assert_cmpstr (self->out, ==, before);
}

/* Unpacked by hand it is a model's folder like any other; a run starts from it. */
static void
test_release_folder (WbTestProgram *self, gconstpointer data)
{
  g_autofree char *zip = vector_path ("release-v1.zip");
  g_autofree char *folder = wb_test_program_path (self, "old");
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  wb_zip_unpack (zip, folder, &error);
  g_assert_no_error (error);
  g_assert_cmpint (wb_test_program_run (self, "models show old"), ==, 0);
  g_assert_null (strstr (self->out, "cannot be used"));
  g_assert_cmpint (wb_test_program_run (self, "models import old --link"), ==, 0);
  g_assert_cmpint (wb_test_program_run (self, "models verify old"), ==, 0);
}

/* Its configuration is beside the tensors in the pickle, and nowhere else. */
static void
test_release_inside (WbTestProgram *self, gconstpointer data)
{
  g_autofree char *zip = vector_path ("release-v1-inside.zip");
  g_autoptr (GPtrArray) shown = NULL, exported = NULL;
  JsonObject *object;

  g_assert_cmpint (wb_test_program_run (self, "models import %s --name old", zip), ==, 0);
  object = run_object (self, &shown, "models show old --json");
  g_assert_cmpstr (json_object_get_string_member (object, "family"), ==, "v1");
  g_assert_cmpint (json_object_get_int_member (object, "hidden_size"), ==, 8);
  g_assert_true (json_object_get_null_member (object, "problem"));
  g_assert_cmpint (wb_test_program_run (self, "models verify old"), ==, 0);
  g_assert_cmpint (wb_test_program_run (self, "attention --model old --text lor --threads 1"), ==,
                   0);
  object = run_object (self, &exported, "export old --to out --json");
  g_assert_cmpint (json_object_get_int_member (object, "tensors"), ==, 21);
  g_assert_cmpint (wb_test_program_run (self, "models import out --name again"), ==, 0);
}

/* A run starts from it, with its weights or with its shape alone; a recipe sees its size. */
static void
test_release_inside_trains (WbTestProgram *self, gconstpointer data)
{
  g_autofree char *zip = vector_path ("release-v1-inside.zip");
  g_autofree char *folder = wb_test_program_path (self, "old");

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_true (wb_zip_unpack (zip, folder, NULL));
  wb_test_program_run (self, TRAIN "--model old --recipe published");
  wb_test_program_assert_failed (self, 2, "no published size (1 layers, 8 wide");
  g_assert_cmpint (wb_test_program_run (self, TRAIN "--model old --recipe rte/large"), ==, 0);
  g_assert_nonnull (strstr (self->err, "the recipe is for large, and the model is of no published "
                                       "size"));
  g_assert_cmpint (wb_test_program_run (self, TRAIN "--init-from-config old"), ==, 0);
}

/* torch.save() writes checksums: damage that was there before the import is seen by them alone. */
static void
test_release_damaged (WbTestProgram *self, gconstpointer data)
{
  g_autofree char *zip = vector_path ("release-v1-inside.zip");
  g_autofree char *folder = wb_test_program_path (self, "old");
  g_autofree char *path = wb_test_program_path (self, "old/pytorch_model.bin");
  g_autofree char *bytes = NULL;
  gsize            n = 0;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_true (wb_zip_unpack (zip, folder, NULL));
  g_assert_cmpint (wb_test_program_run (self, "models import old --link"), ==, 0);
  g_assert_true (g_file_get_contents (path, &bytes, &n, NULL));
  bytes[n / 2] ^= 1; /* within a tensor */
  g_assert_true (g_file_set_contents (path, bytes, (gssize) n, NULL));
  wb_test_program_run (self, "models verify old");
  g_assert_nonnull (strstr (self->out, "has changed since it was imported"));
  g_assert_nonnull (strstr (self->out, "is damaged"));
  wb_test_program_run (self, "models import old --name new");
  wb_test_program_assert_failed (self, 1, "is damaged");
  wb_test_program_run (self, "models import old --link --name new");
  wb_test_program_assert_failed (self, 1, "is damaged");
}

static void
test_release_refused (WbTestProgram *self, gconstpointer data)
{
  g_autofree char *zip = vector_path ("release-v1.zip");
  g_autofree char *bomb = vector_path ("weights/bomb.zip");
  g_autofree char *part = vector_path ("weights/release.zip");
  g_autofree char *models = wb_test_program_path (self, "home/models");
  g_autoptr (GDir) dir = NULL;

  wb_test_program_run (self, "models import %s --link", zip);
  wb_test_program_assert_failed (self, 2, "without --link");
  wb_test_program_run (self, "models import %s", bomb);
  wb_test_program_assert_failed (self, 1, "bomb.zip");
  wb_test_program_run (self, "models import %s", part); /* the message names it, not a copy */
  wb_test_program_assert_failed (self, 1, "release.zip/model_config.json: vocab_size");
  dir = g_dir_open (models, 0, NULL);
  g_assert_true (dir == NULL || g_dir_read_name (dir) == NULL);
}

/* ---- types ---- */

static void
test_dtypes (WbTestProgram *self, gconstpointer data)
{
  static const char *const types[] = { "f32", "f16", "bf16" };
  static const char *const names[] = { "F32", "F16", "BF16" };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *to = g_strdup_printf ("out-%s", types[i]);
      g_autofree char *again = g_strdup_printf ("again-%s", types[i]);
      g_autoptr (WbWeights) first = NULL, second = NULL;

      g_assert_cmpint (wb_test_program_run (self, "export model --to %s --dtype %s", to, types[i]),
                       ==, 0);
      first = open_weights (self, to);
      for (gsize k = 0; k < wb_weights_get_n (first); k++)
        g_assert_cmpstr (wb_weight_type_name (wb_weights_get (first, k)->type), ==, names[i]);
      /* without --dtype what is stored stays, bit for bit */
      g_assert_cmpint (wb_test_program_run (self, "export %s --to %s", to, again), ==, 0);
      second = open_weights (self, again);
      assert_same (first, "", second);
      g_assert_cmpint (wb_weights_get (second, 0)->type, ==, wb_weights_get (first, 0)->type);
    }
}

/* ---- whole or not at all ---- */

/* Nothing that was being written lies about. */
static void
assert_no_parts (WbTestProgram *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->home, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    g_assert_false (g_str_has_prefix (name, "out.") && strcmp (name, "out.part") != 0);
}

static void
test_refused (WbTestProgram *self, gconstpointer data)
{
  g_autofree char *weights = wb_test_program_path (self, "model/model.safetensors");
  g_autofree char *out = wb_test_program_path (self, "out");

  wb_test_program_run (self, "export nothing --to out");
  wb_test_program_assert_failed (self, 1, "nothing");
  wb_test_program_run (self, "export model --to /proc/nowhere/out");
  wb_test_program_assert_failed (self, 1, "/proc/nowhere");
  g_assert_cmpint (truncate (weights, 2000), ==, 0);
  wb_test_program_run (self, "export model --to out");
  wb_test_program_assert_failed (self, 1, "model.safetensors");
  g_assert_false (g_file_test (out, G_FILE_TEST_EXISTS));
  assert_no_parts (self);
}

/* What lies beside is somebody's; of two exports into one folder one is told so, the other whole.
 */
static void
test_beside (WbTestProgram *self, gconstpointer data)
{
  static const char *const arguments[] = { "export", "model", "--to", "out", NULL };
  g_autofree char         *part = wb_test_program_path (self, "out.part");
  g_autofree char         *kept = wb_test_program_path (self, "out.part/kept");
  GSubprocess             *processes[2];
  int                      failed = 0;

  g_assert_cmpint (g_mkdir (part, 0700), ==, 0);
  wb_test_program_write (self, "out.part/kept", "mine", -1);
  for (int i = 0; i < 2; i++)
    processes[i] = wb_test_program_start (
        self, arguments, G_SUBPROCESS_FLAGS_STDERR_SILENCE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  for (int i = 0; i < 2; i++)
    {
      g_assert_true (g_subprocess_wait (processes[i], NULL, NULL));
      g_assert_true (g_subprocess_get_if_exited (processes[i]));
      failed += g_subprocess_get_exit_status (processes[i]);
      g_object_unref (processes[i]);
    }
  g_assert_cmpint (failed, ==, 1);
  g_assert_true (g_file_test (kept, G_FILE_TEST_EXISTS));
  assert_no_parts (self);
  g_assert_cmpint (wb_test_program_run (self, "models show out"), ==, 0);
  g_assert_null (strstr (self->out, "cannot be used"));
}

static void
write_model_file (WbTestProgram *self, const char *folder, const char *name, const char *text)
{
  g_autofree char *file = g_build_filename (folder, name, NULL);

  wb_test_program_write (self, file, text, -1);
}

/* One sentence each, the same for every command. */
static void
test_why_not (WbTestProgram *self, gconstpointer data)
{
  static const struct
  {
    const char *file, *sentence;
  } cases[] = {
    { NULL, "there is no config.json: give the folder that has it" },
    { "adapter_config.json", "is an adapter (LoRA or the like), not a model" },
    { "config.json", "there are no weights: put model.safetensors or pytorch_model.bin there" },
    { "tf_model.h5", "there are only TensorFlow's weights (tf_model.h5)" },
  };
  g_autofree char *broken = wb_test_program_path (self, "broken");

  g_assert_cmpint (g_mkdir (broken, 0700), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      if (cases[i].file != NULL)
        write_model_file (self, "broken", cases[i].file,
                          g_str_equal (cases[i].file, "config.json") ? WB_TEST_MODEL_FOLDER_JSON
                                                                     : "{}");
      wb_test_program_run (self, "models import broken");
      wb_test_program_assert_failed (self, 1, cases[i].sentence);
      wb_test_program_run (self, "export broken --to out");
      wb_test_program_assert_failed (self, 1, cases[i].sentence);
      wb_test_program_run (self, "train --model ./broken --task rte --train train.tsv");
      wb_test_program_assert_failed (self, 1, cases[i].sentence);
    }
}

/* A tokenizer's files missing, in parts or altogether, or of another model. */
static void
test_why_no_tokenizer (WbTestProgram *self, gconstpointer data)
{
  g_autofree char *vocabulary = wb_test_program_path (self, "model/spm.model");
  g_autofree char *config = wb_test_program_path (self, "model/tokenizer_config.json");
  g_autofree char *bin = wb_test_program_path (self, "model/merges.txt");

  g_assert_cmpint (g_unlink (vocabulary), ==, 0);
  g_unlink (config);
  wb_test_program_run (self, "models import model");
  wb_test_program_assert_failed (self, 1, "there is no tokenizer: put the model's spm.model");
  write_model_file (self, "model", "merges.txt", "#version: 0.2\n");
  wb_test_program_run (self, "models import model");
  wb_test_program_assert_failed (self, 1, "there is merges.txt, but no vocab.json beside it");
  g_unlink (bin);
  g_assert_cmpint (wb_test_program_run (self, "models show model"), ==, 0);
  g_assert_nonnull (strstr (self->out, "cannot be used: "));
}

#define ADD(name, function)                                                                        \
  g_test_add ("/app/export/" name, WbTestProgram, NULL, wb_test_program_set_up, function,          \
              wb_test_program_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("release", test_release);
  ADD ("release-tokenizer", test_release_tokenizer);
  ADD ("release-folder", test_release_folder);
  ADD ("release-inside", test_release_inside);
  ADD ("release-inside-trains", test_release_inside_trains);
  ADD ("release-damaged", test_release_damaged);
  ADD ("release-refused", test_release_refused);
  ADD ("dtypes", test_dtypes);
  ADD ("refused", test_refused);
  ADD ("beside", test_beside);
  ADD ("why-not", test_why_not);
  ADD ("why-no-tokenizer", test_why_no_tokenizer);
  return g_test_run ();
}
