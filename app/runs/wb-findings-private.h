#pragma once

#include "app/runs/wb-findings.h"
#include "app/worker/wb-predictions-private.h"
#include "data/datasets/wb-dataset.h"

G_BEGIN_DECLS

struct _WbFindings
{
  int            references; /* atomic */
  WbFindingsKind kind;
  char         **labels;
  gsize          n_labels;
  WbPredictions *predictions;
  WbDataset     *dataset; /* (nullable) */
  char          *missing; /* (nullable): why it is not there */
  gsize         *counts;  /* (n_labels, n_labels): rows gold, columns predicted */
  double        *losses;  /* (n) */
  guint32       *ranking; /* (n_ranked) examples with a loss, the greatest first */
  gsize          n_ranked;
  GArray        *types;  /* WbFindingsType */
  GArray        *ranges; /* WbFindingsRange */
};

/**
 * wb_findings_new:
 * @predictions: (transfer full)
 * @dataset: (nullable): what they are of
 * @missing: (nullable): why @dataset is %NULL
 */
WbFindings *wb_findings_new (WbPredictions *predictions,
                             const WbTask  *task,
                             WbDataset     *dataset,
                             const char    *missing);

/* Label of the row with the greatest logit; a word without a piece is the first label: "O". */
int wb_findings_predict (const WbFindings *self, gsize unit);
int wb_findings_get_gold (const WbFindings *self, gsize unit); /* -1: not known */
/* Probability of label @k; NaN: nothing is known of the unit. */
double wb_findings_get_probability (const WbFindings *self, gsize unit, gsize k);

/* wb-findings-count.c */
void wb_findings_count_all (WbFindings *self);
void wb_findings_make_ranges (WbFindings *self);
/* wb-findings-words.c: entity types */
void wb_findings_make_types (WbFindings *self, const WbTask *task);

G_END_DECLS
