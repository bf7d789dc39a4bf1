#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/cli/wb-cli.h"
#include "app/core/wb-json.h"
#include "app/core/wb-app-error.h"
#include "app/runs/wb-model-choice.h"
#include "engine/tokenizer/wb-tokenizer.h"

/* `tokenize`: ids, pieces and source offsets of standard input's lines. */

typedef struct
{
  const WbTokenizer *tokenizer;
  WbEncoding        *encoding;
  WbJson            *json; /* (nullable): for people */
  gboolean           pair;
  guint64            line; /* from 1 */
} Tokenize;

static char * /* piece or added token; an id never lacks one, but a file may lie */
dup_token (const Tokenize *self, gsize i)
{
  char *token = wb_tokenizer_dup_token (self->tokenizer, self->encoding->ids[i]);

  return token != NULL ? token : g_strdup ("");
}

static void
print_json (const Tokenize *self)
{
  const WbEncoding *encoding = self->encoding;

  wb_json_begin_object (self->json, NULL);
  wb_json_begin_array (self->json, "ids");
  for (gsize i = 0; i < encoding->n; i++)
    wb_json_integer (self->json, NULL, encoding->ids[i]);
  wb_json_end_array (self->json);
  wb_json_begin_array (self->json, "tokens");
  for (gsize i = 0; i < encoding->n; i++)
    {
      g_autofree char *token = dup_token (self, i);
      wb_json_text (self->json, NULL, token);
    }
  wb_json_end_array (self->json);
  wb_json_begin_array (self->json, "offsets");
  for (gsize i = 0; i < encoding->n; i++)
    {
      wb_json_begin_array (self->json, NULL);
      wb_json_integer (self->json, NULL, encoding->offsets[i].start);
      wb_json_integer (self->json, NULL, encoding->offsets[i].end);
      wb_json_end_array (self->json);
    }
  wb_json_end_array (self->json);
  wb_json_begin_array (self->json, "type_ids");
  for (gsize i = 0; i < encoding->n; i++)
    wb_json_integer (self->json, NULL, encoding->type_ids[i]);
  wb_json_end_array (self->json);
  wb_json_end_object (self->json);
  wb_json_print (self->json);
}

static void /* a row a token, an empty one after each line */
print_rows (const Tokenize *self)
{
  const WbEncoding *encoding = self->encoding;
  g_autoptr (GString) out = g_string_new (NULL);

  for (gsize i = 0; i < encoding->n; i++)
    {
      g_autofree char *token = dup_token (self, i);
      g_string_append_printf (out, "%d\t%s\t%u\t%u\t%d\n", encoding->ids[i], token,
                              encoding->offsets[i].start, encoding->offsets[i].end,
                              encoding->type_ids[i]);
    }
  wb_cli_print ("%s\n", out->str);
}

static gboolean
fail_line (const Tokenize *self, GError **error, const char *why)
{
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_INVALID,
               "standard input, line %" G_GUINT64_FORMAT ": %s", self->line, why);
  return FALSE;
}

/* Offsets of a pair's second text count from the line's start too. */
static void
shift_second (const Tokenize *self, const char *first)
{
  const WbEncoding *encoding = self->encoding;
  const guint32     shift = (guint32) g_utf8_strlen (first, -1) + 1;

  for (gsize i = 0; i + 1 < encoding->n; i++) /* the last one is [SEP] */
    if (encoding->type_ids[i] == 1)
      {
        encoding->offsets[i].start += shift;
        encoding->offsets[i].end += shift;
      }
}

static gboolean
tokenize_line (Tokenize *self, char *line, gsize length, GError **error)
{
  char *second = NULL;
  g_autoptr (GError) inner = NULL;

  while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
    line[--length] = '\0';
  if (strlen (line) != length)
    return fail_line (self, error, "a NUL is no text");
  if (self->pair)
    {
      second = strchr (line, '\t');
      if (second == NULL || strchr (second + 1, '\t') != NULL)
        return fail_line (self, error, "--pair needs two texts with one tab between them");
      *second++ = '\0';
    }
  if (!wb_tokenizer_encode (self->tokenizer, line, second, NULL, self->encoding, &inner))
    return fail_line (self, error, inner->message);
  if (second != NULL)
    shift_second (self, line);
  if (self->json != NULL)
    print_json (self);
  else
    print_rows (self);
  return TRUE;
}

static gboolean
tokenize_input (Tokenize *self, GError **error)
{
  char    *line = NULL;
  size_t   allocated = 0;
  ssize_t  length;
  gboolean ok = TRUE;

  while (ok && (length = getline (&line, &allocated, stdin)) >= 0)
    {
      self->line++;
      ok = tokenize_line (self, line, (gsize) length, error);
    }
  if (ok && ferror (stdin))
    ok = fail_line (self, error, g_strerror (errno));
  free (line);
  return ok;
}

static gboolean /* of half a vocabulary the tokenizer says what is missing */
has_vocabulary (const char *folder)
{
  g_auto (GStrv) names = wb_tokenizer_find_vocabulary (folder);
  g_autofree char *vocab = g_build_filename (folder, "vocab.json", NULL);
  g_autofree char *merges = g_build_filename (folder, "merges.txt", NULL);

  return names[0] != NULL || g_file_test (vocab, G_FILE_TEST_EXISTS) ||
         g_file_test (merges, G_FILE_TEST_EXISTS);
}

/* A folder with a vocabulary needs no model beside it, and no home. */
static WbTokenizer *
load (WbCli *cli, const char *model, GError **error)
{
  g_autoptr (WbWorkspace) workspace = NULL;
  g_autofree char *folder = NULL;

  if (has_vocabulary (model))
    return wb_tokenizer_load (model, error);
  workspace = wb_workspace_open (cli->home, error);
  if (workspace == NULL)
    return NULL;
  folder = wb_model_choice_resolve (workspace, model, error);
  return folder != NULL ? wb_tokenizer_load (folder, error) : NULL;
}

int
wb_cli_tokenize (WbCli *cli, int argc, char **argv)
{
  g_autofree char   *model = NULL;
  gboolean           pair = FALSE;
  const GOptionEntry entries[] = {
    { "model", 0, 0, G_OPTION_ARG_STRING, &model, "Folder, model of the library, or run", "MODEL" },
    { "pair", 0, 0, G_OPTION_ARG_NONE, &pair, "Lines are two texts with a tab between", NULL },
    { NULL },
  };
  g_autoptr (WbTokenizer) tokenizer = NULL;
  g_autoptr (WbEncoding) encoding = NULL;
  g_autoptr (WbJson) json = NULL;
  GError  *error = NULL;
  Tokenize self;
  int      status;

  if (!wb_cli_parse (cli, entries, "< TEXT",
                     "Reads lines from standard input. Prints a row for each token: id, piece,\n"
                     "first character, character after the last, text it belongs to (0 or 1);\n"
                     "an empty row ends a line's tokens. With --json one object a line.",
                     &argc, &argv, &status))
    return status;
  if (argc > 1)
    return wb_cli_usage ("“%s”: tokenize reads standard input and takes no arguments", argv[1]);
  if (model == NULL)
    return wb_cli_usage (
        "tokenize needs --model MODEL: a folder, a model of the library, or a run");
  tokenizer = load (cli, model, &error);
  if (tokenizer == NULL)
    return wb_cli_fail (error);
  encoding = wb_encoding_new ();
  json = cli->json ? wb_json_new () : NULL;
  self = (Tokenize){ tokenizer, encoding, json, pair, 0 };
  return tokenize_input (&self, &error) ? WB_EXIT_OK : wb_cli_fail (error);
}
