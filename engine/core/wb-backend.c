#include "config.h"

#include "engine/core/wb-backend-private.h"

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

gboolean
wb_backend_check_op (const WbBackend *self, gboolean present, const char *name, GError **error)
{
  if (present)
    return TRUE;
  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_UNSUPPORTED,
               "The %s backend has no operation %s", self->name, name);
  return FALSE;
}
