#include "config.h"

#include "engine/model/wb-model-config-private.h"

#include "engine/core/wb-engine-error.h"

/* What attention knows of positions, and the convolution: fact sheet 1.8, each class for itself. */

static void
add_term (WbJsonReader *r, WbModelConfig *c, const char *term)
{
  if (g_str_equal (term, "c2p"))
    c->c2p = TRUE;
  else if (g_str_equal (term, "p2c"))
    c->p2c = TRUE;
  else if (*term != '\0' && !g_str_equal (term, "none"))
    wb_json_reader_refuse (r, WB_ENGINE_ERROR_UNSUPPORTED, "pos_att_type",
                           "c2p, p2c, both (as \"c2p|p2c\" or [\"c2p\", \"p2c\"]) or none");
}

/* A list is taken as it is: fact sheet 1.7.  Returns how many entries it has. */
static gsize
read_term_list (WbJsonReader *r, WbModelConfig *c, JsonArray *array)
{
  const guint n = json_array_get_length (array);

  for (guint i = 0; i < n; i++)
    {
      JsonNode      *item = json_array_get_element (array, i);
      const gboolean text = json_node_get_value_type (item) == G_TYPE_STRING;

      add_term (r, c, text ? json_node_get_string (item) : "?");
    }
  return n;
}

/* A text is lower-cased and split at |; an empty one is one empty entry. */
static gsize
read_term_text (WbJsonReader *r, WbModelConfig *c)
{
  const char      *text = "";
  g_autofree char *lower = NULL;
  g_auto (GStrv) terms = NULL;

  wb_json_reader_get_string (r, "pos_att_type", &text);
  if (r->error != NULL)
    return 0;
  lower = g_ascii_strdown (text, -1);
  terms = g_strsplit (lower, "|", -1);
  for (gsize i = 0; terms[i] != NULL; i++)
    add_term (r, c, g_strstrip (terms[i]));
  return MAX (g_strv_length (terms), 1);
}

/* The divisor: v1's class counts the entries, whatever they are; v2's the terms. */
static void
read_terms (WbJsonReader *r, WbModelConfig *c)
{
  JsonNode *node = wb_json_reader_peek (r, "pos_att_type");
  gsize     n_entries = 0;

  if (r->error != NULL)
    return;
  if (node != NULL && JSON_NODE_HOLDS_ARRAY (node))
    n_entries = read_term_list (r, c, json_node_get_array (node));
  else if (node != NULL)
    n_entries = read_term_text (r, c);
  c->n_divisor_terms =
      c->family == WB_FAMILY_V1 ? n_entries : (c->c2p ? 1u : 0u) + (c->p2c ? 1u : 0u);
}

static void
read_norm_rel_ebd (WbJsonReader *r, WbModelConfig *c)
{
  const char      *text = "none";
  g_autofree char *lower = NULL;
  g_auto (GStrv) items = NULL;

  wb_json_reader_get_string (r, "norm_rel_ebd", &text);
  lower = g_ascii_strdown (text, -1);
  items = g_strsplit (lower, "|", -1);
  for (gsize i = 0; items[i] != NULL; i++)
    {
      g_strstrip (items[i]);
      if (g_str_equal (items[i], "layer_norm"))
        c->normalize_relative = TRUE;
      else if (*items[i] != '\0' && !g_str_equal (items[i], "none"))
        wb_json_reader_refuse (r, WB_ENGINE_ERROR_UNSUPPORTED, "norm_rel_ebd",
                               "\"layer_norm\" or \"none\"");
    }
}

/* Less what crashes or divides by ln 1 in transformers, which is only where buckets are used.  (A
 * maximum below half of them is computed: all that it has is a formula beyond that half.) */
static void
check_buckets (WbJsonReader *r, const WbModelConfig *c)
{
  if (!c->relative_attention)
    return;
  if (c->position_buckets == 1)
    wb_json_reader_refuse (r, WB_ENGINE_ERROR_INVALID, "position_buckets",
                           "a whole number from 2, or -1 for none");
  if ((c->c2p || c->p2c) && c->position_buckets > 1 &&
      c->max_distance - 1 == c->position_buckets / 2)
    wb_json_reader_fail (r, WB_ENGINE_ERROR_INVALID,
                         "position_buckets is %d, for which max_relative_positions must not be %d",
                         c->position_buckets, c->max_distance);
}

void
wb_model_config_read_positions (WbJsonReader *r, WbModelConfig *c)
{
  wb_json_reader_get_boolean (r, "relative_attention", &c->relative_attention);
  read_terms (r, c);
  wb_json_reader_get_int (r, "max_relative_positions", G_MININT, WB_MODEL_MAX_POSITIONS,
                          &c->max_distance);
  if (c->max_distance < 1)
    c->max_distance = (gint) c->max_positions;
  if (c->family == WB_FAMILY_V2)
    {
      wb_json_reader_get_boolean (r, "share_att_key", &c->share_att_key);
      read_norm_rel_ebd (r, c);
      wb_json_reader_get_int (r, "position_buckets", G_MININT, WB_MODEL_MAX_WIDTH,
                              &c->position_buckets);
      check_buckets (r, c);
    }
  c->relative_span =
      c->position_buckets > 0 ? (gsize) c->position_buckets : (gsize) c->max_distance;
}

void
wb_model_config_read_convolution (WbJsonReader *r, WbModelConfig *c)
{
  gint kernel = 0;

  if (c->family == WB_FAMILY_V1)
    return;
  wb_json_reader_get_int (r, "conv_kernel_size", G_MININT, WB_MODEL_MAX_WIDTH - 1, &kernel);
  if (kernel <= 0 || r->error != NULL)
    return;
  c->conv_kernel = (gsize) kernel;
  if (kernel % 2 == 0)
    wb_json_reader_refuse (r, WB_ENGINE_ERROR_UNSUPPORTED, "conv_kernel_size",
                           "an odd number, or 0 for no convolution (an even kernel gives another "
                           "length)");
  wb_json_reader_get_size (r, "conv_groups", FALSE, 1, WB_MODEL_MAX_WIDTH, &c->conv_groups);
  wb_model_config_read_activation (r, "conv_act", &c->conv_act);
  if (r->error == NULL && c->hidden_size % c->conv_groups != 0)
    wb_json_reader_fail (r, WB_ENGINE_ERROR_INVALID,
                         "conv_groups is %zu, which does not divide hidden_size, %zu",
                         c->conv_groups, c->hidden_size);
}
