#include "config.h"

#include "engine/checkpoint/wb-checkpoint-names-private.h"

#include <string.h>

#include "engine/core/wb-engine-error.h"

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

static gboolean
check_shape (const WbTensorSource *self,
             const WbWeights      *weights,
             const WbParameter    *parameter,
             GError              **error)
{
  const WbWeight  *weight = self->parts[0];
  g_autofree char *has = NULL;
  g_autofree char *needs = NULL;

  if (wb_tensor_source_fits (self, parameter))
    return TRUE;
  has = wb_weight_dup_shape (weight->dims, weight->n_dims);
  needs = wb_weight_dup_shape (parameter->dims, parameter->n_dims);
  wb_engine_error_set (error, WB_ENGINE_ERROR_SHAPE,
                       "%s: tensor %s is %s; config.json makes it %s%s",
                       wb_weights_get_file (weights, weight->file), weight->name, has, needs,
                       self->n > 1 ? " with its two neighbours" : "");
  return FALSE;
}

/* @n: elements of the bias */
static gboolean
check_no_key_bias (WbWeights *weights, const char *name, gsize n, GError **error)
{
  const int         stem = (int) (strlen (name) - strlen (PACKED));
  g_autofree char  *bias = g_strdup_printf ("%.*skey_proj.bias", stem, name);
  const WbWeight   *weight = wb_weights_find_published (weights, bias);
  g_autofree float *values = NULL;

  if (weight == NULL)
    return TRUE;
  values = g_new0 (float, n);
  if (weight->n_elements == n && !wb_weights_read (weights, weight, values, error))
    return FALSE;
  for (gsize i = 0; i < n; i++)
    if (values[i] != 0 || weight->n_elements != n)
      {
        wb_engine_error_set (error, WB_ENGINE_ERROR_UNSUPPORTED,
                             "%s: tensor %s is not zero; a first DeBERTa's keys have no bias",
                             wb_weights_get_file (weights, weight->file), weight->name);
        return FALSE;
      }
  return TRUE;
}

gboolean
wb_tensor_source_check (const WbTensorSource *self,
                        WbWeights            *weights,
                        const WbParameter    *parameter,
                        GError              **error)
{
  if (!check_shape (self, weights, parameter, error))
    return FALSE;
  for (gsize i = 0; i < self->n; i++)
    if (!wb_weights_check_type (weights, self->parts[i], error))
      return FALSE;
  return self->n == 1 || check_no_key_bias (weights, parameter->name, parameter->dims[1], error);
}
