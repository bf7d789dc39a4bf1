/* What all charts of a run share and their menus offer: the horizontal axis, the kind of mean. */
#include "config.h"

#include "ui/pages/wb-run-charts-private.h"

#include <glib/gi18n-lib.h>

static const struct
{
  const char *label, *title;
  WbAxisUnit  unit;
} axes[WB_RUN_AXIS_KINDS] = {
  [WB_RUN_AXIS_STEP] = { N_ ("_Step"), N_ ("step"), WB_AXIS_COUNT },
  [WB_RUN_AXIS_EPOCH] = { N_ ("_Epoch"), N_ ("epoch"), WB_AXIS_NUMBER },
  [WB_RUN_AXIS_EXAMPLES] = { N_ ("E_xamples"), N_ ("examples"), WB_AXIS_COUNT },
  [WB_RUN_AXIS_TOKENS] = { N_ ("To_kens"), N_ ("tokens"), WB_AXIS_COUNT },
  [WB_RUN_AXIS_TIME] = { N_ ("_Working Time"), N_ ("time"), WB_AXIS_DURATION },
  [WB_RUN_AXIS_CLOCK] = { N_ ("_Time of Day"), N_ ("time of day"), WB_AXIS_CLOCK },
};

GMenuModel *
wb_run_charts_new_menu (void)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) axis = g_menu_new (), mean = g_menu_new ();

  for (guint i = 0; i < WB_RUN_AXIS_KINDS; i++)
    {
      g_autofree char *action = g_strconcat ("charts.axis::", wb_run_axis_kind_get_name (i), NULL);

      g_menu_append (axis, _ (axes[i].label), action);
    }
  g_menu_append (mean, _ ("_Exponential Mean"), "charts.mean::exponential");
  g_menu_append (mean, _ ("_Centred Mean"), "charts.mean::centred");
  g_menu_append_submenu (menu, _ ("_Horizontal Axis"), G_MENU_MODEL (axis));
  g_menu_append_submenu (menu, _ ("_Smoothing"), G_MENU_MODEL (mean));
  return G_MENU_MODEL (menu);
}

static void
axis_cb (GSimpleAction *action, GVariant *state, WbRunCharts *self)
{
  WbRunAxisKind kind;

  if (!wb_run_axis_kind_parse (g_variant_get_string (state, NULL), &kind))
    return;
  g_simple_action_set_state (action, state);
  wb_run_axis_free (self->axis);
  self->axis = wb_run_axis_new (kind);
  wb_plot_view_set_axis (self->view, axes[kind].unit, _ (axes[kind].title));
  wb_run_charts_restart (self);
  if (self->run != NULL)
    wb_run_charts_read (self);
}

static void
mean_cb (GSimpleAction *action, GVariant *state, WbRunCharts *self)
{
  g_simple_action_set_state (action, state);
  self->centred = g_str_equal (g_variant_get_string (state, NULL), "centred");
  wb_run_charts_smooth (self);
}

static void
add_choice (WbRunCharts *self,
            GActionMap  *map,
            const char  *name,
            const char  *state,
            GCallback    changed)
{
  g_autoptr (GSimpleAction) action =
      g_simple_action_new_stateful (name, G_VARIANT_TYPE_STRING, g_variant_new_string (state));

  g_signal_connect_object (action, "change-state", changed, self, 0);
  g_action_map_add_action (map, G_ACTION (action));
}

void
wb_run_charts_add_actions (WbRunCharts *self)
{
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  add_choice (self, G_ACTION_MAP (group), "axis", "step", G_CALLBACK (axis_cb));
  add_choice (self, G_ACTION_MAP (group), "mean", "exponential", G_CALLBACK (mean_cb));
  gtk_widget_insert_action_group (GTK_WIDGET (self), "charts", G_ACTION_GROUP (group));
}
