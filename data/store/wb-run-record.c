#include "data/store/wb-store-runs-private.h"

#include <math.h>

static const char *const status_names[] = { "queued",  "running",     "paused", "finished",
                                            "stopped", "interrupted", "failed", "diverged" };
static const char *const request_names[] = { "none", "stop", "stop-keep-best", "pause" };

static int
find_name (const char *const *names, gsize n, const char *text)
{
  for (gsize i = 0; i < n; i++)
    if (g_strcmp0 (names[i], text) == 0)
      return (int) i;
  return -1;
}

const char *
wb_record_status_to_string (WbRecordStatus status)
{
  g_return_val_if_fail ((gsize) status < G_N_ELEMENTS (status_names), NULL);
  return status_names[status];
}

gboolean
wb_record_status_from_string (const char *text, WbRecordStatus *out)
{
  int i = find_name (status_names, G_N_ELEMENTS (status_names), text);

  if (i >= 0)
    *out = (WbRecordStatus) i;
  return i >= 0;
}

const char *
wb_request_to_string (WbRequest request)
{
  g_return_val_if_fail ((gsize) request < G_N_ELEMENTS (request_names), NULL);
  return request_names[request];
}

gboolean
wb_request_from_string (const char *text, WbRequest *out)
{
  int i = find_name (request_names, G_N_ELEMENTS (request_names), text);

  if (i >= 0)
    *out = (WbRequest) i;
  return i >= 0;
}

WbRunRecord *
wb_run_record_new (void)
{
  WbRunRecord *self = g_new0 (WbRunRecord, 1);

  self->seconds_left = self->tokens_per_second = self->loss = NAN;
  self->best_value = self->last_value = NAN;
  self->best_step = -1;
  return self;
}

#define OWN_TEXT(member) copy->member = g_strdup (self->member);
#define OWN_INT(member)
#define OWN_REAL(member)
#define OWN_STATUS(member)
#define OWN_REQUEST(member)
#define OWN(kind, member) OWN_##kind (member)

WbRunRecord *
wb_run_record_copy (const WbRunRecord *self)
{
  WbRunRecord *copy = g_memdup2 (self, sizeof *self);

  WB_RUN_COLUMNS (OWN)
  return copy;
}

#define FREE_TEXT(member) g_free (self->member);
#define FREE_INT(member)
#define FREE_REAL(member)
#define FREE_STATUS(member)
#define FREE_REQUEST(member)
#define FREE(kind, member) FREE_##kind (member)

void
wb_run_record_free (WbRunRecord *self)
{
  if (self == NULL)
    return;
  WB_RUN_COLUMNS (FREE)
  g_free (self);
}
