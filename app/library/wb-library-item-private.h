#pragma once

#include "app/library/wb-library-item.h"
#include "app/library/wb-library-private.h"

/* Of a row of the store.  The files are not read. */
WbLibraryItem *wb_library_item_new_for_record (const WbLibraryRecord *record);

/* (nullable): of "owner/name" in the Hugging Face cache; %NULL when it is a model of another
 * family. */
WbLibraryItem *wb_library_item_new_for_cache (const char *name);
