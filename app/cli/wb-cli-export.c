#include "app/cli/wb-cli.h"

#include "app/core/wb-json.h"
#include "app/export/wb-export.h"

static void
print_json (const WbExportReport *report)
{
  g_autoptr (WbJson) json = wb_json_new ();

  wb_json_begin_object (json, NULL);
  wb_json_text (json, "from", report->from);
  wb_json_text (json, "to", report->to);
  wb_json_integer (json, "run", report->run_id);
  wb_json_text (json, "architecture", report->architecture);
  wb_json_text (json, "dtype", report->dtype);
  wb_json_integer (json, "tensors", report->n_tensors);
  wb_json_begin_array (json, "left_out");
  for (gsize i = 0; report->left_out[i] != NULL; i++)
    wb_json_text (json, NULL, report->left_out[i]);
  wb_json_end_array (json);
  wb_json_end_object (json);
  wb_json_print (json);
}

static void
print_text (WbCli *cli, const WbExportReport *report)
{
  const guint n = g_strv_length (report->left_out);

  wb_cli_print ("%s\n", report->to);
  wb_cli_note (cli, "%u tensors in %s, for %s\n", report->n_tensors, report->dtype,
               report->architecture);
  if (n == 0)
    return;
  g_printerr ("%u tensors of %s are not part of a %s and were left out:\n", n, report->from,
              report->architecture);
  for (guint i = 0; i < n; i++)
    g_printerr ("  %s\n", report->left_out[i]);
}

static int export(WbCli *cli, const WbExport *request)
{
  GError *error = NULL;
  g_autoptr (WbWorkspace) workspace = wb_cli_open_workspace (cli);
  g_autoptr (WbExportReport) report = NULL;

  if (workspace == NULL)
    return WB_EXIT_FAILED;
  report = wb_export_run (workspace, request, &error);
  if (report == NULL)
    return wb_cli_fail (error);
  if (cli->json)
    print_json (report);
  else
    print_text (cli, report);
  return WB_EXIT_OK;
}

int
wb_cli_export (WbCli *cli, int argc, char **argv)
{
  g_autofree char   *to = NULL, *dtype = NULL;
  const GOptionEntry entries[] = {
    { "to", 0, 0, G_OPTION_ARG_FILENAME, &to, "Folder to make", "DIR" },
    { "dtype", 0, 0, G_OPTION_ARG_STRING, &dtype,
      "How weights are stored; without it as they are stored now", "f32|f16|bf16" },
    { NULL },
  };
  WbExport request = { 0 };
  int      status;

  if (!wb_cli_parse (cli, entries, "RUN-or-DIR",
                     "A run's best model, or any model's folder, as transformers reads it:\n"
                     "config.json, model.safetensors, the tokenizer's files, README.md.",
                     &argc, &argv, &status))
    return status;
  if (argc != 2 || to == NULL)
    return wb_cli_usage ("write: export RUN-or-DIR --to DIR");
  request = (WbExport){ .what = argv[1], .to = to, .dtype = dtype };
  return export(cli, &request);
}
