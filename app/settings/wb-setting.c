#include "config.h"

#include "app/settings/wb-setting.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/core/wb-app-error.h"

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define TRAINING WB_SETTING_GROUP_TRAINING
#define MORE WB_SETTING_GROUP_MORE

/* One row a key, in the order that dialog and --help show. */
static const WbSettingInfo table[] = {
  { .key = "epochs",
    .title = N_ ("Epochs"),
    .unit = N_ ("epochs"),
    .type = WB_SETTING_NUMBER,
    .group = TRAINING,
    .min = 0.001,
    .max = 100000,
    .fallback = "3",
    .help = N_ ("passes over the training file; a fraction ends inside one") },
  { .key = "max-steps",
    .title = N_ ("Maximum steps"),
    .unit = N_ ("steps"),
    .type = WB_SETTING_COUNT,
    .group = TRAINING,
    .min = 1,
    .max = 1e9,
    .words = WORDS ("off"),
    .fallback = "off",
    .help = N_ ("optimizer steps in all; wins over epochs") },
  { .key = "batch-size",
    .title = N_ ("Batch size"),
    .unit = N_ ("examples"),
    .type = WB_SETTING_COUNT,
    .group = TRAINING,
    .min = 1,
    .max = 65536,
    .fallback = "32",
    .option = TRUE,
    .help = N_ ("examples of one optimizer step; a short last batch is kept") },
  { .key = "accumulation",
    .title = N_ ("Accumulation"),
    .unit = N_ ("parts"),
    .type = WB_SETTING_COUNT,
    .group = TRAINING,
    .min = 1,
    .max = 65536,
    .fallback = "1",
    .help =
        N_ ("parts that a batch is worked through in, to save memory; the result is the same") },
  { .key = "learning-rate",
    .title = N_ ("Learning rate"),
    .type = WB_SETTING_NUMBER,
    .group = TRAINING,
    .min = 0,
    .max = 1,
    .fallback = "2e-5",
    .help = N_ ("the highest rate, before the schedule") },
  { .key = "schedule",
    .title = N_ ("Schedule"),
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
    .help = N_ (
        "how the learning rate changes; the names with warmup_ in front are the published ones") },
  { .key = "warmup-fraction",
    .title = N_ ("Warm-up"),
    .unit = N_ ("of all steps"),
    .type = WB_SETTING_NUMBER,
    .group = TRAINING,
    .min = 0,
    .max = 1,
    .fallback = "0.1",
    .help = N_ ("share of the steps in which the learning rate rises") },
  { .key = "warmup-steps",
    .title = N_ ("Warm-up steps"),
    .unit = N_ ("steps"),
    .type = WB_SETTING_COUNT,
    .group = TRAINING,
    .min = 0,
    .max = 1e9,
    .words = WORDS ("unset"),
    .fallback = "unset",
    .help = N_ ("the same in steps; wins over the fraction") },
  { .key = "max-length",
    .title = N_ ("Maximum length"),
    .unit = N_ ("tokens"),
    .type = WB_SETTING_COUNT,
    .group = TRAINING,
    .min = 4,
    .max = 8192,
    .fallback = "256",
    .option = TRUE,
    .help = N_ ("longer texts are cut; special tokens are counted") },
  { .key = "precision",
    .title = N_ ("Precision"),
    .type = WB_SETTING_CHOICE,
    .group = TRAINING,
    .choices = WORDS ("auto", "f32"),
    .fallback = "auto",
    .option = TRUE,
    .help = N_ ("of the arithmetic; auto takes the fastest that the device has") },
  { .key = "eval-every",
    .title = N_ ("Evaluate every"),
    .type = WB_SETTING_INTERVAL,
    .group = TRAINING,
    .fallback = "epoch",
    .help = N_ ("N (steps), Nmin (minutes) or epoch; 0: only at the end") },
  { .key = "save-every",
    .title = N_ ("Checkpoint every"),
    .type = WB_SETTING_INTERVAL,
    .group = TRAINING,
    .fallback = "15min",
    .help = N_ ("N (steps), Nmin (minutes) or epoch; 0: only at the end") },
  { .key = "select-metric",
    .title = N_ ("Best by"),
    .type = WB_SETTING_NAME,
    .group = TRAINING,
    .words = WORDS ("task"),
    .fallback = "task",
    .help =
        N_ ("metric that chooses the best checkpoint; task: the task's own; loss: the lowest") },
  { .key = "patience",
    .title = N_ ("Patience"),
    .unit = N_ ("evaluations"),
    .type = WB_SETTING_COUNT,
    .group = TRAINING,
    .min = 1,
    .max = 1e6,
    .words = WORDS ("off"),
    .fallback = "off",
    .help = N_ ("evaluations without gain before the run ends") },
  { .key = "optimizer",
    .title = N_ ("Optimizer"),
    .type = WB_SETTING_CHOICE,
    .group = MORE,
    .choices = WORDS ("adamw", "adam", "admax", "radam"),
    .fallback = "adamw",
    .help = N_ (
        "adamw corrects the bias; adam, admax and radam are the published ones, which do not") },
  { .key = "weight-decay",
    .title = N_ ("Weight decay"),
    .type = WB_SETTING_NUMBER,
    .group = MORE,
    .min = 0,
    .max = 1,
    .fallback = "0.01",
    .help = N_ ("0: none; never of biases and LayerNorms") },
  { .key = "max-grad-norm",
    .title = N_ ("Clip gradient norm"),
    .type = WB_SETTING_NUMBER,
    .group = MORE,
    .min = 0,
    .max = 1e6,
    .fallback = "1",
    .help = N_ ("a longer gradient is shortened to this; 0: off") },
  { .key = "adam-beta1",
    .title = N_ ("Beta 1"),
    .type = WB_SETTING_NUMBER,
    .group = MORE,
    .min = 0,
    .max = 1,
    .below_max = TRUE,
    .fallback = "0.9",
    .help = N_ ("memory of the gradient's mean") },
  { .key = "adam-beta2",
    .title = N_ ("Beta 2"),
    .type = WB_SETTING_NUMBER,
    .group = MORE,
    .min = 0,
    .max = 1,
    .below_max = TRUE,
    .fallback = "0.999",
    .help = N_ ("memory of the gradient's square") },
  { .key = "adam-epsilon",
    .title = N_ ("Epsilon"),
    .type = WB_SETTING_NUMBER,
    .group = MORE,
    .min = 1e-30,
    .max = 1,
    .words = WORDS ("auto"),
    .fallback = "auto",
    .help = N_ ("auto: 1e-8, and 1e-6 with the published optimizers") },
  { .key = "truncation",
    .title = N_ ("Truncation"),
    .type = WB_SETTING_CHOICE,
    .group = MORE,
    .choices = WORDS ("longest-first", "published"),
    .fallback = "longest-first",
    .help =
        N_ ("where long texts are cut: at the right end of the longer one, or at random ends") },
  { .key = "order",
    .title = N_ ("Order"),
    .type = WB_SETTING_CHOICE,
    .group = MORE,
    .choices = WORDS ("grouped", "shuffle", "file", "published"),
    .fallback = "grouped",
    .help =
        N_ ("of the examples: shuffled and by length inside 50 batches, shuffled, as in the file, "
            "or the published double shuffle") },
  { .key = "segments",
    .title = N_ ("Segments"),
    .type = WB_SETTING_CHOICE,
    .group = MORE,
    .choices = WORDS ("hf", "published"),
    .fallback = "hf",
    .help = N_ ("order of the two texts; published: QNLI's sentence before its question") },
  { .key = "dropout",
    .title = N_ ("Dropout"),
    .type = WB_SETTING_NUMBER,
    .group = MORE,
    .min = 0,
    .max = 1,
    .below_max = TRUE,
    .words = WORDS ("model"),
    .fallback = "model",
    .help = N_ ("of hidden states; model: as its config says") },
  { .key = "attention-dropout",
    .title = N_ ("Attention dropout"),
    .type = WB_SETTING_NUMBER,
    .group = MORE,
    .min = 0,
    .max = 1,
    .below_max = TRUE,
    .words = WORDS ("model"),
    .fallback = "model",
    .help = N_ ("of attention probabilities; model: as its config says") },
  { .key = "classifier-dropout",
    .title = N_ ("Classifier dropout"),
    .type = WB_SETTING_NUMBER,
    .group = MORE,
    .min = 0,
    .max = 1,
    .below_max = TRUE,
    .words = WORDS ("model"),
    .fallback = "model",
    .help = N_ ("before the last layer; model: as its config says") },
  { .key = "label-smoothing",
    .title = N_ ("Label smoothing"),
    .type = WB_SETTING_NUMBER,
    .group = MORE,
    .min = 0,
    .max = 1,
    .below_max = TRUE,
    .fallback = "0",
    .help = N_ ("share of the target that is spread over all classes") },
  { .key = "class-weights",
    .title = N_ ("Class weights"),
    .type = WB_SETTING_WEIGHTS,
    .group = MORE,
    .words = WORDS ("off", "balanced"),
    .fallback = "off",
    .help =
        N_ ("weight of each class in the loss, joined by colons (1:2.5); balanced: by frequency") },
  { .key = "layer-decay",
    .title = N_ ("Layer decay"),
    .type = WB_SETTING_NUMBER,
    .group = MORE,
    .min = 0.01,
    .max = 1,
    .fallback = "1",
    .help = N_ ("learning rate times this for each layer from the top") },
  { .key = "keep-last",
    .title = N_ ("Keep the last state"),
    .type = WB_SETTING_CHOICE,
    .group = MORE,
    .choices = WORDS ("no", "yes"),
    .fallback = "no",
    .help = N_ ("also keep the last weights of a finished run, beside the best") },
  { .key = "backend",
    .title = N_ ("Device"),
    .type = WB_SETTING_CHOICE,
    .group = MORE,
    .choices = WORDS ("auto", "cpu"),
    .fallback = "auto",
    .option = TRUE,
    .help = N_ ("what computes") },
  { .key = "threads",
    .title = N_ ("Threads"),
    .unit = N_ ("threads"),
    .type = WB_SETTING_COUNT,
    .group = MORE,
    .min = 1,
    .max = 1024,
    .words = WORDS ("auto"),
    .fallback = "auto",
    .option = TRUE,
    .help = N_ ("auto: one a processor core") },
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

/* (transfer full): "a, b or c" */
static char *
dup_list (const char *const *words)
{
  const guint      n = g_strv_length ((char **) words);
  g_autofree char *first = NULL;
  g_auto (GStrv) all = g_strdupv ((char **) words);

  if (n < 2)
    return g_strdup (n == 1 ? words[0] : "");
  g_clear_pointer (&all[n - 1], g_free);
  first = g_strjoinv (", ", all);
  /* Translators: the end of a list of what is allowed: "a, b" or "c" */
  return g_strdup_printf (_ ("%s or %s"), first, words[n - 1]);
}

static char *
dup_range (const WbSettingInfo *info)
{
  char min[G_ASCII_DTOSTR_BUF_SIZE], max[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (min, sizeof min, "%.10g", info->min);
  g_ascii_formatd (max, sizeof max, "%.10g", info->max);
  if (info->type == WB_SETTING_COUNT)
    return g_strdup_printf (_ ("a whole number from %s to %s"), min, max);
  return g_strdup_printf (info->below_max ? _ ("from %s to below %s") : _ ("from %s to %s"), min,
                          max);
}

static char *
dup_values (const WbSettingInfo *info)
{
  switch (info->type)
    {
    case WB_SETTING_CHOICE:
      return dup_list (info->choices);
    case WB_SETTING_INTERVAL:
      return g_strdup (_ ("a number of steps (100), of minutes (15min), epoch, or 0"));
    case WB_SETTING_WEIGHTS:
      return g_strdup (_ ("one positive number a class, joined by colons (1:2.5)"));
    case WB_SETTING_NAME:
      return g_strdup (_ ("a metric of the task, loss"));
    case WB_SETTING_NUMBER:
    case WB_SETTING_COUNT:
    default:
      return dup_range (info);
    }
}

char *
wb_setting_dup_allowed (const WbSettingInfo *info)
{
  g_autofree char *values = dup_values (info);
  g_autofree char *words = NULL;

  if (info->words == NULL)
    return g_steal_pointer (&values);
  words = dup_list (info->words);
  /* Translators: what is allowed, and words that are allowed besides: "from 0 to 1, or off" */
  return g_strdup_printf (_ ("%s, or %s"), values, words);
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
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE, _ ("%s: “%s” is not allowed; give %s"),
               info->key, shown, allowed);
  return NULL;
}
