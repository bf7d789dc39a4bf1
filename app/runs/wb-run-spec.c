#include "config.h"

#include "app/runs/wb-run-spec-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/core/wb-app-error.h"
#include "app/core/wb-shell-private.h"

/* Fields that are no settings, in the form's order. */
static const char *const base_fields[] = {
  "task", "model", "init-from-config", "train", "dev", "data", "recipe", "name", "seed", "out", NULL
};

struct _WbRunSpec
{
  GObject       parent_instance;
  WbWorkspace  *workspace;
  GHashTable   *values;  /* field (static) → text; fields not there are not given */
  WbRunLengths *lengths; /* NULL: not known */
};

G_DEFINE_FINAL_TYPE (WbRunSpec, wb_run_spec, G_TYPE_OBJECT)

static guint changed_signal;

/* Not a field: nobody sets it but wb_run_spec_expand(). */
#define VARIANT ((gpointer) "variant")

static void
wb_run_spec_finalize (GObject *object)
{
  WbRunSpec *self = WB_RUN_SPEC (object);

  g_clear_object (&self->workspace);
  g_clear_pointer (&self->lengths, wb_run_lengths_unref);
  g_hash_table_unref (self->values);
  G_OBJECT_CLASS (wb_run_spec_parent_class)->finalize (object);
}

static void
wb_run_spec_class_init (WbRunSpecClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wb_run_spec_finalize;
  changed_signal = g_signal_new ("changed", WB_TYPE_RUN_SPEC, G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED,
                                 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
wb_run_spec_init (WbRunSpec *self)
{
  self->values = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
}

WbRunSpec *
wb_run_spec_new (WbWorkspace *workspace)
{
  WbRunSpec *self = g_object_new (WB_TYPE_RUN_SPEC, NULL);

  self->workspace = g_object_ref (workspace);
  return self;
}

WbRunSpec *
wb_run_spec_copy (WbRunSpec *self)
{
  WbRunSpec     *copy = wb_run_spec_new (self->workspace);
  GHashTableIter iter;
  gpointer       field, text;

  g_hash_table_iter_init (&iter, self->values);
  while (g_hash_table_iter_next (&iter, &field, &text))
    g_hash_table_insert (copy->values, field, g_strdup (text));
  wb_run_spec_set_lengths (copy, self->lengths);
  return copy;
}

void
wb_run_spec_set_lengths (WbRunSpec *self, WbRunLengths *lengths)
{
  if (lengths != NULL)
    wb_run_lengths_ref (lengths);
  g_clear_pointer (&self->lengths, wb_run_lengths_unref);
  self->lengths = lengths;
}

WbRunLengths *
wb_run_spec_get_lengths (WbRunSpec *self)
{
  return self->lengths;
}

WbWorkspace *
wb_run_spec_get_workspace (WbRunSpec *self)
{
  return self->workspace;
}

static const char *
find_field (const char *name)
{
  const WbSettingInfo *info;

  for (gsize i = 0; base_fields[i] != NULL; i++)
    if (strcmp (base_fields[i], name) == 0)
      return base_fields[i];
  info = wb_setting_find (name);
  return info != NULL ? info->key : NULL;
}

gboolean
wb_run_spec_set (WbRunSpec *self, const char *field, const char *text, GError **error)
{
  const char *known;

  g_return_val_if_fail (WB_IS_RUN_SPEC (self) && field != NULL, FALSE);

  known = find_field (field);
  if (known == NULL)
    {
      g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
                   _ ("there is no setting “%.80s”; “train --help” lists them"), field);
      return FALSE;
    }
  if (text == NULL)
    text = "";
  if (strcmp (wb_run_spec_get (self, known), text) == 0)
    return TRUE;
  if (*text == '\0')
    g_hash_table_remove (self->values, known);
  else
    g_hash_table_insert (self->values, (gpointer) known, g_strdup (text));
  g_signal_emit (self, changed_signal, g_quark_from_string (known), known);
  return TRUE;
}

const char *
wb_run_spec_get (WbRunSpec *self, const char *field)
{
  const char *known = find_field (field);
  const char *text = known != NULL ? g_hash_table_lookup (self->values, known) : NULL;

  return text != NULL ? text : "";
}

char **
wb_run_spec_split (WbRunSpec *self, const char *field)
{
  char **parts = g_strsplit (wb_run_spec_get (self, field), ",", -1);

  for (gsize i = 0; parts[i] != NULL; i++)
    g_strstrip (parts[i]);
  return parts;
}

/* Every field that takes several values and has some. */
static GPtrArray *
list_fields (WbRunSpec *self)
{
  GPtrArray *fields = g_ptr_array_new ();
  gsize      n;

  g_ptr_array_add (fields, (gpointer) "model");
  for (gsize i = 0; i < (wb_setting_get_all (&n), n); i++)
    g_ptr_array_add (fields, (gpointer) wb_setting_get_all (&n)[i].key);
  g_ptr_array_add (fields, (gpointer) "seed");
  for (guint i = fields->len; i > 0; i--)
    if (*wb_run_spec_get (self, fields->pdata[i - 1]) == '\0')
      g_ptr_array_remove_index (fields, i - 1);
  return fields;
}

guint
wb_run_spec_count_runs (WbRunSpec *self)
{
  g_autoptr (GPtrArray) fields = list_fields (self);
  guint64 n = 1;

  for (guint i = 0; i < fields->len; i++)
    {
      g_auto (GStrv) values = wb_run_spec_split (self, fields->pdata[i]);

      for (gsize k = 0; values[k] != NULL; k++)
        if (*values[k] == '\0')
          return 0;
      n *= g_strv_length (values);
      if (n > 10000)
        return 0;
    }
  return (guint) n;
}

const char *
wb_run_spec_get_variant (WbRunSpec *self)
{
  const char *text = g_hash_table_lookup (self->values, VARIANT);
  return text != NULL ? text : "";
}

/* What tells a run of several apart, after its name; where it has none of its own yet, the plan's
 * name says model and seed, and the rest waits under VARIANT for it. */
static void
append_name (WbRunSpec *run, const char *field, const char *value)
{
  const gboolean   is_model = strcmp (field, "model") == 0;
  const char      *name = wb_run_spec_get (run, "name");
  const char      *variant = wb_run_spec_get_variant (run);
  g_autofree char *shown = is_model ? wb_run_spec_dup_model_name (value) : NULL;
  g_autofree char *word = is_model ? g_strdup (shown) : g_strdup_printf ("%s %s", field, value);
  g_autofree char *longer = NULL;

  if (*name != '\0')
    {
      longer = g_strdup_printf ("%s · %s", name, word);
      wb_run_spec_set (run, "name", longer, NULL);
    }
  else if (!is_model && strcmp (field, "seed") != 0)
    g_hash_table_insert (run->values, VARIANT, g_strdup_printf ("%s · %s", variant, word));
}

static GPtrArray *
expand_field (GPtrArray *runs, const char *field, char **values)
{
  GPtrArray *longer = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint r = 0; r < runs->len; r++)
    for (gsize v = 0; values[v] != NULL; v++)
      {
        WbRunSpec *run = wb_run_spec_copy (runs->pdata[r]);

        wb_run_spec_set (run, field, values[v], NULL);
        if (values[1] != NULL)
          append_name (run, field, values[v]);
        g_ptr_array_add (longer, run);
      }
  g_ptr_array_unref (runs);
  return longer;
}

GPtrArray *
wb_run_spec_expand (WbRunSpec *self, GError **error)
{
  g_autoptr (GPtrArray) fields = list_fields (self);
  GPtrArray *runs;

  if (wb_run_spec_count_runs (self) == 0)
    {
      g_set_error_literal (
          error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
          _ ("a list of values has an empty one (1,,2), or the lists make more than 10,000 "
             "runs"));
      return NULL;
    }
  runs = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (runs, wb_run_spec_copy (self));
  for (guint i = 0; i < fields->len; i++)
    {
      g_auto (GStrv) values = wb_run_spec_split (self, fields->pdata[i]);
      runs = expand_field (runs, fields->pdata[i], values);
    }
  return runs;
}

static void
append_quoted (GString *line, const char *text)
{
  g_autofree char *quoted = wb_shell_quote (text);

  g_string_append (line, quoted);
}

char *
wb_run_spec_dup_command_line (WbRunSpec *self)
{
  GString             *line = g_string_new ("deberta-workbench train");
  gsize                n;
  const WbSettingInfo *settings = wb_setting_get_all (&n);
  const gboolean       has_recipe = *wb_run_spec_get (self, "recipe") != '\0';

  for (gsize i = 0; base_fields[i] != NULL; i++)
    {
      const char *text = wb_run_spec_get (self, base_fields[i]);
      if (*text == '\0')
        continue;
      g_string_append_printf (line, " --%s ",
                              strcmp (base_fields[i], "seed") == 0 && strchr (text, ',') != NULL
                                  ? "seeds"
                                  : base_fields[i]);
      append_quoted (line, text);
    }
  for (gsize i = 0; i < n; i++)
    {
      const char      *text = wb_run_spec_get (self, settings[i].key);
      g_autofree char *assignment = g_strdup_printf ("%s=%s", settings[i].key, text);

      if (*text == '\0' || (!has_recipe && strcmp (text, settings[i].fallback) == 0))
        continue;
      g_string_append (line, " --set ");
      append_quoted (line, assignment);
    }
  return g_string_free (line, FALSE);
}
