#include <signal.h>

#include "data/datasets/wb-sample-grammar.h"
#include "engine/files/wb-zip.h"
#include "engine/model/wb-model-config.h"
#include "tests/support/wb-test-program.h"

/* Every family the whole way: random weights from a configuration, trained on a sample task,
 * interrupted, resumed to the same weights, evaluated, used, taken out and used again. */

#define SIZES                                                                                      \
  "\"hidden_size\": 16, \"num_hidden_layers\": 2, \"num_attention_heads\": 2, "                    \
  "\"intermediate_size\": 32, \"max_position_embeddings\": 64, \"relative_attention\": true, "     \
  "\"position_biased_input\": false, \"layer_norm_eps\": 1e-7, \"initializer_range\": 0.1"
#define BUCKETS                                                                                    \
  "\"position_buckets\": 16, \"norm_rel_ebd\": \"layer_norm\", \"share_att_key\": true, "          \
  "\"pos_att_type\": \"p2c|c2p\""

typedef struct
{
  const char *name;
  const char *family; /* of models show */
  const char *class;
  gboolean    bpe;
  const char *config; /* without braces; vocab_size as the tokenizer has tokens */
} Family;

static const Family families[] = {
  { "v1", "v1", "DebertaForSequenceClassification", TRUE,
    "\"model_type\": \"deberta\", \"pos_att_type\": \"c2p|p2c\", \"vocab_size\": 705, " SIZES },
  { "v2", "v2", "DebertaV2ForSequenceClassification", FALSE,
    "\"model_type\": \"deberta-v2\", \"conv_kernel_size\": 3, \"conv_act\": \"gelu\", "
    "\"vocab_size\": 320, " SIZES ", " BUCKETS },
  { "v3", "v3", "DebertaV2ForSequenceClassification", FALSE,
    "\"model_type\": \"deberta-v2\", \"vocab_size\": 320, " SIZES ", " BUCKETS },
  { "v2-types", "v2", "DebertaV2ForSequenceClassification", FALSE,
    "\"model_type\": \"deberta-v2\", \"conv_kernel_size\": 5, \"conv_groups\": 2, "
    "\"type_vocab_size\": 2, \"embedding_size\": 8, \"vocab_size\": 320, " SIZES ", " BUCKETS },
};

#define TRAIN                                                                                      \
  "train --init-from-config new/config.json --task sample-roles --data data --batch-size 8 "       \
  "--max-length 48 --threads 1 --set max-steps=24 --set eval-every=8 --set save-every=4 "          \
  "--set keep-last=yes --set dropout=0.2 --set learning-rate=1e-3 --seed 5 "

/* ---- what a run starts from ---- */

static void
write_tokenizer (const char *folder, gboolean bpe)
{
  g_auto (GStrv) sentences = wb_test_text_new (300, 5);
  g_autofree char *zip = g_test_build_filename (G_TEST_DIST, "vectors", "release-v1.zip", NULL);
  g_autofree char *weights = g_build_filename (folder, "pytorch.model.bin", NULL);
  g_autofree char *config = g_build_filename (folder, "model_config.json", NULL);
  g_autoptr (GError) error = NULL;

  if (bpe)
    {
      wb_zip_unpack (zip, folder, &error);
      g_assert_no_error (error);
      g_assert_cmpint (g_unlink (weights), ==, 0);
      g_assert_cmpint (g_unlink (config), ==, 0);
    }
  else
    wb_tokenizer_train ((const char *const *) sentences, g_strv_length (sentences), 300, TRUE,
                        folder, &error);
  g_assert_no_error (error);
}

static void
prepare (WbTestProgram *self, const Family *family)
{
  g_autofree char *folder = wb_test_program_path (self, "new");
  g_autofree char *data = wb_test_program_path (self, "data");
  g_autofree char *json = g_strdup_printf ("{%s}", family->config);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  write_tokenizer (folder, family->bpe);
  wb_test_program_write (self, "new/config.json", json, -1);
  wb_sample_write (WB_SAMPLE_ROLES, data, 1, 200, 40, &error);
  g_assert_no_error (error);
}

/* ---- trained ---- */

static char *
dup_file (WbTestProgram *self, const char *name, gsize *length)
{
  g_autofree char *path = wb_test_program_path (self, name);
  char            *bytes;

  g_assert_true (g_file_get_contents (path, &bytes, length, NULL));
  return bytes;
}

static void
assert_same_file (WbTestProgram *self, const char *a, const char *b)
{
  gsize            n_a, n_b;
  g_autofree char *bytes_a = dup_file (self, a, &n_a);
  g_autofree char *bytes_b = dup_file (self, b, &n_b);

  g_assert_cmpmem (bytes_a, n_a, bytes_b, n_b);
}

/* Ended by a signal once it has a checkpoint, then resumed: the same weights as undisturbed. */
static void
train_twice (WbTestProgram *self)
{
  g_auto (GStrv) argv = NULL;
  g_autofree char *checkpoint = wb_test_program_path (self, "broken/checkpoints/4");
  g_autoptr (GSubprocess) process = NULL;

  g_assert_cmpint (wb_test_program_run (self, TRAIN "--out calm"), ==, 0);
  g_assert_true (g_shell_parse_argv (TRAIN "--out broken", NULL, &argv, NULL));
  process =
      wb_test_program_start (self, (const char *const *) argv,
                             G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  for (guint i = 0; i < 12000 && !g_file_test (checkpoint, G_FILE_TEST_EXISTS); i++)
    g_usleep (2000);
  g_subprocess_send_signal (process, SIGKILL);
  g_subprocess_wait (process, NULL, NULL);
  wb_test_program_run (self, "resume broken");
  /* a quick machine was done before the signal: then there is nothing to resume */
  g_assert_true (self->status == 0 || strstr (self->err, "finished") != NULL);
  assert_same_file (self, "calm/last/model.safetensors", "broken/last/model.safetensors");
  assert_same_file (self, "calm/best/model.safetensors", "broken/best/model.safetensors");
}

/* ---- used, and out ---- */

static void
use (WbTestProgram *self)
{
  g_autoptr (GPtrArray) evaluation = NULL;

  g_assert_cmpint (wb_test_program_run (self, "evaluate calm --threads 1 --json"), ==, 0);
  evaluation = wb_test_program_objects (self);
  g_assert_cmpint (json_object_get_int_member (wb_test_object (evaluation, 0), "examples"), ==, 40);
  g_assert_cmpint (
      wb_test_program_run (self, "predict calm --file data/dev.tsv --threads 1 --json"), ==, 0);
}

static void
check_config (WbTestProgram *self, const Family *family)
{
  g_autofree char *path = wb_test_program_path (self, "out");
  g_autoptr (GError) error = NULL;
  g_autoptr (WbModelConfig) config = wb_model_config_load (path, &error);

  g_assert_no_error (error);
  g_assert_nonnull (strstr (config->json, family->class));
  g_assert_cmpfloat (config->hidden_dropout, ==, 0.2f);
  g_assert_cmpuint (config->n_labels, ==, 2);
  g_assert_cmpstr (config->id2label[1], ==, "same");
}

/* What was taken out says the same of every example, to the last bit; in f16 nearly. */
static void
take_out (WbTestProgram *self, const Family *family)
{
  g_autofree char *before = g_strdup (self->out);
  g_autoptr (GPtrArray) shown = NULL;
  JsonObject *object;

  g_assert_cmpint (wb_test_program_run (self, "export calm --to out"), ==, 0);
  g_assert_cmpint (wb_test_program_run (self, "export calm --to short --dtype f16"), ==, 0);
  check_config (self, family);
  g_assert_cmpint (wb_test_program_run (self, "predict --model out --task sample-roles --file "
                                              "data/dev.tsv --threads 1 --max-length 48 "
                                              "--batch-size 8 --json"),
                   ==, 0);
  g_assert_cmpstr (self->out, ==, before);
  g_assert_cmpint (wb_test_program_run (self, "evaluate --model short --task sample-roles --file "
                                              "data/dev.tsv --threads 1 --max-length 48"),
                   ==, 0);
  g_assert_cmpint (wb_test_program_run (self, "models show out --json"), ==, 0);
  shown = wb_test_program_objects (self);
  object = wb_test_object (shown, 0);
  g_assert_cmpstr (json_object_get_string_member (object, "family"), ==, family->family);
  g_assert_cmpstr (json_object_get_string_member (object, "head"), ==, "classification");
  g_assert_true (json_object_get_null_member (object, "problem"));
}

/* What was taken out is a model that a new run can start from. */
static void
go_on (WbTestProgram *self)
{
  g_assert_cmpint (wb_test_program_run (self, "train --model out --task sample-roles --data data "
                                              "--batch-size 8 --max-length 48 --threads 1 "
                                              "--set max-steps=2"),
                   ==, 0);
}

static void
test_family (WbTestProgram *self, gconstpointer data)
{
  const Family *family = data;

  prepare (self, family);
  train_twice (self);
  use (self);
  take_out (self, family);
  go_on (self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (families); i++)
    {
      g_autofree char *path = g_strdup_printf ("/app/families/%s", families[i].name);
      g_test_add (path, WbTestProgram, &families[i], wb_test_program_set_up, test_family,
                  wb_test_program_tear_down);
    }
  return g_test_run ();
}
