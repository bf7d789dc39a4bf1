#include "app/settings/wb-setting.h"

#include <math.h>
#include <string.h>

#include "app/core/wb-app-error.h"

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define TRAINING WB_SETTING_GROUP_TRAINING
#define MORE WB_SETTING_GROUP_MORE

/* One row a key, in the order that dialog and --help show. */
static const WbSettingInfo table[] = {
  { .key = "epochs",
    .title = "Epochs",
    .unit = "epochs",
    .type = WB_SETTING_NUMBER,
    .group = TRAINING,
    .min = 0.001,
    .max = 100000,
    .fallback = "3",
    .help = "passes over the training file; a fraction ends inside one" },
  { .key = "max-steps",
    .title = "Maximum steps",
    .unit = "steps",
    .type = WB_SETTING_COUNT,
    .group = TRAINING,
    .min = 1,
    .max = 1e9,
    .words = WORDS ("off"),
    .fallback = "off",
    .help = "optimizer steps in all; wins over epochs" },
  { .key = "batch-size",
    .title = "Batch size",
    .unit = "examples",
    .type = WB_SETTING_COUNT,
    .group = TRAINING,
    .min = 1,
    .max = 65536,
    .fallback = "32",
    .option = TRUE,
    .help = "examples of one optimizer step; a short last batch is kept" },
  { .key = "accumulation",
    .title = "Accumulation",
    .unit = "parts",
    .type = WB_SETTING_COUNT,
    .group = TRAINING,
    .min = 1,
    .max = 65536,
    .fallback = "1",
    .help = "parts that a batch is worked through in, to save memory; the result is the same" },
  { .key = "learning-rate",
    .title = "Learning rate",
    .type = WB_SETTING_NUMBER,
    .group = TRAINING,
    .min = 0,
    .max = 1,
    .fallback = "2e-5",
    .help = "the highest rate, before the schedule" },
  { .key = "schedule",
    .title = "Schedule",
    .type = WB_SETTING_CHOICE,
    .group = TRAINING,
    .choices = WORDS ("linear",
                      "cosine",
                      "cosine_with_restarts",
                      "polynomial",
                      "constant",
                      "constant_with_warmup",
                      "inverse_sqrt",
                      "warmup_linear",
                      "warmup_linear_shift",
                      "warmup_constant",
                      "warmup_cosine",
                      "warmup_linear_cosine",
                      "warmup_cyclic_linear_cosine"),
    .fallback = "linear",
    .help =
        "how the learning rate changes; the names with warmup_ in front are the published ones" },
  { .key = "warmup-fraction",
    .title = "Warm-up",
    .unit = "of all steps",
    .type = WB_SETTING_NUMBER,
    .group = TRAINING,
    .min = 0,
    .max = 1,
    .fallback = "0.1",
    .help = "share of the steps in which the learning rate rises" },
  { .key = "warmup-steps",
    .title = "Warm-up steps",
    .unit = "steps",
    .type = WB_SETTING_COUNT,
    .group = TRAINING,
    .min = 0,
    .max = 1e9,
    .words = WORDS ("unset"),
    .fallback = "unset",
    .help = "the same in steps; wins over the fraction" },
  { .key = "max-length",
    .title = "Maximum length",
    .unit = "tokens",
    .type = WB_SETTING_COUNT,
    .group = TRAINING,
    .min = 4,
    .max = 8192,
    .fallback = "256",
    .option = TRUE,
    .help = "longer texts are cut; special tokens are counted" },
  { .key = "precision",
    .title = "Precision",
    .type = WB_SETTING_CHOICE,
    .group = TRAINING,
    .choices = WORDS ("auto", "f32"),
    .fallback = "auto",
    .option = TRUE,
    .help = "of the arithmetic; auto takes the fastest that the device has" },
  { .key = "eval-every",
    .title = "Evaluate every",
    .type = WB_SETTING_INTERVAL,
    .group = TRAINING,
    .fallback = "epoch",
    .help = "N (steps), Nmin (minutes) or epoch; 0: only at the end" },
  { .key = "save-every",
    .title = "Checkpoint every",
    .type = WB_SETTING_INTERVAL,
    .group = TRAINING,
    .fallback = "15min",
    .help = "N (steps), Nmin (minutes) or epoch; 0: only at the end" },
  { .key = "select-metric",
    .title = "Best by",
    .type = WB_SETTING_NAME,
    .group = TRAINING,
    .words = WORDS ("task"),
    .fallback = "task",
    .help = "metric that chooses the best checkpoint; task: the task's own; loss: the lowest" },
  { .key = "patience",
    .title = "Patience",
    .unit = "evaluations",
    .type = WB_SETTING_COUNT,
    .group = TRAINING,
    .min = 1,
    .max = 1e6,
    .words = WORDS ("off"),
    .fallback = "off",
    .help = "evaluations without gain before the run ends" },
  { .key = "optimizer",
    .title = "Optimizer",
    .type = WB_SETTING_CHOICE,
    .group = MORE,
    .choices = WORDS ("adamw", "adam", "admax", "radam"),
    .fallback = "adamw",
    .help = "adamw corrects the bias; adam, admax and radam are the published ones, which do not" },
  { .key = "weight-decay",
    .title = "Weight decay",
    .type = WB_SETTING_NUMBER,
    .group = MORE,
    .min = 0,
    .max = 1,
    .fallback = "0.01",
    .help = "0: none; never of biases and LayerNorms" },
  { .key = "max-grad-norm",
    .title = "Clip gradient norm",
    .type = WB_SETTING_NUMBER,
    .group = MORE,
    .min = 0,
    .max = 1e6,
    .fallback = "1",
    .help = "a longer gradient is shortened to this; 0: off" },
  { .key = "adam-beta1",
    .title = "Beta 1",
    .type = WB_SETTING_NUMBER,
    .group = MORE,
    .min = 0,
    .max = 1,
    .below_max = TRUE,
    .fallback = "0.9",
    .help = "memory of the gradient's mean" },
  { .key = "adam-beta2",
    .title = "Beta 2",
    .type = WB_SETTING_NUMBER,
    .group = MORE,
    .min = 0,
    .max = 1,
    .below_max = TRUE,
    .fallback = "0.999",
    .help = "memory of the gradient's square" },
  { .key = "adam-epsilon",
    .title = "Epsilon",
    .type = WB_SETTING_NUMBER,
    .group = MORE,
    .min = 1e-30,
    .max = 1,
    .words = WORDS ("auto"),
    .fallback = "auto",
    .help = "auto: 1e-8, and 1e-6 with the published optimizers" },
  { .key = "truncation",
    .title = "Truncation",
    .type = WB_SETTING_CHOICE,
    .group = MORE,
    .choices = WORDS ("longest-first", "published"),
    .fallback = "longest-first",
    .help = "where long texts are cut: at the right end of the longer one, or at random ends" },
  { .key = "order",
    .title = "Order",
    .type = WB_SETTING_CHOICE,
    .group = MORE,
    .choices = WORDS ("grouped", "shuffle", "file", "published"),
    .fallback = "grouped",
    .help = "of the examples: shuffled and by length inside 50 batches, shuffled, as in the file, "
            "or the published double shuffle" },
  { .key = "segments",
    .title = "Segments",
    .type = WB_SETTING_CHOICE,
    .group = MORE,
    .choices = WORDS ("hf", "published"),
    .fallback = "hf",
    .help = "order of the two texts; published: QNLI's sentence before its question" },
  { .key = "dropout",
    .title = "Dropout",
    .type = WB_SETTING_NUMBER,
    .group = MORE,
    .min = 0,
    .max = 1,
    .below_max = TRUE,
    .words = WORDS ("model"),
    .fallback = "model",
    .help = "of hidden states; model: as its config says" },
  { .key = "attention-dropout",
    .title = "Attention dropout",
    .type = WB_SETTING_NUMBER,
    .group = MORE,
    .min = 0,
    .max = 1,
    .below_max = TRUE,
    .words = WORDS ("model"),
    .fallback = "model",
    .help = "of attention probabilities; model: as its config says" },
  { .key = "classifier-dropout",
    .title = "Classifier dropout",
    .type = WB_SETTING_NUMBER,
    .group = MORE,
    .min = 0,
    .max = 1,
    .below_max = TRUE,
    .words = WORDS ("model"),
    .fallback = "model",
    .help = "before the last layer; model: as its config says" },
  { .key = "label-smoothing",
    .title = "Label smoothing",
    .type = WB_SETTING_NUMBER,
    .group = MORE,
    .min = 0,
    .max = 1,
    .below_max = TRUE,
    .fallback = "0",
    .help = "share of the target that is spread over all classes" },
  { .key = "class-weights",
    .title = "Class weights",
    .type = WB_SETTING_WEIGHTS,
    .group = MORE,
    .words = WORDS ("off", "balanced"),
    .fallback = "off",
    .help = "weight of each class in the loss, joined by colons (1:2.5); balanced: by frequency" },
  { .key = "layer-decay",
    .title = "Layer decay",
    .type = WB_SETTING_NUMBER,
    .group = MORE,
    .min = 0.01,
    .max = 1,
    .fallback = "1",
    .help = "learning rate times this for each layer from the top" },
  { .key = "keep-last",
    .title = "Keep the last state",
    .type = WB_SETTING_CHOICE,
    .group = MORE,
    .choices = WORDS ("no", "yes"),
    .fallback = "no",
    .help = "also keep the last weights of a finished run, beside the best" },
  { .key = "backend",
    .title = "Device",
    .type = WB_SETTING_CHOICE,
    .group = MORE,
    .choices = WORDS ("auto", "cpu"),
    .fallback = "auto",
    .option = TRUE,
    .help = "what computes" },
  { .key = "threads",
    .title = "Threads",
    .unit = "threads",
    .type = WB_SETTING_COUNT,
    .group = MORE,
    .min = 1,
    .max = 1024,
    .words = WORDS ("auto"),
    .fallback = "auto",
    .option = TRUE,
    .help = "auto: one a processor core" },
};

const WbSettingInfo *
wb_setting_get_all (gsize *n)
{
  *n = G_N_ELEMENTS (table);
  return table;
}

/* ASCII, without case, "_" as "-". */
static gboolean
same_word (const char *a, const char *b)
{
  for (; *a != '\0' && *b != '\0'; a++, b++)
    if (g_ascii_tolower (*a == '_' ? '-' : *a) != g_ascii_tolower (*b == '_' ? '-' : *b))
      return FALSE;
  return *a == *b;
}

const WbSettingInfo *
wb_setting_find (const char *key)
{
  g_return_val_if_fail (key != NULL, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (same_word (table[i].key, key))
      return &table[i];
  return NULL;
}

static void
append_number (GString *out, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  g_string_append (out, g_ascii_formatd (text, sizeof text, "%.10g", value));
}

/* "a, b or c" */
static void
append_list (GString *out, const char *const *words, gboolean more_follows)
{
  for (gsize i = 0; words[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append (out, words[i + 1] == NULL && !more_follows ? " or " : ", ");
      g_string_append (out, words[i]);
    }
}

static void
append_range (GString *out, const WbSettingInfo *info)
{
  if (info->type == WB_SETTING_COUNT)
    g_string_append (out, "a whole number ");
  g_string_append (out, "from ");
  append_number (out, info->min);
  g_string_append (out, info->below_max ? " to below " : " to ");
  append_number (out, info->max);
}

char *
wb_setting_dup_allowed (const WbSettingInfo *info)
{
  GString *out = g_string_new (NULL);

  switch (info->type)
    {
    case WB_SETTING_NUMBER:
    case WB_SETTING_COUNT:
      append_range (out, info);
      break;
    case WB_SETTING_CHOICE:
      append_list (out, info->choices, FALSE);
      break;
    case WB_SETTING_INTERVAL:
      g_string_append (out, "a number of steps (100), of minutes (15min), epoch, or 0");
      break;
    case WB_SETTING_WEIGHTS:
      g_string_append (out, "one positive number a class, joined by colons (1:2.5)");
      break;
    case WB_SETTING_NAME:
      g_string_append (out, "a metric of the task, loss");
      break;
    default:
      g_assert_not_reached ();
    }
  if (info->words != NULL)
    {
      g_string_append (out, ", or ");
      append_list (out, info->words, FALSE);
    }
  return g_string_free (out, FALSE);
}

static const char *
find_word (const char *const *words, const char *text)
{
  for (gsize i = 0; words != NULL && words[i] != NULL; i++)
    if (same_word (words[i], text))
      return words[i];
  return NULL;
}

static gboolean
check_number (const WbSettingInfo *info, const char *text)
{
  char  *end;
  double value = g_ascii_strtod (text, &end);

  /* strtod would also take "nan", "inf" and hexadecimal numbers */
  if (end == text || *end != '\0' || !isfinite (value) || strpbrk (text, "xXnN") != NULL)
    return FALSE;
  if (value < info->min || value > info->max || (info->below_max && value >= info->max))
    return FALSE;
  return info->type != WB_SETTING_COUNT || value == floor (value);
}

static gboolean
check_interval (const char *text)
{
  g_autofree char *digits = NULL;
  const gsize      length = strlen (text);

  if (strcmp (text, "epoch") == 0)
    return TRUE;
  digits = g_str_has_suffix (text, "min") ? g_strndup (text, length - 3) : g_strdup (text);
  if (g_str_has_suffix (text, "min"))
    return check_number (&(WbSettingInfo){ .type = WB_SETTING_NUMBER, .min = 0.001, .max = 1e6 },
                         digits);
  return check_number (&(WbSettingInfo){ .type = WB_SETTING_COUNT, .min = 0, .max = 1e9 }, digits);
}

static gboolean
check_weights (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", -1);

  for (gsize i = 0; parts[i] != NULL; i++)
    if (!check_number (&(WbSettingInfo){ .min = 1e-9, .max = 1e9 }, parts[i]))
      return FALSE;
  return parts[0] != NULL && parts[1] != NULL;
}

static gboolean
check_name (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("-_/.", *p) == NULL)
      return FALSE;
  return *text != '\0';
}

static gboolean
check_value (const WbSettingInfo *info, const char *text)
{
  switch (info->type)
    {
    case WB_SETTING_NUMBER:
    case WB_SETTING_COUNT:
      return check_number (info, text);
    case WB_SETTING_INTERVAL:
      return check_interval (text);
    case WB_SETTING_WEIGHTS:
      return check_weights (text);
    case WB_SETTING_NAME:
      return check_name (text);
    case WB_SETTING_CHOICE:
    default:
      return FALSE; /* choices are words */
    }
}

char *
wb_setting_check (const WbSettingInfo *info, const char *text, GError **error)
{
  g_autofree char *typed = g_strstrip (g_strdup (text));
  g_autofree char *allowed = NULL;
  g_autofree char *shown = NULL;
  const char      *word = find_word (info->choices, typed);

  if (word == NULL)
    word = find_word (info->words, typed);
  if (word != NULL)
    return g_strdup (word);
  if (check_value (info, typed))
    return g_steal_pointer (&typed);

  allowed = wb_setting_dup_allowed (info);
  shown = g_utf8_make_valid (typed, MIN ((gssize) strlen (typed), 80));
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE, "%s: “%s” is not allowed; give %s",
               info->key, shown, allowed);
  return NULL;
}
