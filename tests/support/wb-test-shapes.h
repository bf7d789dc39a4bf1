#pragma once

#include "tests/support/wb-test-vectors.h"
#include "tests/support/wb-test-worst.h"

/* tests/vectors/shapes: models of many shapes, every head (shapes.py). */

/* @name: tests/vectors/NAME.json.gz */
static inline JsonObject *
wb_test_packed_load (const char *name)
{
  g_autofree char *file = g_strconcat (name, ".json.gz", NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "vectors", file, NULL);
  g_autofree char *packed = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) text = NULL;
  g_autoptr (JsonNode) root = NULL;
  gsize size;

  g_file_get_contents (path, &packed, &size, &error);
  g_assert_no_error (error);
  text = wb_test_unzip (packed, size);
  root =
      wb_json_parse (g_bytes_get_data (text, NULL), (gssize) g_bytes_get_size (text), path, &error);
  g_assert_no_error (error);
  return json_object_ref (json_node_get_object (root));
}

static inline JsonObject *
wb_test_shape_load (const char *name)
{
  g_autofree char *path = g_strconcat ("shapes/", name, NULL);

  return wb_test_packed_load (path);
}

/* shapes.py's uniform(): from -1 to below 1 */
static inline double
wb_test_uniform (guint64 number, gsize k)
{
  guint64 x = (k * 2654435761u + number * 2246822519u) & G_MAXUINT32;

  x = ((x ^ (x >> 15)) * 739982445u) & G_MAXUINT32;
  x = ((x ^ (x >> 12)) * 695872825u) & G_MAXUINT32;
  x ^= x >> 15;
  return (double) (x >> 8) / 8388608 - 1;
}

/* shapes.py's name_number() */
static inline guint64
wb_test_name_number (const char *name)
{
  guint64 number = 0;

  for (const char *c = name; *c != '\0'; c++)
    number = (number * 31 + (guchar) *c) % 2147483647;
  return number;
}

/* shapes.py's weights_of() */
static inline double
wb_test_form_shapes (const WbParameter *p, gsize t, gsize k)
{
  static const char *name; /* of @number: a tensor's elements are asked for one after another */
  static guint64     number;
  double             u;

  if (name == NULL || !g_str_equal (name, p->name))
    {
      name = g_intern_string (p->name);
      number = wb_test_name_number (name);
    }
  u = wb_test_uniform (number, k);
  if (p->n_dims == 1)
    return p->init == WB_INIT_ONES ? 1 + 0.3 * u : 0.2 * u;
  if (g_str_has_suffix (p->name, "embeddings.weight"))
    return 2 / sqrt ((double) p->dims[1]) * u;
  return 1.5 / sqrt ((double) p->n_elements / (double) p->dims[0]) * u;
}

static inline WbModelConfig *
wb_test_shape_config (JsonObject *shape)
{
  g_autofree char *text = json_to_string (json_object_get_member (shape, "config"), FALSE);
  g_autoptr (GError) error = NULL;
  WbModelConfig *config = wb_model_config_parse (text, -1, "shape", &error);

  g_assert_no_error (error);
  return config;
}

/* shapes.py's name of a head */
static inline WbHeadSpec
wb_test_shape_head (const char *name)
{
  static const char *const names[] = {
    [WB_HEAD_CLASSIFICATION] = "classification",
    [WB_HEAD_REGRESSION] = "regression",
    [WB_HEAD_SOFT_CLASSIFICATION] = "soft",
    [WB_HEAD_MULTI_LABEL] = "multi-label",
    [WB_HEAD_TOKEN] = "token",
    [WB_HEAD_SPAN] = "span",
    [WB_HEAD_CHOICE] = "choice",
    [WB_HEAD_MASKED_LM] = "masked-lm",
    [WB_HEAD_REPLACED_TOKEN] = "replaced-token",
  };
  WbHeadSpec head = { .n_labels = g_str_equal (name, "regression") ? 1 : 3 };

  head.lm_layout = g_str_equal (name, "masked-lm-new") || g_str_equal (name, "masked-lm-enhanced")
                       ? WB_LM_LAYOUT_NEW
                       : WB_LM_LAYOUT_LEGACY;
  head.untied = g_str_equal (name, "masked-lm-untied");
  head.enhanced = g_str_equal (name, "masked-lm-enhanced");
  if (g_str_has_prefix (name, "masked-lm"))
    name = "masked-lm";
  if (g_str_has_prefix (name, "regression"))
    name = "regression";
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (name, names[i]))
      {
        head.kind = i;
        return head;
      }
  g_error ("no head %s", name);
}

/* A batch of the vectors with the arrays that heads learn from. */
typedef struct
{
  WbTestBatch  *plain;
  WbBatch       batch;
  WbDistinctIds distinct;
  gsize         n_targets; /* of a sequence */
  GPtrArray    *arrays;    /* of GArray */
} WbTestShapeBatch;

static inline void
wb_test_shape_batch_free (WbTestShapeBatch *self)
{
  wb_test_batch_free (self->plain);
  g_ptr_array_unref (self->arrays);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbTestShapeBatch, wb_test_shape_batch_free)

/* The numbers of member @name as @batch keeps them until it is freed; %NULL when there are none. */
static inline GArray *
wb_test_shape_numbers (WbTestShapeBatch *self, JsonObject *object, const char *name, gboolean real)
{
  JsonArray *array;
  GArray    *out;

  if (!json_object_has_member (object, name))
    return NULL;
  array = json_object_get_array_member (object, name);
  out = g_array_new (FALSE, FALSE, 4);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      const float  number = (float) json_array_get_double_element (array, i);
      const gint32 whole = (gint32) json_array_get_int_element (array, i);

      g_array_append_vals (out, real ? (gconstpointer) &number : &whole, 1);
    }
  g_ptr_array_add (self->arrays, out);
  return out;
}

static inline gconstpointer
wb_test_shape_array (WbTestShapeBatch *self, JsonObject *object, const char *name, gboolean real)
{
  GArray *array = wb_test_shape_numbers (self, object, name, real);

  return array != NULL ? array->data : NULL;
}

/* @sequences: lengths, ids, types; @labels: what a head learns from; may be the same object */
static inline WbTestShapeBatch *
wb_test_shape_batch_new (JsonObject *sequences, JsonObject *labels)
{
  WbTestShapeBatch *self = g_new0 (WbTestShapeBatch, 1);
  JsonArray        *lengths = json_object_get_array_member (sequences, "lengths");
  const gint32     *ids, *types;
  GArray           *groups, *targets;

  self->plain = wb_test_batch_new ();
  self->arrays = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  ids = wb_test_shape_array (self, sequences, "ids", FALSE);
  types = wb_test_shape_array (self, sequences, "types", FALSE);
  for (guint s = 0; s < json_array_get_length (lengths); s++)
    {
      const gsize start = self->plain->ids->len;

      wb_test_batch_add (self->plain, ids + start, types != NULL ? types + start : NULL,
                         (gsize) json_array_get_int_element (lengths, s), s, -1, 0);
    }
  self->batch = *wb_test_batch_finish (self->plain, NULL);
  self->batch.labels = wb_test_shape_array (self, labels, "labels", FALSE);
  targets = wb_test_shape_numbers (self, labels, "targets", TRUE);
  self->batch.targets = targets != NULL ? (const float *) targets->data : NULL;
  self->n_targets = targets != NULL ? targets->len / self->batch.n_sequences : 0;
  self->batch.token_labels = wb_test_shape_array (self, labels, "token_labels", FALSE);
  self->batch.starts = wb_test_shape_array (self, labels, "starts", FALSE);
  self->batch.ends = wb_test_shape_array (self, labels, "ends", FALSE);
  groups = wb_test_shape_numbers (self, labels, "groups", FALSE);
  self->batch.groups = groups != NULL ? (const gint32 *) groups->data : NULL;
  self->batch.n_groups = groups != NULL ? groups->len - 1 : 0;
  self->distinct =
      (WbDistinctIds){ self->plain->distinct->len, (const gint32 *) self->plain->distinct->data };
  return self;
}

/* @array + @n, or absent */
#define WB_TEST_AFTER(array, n) ((array) != NULL ? (array) + (n) : NULL)

/* @bounds from @first on, counted from there; the batch keeps them */
static inline const gint32 *
wb_test_shape_bounds (WbTestShapeBatch *self, const gint32 *bounds, gsize first, gsize n)
{
  GArray *out = g_array_new (FALSE, FALSE, sizeof (gint32));

  for (gsize i = first; i <= first + n; i++)
    {
      const gint32 bound = bounds[i] - bounds[first];

      g_array_append_val (out, bound);
    }
  g_ptr_array_add (self->arrays, out);
  return (const gint32 *) out->data;
}

/**
 * wb_test_shape_batch_part:
 * @first, @n: sequences; they must be whole groups of choices
 *
 * Returns: these sequences as a part of the step; its arrays are @self's
 */
static inline WbBatch
wb_test_shape_batch_part (WbTestShapeBatch *self, gsize first, gsize n)
{
  const WbBatch *all = &self->batch;
  const gsize    token = (gsize) all->cu_seqlens[first];
  WbBatch        part = { .n_sequences = n, .max_length = all->max_length };
  gsize          group = 0;

  part.n_tokens = (gsize) all->cu_seqlens[first + n] - token;
  part.cu_seqlens = wb_test_shape_bounds (self, all->cu_seqlens, first, n);
  part.ordinals = all->ordinals + first;
  part.ids = all->ids + token;
  part.type_ids = WB_TEST_AFTER (all->type_ids, token);
  part.slots = WB_TEST_AFTER (all->slots, token);
  part.token_labels = WB_TEST_AFTER (all->token_labels, token);
  part.targets = WB_TEST_AFTER (all->targets, first * self->n_targets);
  part.starts = WB_TEST_AFTER (all->starts, first);
  part.ends = WB_TEST_AFTER (all->ends, first);
  if (all->groups == NULL)
    {
      part.labels = WB_TEST_AFTER (all->labels, first);
      return part;
    }
  while (all->groups[group] < (gint32) first)
    group++;
  while (all->groups[group + part.n_groups] < (gint32) (first + n))
    part.n_groups++;
  part.groups = wb_test_shape_bounds (self, all->groups, group, part.n_groups);
  part.labels = all->labels + group;
  return part;
}

/* Makes room for @self in @limits. */
static inline void
wb_test_shape_batch_limit (const WbTestShapeBatch *self, WbModelLimits *limits)
{
  limits->max_tokens = MAX (limits->max_tokens, self->batch.n_tokens);
  limits->max_sequences = MAX (limits->max_sequences, self->batch.n_sequences);
  limits->max_length = MAX (limits->max_length, self->batch.max_length);
  limits->max_distinct = MAX (limits->max_distinct, self->distinct.n_ids);
}

/* The gradient of tensor @t as published, whole; (transfer full) */
static inline double *
wb_test_shape_gradient (WbModel *model, const WbTestShapeBatch *batch, gsize t)
{
  const WbParameter *p = wb_parameter_table_get (wb_model_get_table (model), t);
  const WbTensor     stored = wb_model_get_gradient (model, t);
  g_autofree float  *whole = g_new0 (float, p->n_elements);
  double            *out = g_new (double, p->n_elements);

  for (gsize i = 0; p->sparse && i < batch->distinct.n_ids; i++)
    memcpy (whole + (gsize) batch->distinct.ids[i] * p->dims[1],
            (const float *) stored.data + i * stored.stride, p->dims[1] * sizeof *whole);
  if (!p->sparse && !p->unused)
    wb_parameter_publish (p, whole, stored.data);
  for (gsize k = 0; k < p->n_elements; k++)
    out[k] = (double) whole[k];
  return out;
}

#define WB_TEST_SUMS 8

/* shapes.py's project(): the sum of all numbers with the signs of sum @i */
static inline double
wb_test_shape_sum (const double *x, gsize n, gsize i)
{
  double sum = 0;

  for (gsize k = 0; k < n; k++)
    sum += wb_test_uniform (1000003 * (i + 1), k) < 0 ? -x[k] : x[k];
  return sum;
}

/**
 * WbTestShapeError:
 * @largest: the worst element, of the tensor's largest; of sums: of the tensor's norm
 * @norm: of the difference, of the tensor's norm; of sums the worst of them
 */
typedef struct
{
  double largest;
  double norm;
} WbTestShapeError;

static inline WbTestShapeError
wb_test_shape_compare_sums (JsonObject *tensor, const double *got, gsize n)
{
  JsonArray       *sums = json_object_get_array_member (tensor, "sums");
  const double     norm = json_object_get_double_member (tensor, "norm");
  double           squares = 0;
  WbTestShapeError off;

  for (gsize k = 0; k < n; k++)
    squares += got[k] * got[k];
  off.norm = fabs (sqrt (squares) - norm) / norm;
  for (guint i = 0; i < WB_TEST_SUMS; i++)
    {
      const double want = json_array_get_double_element (sums, i);

      off.norm = wb_test_worse (off.norm, fabs (wb_test_shape_sum (got, n, i) - want) / norm);
    }
  off.largest = off.norm;
  return off;
}

static inline WbTestShapeError
wb_test_shape_compare_whole (JsonObject *tensor, const double *got, gsize n)
{
  const double       scale = json_object_get_double_member (tensor, "scale");
  gsize              size;
  g_autofree guchar *data = g_base64_decode (json_object_get_string_member (tensor, "data"), &size);
  double             worst = 0, largest = 0, difference = 0, squares = 0;

  g_assert_cmpuint (size, ==, 2 * n);
  for (gsize i = 0; i < n; i++)
    {
      const double want = scale * (gint16) (data[2 * i] | data[2 * i + 1] << 8);

      worst = wb_test_worse (worst, fabs (got[i] - want));
      largest = wb_test_worse (largest, fabs (want));
      difference += (got[i] - want) * (got[i] - want);
      squares += want * want;
    }
  return (WbTestShapeError){ worst / largest, sqrt (difference / squares) };
}

/* @tensor: shapes.py's pack_tensor(), not of a tensor that is truly zero */
static inline WbTestShapeError
wb_test_shape_compare (JsonObject *tensor, const double *got, gsize n)
{
  return json_object_has_member (tensor, "sums") ? wb_test_shape_compare_sums (tensor, got, n)
                                                 : wb_test_shape_compare_whole (tensor, got, n);
}

/* Whether @tensor is named without numbers. */
static inline gboolean
wb_test_shape_has_none (JsonObject *tensor)
{
  return !json_object_has_member (tensor, "data") && !json_object_has_member (tensor, "sums");
}

/* shapes.py's pack32(): how many of @n outputs there are, and which is number @i */
static inline gsize
wb_test_shape_n_outputs (gsize n)
{
  return n > 8192 ? 2048 : n;
}

static inline gsize
wb_test_shape_output (gsize n, gsize i)
{
  return n > 8192 ? i * 7919 % n : i;
}

/* The tensor of @list named @name. */
static inline JsonObject *
wb_test_shape_find (JsonArray *list, const char *name)
{
  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      JsonObject *tensor = json_array_get_object_element (list, i);

      if (g_str_equal (json_object_get_string_member (tensor, "name"), name))
        return tensor;
    }
  g_error ("the vectors have no %s", name);
}

/**
 * wb_test_shape_is_zero:
 *
 * Returns: whether the true gradient of @p is zero: what it adds is the same for every key of a
 * row, or for everything that a softmax compares, or is never read
 */
static inline gboolean
wb_test_shape_is_zero (const WbModelConfig *config, const WbHeadSpec *head, const WbParameter *p)
{
  const gboolean   relative = config->relative_attention;
  g_autofree char *last = g_strdup_printf ("layer.%zu.output.LayerNorm.bias", config->n_layers - 1);

  if (p->unused)
    return TRUE;
  /* the decoder runs the last layer without it, from the layer's input */
  if (strstr (p->name, "encoder.conv.") != NULL)
    return config->n_layers == 1 && wb_head_spec_is_enhanced (head, config);
  if (g_str_has_suffix (p->name, "self.key_proj.bias"))
    return !(relative && config->p2c);
  if (g_str_has_suffix (p->name, "pos_key_proj.bias"))
    return TRUE;
  if (g_str_has_suffix (p->name, "encoder.LayerNorm.bias"))
    return relative && config->c2p && !config->p2c;
  if (head->kind == WB_HEAD_SPAN)
    return g_str_equal (p->name, "qa_outputs.bias") || g_str_has_suffix (p->name, last);
  return head->kind == WB_HEAD_CHOICE && g_str_equal (p->name, "classifier.bias");
}
