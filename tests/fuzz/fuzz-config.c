#include "engine/model/wb-model-config.h"
#include "tests/fuzz/wb-fuzz.h"

/* config.json: what is accepted is written back and accepted again. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const char *const         labels[] = { "no", "yes", NULL };
  static const WbModelConfigOutput out = {
    .architecture = "DebertaV2ForSequenceClassification",
    .labels = labels,
    .n_labels = 2,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (WbModelConfig) again = NULL;
  g_autofree char *json = NULL;
  g_autoptr (WbModelConfig) config =
      wb_model_config_parse ((const char *) data, (gssize) size, "config.json", &error);

  wb_fuzz_check_error (config != NULL, error);
  if (config == NULL)
    return 0;
  json = wb_model_config_write (config, &out);
  again = wb_model_config_parse (json, -1, "written", &error);
  if (again == NULL)
    wb_fuzz_fail ("%s: %s", error->message, json);
  return 0;
}
