#include "ui-session.h"

#include <string.h>

struct _UiSession
{
  GTestDBus       *bus;
  GThread         *thread;
  GMainContext    *context;
  GMainLoop       *loop;
  GDBusConnection *connection; /* of the listeners */

  GMutex    mutex; /* what follows */
  guint     n_notifications, n_inhibitors;
  char     *application, *text, *reason;
  GVariant *target;
  char     *action;
  gboolean  up;
  GCond     changed;
};

static GTestDBus *volatile bus; /* reachable to the end */

static const char xml[] =
    "<node>"
    "<interface name='org.gtk.Notifications'>"
    "<method name='AddNotification'><arg type='s' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='a{sv}' direction='in'/></method>"
    "<method name='RemoveNotification'><arg type='s' direction='in'/>"
    "<arg type='s' direction='in'/></method>"
    "</interface>"
    "<interface name='org.gnome.SessionManager'>"
    "<method name='Inhibit'><arg type='s' direction='in'/><arg type='u' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='u' direction='in'/>"
    "<arg type='u' direction='out'/></method>"
    "<method name='Uninhibit'><arg type='u' direction='in'/></method>"
    "</interface>"
    "</node>";

static void
take_notification (UiSession *self, GVariant *parameters)
{
  const char *application, *id, *title = "", *body = "", *action = "";
  g_autoptr (GVariant) details = NULL;

  g_variant_get (parameters, "(&s&s@a{sv})", &application, &id, &details);
  g_variant_lookup (details, "title", "&s", &title);
  g_variant_lookup (details, "body", "&s", &body);
  g_variant_lookup (details, "default-action", "&s", &action);
  self->n_notifications++;
  g_free (self->application);
  g_free (self->text);
  g_free (self->action);
  g_clear_pointer (&self->target, g_variant_unref);
  self->application = g_strdup (application);
  self->text = g_strdup_printf ("%s: %s", title, body);
  self->action = g_strdup (action);
  self->target = g_variant_lookup_value (details, "default-action-target", NULL);
}

static void
call_cb (GDBusConnection       *connection,
         const char            *sender,
         const char            *path,
         const char            *interface,
         const char            *method,
         GVariant              *parameters,
         GDBusMethodInvocation *invocation,
         gpointer               data)
{
  UiSession *self = data;
  GVariant  *answer = NULL;

  g_mutex_lock (&self->mutex);
  if (g_str_equal (method, "AddNotification"))
    take_notification (self, parameters);
  else if (g_str_equal (method, "Inhibit"))
    {
      self->n_inhibitors++;
      g_free (self->reason);
      g_variant_get_child (parameters, 2, "s", &self->reason);
      answer = g_variant_new ("(u)", 7u);
    }
  else if (g_str_equal (method, "Uninhibit"))
    self->n_inhibitors--;
  g_mutex_unlock (&self->mutex);
  g_dbus_method_invocation_return_value (invocation, answer);
}

static void
own (UiSession *self, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
      self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
      "RequestName", g_variant_new ("(su)", name, 0u), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
      &error);

  g_assert_no_error (error);
}

static gpointer
listen (gpointer data)
{
  static const GDBusInterfaceVTable table = { .method_call = call_cb };
  UiSession                        *self = data;
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (xml, NULL);
  g_autoptr (GError) error = NULL;

  g_main_context_push_thread_default (self->context);
  self->connection =
      g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (self->bus),
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                  G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, &error);
  g_assert_no_error (error);
  g_dbus_connection_register_object (self->connection, "/org/gtk/Notifications",
                                     node->interfaces[0], &table, self, NULL, NULL);
  g_dbus_connection_register_object (self->connection, "/org/gnome/SessionManager",
                                     node->interfaces[1], &table, self, NULL, NULL);
  own (self, "org.gtk.Notifications");
  own (self, "org.gnome.SessionManager");
  g_mutex_lock (&self->mutex);
  self->up = TRUE;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);
  g_main_loop_run (self->loop);
  g_dbus_connection_close_sync (self->connection, NULL, NULL);
  g_clear_object (&self->connection);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

UiSession *
ui_session_new (void)
{
  g_autofree char *daemon = g_find_program_in_path ("dbus-daemon");
  g_autofree char *display = g_strdup (g_getenv ("DISPLAY"));
  UiSession       *self;

  if (daemon == NULL)
    return NULL;
  self = g_new0 (UiSession, 1);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);
  self->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (self->bus); /* takes the display away, where another bus could be found */
  if (display != NULL)
    g_setenv ("DISPLAY", display, TRUE);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->thread = g_thread_new ("session", listen, self);
  g_mutex_lock (&self->mutex);
  while (!self->up)
    g_cond_wait (&self->changed, &self->mutex);
  g_mutex_unlock (&self->mutex);
  return self;
}

void
ui_session_free (UiSession *self)
{
  g_main_loop_quit (self->loop);
  g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  bus = self->bus; /* its end would wait for GTK to let go of the bus, which it does not */
  g_test_dbus_stop (bus);
  g_free (self->application);
  g_free (self->text);
  g_free (self->action);
  g_free (self->reason);
  g_clear_pointer (&self->target, g_variant_unref);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->changed);
  g_free (self);
}

static guint
read_count (UiSession *self, const guint *count)
{
  guint n;

  g_mutex_lock (&self->mutex);
  n = *count;
  g_mutex_unlock (&self->mutex);
  return n;
}

static char *
read_text (UiSession *self, char *const *text)
{
  char *copy;

  g_mutex_lock (&self->mutex);
  copy = g_strdup (*text);
  g_mutex_unlock (&self->mutex);
  return copy;
}

guint
ui_session_count_notifications (UiSession *self)
{
  return read_count (self, &self->n_notifications);
}

char *
ui_session_dup_notification (UiSession *self)
{
  return read_text (self, &self->text);
}

guint
ui_session_count_inhibitors (UiSession *self)
{
  return read_count (self, &self->n_inhibitors);
}

char *
ui_session_dup_reason (UiSession *self)
{
  return read_text (self, &self->reason);
}

void
ui_session_click_notification (UiSession *self)
{
  g_autofree char *path = NULL;
  GVariantBuilder  parameters;

  g_mutex_lock (&self->mutex);
  path = g_strdelimit (g_strconcat ("/", self->application, NULL), ".", '/');
  g_variant_builder_init (&parameters, G_VARIANT_TYPE ("av"));
  g_variant_builder_add (&parameters, "v", self->target);
  g_assert_true (g_str_has_prefix (self->action, "app."));
  g_dbus_connection_call (self->connection, self->application, path, "org.freedesktop.Application",
                          "ActivateAction",
                          g_variant_new ("(sav@a{sv})", self->action + strlen ("app."), &parameters,
                                         g_variant_new ("a{sv}", NULL)),
                          NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
  g_mutex_unlock (&self->mutex);
}
