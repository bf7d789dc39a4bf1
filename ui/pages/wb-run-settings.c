#include "config.h"

#include "ui/pages/wb-run-settings.h"

#include "app/core/wb-translate.h"
#include "ui/widgets/wb-format.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

struct _WbRunSettings
{
  GtkWidget parent_instance;

  GtkWidget *clamp, *box;
  WbRun     *run;
};

G_DEFINE_FINAL_TYPE (WbRunSettings, wb_run_settings, GTK_TYPE_WIDGET)

static void
clear (WbRunSettings *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->box)) != NULL)
    gtk_box_remove (GTK_BOX (self->box), child);
}

static GtkWidget *
add_group (WbRunSettings *self, const char *title)
{
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  gtk_box_append (GTK_BOX (self->box), group);
  return group;
}

static GtkWidget *
add_row (GtkWidget *group, const char *title, const char *subtitle, const char *value)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *label = gtk_label_new (value);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle != NULL ? subtitle : "");
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (label), GTK_NATURAL_WRAP_NONE);
  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 40);
  gtk_widget_add_css_class (label, "numeric");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  return row;
}

static void
open_folder_cb (GtkButton *button, const char *path)
{
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);

  if (uri != NULL)
    gtk_show_uri (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (button))), uri, GDK_CURRENT_TIME);
}

static void
add_folder_row (GtkWidget *group, const char *title, const char *path)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_button_new_from_icon_name ("folder-open-symbolic");

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), path);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 3);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, _ ("Open Folder"));
  gtk_widget_add_css_class (button, "flat");
  g_signal_connect_data (button, "clicked", G_CALLBACK (open_folder_cb), g_strdup (path),
                         (GClosureNotify) (void (*) (void)) g_free, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), button);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
}

/* What was expected, beside what happened. */
static void
add_duration (WbRunSettings *self, GtkWidget *group)
{
  const double     expected = wb_run_get_expected_duration (self->run);
  const double     duration = wb_run_get_duration (self->run);
  g_autofree char *before = wb_format_span (expected), *after = wb_format_span (duration);

  if (!(expected > 0))
    return;
  add_row (group, _ ("Expected time"), _ ("From earlier runs on this machine, when it was made"),
           before);
  if (duration > 0)
    add_row (group, _ ("Time taken"), wb_run_is_active (self->run) ? _ ("Up to now") : NULL, after);
}

static void
add_what (WbRunSettings *self)
{
  GtkWidget       *group = add_group (self, _ ("Run"));
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, wb_run_get_seed (self->run));
  g_autofree char *created = wb_format_moment (wb_run_get_created (self->run));
  g_autofree char *best = wb_run_dup_best_folder (self->run);

  add_row (group, _ ("Model"), NULL, wb_run_get_model (self->run));
  add_row (group, _ ("Task"), NULL, wb_run_get_task_title (self->run));
  add_row (group, _ ("Seed"), NULL, seed);
  add_row (group, _ ("Created"), NULL, created);
  add_duration (self, group);
  if (wb_run_get_folder (self->run) != NULL)
    add_folder_row (group, _ ("Folder"), wb_run_get_folder (self->run));
  if (best != NULL)
    add_folder_row (group, _ ("Best model"), best);
}

static void
add_recipe (WbRunSettings *self, WbRecipe *recipe)
{
  GtkWidget       *group = add_group (self, _ ("Recipe"));
  g_autofree char *not_followed = wb_recipe_dup_not_followed (recipe);

  if (not_followed != NULL)
    *not_followed = g_ascii_toupper (*not_followed);
  if (not_followed != NULL)
    adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group), not_followed);
  add_row (group, wb_recipe_get_title (recipe), wb_recipe_get_source (recipe),
           wb_recipe_get_name (recipe));
}

/* (nullable): @info's value differs from the recipe, or from the default. */
static const WbDeparture *
find_departure (GArray *departures, const WbSettingInfo *info)
{
  for (guint i = 0; i < departures->len; i++)
    if (g_array_index (departures, WbDeparture, i).info == info)
      return &g_array_index (departures, WbDeparture, i);
  return NULL;
}

static const char *
title_of (WbRecipe *recipe, gboolean departures)
{
  if (recipe == NULL)
    return departures ? _ ("Changed Settings") : _ ("Default Settings");
  return departures ? _ ("Departures From the Recipe") : _ ("As in the Recipe");
}

static void
add_settings (WbRunSettings *self, WbSettings *settings, WbRecipe *recipe, gboolean wanted)
{
  GtkWidget           *group = NULL;
  gsize                n;
  const WbSettingInfo *infos = wb_setting_get_all (&n);
  g_autoptr (GArray) departures = recipe != NULL ? wb_recipe_get_departures (recipe, settings)
                                                 : wb_settings_get_departures (settings);

  for (gsize i = 0; i < n; i++)
    {
      const WbDeparture *departure = find_departure (departures, &infos[i]);
      g_autofree char   *subtitle = NULL;

      if ((departure != NULL) != wanted)
        continue;
      if (group == NULL)
        group = add_group (self, title_of (recipe, wanted));
      if (departure != NULL)
        subtitle = g_strdup_printf (recipe != NULL ? _ ("Recipe %s") : _ ("Default %s"),
                                    departure->fallback);
      add_row (group, wb_translate (infos[i].title), subtitle,
               wb_settings_get (settings, infos[i].key));
    }
}

void
wb_run_settings_set_run (WbRunSettings *self, WbRun *run)
{
  g_autoptr (WbSettings) settings = NULL;
  g_autoptr (WbRecipe) recipe = NULL;
  g_autoptr (GError) error = NULL;

  g_return_if_fail (WB_IS_RUN_SETTINGS (self));

  g_set_object (&self->run, run);
  clear (self);
  if (run == NULL)
    return;
  add_what (self);
  settings = wb_run_dup_settings (run, &error);
  if (settings == NULL)
    {
      GtkWidget *group = add_group (self, _ ("Settings"));

      adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group), error->message);
      return;
    }
  recipe = wb_run_dup_recipe (run);
  if (recipe != NULL)
    add_recipe (self, recipe);
  add_settings (self, settings, recipe, TRUE);
  add_settings (self, settings, recipe, FALSE);
}

static void
wb_run_settings_dispose (GObject *object)
{
  WbRunSettings *self = WB_RUN_SETTINGS (object);

  g_clear_object (&self->run);
  g_clear_pointer (&self->clamp, gtk_widget_unparent);
  G_OBJECT_CLASS (wb_run_settings_parent_class)->dispose (object);
}

static void
wb_run_settings_class_init (WbRunSettingsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_run_settings_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
wb_run_settings_init (WbRunSettings *self)
{
  self->clamp = adw_clamp_new ();
  adw_clamp_set_maximum_size (ADW_CLAMP (self->clamp), 720);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 24);
  adw_clamp_set_child (ADW_CLAMP (self->clamp), self->box);
  gtk_widget_set_parent (self->clamp, GTK_WIDGET (self));
  gtk_widget_add_css_class (GTK_WIDGET (self), "run-settings");
}
