#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WB_TYPE_LIBRARY_ITEM (wb_library_item_get_type ())
G_DECLARE_FINAL_TYPE (WbLibraryItem, wb_library_item, WB, LIBRARY_ITEM, GObject)

/**
 * WbLibraryItem:
 *
 * A model or a data set as lists show it.  Immutable.  Properties: "name" (what --model or --data
 * takes), "origin" ("copied", "linked", "cache": in the Hugging Face cache), "kind" (a model's
 * type, a data set's task), "subtitle" (a line below the name), "path", "size" (bytes),
 * "parameters" (a model's, 0: unknown), "added" (seconds since 1970; 0: not imported), "problem"
 * (why it cannot be used; %NULL: it can).
 */

const char *wb_library_item_get_name (WbLibraryItem *self);
const char *wb_library_item_get_origin (WbLibraryItem *self);
const char *wb_library_item_get_kind (WbLibraryItem *self);
const char *wb_library_item_get_subtitle (WbLibraryItem *self);
const char *wb_library_item_get_path (WbLibraryItem *self);
guint64     wb_library_item_get_size (WbLibraryItem *self);
guint64     wb_library_item_get_parameters (WbLibraryItem *self);
gint64      wb_library_item_get_added (WbLibraryItem *self);
const char *wb_library_item_get_problem (WbLibraryItem *self);

G_END_DECLS
