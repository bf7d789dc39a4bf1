#pragma once

#include <glib.h>

#include "engine/core/wb-tensor.h"

G_BEGIN_DECLS

/**
 * WbArena:
 *
 * One block of memory, sized once, cut into tensors from the bottom up and given back down to a
 * mark.  A measuring arena (made with size %G_MAXSIZE and no memory) runs the same cuts and only
 * counts, so that a size is never computed twice in two ways.  Engine thread only.
 */
typedef struct _WbArena WbArena;

WbArena *wb_arena_new_measuring (void);
WbArena *wb_arena_new (gsize    size,
                       GError **error); /* WB_ENGINE_ERROR_OUT_OF_MEMORY; pages come when touched */
void     wb_arena_free (WbArena *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbArena, wb_arena_free)

gboolean wb_arena_is_measuring (const WbArena *self);
gsize    wb_arena_get_size (const WbArena *self); /* bytes that it has */
gsize    wb_arena_get_peak (const WbArena *self); /* bytes, the most ever in use */

/* 64-byte aligned, not cleared.  More than the arena has is a caller's bug (g_error): sizes come
 * from a measuring arena.  A measuring arena gives tensors whose data is a non-NULL address never
 * to be touched. */
void    *wb_arena_alloc (WbArena *self, gsize bytes);
WbTensor wb_arena_tensor (WbArena *self, WbDtype dtype, gsize rows, gsize cols);

gsize wb_arena_mark (const WbArena *self);
void  wb_arena_release (WbArena *self, gsize mark);

G_END_DECLS
