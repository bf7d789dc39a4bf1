/* Entities by type, and the words of a sentence. */
#include <math.h>
#include <string.h>

#include "app/runs/wb-findings-private.h"
#include "app/tasks/wb-entity-score-private.h"
#include "data/tasks/wb-entity-tag.h"

static WbEntityTag
tag_of (const WbTask *task, int label)
{
  WbEntityTag tag;

  if (!wb_entity_tag_parse (&tag, task->labels[label], strlen (task->labels[label])))
    return WB_ENTITY_OUTSIDE;
  return tag;
}

/* Index of the type in @self->types; it is added when it is new. */
static guint
find_type (WbFindings *self, const WbTask *task, int label)
{
  const WbEntityTag tag = tag_of (task, label);
  WbFindingsType    type = { NULL };

  for (guint i = 0; i < self->types->len; i++)
    {
      const char *name = g_array_index (self->types, WbFindingsType, i).name;
      if (strlen (name) == tag.length && memcmp (name, tag.type, tag.length) == 0)
        return i;
    }
  type.name = g_strndup (tag.type, tag.length);
  g_array_append_val (self->types, type);
  return self->types->len - 1;
}

static WbFindingsType *
type_of (WbFindings *self, const WbTask *task, int label)
{
  return &g_array_index (self->types, WbFindingsType, find_type (self, task, label));
}

static gboolean
is_among (const WbTask *task, const WbEntity *entity, GArray *entities)
{
  const WbEntityTag tag = tag_of (task, entity->label);

  for (guint i = 0; i < entities->len; i++)
    {
      const WbEntity   *other = &g_array_index (entities, WbEntity, i);
      const WbEntityTag other_tag = tag_of (task, other->label);

      if (other->first == entity->first && other->end == entity->end &&
          wb_entity_tag_has_same_type (&tag, &other_tag))
        return TRUE;
    }
  return FALSE;
}

static void
add_sentence (WbFindings *self, const WbTask *task, gsize i, GArray *have, GArray *said)
{
  const gsize     first = self->predictions->first[i];
  const gsize     n = self->predictions->first[i + 1] - first;
  g_autofree int *gold = g_new (int, n + 1);
  g_autofree int *predicted = g_new (int, n + 1);

  for (gsize w = 0; w < n; w++)
    {
      gold[w] = MAX (wb_findings_get_gold (self, first + w), 0);
      predicted[w] = wb_findings_predict (self, first + w);
    }
  wb_entities_find (task, gold, n, have);
  wb_entities_find (task, predicted, n, said);
  for (guint k = 0; k < have->len; k++)
    type_of (self, task, g_array_index (have, WbEntity, k).label)->gold++;
  for (guint k = 0; k < said->len; k++)
    {
      const WbEntity *entity = &g_array_index (said, WbEntity, k);
      WbFindingsType *type = type_of (self, task, entity->label);

      type->predicted++;
      type->correct += is_among (task, entity, have);
    }
}

static double
ratio (gsize part, gsize whole)
{
  return whole > 0 ? (double) part / (double) whole : 0;
}

static void
add_total (WbFindings *self)
{
  WbFindingsType all = { NULL };

  for (guint i = 0; i < self->types->len; i++)
    {
      const WbFindingsType *type = &g_array_index (self->types, WbFindingsType, i);
      all.gold += type->gold;
      all.predicted += type->predicted;
      all.correct += type->correct;
    }
  g_array_append_val (self->types, all);
}

void
wb_findings_make_types (WbFindings *self, const WbTask *task)
{
  g_autoptr (GArray) have = g_array_new (FALSE, FALSE, sizeof (WbEntity));
  g_autoptr (GArray) said = g_array_new (FALSE, FALSE, sizeof (WbEntity));

  for (int k = 0; task->labels[k] != NULL; k++)
    if (tag_of (task, k).prefix != 'O')
      find_type (self, task, k);
  for (gsize i = 0; i < self->predictions->n; i++)
    add_sentence (self, task, i, have, said);
  add_total (self);
  for (guint i = 0; i < self->types->len; i++)
    {
      WbFindingsType *type = &g_array_index (self->types, WbFindingsType, i);

      type->precision = ratio (type->correct, type->predicted);
      type->recall = ratio (type->correct, type->gold);
      type->f1 = ratio (2 * type->correct, type->predicted + type->gold);
    }
}

WbFindingWord *
wb_findings_get_words (const WbFindings *self, gsize index, gsize *n)
{
  const WbWord  *words = NULL;
  WbFindingWord *result;
  gsize          first;

  *n = 0;
  g_return_val_if_fail (self->kind == WB_FINDINGS_WORDS && index < self->predictions->n, NULL);
  first = self->predictions->first[index];
  *n = self->predictions->first[index + 1] - first;
  if (self->dataset != NULL)
    words = wb_dataset_get_words (self->dataset) +
            wb_dataset_get_examples (self->dataset)[index].first_word;
  result = g_new0 (WbFindingWord, *n + 1);
  for (gsize w = 0; w < *n; w++)
    {
      const int predicted = wb_findings_predict (self, first + w);

      result[w] = (WbFindingWord){
        .start = words != NULL ? words[w].start : 0,
        .end = words != NULL ? words[w].end : 0,
        .gold = wb_findings_get_gold (self, first + w),
        .predicted = predicted,
        .probability = wb_findings_get_probability (self, first + w, (gsize) predicted),
      };
    }
  return result;
}
