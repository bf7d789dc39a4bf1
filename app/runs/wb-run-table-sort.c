/* The order of rows: what it goes by is read once from each row, then compared. */
#include <math.h>
#include <string.h>

#include "app/runs/wb-run-table-private.h"

typedef struct
{
  WbRunRow *row;
  double    number;
  char     *text; /* (nullable) */
  gint64    id;   /* of the newest run */
  gboolean  pinned;
} Key;

typedef struct
{
  gboolean by_text, descending, by_default;
} Order;

/* Case does not matter, and 10 comes after 9.  Not collated: names are in no particular language,
 * and a quick order matters with many. */
static int
compare_texts (const char *a, const char *b)
{
  while (*a != '\0' && *b != '\0')
    {
      if (g_ascii_isdigit (*a) && g_ascii_isdigit (*b))
        {
          gsize n, m;

          a += strspn (a, "0");
          b += strspn (b, "0");
          n = strspn (a, "0123456789");
          m = strspn (b, "0123456789");
          if (n != m)
            return n < m ? -1 : 1;
          for (; n > 0; n--, a++, b++)
            if (*a != *b)
              return *a < *b ? -1 : 1;
        }
      else
        {
          const int x = (guchar) g_ascii_tolower (*a++), y = (guchar) g_ascii_tolower (*b++);

          if (x != y)
            return x < y ? -1 : 1;
        }
    }
  return (*a != '\0') - (*b != '\0');
}

static int
compare_numbers (double a, double b)
{
  return (a > b) - (a < b);
}

static gboolean
is_empty (const Key *key, const Order *order)
{
  return order->by_text ? *key->text == '\0' : isnan (key->number);
}

static int
compare_keys (gconstpointer a, gconstpointer b, gpointer data)
{
  const Key   *x = a, *y = b;
  const Order *order = data;
  int          result = 0;

  if (x->pinned != y->pinned)
    return x->pinned ? -1 : 1;
  if (!order->by_default)
    {
      const gboolean no_x = is_empty (x, order), no_y = is_empty (y, order);

      if (no_x != no_y)
        return no_x ? 1 : -1;
      result = no_x             ? 0
               : order->by_text ? compare_texts (x->text, y->text)
                                : compare_numbers (x->number, y->number);
    }
  if (result != 0)
    return order->descending ? -result : result;
  return (x->id < y->id) - (x->id > y->id);
}

static gint64
newest_id (WbRunRow *row)
{
  gint64 id = 0;

  for (guint i = 0; i < wb_run_row_get_n_runs (row); i++)
    id = MAX (id, wb_run_get_id (wb_run_row_get_nth_run (row, i)));
  return id;
}

/* Of a group: the first of its runs in the order of WbRunStatus. */
static double
status_of (WbRunRow *row)
{
  guint first = WB_RUN_DIVERGED;

  for (guint i = 0; i < wb_run_row_get_n_runs (row); i++)
    first = MIN (first, wb_run_get_status (wb_run_row_get_nth_run (row, i)));
  return first;
}

static void
read_key (Key *key, WbRunRow *row, WbRunColumn column)
{
  WbRunMean mean = { NAN, NAN, 0 };

  key->row = row;
  key->text = NULL;
  key->id = newest_id (row);
  key->pinned = wb_run_row_is_pinned (row);
  if (column == WB_RUN_COLUMN_STATUS)
    mean.mean = status_of (row);
  else if (column < WB_RUN_N_COLUMNS && wb_run_column_is_number (column))
    wb_run_row_get_mean (row, column, &mean);
  else if (column < WB_RUN_N_COLUMNS)
    key->text = wb_run_row_dup_text (row, column);
  key->number = mean.mean;
}

void
wb_run_rows_sort (GPtrArray *rows, WbRunColumn column, gboolean descending)
{
  const gboolean by_default =
      (guint) column >= WB_RUN_N_COLUMNS || !wb_run_column_is_sortable (column);
  Order           order = { .descending = descending, .by_default = by_default };
  g_autofree Key *keys = g_new (Key, MAX (rows->len, 1));

  order.by_text =
      !by_default && column != WB_RUN_COLUMN_STATUS && !wb_run_column_is_number (column);
  for (guint i = 0; i < rows->len; i++)
    read_key (&keys[i], rows->pdata[i], by_default ? WB_RUN_N_COLUMNS : column);
  g_qsort_with_data (keys, (int) rows->len, sizeof *keys, compare_keys, &order);
  for (guint i = 0; i < rows->len; i++)
    {
      rows->pdata[i] = keys[i].row;
      g_free (keys[i].text);
    }
}
