#include <string.h>

#include "app/core/wb-app-error.h"
#include "app/recipes/wb-recipe-private.h"
#include "data/tasks/wb-task.h"
#include "tests/support/wb-test-folder.h"
#include "tests/support/wb-test-shared.h"

/* The published recipes, the reader, names, sizes, and what is saved. */

typedef struct
{
  char        *home;
  WbWorkspace *workspace;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *home = NULL;

  self->home = wb_test_folder_new ();
  home = g_build_filename (self->home, "home", NULL);
  self->workspace = wb_workspace_open (home, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_object_unref (self->workspace);
  wb_test_folder_free (self->home);
}

static WbRecipe *
find_one (Fixture *self, const char *what)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) recipes = wb_recipe_find (self->workspace, what, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (recipes->len, ==, 1);
  return g_object_ref (recipes->pdata[0]);
}

/* Every task and size of the scripts, each with a source. */
static void
test_published (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *task;
    guint       n_sizes;
  } counts[] = { { "cola", 6 }, { "mnli", 15 }, { "mrpc", 6 },  { "qnli", 6 },
                 { "qqp", 6 },  { "rte", 6 },   { "sst-2", 6 }, { "stsb", 6 } };
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) list = wb_recipe_list (self->workspace, problems);
  guint total = 0;

  g_assert_cmpuint (problems->len, ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autoptr (GPtrArray) recipes = wb_recipe_find (self->workspace, counts[i].task, NULL);

      g_assert_cmpuint (recipes->len, ==, counts[i].n_sizes);
      total += recipes->len;
    }
  g_assert_cmpuint (list->len, ==, total);
  for (guint i = 0; i < list->len; i++)
    {
      WbRecipe        *recipe = list->pdata[i];
      g_autofree char *name =
          g_strdup_printf ("glue/%s/%s", wb_recipe_get_task (recipe), wb_recipe_get_size (recipe));

      g_assert_cmpstr (wb_recipe_get_name (recipe), ==, name);
      g_assert_true (wb_recipe_is_published (recipe));
      g_assert_nonnull (strstr (wb_recipe_get_source (recipe), wb_recipe_get_size (recipe)));
      g_assert_cmpstr (wb_recipe_get_seed (recipe), ==, "1234");
      g_assert_cmpstr (wb_recipe_get_value (recipe, "optimizer"), ==, "adam");
      g_assert_cmpstr (wb_recipe_get_value (recipe, "schedule"), ==, "warmup_linear");
      g_assert_cmpstr (wb_recipe_get_value (recipe, "order"), ==, "published");
      g_assert_cmpstr (wb_recipe_get_value (recipe, "truncation"), ==, "published");
      g_assert_false (wb_recipe_gives (recipe, "patience"));
    }
}

static void
assert_number (WbRecipe *recipe, const char *key, const char *expected)
{
  g_test_message ("%s: %s", wb_recipe_get_name (recipe), key);
  g_assert_true (wb_recipe_gives (recipe, key));
  g_assert_cmpfloat (g_ascii_strtod (wb_recipe_get_value (recipe, key), NULL), ==,
                     g_ascii_strtod (expected, NULL));
}

/* One row of a table: | size | (init) | lr | batch | epochs | warm | cls | fp16 | */
static void
check_row (Fixture *self, const char *task, const char *length, const char *line, gboolean has_init)
{
  g_auto (GStrv) cells = g_strsplit (line, "|", -1);
  const guint      first = has_init ? 3 : 2;
  g_autofree char *size = NULL, *name = NULL;
  g_autoptr (WbRecipe) recipe = NULL;
  g_autoptr (GArray) extras = NULL;
  gboolean half = FALSE;

  for (guint i = 0; cells[i] != NULL; i++)
    g_strstrip (cells[i]);
  g_assert_cmpuint (g_strv_length (cells), ==, first + 7);
  size = g_strndup (cells[1], strcspn (cells[1], " "));
  name = g_strdup_printf ("%s/%s", task, size);
  recipe = find_one (self, name);
  assert_number (recipe, "learning-rate", cells[first]);
  assert_number (recipe, "batch-size", cells[first + 1]);
  assert_number (recipe, "epochs", cells[first + 2]);
  assert_number (recipe, "warmup-steps", cells[first + 3]);
  assert_number (recipe, "classifier-dropout", cells[first + 4]);
  assert_number (recipe, "max-length", length);
  extras = wb_recipe_get_extras (recipe);
  for (guint i = 0; i < extras->len; i++)
    half |= strcmp (g_array_index (extras, WbRecipeExtra, i).key, "fp16") == 0;
  g_assert_cmpint (half, ==, g_str_has_prefix (cells[first + 5], "yes"));
  if (has_init && g_str_has_suffix (cells[2], "-mnli"))
    g_assert_cmpstr (wb_recipe_get_start_from (recipe), ==, cells[2]);
}

/* Against the tables that they were written from. */
static void
test_tables (Fixture *self, gconstpointer data)
{
  g_autofree char *path =
      g_build_filename (g_getenv ("WB_SHARED"), "design/deberta-facts.md", NULL);
  g_autofree char *text = NULL, *task = NULL, *length = NULL;
  g_auto (GStrv) lines = NULL;
  gboolean inside = FALSE, has_init = FALSE;
  guint    n = 0;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    {
      g_test_skip ("no tables of the published scripts");
      return;
    }
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *max = strstr (lines[i], "`, max length ");

      if (g_str_has_prefix (lines[i], "### "))
        inside = g_str_has_prefix (lines[i], "### 7.1");
      if (inside && max != NULL && g_ascii_isalpha (lines[i][0]))
        {
          g_free (task);
          g_free (length);
          task = g_strndup (lines[i], strcspn (lines[i], " "));
          length = g_strndup (max + 14, strspn (max + 14, "0123456789"));
        }
      if (inside && g_str_has_prefix (lines[i], "| size"))
        has_init = strstr (lines[i], "init") != NULL;
      else if (inside && lines[i][0] == '|' && !g_str_has_prefix (lines[i], "|---"))
        {
          check_row (self, task, length, lines[i], has_init);
          n++;
        }
    }
  g_assert_cmpuint (n, ==, 52);
}

static char *
write_file (Fixture *self, const char *text, gssize length)
{
  char *path = g_build_filename (self->home, "hostile.ini", NULL);

  g_assert_true (g_file_set_contents (path, text, length, NULL));
  return path;
}

#define HEAD "[recipe]\nformat=1\ntask=rte\n"

static const struct
{
  const char *text;
  WbAppError  code;
  const char *part;
} hostile[] = {
  { "", WB_APP_ERROR_INVALID, "no group [recipe]" },
  { "hello", WB_APP_ERROR_INVALID, "line 1: write key=value" },
  { "a=1\n", WB_APP_ERROR_INVALID, "line 1: the first line" },
  { "[recipe\n", WB_APP_ERROR_INVALID, "line 1: a group is written" },
  { "[]\n", WB_APP_ERROR_INVALID, "line 1: a group is written" },
  { "[recipe]\nformat=2\n", WB_APP_ERROR_INVALID, "line 2: this program reads" },
  { "[recipe]\nformat=1\ntask=nonsense\n", WB_APP_ERROR_USAGE, "line 3: there is no task" },
  { "[recipe]\nformat=1\nfoo=1\n", WB_APP_ERROR_USAGE, "line 3: [recipe] has no key “foo”" },
  { HEAD "\n# a remark\n[task]\nfoo=1\n", WB_APP_ERROR_USAGE, "line 7: there is no setting “foo”" },
  { HEAD "[task]\nlearning-rate=3\n", WB_APP_ERROR_USAGE, "line 5: learning-rate: “3” is not" },
  { HEAD "[task]\nlearning-rate=nan\n", WB_APP_ERROR_USAGE, "line 5: learning-rate" },
  { HEAD "[task]\nlearning-rate=1e-5, 2e-5\n", WB_APP_ERROR_USAGE, "line 5: learning-rate" },
  { HEAD "[task]\nepochs=1\nepochs=2\n", WB_APP_ERROR_USAGE, "line 6: the same stands in line 5" },
  { HEAD "[base]\nepochs=1\n[base]\n", WB_APP_ERROR_USAGE, "line 6: the same stands in line 4" },
  { HEAD "[base]\nsift-weight=-1\n", WB_APP_ERROR_USAGE, "line 5: sift-weight" },
  { HEAD "[base]\nfp16=maybe\n", WB_APP_ERROR_USAGE, "line 5: fp16" },
  { HEAD "[base]\nseed=-1\n", WB_APP_ERROR_USAGE, "line 5: seed" },
  { HEAD "note=a\\nb\n", WB_APP_ERROR_USAGE, "line 4: note: give one line" },
  { HEAD "note=a\\qb\n", WB_APP_ERROR_INVALID, "line 4" },
  { HEAD "[base]\nepochs[de]=1\n", WB_APP_ERROR_USAGE, "line 5" },
};

static void
test_hostile (Fixture *self, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (hostile); i++)
    {
      g_autofree char *path = write_file (self, hostile[i].text, -1);
      g_autoptr (GError) error = NULL;

      g_assert_null (wb_recipe_read_file (path, &error));
      g_test_message ("%s", error->message);
      g_assert_error (error, WB_APP_ERROR, (gint) hostile[i].code);
      g_assert_nonnull (strstr (error->message, hostile[i].part));
      g_assert_nonnull (strstr (error->message, path));
    }
}

/* Larger than a recipe is, bytes that are no text, a folder, nothing; any cut of a good file. */
static void
test_hostile_files (Fixture *self, gconstpointer data)
{
  g_autofree char *large = g_strnfill (300000, '#');
  g_autofree char *folder = wb_recipe_dup_published_folder ();
  g_autofree char *good = g_build_filename (folder, "glue", "rte.ini", NULL);
  g_autofree char *path = write_file (self, large, -1);
  g_autofree char *text = NULL;
  gsize            length;
  GRand           *rand = g_rand_new_with_seed (1);

  g_assert_null (wb_recipe_read_file (path, NULL));
  g_free (write_file (self, "[recipe]\nformat=1\n\0x=1\n", 22));
  g_assert_null (wb_recipe_read_file (path, NULL));
  g_free (write_file (self, "[recipe]\nformat=1\ntitle=\xff\n", -1));
  g_assert_null (wb_recipe_read_file (path, NULL));
  g_assert_null (wb_recipe_read_file (self->home, NULL));
  g_assert_null (wb_recipe_read_file ("/nowhere.ini", NULL));
  g_assert_true (g_file_get_contents (good, &text, &length, NULL));
  for (guint i = 0; i < 400; i++)
    {
      g_autofree char *damaged = g_memdup2 (text, length);
      g_autoptr (GPtrArray) recipes = NULL;
      g_autoptr (GError) error = NULL;

      for (gint k = g_rand_int_range (rand, 0, 4); k >= 0; k--)
        damaged[g_rand_int_range (rand, 0, (gint) length)] = (char) g_rand_int_range (rand, 0, 256);
      g_free (write_file (
          self, damaged, i % 2 == 0 ? (gssize) length : g_rand_int_range (rand, 0, (gint) length)));
      recipes = wb_recipe_read_file (path, &error);
      g_assert_true ((recipes == NULL) == (error != NULL));
    }
  g_rand_free (rand);
}

static char *
write_config (Fixture *self, const char *type, const int *shape, gboolean kernel)
{
  char            *path = g_build_filename (self->home, "config.json", NULL);
  g_autofree char *text = g_strdup_printf (
      "{\"model_type\": \"%s\", \"vocab_size\": %d, \"hidden_size\": %d, \"num_hidden_layers\": %d,"
      " \"num_attention_heads\": %d, \"intermediate_size\": %d, \"relative_attention\": true,"
      " \"pos_att_type\": \"p2c|c2p\", \"position_buckets\": 256, \"share_att_key\": true%s}",
      type, shape[0], shape[1], shape[2], shape[3], shape[4],
      kernel ? ", \"conv_kernel_size\": 3, \"conv_act\": \"gelu\"" : "");

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static const struct
{
  const char *size, *type;
  int         shape[5];
  gboolean    kernel;
  const char *rte; /* learning rate; NULL: none */
} shapes[] = {
  { "base", "deberta", { 50265, 768, 12, 12, 3072 }, FALSE, "2e-5" },
  { "large", "deberta", { 50265, 1024, 24, 16, 4096 }, FALSE, "1e-5" },
  { "xlarge", "deberta", { 50265, 1024, 48, 16, 4096 }, FALSE, "5e-6" },
  { "xlarge-v2", "deberta-v2", { 128100, 1536, 24, 24, 6144 }, TRUE, "4e-6" },
  { "xxlarge-v2", "deberta-v2", { 128100, 1536, 48, 24, 6144 }, TRUE, "3e-6" },
  { "deberta-v3-xsmall", "deberta-v2", { 128100, 384, 12, 6, 1536 }, FALSE, NULL },
  { "deberta-v3-small", "deberta-v2", { 128100, 768, 6, 12, 3072 }, FALSE, NULL },
  { "deberta-v3-base", "deberta-v2", { 128100, 768, 12, 12, 3072 }, FALSE, NULL },
  { "deberta-v3-large", "deberta-v2", { 128100, 1024, 24, 16, 4096 }, FALSE, "1e-5" },
  { "mdeberta-v3-base", "deberta-v2", { 251000, 768, 12, 12, 3072 }, FALSE, NULL },
  { NULL, "deberta-v2", { 128100, 1024, 24, 8, 4096 }, FALSE, NULL },
  { NULL, "deberta-v2", { 128100, 1536, 24, 24, 6144 }, FALSE, NULL },
  { NULL, "deberta", { 128100, 768, 12, 12, 3072 }, FALSE, NULL },
};

/* A model folder is a published size by its shape, and nothing else. */
static void
test_sizes (Fixture *self, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autofree char *config =
          write_config (self, shapes[i].type, shapes[i].shape, shapes[i].kernel);
      g_autoptr (GError) error = NULL;
      g_autofree char *size = wb_recipe_dup_size (config, &error);
      g_autoptr (WbRecipe) recipe = NULL;

      g_assert_cmpstr (size, ==, shapes[i].size);
      g_assert_true ((size == NULL) == (error != NULL));
      g_clear_error (&error);
      recipe = wb_recipe_resolve (self->workspace, "published", "rte", config, &error);
      if (shapes[i].rte != NULL)
        g_assert_cmpstr (wb_recipe_get_value (recipe, "learning-rate"), ==, shapes[i].rte);
      else
        {
          g_assert_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE);
          g_assert_nonnull (strstr (error->message, size != NULL ? size : "no recipe fits"));
        }
    }
}

static void
assert_missing (Fixture *self, const char *what, const char *task, const char *part)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (wb_recipe_resolve (self->workspace, what, task, NULL, &error));
  g_assert_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE);
  g_assert_nonnull (strstr (error->message, part));
}

static void
test_names (Fixture *self, gconstpointer data)
{
  static const char *const bad[] = { "", ".x", "a/b", "published", "a\nb", "x.ini", NULL };
  g_autoptr (WbRecipe) recipe = find_one (self, "RTE/deberta-v3-large");
  g_autofree char *sentence = wb_recipe_dup_not_followed (recipe);

  g_assert_cmpstr (wb_recipe_get_name (recipe), ==, "glue/rte/deberta-v3-large");
  g_assert_cmpstr (sentence, ==,
                   "the recipe also says fp16=yes, which this program cannot do yet: it trains "
                   "without");
  assert_missing (self, "nonsense", "rte", "there is no recipe “nonsense”");
  assert_missing (self, "rte/nonsense", "rte", "there is no recipe");
  assert_missing (self, "published", "wnli", "WNLI has no published settings");
  assert_missing (self, "published", "sample-order", "no published settings");
  assert_missing (self, "published", "rte", "which model?");
  for (gsize i = 0; bad[i] != NULL; i++)
    g_assert_false (wb_recipe_check_name (bad[i], NULL));
  g_assert_true (wb_recipe_check_name ("Größe 3", NULL));
}

/* What was saved is read back; a second of the same name only when asked. */
static void
test_save (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbSettings) settings = wb_settings_new ();
  g_autoptr (WbSettings) read = NULL;
  g_autoptr (WbRecipe) recipe = NULL;
  g_autoptr (GArray) departures = NULL;
  WbRecipeDraft    draft = { .title = "Mine\nand yours",
                             .task = "rte",
                             .source = "run 3",
                             .seed = "7",
                             .settings = settings };
  g_autofree char *path = NULL, *again = NULL;

  g_assert_true (wb_settings_set (settings, "learning-rate", "0.00002", NULL));
  g_assert_true (wb_settings_set (settings, "epochs", "5", NULL));
  g_assert_true (wb_settings_set (settings, "threads", "1", NULL));
  path = wb_recipe_save (self->workspace, &draft, "my own", NULL, FALSE, &error);
  g_assert_no_error (error);
  g_assert_null (wb_recipe_save (self->workspace, &draft, "my own", NULL, FALSE, &error));
  g_assert_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE);
  g_clear_error (&error);
  again = wb_recipe_save (self->workspace, &draft, "my own", NULL, TRUE, &error);
  g_assert_cmpstr (again, ==, path);
  recipe = find_one (self, "my own");
  g_assert_cmpstr (wb_recipe_get_title (recipe), ==, "Mine and yours");
  g_assert_cmpstr (wb_recipe_get_seed (recipe), ==, "7");
  g_assert_cmpstr (wb_recipe_get_size (recipe), ==, "");
  g_assert_false (wb_recipe_is_published (recipe));
  g_assert_false (wb_recipe_gives (recipe, "threads"));
  read = wb_recipe_dup_settings (recipe);
  g_assert_cmpstr (wb_settings_get (read, "epochs"), ==, "5");
  wb_settings_set (settings, "learning-rate", "2e-5", NULL); /* another spelling is no departure */
  wb_settings_set (settings, "epochs", "6", NULL);
  wb_settings_set (settings, "threads", wb_setting_find ("threads")->fallback, NULL);
  departures = wb_recipe_get_departures (recipe, settings);
  g_assert_cmpuint (departures->len, ==, 1);
  g_assert_cmpstr (g_array_index (departures, WbDeparture, 0).info->key, ==, "epochs");
  g_assert_cmpstr (g_array_index (departures, WbDeparture, 0).fallback, ==, "5");
}

/* Whatever a run is called, the recipe that is made of it can be read. */
static void
test_save_odd (Fixture *self, gconstpointer data)
{
  g_autofree char *long_text = g_strnfill (470, 'x');
  g_autofree char *cut = g_strconcat (long_text, "€€€€€€€€€€", NULL);
  const struct
  {
    const char *title, *read;
  } cases[] = {
    { "a\x1b[31mb\x7f", "a [31mb " },
    { "a\xc2\x85"
      "b\xc2\x9b",
      "a b " }, /* of the second row, two bytes each */
    { " =[x]#;\\n", " =[x]#;\\n" },
    { "\xff\xfe", "\xef\xbf\xbd\xef\xbf\xbd" },
    { cut, NULL },
  };
  g_autoptr (WbSettings) settings = wb_settings_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const WbRecipeDraft draft = { .title = cases[i].title,
                                    .source = cases[i].title,
                                    .note = cases[i].title,
                                    .settings = settings };
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GPtrArray) list = NULL;
      g_autoptr (WbRecipe) recipe = NULL;
      g_autofree char *path = wb_recipe_save (self->workspace, &draft, "odd", NULL, TRUE, &error);

      g_assert_no_error (error);
      g_assert_nonnull (path);
      recipe = find_one (self, "odd");
      if (cases[i].read != NULL)
        g_assert_cmpstr (wb_recipe_get_title (recipe), ==, cases[i].read);
      g_assert_cmpstr (wb_recipe_get_note (recipe), ==, wb_recipe_get_title (recipe));
      list = wb_recipe_list (self->workspace, problems);
      g_assert_cmpuint (problems->len, ==, 0);
    }
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/app/recipes/published", test_published);
  add ("/app/recipes/tables", test_tables);
  add ("/app/recipes/hostile", test_hostile);
  add ("/app/recipes/hostile-files", test_hostile_files);
  add ("/app/recipes/sizes", test_sizes);
  add ("/app/recipes/names", test_names);
  add ("/app/recipes/save", test_save);
  add ("/app/recipes/save-odd", test_save_odd);
  return g_test_run ();
}
