#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WbSettingType:
 * @WB_SETTING_NUMBER: a real number in [min, max]
 * @WB_SETTING_COUNT: a whole number in [min, max]
 * @WB_SETTING_CHOICE: one of choices
 * @WB_SETTING_INTERVAL: "N" optimizer steps, "Nmin" minutes, "epoch", or "0": only at the end
 * @WB_SETTING_WEIGHTS: one positive number a class, joined by ":" ("1:2.5")
 * @WB_SETTING_NAME: a word that is checked where it is used (a metric of the task)
 */
typedef enum
{
  WB_SETTING_NUMBER,
  WB_SETTING_COUNT,
  WB_SETTING_CHOICE,
  WB_SETTING_INTERVAL,
  WB_SETTING_WEIGHTS,
  WB_SETTING_NAME,
} WbSettingType;

typedef enum
{
  WB_SETTING_GROUP_TRAINING, /* in the dialog's first group */
  WB_SETTING_GROUP_MORE,
} WbSettingGroup;

/**
 * WbSettingInfo:
 * @key: "learning-rate": --set, key files, JSON
 * @title: "Learning rate": the dialog's label
 * @unit: (nullable): "examples", "tokens", "steps" …
 * @min, @max: allowed range of a number or count, both ends included (@below_max: max excluded)
 * @choices: (nullable): %NULL-terminated, in the order to show them
 * @words: (nullable): %NULL-terminated words allowed besides the range ("off", "auto", "model",
 * "task"): then the value counts as not set
 * @fallback: the default, as text
 * @help: one line
 * @option: also an option of its own of train, evaluate, predict and bench (--batch-size N)
 */
typedef struct
{
  const char        *key;
  const char        *title;
  const char        *unit;
  WbSettingType      type;
  WbSettingGroup     group;
  double             min;
  double             max;
  gboolean           below_max;
  const char *const *choices;
  const char *const *words;
  const char        *fallback;
  const char        *help;
  gboolean           option;
} WbSettingInfo;

/* The one table: dialog, --set, --help and documentation read it.  In the order to show. */
const WbSettingInfo *wb_setting_get_all (gsize *n);
const WbSettingInfo *wb_setting_find (const char *key); /* case and "_" for "-" do not matter */

/* (transfer full): "from 0 to 1", "adamw, adam, admax or radam", "1 or more, or off" … */
char *wb_setting_dup_allowed (const WbSettingInfo *info);

/**
 * wb_setting_check:
 * @text: what was typed
 * @error: WB_APP_ERROR_USAGE naming key, value and what is allowed
 *
 * Returns: (transfer full): @text as it is kept ("0.00002" stays as typed but for spaces and case
 * of words), %NULL on error
 */
char *wb_setting_check (const WbSettingInfo *info, const char *text, GError **error);

G_END_DECLS
