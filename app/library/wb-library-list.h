#pragma once

#include <gio/gio.h>

#include "app/library/wb-library-item.h"
#include "app/library/wb-library.h"

G_BEGIN_DECLS

#define WB_TYPE_LIBRARY_LIST (wb_library_list_get_type ())
G_DECLARE_FINAL_TYPE (WbLibraryList, wb_library_list, WB, LIBRARY_LIST, GObject)

/**
 * WbLibraryList:
 *
 * A GListModel of WbLibraryItem: the models of the library and of the Hugging Face cache, or the
 * data sets, by name.  Main thread only.
 */

WbLibraryList *
wb_library_list_new (WbWorkspace *workspace, WbLibrarySection section, GError **error);

/* Reads again; %FALSE leaves the list as it was. */
gboolean wb_library_list_refresh (WbLibraryList *self, GError **error);

G_END_DECLS
