#include "config.h"

#include <errno.h>

#include "data/datasets/wb-sample-grammar-private.h"

/* Files of the tasks. */

#define OTHER_SEEDS (G_GUINT64_CONSTANT (1) << 40)

typedef struct
{
  WbSampleKind   kind;
  WbSampleRandom random;
  GHashTable    *dev; /* sentences of the development file, which the training file must not have */
} Writer;

/* One row's sentences and label. */
typedef struct
{
  char    *texts[2];
  gboolean label;
  char    *words; /* lines of words and labels */
} Row;

static void
clear_row (Row *row)
{
  g_clear_pointer (&row->texts[0], g_free);
  g_clear_pointer (&row->texts[1], g_free);
  g_clear_pointer (&row->words, g_free);
}

static void
draw_order_row (Writer *self, Row *row)
{
  const WbSampleEvent event = wb_sample_draw_event (&self->random);
  WbSampleSentence    sentence;

  wb_sample_tell (&event, &self->random, &sentence);
  row->label = wb_sample_draw (&self->random, 2) == 1;
  if (!row->label)
    wb_sample_disorder (&sentence, &self->random);
  row->texts[0] = wb_sample_print (&sentence);
}

static void
draw_roles_row (Writer *self, Row *row)
{
  const WbSampleEvent event = wb_sample_draw_event (&self->random);
  const WbSampleEvent swapped = { event.patient, event.verb, event.agent };
  WbSampleSentence    sentence;

  row->label = wb_sample_draw (&self->random, 2) == 1;
  wb_sample_tell (&event, &self->random, &sentence);
  row->texts[0] = wb_sample_print (&sentence);
  wb_sample_tell (row->label ? &event : &swapped, &self->random, &sentence);
  row->texts[1] = wb_sample_print (&sentence);
}

/* What the words of a class belong to; %NULL: to nothing. */
static const char *
get_type (WbWordClass class, gboolean after_verb, gboolean in_place)
{
  switch (class)
    {
    case WB_WORD_ADJECTIVE:
    case WB_WORD_NOUN:
      return after_verb ? "PATIENT" : "AGENT";
    case WB_WORD_PREPOSITION:
    case WB_WORD_PLACE:
      return "PLACE";
    case WB_WORD_TIME:
      return "TIME";
    case WB_WORD_DETERMINER:
      return in_place ? "PLACE" : NULL;
    case WB_WORD_VERB:
    case WB_N_WORD_CLASSES:
      break;
    }
  return NULL;
}

/* (transfer full): "The O", "dog B-AGENT", … */
static char *
label_words (const WbSampleSentence *sentence)
{
  GString    *out = g_string_new (NULL);
  const char *previous = NULL;
  gboolean    after_verb = FALSE, in_place = FALSE;

  for (gsize i = 0; i < sentence->n; i++)
    {
      const gsize start = out->len;
      const char *type;

      in_place = in_place || sentence->classes[i] == WB_WORD_PREPOSITION;
      type = get_type (sentence->classes[i], after_verb, in_place);
      g_string_append (out, sentence->words[i]);
      if (i == 0)
        out->str[start] = g_ascii_toupper (out->str[start]);
      if (type == NULL)
        g_string_append (out, " O\n");
      else
        g_string_append_printf (out, " %c-%s\n", g_strcmp0 (type, previous) == 0 ? 'I' : 'B', type);
      previous = type;
      after_verb = after_verb || sentence->classes[i] == WB_WORD_VERB;
    }
  g_string_append (out, ". O\n\n");
  return g_string_free (out, FALSE);
}

static void
draw_words_row (Writer *self, Row *row)
{
  const WbSampleEvent event = wb_sample_draw_event (&self->random);
  WbSampleSentence    sentence;

  wb_sample_tell (&event, &self->random, &sentence);
  row->texts[0] = wb_sample_print (&sentence);
  row->words = label_words (&sentence);
}

static gboolean
is_in_dev (const Writer *self, const char *text)
{
  return text != NULL && g_hash_table_contains (self->dev, text);
}

static void
draw_row (Writer *self, gboolean for_dev, Row *row)
{
  for (;;)
    {
      if (self->kind == WB_SAMPLE_ORDER)
        draw_order_row (self, row);
      else if (self->kind == WB_SAMPLE_WORDS)
        draw_words_row (self, row);
      else
        draw_roles_row (self, row);
      if (for_dev || (!is_in_dev (self, row->texts[0]) && !is_in_dev (self, row->texts[1])))
        return;
      clear_row (row);
    }
}

static void
append_row (WbSampleKind kind, const Row *row, gsize index, GString *out)
{
  if (kind == WB_SAMPLE_ORDER)
    g_string_append_printf (out, "smpl\t%d\t%s\t%s\n", row->label ? 1 : 0, row->label ? "" : "*",
                            row->texts[0]);
  else if (kind == WB_SAMPLE_WORDS)
    g_string_append (out, row->words);
  else
    g_string_append_printf (out, "%" G_GSIZE_FORMAT "\t%s\t%s\t%s\n", index, row->texts[0],
                            row->texts[1], row->label ? "same" : "different");
}

static gboolean
write_split (Writer *self, const char *folder, gboolean for_dev, gsize n, GError **error)
{
  const char *suffix = self->kind == WB_SAMPLE_WORDS ? "txt" : "tsv";
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *name = g_strdup_printf ("%s.%s", for_dev ? "dev" : "train", suffix);
  g_autofree char *path = g_build_filename (folder, name, NULL);

  if (self->kind == WB_SAMPLE_ROLES)
    g_string_append (out, "index\tsentence1\tsentence2\tlabel\n");
  for (gsize i = 0; i < n; i++)
    {
      Row row = { { NULL, NULL }, FALSE, NULL };
      draw_row (self, for_dev, &row);
      append_row (self->kind, &row, i, out);
      for (gsize k = 0; for_dev && k < 2 && row.texts[k] != NULL; k++)
        g_hash_table_add (self->dev, g_steal_pointer (&row.texts[k]));
      clear_row (&row);
    }
  return g_file_set_contents (path, out->str, (gssize) out->len, error);
}

gboolean
wb_sample_write (WbSampleKind kind,
                 const char  *folder,
                 guint64      seed,
                 gsize        n_train,
                 gsize        n_dev,
                 GError     **error)
{
  Writer   self = { kind,
                    { seed * 2 + (kind == WB_SAMPLE_ROLES) +
                      (kind == WB_SAMPLE_WORDS) * OTHER_SEEDS },
                    NULL };
  gboolean ok;

  g_return_val_if_fail (folder != NULL, FALSE);

  if (g_mkdir_with_parents (folder, 0777) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s", folder,
                   g_strerror (errno));
      return FALSE;
    }
  self.dev = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  ok = write_split (&self, folder, TRUE, n_dev, error) &&
       write_split (&self, folder, FALSE, n_train, error);
  g_hash_table_unref (self.dev);
  return ok;
}
