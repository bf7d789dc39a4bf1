#include "engine/files/wb-pickle.h"
#include "tests/fuzz/wb-fuzz.h"

/* A pickle alone: every value that comes out can be walked through. */

static gsize n_visited;

static void
visit (const WbPickleValue *value, guint depth)
{
  /* a value may be in many places: a few thousand bytes can make a tree without end */
  if (++n_visited > 10000 || depth > 200)
    return;
  if (wb_pickle_value_get_kind (value) == WB_PICKLE_STRING &&
      !g_utf8_validate (wb_pickle_value_get_string (value), -1, NULL))
    wb_fuzz_fail ("a string that is no UTF-8");
  for (gsize i = 0; i < wb_pickle_value_get_n (value); i++)
    if (wb_pickle_value_get_kind (value) == WB_PICKLE_DICT)
      {
        visit (wb_pickle_value_get_key (value, i), depth + 1);
        visit (wb_pickle_value_get_value (value, i), depth + 1);
      }
    else
      visit (wb_pickle_value_get_element (value, i), depth + 1);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *json = NULL;
  gsize            used = 0;
  g_autoptr (WbPickle) pickle = wb_pickle_parse (data, size, "data.pkl", &used, &error);

  wb_fuzz_check_error (pickle != NULL, error);
  if (pickle == NULL)
    return 0;
  if (used > size)
    wb_fuzz_fail ("%zu bytes used of %zu", used, size);
  n_visited = 0;
  visit (wb_pickle_get_root (pickle), 0);
  json = wb_pickle_value_to_json (wb_pickle_get_root (pickle), 100000);
  return 0;
}
