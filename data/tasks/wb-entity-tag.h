#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WbEntityTag:
 * @prefix: 'O' outside, 'B' first, 'I' inside, 'E' last, 'S' alone
 * @type: (nullable): "PER", lent, not terminated
 *
 * A label of a word: "O", or a prefix, a hyphen and a type (IOB1, IOB2 and BIOES alike).
 */
typedef struct
{
  char        prefix;
  const char *type;
  gsize       length;
} WbEntityTag;

#define WB_ENTITY_OUTSIDE ((WbEntityTag){ 'O', NULL, 0 })

/* %FALSE: @label is no such label. */
gboolean wb_entity_tag_parse (WbEntityTag *self, const char *label, gsize length);

gboolean wb_entity_tag_has_same_type (const WbEntityTag *self, const WbEntityTag *other);

/**
 * wb_entity_tag_starts:
 * @previous: of the word before; %WB_ENTITY_OUTSIDE for a sentence's first
 *
 * Whether an entity starts at the word (conlleval, fact sheet 6.8): at B and S, behind O, E and S,
 * and where the type changes.
 */
gboolean wb_entity_tag_starts (const WbEntityTag *self, const WbEntityTag *previous);

G_END_DECLS
