/* Homes with stored runs in them, for tests, pictures and timings of the window. */
#pragma once

#include "data/store/wb-store-runs.h"

G_BEGIN_DECLS

/* (transfer full): a new home folder; ui_home_remove() deletes it. */
char *ui_home_new (void);
void  ui_home_remove (char *home);

typedef struct
{
  const char    *name, *model, *task, *metric;
  WbRecordStatus status;
  const char    *message;
  gint64         seed;
  gint64         step, total_steps;
  double         best; /* NAN: no evaluation yet */
  guint          days_ago;
  gint64         steps_per_evaluation;
} UiRun;

/* With metrics for every step, a made-up curve that depends on the seed.  Returns its id.  A
 * running one holds its lock in this process until ui_home_remove(). */
gint64 ui_add_run (WbStore *store, const char *home, const UiRun *run);
/* More points of a running run, as its process would write them. */
void ui_run_goes_on (WbStore *store, gint64 id, const UiRun *run, gint64 from, gint64 to);

/* One of every kind, for pictures. */
void ui_add_samples (WbStore *store, const char *home);
/* 10,000 runs, and one of every kind with all that a run can say at its longest: for pictures. */
void ui_add_overfull (WbStore *store, const char *home);
/* @n runs in one transaction, each with @points losses. */
void ui_add_many (WbStore *store, const char *home, guint n, guint points);

G_END_DECLS
