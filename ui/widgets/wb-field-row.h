#pragma once

#include <adwaita.h>

#include "app/settings/wb-setting.h"

G_BEGIN_DECLS

#define WB_TYPE_FIELD_ROW (wb_field_row_get_type ())
G_DECLARE_FINAL_TYPE (WbFieldRow, wb_field_row, WB, FIELD_ROW, AdwActionRow)

typedef enum
{
  WB_FIELD_TEXT,
  WB_FIELD_FOLDER, /* with a button that chooses one */
  WB_FIELD_FILE,
} WbFieldKind;

/**
 * WbFieldRow:
 *
 * One field of a form: title, one line of help, where it is typed or chosen, an arrow that brings
 * the default back; what is wrong takes the place of the help.  Signal "changed" when the text is
 * another, whoever changed it.
 */

/* @field: what the form calls it.  @fallback: (nullable): the default. */
GtkWidget *wb_field_row_new (const char *field,
                             const char *title,
                             const char *help,
                             WbFieldKind kind,
                             const char *fallback);
/* A row of the one table of settings; @info stays alive. */
GtkWidget *wb_field_row_new_setting (const WbSettingInfo *info);

const char *wb_field_row_get_field (WbFieldRow *self);
const char *wb_field_row_get_text (WbFieldRow *self);
void        wb_field_row_set_text (WbFieldRow *self, const char *text);
void        wb_field_row_set_help (WbFieldRow *self, const char *help);
void        wb_field_row_set_placeholder (WbFieldRow *self, const char *text);

/* What the arrow brings back: the default, or what a recipe says.  A field that was not changed
 * takes it over; "changed" then comes too. */
void     wb_field_row_set_fallback (WbFieldRow *self, const char *fallback, gboolean of_recipe);
gboolean wb_field_row_is_changed (WbFieldRow *self); /* it has another text than that */

/* Less room for what is typed, more for the words. */
void wb_field_row_set_compact (WbFieldRow *self, gboolean compact);

/* @message: (nullable): %NULL: nothing is wrong.  @blocks: an error, else a warning. */
void wb_field_row_set_problem (WbFieldRow *self, const char *message, gboolean blocks);

G_END_DECLS
