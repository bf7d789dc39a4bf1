#include "config.h"

#include <string.h>

#include "data/datasets/wb-sample-grammar-private.h"

static const char *const determiners[] = { "the" };
static const char *const adjectives[] = { "big",   "small", "old",   "young",  "happy",
                                          "tired", "brave", "quiet", "clever", "hungry" };
static const char *const nouns[] = { "dog", "cat",  "horse",  "bear",
                                     "boy", "girl", "farmer", "doctor" };
static const char *const verbs[] = { "saw",    "helped", "followed", "called", "chased",
                                     "pushed", "found",  "thanked",  "warned", "greeted" };
static const char *const prepositions[] = { "near", "behind", "in" };
static const char *const places[] = { "river", "garden", "house", "market", "forest", "school" };
static const char *const times[] = { "yesterday", "today", "again", "twice" };

#define WORDS(list)                                                                                \
  {                                                                                                \
    list, G_N_ELEMENTS (list)                                                                      \
  }
static const struct
{
  const char *const *words;
  gsize              n;
} lexicon[WB_N_WORD_CLASSES] = {
  [WB_WORD_DETERMINER] = WORDS (determiners),
  [WB_WORD_ADJECTIVE] = WORDS (adjectives),
  [WB_WORD_NOUN] = WORDS (nouns),
  [WB_WORD_VERB] = WORDS (verbs),
  [WB_WORD_PREPOSITION] = WORDS (prepositions),
  [WB_WORD_PLACE] = WORDS (places),
  [WB_WORD_TIME] = WORDS (times),
};

guint32
wb_sample_draw (WbSampleRandom *self, guint32 n)
{
  guint64 z = self->state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return (guint32) (((z ^ (z >> 31)) >> 32) * n >> 32);
}

WbSampleEvent
wb_sample_draw_event (WbSampleRandom *random)
{
  const guint32 n = G_N_ELEMENTS (nouns);
  WbSampleEvent event;

  event.agent = wb_sample_draw (random, n);
  event.verb = wb_sample_draw (random, G_N_ELEMENTS (verbs));
  event.patient = (event.agent + 1 + wb_sample_draw (random, n - 1)) % n;
  return event;
}

static void
add (WbSampleSentence *self, WbWordClass class, gsize word)
{
  self->words[self->n] = lexicon[class].words[word];
  self->classes[self->n++] = class;
}

static void
add_any (WbSampleSentence *self, WbWordClass class, WbSampleRandom *random)
{
  add (self, class, wb_sample_draw (random, (guint32) lexicon[class].n));
}

static void
add_noun_phrase (WbSampleSentence *self, gsize noun, WbSampleRandom *random)
{
  add (self, WB_WORD_DETERMINER, 0);
  if (wb_sample_draw (random, 4) == 0)
    add_any (self, WB_WORD_ADJECTIVE, random);
  add (self, WB_WORD_NOUN, noun);
}

void
wb_sample_tell (const WbSampleEvent *event, WbSampleRandom *random, WbSampleSentence *out)
{
  out->n = 0;
  add_noun_phrase (out, event->agent, random);
  add (out, WB_WORD_VERB, event->verb);
  add_noun_phrase (out, event->patient, random);
  if (wb_sample_draw (random, 3) == 0)
    {
      add_any (out, WB_WORD_PREPOSITION, random);
      add (out, WB_WORD_DETERMINER, 0);
      add_any (out, WB_WORD_PLACE, random);
    }
  if (wb_sample_draw (random, 3) == 0)
    add_any (out, WB_WORD_TIME, random);
}

static gboolean
take (const WbWordClass *classes, gsize n, gsize *at, WbWordClass class)
{
  const gboolean there = *at < n && classes[*at] == class;

  *at += there;
  return there;
}

static gboolean
take_noun_phrase (const WbWordClass *classes, gsize n, gsize *at)
{
  if (!take (classes, n, at, WB_WORD_DETERMINER))
    return FALSE;
  take (classes, n, at, WB_WORD_ADJECTIVE);
  return take (classes, n, at, WB_WORD_NOUN);
}

gboolean
wb_sample_accepts_classes (const WbWordClass *classes, gsize n)
{
  gsize at = 0;

  if (!take_noun_phrase (classes, n, &at) || !take (classes, n, &at, WB_WORD_VERB) ||
      !take_noun_phrase (classes, n, &at))
    return FALSE;
  if (take (classes, n, &at, WB_WORD_PREPOSITION) &&
      !(take (classes, n, &at, WB_WORD_DETERMINER) && take (classes, n, &at, WB_WORD_PLACE)))
    return FALSE;
  take (classes, n, &at, WB_WORD_TIME);
  return at == n;
}

static void
swap_words (WbSampleSentence *self, gsize i, gsize j)
{
  const char *word = self->words[i];
  const WbWordClass class = self->classes[i];

  self->words[i] = self->words[j];
  self->classes[i] = self->classes[j];
  self->words[j] = word;
  self->classes[j] = class;
}

static gboolean /* an animal near a river, or a river near an animal: both are English */
are_things (const WbSampleSentence *self, gsize i, gsize j)
{
  const WbWordClass a = self->classes[i], b = self->classes[j];

  return (a == WB_WORD_NOUN || a == WB_WORD_PLACE) && (b == WB_WORD_NOUN || b == WB_WORD_PLACE);
}

void
wb_sample_disorder (WbSampleSentence *self, WbSampleRandom *random)
{
  const guint32 n = (guint32) self->n;

  for (;;)
    {
      const gsize i = 1 + wb_sample_draw (random, n - 2);
      const gsize j = wb_sample_draw (random, 2) == 0 ? i + 1 : 1 + wb_sample_draw (random, n - 1);
      if (i == j || are_things (self, i, j))
        continue;
      swap_words (self, i, j);
      if (!wb_sample_accepts_classes (self->classes, self->n))
        return;
      swap_words (self, i, j);
    }
}

char *
wb_sample_print (const WbSampleSentence *sentence)
{
  GString *out = g_string_new (NULL);

  for (gsize i = 0; i < sentence->n; i++)
    g_string_append_printf (out, "%s%s", i > 0 ? " " : "", sentence->words[i]);
  out->str[0] = g_ascii_toupper (out->str[0]);
  g_string_append_c (out, '.');
  return g_string_free (out, FALSE);
}

static WbWordClass
find_class (const char *word)
{
  for (guint class = 0; class < WB_N_WORD_CLASSES; class ++)
    for (gsize i = 0; i < lexicon[class].n; i++)
      if (g_str_equal (lexicon[class].words[i], word))
        return class;
  return WB_N_WORD_CLASSES;
}

gboolean
wb_sample_accepts (const char *sentence)
{
  g_auto (GStrv) words = NULL;
  g_autofree char *text = g_strdup (sentence);
  WbWordClass      classes[WB_SAMPLE_MAX_WORDS];
  const gsize      length = strlen (text);
  gsize            n;

  if (length < 2 || text[length - 1] != '.' || !g_ascii_isupper (text[0]))
    return FALSE;
  text[length - 1] = '\0';
  text[0] = g_ascii_tolower (text[0]);
  words = g_strsplit (text, " ", -1);
  n = g_strv_length (words);
  if (n > WB_SAMPLE_MAX_WORDS)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    classes[i] = find_class (words[i]);
  return wb_sample_accepts_classes (classes, n);
}

static char * /* "dog, cat, horse, …" */
list_words (gboolean capital)
{
  GString *out = g_string_new (NULL);

  for (guint class = 0; class < WB_N_WORD_CLASSES; class ++)
    for (gsize i = 0; i < lexicon[class].n; i++)
      {
        const gsize start = out->len;
        g_string_append_printf (out, "%s, ", lexicon[class].words[i]);
        if (capital)
          out->str[start] = g_ascii_toupper (out->str[start]);
      }
  return g_string_free (out, FALSE);
}

char **
wb_sample_new_sentences (guint64 seed, gsize n)
{
  WbSampleRandom random = { seed };
  char         **out = g_new0 (char *, n + 3);

  for (gsize i = 0; i < n; i++)
    {
      const WbSampleEvent event = wb_sample_draw_event (&random);
      WbSampleSentence    sentence;
      wb_sample_tell (&event, &random, &sentence);
      out[i] = wb_sample_print (&sentence);
    }
  out[n] = list_words (FALSE);
  out[n + 1] = list_words (TRUE);
  return out;
}
