#include "app/tasks/wb-entity-score-private.h"

#include <string.h>

#include "data/tasks/wb-entity-tag.h"

static WbEntityTag
get_tag (const WbTask *task, int label)
{
  WbEntityTag tag;

  if (!wb_entity_tag_parse (&tag, task->labels[label], strlen (task->labels[label])))
    return WB_ENTITY_OUTSIDE;
  return tag;
}

void
wb_entities_find (const WbTask *task, const int *labels, gsize n, GArray *entities)
{
  WbEntityTag previous = WB_ENTITY_OUTSIDE;

  g_array_set_size (entities, 0);
  for (gsize i = 0; i < n; i++)
    {
      const WbEntityTag tag = get_tag (task, labels[i]);

      if (wb_entity_tag_starts (&tag, &previous))
        {
          const WbEntity entity = { i, i + 1, labels[i] };
          g_array_append_val (entities, entity);
        }
      else if (tag.prefix != 'O')
        g_array_index (entities, WbEntity, entities->len - 1).end = i + 1;
      previous = tag;
    }
}

const char *
wb_entity_get_type (const WbTask *task, const WbEntity *entity)
{
  return get_tag (task, entity->label).type;
}

static gboolean
is_same (const WbTask *task, const WbEntity *a, const WbEntity *b)
{
  const WbEntityTag x = get_tag (task, a->label), y = get_tag (task, b->label);

  return a->first == b->first && a->end == b->end && wb_entity_tag_has_same_type (&x, &y);
}

void
wb_entity_score_add (WbEntityScore *self,
                     const WbTask  *task,
                     const int     *gold,
                     const int     *predicted,
                     gsize          n)
{
  g_autoptr (GArray) have = g_array_new (FALSE, FALSE, sizeof (WbEntity));
  g_autoptr (GArray) said = g_array_new (FALSE, FALSE, sizeof (WbEntity));

  wb_entities_find (task, gold, n, have);
  wb_entities_find (task, predicted, n, said);
  for (guint i = 0, k = 0; i < said->len; i++)
    {
      const WbEntity *entity = &g_array_index (said, WbEntity, i);

      while (k < have->len && g_array_index (have, WbEntity, k).first < entity->first)
        k++;
      self->correct += k < have->len && is_same (task, entity, &g_array_index (have, WbEntity, k));
    }
  self->predicted += said->len;
  self->gold += have->len;
  self->words += n;
  for (gsize i = 0; i < n; i++)
    self->right_words += gold[i] == predicted[i];
}

static double
ratio (gsize part, gsize whole)
{
  return whole > 0 ? (double) part / (double) whole : 0;
}

double
wb_entity_score_get (const WbEntityScore *self, const char *metric)
{
  if (strcmp (metric, "precision") == 0)
    return ratio (self->correct, self->predicted);
  if (strcmp (metric, "recall") == 0)
    return ratio (self->correct, self->gold);
  if (strcmp (metric, "accuracy") == 0)
    return ratio (self->right_words, self->words);
  return ratio (2 * self->correct, self->predicted + self->gold);
}
