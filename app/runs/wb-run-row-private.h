#pragma once

#include "app/runs/wb-run-private.h"
#include "app/runs/wb-run-row.h"

G_BEGIN_DECLS

struct _WbRunRow
{
  GObject parent_instance;

  WbRun     *run;     /* NULL: a group */
  WbRunRow  *group;   /* (nullable) (unowned): the group that it is a member of */
  GPtrArray *members; /* of a group: (element-type WbRunRow), in the order shown */
  char      *name;    /* of a group */

  char      *haystack; /* (nullable): what is searched, folded; made when it is first needed */
  gint64     version;  /* of the record when this was made */
  guint64    key;      /* of the settings; 0: not computed */
  double     published, base; /* what differences are to; NaN: nothing */
  gboolean   expanded, changed;
  guint      tick;  /* of the table's update that saw it last */
  WbRunMean *means; /* of a group: (WB_RUN_N_COLUMNS) */
};

WbRunRow *wb_run_row_new (WbRun *run); /* @run: (nullable) */
/* Takes over what the run's record says by now; TRUE when it had changed. */
gboolean wb_run_row_refresh (WbRunRow *self);
/* What the difference to a baseline is to; TRUE when it had changed. */
gboolean wb_run_row_set_base (WbRunRow *self, double base);
/* The group's name and means, from its members. */
void wb_run_row_summarise (WbRunRow *self);
void wb_run_row_emit_changed (WbRunRow *self);

const char *wb_run_row_get_haystack (WbRunRow *self);
guint64     wb_run_row_get_key (WbRunRow *self);

/* A run's value as it is shown: a loss as a loss. */
double wb_run_get_shown_best (WbRun *run);

/* (transfer full): what the names have in common, without the word "seed" at its end. */
char *wb_run_names_dup_common (const char *const *names, gsize n);

G_END_DECLS
