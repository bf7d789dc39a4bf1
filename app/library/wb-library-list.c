#include "app/library/wb-library-list.h"

#include "app/core/wb-workspace-private.h"
#include "app/library/wb-hub-cache.h"
#include "app/library/wb-library-item-private.h"

struct _WbLibraryList
{
  GObject          parent_instance;
  WbWorkspace     *workspace;
  WbLibrarySection section;
  GPtrArray       *items;
};

static GType
get_item_type (GListModel *model)
{
  return WB_TYPE_LIBRARY_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return WB_LIBRARY_LIST (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  WbLibraryList *self = WB_LIBRARY_LIST (model);

  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (WbLibraryList,
                               wb_library_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
wb_library_list_finalize (GObject *object)
{
  WbLibraryList *self = WB_LIBRARY_LIST (object);

  g_clear_object (&self->workspace);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  G_OBJECT_CLASS (wb_library_list_parent_class)->finalize (object);
}

static void
wb_library_list_class_init (WbLibraryListClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wb_library_list_finalize;
}

static void
wb_library_list_init (WbLibraryList *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
add_cache (GPtrArray *items)
{
  g_auto (GStrv) names = wb_hub_cache_list ();

  for (gsize i = 0; names[i] != NULL; i++)
    {
      WbLibraryItem *item = wb_library_item_new_for_cache (names[i]);
      if (item != NULL)
        g_ptr_array_add (items, item);
    }
}

gboolean
wb_library_list_refresh (WbLibraryList *self, GError **error)
{
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  const guint before = self->items->len;

  records = wb_store_list_library (wb_workspace_get_store (self->workspace),
                                   wb_library_get_kind (self->section), error);
  if (records == NULL)
    return FALSE;
  for (guint i = 0; i < records->len; i++)
    g_ptr_array_add (items, wb_library_item_new_for_record (records->pdata[i]));
  if (self->section == WB_LIBRARY_MODELS)
    add_cache (items);
  g_ptr_array_unref (self->items);
  self->items = g_steal_pointer (&items);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, before, self->items->len);
  return TRUE;
}

WbLibraryList *
wb_library_list_new (WbWorkspace *workspace, WbLibrarySection section, GError **error)
{
  g_autoptr (WbLibraryList) self = g_object_new (WB_TYPE_LIBRARY_LIST, NULL);

  g_return_val_if_fail (WB_IS_WORKSPACE (workspace), NULL);

  self->workspace = g_object_ref (workspace);
  self->section = section;
  return wb_library_list_refresh (self, error) ? g_steal_pointer (&self) : NULL;
}
