#include "app/cli/wb-cli-library-private.h"
#include "app/core/wb-json.h"
#include "app/library/wb-library-private.h"
#include "app/runs/wb-model-choice.h"
#include "engine/model/wb-parameter-table.h"

static void
print_text (const char *path, const WbModelConfig *config, gsize parameters)
{
  wb_cli_print ("folder       %s\n"
                "type         %s\n"
                "parameters   %zu\n"
                "layers       %zu\n"
                "width        %zu (%zu heads, %zu inside)\n"
                "vocabulary   %zu\n",
                path, config->model_type, parameters, config->n_layers, config->hidden_size,
                config->n_heads, config->intermediate_size, config->vocab_size);
  if (config->id2label != NULL)
    {
      g_autofree char *labels = g_strjoinv (", ", config->id2label);
      wb_cli_print ("labels       %s\n", labels);
    }
}

static void
print_json (const char *name, const char *path, const WbModelConfig *config, gsize parameters)
{
  g_autoptr (WbJson) json = wb_json_new ();

  wb_json_begin_object (json, NULL);
  wb_json_text (json, "name", name);
  wb_json_text (json, "path", path);
  wb_json_text (json, "type", config->model_type);
  wb_json_integer (json, "parameters", (gint64) parameters);
  wb_json_integer (json, "layers", (gint64) config->n_layers);
  wb_json_integer (json, "hidden_size", (gint64) config->hidden_size);
  wb_json_integer (json, "heads", (gint64) config->n_heads);
  wb_json_integer (json, "intermediate_size", (gint64) config->intermediate_size);
  wb_json_integer (json, "vocab_size", (gint64) config->vocab_size);
  wb_json_begin_array (json, "labels");
  for (gsize i = 0; config->id2label != NULL && config->id2label[i] != NULL; i++)
    wb_json_text (json, NULL, config->id2label[i]);
  wb_json_end_array (json);
  wb_json_end_object (json);
  wb_json_print (json);
}

/* Any model that --model takes: of the library, a folder, a run, or of the Hugging Face cache. */
static int
show (WbCli *cli, WbWorkspace *workspace, const char *name)
{
  GError          *error = NULL;
  g_autofree char *path = wb_model_choice_resolve (workspace, name, &error);
  g_autoptr (WbModelConfig) config = path != NULL ? wb_model_config_load (path, &error) : NULL;
  g_autoptr (WbParameterTable) table = NULL;

  if (config == NULL)
    return wb_cli_fail (error);
  table = wb_parameter_table_new (config, NULL);
  if (cli->json)
    print_json (name, path, config, wb_parameter_table_get_n_elements (table));
  else
    print_text (path, config, wb_parameter_table_get_n_elements (table));
  return WB_EXIT_OK;
}

int
wb_cli_models (WbCli *cli, int argc, char **argv)
{
  return wb_cli_library (cli, argc, argv, WB_LIBRARY_MODELS, show);
}
