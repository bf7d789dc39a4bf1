/* show-window HOME PICTURE WIDTH HEIGHT [SCRIPT…]: the window on a home, as a picture.  For people
 * who look at the design; `empty`, `samples`, `overfull` and a number
 * of runs as HOME make one.  Words of SCRIPT: run ID, tab
 * NAME, dialog, queue, more, search TEXT, wait MS, live. */
#include "ui-fixture.h"
#include "ui-test.h"

#include "app/runs/wb-run-launcher-private.h"
#include "ui/pages/wb-run-page.h"
#include "ui/windows/wb-application.h"
#include "ui/windows/wb-window.h"

#include <stdlib.h>
#include <string.h>

static char *
home_of (const char *word)
{
  g_autoptr (GError) error = NULL;
  char *home;

  if (g_file_test (word, G_FILE_TEST_IS_DIR))
    return g_strdup (word);
  home = ui_home_new ();
  if (!g_str_equal (word, "empty"))
    {
      g_autoptr (WbStore) store = wb_store_open (home, &error);

      g_assert_no_error (error);
      if (g_str_equal (word, "samples"))
        ui_add_samples (store, home);
      else if (g_str_equal (word, "overfull"))
        ui_add_overfull (store, home);
      else
        ui_add_many (store, home, (guint) atoi (word), 40);
    }
  return home;
}

static void
write_text (GtkWidget *field, const char *text)
{
  if (GTK_IS_TEXT_VIEW (field))
    gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (field)), text, -1);
  else
    gtk_editable_set_text (GTK_EDITABLE (field), text);
}

static GtkWidget *
play (WbWindow *window, char **word, GtkWidget *top)
{
  for (; *word != NULL; word++)
    {
      if (g_str_equal (*word, "run"))
        wb_window_show_run (window,
                            wb_run_list_get_run (wb_window_get_runs (window), atoi (*++word)));
      else if (g_str_equal (*word, "tab"))
        gtk_stack_set_visible_child_name (GTK_STACK (ui_find (GTK_WIDGET (window), "run-tabs")),
                                          *++word);
      else if (g_str_equal (*word, "dialog"))
        {
          wb_window_new_run (window);
          top = ui_toplevel ("new-run-dialog");
        }
      else if (g_str_equal (*word, "queue"))
        {
          gtk_widget_activate_action (GTK_WIDGET (window), "win.queue", NULL);
          ui_settle (300);
          top = gtk_widget_get_ancestor (ui_find (GTK_WIDGET (window), "queue"), GTK_TYPE_POPOVER);
        }
      else if (g_str_equal (*word, "size"))
        {
          const int w = atoi (*++word), h = atoi (*++word);

          gtk_window_set_default_size (GTK_WINDOW (top), w, h);
        }
      else if (g_str_equal (*word, "type"))
        {
          write_text (ui_find (top, word[1]), word[2]);
          word += 2;
        }
      else if (g_str_equal (*word, "set"))
        {
          g_object_set (ui_find (top, word[1]), word[2], atoi (word[3]), NULL);
          word += 3;
        }
      else if (g_str_equal (*word, "move"))
        {
          ui_settle (400);
          ui_move_to (top, atof (word[1]), atof (word[2]));
          word += 2;
        }
      else if (g_str_equal (*word, "click"))
        {
          ui_settle (400);
          ui_click (ui_find (top, *++word), 0.5, 0.5);
        }
      else if (g_str_equal (*word, "picture"))
        {
          gtk_test_widget_wait_for_draw (top);
          ui_save_png (top, *++word);
        }
      else if (g_str_equal (*word, "action"))
        {
          gtk_widget_activate_action (top, *++word, NULL);
          ui_settle (300);
          top = GTK_WIDGET (
              g_list_model_get_item (gtk_window_get_toplevels (),
                                     g_list_model_get_n_items (gtk_window_get_toplevels ()) - 1));
        }
      else if (g_str_equal (*word, "wait"))
        ui_settle ((guint) atoi (*++word));
      else
        g_error ("what is '%s'?", *word);
    }
  return top;
}

/* WB_RTL: from right to left.  WB_TEXT_SCALE (2): so much larger than usual. */
static void
set_look (void)
{
  const char *scale = g_getenv ("WB_TEXT_SCALE");

  if (g_getenv ("WB_RTL") != NULL)
    gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  if (scale != NULL)
    g_object_set (gtk_settings_get_default (), "gtk-xft-dpi",
                  (int) (96 * 1024 * g_ascii_strtod (scale, NULL)), NULL);
}

int
main (int argc, char **argv)
{
  g_autofree char *home = NULL;
  g_autoptr (WbApplication) application = NULL;
  g_autoptr (GError) error = NULL;
  GtkWidget *top;
  WbWindow  *window;

  ui_test_init (&argc, &argv);
  g_log_set_always_fatal (G_LOG_FATAL_MASK |
                          G_LOG_LEVEL_CRITICAL); /* GTK 4.8's own shortcuts warn */
  wb_run_launcher_set_program (g_getenv ("WB_PROGRAM"));
  set_look ();
  home = home_of (argv[1]);
  application = wb_application_new (home);
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);
  g_application_activate (G_APPLICATION (application));
  window = WB_WINDOW (gtk_application_get_active_window (GTK_APPLICATION (application)));
  top = GTK_WIDGET (window);
  gtk_window_set_default_size (GTK_WINDOW (window), atoi (argv[3]), atoi (argv[4]));
  ui_present (GTK_WINDOW (window));
  ui_settle (300);
  top = play (window, argv + 5, top);
  ui_settle (600);
  gtk_test_widget_wait_for_draw (top);
  return ui_save_png (top, argv[2]) ? 0 : 1;
}
