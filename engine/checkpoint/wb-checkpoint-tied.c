#include "config.h"

#include "engine/checkpoint/wb-checkpoint-names-private.h"

#include <string.h>

#include "engine/core/wb-engine-error.h"

#define AT_ONCE ((gsize) 1 << 16) /* elements */

/* Two tensors that must hold the same numbers when the model is tied. */
static const struct
{
  const char *one;
  const char *other;
} ties[] = {
  { "deberta.embeddings.word_embeddings.weight", "cls.predictions.decoder.weight" },
  { "cls.predictions.bias", "cls.predictions.decoder.bias" },
};

/* @place: (out): the first element in which they differ */
static gboolean
are_same (WbWeights *weights, const WbWeight *a, const WbWeight *b, gsize *place, GError **error)
{
  g_autofree float *x = g_new (float, AT_ONCE), *y = g_new (float, AT_ONCE);

  *place = a->n_elements;
  for (gsize done = 0; done < a->n_elements; done += AT_ONCE)
    {
      const gsize n = MIN (AT_ONCE, a->n_elements - done);

      if (!wb_weights_read_part (weights, a, done, n, x, error) ||
          !wb_weights_read_part (weights, b, done, n, y, error))
        return FALSE;
      if (memcmp (x, y, n * sizeof *x) == 0)
        continue;
      for (gsize i = 0; i < n && *place == a->n_elements; i++)
        if (memcmp (&x[i], &y[i], sizeof *x) != 0)
          *place = done + i;
      break;
    }
  return TRUE;
}

static gboolean
check_tie (WbWeights *weights, const WbWeight *one, const WbWeight *other, GError **error)
{
  gsize place = 0;

  if (wb_weights_share (weights, one, other))
    return TRUE;
  if (one->n_elements == other->n_elements)
    {
      if (!are_same (weights, one, other, &place, error))
        return FALSE;
      if (place == one->n_elements)
        return TRUE;
    }
  wb_engine_error_set (error, WB_ENGINE_ERROR_UNSUPPORTED,
                       "%s: tensor %s is not %s (element %zu), but config.json ties them; say "
                       "\"tie_word_embeddings\": false there when the model was trained so",
                       wb_weights_get_file (weights, other->file), other->name, one->name, place);
  return FALSE;
}

gboolean
wb_checkpoint_check_tied (WbWeights *weights, const WbHeadSpec *head, GError **error)
{
  if (head->kind != WB_HEAD_MASKED_LM || head->lm_layout != WB_LM_LAYOUT_LEGACY || head->untied)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (ties); i++)
    {
      const WbWeight *one = wb_weights_find_published (weights, ties[i].one);
      const WbWeight *other = wb_weights_find (weights, ties[i].other);

      if (one != NULL && other != NULL && one != other && !check_tie (weights, one, other, error))
        return FALSE;
    }
  return TRUE;
}

GPtrArray *
wb_checkpoint_list_unused (const WbWeights *weights, const WbHeadSpec *head, GHashTable *used)
{
  GPtrArray     *names = g_ptr_array_new_with_free_func (g_free);
  const gboolean tied = head != NULL && head->kind == WB_HEAD_MASKED_LM && !head->untied;

  for (gsize i = 0; i < wb_weights_get_n (weights); i++)
    {
      const WbWeight *weight = wb_weights_get (weights, i);

      if (wb_weight_type_is_float (weight->type) && !g_hash_table_contains (used, weight->name) &&
          !(tied && g_str_has_prefix (weight->name, "cls.predictions.decoder.")))
        g_ptr_array_add (names, g_strdup (weight->name));
    }
  return names;
}
