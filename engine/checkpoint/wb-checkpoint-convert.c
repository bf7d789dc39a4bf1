#include "config.h"

#include "engine/checkpoint/wb-checkpoint-convert.h"

#include <string.h>

#include "engine/checkpoint/wb-checkpoint-head.h"
#include "engine/checkpoint/wb-checkpoint-names-private.h"
#include "engine/checkpoint/wb-checkpoint.h"
#include "engine/checkpoint/wb-safetensors-write.h"
#include "engine/core/wb-engine-error.h"
#include "engine/files/wb-file-writer.h"

#define PREFIX "deberta."

/* A tensor on its way. */
typedef struct
{
  WbWeights         *weights;
  WbTensorSource     source;
  const WbParameter *parameter; /* nullable: as it lies in the file */
  const char        *name;      /* as written */
} Tensor;

typedef struct
{
  const char       *from;
  WbModelConfig    *config;
  WbWeights        *weights;
  WbParameterTable *table;
  GArray           *tensors; /* Tensor */
  GHashTable       *used;    /* names in the source, lent */
  GPtrArray        *names;   /* owned: names that are not the table's */
} Convert;

static void
convert_clear (Convert *self)
{
  g_clear_pointer (&self->config, wb_model_config_free);
  g_clear_pointer (&self->weights, wb_weights_free);
  g_clear_pointer (&self->table, wb_parameter_table_free);
  g_clear_pointer (&self->tensors, g_array_unref);
  g_clear_pointer (&self->used, g_hash_table_unref);
  g_clear_pointer (&self->names, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Convert, convert_clear)

void
wb_convert_report_free (WbConvertReport *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->left_out, g_ptr_array_unref);
  g_free (self);
}

/* ---- which tensors ---- */

static gboolean
check_source (const Convert        *self,
              const WbTensorSource *source,
              const WbParameter    *p,
              GError              **error)
{
  if (source->n == 0)
    {
      g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_MISSING,
                   "%s: tensor %s is missing in the weights", self->from, p->name);
      return FALSE;
    }
  return wb_tensor_source_check (source, self->weights, p, error);
}

static void
add_tensor (Convert *self, Tensor tensor, const char *name, gboolean bare)
{
  if (bare && g_str_has_prefix (name, PREFIX))
    name += strlen (PREFIX);
  g_ptr_array_add (self->names, g_strdup (name));
  tensor.weights = self->weights;
  tensor.name = self->names->pdata[self->names->len - 1];
  g_array_append_val (self->tensors, tensor);
  for (gsize i = 0; i < tensor.source.n; i++)
    g_hash_table_add (self->used, (gpointer) tensor.source.parts[i]->name);
}

static void
add_as_it_lies (Convert *self, const WbWeight *weight, const char *name, gboolean bare)
{
  const Tensor tensor = { .source = { { weight }, 1 } };

  if (wb_weight_type_is_float (weight->type) && !g_hash_table_contains (self->used, weight->name))
    add_tensor (self, tensor, name, bare);
}

static gboolean
add_parameters (Convert *self, gboolean bare, GError **error)
{
  for (gsize i = 0; i < wb_parameter_table_get_n (self->table); i++)
    {
      const WbParameter *p = wb_parameter_table_get (self->table, i);
      const Tensor tensor = { .source = wb_tensor_source_find (self->weights, p), .parameter = p };

      if (!check_source (self, &tensor.source, p, error))
        return FALSE;
      add_tensor (self, tensor, p->name, bare);
    }
  return TRUE;
}

/* What transformers passes over in silence: nothing of a release is lost that need not be. */
static void
add_more (Convert *self, const WbHeadSpec *head, gboolean bare)
{
  static const char positions[] = PREFIX "embeddings.position_embeddings.weight";
  const WbWeight   *weight = wb_weights_find_published (self->weights, positions);
  const gboolean    masked_lm = head != NULL && head->kind == WB_HEAD_MASKED_LM;

  if (weight != NULL)
    add_as_it_lies (self, weight, positions, bare);
  for (gsize i = 0; masked_lm && i < wb_weights_get_n (self->weights); i++)
    {
      weight = wb_weights_get (self->weights, i);
      if (g_str_has_prefix (weight->name, "mask_predictions."))
        add_as_it_lies (self, weight, weight->name, bare);
    }
}

/* ---- written ---- */

static WbWeightType
type_of (const Convert *self, guint i)
{
  return g_array_index (self->tensors, Tensor, i).source.parts[0]->type;
}

static WbDtype
choose_dtype (const Convert *self)
{
  const WbWeightType first = type_of (self, 0);

  for (guint i = 0; i < self->tensors->len; i++)
    if (type_of (self, i) != first)
      return WB_DTYPE_F32;
  if (first == WB_WEIGHT_F16)
    return WB_DTYPE_F16;
  return first == WB_WEIGHT_BF16 ? WB_DTYPE_BF16 : WB_DTYPE_F32;
}

/* Where queries, keys and values lie apart, a row of the packed tensor is one of theirs: they have
 * the order in which the model keeps them. */
static gboolean
read_rows (const Tensor *self, gsize first, gsize n, float *values, GError **error)
{
  const WbParameter *p = self->parameter;
  const gsize        cols = p->dims[1], rows = p->dims[0] / self->source.n;

  for (gsize done = 0; done < n;)
    {
      const gsize row = wb_parameter_row (p, (first + done) / cols), col = (first + done) % cols;
      const gsize length = MIN (cols - col, n - done);

      if (!wb_weights_read_part (self->weights, self->source.parts[row / rows],
                                 row % rows * cols + col, length, values + done, error))
        return FALSE;
      done += length;
    }
  return TRUE;
}

static gboolean
read_tensor (gpointer data, gsize first, gsize n, float *values, GError **error)
{
  const Tensor *self = data;

  if (self->source.n > 1)
    return read_rows (self, first, n, values, error);
  return wb_weights_read_part (self->weights, self->source.parts[0], first, n, values, error);
}

static gboolean
write_weights (const Convert *self, const char *to, WbDtype dtype, GError **error)
{
  const gsize                    n = self->tensors->len;
  g_autofree WbSafetensorSource *sources = g_new0 (WbSafetensorSource, n);

  for (gsize i = 0; i < n; i++)
    {
      Tensor *tensor = &g_array_index (self->tensors, Tensor, i);

      const WbParameter *p = tensor->parameter;
      const WbWeight    *weight = tensor->source.parts[0];

      sources[i] = (WbSafetensorSource){ .name = tensor->name,
                                         .dims = p != NULL ? p->dims : weight->dims,
                                         .n_dims = p != NULL ? p->n_dims : weight->n_dims,
                                         .read = read_tensor,
                                         .data = tensor };
    }
  return wb_safetensors_write_folder (to, sources, n, dtype, WB_SAFETENSORS_MAX_FILE, error);
}

static gboolean
write_config (const Convert *self, const char *to, const WbConvertReport *report, GError **error)
{
  const WbHeadSpec   *head = report->has_head ? &report->head : NULL;
  g_autofree char    *path = g_build_filename (to, "config.json", NULL);
  g_autofree char    *json = NULL;
  WbModelConfigOutput out;
  g_autoptr (WbFileWriter) writer = wb_file_writer_new (path, error);

  wb_checkpoint_describe_head (self->config, head, (const char *const *) self->config->id2label,
                               &out);
  out.dtype = report->dtype;
  /* the file's own words stay, unless the head has another number of labels than they say */
  out.keep_labels = out.n_labels == 0
                        ? head == NULL || head->kind != WB_HEAD_SPAN || self->config->n_labels == 2
                        : out.n_labels == self->config->n_labels;
  if (out.n_labels != self->config->n_labels)
    out.labels = NULL;
  json = wb_model_config_write (self->config, &out);
  return writer != NULL && wb_file_writer_write (writer, json, strlen (json), error) &&
         wb_file_writer_commit (writer, error);
}

/* A head that transformers has no class for keeps the names with the prefix. */
static gboolean
collect (Convert *self, WbConvertReport *report, GError **error)
{
  const WbHeadSpec   *head;
  WbModelConfigOutput out;

  report->has_head = wb_checkpoint_find_head (self->weights, self->config, &report->head);
  head = report->has_head ? &report->head : NULL;
  if (head != NULL && !wb_head_spec_check (head, self->config, error))
    return FALSE;
  self->table = wb_parameter_table_new (self->config, head);
  if ((head != NULL && !wb_checkpoint_check_tied (self->weights, head, error)) ||
      !add_parameters (self, head == NULL, error))
    return FALSE;
  add_more (self, head, head == NULL);
  wb_checkpoint_describe_head (self->config, head, NULL, &out);
  report->architecture = out.architecture;
  report->n_tensors = self->tensors->len;
  report->left_out = wb_checkpoint_list_unused (self->weights, head, self->used);
  return TRUE;
}

WbConvertReport *
wb_checkpoint_convert (const char *from, const char *to, const WbDtype *dtype, GError **error)
{
  g_auto (Convert) self = { .from = from };
  g_autoptr (WbConvertReport) report = g_new0 (WbConvertReport, 1);

  g_return_val_if_fail (from != NULL && to != NULL, NULL);

  self.tensors = g_array_new (FALSE, FALSE, sizeof (Tensor));
  self.used = g_hash_table_new (g_str_hash, g_str_equal);
  self.names = g_ptr_array_new_with_free_func (g_free);
  self.config = wb_checkpoint_load_config (from, error);
  if (self.config == NULL || (self.weights = wb_weights_open (from, error)) == NULL ||
      !collect (&self, report, error))
    return NULL;
  report->dtype = dtype != NULL ? *dtype : choose_dtype (&self);
  if (!write_weights (&self, to, report->dtype, error) || !write_config (&self, to, report, error))
    return NULL;
  return g_steal_pointer (&report);
}
