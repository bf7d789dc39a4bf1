#include "config.h"

#include "engine/checkpoint/wb-checkpoint-names-private.h"

#include <string.h>

/* How else a part of a name is spelled. */
typedef struct
{
  const char *published;
  const char *other;
} Spelling;

/* The first LayerNorms' names; what the authors' present code makes of v1's; and the one name that
 * a tied bias may have. */
static const Spelling suffixes[] = {
  { "LayerNorm.weight", "LayerNorm.gamma" },
  { "LayerNorm.bias", "LayerNorm.beta" },
  { "attention.self.q_bias", "attention.self.query_proj.bias" },
  { "attention.self.v_bias", "attention.self.value_proj.bias" },
  { "attention.self.pos_proj.weight", "attention.self.pos_key_proj.weight" },
  { "attention.self.pos_q_proj.weight", "attention.self.pos_query_proj.weight" },
  { "attention.self.pos_q_proj.bias", "attention.self.pos_query_proj.bias" },
  { "cls.predictions.bias", "cls.predictions.decoder.bias" },
  { "cls.predictions.decoder.bias", "cls.predictions.bias" }, /* transformers 4, untied */
};

#define PREFIX "deberta."
#define OLD_PREFIX "bert."
#define PACKED "in_proj.weight"

/* As published, with the first release's prefix, and as a model without a head has it. */
static const WbWeight *
find_with_prefix (const WbWeights *weights, const char *name)
{
  const WbWeight  *weight = wb_weights_find (weights, name);
  g_autofree char *old = NULL;

  if (weight != NULL || !g_str_has_prefix (name, PREFIX))
    return weight;
  weight = wb_weights_find (weights, name + strlen (PREFIX));
  if (weight != NULL)
    return weight;
  old = g_strconcat (OLD_PREFIX, name + strlen (PREFIX), NULL);
  return wb_weights_find (weights, old);
}

const WbWeight *
wb_weights_find_published (const WbWeights *weights, const char *name)
{
  const WbWeight *weight = find_with_prefix (weights, name);

  for (gsize i = 0; i < G_N_ELEMENTS (suffixes) && weight == NULL; i++)
    if (g_str_has_suffix (name, suffixes[i].published))
      {
        const gsize      stem = strlen (name) - strlen (suffixes[i].published);
        g_autofree char *other = g_strdup_printf ("%.*s%s", (int) stem, name, suffixes[i].other);

        weight = find_with_prefix (weights, other);
      }
  return weight;
}

static WbTensorSource
find_split (const WbWeights *weights, const char *name)
{
  static const char *const parts[] = { "query_proj.weight", "key_proj.weight",
                                       "value_proj.weight" };
  WbTensorSource           source = { .n = G_N_ELEMENTS (parts) };
  const gsize              stem = strlen (name) - strlen (PACKED);

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *other = g_strdup_printf ("%.*s%s", (int) stem, name, parts[i]);

      source.parts[i] = find_with_prefix (weights, other);
      if (source.parts[i] == NULL)
        return (WbTensorSource){ .n = 0 };
    }
  return source;
}

WbTensorSource
wb_tensor_source_find (const WbWeights *weights, const WbParameter *parameter)
{
  const WbWeight *weight = wb_weights_find_published (weights, parameter->name);

  if (weight != NULL)
    return (WbTensorSource){ { weight }, 1 };
  if (g_str_has_suffix (parameter->name, PACKED))
    return find_split (weights, parameter->name);
  return (WbTensorSource){ .n = 0 };
}

gboolean
wb_tensor_source_fits (const WbTensorSource *self, const WbParameter *parameter)
{
  for (gsize i = 0; i < self->n; i++)
    {
      const WbWeight *weight = self->parts[i];

      if (weight->n_dims != parameter->n_dims || weight->dims[0] * self->n != parameter->dims[0] ||
          memcmp (weight->dims + 1, parameter->dims + 1, (weight->n_dims - 1) * sizeof (gsize)) !=
              0)
        return FALSE;
    }
  return self->n > 0;
}
