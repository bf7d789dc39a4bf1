#include "app/cli/wb-cli-library-private.h"
#include "app/core/wb-json.h"
#include "app/library/wb-library-private.h"
#include "app/library/wb-model-info-private.h"
#include "app/library/wb-known-model-private.h"
#include "app/runs/wb-model-choice.h"

/* ---- for people ---- */

static void
print_positions (const WbModelConfig *config)
{
  if (!config->relative_attention)
    wb_cli_print ("positions    absolute\n");
  else if (config->position_buckets > 0)
    wb_cli_print ("positions    relative, %d buckets up to %d%s%s%s\n", config->position_buckets,
                  config->max_distance, config->c2p ? ", c2p" : "", config->p2c ? ", p2c" : "",
                  config->position_biased_input ? ", and absolute" : "");
  else
    wb_cli_print ("positions    relative, up to %zu%s%s%s\n", config->relative_span,
                  config->c2p ? ", c2p" : "", config->p2c ? ", p2c" : "",
                  config->position_biased_input ? ", and absolute" : "");
}

static void
print_shape (const WbModelInfo *info)
{
  const WbModelConfig *config = info->config;
  const WbKnownModel  *published = wb_known_model_find (config);

  wb_cli_print ("folder       %s\n"
                "family       DeBERTa %s (%s)\n",
                info->path, wb_known_model_get_family (config), config->model_type);
  if (published != NULL)
    wb_cli_print ("shape        as %s\n", published->name);
  wb_cli_print ("parameters   %zu: embeddings %zu, encoder %zu, head %zu\n"
                "layers       %zu\n"
                "width        %zu (%zu heads, %zu inside)\n",
                info->n_embeddings + info->n_encoder + info->n_head, info->n_embeddings,
                info->n_encoder, info->n_head, config->n_layers, config->hidden_size,
                config->n_heads, config->intermediate_size);
  print_positions (config);
  if (config->conv_kernel > 0)
    wb_cli_print ("convolution  over %zu tokens, after the first layer\n", config->conv_kernel);
  wb_cli_print ("vocabulary   %zu rows\n", config->vocab_size);
}

static void
print_files (const WbModelInfo *info)
{
  guint64 size;
  g_auto (GStrv) files = wb_model_info_dup_tokenizer_files (info, &size);
  g_autofree char *names = g_strjoinv (", ", files);
  g_autofree char *types = wb_model_info_dup_types (info);
  g_autofree char *tokenizer_size = g_format_size (size);
  g_autofree char *weights_size = g_format_size (wb_model_info_get_weights_size (info));

  if (info->tokenizer != NULL)
    wb_cli_print ("tokenizer    %s, %zu tokens, %s (%s)\n", wb_model_info_get_tokenizer_name (info),
                  wb_tokenizer_get_n_ids (info->tokenizer), tokenizer_size, names);
  if (info->tokenizer != NULL && wb_tokenizer_get_note (info->tokenizer) != NULL)
    wb_cli_print ("             %s\n", wb_tokenizer_get_note (info->tokenizer));
  if (info->weights != NULL)
    wb_cli_print ("weights      %s, %zu tensors, %s, %s\n", wb_weights_get_layout (info->weights),
                  wb_weights_get_n (info->weights), types, weights_size);
}

static void
print_head (const WbModelInfo *info)
{
  const WbModelConfig *config = info->config;

  if (info->weights != NULL)
    wb_cli_print ("head         %s\n",
                  info->has_head ? wb_head_kind_get_name (info->head.kind) : "none");
  if (config->id2label != NULL)
    {
      g_autofree char *labels = g_strjoinv (", ", config->id2label);
      wb_cli_print ("labels       %s\n", labels);
    }
  if (info->problem != NULL)
    wb_cli_print ("cannot be used: %s\n", info->problem);
}

static void
print_tensors (const WbModelInfo *info)
{
  static const char *const headings[] = { "TENSOR", "TYPE", "SHAPE" };
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  for (gsize i = 0; info->weights != NULL && i < wb_weights_get_n (info->weights); i++)
    {
      const WbWeight *weight = wb_weights_get (info->weights, i);
      char          **cells = g_new0 (char *, 4);

      cells[0] = g_strdup (weight->name);
      cells[1] = g_strdup (wb_weight_type_name (weight->type));
      cells[2] = wb_weight_dup_shape (weight->dims, weight->n_dims);
      g_ptr_array_add (rows, cells);
    }
  wb_cli_print ("\n");
  wb_cli_print_table (headings, "lll", rows);
}

/* ---- for programs ---- */

static void
add_strings (WbJson *json, const char *key, char *const *texts)
{
  wb_json_begin_array (json, key);
  for (gsize i = 0; texts != NULL && texts[i] != NULL; i++)
    wb_json_text (json, NULL, texts[i]);
  wb_json_end_array (json);
}

static void
add_parts (WbJson *json, const WbModelInfo *info)
{
  wb_json_begin_object (json, "parts");
  wb_json_integer (json, "embeddings", (gint64) info->n_embeddings);
  wb_json_integer (json, "encoder", (gint64) info->n_encoder);
  wb_json_integer (json, "head", (gint64) info->n_head);
  wb_json_end_object (json);
}

static void
add_shape (WbJson *json, const WbModelConfig *config)
{
  wb_json_integer (json, "layers", (gint64) config->n_layers);
  wb_json_integer (json, "hidden_size", (gint64) config->hidden_size);
  wb_json_integer (json, "heads", (gint64) config->n_heads);
  wb_json_integer (json, "intermediate_size", (gint64) config->intermediate_size);
  wb_json_integer (json, "embedding_size", (gint64) config->embedding_size);
  wb_json_integer (json, "vocab_size", (gint64) config->vocab_size);
  wb_json_integer (json, "max_positions", (gint64) config->max_positions);
  wb_json_boolean (json, "relative_attention", config->relative_attention);
  wb_json_integer (json, "position_buckets", MAX (config->position_buckets, 0));
  wb_json_integer (json, "conv_kernel_size", (gint64) config->conv_kernel);
}

static void
add_tokenizer (WbJson *json, const WbModelInfo *info)
{
  guint64 size;
  g_auto (GStrv) files = wb_model_info_dup_tokenizer_files (info, &size);

  wb_json_begin_object (json, "tokenizer");
  wb_json_text (json, "kind", wb_model_info_get_tokenizer_name (info));
  wb_json_integer (json, "tokens",
                   info->tokenizer != NULL ? (gint64) wb_tokenizer_get_n_ids (info->tokenizer) : 0);
  wb_json_integer (json, "size", (gint64) size);
  add_strings (json, "files", files);
  wb_json_text (json, "note",
                info->tokenizer != NULL ? wb_tokenizer_get_note (info->tokenizer) : NULL);
  wb_json_end_object (json);
}

static void
add_weights (WbJson *json, const WbModelInfo *info)
{
  g_autofree char *types = wb_model_info_dup_types (info);

  wb_json_begin_object (json, "weights");
  wb_json_text (json, "layout",
                info->weights != NULL ? wb_weights_get_layout (info->weights) : NULL);
  wb_json_text (json, "types", types);
  wb_json_integer (json, "size", (gint64) wb_model_info_get_weights_size (info));
  wb_json_end_object (json);
}

static void
add_tensors (WbJson *json, const WbModelInfo *info)
{
  wb_json_begin_array (json, "tensors");
  for (gsize i = 0; info->weights != NULL && i < wb_weights_get_n (info->weights); i++)
    {
      const WbWeight *weight = wb_weights_get (info->weights, i);

      wb_json_begin_object (json, NULL);
      wb_json_text (json, "name", weight->name);
      wb_json_text (json, "type", wb_weight_type_name (weight->type));
      wb_json_begin_array (json, "shape");
      for (gsize d = 0; d < weight->n_dims; d++)
        wb_json_integer (json, NULL, (gint64) weight->dims[d]);
      wb_json_end_array (json);
      wb_json_end_object (json);
    }
  wb_json_end_array (json);
}

static void
print_json (const char *name, const WbModelInfo *info)
{
  const WbKnownModel *published = wb_known_model_find (info->config);
  g_autoptr (WbJson) json = wb_json_new ();

  wb_json_begin_object (json, NULL);
  wb_json_text (json, "name", name);
  wb_json_text (json, "path", info->path);
  wb_json_text (json, "type", info->config->model_type);
  wb_json_text (json, "family", wb_known_model_get_family (info->config));
  wb_json_text (json, "published", published != NULL ? published->name : NULL);
  wb_json_integer (json, "parameters",
                   (gint64) (info->n_embeddings + info->n_encoder + info->n_head));
  add_parts (json, info);
  add_shape (json, info->config);
  wb_json_text (json, "head", info->has_head ? wb_head_kind_get_name (info->head.kind) : NULL);
  add_strings (json, "labels", info->config->id2label);
  add_tokenizer (json, info);
  add_weights (json, info);
  add_tensors (json, info);
  wb_json_text (json, "problem", info->problem);
  wb_json_end_object (json);
  wb_json_print (json);
}

/* Any model that --model takes: of the library, a folder, a run, or of the Hugging Face cache. */
static int
show (WbCli *cli, WbWorkspace *workspace, const char *name, gboolean tensors)
{
  GError          *error = NULL;
  g_autofree char *path = wb_model_choice_resolve (workspace, name, &error);
  g_autoptr (WbModelInfo) info = path != NULL ? wb_model_info_new (path, &error) : NULL;

  if (info == NULL)
    return wb_cli_fail (error);
  if (cli->json)
    {
      print_json (name, info);
      return WB_EXIT_OK;
    }
  print_shape (info);
  print_files (info);
  print_head (info);
  if (tensors)
    print_tensors (info);
  return WB_EXIT_OK;
}

int
wb_cli_models (WbCli *cli, int argc, char **argv)
{
  return wb_cli_library (cli, argc, argv, WB_LIBRARY_MODELS, show);
}
