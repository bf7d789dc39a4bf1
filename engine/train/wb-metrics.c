#include "config.h"

#include "engine/train/wb-metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double
wb_metric_accuracy (const gint32 *predictions, const gint32 *labels, gsize n)
{
  gsize correct = 0;

  for (gsize i = 0; i < n; i++)
    correct += predictions[i] == labels[i];
  return n > 0 ? (double) correct / (double) n : 0;
}

/* Binary F1 of @class against the rest: 2 TP / (2 TP + FP + FN). */
static double
class_f1 (const gint32 *predictions, const gint32 *labels, gsize n, gint32 class)
{
  gsize both = 0, sum = 0;

  for (gsize i = 0; i < n; i++)
    {
      both += predictions[i] == class && labels[i] == class;
      sum += (gsize) (predictions[i] == class) + (gsize) (labels[i] == class);
    }
  return sum > 0 ? 2.0 * (double) both / (double) sum : 0;
}

double
wb_metric_f1 (const gint32 *predictions, const gint32 *labels, gsize n)
{
  return class_f1 (predictions, labels, n, 1);
}

double
wb_metric_macro_f1 (const gint32 *predictions, const gint32 *labels, gsize n, gint32 n_classes)
{
  double sum = 0;

  for (gint32 class = 0; class < n_classes; class ++)
    sum += class_f1 (predictions, labels, n, class);
  return n_classes > 0 ? sum / n_classes : 0;
}

static int
compare_int32 (const void *a, const void *b)
{
  const gint32 x = *(const gint32 *) a, y = *(const gint32 *) b;

  return (x > y) - (x < y);
}

/* How many of the sorted @values from *@i on are @value; moves *@i behind them. */
static gsize
count_run (const gint32 *values, gsize n, gsize *i, gint32 value)
{
  const gsize first = *i;

  while (*i < n && values[*i] == value)
    (*i)++;
  return *i - first;
}

/* Gorodkin's R_K (2004), "Comparing two K-category assignments by a K-category correlation
 * coefficient": (c s - Σ p_k t_k) / sqrt ((s² - Σ p_k²) (s² - Σ t_k²)), with c correct of s, p_k
 * predicted and t_k labelled k.  For two classes it is Matthews' coefficient. */
double
wb_metric_matthews (const gint32 *predictions, const gint32 *labels, gsize n)
{
  g_autofree gint32 *p = g_memdup2 (predictions, n * sizeof *p);
  g_autofree gint32 *t = g_memdup2 (labels, n * sizeof *t);
  const double       s = (double) n, c = s * wb_metric_accuracy (predictions, labels, n);
  double             pt = 0, pp = 0, tt = 0, root;

  if (n == 0)
    return 0;
  qsort (p, n, sizeof *p, compare_int32);
  qsort (t, n, sizeof *t, compare_int32);
  for (gsize i = 0, j = 0; i < n || j < n;)
    {
      const gint32 k = i == n ? t[j] : j == n ? p[i] : MIN (p[i], t[j]);
      const double p_k = (double) count_run (p, n, &i, k), t_k = (double) count_run (t, n, &j, k);

      pt += p_k * t_k;
      pp += p_k * p_k;
      tt += t_k * t_k;
    }
  root = sqrt (s * s - pp) * sqrt (s * s - tt);
  return root > 0 ? (round (c) * s - pt) / root : 0;
}

static gboolean
is_constant (const double *x, gsize n)
{
  for (gsize i = 1; i < n; i++)
    if (x[i] != x[0])
      return FALSE;
  return TRUE;
}

static double
mean (const double *x, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += x[i] / (double) n;
  return sum;
}

double
wb_metric_pearson (const double *x, const double *y, gsize n)
{
  const double mx = mean (x, n), my = mean (y, n);
  double       xx = 0, yy = 0, xy = 0, r;

  /* the mean of equal numbers is not exactly that number: a spread of roundings is none */
  if (n < 2 || is_constant (x, n) || is_constant (y, n))
    return 0;
  for (gsize i = 0; i < n; i++)
    {
      xx += (x[i] - mx) * (x[i] - mx);
      yy += (y[i] - my) * (y[i] - my);
      xy += (x[i] - mx) * (y[i] - my);
    }
  r = xy / (sqrt (xx) * sqrt (yy));
  return isfinite (r) ? CLAMP (r, -1.0, 1.0) : 0;
}

typedef struct
{
  double value;
  gsize  place;
} Placed;

static int
compare_placed (const void *a, const void *b)
{
  const double x = ((const Placed *) a)->value, y = ((const Placed *) b)->value;

  return (x > y) - (x < y);
}

/* Ranks from 1, equal values sharing their mean rank.  Returns: (nullable): NULL with a NaN in @x
 */
static double *
ranks (const double *x, gsize n)
{
  g_autofree Placed *sorted = g_new (Placed, n);
  g_autofree double *rank = g_new (double, n);

  for (gsize i = 0; i < n; i++)
    {
      if (isnan (x[i]))
        return NULL;
      sorted[i] = (Placed){ x[i], i };
    }
  qsort (sorted, n, sizeof *sorted, compare_placed);
  for (gsize first = 0, end; first < n; first = end)
    {
      for (end = first + 1; end < n && sorted[end].value == sorted[first].value;)
        end++;
      for (gsize i = first; i < end; i++)
        rank[sorted[i].place] = (double) (first + 1 + end) / 2;
    }
  return g_steal_pointer (&rank);
}

double
wb_metric_spearman (const double *x, const double *y, gsize n)
{
  g_autofree double *rx = n > 0 ? ranks (x, n) : NULL;
  g_autofree double *ry = n > 0 ? ranks (y, n) : NULL;

  return rx != NULL && ry != NULL ? wb_metric_pearson (rx, ry, n) : 0;
}

gint32
wb_argmax (const float *row, gsize n)
{
  gsize best = n;

  for (gsize i = 0; i < n; i++)
    if (!isnan (row[i]) && (best == n || row[i] > row[best]))
      best = i;
  return best < n ? (gint32) best : 0;
}

void
wb_softmax (const float *row, gsize n, double *probabilities)
{
  const double max = n > 0 ? (double) row[wb_argmax (row, n)] : 0;
  double       sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += probabilities[i] = exp ((double) row[i] - max);
  for (gsize i = 0; i < n; i++)
    probabilities[i] /= sum;
}
