#pragma once

#include <gio/gio.h>

#include "app/settings/wb-setting.h"

G_BEGIN_DECLS

#define WB_TYPE_SETTINGS (wb_settings_get_type ())
G_DECLARE_FINAL_TYPE (WbSettings, wb_settings, WB, SETTINGS, GObject)

/**
 * WbSettings:
 *
 * A value for every key of the table.  Signal "changed" (key), with the key as detail.  Not
 * thread-safe; a run reads its frozen copy.
 */

WbSettings *wb_settings_new (void); /* all defaults */
WbSettings *wb_settings_copy (WbSettings *self);
gboolean    wb_settings_equal (WbSettings *a, WbSettings *b);

/* @error: WB_APP_ERROR_USAGE naming key, value and what is allowed; nothing changes then. */
gboolean    wb_settings_set (WbSettings *self, const char *key, const char *text, GError **error);
const char *wb_settings_get (WbSettings *self, const char *key); /* as text */

/* "key=value", as --set takes it. */
gboolean wb_settings_set_assignment (WbSettings *self, const char *assignment, GError **error);

/* Typed.  Asking a key for a type that it has not is a caller's bug. */
gboolean wb_settings_is_set (WbSettings *self, const char *key);     /* no word of the table's */
double   wb_settings_get_number (WbSettings *self, const char *key); /* NAN when not set */
guint64  wb_settings_get_count (WbSettings *self, const char *key);  /* 0 when not set */
/* Which of the table's choices; -1 for a word. */
gint wb_settings_get_choice (WbSettings *self, const char *key);

typedef struct
{
  guint64  steps;   /* 0: not by steps */
  double   minutes; /* 0: not by time */
  gboolean epoch;
} WbInterval;
WbInterval wb_settings_get_interval (WbSettings *self, const char *key);
/* (transfer full) (nullable): @n numbers; %NULL when off or "balanced" */
double *wb_settings_get_weights (WbSettings *self, const char *key, gsize *n);

/**
 * WbDeparture:
 *
 * A key whose value is not the default.
 */
typedef struct
{
  const WbSettingInfo *info;
  const char          *value;    /* of the settings object */
  const char          *fallback; /* the table's */
} WbDeparture;
/* (transfer full) (element-type WbDeparture): in the table's order; g_array_unref() */
GArray *wb_settings_get_departures (WbSettings *self);

/* A group of a key file.  Unknown keys are an error that names them. */
void     wb_settings_save (WbSettings *self, GKeyFile *file, const char *group);
gboolean wb_settings_load (WbSettings *self, GKeyFile *file, const char *group, GError **error);

G_END_DECLS
