#include "tests/support/wb-test-program.h"

/* `recipes`, and `--recipe` of `train`, as users call them. */

static void
test_list (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GPtrArray) lines = NULL;
  JsonArray *recipes;

  g_assert_cmpint (wb_test_program_run (self, "recipes list --json --task RTE"), ==, 0);
  lines = wb_test_program_objects (self);
  g_assert_cmpuint (lines->len, ==, 1);
  wb_test_assert_keys (wb_test_object (lines, 0), "recipes");
  recipes = json_object_get_array_member (wb_test_object (lines, 0), "recipes");
  g_assert_cmpuint (json_array_get_length (recipes), ==, 6);
  wb_test_assert_keys (json_array_get_object_element (recipes, 0),
                       "name title task size published source");
  g_assert_cmpint (wb_test_program_run (self, "recipes list"), ==, 0);
  g_assert_nonnull (strstr (self->out, "glue/mnli/deberta-v3-base-sift"));
}

static void
test_show (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GPtrArray) lines = NULL;
  JsonObject *recipe, *settings;

  g_assert_cmpint (wb_test_program_run (self, "recipes show --json rte/large"), ==, 0);
  lines = wb_test_program_objects (self);
  g_assert_cmpuint (lines->len, ==, 1);
  recipe = wb_test_object (lines, 0);
  wb_test_assert_keys (recipe, "name title task size published source note start_from seed path "
                               "settings not_followed");
  settings = json_object_get_object_member (recipe, "settings");
  g_assert_cmpstr (json_object_get_string_member (settings, "learning-rate"), ==, "1e-5");
  g_assert_cmpstr (json_object_get_string_member (settings, "precision"), ==, "f32");
  g_assert_false (json_object_has_member (settings, "patience"));
  wb_test_assert_keys (json_object_get_object_member (recipe, "not_followed"),
                       "eval-batch-size dump-interval");
  g_assert_cmpint (wb_test_program_run (self, "recipes show glue/rte"), ==, 0);
  g_assert_nonnull (strstr (self->out, "glue/rte/deberta-v3-large"));
}

#define TRAIN "train --task rte --model model --train train.tsv --dev dev.tsv --threads 1 "

/* A run's settings, kept under a name or given away as a file. */
static void
test_save (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GPtrArray) lines = NULL;

  g_assert_cmpint (wb_test_program_run (self, TRAIN "--set max-steps=1 --set epochs=7 --seed 5"),
                   ==, 0);
  g_assert_cmpint (wb_test_program_run (self, "recipes save 1 --name mine --json"), ==, 0);
  lines = wb_test_program_objects (self);
  wb_test_assert_keys (wb_test_object (lines, 0), "name path");
  wb_test_program_run (self, "recipes save 1 --name mine");
  wb_test_program_assert_failed (self, 2, "already");
  g_assert_cmpint (wb_test_program_run (self, "recipes save 1 --name mine --replace"), ==, 0);
  g_assert_cmpint (wb_test_program_run (self, "recipes show mine"), ==, 0);
  g_assert_nonnull (strstr (self->out, "seed      5"));
  g_assert_nonnull (strstr (self->out, "  epochs                 7"));
  g_assert_null (strstr (self->out, "threads"));
  g_assert_cmpint (wb_test_program_run (self, "recipes save 1 --to given.ini --title 'Mine'"), ==,
                   0);
  wb_test_program_run (self, "recipes save 1 --to given");
  wb_test_program_assert_failed (self, 2, "given: a recipe’s file ends with .ini");
  g_assert_cmpint (wb_test_program_run (self, "recipes show given.ini"), ==, 0);
  g_assert_nonnull (strstr (self->out, "  Mine\n"));
  g_assert_cmpint (wb_test_program_run (self, "recipes list"), ==, 0);
  g_assert_nonnull (strstr (self->out, "mine"));
}

static JsonObject *
recipe_of (GPtrArray *lines)
{
  return json_object_get_object_member (wb_test_object (lines, 0), "recipe");
}

static void
show_run (WbTestProgram *self, guint run, GPtrArray **lines)
{
  g_clear_pointer (lines, g_ptr_array_unref);
  g_assert_cmpint (wb_test_program_run (self, "runs show %u --json", run), ==, 0);
  *lines = wb_test_program_objects (self);
}

/* A recipe of one's own gives what is not said otherwise; what is said otherwise is a departure,
 * kept with the run. */
static void
test_train (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GPtrArray) lines = NULL;
  g_autofree char *settings = NULL, *path = NULL;
  JsonObject      *values;

  wb_test_program_write (self, "own.ini",
                         "[recipe]\nformat=1\ntitle=Own\n[task]\nmax-steps=2\nbatch-size=4\n"
                         "epochs=3\nseed=9\nfp16=yes\n",
                         -1);
  g_assert_cmpint (wb_test_program_run (self, TRAIN "--recipe own.ini --batch-size 8 --set "
                                                    "learning-rate=1e-5,2e-5 --set epochs=3.0"),
                   ==, 0);
  g_assert_nonnull (strstr (self->err, "fp16=yes, which this program cannot do yet"));
  show_run (self, 1, &lines);
  g_assert_cmpint (json_object_get_int_member (wb_test_object (lines, 0), "steps"), ==, 2);
  g_assert_cmpint (json_object_get_int_member (wb_test_object (lines, 0), "seed"), ==, 9);
  wb_test_assert_keys (recipe_of (lines),
                       "name title task size published source departures not_followed");
  values = json_object_get_object_member (recipe_of (lines), "departures");
  wb_test_assert_keys (values, "batch-size learning-rate");
  g_assert_cmpstr (json_object_get_string_member (values, "batch-size"), ==, "4");
  show_run (self, 2, &lines);
  values = json_object_get_object_member (recipe_of (lines), "departures");
  wb_test_assert_keys (values, "batch-size"); /* 2e-5 is the default, which the recipe leaves */
  g_assert_cmpint (wb_test_program_run (self, "runs show 1"), ==, 0);
  g_assert_nonnull (strstr (self->out, "batch-size = 8 (recipe 4)"));
  path = wb_test_program_path (self, "home/runs/1/settings.ini");
  g_assert_true (g_file_get_contents (path, &settings, NULL, NULL));
  g_assert_nonnull (strstr (settings, "departures=batch-size;learning-rate;\n"));
  g_assert_cmpint (wb_test_program_run (self, "runs compare 1 2 --json"), ==, 0);
}

/* A published one by its name, for another size; a run that had none says so. */
static void
test_train_published (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GPtrArray) lines = NULL;

  g_assert_cmpint (wb_test_program_run (self, TRAIN "--recipe rte/large --set max-steps=1"), ==, 0);
  g_assert_nonnull (strstr (self->err, "the recipe is for large, and the model is of no published "
                                       "size"));
  show_run (self, 1, &lines);
  g_assert_cmpstr (json_object_get_string_member (recipe_of (lines), "name"), ==, "glue/rte/large");
  wb_test_assert_keys (json_object_get_object_member (recipe_of (lines), "departures"),
                       "max-steps");
  g_assert_cmpint (wb_test_program_run (self, TRAIN "--set max-steps=1"), ==, 0);
  show_run (self, 2, &lines);
  g_assert_true (json_object_get_null_member (wb_test_object (lines, 0), "recipe"));
}

static const struct
{
  const char *arguments;
  int         status;
  const char *part;
} wrong[] = {
  { "recipes nonsense", 2, "recipes nonsense" },
  { "recipes show", 2, "which recipe?" },
  { "recipes show nonsense", 2, "there is no recipe “nonsense”" },
  { "recipes show bad.ini", 2, "bad.ini, line 5: there is no setting “foo”" },
  { "recipes show missing.ini", 1, "missing.ini: there is no such file" },
  { "recipes show train.tsv", 2, "there is no recipe" },
  { "recipes list --task nonsense", 2, "nonsense" },
  { "recipes list more", 2, "takes no arguments" },
  { "recipes save", 2, "which run?" },
  { "recipes save 1", 2, "--name NAME" },
  { "recipes save 1 --name a --to b.ini", 2, "--name NAME" },
  { "recipes save 99 --name a", 1, "99" },
  { TRAIN "--recipe nonsense", 2, "there is no recipe “nonsense”" },
  { TRAIN "--recipe bad.ini", 2, "bad.ini, line 5: there is no setting “foo”" },
  { TRAIN "--recipe published", 2, "no recipe fits: the model has the shape of no published size" },
  { "train --task wnli --model model --train train.tsv --recipe published", 2,
    "WNLI has no published settings" },
};

static void
test_wrong (WbTestProgram *self, gconstpointer data)
{
  wb_test_program_write (self, "bad.ini", "[recipe]\nformat=1\n\n[task]\nfoo=1\n", -1);
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      wb_test_program_run (self, "%s", wrong[i].arguments);
      wb_test_program_assert_failed (self, wrong[i].status, wrong[i].part);
    }
}

static void
add (const char *path, void (*test) (WbTestProgram *, gconstpointer))
{
  g_test_add (path, WbTestProgram, NULL, wb_test_program_set_up, test, wb_test_program_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/app/cli-recipes/list", test_list);
  add ("/app/cli-recipes/show", test_show);
  add ("/app/cli-recipes/save", test_save);
  add ("/app/cli-recipes/train", test_train);
  add ("/app/cli-recipes/train-published", test_train_published);
  add ("/app/cli-recipes/wrong", test_wrong);
  return g_test_run ();
}
