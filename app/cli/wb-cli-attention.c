#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/cli/wb-cli-model-private.h"
#include "app/core/wb-app-error.h"
#include "app/inspector/wb-attention-file-private.h"
#include "app/inspector/wb-attention-summary-private.h"

/* `attention`: the terms and probabilities of one text, of every layer and head or of some. */

/* Above it --json prints what was named only: 4 n² numbers a head. */
#define MOST_TOKENS 128

typedef struct
{
  WbCli             *cli;
  WbCliModel         model;
  WbInspector       *inspector;
  WbAttentionRequest request;
  WbInspection      *inspection;
  WbAttentionFile   *file; /* (nullable) */
  WbJson            *json; /* (nullable) */
  GPtrArray         *rows; /* (nullable) (element-type GStrv): of the table for people */
  GError            *error;

  char *name; /* options as typed */
  char *text;
  char *pair;
  char *layers;
  char *heads;
  char *without;
  char *mask;
  char *to;
} Attention;

static int
compare_numbers (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const gsize x = *(const gsize *) a, y = *(const gsize *) b;

  return x < y ? -1 : x > y;
}

/* What a list of numbers counts: layers of the model, tokens of the text. */
typedef struct
{
  const char *option; /* "layer" */
  const char *owner;  /* "model" */
  const char *noun;   /* "layer" */
  gsize       n;
} Countable;

static void
refuse_number (const Countable *what, const char *text, GError **error)
{
  g_autofree char *range = what->n == 1 ? g_strdup_printf ("1 %s, numbered 0", what->noun)
                                        : g_strdup_printf ("%zu %ss, numbered 0 to %zu", what->n,
                                                           what->noun, what->n - 1);

  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
               "--%s %.80s: the %s has %s; commas between several", what->option, text, what->owner,
               range);
}

/* "0,3"; %NULL: all.  Ascending, each once.  (transfer full) */
static gsize *
parse_numbers (const char *text, const Countable *what, gsize *n, GError **error)
{
  g_auto (GStrv) words = g_strsplit (text != NULL && *text != '\0' ? text : "none", ",", -1);
  const gsize n_words = text != NULL ? g_strv_length (words) : 0;
  gsize      *numbers = g_new (gsize, MAX (what->n, n_words));

  *n = text == NULL ? what->n : 0;
  for (gsize i = 0; i < *n; i++)
    numbers[i] = i;
  for (gsize i = 0; i < n_words; i++)
    {
      guint64 value;

      if (!g_ascii_string_to_unsigned (words[i], 10, 0, G_MAXSIZE, &value, NULL) ||
          value >= what->n)
        {
          refuse_number (what, text, error);
          g_free (numbers);
          return NULL;
        }
      numbers[(*n)++] = (gsize) value;
    }
  g_qsort_with_data (numbers, (int) *n, sizeof *numbers, compare_numbers, NULL);
  for (gsize i = 0, kept = 0, end = *n; i < end; i++, *n = kept)
    if (kept == 0 || numbers[kept - 1] != numbers[i])
      numbers[kept++] = numbers[i];
  return numbers;
}

/* --mask */
static gboolean
mask_tokens (Attention *self, GError **error)
{
  const Countable   what = { "mask", "text", "token",
                             wb_inspector_get_encoding (self->inspector)->n };
  g_autofree gsize *places = NULL;
  gsize             n;

  if (self->mask == NULL)
    return TRUE;
  places = parse_numbers (self->mask, &what, &n, error);
  for (gsize i = 0; places != NULL && i < n; i++)
    wb_inspector_mask (self->inspector, places[i]);
  return places != NULL;
}

static gboolean
parse_without (const char *text, WbAttentionTerms *off, GError **error)
{
  static const char *const names[] = { "c2c", "c2p", "p2c" };
  g_auto (GStrv) words = g_strsplit (text != NULL ? text : "", ",", -1);

  for (gsize i = 0; words[i] != NULL; i++)
    {
      gsize t = 0;

      while (t < G_N_ELEMENTS (names) && !g_str_equal (words[i], names[t]))
        t++;
      if (t == G_N_ELEMENTS (names))
        {
          g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
                       "--without %.80s: terms are c2c, c2p and p2c, with commas between", text);
          return FALSE;
        }
      *off |= (WbAttentionTerms) (1u << t);
    }
  return TRUE;
}

static gboolean
parse_request (Attention *self, GError **error)
{
  const WbModelConfig *config = wb_inspector_get_config (self->inspector);
  const Countable      layers = { "layer", "model", "layer", config->n_layers };
  const Countable      heads = { "head", "model", "head", config->n_heads };
  WbAttentionRequest  *r = &self->request;
  const gsize          n = wb_inspector_get_encoding (self->inspector)->n;

  r->layers = parse_numbers (self->layers, &layers, &r->n_layers, error);
  if (r->layers == NULL)
    return FALSE;
  r->heads = parse_numbers (self->heads, &heads, &r->n_heads, error);
  if (r->heads == NULL || !mask_tokens (self, error))
    return FALSE;
  if (self->cli->json && self->layers == NULL && self->to == NULL && n > MOST_TOKENS)
    {
      g_set_error (
          error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
          "the text has %zu tokens: above %d name a layer (--layer 0), or write the numbers "
          "with --to FILE.npy",
          n, MOST_TOKENS);
      return FALSE;
    }
  return TRUE;
}

static char *
dup_pair (const Attention *self, const WbAttentionSummary *summary)
{
  g_autofree char *query = wb_inspector_dup_token (self->inspector, summary->query);
  g_autofree char *key = wb_inspector_dup_token (self->inspector, summary->key);

  if (summary->strongest == 0)
    return g_strdup ("");
  return g_strdup_printf ("%.3f  %zu %s → %zu %s", summary->strongest, summary->query, query,
                          summary->key, key);
}

static char *
dup_share (double share)
{
  const double percent = round (share * 100);

  return g_strdup_printf ("%.0f %%", percent == 0 ? 0.0 : percent); /* not -0 */
}

static void
add_rows (Attention *self, const WbInspectedLayer *layer)
{
  const guint summed = wb_inspector_get_terms (self->inspector) & ~self->request.off;

  for (gsize h = 0; h < layer->n_heads; h++)
    {
      char             **cells = g_new0 (char *, 9);
      WbAttentionSummary s;

      wb_attention_summarize (layer, h, self->inspector, &s);
      cells[0] = g_strdup_printf ("%zu", layer->layer);
      cells[1] = g_strdup_printf ("%zu", layer->heads[h]);
      for (gsize t = 0; t < G_N_ELEMENTS (s.shares); t++)
        cells[2 + t] = (summed & (1u << t)) != 0 ? dup_share (s.shares[t]) : g_strdup ("–");
      cells[5] = g_strdup_printf ("%.2f", s.entropy);
      cells[6] = dup_share (s.special);
      cells[7] = dup_pair (self, &s);
      g_ptr_array_add (self->rows, cells);
    }
}

static gboolean
layer_cb (const WbInspectedLayer *layer, gpointer user_data)
{
  Attention *self = user_data;

  wb_cli_progress (self->cli, "layers",
                   (double) (layer->layer + 1) /
                       (double) wb_inspector_get_config (self->inspector)->n_layers,
                   NULL, -1);
  if (self->file != NULL && !wb_attention_file_add (self->file, layer, &self->error))
    return FALSE;
  if (self->json != NULL && self->file == NULL)
    {
      wb_attention_json_layer (self->json, layer);
      fputs (wb_json_get (self->json), stdout);
      wb_json_continue (self->json);
    }
  if (self->rows != NULL)
    add_rows (self, layer);
  return TRUE;
}

/* How the text went in: nothing is said where it went in whole. */
static void
note_text (const Attention *self)
{
  const WbEncoding *encoding = wb_inspector_get_encoding (self->inspector);

  if (encoding->truncated > 0)
    g_printerr ("the text is longer: %zu of its tokens are cut off at %zu (--max-length)\n",
                encoding->truncated, encoding->n);
}

static void
begin_output (Attention *self)
{
  if (!self->cli->json)
    self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  else
    self->json = wb_json_new ();
  if (self->json == NULL)
    return;
  if (self->file == NULL)
    wb_attention_json_begin (self->json, self->inspector, &self->request);
}

static void
print_file_object (Attention *self)
{
  wb_json_begin_object (self->json, NULL);
  wb_attention_json_head (self->json, self->inspector, &self->request);
  wb_json_text (self->json, "to", self->to);
  wb_json_end_object (self->json);
}

static void
print_table (Attention *self)
{
  static const char *const headings[] = { "layer", "head",    "c2c",     "c2p",
                                          "p2c",   "entropy", "special", "strongest" };
  g_autofree char         *verdict = wb_inspector_dup_verdict (self->inspector, self->inspection);

  wb_cli_print_table (headings, "rrrrrrrl", self->rows);
  if (verdict != NULL)
    wb_cli_print ("\nprediction: %s\n", verdict);
}

static void
end_output (Attention *self)
{
  if (self->rows != NULL)
    {
      print_table (self);
      return;
    }
  if (self->file == NULL)
    wb_attention_json_end (self->json);
  else
    print_file_object (self);
  wb_json_print (self->json);
}

static gboolean
look (Attention *self, GError **error)
{
  const WbModelConfig *config = wb_inspector_get_config (self->inspector);

  for (gsize i = 0; i < self->request.n_layers; i++)
    wb_inspection_want (self->inspection, self->request.layers[i], self->request.heads,
                        self->request.n_heads);
  for (gsize l = 0; l < config->n_layers && self->request.off != 0; l++)
    for (gsize h = 0; h < config->n_heads; h++)
      wb_inspection_set_terms (self->inspection, l, h, WB_ATTENTION_ALL_TERMS & ~self->request.off);
  begin_output (self);
  if (wb_inspection_run (self->inspection, layer_cb, self, error))
    return TRUE;
  if (self->error == NULL)
    return FALSE;
  g_clear_error (error);
  g_propagate_error (error, g_steal_pointer (&self->error));
  return FALSE;
}

static gboolean
attention (Attention *self, GError **error)
{
  if (!wb_inspector_check_memory (self->inspector, self->request.n_heads, error))
    return FALSE;
  self->inspection = wb_inspector_begin (self->inspector, error);
  if (self->inspection == NULL)
    return FALSE;
  if (self->to != NULL)
    {
      self->file = wb_attention_file_new (self->to, self->inspector, &self->request, error);
      if (self->file == NULL)
        return FALSE;
    }
  if (!look (self, error))
    return FALSE;
  wb_cli_progress_clear (self->cli);
  if (self->file != NULL && !wb_attention_file_commit (self->file, error))
    return FALSE;
  end_output (self);
  return TRUE;
}

/* What --max-length says, else the run's own; a text is not cut otherwise. */
static gsize
get_max_length (const Attention *self, const WbCliSettings *own, WbSettings *settings)
{
  gsize                n;
  const WbSettingInfo *table = wb_setting_get_all (&n);
  const WbSettingInfo *info = wb_setting_find ("max-length");

  return self->model.plan != NULL || own->values[info - table] != NULL
             ? wb_settings_get_count (settings, "max-length")
             : 0;
}

static gboolean
open_text (Attention *self, WbWorkspace *workspace, const WbCliSettings *own, GError **error)
{
  g_autoptr (WbSettings) settings = NULL;

  if (!wb_cli_model_open (&self->model, workspace, self->name, own, &settings, error))
    return FALSE;
  self->inspector = wb_inspector_open (self->model.folder, settings, error);
  if (self->inspector == NULL || !wb_inspector_read (self->inspector, self->text, self->pair,
                                                     get_max_length (self, own, settings), error))
    return FALSE;
  note_text (self);
  return TRUE;
}

static int
run (Attention *self, int argc, char **argv, const WbCliSettings *own)
{
  g_autoptr (WbWorkspace) workspace = NULL;
  GError *error = NULL;
  int     status;

  if (!wb_cli_model_take_name (&self->name, argc, argv, &status))
    return status;
  if (self->text == NULL)
    return wb_cli_usage ("which text? give --text TEXT, and --text-pair TEXT for a second one");
  if (!parse_without (self->without, &self->request.off, &error) ||
      (self->to != NULL && !wb_attention_file_check (self->to, &error)))
    return wb_cli_fail (error);
  workspace = wb_cli_open_workspace (self->cli);
  if (workspace == NULL)
    return WB_EXIT_FAILED;
  if (!open_text (self, workspace, own, &error) || !parse_request (self, &error) ||
      !attention (self, &error))
    return wb_cli_fail (error);
  return WB_EXIT_OK;
}

static void
attention_clear (Attention *self)
{
  g_clear_pointer (&self->file, wb_attention_file_free);
  g_clear_pointer (&self->inspection, wb_inspection_free);
  g_clear_pointer (&self->inspector, wb_inspector_free);
  g_clear_pointer (&self->json, wb_json_free);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  wb_cli_model_clear (&self->model);
  g_free (self->request.layers);
  g_free (self->request.heads);
  g_free (self->name);
  g_free (self->text);
  g_free (self->pair);
  g_free (self->layers);
  g_free (self->heads);
  g_free (self->without);
  g_free (self->mask);
  g_free (self->to);
}

int
wb_cli_attention (WbCli *cli, int argc, char **argv)
{
  Attention     self = { .cli = cli };
  WbCliSettings own = { 0 };
  /* Texts are bytes until the tokenizer looks at them: UTF-8 whatever the locale says. */
  const GOptionEntry entries[] = {
    { "model", 0, 0, G_OPTION_ARG_STRING, &self.name, "Folder, library name or run", "MODEL" },
    { "text", 0, 0, G_OPTION_ARG_FILENAME, &self.text, "The text", "TEXT" },
    { "text-pair", 0, 0, G_OPTION_ARG_FILENAME, &self.pair, "A second text, for pairs", "TEXT" },
    { "layer", 0, 0, G_OPTION_ARG_STRING, &self.layers, "Layers, from 0; all", "L[,L]" },
    { "head", 0, 0, G_OPTION_ARG_STRING, &self.heads, "Heads, from 0; all", "H[,H]" },
    { "without", 0, 0, G_OPTION_ARG_STRING, &self.without,
      "Terms left out of every score: c2c, c2p, p2c", "TERM[,TERM]" },
    { "mask", 0, 0, G_OPTION_ARG_STRING, &self.mask, "Tokens, from 0, that become [MASK]",
      "N[,N]" },
    { "to", 0, 0, G_OPTION_ARG_FILENAME, &self.to, "Write the numbers: .npy, .csv or .json",
      "FILE" },
    { NULL },
  };
  g_autofree GOptionEntry *all = wb_cli_settings_merge (&own, entries);
  int                      status;

  if (wb_cli_parse (
          cli, all, "[MODEL]",
          "Prints a row for each head: the part of its scores' variance that each term carries\n"
          "(content to content, content to position, position to content), the entropy of its\n"
          "probabilities in bits, what goes to [CLS] and [SEP], and the strongest pair of tokens.\n"
          "With --json the terms themselves and the probabilities, rows are queries.",
          &argc, &argv, &status))
    status = run (&self, argc, argv, &own);
  attention_clear (&self);
  wb_cli_settings_clear (&own);
  return status;
}
