#include "data/tasks/wb-entity-tag.h"

#include <string.h>

gboolean
wb_entity_tag_parse (WbEntityTag *self, const char *label, gsize length)
{
  *self = WB_ENTITY_OUTSIDE;
  if (length == 1 && *label == 'O')
    return TRUE;
  if (length < 3 || label[1] != '-' || memchr ("BIES", label[0], 4) == NULL)
    return FALSE;
  *self = (WbEntityTag){ label[0], label + 2, length - 2 };
  return TRUE;
}

gboolean
wb_entity_tag_has_same_type (const WbEntityTag *self, const WbEntityTag *other)
{
  return self->length == other->length &&
         (self->length == 0 || memcmp (self->type, other->type, self->length) == 0);
}

gboolean
wb_entity_tag_starts (const WbEntityTag *self, const WbEntityTag *previous)
{
  if (self->prefix == 'O')
    return FALSE;
  return self->prefix == 'B' || self->prefix == 'S' ||
         memchr ("OES", previous->prefix, 3) != NULL ||
         !wb_entity_tag_has_same_type (self, previous);
}
