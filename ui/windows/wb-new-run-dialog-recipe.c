#include "config.h"

#include "ui/windows/wb-new-run-dialog-private.h"

#include "ui/widgets/wb-field-row.h"
#include "ui/widgets/wb-recipe-dialog.h"

#include <glib/gi18n-lib.h>

/* Which recipe the form starts from, and what its rows go back to. */

/* Every setting's row goes back to what the chosen recipe says, or to the default. */
static void
fill_from_recipe (WbNewRunDialog *self, WbRecipe *recipe)
{
  const char          *seed = recipe != NULL ? wb_recipe_get_seed (recipe) : "";
  gsize                n;
  const WbSettingInfo *infos = wb_setting_get_all (&n);

  self->filling = TRUE;
  for (gsize i = 0; i < n; i++)
    {
      WbFieldRow *row = g_hash_table_lookup (self->rows, infos[i].key);

      wb_field_row_set_fallback (
          row, recipe != NULL ? wb_recipe_get_value (recipe, infos[i].key) : infos[i].fallback,
          recipe != NULL);
      wb_new_run_dialog_set_field (
          self, infos[i].key, wb_field_row_is_changed (row) ? wb_field_row_get_text (row) : "");
    }
  self->filling = FALSE;
  wb_field_row_set_placeholder (g_hash_table_lookup (self->rows, "seed"),
                                *seed != '\0' ? seed : "1");
}

/* (transfer full): what stands below the choice. */
static char *
describe_recipe (WbNewRunDialog *self, WbRecipe *recipe)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbRecipe) published = NULL;

  if (recipe != NULL && *wb_recipe_get_size (recipe) != '\0')
    return g_strdup_printf ("%s · %s", wb_recipe_get_title (recipe), wb_recipe_get_size (recipe));
  if (recipe != NULL)
    return g_strdup (wb_recipe_get_title (recipe));
  published = wb_run_spec_dup_published (self->spec, &error);
  if (published != NULL || *wb_run_spec_get (self->spec, "model") == '\0')
    return g_strdup (_ ("The program's defaults, and what is changed below"));
  return g_strdup (_ ("There are no published settings for this task and model"));
}

static void
apply_recipe (WbNewRunDialog *self)
{
  const guint selected = adw_combo_row_get_selected (self->recipe);
  const char *name = selected < self->recipes->len ? self->recipes->pdata[selected] : "";
  g_autoptr (WbRecipe) recipe = NULL;

  wb_new_run_dialog_set_field (self, "recipe", name);
  recipe = wb_run_spec_dup_recipe (self->spec, NULL);
  fill_from_recipe (self, recipe);
  g_free (self->recipe_help);
  self->recipe_help = describe_recipe (self, recipe);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->recipe),
                               recipe != NULL ? wb_recipe_get_source (recipe) : NULL);
}

void
wb_new_run_dialog_take_recipe (WbNewRunDialog *self)
{
  const guint selected = adw_combo_row_get_selected (self->recipe);

  if (!self->ready || self->filling || selected >= self->recipes->len)
    return;
  self->wants_own = *(char *) self->recipes->pdata[selected] == '\0';
  apply_recipe (self);
}

static void
offer_recipe (WbNewRunDialog *self, GtkStringList *titles, const char *name, const char *title)
{
  gtk_string_list_append (titles, title);
  g_ptr_array_add (self->recipes, g_strdup (name));
}

/* Published, if there is one for task and model; one's own that fit; none. */
static GtkStringList *
list_recipes (WbNewRunDialog *self, WbRecipe *published)
{
  GtkStringList *titles = gtk_string_list_new (NULL);
  const char    *task = wb_run_spec_get (self->spec, "task");

  g_clear_pointer (&self->recipes, g_ptr_array_unref);
  self->recipes = g_ptr_array_new_with_free_func (g_free);
  if (published != NULL)
    offer_recipe (self, titles, "published", _ ("Published"));
  for (guint i = 0; i < self->own_recipes->len; i++)
    {
      WbRecipe   *own = self->own_recipes->pdata[i];
      const char *made_for = wb_recipe_get_task (own);

      if (*made_for == '\0' || g_str_equal (made_for, task))
        offer_recipe (self, titles, wb_recipe_get_name (own), wb_recipe_get_name (own));
    }
  /* Translators: no recipe: settings of one's own */
  offer_recipe (self, titles, "", _ ("Own"));
  return titles;
}

static guint
find_recipe (WbNewRunDialog *self, const char *name)
{
  for (guint i = 0; i < self->recipes->len; i++)
    if (g_str_equal (self->recipes->pdata[i], name))
      return i;
  return self->wants_own || !g_str_equal (self->recipes->pdata[0], "published")
             ? self->recipes->len - 1
             : 0;
}

void
wb_new_run_dialog_update_recipes (WbNewRunDialog *self)
{
  g_autoptr (WbRecipe) published = wb_run_spec_dup_published (self->spec, NULL);
  g_autoptr (GtkStringList) titles = NULL;
  g_autofree char *chosen = g_strdup (wb_run_spec_get (self->spec, "recipe"));
  g_autofree char *offer =
      g_strdup_printf ("%s %s", wb_run_spec_get (self->spec, "task"),
                       published != NULL ? wb_recipe_get_name (published) : "");

  if (g_strcmp0 (offer, self->offer) != 0)
    {
      g_free (self->offer);
      self->offer = g_steal_pointer (&offer);
      self->filling = TRUE;
      titles = list_recipes (self, published);
      adw_combo_row_set_model (self->recipe, G_LIST_MODEL (titles));
      adw_combo_row_set_selected (
          self->recipe,
          find_recipe (self, *chosen != '\0' || self->wants_own ? chosen : "published"));
      self->filling = FALSE;
    }
  apply_recipe (self);
}

void
wb_new_run_dialog_read_own_recipes (WbNewRunDialog *self, WbWorkspace *workspace)
{
  g_autoptr (GPtrArray) list = wb_recipe_list (workspace, NULL);
  const char *last = "";

  g_clear_pointer (&self->own_recipes, g_ptr_array_unref);
  self->own_recipes = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < list->len; i++)
    if (!wb_recipe_is_published (list->pdata[i]) &&
        !g_str_equal (wb_recipe_get_name (list->pdata[i]), last))
      {
        last = wb_recipe_get_name (list->pdata[i]);
        g_ptr_array_add (self->own_recipes, g_object_ref (list->pdata[i]));
      }
}

/* What was saved becomes the choice; nothing of it is a departure then. */
static void
saved_cb (AdwMessageDialog *question, const char *response, WbNewRunDialog *self)
{
  g_autofree char *name = wb_recipe_dialog_dup_name (question);
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_str_equal (response, "save") || self->spec == NULL)
    return;
  path = wb_run_spec_save_recipe (self->spec, name, &error);
  if (path == NULL)
    {
      wb_new_run_dialog_tell (self, error->message);
      return;
    }
  wb_new_run_dialog_read_own_recipes (self, wb_run_spec_get_workspace (self->spec));
  wb_new_run_dialog_set_field (self, "recipe", name);
  g_clear_pointer (&self->offer, g_free);
  wb_new_run_dialog_update_recipes (self);
  wb_new_run_dialog_tell (self, _ ("Recipe saved"));
}

void
wb_new_run_dialog_save_recipe (WbNewRunDialog *self)
{
  AdwMessageDialog *question = wb_recipe_dialog_new (
      GTK_WINDOW (self), _ ("These settings, with task and seed, under a name of your own"));

  g_signal_connect_object (question, "response", G_CALLBACK (saved_cb), self, 0);
  gtk_window_present (GTK_WINDOW (question));
}
