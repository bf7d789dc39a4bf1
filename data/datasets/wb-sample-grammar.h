#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WbSampleKind:
 * @WB_SAMPLE_ORDER: are the words of a sentence in the right order?  "The dog saw the cat." (1),
 * "The saw dog the cat." (0); CoLA's layout
 * @WB_SAMPLE_ROLES: do two sentences tell the same event?  "The dog saw the cat." and "The old dog
 * saw the cat." (same), "The cat saw the dog." (different); RTE's layout
 *
 * @WB_SAMPLE_WORDS: who did it, to whom, where and when, word by word?  "The [dog AGENT] saw the
 * [old cat PATIENT] [near the river PLACE]."; CoNLL's layout
 *
 * Three tasks over one small grammar of English, whose answers no bag of words holds: a wrong
 * sentence has the words of a right one, and a pair names the same animals and people whether or
 * not they swapped roles; a word alone does not say whether it is agent or patient.
 */
typedef enum
{
  WB_SAMPLE_ORDER,
  WB_SAMPLE_ROLES,
  WB_SAMPLE_WORDS,
} WbSampleKind;

/**
 * wb_sample_write:
 * @folder: made where it is not there; gets train.tsv and dev.tsv (words: .txt)
 * @seed: the same seed gives the same files on every machine
 * @error: a G_FILE_ERROR
 *
 * No sentence of dev is in train.  Both labels are equally likely.
 */
gboolean wb_sample_write (WbSampleKind kind,
                          const char  *folder,
                          guint64      seed,
                          gsize        n_train,
                          gsize        n_dev,
                          GError     **error);

/**
 * wb_sample_new_sentences:
 *
 * Text to make a vocabulary from: @n right sentences, then two lists of all words, in which each
 * has a comma behind it.  SentencePiece takes for a candidate only what at least two different
 * words have in common: without the lists "the" would fall into letters.
 *
 * Returns: (transfer full): %NULL-terminated, @n + 2 of them
 */
char **wb_sample_new_sentences (guint64 seed, gsize n);

/* Whether the grammar makes @sentence: "The small dog saw the cat near the river." */
gboolean wb_sample_accepts (const char *sentence);

G_END_DECLS
