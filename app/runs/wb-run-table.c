#include "app/runs/wb-run-table-private.h"

#include <math.h>
#include <string.h>

struct _WbRunTable
{
  GObject parent_instance;

  WbRunList  *list;
  WbRunQuery  filter;
  WbRunColumn order;
  gboolean    descending, grouped;

  GHashTable *rows;   /* WbRun: WbRunRow, of every run of the list */
  GHashTable *groups; /* key of settings: WbRunRow */
  GPtrArray  *shown;  /* WbRunRow, as the model has them */
  guint       n_runs, n_shown, tick;
};

static GType
get_item_type (GListModel *model)
{
  return WB_TYPE_RUN_ROW;
}

static guint
get_n_items (GListModel *model)
{
  return WB_RUN_TABLE (model)->shown->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  WbRunTable *self = WB_RUN_TABLE (model);

  return position < self->shown->len ? g_object_ref (self->shown->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (WbRunTable,
                               wb_run_table,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
wb_run_table_dispose (GObject *object)
{
  WbRunTable *self = WB_RUN_TABLE (object);

  if (self->list != NULL)
    g_signal_handlers_disconnect_by_data (self->list, self);
  g_clear_object (&self->list);
  G_OBJECT_CLASS (wb_run_table_parent_class)->dispose (object);
}

static void
wb_run_table_finalize (GObject *object)
{
  WbRunTable *self = WB_RUN_TABLE (object);

  g_ptr_array_unref (self->shown);
  g_hash_table_unref (self->groups);
  g_hash_table_unref (self->rows);
  wb_run_query_clear (&self->filter);
  G_OBJECT_CLASS (wb_run_table_parent_class)->finalize (object);
}

static void
wb_run_table_class_init (WbRunTableClass *class)
{
  G_OBJECT_CLASS (class)->dispose = wb_run_table_dispose;
  G_OBJECT_CLASS (class)->finalize = wb_run_table_finalize;
}

static void
wb_run_table_init (WbRunTable *self)
{
  self->order = WB_RUN_N_COLUMNS;
  self->rows = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  self->groups = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);
  self->shown = g_ptr_array_new_with_free_func (g_object_unref);
}

WbRunTable *
wb_run_table_new (void)
{
  return g_object_new (WB_TYPE_RUN_TABLE, NULL);
}

/* ---- from the list to the rows ---- */

static gboolean
is_stale (gpointer key, gpointer value, gpointer tick)
{
  return ((WbRunRow *) value)->tick != GPOINTER_TO_UINT (tick);
}

static WbRunRow *
row_of (WbRunTable *self, WbRun *run)
{
  WbRunRow *row = g_hash_table_lookup (self->rows, run);

  if (row == NULL)
    {
      row = wb_run_row_new (run);
      g_hash_table_insert (self->rows, run, row);
    }
  row->tick = self->tick;
  row->changed = wb_run_row_refresh (row);
  return row;
}

/* Every run's row, newest first; (transfer container). */
static GPtrArray *
read_list (WbRunTable *self)
{
  const guint n = self->list != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->list)) : 0;
  GPtrArray  *rows = g_ptr_array_sized_new (n);

  self->tick++;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (WbRun) run = g_list_model_get_item (G_LIST_MODEL (self->list), i);

      g_ptr_array_add (rows, row_of (self, run));
    }
  return rows;
}

/* Differences are between best values of one task and one metric. */
static void
set_bases (GPtrArray *rows)
{
  g_autoptr (GHashTable) baselines = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < rows->len; i++)
    {
      WbRun *run = ((WbRunRow *) rows->pdata[i])->run;

      if (wb_run_is_baseline (run))
        g_hash_table_insert (baselines, (gpointer) wb_run_get_task (run), run);
    }
  for (guint i = 0; i < rows->len; i++)
    {
      WbRunRow      *row = rows->pdata[i];
      WbRun         *run = g_hash_table_size (baselines) > 0
                               ? g_hash_table_lookup (baselines, wb_run_get_task (row->run))
                               : NULL;
      const gboolean same = run != NULL && strcmp (wb_run_get_metric_name (run),
                                                   wb_run_get_metric_name (row->run)) == 0;

      if (wb_run_row_set_base (row, same ? wb_run_get_shown_best (run) : NAN))
        row->changed = TRUE;
    }
}

static GPtrArray *
filter (WbRunTable *self, GPtrArray *rows)
{
  GPtrArray *kept = g_ptr_array_sized_new (rows->len);

  self->n_runs = 0;
  for (guint i = 0; i < rows->len; i++)
    {
      WbRunRow *row = rows->pdata[i];

      self->n_runs += wb_run_is_archived (row->run) == self->filter.archived;
      if (wb_run_query_matches (&self->filter, row))
        g_ptr_array_add (kept, row);
    }
  self->n_shown = kept->len;
  return kept;
}

/* ---- groups ---- */

static WbRunRow *
group_of (WbRunTable *self, guint64 key)
{
  WbRunRow *group = g_hash_table_lookup (self->groups, &key);

  if (group == NULL)
    {
      group = wb_run_row_new (NULL);
      g_hash_table_insert (self->groups, g_memdup2 (&key, sizeof key), group);
    }
  if (group->tick != self->tick)
    g_ptr_array_set_size (group->members, 0);
  group->tick = self->tick;
  return group;
}

static void
finish_group (WbRunTable *self, WbRunRow *group)
{
  wb_run_rows_sort (group->members, self->order, self->descending);
  for (guint i = 0; i < group->members->len; i++)
    if (((WbRunRow *) group->members->pdata[i])->changed)
      group->changed = TRUE;
  wb_run_row_summarise (group);
}

/* Sets whose member a row is; TRUE in @changed where that is new, for how it is drawn. */
static void
set_group (WbRunRow *row, WbRunRow *group)
{
  if (row->group == group)
    return;
  row->group = group;
  row->changed = TRUE;
}

/* What stands at the top level: groups of two and more, and single runs. */
static GPtrArray *
fold (WbRunTable *self, GPtrArray *rows)
{
  GPtrArray *top = g_ptr_array_sized_new (rows->len);

  for (guint i = 0; self->grouped && i < rows->len; i++)
    g_ptr_array_add (group_of (self, wb_run_row_get_key (rows->pdata[i]))->members,
                     g_object_ref (rows->pdata[i]));
  for (guint i = 0; i < rows->len; i++)
    {
      WbRunRow *row = rows->pdata[i];
      WbRunRow *group = self->grouped ? group_of (self, wb_run_row_get_key (row)) : NULL;

      if (group != NULL && group->members->len < 2)
        group = NULL;
      if (group != NULL && group->members->pdata[0] == row)
        g_ptr_array_add (top, group);
      else if (group == NULL)
        g_ptr_array_add (top, row);
      set_group (row, group);
    }
  for (guint i = 0; i < top->len; i++)
    if (((WbRunRow *) top->pdata[i])->run == NULL)
      finish_group (self, top->pdata[i]);
  g_hash_table_foreach_remove (self->groups, is_stale, GUINT_TO_POINTER (self->tick));
  return top;
}

/* Groups that are expanded, with their members; (transfer full). */
static GPtrArray *
flatten (GPtrArray *top)
{
  GPtrArray *flat = g_ptr_array_new_full (top->len, g_object_unref);

  for (guint i = 0; i < top->len; i++)
    {
      WbRunRow *row = top->pdata[i];

      g_ptr_array_add (flat, g_object_ref (row));
      for (guint j = 0; row->run == NULL && row->expanded && j < row->members->len; j++)
        g_ptr_array_add (flat, g_object_ref (row->members->pdata[j]));
    }
  return flat;
}

/* ---- telling ---- */

/* One signal for what lies between the rows at both ends that are as they were. */
static void
show (WbRunTable *self, GPtrArray *rows)
{
  g_autoptr (GPtrArray) old = self->shown;
  guint start = 0, end = 0;

  while (start < MIN (old->len, rows->len) && old->pdata[start] == rows->pdata[start])
    start++;
  while (end < MIN (old->len, rows->len) - start &&
         old->pdata[old->len - 1 - end] == rows->pdata[rows->len - 1 - end])
    end++;
  self->shown = rows;
  if (old->len - start - end > 0 || rows->len - start - end > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), start, old->len - start - end,
                                rows->len - start - end);
}

static void
tell_changed (WbRunTable *self)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_ref (self->shown);

  for (guint i = 0; i < rows->len; i++)
    if (((WbRunRow *) rows->pdata[i])->changed)
      wb_run_row_emit_changed (rows->pdata[i]);
}

static void
update (WbRunTable *self)
{
  g_autoptr (GPtrArray) rows = read_list (self), kept = NULL, top = NULL;

  set_bases (rows);
  kept = filter (self, rows);
  top = fold (self, kept);
  wb_run_rows_sort (top, self->order, self->descending);
  show (self, flatten (top));
  if (g_hash_table_size (self->rows) > rows->len)
    g_hash_table_foreach_remove (self->rows, is_stale, GUINT_TO_POINTER (self->tick));
  tell_changed (self);
}

/* ---- what is asked ---- */

void
wb_run_table_set_list (WbRunTable *self, WbRunList *list)
{
  g_return_if_fail (WB_IS_RUN_TABLE (self));

  if (self->list == list)
    return;
  if (self->list != NULL)
    g_signal_handlers_disconnect_by_data (self->list, self);
  g_set_object (&self->list, list);
  if (list != NULL)
    g_signal_connect_swapped (list, "changed", G_CALLBACK (update), self);
  update (self);
}

void
wb_run_table_set_text (WbRunTable *self, const char *text)
{
  g_return_if_fail (WB_IS_RUN_TABLE (self) && text != NULL);
  wb_run_query_set_text (&self->filter, text);
  update (self);
}

void
wb_run_table_set_statuses (WbRunTable *self, guint statuses)
{
  g_return_if_fail (WB_IS_RUN_TABLE (self));
  if (self->filter.statuses == statuses)
    return;
  self->filter.statuses = statuses;
  update (self);
}

guint
wb_run_table_get_statuses (WbRunTable *self)
{
  g_return_val_if_fail (WB_IS_RUN_TABLE (self), 0);
  return self->filter.statuses;
}

void
wb_run_table_set_archived (WbRunTable *self, gboolean archived)
{
  g_return_if_fail (WB_IS_RUN_TABLE (self));
  if (self->filter.archived == archived)
    return;
  self->filter.archived = archived;
  update (self);
}

gboolean
wb_run_table_get_archived (WbRunTable *self)
{
  g_return_val_if_fail (WB_IS_RUN_TABLE (self), FALSE);
  return self->filter.archived;
}

void
wb_run_table_set_values (WbRunTable *self, WbRunColumn column, const char *const *values)
{
  char ***kept;

  g_return_if_fail (WB_IS_RUN_TABLE (self));
  kept = wb_run_query_get_values (&self->filter, column);
  g_return_if_fail (kept != NULL);
  g_strfreev (*kept);
  *kept = g_strdupv ((char **) values);
  update (self);
}

const char *const *
wb_run_table_get_values (WbRunTable *self, WbRunColumn column)
{
  static const char *const none[] = { NULL };
  char                  ***kept;

  g_return_val_if_fail (WB_IS_RUN_TABLE (self), NULL);
  kept = wb_run_query_get_values (&self->filter, column);
  return kept != NULL && *kept != NULL ? (const char *const *) *kept : none;
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
add_choices (GHashTable *choices, WbRun *run, WbRunColumn column)
{
  if (column == WB_RUN_COLUMN_TASK)
    g_hash_table_add (choices, g_strdup (wb_run_get_task (run)));
  else if (column == WB_RUN_COLUMN_MODEL)
    g_hash_table_add (choices, g_strdup (wb_run_get_model (run)));
  else
    {
      g_autofree char **tags = wb_run_dup_tags (run);

      for (char **tag = tags; *tag != NULL; tag++)
        g_hash_table_add (choices, *tag);
    }
}

char **
wb_run_table_dup_choices (WbRunTable *self, WbRunColumn column)
{
  g_autoptr (GHashTable) choices = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char **keys = NULL;
  GHashTableIter    iter;
  gpointer          run, row;
  guint             n;

  g_return_val_if_fail (WB_IS_RUN_TABLE (self), NULL);
  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &run, &row))
    if (wb_run_is_archived (run) == self->filter.archived)
      add_choices (choices, run, column);
  keys = (char **) g_hash_table_get_keys_as_array (choices, &n);
  qsort (keys, n, sizeof *keys, compare_strings);
  return g_strdupv (keys);
}

void
wb_run_table_set_grouped (WbRunTable *self, gboolean grouped)
{
  g_return_if_fail (WB_IS_RUN_TABLE (self));
  if (self->grouped == grouped)
    return;
  self->grouped = grouped;
  update (self);
}

gboolean
wb_run_table_get_grouped (WbRunTable *self)
{
  g_return_val_if_fail (WB_IS_RUN_TABLE (self), FALSE);
  return self->grouped;
}

void
wb_run_table_set_expanded (WbRunTable *self, WbRunRow *row, gboolean expanded)
{
  g_return_if_fail (WB_IS_RUN_TABLE (self) && WB_IS_RUN_ROW (row) && row->run == NULL);
  if (row->expanded == expanded)
    return;
  row->expanded = expanded;
  update (self);
  wb_run_row_emit_changed (row);
}

void
wb_run_table_set_order (WbRunTable *self, WbRunColumn column, gboolean descending)
{
  g_return_if_fail (WB_IS_RUN_TABLE (self));
  if (self->order == column && self->descending == descending)
    return;
  self->order = column;
  self->descending = descending;
  update (self);
}

guint
wb_run_table_get_n_runs (WbRunTable *self)
{
  g_return_val_if_fail (WB_IS_RUN_TABLE (self), 0);
  return self->n_runs;
}

guint
wb_run_table_get_n_shown (WbRunTable *self)
{
  g_return_val_if_fail (WB_IS_RUN_TABLE (self), 0);
  return self->n_shown;
}

WbRunRow *
wb_run_table_get_row (WbRunTable *self, WbRun *run)
{
  g_return_val_if_fail (WB_IS_RUN_TABLE (self), NULL);
  return g_hash_table_lookup (self->rows, run);
}
