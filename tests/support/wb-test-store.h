/* A store in a new folder, as a fixture: g_test_add (…, WbTestStore, …, wb_test_store_set_up, …).
 */
#pragma once

#include "data/store/wb-store.h"
#include "tests/support/wb-test-folder.h"

typedef struct
{
  char    *home;
  WbStore *store;
} WbTestStore;

static inline void
wb_test_store_set_up (WbTestStore *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->home = wb_test_folder_new ();
  self->store = wb_store_open (self->home, &error);
  g_assert_no_error (error);
}

static inline void
wb_test_store_tear_down (WbTestStore *self, gconstpointer data)
{
  wb_store_close (self->store);
  wb_test_folder_free (self->home);
}
