/* A session of the test's own: a message bus, and who listens there for notifications and for what
 * keeps the machine awake.  The listeners have a thread of their own, since programs wait for
 * their answers. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _UiSession UiSession;

/* (nullable): %NULL where no dbus-daemon is installed.  Before anything asks for the session bus.
 */
UiSession *ui_session_new (void);
void       ui_session_free (UiSession *self);

/* So many notifications were sent; (transfer full) (nullable): what the last one says, "title:
 * body". */
guint ui_session_count_notifications (UiSession *self);
char *ui_session_dup_notification (UiSession *self);
/* As a click on the last one does. */
void ui_session_click_notification (UiSession *self);

/* How many hold the machine awake; why the last one does. */
guint ui_session_count_inhibitors (UiSession *self);
char *ui_session_dup_reason (UiSession *self);

G_END_DECLS
