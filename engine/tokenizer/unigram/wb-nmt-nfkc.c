#include "config.h"

#include <gio/gio.h>

#include "engine/tokenizer/unigram/wb-nmt-nfkc-private.h"
#include "wb-engine-resources.h"

GBytes *
wb_nmt_nfkc_get_map (void)
{
  GResource *resource = wb_engine_get_resource ();
  GBytes    *map = g_resource_lookup_data (resource, "/wb/engine/nmt-nfkc.map",
                                           G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  g_assert (map != NULL);
  return map;
}
