#include "app/worker/wb-predictions-private.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "app/core/wb-app-error.h"
#include "app/core/wb-file-tree-private.h"

/* A file: the magic, the length of a key file's text (u32), that text, first (n + 1 u32, token
 * tasks only), gold (n_units f32), logits (n_units · n_labels f32); little-endian. */
#define MAGIC "WBPRED1\n"
#define MAGIC_LENGTH 8
#define MOST_HEADER 65536
#define MOST_UNITS ((guint64) 1 << 28)
#define MOST_LABELS 4096

static WbPredictions *
predictions_alloc (gsize n, gsize n_units, gsize n_labels, gboolean words)
{
  WbPredictions *self = g_new0 (WbPredictions, 1);

  self->n = n;
  self->n_units = n_units;
  self->n_labels = n_labels;
  self->first = words ? g_new0 (guint32, n + 1) : NULL;
  self->gold = g_new0 (float, n_units + 1);
  self->logits = g_new0 (float, n_units *n_labels + 1);
  return self;
}

void
wb_predictions_free (WbPredictions *self)
{
  g_free (self->split);
  g_free (self->path);
  g_free (self->digest);
  g_free (self->first);
  g_free (self->gold);
  g_free (self->logits);
  g_free (self);
}

/* A row of the model's classes, in the order of the task's labels. */
static void
copy_row (WbPredictions *self, gsize unit, const float *row, const int *map)
{
  float *to = self->logits + unit * self->n_labels;

  for (gsize k = 0; k < self->n_labels; k++)
    to[k] = row[map != NULL ? map[k] : (int) k];
}

static float
gold_of (const WbTask *task, const int *map, gint32 class)
{
  for (int k = 0; class >= 0 && task->labels[k] != NULL; k++)
    if ((map != NULL ? map[k] : k) == class)
      return (float) k;
  return NAN;
}

static void
add_words (WbPredictions      *self,
           const WbEvaluation *evaluation,
           const WbFeatures   *features,
           const WbTask       *task,
           const int          *map,
           gsize               i)
{
  const gint32 *tokens, *labels;
  gsize         first;
  const gsize   n = wb_features_get_words (features, i, &first, &tokens, &labels);

  self->first[i] = (guint32) first;
  self->first[i + 1] = (guint32) (first + n);
  for (gsize w = 0; w < n; w++)
    {
      self->gold[first + w] = gold_of (task, map, labels[w]);
      copy_row (self, first + w, evaluation->logits + (first + w) * evaluation->n_labels, map);
      for (gsize k = 0; tokens[w] < 0 && k < self->n_labels; k++)
        self->logits[(first + w) * self->n_labels + k] = NAN;
    }
}

WbPredictions *
wb_predictions_new (const WbEvaluation *evaluation,
                    const WbFeatures   *features,
                    const WbTask       *task,
                    const int          *map)
{
  const gsize    n = wb_features_get_n (features);
  const gboolean words = task->kind == WB_TASK_TOKENS;
  WbPredictions *self = predictions_alloc (n, evaluation->n, evaluation->n_labels, words);

  for (gsize i = 0; i < n; i++)
    if (words)
      add_words (self, evaluation, features, task, map, i);
    else
      {
        self->gold[i] = task->kind == WB_TASK_REGRESSION
                            ? wb_features_get_target (features, i)
                            : gold_of (task, map, wb_features_get_label (features, i));
        copy_row (self, i, evaluation->logits + i * evaluation->n_labels, map);
      }
  return self;
}

static char *
dup_header (const WbPredictions *self)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  g_key_file_set_string (file, "predictions", "split", self->split != NULL ? self->split : "");
  g_key_file_set_string (file, "predictions", "path", self->path != NULL ? self->path : "");
  g_key_file_set_string (file, "predictions", "digest", self->digest != NULL ? self->digest : "");
  g_key_file_set_uint64 (file, "predictions", "step", self->step);
  g_key_file_set_uint64 (file, "predictions", "examples", self->n);
  g_key_file_set_uint64 (file, "predictions", "units", self->n_units);
  g_key_file_set_uint64 (file, "predictions", "labels", self->n_labels);
  g_key_file_set_boolean (file, "predictions", "words", self->first != NULL);
  return g_key_file_to_data (file, NULL, NULL);
}

static gsize
first_bytes (const WbPredictions *self)
{
  return self->first != NULL ? (self->n + 1) * sizeof (guint32) : 0;
}

gboolean
wb_predictions_save (const WbPredictions *self, const char *path, GError **error)
{
  g_autofree char *header = dup_header (self);
  const guint32    length = (guint32) strlen (header);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_byte_array_append (bytes, (const guint8 *) MAGIC, MAGIC_LENGTH);
  g_byte_array_append (bytes, (const guint8 *) &length, sizeof length);
  g_byte_array_append (bytes, (const guint8 *) header, length);
  if (self->first != NULL)
    g_byte_array_append (bytes, (const guint8 *) self->first, (guint) first_bytes (self));
  g_byte_array_append (bytes, (const guint8 *) self->gold,
                       (guint) (self->n_units * sizeof (float)));
  g_byte_array_append (bytes, (const guint8 *) self->logits,
                       (guint) (self->n_units * self->n_labels * sizeof (float)));
  return wb_tree_write_file (path, (const char *) bytes->data, (gssize) bytes->len, error);
}

/* The numbers of the header, when they can be true; %NULL: they cannot. */
static WbPredictions *
parse_header (const char *text, gsize length, gsize rest)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  WbPredictions *self;
  guint64        n, units, labels, needed;
  gboolean       words;

  if (!g_key_file_load_from_data (file, text, length, 0, NULL))
    return NULL;
  n = g_key_file_get_uint64 (file, "predictions", "examples", NULL);
  units = g_key_file_get_uint64 (file, "predictions", "units", NULL);
  labels = g_key_file_get_uint64 (file, "predictions", "labels", NULL);
  words = g_key_file_get_boolean (file, "predictions", "words", NULL);
  if (n > MOST_UNITS || units > MOST_UNITS || labels < 1 || labels > MOST_LABELS ||
      (!words && n != units))
    return NULL;
  needed = (words ? (n + 1) * 4 : 0) + units * 4 * (labels + 1);
  if (needed != rest)
    return NULL;
  self = predictions_alloc (n, units, labels, words);
  self->split = g_key_file_get_string (file, "predictions", "split", NULL);
  self->path = g_key_file_get_string (file, "predictions", "path", NULL);
  self->digest = g_key_file_get_string (file, "predictions", "digest", NULL);
  self->step = g_key_file_get_uint64 (file, "predictions", "step", NULL);
  return self;
}

/* Whether the words of the examples follow one another to the end. */
static gboolean
has_order (const WbPredictions *self)
{
  if (self->first == NULL)
    return TRUE;
  for (gsize i = 0; i < self->n; i++)
    if (self->first[i] > self->first[i + 1])
      return FALSE;
  return self->first[0] == 0 && self->first[self->n] == self->n_units;
}

static WbPredictions *
parse (const char *bytes, gsize size)
{
  g_autoptr (WbPredictions) self = NULL;
  guint32 length;
  gsize   at = MAGIC_LENGTH + sizeof length;

  if (size < at || memcmp (bytes, MAGIC, MAGIC_LENGTH) != 0)
    return NULL;
  memcpy (&length, bytes + MAGIC_LENGTH, sizeof length);
  if (length > MOST_HEADER || length > size - at)
    return NULL;
  self = parse_header (bytes + at, length, size - at - length);
  if (self == NULL)
    return NULL;
  at += length;
  if (self->first != NULL)
    memcpy (self->first, bytes + at, first_bytes (self));
  at += first_bytes (self);
  memcpy (self->gold, bytes + at, self->n_units * sizeof (float));
  at += self->n_units * sizeof (float);
  memcpy (self->logits, bytes + at, self->n_units * self->n_labels * sizeof (float));
  return has_order (self) ? g_steal_pointer (&self) : NULL;
}

WbPredictions *
wb_predictions_load (const char *path, GError **error)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, error);
  WbPredictions *self;

  if (file == NULL)
    return NULL;
  self = parse (g_mapped_file_get_contents (file), g_mapped_file_get_length (file));
  if (self == NULL)
    g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_INVALID,
                 "%s does not hold predictions that this version can read", path);
  return self;
}

char *
wb_predictions_dup_path (const char *run_folder, guint64 step, guint split)
{
  return g_strdup_printf ("%s/predictions/%" G_GUINT64_FORMAT ".%u", run_folder, step, split);
}

static gboolean
parse_name (const char *name, WbPredictionsKey *key)
{
  g_auto (GStrv) parts = g_strsplit (name, ".", 3);
  guint64 split;

  if (g_strv_length (parts) != 2 ||
      !g_ascii_string_to_unsigned (parts[0], 10, 0, G_MAXUINT64, &key->step, NULL) ||
      !g_ascii_string_to_unsigned (parts[1], 10, 0, G_MAXUINT, &split, NULL))
    return FALSE;
  key->split = (guint) split;
  return TRUE;
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  const WbPredictionsKey *x = a, *y = b;

  if (x->step != y->step)
    return x->step > y->step ? -1 : 1;
  return (x->split > y->split) - (x->split < y->split);
}

GArray *
wb_predictions_list (const char *run_folder)
{
  g_autofree char *folder = g_build_filename (run_folder, "predictions", NULL);
  GArray          *keys = g_array_new (FALSE, FALSE, sizeof (WbPredictionsKey));
  GDir            *dir = g_dir_open (folder, 0, NULL);
  const char      *name;
  WbPredictionsKey key;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (parse_name (name, &key))
      g_array_append_val (keys, key);
  g_clear_pointer (&dir, g_dir_close);
  g_array_sort (keys, compare_keys);
  return keys;
}

/* What a process was killed over. */
static void
remove_strangers (const char *folder)
{
  GDir            *dir = g_dir_open (folder, 0, NULL);
  const char      *name;
  WbPredictionsKey key;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (!parse_name (name, &key))
      {
        g_autofree char *path = g_build_filename (folder, name, NULL);
        g_unlink (path);
      }
  g_clear_pointer (&dir, g_dir_close);
}

void
wb_predictions_prune (const char *run_folder, guint64 last, guint64 best)
{
  g_autofree char *folder = g_build_filename (run_folder, "predictions", NULL);
  g_autoptr (GArray) keys = wb_predictions_list (run_folder);
  guint64 bytes = 0, step = G_MAXUINT64;
  guint   n_steps = 0;

  remove_strangers (folder);
  for (guint i = 0; i < keys->len; i++)
    {
      const WbPredictionsKey key = g_array_index (keys, WbPredictionsKey, i);
      g_autofree char       *path = wb_predictions_dup_path (run_folder, key.step, key.split);
      GStatBuf               status;
      const guint64          size = g_stat (path, &status) == 0 ? (guint64) status.st_size : 0;

      n_steps += key.step != step && key.step <= last;
      step = key.step;
      if (key.step > last || (key.step != best && (n_steps > WB_PREDICTIONS_KEPT ||
                                                   bytes + size > WB_PREDICTIONS_BYTES)))
        g_unlink (path);
      else
        bytes += size;
    }
}
