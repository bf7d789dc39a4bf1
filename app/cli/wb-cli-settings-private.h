#pragma once

#include "app/runs/wb-run-spec.h"
#include "app/settings/wb-settings.h"

G_BEGIN_DECLS

/**
 * WbCliSettings:
 *
 * Settings that are options of their own (--batch-size N …), as typed.
 */
typedef struct
{
  char *values[64]; /* by row of the settings table */
} WbCliSettings;

/* (transfer full): @entries and one for every setting that is an option of its own, ended. */
GOptionEntry *wb_cli_settings_merge (WbCliSettings *self, const GOptionEntry *entries);

void wb_cli_settings_clear (WbCliSettings *self);

gboolean wb_cli_settings_fill_spec (const WbCliSettings *self, WbRunSpec *spec, GError **error);
gboolean wb_cli_settings_fill (const WbCliSettings *self, WbSettings *settings, GError **error);

/* "key=value" into @key and the value inside @assignment. */
const char *wb_cli_settings_split (const char *assignment, char **key, GError **error);

/* (transfer full): the table for --help; @options_only: those that are options of their own. */
char *wb_cli_settings_dup_help (gboolean options_only);

G_END_DECLS
