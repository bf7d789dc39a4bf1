#include "config.h"

#include "tests/support/wb-test-program.h"

/* Own files in every format: trained on, evaluated, predicted. */

static void
write_csv (WbTestProgram *self, const char *name, gsize n, guint64 seed)
{
  g_auto (GStrv) sentences = wb_test_text_new (2 * n, seed);
  g_autoptr (GString) text = g_string_new ("label,sentence2,sentence1\r\n");

  for (gsize i = 0; i < n; i++)
    g_string_append_printf (text, "%s,\"%s\n(\"\"x\"\", y)\",\"%s\"\r\n",
                            i % 2 == 0 ? "entailment" : "not_entailment", sentences[2 * i + i % 2],
                            sentences[2 * i]);
  wb_test_program_write (self, name, text->str, (gssize) text->len);
}

static void
test_csv (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GPtrArray) objects = NULL;

  write_csv (self, "train.csv", 24, 1);
  write_csv (self, "dev.csv", 10, 2);
  wb_test_program_run (self, "train --model model --task rte --train train.csv --dev dev.csv "
                             "--threads 1 --set max-steps=2 --json");
  g_assert_cmpint (self->status, ==, 0);
  g_assert_cmpint (wb_test_program_run (self, "evaluate 1 --json"), ==, 0);
  objects = wb_test_program_objects (self);
  g_assert_cmpint (json_object_get_int_member (wb_test_object (objects, 0), "examples"), ==, 10);
  g_assert_cmpint (wb_test_program_run (self, "predict 1 --file dev.csv --json"), ==, 0);
  g_clear_pointer (&objects, g_ptr_array_unref);
  objects = wb_test_program_objects (self);
  g_assert_cmpuint (objects->len, ==, 10);
  wb_test_program_write (self, "bad.csv", "sentence1,sentence2,label\na,\"b\n", -1);
  wb_test_program_run (self, "predict 1 --file bad.csv");
  wb_test_program_assert_failed (self, 1, "bad.csv:2: column 2: the quote that opens here");
}

/* One text: files whose first line could be taken for a text alone. */
static void
test_predict (WbTestProgram *self, gconstpointer data)
{
  static const char *const files[][2] = {
    { "a.csv", "text\none\n\"two, three\"\n" },
    { "b.csv", "text,label\none,1\n\"two\",0\n" },
    { "c.jsonl", "{\"text\": \"one\"}\n{\"text\": \"two\"}\n" },
    { "d.tsv", "one\ntwo\n" },
  };

  wb_test_program_write (self, "s.csv", "sentence,label\none,1\ntwo,0\nthree,1\n", -1);
  wb_test_program_run (self, "train --model model --task sst-2 --train s.csv --threads 1 "
                             "--set max-steps=1");
  g_assert_cmpint (self->status, ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (GPtrArray) objects = NULL;

      wb_test_program_write (self, files[i][0], files[i][1], -1);
      wb_test_program_run (self, "predict 1 --file %s --json", files[i][0]);
      g_assert_cmpint (self->status, ==, 0);
      objects = wb_test_program_objects (self);
      g_assert_cmpuint (objects->len, ==, 2);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/app/formats/csv", WbTestProgram, NULL, wb_test_program_set_up, test_csv,
              wb_test_program_tear_down);
  g_test_add ("/app/formats/predict", WbTestProgram, NULL, wb_test_program_set_up, test_predict,
              wb_test_program_tear_down);
  return g_test_run ();
}
