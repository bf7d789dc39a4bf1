#include "config.h"

#include "engine/core/wb-mt19937.h"
#include "engine/tokenizer/wb-truncation-private.h"

static gsize
kept (const WbKeep *keep)
{
  return keep->end - keep->first;
}

void
wb_truncate_longest_first (WbKeep *keep, gsize n_sides, gsize budget)
{
  WbKeep *shorter = &keep[0], *longer = &keep[n_sides - 1];
  gsize   n_shorter, n_longer;

  if (n_sides == 1)
    {
      keep->end = keep->first + MIN (kept (keep), budget);
      return;
    }
  if (kept (shorter) + kept (longer) <= budget)
    return;
  if (kept (shorter) > kept (longer))
    shorter = &keep[1], longer = &keep[0];
  n_shorter = kept (shorter);
  n_longer = n_shorter > budget ? n_shorter : MAX (n_shorter, budget - n_shorter);
  if (n_shorter + n_longer > budget)
    {
      n_shorter = budget / 2;
      n_longer = n_shorter + budget % 2;
    }
  shorter->end = shorter->first + n_shorter;
  longer->end = longer->first + n_longer;
}

gboolean
wb_truncate_published (WbKeep *keep, gsize n_sides, gsize budget, guint64 seed)
{
  WbKeep   *order[2] = { &keep[0], &keep[n_sides - 1] };
  WbMt19937 rng;
  gsize     total = 0;

  for (gsize i = 0; i < n_sides; i++)
    total += kept (&keep[i]);
  if (total <= budget)
    return FALSE;
  wb_mt19937_init_python (&rng, seed);
  for (; total > budget; total--)
    {
      if (kept (order[0]) < kept (order[1])) /* a stable sort: equal lengths keep their order */
        {
          WbKeep *first = order[0];
          order[0] = order[1];
          order[1] = first;
        }
      if (wb_mt19937_random (&rng) < 0.5)
        order[0]->first++;
      else
        order[0]->end--;
    }
  return order[0] != &keep[0];
}
