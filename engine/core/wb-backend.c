#include "config.h"

#include "engine/core/wb-backend-private.h"

#include <gio/gio.h>

#include "engine/cpu/wb-cpu-backend.h"

WbBackend *
wb_backend_open (const char *name, guint n_threads, GError **error)
{
  g_return_val_if_fail (name != NULL, NULL);

  if (g_str_equal (name, "auto") || g_str_equal (name, "cpu"))
    return wb_cpu_backend_open (n_threads, error);
  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_UNSUPPORTED,
               "Device \"%s\" is not in this build; there are: auto, cpu", name);
  return NULL;
}

void
wb_backend_close (WbBackend *self)
{
  if (self == NULL)
    return;
  self->close_state (self);
  g_free (self);
}

const char *
wb_backend_get_name (const WbBackend *self)
{
  return self->name;
}

const char *
wb_backend_get_instruction_set (const WbBackend *self)
{
  return self->instruction_set;
}

guint
wb_backend_get_n_threads (const WbBackend *self)
{
  return self->n_threads;
}

char *
wb_backend_dup_fingerprint (const WbBackend *self)
{
  return self->dup_fingerprint (self);
}

gsize
wb_backend_measure_scratch (const WbScratchShape *shape, guint n_threads)
{
  return wb_cpu_measure_scratch (shape, n_threads);
}

gboolean
wb_backend_reserve_scratch (WbBackend *self, const WbScratchShape *shape, GError **error)
{
  return self->ops->reserve_scratch (self, shape, error);
}

void
wb_backend_set_cancel (WbBackend *self, const int *flag)
{
  self->cancel = flag;
}

static gboolean
is_cancelled (const WbBackend *self, const char *name)
{
  return self->cancel != NULL && g_atomic_int_get (self->cancel) != 0 &&
         g_str_has_prefix (name, "matmul");
}

gboolean
wb_backend_check_op (const WbBackend *self, gboolean present, const char *name, GError **error)
{
  if (is_cancelled (self, name))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");
      return FALSE;
    }
  if (present)
    return TRUE;
  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_UNSUPPORTED,
               "The %s backend has no operation %s", self->name, name);
  return FALSE;
}
