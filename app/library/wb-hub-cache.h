#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Models in the Hugging Face cache ($HF_HUB_CACHE, $HF_HOME/hub or ~/.cache/huggingface/hub), used
 * in place: hub/models--owner--name/snapshots/<revision of refs/main>.  Any thread. */

/* (transfer full) (nullable): folder of "owner/name"; %NULL when it is not there. */
char *wb_hub_cache_find (const char *name);

/* (transfer full): "owner/name" of every model there that has a config.json, sorted. */
char **wb_hub_cache_list (void);

G_END_DECLS
