#pragma once

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <stdarg.h>
#include <string.h>

#include "tests/support/wb-test-folder.h"
#include "tests/support/wb-test-model-folder.h"
#include "tests/support/wb-test-text.h"

/* The built program as a user calls it: in a process of its own, with a home of its own. */

typedef struct
{
  char *home;   /* also holds model/ and the data files */
  char *out;    /* standard output of the last call */
  char *err;    /* standard error of the last call */
  int   status; /* exit status of the last call; 128 + n: ended by signal n */
} WbTestProgram;

static inline char *
wb_test_program_path (WbTestProgram *self, const char *name)
{
  return g_build_filename (self->home, name, NULL);
}

static inline GSubprocess *
wb_test_program_start (WbTestProgram *self, const char *const *arguments, GSubprocessFlags flags)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (flags);
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autofree char *home = wb_test_program_path (self, "home");
  g_autoptr (GError) error = NULL;
  const char  *program = g_getenv ("WB_PROGRAM");
  GSubprocess *process;

  g_assert_nonnull (program);
  g_ptr_array_add (argv, (gpointer) program);
  for (gsize i = 0; arguments[i] != NULL; i++)
    g_ptr_array_add (argv, (gpointer) arguments[i]);
  g_ptr_array_add (argv, NULL);
  g_subprocess_launcher_setenv (launcher, "DEBERTA_WORKBENCH_HOME", home, TRUE);
  g_subprocess_launcher_set_cwd (launcher, self->home);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv->pdata, &error);
  g_assert_no_error (error);
  return process;
}

static inline void
wb_test_program_take_status (WbTestProgram *self, GSubprocess *process)
{
  self->status = g_subprocess_get_if_exited (process) ? g_subprocess_get_exit_status (process)
                                                      : 128 + g_subprocess_get_term_sig (process);
}

/* @arguments: one text, split as a shell does. */
static inline int
wb_test_program_run_input (WbTestProgram *self, const char *input, const char *arguments)
{
  g_auto (GStrv) argv = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_shell_parse_argv (arguments, NULL, &argv, NULL));
  process = wb_test_program_start (self, (const char *const *) argv,
                                   G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                       G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_clear_pointer (&self->out, g_free);
  g_clear_pointer (&self->err, g_free);
  g_subprocess_communicate_utf8 (process, input != NULL ? input : "", NULL, &self->out, &self->err,
                                 &error);
  g_assert_no_error (error);
  wb_test_program_take_status (self, process);
  g_test_message ("%s: %d\n%s", arguments, self->status, self->err);
  return self->status;
}

G_GNUC_PRINTF (2, 3)
static inline int
wb_test_program_run (WbTestProgram *self, const char *format, ...)
{
  g_autofree char *arguments = NULL;
  va_list          list;

  va_start (list, format);
  arguments = g_strdup_vprintf (format, list);
  va_end (list);
  return wb_test_program_run_input (self, NULL, arguments);
}

/* Failed as it should: @status, one line on standard error that has @part, nothing else. */
static inline void
wb_test_program_assert_failed (WbTestProgram *self, int status, const char *part)
{
  g_assert_cmpint (self->status, ==, status);
  g_assert_cmpstr (self->out, ==, "");
  if (strstr (self->err, part) == NULL)
    g_test_message ("expected “%s” in: %s", part, self->err);
  g_assert_nonnull (strstr (self->err, part));
  g_assert_true (g_str_has_prefix (self->err, "deberta-workbench: "));
  g_assert_true (strchr (self->err, '\n') == self->err + strlen (self->err) - 1);
}

/* (transfer full) (element-type JsonNode): the lines of standard output, all of them objects. */
static inline GPtrArray *
wb_test_program_objects (WbTestProgram *self)
{
  GPtrArray *objects = g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);
  g_auto (GStrv) lines = g_strsplit (self->out, "\n", -1);

  for (gsize i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    {
      g_autoptr (GError) error = NULL;
      JsonNode *node = json_from_string (lines[i], &error);

      g_assert_no_error (error);
      g_assert_true (JSON_NODE_HOLDS_OBJECT (node));
      g_ptr_array_add (objects, node);
    }
  return objects;
}

static inline JsonObject *
wb_test_object (GPtrArray *objects, guint i)
{
  g_assert_cmpuint (i, <, objects->len);
  return json_node_get_object (objects->pdata[i]);
}

/* Exactly these keys, in this order, separated by blanks. */
static inline void
wb_test_assert_keys (JsonObject *object, const char *keys)
{
  g_autoptr (GList) members = json_object_get_members (object);
  g_autoptr (GString) found = g_string_new (NULL);

  for (GList *l = members; l != NULL; l = l->next)
    g_string_append_printf (found, "%s%s", l == members ? "" : " ", (char *) l->data);
  g_assert_cmpstr (found->str, ==, keys);
}

static inline void
wb_test_program_write (WbTestProgram *self, const char *name, const char *text, gssize length)
{
  g_autofree char *path = wb_test_program_path (self, name);
  g_assert_true (g_file_set_contents (path, text, length, NULL));
}

/* A file in RTE's layout: a pair is entailed when both texts are the same. */
static inline void
wb_test_program_write_pairs (WbTestProgram *self, const char *name, gsize n, guint64 seed)
{
  g_auto (GStrv) sentences = wb_test_text_new (2 * n, seed);
  g_autoptr (GString) text = g_string_new ("index\tsentence1\tsentence2\tlabel\n");

  for (gsize i = 0; i < n; i++)
    g_string_append_printf (text, "%zu\t%s\t%s\t%s\n", i, sentences[2 * i],
                            sentences[2 * i + i % 2], i % 2 == 0 ? "entailment" : "not_entailment");
  wb_test_program_write (self, name, text->str, (gssize) text->len);
}

/* A home, a tiny model of random weights in model/, train.tsv and dev.tsv. */
static inline void
wb_test_program_set_up (WbTestProgram *self, gconstpointer data)
{
  g_autofree char *model = NULL;

  *self = (WbTestProgram){ .home = wb_test_folder_new () };
  model = wb_test_program_path (self, "model");
  wb_test_model_folder_make (model);
  wb_test_program_write_pairs (self, "train.tsv", 48, 11);
  wb_test_program_write_pairs (self, "dev.tsv", 20, 12);
}

static inline void
wb_test_program_tear_down (WbTestProgram *self, gconstpointer data)
{
  wb_test_folder_free (self->home);
  g_free (self->out);
  g_free (self->err);
}
