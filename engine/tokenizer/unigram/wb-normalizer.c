#include "config.h"

#include <string.h>

#include "engine/tokenizer/unigram/wb-normalizer-private.h"
#include "engine/tokenizer/wb-characters-private.h"

#define SPACE_BYTES 3 /* U+2581 */

typedef struct
{
  const WbSpmFile *file;
  const char      *at;
  const char      *end;
  guint32          character; /* of @at */
  GArray          *spans;
} Aligner;

/* A step: the longest match at one place and what it becomes. */
typedef struct
{
  const char *text;
  gsize       length;
  gsize       consumed; /* bytes of the source */
} Step;

static gsize /* of the longest user-defined piece here, which is taken as it is; 0: none */
match_user_defined (const Aligner *self)
{
  const WbSpmFile *file = self->file;
  const guint8     first = (guint8) *self->at;
  const gsize      most = MIN (file->max_user_defined, (gsize) (self->end - self->at));
  char             text[WB_PIECE_MAX_BYTES + 1];

  if (most == 0 || !(file->user_defined_starts[first / 8] & 1u << first % 8))
    return 0;
  memcpy (text, self->at, most);
  text[most] = '\0';
  for (gsize n = strlen (text); n > 0; n--)
    {
      gint32 id;
      text[n] = '\0';
      id = wb_spm_file_find (file, text);
      if (id >= 0 && wb_spm_file_get_piece (file, (gsize) id)->type == WB_PIECE_USER_DEFINED)
        return n;
    }
  return 0;
}

static Step
next_step (const Aligner *self)
{
  const gsize left = (gsize) (self->end - self->at);
  Step        step = { .text = self->at };

  step.consumed = match_user_defined (self);
  if (step.consumed == 0)
    {
      const char *replacement =
          wb_charsmap_match (&self->file->charsmap, self->at, left, &step.consumed);
      if (replacement != NULL)
        return (Step){ replacement, strlen (replacement), step.consumed };
      step.consumed = (gsize) (g_utf8_next_char (self->at) - self->at);
    }
  step.length = step.consumed;
  return step;
}

static void
advance (Aligner *self, const Step *step)
{
  self->character += wb_count_characters (self->at, step->consumed);
  self->at += step->consumed;
}

static void
append (Aligner *self, WbSourceSpan span, gsize n)
{
  while (n-- > 0)
    g_array_append_val (self->spans, span);
}

static void /* what was dropped belongs to what stands before it, to all bytes of it */
extend_last (Aligner *self)
{
  WbSourceSpan *spans = (WbSourceSpan *) self->spans->data;
  guint         i = self->spans->len;
  const guint32 end = i > 0 ? spans[i - 1].end : 0;
  const guint32 start = i > 0 ? spans[i - 1].start : 0;

  while (i > 0 && spans[i - 1].start == start && spans[i - 1].end == end)
    spans[--i].end = self->character;
}

static gboolean /* returns whether it ends with a space */
append_step (Aligner *self, const Step *step, gboolean after_space, gsize *trailing)
{
  const gsize        width = self->file->escape_whitespaces ? SPACE_BYTES : 1;
  const WbSourceSpan span = { self->character,
                              self->character + wb_count_characters (self->at, step->consumed) };
  gsize              from = 0;

  while (after_space && from < step->length && step->text[from] == ' ')
    from++;
  advance (self, step);
  if (from == step->length)
    {
      extend_last (self);
      return after_space;
    }
  for (gsize i = from; i < step->length; i++)
    {
      const gboolean space = step->text[i] == ' ';
      append (self, span, space ? width : 1);
      *trailing = space ? *trailing + width : 0;
    }
  if (step->length == SPACE_BYTES && memcmp (step->text, "\u2581", SPACE_BYTES) == 0)
    *trailing += SPACE_BYTES; /* written out, in a file whose map keeps it */
  return step->text[step->length - 1] == ' ';
}

static void
skip_leading (Aligner *self)
{
  while (self->file->remove_extra_whitespaces && self->at < self->end)
    {
      const Step step = next_step (self);
      if (step.length != 1 || step.text[0] != ' ')
        return;
      advance (self, &step);
    }
}

void
wb_normalizer_align (const WbSpmFile *file, const char *text, gsize length, GArray *spans)
{
  Aligner        self = { file, text, text + length, 0, spans };
  const gboolean squeeze = file->remove_extra_whitespaces;
  gboolean       after_space = squeeze;
  gsize          trailing = 0;

  g_array_set_size (spans, 0);
  skip_leading (&self);
  if (self.at == self.end)
    return;
  if (file->add_dummy_prefix)
    {
      trailing = file->escape_whitespaces ? SPACE_BYTES : 1;
      append (&self, (WbSourceSpan){ self.character, self.character }, trailing);
    }
  while (self.at < self.end)
    {
      const Step step = next_step (&self);
      after_space = append_step (&self, &step, after_space, &trailing) && squeeze;
    }
  if (squeeze)
    g_array_set_size (spans, spans->len - (guint) trailing);
}
