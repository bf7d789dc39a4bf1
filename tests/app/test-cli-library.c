#include "tests/support/wb-test-child.h"

#include "app/cli/wb-cli.h"

#include <json-glib/json-glib.h>
#include <stdio.h>

#include "tests/support/wb-test-folder.h"
#include "tests/support/wb-test-model-folder.h"

/* `models` and `datasets` as a shell meets them: exit status, what is printed where, keys of the
 * JSON. */

#define RTE "index\tsentence1\tsentence2\tlabel\n0\ta\tb\tentailment\n1\tc\td\tnot_entailment\n"

static char *root;
static char *out;
static char *err;

/* Without the lines of GLib's log, which a test program prints as comments. */
static char *
read_file (const char *name)
{
  g_autofree char *path = g_build_filename (root, name, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GRegex) comments = g_regex_new ("^# .*\n", G_REGEX_MULTILINE, 0, NULL);

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return g_regex_replace_literal (comments, text, -1, 0, "", 0, NULL);
}

static int
run_in_child (const char *line)
{
  g_autofree char *out_path = g_build_filename (root, "out", NULL);
  g_autofree char *err_path = g_build_filename (root, "err", NULL);
  g_autofree char *home = g_build_filename (root, "home", NULL);
  g_auto (GStrv) argv = NULL;
  int argc;

  if (freopen (out_path, "w", stdout) == NULL || freopen (err_path, "w", stderr) == NULL ||
      !g_shell_parse_argv (line, &argc, &argv, NULL))
    return 99;
  g_setenv ("DEBERTA_WORKBENCH_HOME", home, TRUE);
  return wb_cli_main (argc, argv, NULL);
}

/* Sets @out and @err. */
static int
cli (const char *format, ...)
{
  g_autofree char *arguments = NULL, *line = NULL;
  va_list          list;
  int              status;

  va_start (list, format);
  arguments = g_strdup_vprintf (format, list);
  va_end (list);
  line = g_strconcat ("deberta-workbench ", arguments, NULL);
  status = wb_test_in_child (run_in_child, line);
  g_free (out);
  g_free (err);
  out = read_file ("out");
  err = read_file ("err");
  return status;
}

static void
assert_keys (JsonObject *object, const char *keys)
{
  g_auto (GStrv) names = g_strsplit (keys, " ", -1);

  g_assert_cmpuint (json_object_get_size (object), ==, g_strv_length (names));
  for (gsize i = 0; names[i] != NULL; i++)
    g_assert_true (json_object_has_member (object, names[i]));
}

/* The first entry of array @member, or the object itself. */
static void
check_json (const char *member, const char *keys, const char *entry_keys)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  JsonObject *object;

  json_parser_load_from_data (parser, out, -1, &error);
  g_assert_no_error (error);
  object = json_node_get_object (json_parser_get_root (parser));
  if (keys != NULL)
    assert_keys (object, keys);
  if (member != NULL)
    assert_keys (json_array_get_object_element (json_object_get_array_member (object, member), 0),
                 entry_keys);
}

/* The object @member. */
static void
check_object (const char *member, const char *keys)
{
  g_autoptr (JsonParser) parser = json_parser_new ();

  g_assert_true (json_parser_load_from_data (parser, out, -1, NULL));
  assert_keys (
      json_object_get_object_member (json_node_get_object (json_parser_get_root (parser)), member),
      keys);
}

static void
assert_one_line (const char *text)
{
  g_assert_true (g_str_has_prefix (text, "deberta-workbench: "));
  g_assert_true (strchr (text, '\n') == text + strlen (text) - 1);
}

static void
test_models (void)
{
  g_autofree char *model = g_build_filename (root, "tiny", NULL);
  g_autofree char *weights =
      g_build_filename (root, "home", "models", "tiny", "model.safetensors", NULL);

  g_assert_cmpint (g_mkdir_with_parents (model, 0700), ==, 0);
  wb_test_model_folder_make (model);
  g_assert_cmpint (cli ("models list"), ==, 0);
  g_assert_nonnull (strstr (out, "no models yet"));
  g_assert_cmpint (cli ("models import '%s' --json", model), ==, 0);
  g_assert_cmpstr (out, ==, "{\"imported\":\"tiny\"}\n");
  g_assert_cmpint (cli ("models list --json"), ==, 0);
  check_json ("models", "models", "name type origin path size parameters added problem");
  g_assert_cmpint (cli ("models show tiny --json"), ==, 0);
  check_json (NULL,
              "name path type family published parameters parts layers hidden_size heads "
              "intermediate_size embedding_size vocab_size max_positions relative_attention "
              "position_buckets conv_kernel_size head labels tokenizer weights tensors problem",
              NULL);
  check_object ("parts", "embeddings encoder head");
  check_object ("tokenizer", "kind tokens size files note");
  check_object ("weights", "layout types size");
  check_json ("tensors", NULL, "name type shape");
  g_assert_cmpint (cli ("models show tiny --tensors"), ==, 0);
  g_assert_nonnull (strstr (out, "family       DeBERTa v3 (deberta-v2)\n"));
  g_assert_nonnull (strstr (out, "head         classification\n"));
  g_assert_nonnull (strstr (out, "\nclassifier.weight "));
  g_assert_cmpint (cli ("models verify --json"), ==, 0);
  check_json (NULL, "name ok problems", NULL);

  g_assert_cmpint (truncate (weights, 300), ==, 0);
  g_assert_cmpint (cli ("models verify tiny"), ==, 1);
  g_assert_nonnull (strstr (out, "model.safetensors has 300 bytes"));
  assert_one_line (err);
  g_assert_cmpint (cli ("models remove tiny"), ==, 0);
  g_assert_cmpint (cli ("models show tiny"), ==, 1);
  assert_one_line (err);
}

static void
test_datasets (void)
{
  g_autofree char *folder = g_build_filename (root, "RTE", NULL);
  g_autofree char *train = g_build_filename (folder, "train.tsv", NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (train, RTE, -1, NULL));
  g_assert_cmpint (cli ("datasets import '%s' --link --name mine", folder), ==, 0);
  g_assert_cmpint (cli ("datasets list --json"), ==, 0);
  check_json ("datasets", "datasets", "name task origin path size added problem");
  g_assert_cmpint (cli ("datasets show mine --json"), ==, 0);
  check_json ("splits", "name task path origin splits", "split file examples skipped labels");
  g_assert_cmpint (cli ("datasets show MINE"), ==, 0);
  g_assert_nonnull (strstr (out, "2 examples: 1 not_entailment, 1 entailment"));

  g_assert_true (g_file_set_contents (train, RTE "2\tx\n", -1, NULL));
  g_assert_cmpint (cli ("datasets import '%s'", folder), ==, 1);
  g_assert_nonnull (strstr (err, "train.tsv:4: the row has 2 columns"));
  assert_one_line (err);
  g_assert_cmpint (cli ("datasets verify"), ==, 1);
  g_assert_cmpint (cli ("datasets remove mine"), ==, 0);
  g_assert_true (g_file_test (train, G_FILE_TEST_EXISTS));
}

static void
test_usage (void)
{
  static const char *const lines[] = {
    "models",          "models frob",      "models list x",
    "models show",     "models import",    "models import a b",
    "datasets remove", "datasets --frob",  "models list --task x",
    "models show a b", "datasets show a b"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_assert_cmpint (cli ("%s", lines[i]), ==, 2);
      assert_one_line (err);
      g_assert_cmpstr (out, ==, "");
    }
  g_assert_cmpint (cli ("datasets --help"), ==, 0);
  g_assert_nonnull (strstr (out, "--task"));
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  root = wb_test_folder_new ();
  g_setenv ("HF_HOME", root, TRUE);
  g_unsetenv ("HF_HUB_CACHE");
  g_test_add_func ("/app/cli-library/models", test_models);
  g_test_add_func ("/app/cli-library/datasets", test_datasets);
  g_test_add_func ("/app/cli-library/usage", test_usage);
  status = g_test_run ();
  wb_test_folder_free (root);
  g_free (out);
  g_free (err);
  return status;
}
