#include "config.h"

#include "engine/checkpoint/wb-checkpoint.h"

#include <string.h>

#include "engine/checkpoint/wb-checkpoint-names-private.h"
#include "engine/checkpoint/wb-weights.h"
#include "engine/core/wb-engine-error.h"

#define MAX_IGNORED 8
#define MAX_NAMED 3u /* missing tensors in a message */

void
wb_load_report_free (WbLoadReport *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->ignored, g_ptr_array_unref);
  g_ptr_array_unref (self->missing);
  g_free (self);
}

char *
wb_load_report_describe_ignored (const WbLoadReport *self)
{
  const guint n = self->ignored->len;
  g_autoptr (GString) text = g_string_new (NULL);

  if (n == 0)
    return NULL;
  g_string_printf (text,
                   n == 1
                       ? "%u tensor of the file has no place in the model and was passed over"
                       : "%u tensors of the file have no place in the model and were passed over",
                   n);
  for (guint i = 0; i < MIN (n, MAX_IGNORED); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : ": ", (char *) self->ignored->pdata[i]);
  if (n > MAX_IGNORED)
    g_string_append (text, ", …");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static WbLoadReport *
load_report_new (void)
{
  WbLoadReport *self = g_new0 (WbLoadReport, 1);

  self->missing = g_ptr_array_new_with_free_func (g_free);
  return self;
}

/* Files of discriminators trained with gradient-disentangled sharing may have only what their table
 * differs by from the generator's (fact sheet 9.5). */
static gboolean
has_only_difference (const WbWeights *weights, const char *name)
{
  const gsize      stem = strlen (name) - strlen ("weight");
  g_autofree char *difference = NULL;

  if (!g_str_has_suffix (name, "_embeddings.weight"))
    return FALSE;
  difference = g_strdup_printf ("%.*s_weight", (int) stem, name);
  return wb_weights_find_published (weights, difference) != NULL;
}

static gboolean
has_name (const WbWeights *weights, const char *suffix)
{
  for (gsize i = 0; i < wb_weights_get_n (weights); i++)
    if (g_str_has_suffix (wb_weights_get (weights, i)->name, suffix))
      return TRUE;
  return FALSE;
}

/* A reason for the missing tensors that names alone do not tell; "" without one. */
static const char *
find_reason (const WbWeights *weights, const GPtrArray *missing)
{
  for (guint i = 0; i < missing->len; i++)
    {
      if (has_only_difference (weights, missing->pdata[i]))
        return "; it has only the difference to a generator's table there (\"_weight\"), which is "
               "of "
               "no use without that generator's file";
      if (g_str_has_suffix (missing->pdata[i], "attention.self.query_proj.weight") &&
          has_name (weights, "attention.self.in_proj.weight"))
        return "; its names are those of a first DeBERTa (\"model_type\": \"deberta\")";
    }
  return "";
}

/* Of the names that a file has, the one that tells most of what it is. */
static const char *
telling_name (const WbWeights *weights)
{
  for (gsize i = 0; i < wb_weights_get_n (weights); i++)
    if (g_str_has_suffix (wb_weights_get (weights, i)->name, "word_embeddings.weight"))
      return wb_weights_get (weights, i)->name;
  return wb_weights_get_n (weights) > 0 ? wb_weights_get (weights, 0)->name : "no tensor at all";
}

static gboolean
fail_other (const WbWeights *weights, gsize n_all, GError **error)
{
  wb_engine_error_set (
      error, WB_ENGINE_ERROR_MISSING,
      "%s: none of the encoder's %zu tensors is there: a DeBERTa's names begin with "
      "\"deberta.\", \"bert.\", \"embeddings.\" or \"encoder.\", this file has %s",
      wb_weights_get_file (weights, 0), n_all, telling_name (weights));
  return FALSE;
}

static gboolean
fail_missing (const WbWeights *weights, const GPtrArray *missing, gsize n_all, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);
  const char *reason = find_reason (weights, missing);

  if (missing->len == n_all && *reason == '\0')
    return fail_other (weights, n_all, error);
  for (guint i = 0; i < MIN (missing->len, MAX_NAMED); i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", (char *) missing->pdata[i]);
  if (missing->len == 1)
    wb_engine_error_set (error, WB_ENGINE_ERROR_MISSING, "%s: tensor %s is missing%s",
                         wb_weights_get_file (weights, 0), names->str, reason);
  else
    wb_engine_error_set (error, WB_ENGINE_ERROR_MISSING,
                         "%s: %u of the encoder's %zu tensors are missing: %s%s%s",
                         wb_weights_get_file (weights, 0), missing->len, n_all, names->str,
                         missing->len > MAX_NAMED ? ", …" : "", reason);
  return FALSE;
}

/* Every tensor of the encoder is there, as it should be.  One that no computation reads may be
 * missing. */
static gboolean
check_encoder (WbWeights *weights, const WbParameterTable *table, GError **error)
{
  g_autoptr (GPtrArray) missing = g_ptr_array_new ();
  gsize n_all = 0;

  for (gsize i = 0; i < wb_parameter_table_get_n (table); i++)
    {
      const WbParameter   *parameter = wb_parameter_table_get (table, i);
      const WbTensorSource source = wb_tensor_source_find (weights, parameter);

      if (parameter->head)
        continue;
      n_all++;
      if (source.n == 0 && !parameter->unused)
        g_ptr_array_add (missing, parameter->name);
      else if (source.n > 0 && !wb_tensor_source_check (&source, weights, parameter, error))
        return FALSE;
    }
  return missing->len == 0 || fail_missing (weights, missing, n_all, error);
}

gboolean
wb_checkpoint_check (const char *folder, const WbModelConfig *config, GError **error)
{
  g_autoptr (WbWeights) weights = NULL;
  g_autoptr (WbParameterTable) table = NULL;

  g_return_val_if_fail (folder != NULL && config != NULL, FALSE);

  weights = wb_weights_open (folder, error);
  if (weights == NULL)
    return FALSE;
  table = wb_parameter_table_new (config, NULL);
  return check_encoder (weights, table, error);
}

/* Whether weight and bias of the head's layer that @parameter belongs to can be taken: half a layer
 * of a file and half a random one would be neither. */
static gboolean
head_layer_fits (const WbWeights        *weights,
                 const WbParameterTable *table,
                 const WbParameter      *parameter)
{
  static const char *const parts[] = { ".weight", ".bias" };
  const char              *dot = strrchr (parameter->name, '.');

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *name =
          g_strdup_printf ("%.*s%s", (int) (dot - parameter->name), parameter->name, parts[i]);
      const WbParameter *other = wb_parameter_table_find (table, name);
      WbTensorSource     source;

      if (other == NULL)
        continue;
      source = wb_tensor_source_find (weights, other);
      if (!wb_tensor_source_fits (&source, other))
        return FALSE;
    }
  return TRUE;
}

/* v1's in_proj: d published rows at a time lie together in the block, too. */
static gboolean
read_packed (WbWeights         *weights,
             const WbWeight    *weight,
             const WbParameter *parameter,
             float             *values,
             GError           **error)
{
  const gsize cols = parameter->dims[1];
  const gsize d = parameter->dims[0] / (3 * parameter->packed_heads);

  for (gsize r = 0; r < parameter->dims[0]; r += d)
    if (!wb_weights_read_part (weights, weight, r * cols, d * cols,
                               values + wb_parameter_row (parameter, r) * cols, error))
      return FALSE;
  return TRUE;
}

static gboolean
read_source (WbWeights            *weights,
             const WbTensorSource *source,
             const WbParameter    *parameter,
             float                *values,
             GError              **error)
{
  if (source->n == 1 && parameter->packed_heads > 0)
    return read_packed (weights, source->parts[0], parameter, values, error);
  for (gsize i = 0; i < source->n; i++)
    {
      if (!wb_weights_read (weights, source->parts[i], values, error))
        return FALSE;
      values += source->parts[i]->n_elements;
    }
  return TRUE;
}

static gboolean
read_all (WbWeights    *weights,
          WbModel      *model,
          GHashTable   *used,
          WbLoadReport *report,
          GError      **error)
{
  const WbParameterTable *table = wb_model_get_table (model);

  for (gsize i = 0; i < wb_parameter_table_get_n (table); i++)
    {
      const WbParameter   *parameter = wb_parameter_table_get (table, i);
      const WbTensorSource source = wb_tensor_source_find (weights, parameter);

      if (parameter->head && !head_layer_fits (weights, table, parameter))
        {
          g_ptr_array_add (report->missing, g_strdup (parameter->name));
          report->head_is_new = TRUE;
          continue;
        }
      for (gsize k = 0; k < source.n; k++)
        g_hash_table_add (used, (gpointer) source.parts[k]->name);
      if ((source.n > 0 && !wb_tensor_source_check (&source, weights, parameter, error)) ||
          !read_source (weights, &source, parameter, wb_model_get_parameter (model, i).data, error))
        return FALSE;
    }
  return TRUE;
}

WbLoadReport *
wb_checkpoint_load_weights (WbModel *model, const char *folder, GError **error)
{
  g_autoptr (WbWeights) weights = NULL;
  g_autoptr (WbLoadReport) report = NULL;
  g_autoptr (GHashTable) used = g_hash_table_new (g_str_hash, g_str_equal);

  g_return_val_if_fail (model != NULL && folder != NULL, NULL);

  weights = wb_weights_open (folder, error);
  if (weights == NULL || !check_encoder (weights, wb_model_get_table (model), error) ||
      !wb_checkpoint_check_tied (weights, wb_model_get_head (model), error))
    return NULL;
  report = load_report_new ();
  if (!read_all (weights, model, used, report, error))
    return NULL;
  report->ignored = wb_checkpoint_list_unused (weights, wb_model_get_head (model), used);
  return g_steal_pointer (&report);
}
