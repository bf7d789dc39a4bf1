#pragma once

#include "engine/tokenizer/files/wb-tokenizer-config-private.h"

G_BEGIN_DECLS

/**
 * WbAdded:
 *
 * Added tokens that are taken literally where a text has them, before anything else is done to it;
 * in a text that will be lower-cased, those that are @normalized whatever their case.
 * The five special ones are not among them: as the published tokenizers have it, their names in a
 * text are text.  Immutable.
 */
typedef struct _WbAdded WbAdded;

/* Bytes [start, end) of the text; with @lstrip and @rstrip the blanks around are in it. */
typedef struct
{
  const WbAddedToken *token;
  gsize               start;
  gsize               end;
} WbAddedMatch;

/* (nullable): there are none.  Borrows the tokens of @config. */
WbAdded *wb_added_new (const WbTokenizerConfig *config);
void     wb_added_free (WbAdded *self);

/* The first match at or after @from, the longest of those that begin there. */
gboolean wb_added_next (const WbAdded *self,
                        const char    *text,
                        gsize          length,
                        gsize          from,
                        WbAddedMatch  *match);

G_END_DECLS
