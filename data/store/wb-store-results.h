#pragma once

#include "data/store/wb-store.h"

G_BEGIN_DECLS

/**
 * WbResultRecord:
 *
 * One metric of one evaluation.  Strings are owned.
 */
typedef struct
{
  gint64 id;
  gint64 run_id; /* 0: of a model that no run made */
  char  *model;  /* nullable: name or folder, where there is no run */
  char  *task;
  char  *split;  /* "dev", "dev_matched", or a file's name */
  char  *metric; /* "accuracy" */
  double value;
  gint64 step; /* of the run; -1: none */
  gint64 examples;
  gint64 time; /* microseconds since 1970 UTC; 0 on insertion: now */
} WbResultRecord;

WbResultRecord *wb_result_record_new (void);
void            wb_result_record_free (WbResultRecord *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbResultRecord, wb_result_record_free)

/* @results: (element-type WbResultRecord): all in one transaction; their ids are set. */
gboolean wb_store_add_results (WbStore *self, GPtrArray *results, GError **error);

/* @run_id: 0: all.  (transfer full) (element-type WbResultRecord): by time, oldest first. */
GPtrArray *wb_store_list_results (WbStore *self, gint64 run_id, GError **error);

G_END_DECLS
