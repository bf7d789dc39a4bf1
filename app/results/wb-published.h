#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WbPublished:
 * @value: as a fraction, 0.918
 * @source: where it was published
 *
 * A score on the development set that the model's authors report.
 */
typedef struct
{
  double      value;
  const char *source;
} WbPublished;

/**
 * wb_published_find:
 * @task: "rte"
 * @model: a name: "deberta-v3-large", "microsoft/deberta-large-mnli", a folder
 * @metric: "accuracy", "mcc", "f1", "pearson", "spearman", or a mean of two: "accuracy+f1"
 * @out: (out)
 *
 * Which model it is, is told by its name's last part; "-mnli" behind it does not matter, since
 * some of the published scores began there.  %FALSE when none is known.
 */
gboolean
wb_published_find (const char *task, const char *model, const char *metric, WbPublished *out);

/* Whether a smaller value of @metric is the better one ("loss", "perplexity"). */
gboolean wb_metric_is_lower_better (const char *metric);

G_END_DECLS
