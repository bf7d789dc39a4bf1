#include "config.h"

#include "ui/windows/wb-new-run-dialog-private.h"

#include "app/runs/wb-model-choice.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Further models beside the chosen one: each makes runs of its own. */

#define MOST_ROWS 100 /* the newest; any of a longer list can be the chosen one */

static void
update_title (WbNewRunDialog *self, guint n)
{
  g_autofree char *text = NULL;

  if (n > 0)
    text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u more is trained with these settings",
                                         "%u more are trained with these settings", n),
                            n);
  adw_expander_row_set_subtitle (
      self->further, text != NULL ? text : _ ("Tick others to train them with these settings"));
}

static void
toggled_cb (GtkCheckButton *check, WbNewRunDialog *self)
{
  const char *name = g_object_get_data (G_OBJECT (check), "name");

  if (gtk_check_button_get_active (check))
    g_hash_table_add (self->further_names, g_strdup (name));
  else
    g_hash_table_remove (self->further_names, name);
  wb_new_run_dialog_apply_model (self);
}

static void
add_model (WbNewRunDialog *self, WbModelChoice *choice)
{
  const char      *name = wb_model_choice_get_name (choice);
  GtkWidget       *row = adw_action_row_new (), *check = gtk_check_button_new ();
  g_autofree char *id = g_strdup_printf ("model-%s", name);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), wb_model_choice_get_title (choice));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), wb_model_choice_get_subtitle (choice));
  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  wb_model_choice_get_title (choice), -1);
  gtk_widget_set_name (check, id);
  g_object_set_data_full (G_OBJECT (check), "name", g_strdup (name), g_free);
  /* the list of models has commas between them */
  gtk_widget_set_sensitive (row, strchr (name, ',') == NULL);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
  g_signal_connect_object (check, "toggled", G_CALLBACK (toggled_cb), self, 0);
  adw_expander_row_add_row (self->further, row);
}

/* Rows are made when somebody wants to see them: each reads a model's configuration. */
void
wb_new_run_dialog_open_further (WbNewRunDialog *self)
{
  GListModel *models = adw_combo_row_get_model (self->library);

  if (!adw_expander_row_get_expanded (self->further) || self->has_further || models == NULL)
    return;
  self->has_further = TRUE;
  for (guint i = 0; i < MIN (g_list_model_get_n_items (models), MOST_ROWS); i++)
    {
      g_autoptr (WbModelChoice) choice = g_list_model_get_item (models, i);
      add_model (self, choice);
    }
}

char *
wb_new_run_dialog_dup_models (WbNewRunDialog *self, const char *first)
{
  GString    *out = g_string_new (first);
  GListModel *models = adw_combo_row_get_model (self->library);
  guint       n = 0;

  for (guint i = 0; g_hash_table_size (self->further_names) > 0 && models != NULL &&
                    i < MIN (g_list_model_get_n_items (models), MOST_ROWS);
       i++)
    {
      g_autoptr (WbModelChoice) choice = g_list_model_get_item (models, i);
      const char *name = wb_model_choice_get_name (choice);

      if (!g_str_equal (name, first) && g_hash_table_contains (self->further_names, name))
        {
          g_string_append_printf (out, ",%s", name);
          n++;
        }
    }
  update_title (self, n);
  return g_string_free (out, FALSE);
}
