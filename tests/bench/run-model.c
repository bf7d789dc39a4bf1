#include "config.h"

#include <stdio.h>
#include <string.h>

#include "engine/checkpoint/wb-checkpoint.h"
#include "engine/core/wb-engine-error.h"

/* run-model FOLDER…: for tests/vectors/combinations.py.  Each folder has config.json,
 * model.safetensors and ids.txt (lines "id type").  Written into it: states.bin, F32, the
 * classifier's logits, then the embeddings and each layer (n, H); gradients.bin, F32, every
 * published tensor in the order of gradients.txt (lines "name elements"), of the loss for label 0
 * or target 0.5.  A line on stdout for each folder: "OK LOSS", or what was wrong. */

typedef struct
{
  WbBatch batch;
  GArray *ids, *types, *slots, *distinct; /* gint32 */
  gint32  bounds[2];
} Input;

static gint
compare (gconstpointer a, gconstpointer b)
{
  return *(const gint32 *) a - *(const gint32 *) b;
}

static GArray *
new_array (void)
{
  return g_array_new (FALSE, FALSE, sizeof (gint32));
}

static void
input_clear (Input *self)
{
  g_array_unref (self->ids);
  g_array_unref (self->types);
  g_array_unref (self->slots);
  g_array_unref (self->distinct);
}

static void
find_slots (Input *self)
{
  guint n = 0;

  g_array_append_vals (self->distinct, self->ids->data, self->ids->len);
  g_array_sort (self->distinct, compare);
  for (guint i = 0; i < self->distinct->len; i++)
    if (n == 0 || compare (&g_array_index (self->distinct, gint32, i),
                           &g_array_index (self->distinct, gint32, n - 1)) != 0)
      g_array_index (self->distinct, gint32, n++) = g_array_index (self->distinct, gint32, i);
  g_array_set_size (self->distinct, n);
  for (guint i = 0; i < self->ids->len; i++)
    {
      guint  place = 0;
      gint32 slot;

      g_array_binary_search (self->distinct, &g_array_index (self->ids, gint32, i), compare,
                             &place);
      slot = (gint32) place;
      g_array_append_val (self->slots, slot);
    }
}

static gboolean
input_read (Input *self, const char *folder, const WbModelConfig *config, GError **error)
{
  static const guint32 ordinal;
  static const gint32  label;
  static const float   target = 0.5f;
  g_autofree char     *path = g_build_filename (folder, "ids.txt", NULL);
  g_autofree char     *text = NULL;
  g_auto (GStrv) words = NULL;

  if (!g_file_get_contents (path, &text, NULL, error))
    return FALSE;
  words = g_strsplit_set (g_strstrip (text), " \n", -1);
  for (gsize i = 0; words[i] != NULL; i++)
    {
      const gint32 number = (gint32) g_ascii_strtoll (words[i], NULL, 10);

      g_array_append_val (i % 2 == 0 ? self->ids : self->types, number);
    }
  find_slots (self);
  self->bounds[1] = (gint32) self->ids->len;
  self->batch = (WbBatch){ .n_tokens = self->ids->len,
                           .n_sequences = 1,
                           .max_length = self->ids->len,
                           .ids = (const gint32 *) self->ids->data,
                           .slots = (const gint32 *) self->slots->data,
                           .cu_seqlens = self->bounds,
                           .ordinals = &ordinal,
                           .labels = &label,
                           .targets = &target };
  if (config->type_vocab_size > 0)
    self->batch.type_ids = (const gint32 *) self->types->data;
  return TRUE;
}

static FILE *
open_output (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  FILE            *file = fopen (path, "wb");

  g_assert (file != NULL);
  return file;
}

static gboolean
write_states (WbModel *model, const Input *input, const char *folder, GError **error)
{
  const WbModelConfig *config = wb_model_get_config (model);
  const gsize          n = input->batch.n_tokens * config->hidden_size, c = config->n_labels;
  g_autofree float    *states = g_new (float, n);
  g_autofree float    *logits = g_new (float, c);
  FILE                *file;

  if (!wb_model_predict (model, &input->batch, logits, error))
    return FALSE;
  file = open_output (folder, "states.bin");
  fwrite (logits, sizeof (float), c, file);
  for (gint layer = -1; layer < (gint) config->n_layers; layer++)
    {
      if (!wb_model_hidden_states (model, &input->batch, layer, states, error))
        break;
      fwrite (states, sizeof (float), n, file);
    }
  fclose (file);
  return *error == NULL;
}

/* (transfer full): as published; rows of the word table that the input does not name are zero */
static float *
dup_gradient (WbModel *model, gsize i, const Input *input)
{
  const WbParameter *p = wb_parameter_table_get (wb_model_get_table (model), i);
  const WbTensor     d = wb_model_get_gradient (model, i);
  float             *published = g_new0 (float, p->n_elements);

  if (!p->sparse)
    wb_parameter_publish (p, published, d.data);
  for (guint k = 0; p->sparse && k < input->distinct->len; k++)
    memcpy (published + (gsize) g_array_index (input->distinct, gint32, k) * d.cols,
            (const float *) d.data + k * d.cols, d.cols * sizeof (float));
  return published;
}

static gboolean
write_gradients (WbModel *model, const Input *input, const char *folder, GError **error)
{
  const WbParameterTable *table = wb_model_get_table (model);
  const WbLossWeight      one = { 1, 1 };
  double                  loss;
  FILE                   *values, *names;

  if (!wb_model_clear_gradients (model, input->distinct->len, error) ||
      !wb_model_train_part (model, &input->batch, 1, 0, &one, &loss, error))
    return FALSE;
  values = open_output (folder, "gradients.bin");
  names = open_output (folder, "gradients.txt");
  for (gsize i = 0; i < wb_parameter_table_get_n (table); i++)
    {
      const WbParameter *p = wb_parameter_table_get (table, i);
      g_autofree float  *gradient = dup_gradient (model, i, input);

      fwrite (gradient, sizeof (float), p->n_elements, values);
      fprintf (names, "%s %zu\n", p->name, p->n_elements);
    }
  fclose (values);
  fclose (names);
  printf ("OK %.9g\n", loss);
  return TRUE;
}

static gboolean
run (WbBackend *backend, const char *folder, Input *input, GError **error)
{
  g_autoptr (WbModelConfig) config = wb_model_config_load (folder, error);
  g_autoptr (WbModel) model = NULL;
  g_autoptr (WbLoadReport) report = NULL;
  WbHeadSpec    head = { .kind = WB_HEAD_CLASSIFICATION };
  WbModelLimits limits = { .max_sequences = 1, .training = TRUE };

  if (config == NULL || !input_read (input, folder, config, error))
    return FALSE;
  head.n_labels = config->n_labels;
  if (head.n_labels == 1)
    head.kind = WB_HEAD_REGRESSION;
  limits.max_tokens = limits.max_length = input->batch.n_tokens;
  limits.max_distinct = input->distinct->len;
  model = wb_model_new (backend, config, &head, error);
  if (model == NULL || (report = wb_checkpoint_load_weights (model, folder, error)) == NULL)
    return FALSE;
  return wb_model_reserve (model, &limits, error) && write_states (model, input, folder, error) &&
         write_gradients (model, input, folder, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbBackend) backend = wb_backend_open ("cpu", 1, &error);

  if (backend == NULL)
    {
      fprintf (stderr, "run-model: %s\n", error->message);
      return 1;
    }
  for (int i = 1; i < argc; i++)
    {
      Input input = { .ids = new_array (),
                      .types = new_array (),
                      .slots = new_array (),
                      .distinct = new_array () };

      if (!run (backend, argv[i], &input, &error))
        printf ("%s\n", error->message);
      g_clear_error (&error);
      input_clear (&input);
    }
  return 0;
}
