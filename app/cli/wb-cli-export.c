#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "app/cli/wb-cli-model-private.h"
#include "app/core/wb-json.h"
#include "app/core/wb-app-error.h"
#include "app/core/wb-file-tree-private.h"
#include "app/runs/wb-run.h"
#include "engine/checkpoint/wb-checkpoint.h"
#include "engine/tokenizer/wb-tokenizer-export.h"

/* Of the Hugging Face layout; what is not there is left out. */
static const char *const files[] = {
  "config.json",           "model.safetensors",       "spm.model",         "tokenizer.json",
  "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", NULL
};

static gboolean
copy_files (const char *from, const char *to, GError **error)
{
  for (gsize i = 0; files[i] != NULL; i++)
    {
      g_autofree char *source = g_build_filename (from, files[i], NULL);
      g_autofree char *target = g_build_filename (to, files[i], NULL);

      if (g_file_test (source, G_FILE_TEST_EXISTS) && !wb_tree_copy_file (source, target, error))
        return FALSE;
    }
  return TRUE;
}

/* A tokenizer.json of ours where the model has none: spm.model alone gives transformers other ids.
 */
static gboolean
write_tokenizer (const char *from, const char *to, GError **error)
{
  g_autofree char *model = g_build_filename (from, "spm.model", NULL);
  g_autofree char *pipeline = g_build_filename (from, "tokenizer.json", NULL);
  g_autoptr (WbTokenizer) tokenizer = NULL;

  if (!g_file_test (model, G_FILE_TEST_EXISTS) || g_file_test (pipeline, G_FILE_TEST_EXISTS))
    return TRUE;
  tokenizer = wb_tokenizer_load (from, error);
  return tokenizer != NULL && wb_tokenizer_export (tokenizer, to, error);
}

static void
append_settings (GString *card, WbSettings *settings)
{
  gsize                n;
  const WbSettingInfo *all = wb_setting_get_all (&n);

  g_string_append (card, "| setting | value |\n| --- | --- |\n");
  for (gsize i = 0; i < n; i++)
    g_string_append_printf (card, "| %s | %s |\n", all[i].key,
                            wb_settings_get (settings, all[i].key));
}

/* README.md as model hubs read it: front matter, what it is, how it was made, how good it is. */
static char *
make_card (const WbCliModel *model, WbRun *run)
{
  GString         *card = g_string_new ("---\nlibrary_name: transformers\n");
  const WbRunPlan *plan = model->plan;

  g_string_append (card, "pipeline_tag: text-classification\ntags: [deberta-v3]\n---\n\n");
  if (plan == NULL || run == NULL)
    {
      g_string_append (card, "# A DeBERTa model\n\nExported by DeBERTa Workbench.\n");
      return g_string_free (card, FALSE);
    }
  g_string_append_printf (
      card, "# %s\n\n%s fine-tuned on %s with DeBERTa Workbench, seed %" G_GUINT64_FORMAT ".\n\n",
      plan->name, plan->model_name, plan->task->title, plan->seed);
  if (isfinite (wb_run_get_best (run)))
    g_string_append_printf (card,
                            "Best %s on the evaluation file: %.4f, at step %" G_GUINT64_FORMAT
                            " of %" G_GUINT64_FORMAT ".\n\n",
                            wb_run_get_metric_name (run), wb_run_get_best (run),
                            wb_run_get_best_step (run), wb_run_get_total_steps (run));
  append_settings (card, plan->settings);
  return g_string_free (card, FALSE);
}

static gboolean
check_target (const char *to, GError **error)
{
  GDir    *dir = g_dir_open (to, 0, NULL);
  gboolean empty = dir == NULL || g_dir_read_name (dir) == NULL;

  g_clear_pointer (&dir, g_dir_close);
  if (empty && !g_file_test (to, G_FILE_TEST_IS_REGULAR))
    return TRUE;
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_INVALID,
               "%s is there already and not empty; give a new folder", to);
  return FALSE;
}

static gboolean
check_source (const char *folder, GError **error)
{
  g_autoptr (WbModelConfig) config = wb_model_config_load (folder, error);
  return config != NULL && wb_checkpoint_check (folder, config, error);
}

static gboolean
export_model (const WbCliModel *model, WbRun *run, const char *to, GError **error)
{
  g_autofree char *target = g_canonicalize_filename (to, NULL);
  g_autofree char *made = g_strconcat (target, ".part", NULL);
  g_autofree char *readme = g_build_filename (made, "README.md", NULL);
  g_autofree char *card = make_card (model, run);

  if (!check_target (target, error) || !check_source (model->folder, error))
    return FALSE;
  if (wb_tree_make_empty (made, error) && copy_files (model->folder, made, error) &&
      write_tokenizer (model->folder, made, error) &&
      wb_tree_write_file (readme, card, -1, error) && wb_tree_sync (made, error) &&
      wb_tree_replace (made, target, error))
    return TRUE;
  wb_tree_remove (made, NULL);
  return FALSE;
}

static void
print_done (WbCli *cli, const WbCliModel *model, const char *to)
{
  g_autoptr (WbJson) json = wb_json_new ();
  g_autofree char *target = g_canonicalize_filename (to, NULL);

  if (!cli->json)
    {
      wb_cli_print ("%s\n", target);
      return;
    }
  wb_json_begin_object (json, NULL);
  wb_json_text (json, "from", model->folder);
  wb_json_text (json, "to", target);
  wb_json_integer (json, "run", model->run_id);
  wb_json_end_object (json);
  wb_json_print (json);
}

int
wb_cli_export (WbCli *cli, int argc, char **argv)
{
  g_autofree char   *to = NULL;
  const GOptionEntry entries[] = {
    { "to", 0, 0, G_OPTION_ARG_FILENAME, &to, "Folder to make", "DIR" },
    { NULL },
  };
  g_autoptr (WbWorkspace) workspace = NULL;
  g_autoptr (WbRun) run = NULL;
  WbCliModel model = { 0 };
  GError    *error = NULL;
  int        status;

  if (!wb_cli_parse (cli, entries, "RUN-or-DIR", NULL, &argc, &argv, &status))
    return status;
  if (argc != 2 || to == NULL)
    return wb_cli_usage ("write: export RUN-or-DIR --to DIR");
  workspace = wb_cli_open_workspace (cli);
  if (workspace == NULL)
    return WB_EXIT_FAILED;
  status = WB_EXIT_OK;
  if (wb_cli_model_find (&model, workspace, argv[1], &error) && model.run_id != 0)
    {
      g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, model.run_id);
      run = wb_run_find (workspace, id, NULL);
    }
  if (error != NULL || !export_model (&model, run, to, &error))
    status = wb_cli_fail (error);
  else
    print_done (cli, &model, to);
  wb_cli_model_clear (&model);
  return status;
}
