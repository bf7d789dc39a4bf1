#include "config.h"

#include "tests/support/wb-test-program.h"

/* XNLI from the command line: trained on English or on all translations, measured by language. */

static const char *const languages[] = { "de", "en", "zh" };

/* A pair is entailed when both texts are the same. */
static void
write_bare (WbTestProgram *self, const char *name, gsize n, guint64 seed)
{
  g_auto (GStrv) sentences = wb_test_text_new (2 * n, seed);
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < n; i++)
    g_string_append_printf (text, "%s\t%s\t%s\n", sentences[2 * i], sentences[2 * i + i % 2],
                            i % 2 == 0 ? "entailment" : "neutral");
  wb_test_program_write (self, name, text->str, (gssize) text->len);
}

static void
write_data (WbTestProgram *self)
{
  g_autofree char *folder = wb_test_program_path (self, "xnli");

  g_mkdir (folder, 0700);
  write_bare (self, "xnli/train-en.tsv", 16, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (languages); i++)
    {
      g_autofree char *train = g_strdup_printf ("xnli/train-%s.tsv", languages[i]);
      g_autofree char *dev = g_strdup_printf ("xnli/dev-%s.tsv", languages[i]);
      g_autofree char *test = g_strdup_printf ("xnli/test-%s.tsv", languages[i]);

      write_bare (self, train, 16, 1 + i);
      write_bare (self, dev, 6 + i, 10 + i);
      write_bare (self, test, 8, 20 + i);
    }
}

static gint64
trained_examples (WbTestProgram *self)
{
  g_autoptr (GPtrArray) events = wb_test_program_objects (self);

  for (guint i = 0; i < events->len; i++)
    {
      JsonObject *event = wb_test_object (events, i);
      if (strcmp (json_object_get_string_member (event, "event"), "step") == 0)
        return json_object_get_int_member (event, "examples");
    }
  g_assert_not_reached ();
}

#define TRAIN                                                                                      \
  "train --model model --task xnli --data xnli --max-length 24 --threads 1 --set batch-size=64 "   \
  "--set max-steps=2 --json "

static void
test_languages (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GPtrArray) objects = NULL;
  JsonObject *object, *by_language;
  double      sum = 0;

  write_data (self);
  g_assert_cmpint (wb_test_program_run (self, TRAIN), ==, 0);
  g_assert_cmpint (trained_examples (self), ==, 16);
  g_assert_cmpint (wb_test_program_run (self, "evaluate 1 --data xnli --json"), ==, 0);
  objects = wb_test_program_objects (self);
  object = wb_test_object (objects, 0);
  wb_test_assert_keys (object,
                       "task split file model examples metrics languages mean_accuracy seconds");
  g_assert_cmpint (json_object_get_int_member (object, "examples"), ==, 6 + 7 + 8);
  by_language = json_object_get_object_member (object, "languages");
  wb_test_assert_keys (by_language, "de en zh");
  for (gsize i = 0; i < G_N_ELEMENTS (languages); i++)
    {
      JsonObject *one = json_object_get_object_member (by_language, languages[i]);

      wb_test_assert_keys (one, "examples accuracy");
      g_assert_cmpint (json_object_get_int_member (one, "examples"), ==, 6 + (gint64) i);
      sum += json_object_get_double_member (one, "accuracy");
    }
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (object, "mean_accuracy"), sum / 3,
                                  1e-12);
  g_assert_cmpint (wb_test_program_run (self, "evaluate 1 --data xnli --split test"), ==, 0);
  g_assert_nonnull (strstr (self->out, "xnli test"));
  g_assert_nonnull (strstr (self->out, "  zh    accuracy "));
  g_assert_nonnull (strstr (self->out, "  mean  accuracy "));
}

/* All translations together, and a file of one language. */
static void
test_translate_train (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GPtrArray) objects = NULL;

  write_data (self);
  g_assert_cmpint (wb_test_program_run (self, TRAIN "--train 'xnli/train-*.tsv'"), ==, 0);
  g_assert_cmpint (trained_examples (self), ==, 48);
  g_assert_cmpint (wb_test_program_run (self, "predict 1 --file xnli/test-zh.tsv --json"), ==, 0);
  objects = wb_test_program_objects (self);
  g_assert_cmpuint (objects->len, ==, 8);
  wb_test_assert_keys (wb_test_object (objects, 0), "index logits probabilities label");
  wb_test_program_run (self, "predict 1 --file xnli/test-zh.tsv --submission out.tsv");
  g_assert_cmpint (self->status, ==, 0);
  wb_test_program_run (self, TRAIN "--train 'xnli/no-*.tsv'");
  wb_test_program_assert_failed (self, 1, "no-*.tsv");
}

static void
test_import (WbTestProgram *self, gconstpointer data)
{
  write_data (self);
  g_assert_cmpint (wb_test_program_run (self, "datasets import xnli"), ==, 0);
  g_assert_cmpint (wb_test_program_run (self, "datasets show xnli --json"), ==, 0);
  g_assert_nonnull (strstr (self->out, "\"examples\":21"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/app/xnli/languages", WbTestProgram, NULL, wb_test_program_set_up, test_languages,
              wb_test_program_tear_down);
  g_test_add ("/app/xnli/translate-train", WbTestProgram, NULL, wb_test_program_set_up,
              test_translate_train, wb_test_program_tear_down);
  g_test_add ("/app/xnli/import", WbTestProgram, NULL, wb_test_program_set_up, test_import,
              wb_test_program_tear_down);
  return g_test_run ();
}
