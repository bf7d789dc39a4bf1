#include "config.h"

#include "engine/core/wb-arena.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "engine/core/wb-engine-error.h"

#define ALIGNMENT 64 /* a cache line, and one AVX-512 vector */

struct _WbArena
{
  char    *base; /* %NULL when measuring */
  gsize    size;
  gsize    used;
  gsize    peak;
  gboolean measuring;
};

WbArena *
wb_arena_new_measuring (void)
{
  WbArena *self = g_new0 (WbArena, 1);

  self->size = G_MAXSIZE;
  self->measuring = TRUE;
  return self;
}

WbArena *
wb_arena_new (gsize size, GError **error)
{
  WbArena *self;
  void    *base = NULL;

  if (size > 0)
    {
      base = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (base == MAP_FAILED)
        {
          g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_OUT_OF_MEMORY,
                       "%.1f MiB of memory could not be had: %s; a smaller batch or length may fit",
                       (double) size / (1024 * 1024), g_strerror (errno));
          return NULL;
        }
#ifdef MADV_HUGEPAGE
      madvise (base, size, MADV_HUGEPAGE); /* a wish: where refused, small pages do */
#endif
    }
  self = g_new0 (WbArena, 1);
  self->base = base;
  self->size = size;
  return self;
}

void
wb_arena_free (WbArena *self)
{
  if (self == NULL)
    return;
  if (self->base != NULL)
    munmap (self->base, self->size);
  g_free (self);
}

gboolean
wb_arena_is_measuring (const WbArena *self)
{
  return self->measuring;
}

gsize
wb_arena_get_size (const WbArena *self)
{
  return self->size;
}

gsize
wb_arena_get_peak (const WbArena *self)
{
  return self->peak;
}

void *
wb_arena_alloc (WbArena *self, gsize bytes)
{
  const gsize start = self->used;
  gsize       rounded;

  if (bytes > G_MAXSIZE - ALIGNMENT)
    g_error ("arena: a request of %zu bytes", bytes);
  rounded = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  if (rounded > self->size - start)
    g_error ("arena: %zu bytes asked for, %zu of %zu left", bytes, self->size - start, self->size);

  self->used = start + rounded;
  self->peak = MAX (self->peak, self->used);
  if (self->measuring)
    return GSIZE_TO_POINTER (ALIGNMENT); /* an address that faults when touched */
  return self->base + start;
}

WbTensor
wb_arena_tensor (WbArena *self, WbDtype dtype, gsize rows, gsize cols)
{
  gsize bytes;

  if (!g_size_checked_mul (&bytes, rows, cols) ||
      !g_size_checked_mul (&bytes, bytes, wb_dtype_size (dtype)))
    g_error ("arena: a tensor of (%zu, %zu)", rows, cols);
  return wb_tensor_matrix (wb_arena_alloc (self, bytes), dtype, rows, cols);
}

gsize
wb_arena_mark (const WbArena *self)
{
  return self->used;
}

void
wb_arena_release (WbArena *self, gsize mark)
{
  g_return_if_fail (mark <= self->used);

  self->used = mark;
}
