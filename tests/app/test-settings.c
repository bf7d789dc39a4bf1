#include "config.h"

#include <math.h>
#include <string.h>

#include "app/core/wb-app-error.h"
#include "app/settings/wb-settings.h"
#include "engine/train/wb-schedule.h"

/* Every default is allowed by its own row, every key is found, help fits on a line. */
static void
test_table (void)
{
  gsize                n;
  const WbSettingInfo *all = wb_setting_get_all (&n);

  g_assert_cmpuint (n, >, 25);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *value = wb_setting_check (&all[i], all[i].fallback, &error);
      g_autofree char *allowed = wb_setting_dup_allowed (&all[i]);

      g_assert_no_error (error);
      g_assert_cmpstr (value, ==, all[i].fallback);
      g_assert_true (wb_setting_find (all[i].key) == &all[i]);
      g_assert_cmpuint (strlen (all[i].help), <, 120);
      g_assert_cmpuint (strlen (allowed), >, 0);
    }
  g_assert_null (wb_setting_find ("sift-weight"));
  g_assert_nonnull (wb_setting_find ("Learning_Rate"));
}

/* The table's schedules are the engine's. */
static void
test_schedules (void)
{
  const WbSettingInfo *info = wb_setting_find ("schedule");
  WbScheduleKind       kind;

  for (gsize i = 0; info->choices[i] != NULL; i++)
    {
      g_assert_true (wb_schedule_parse (info->choices[i], &kind));
      g_assert_cmpstr (wb_schedule_get_name (kind), ==, info->choices[i]);
    }
}

static const struct
{
  const char *key;
  const char *value;
  const char *kept; /* NULL: refused */
} cases[] = {
  { "learning-rate", "1e-5", "1e-5" },
  { "learning-rate", " 0.001 ", "0.001" },
  { "learning-rate", "1.5", NULL },
  { "learning-rate", "-1e-5", NULL },
  { "learning-rate", "nan", NULL },
  { "learning-rate", "inf", NULL },
  { "learning-rate", "0x10", NULL },
  { "learning-rate", "1e-5x", NULL },
  { "learning-rate", "", NULL },
  { "learning-rate", "1,5", NULL },
  { "batch-size", "16", "16" },
  { "batch-size", "16.5", NULL },
  { "batch-size", "0", NULL },
  { "batch-size", "65537", NULL },
  { "max-steps", "off", "off" },
  { "max-steps", "OFF", "off" },
  { "max-steps", "0", NULL },
  { "dropout", "0.999", "0.999" },
  { "dropout", "1", NULL },
  { "dropout", "model", "model" },
  { "schedule", "constant-with-warmup", "constant_with_warmup" },
  { "schedule", "step", NULL },
  { "eval-every", "100", "100" },
  { "eval-every", "1.5min", "1.5min" },
  { "eval-every", "epoch", "epoch" },
  { "eval-every", "0", "0" },
  { "eval-every", "-1", NULL },
  { "eval-every", "min", NULL },
  { "class-weights", "1:2.5", "1:2.5" },
  { "class-weights", "1", NULL },
  { "class-weights", "1:0", NULL },
  { "class-weights", "balanced", "balanced" },
  { "precision", "bf16", NULL },
  { "backend", "cuda", NULL },
  { "select-metric", "f1", "f1" },
  { "select-metric", "f 1", NULL },
};

static void
test_values (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WbSettings) settings = wb_settings_new ();
      const gboolean ok = wb_settings_set (settings, cases[i].key, cases[i].value, &error);

      g_test_message ("%s=%s", cases[i].key, cases[i].value);
      g_assert_cmpint (ok, ==, cases[i].kept != NULL);
      if (ok)
        {
          g_assert_cmpstr (wb_settings_get (settings, cases[i].key), ==, cases[i].kept);
          continue;
        }
      g_assert_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE);
      g_assert_true (g_str_has_prefix (error->message, cases[i].key));
      g_assert_cmpstr (wb_settings_get (settings, cases[i].key), ==,
                       wb_setting_find (cases[i].key)->fallback);
    }
}

static void
test_typed (void)
{
  g_autoptr (WbSettings) settings = wb_settings_new ();
  g_autofree double *weights = NULL;
  WbInterval         interval;
  gsize              n;

  g_assert_cmpfloat (wb_settings_get_number (settings, "learning-rate"), ==, 2e-5);
  g_assert_cmpuint (wb_settings_get_count (settings, "batch-size"), ==, 32);
  g_assert_cmpuint (wb_settings_get_count (settings, "max-steps"), ==, 0);
  g_assert_false (wb_settings_is_set (settings, "max-steps"));
  g_assert_true (isnan (wb_settings_get_number (settings, "dropout")));
  g_assert_cmpint (wb_settings_get_choice (settings, "optimizer"), ==, 0);
  interval = wb_settings_get_interval (settings, "save-every");
  g_assert_cmpfloat (interval.minutes, ==, 15);
  g_assert_true (wb_settings_get_interval (settings, "eval-every").epoch);
  g_assert_true (wb_settings_set_assignment (settings, "class-weights=1:2.5:3", NULL));
  weights = wb_settings_get_weights (settings, "class-weights", &n);
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpfloat (weights[1], ==, 2.5);
}

static void
changed_cb (WbSettings *settings, const char *key, GString *seen)
{
  g_string_append_printf (seen, "%s ", key);
}

static void
test_changes (void)
{
  g_autoptr (WbSettings) settings = wb_settings_new ();
  g_autoptr (WbSettings) copy = NULL;
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autoptr (GArray) departures = NULL;

  g_signal_connect (settings, "changed", G_CALLBACK (changed_cb), seen);
  wb_settings_set (settings, "batch-size", "16", NULL);
  wb_settings_set (settings, "batch-size", "16", NULL);
  wb_settings_set (settings, "batch-size", "nonsense", NULL);
  wb_settings_set (settings, "epochs", "5", NULL);
  departures = wb_settings_get_departures (settings);
  g_assert_cmpuint (departures->len, ==, 2);
  g_assert_cmpstr (g_array_index (departures, WbDeparture, 0).info->key, ==, "epochs");
  g_assert_cmpstr (g_array_index (departures, WbDeparture, 1).value, ==, "16");
  copy = wb_settings_copy (settings);
  g_assert_true (wb_settings_equal (copy, settings));
  wb_settings_set (settings, "epochs", wb_setting_find ("epochs")->fallback, NULL);
  g_assert_false (wb_settings_equal (copy, settings));
  g_assert_cmpstr (seen->str, ==, "batch-size epochs epochs ");
}

static void
test_key_file (void)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (WbSettings) settings = wb_settings_new ();
  g_autoptr (WbSettings) back = wb_settings_new ();
  g_autoptr (GError) error = NULL;

  wb_settings_set (settings, "learning-rate", "3e-5", NULL);
  wb_settings_set (settings, "schedule", "warmup_cosine", NULL);
  wb_settings_save (settings, file, "settings");
  g_assert_true (wb_settings_load (back, file, "settings", &error));
  g_assert_no_error (error);
  g_assert_true (wb_settings_equal (settings, back));
  g_key_file_set_string (file, "settings", "sift-weight", "1");
  g_assert_false (wb_settings_load (back, file, "settings", &error));
  g_assert_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE);
  g_assert_nonnull (strstr (error->message, "sift-weight"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/settings/table", test_table);
  g_test_add_func ("/app/settings/schedules", test_schedules);
  g_test_add_func ("/app/settings/values", test_values);
  g_test_add_func ("/app/settings/typed", test_typed);
  g_test_add_func ("/app/settings/changes", test_changes);
  g_test_add_func ("/app/settings/key-file", test_key_file);
  return g_test_run ();
}
