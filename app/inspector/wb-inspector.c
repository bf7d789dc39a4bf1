#include "app/inspector/wb-inspector-private.h"

#include "app/core/wb-app-error.h"
#include "app/core/wb-machine-private.h"
#include "app/library/wb-model-folder-private.h"
#include "engine/checkpoint/wb-checkpoint-head.h"
#include "engine/checkpoint/wb-checkpoint.h"

struct _WbInspector
{
  WbBackend     *backend;
  WbModelConfig *config;
  WbTokenizer   *tokenizer;
  WbModel       *model;
  WbHeadSpec     head;
  gboolean       has_head;
  WbEncoding    *encoding;
};

void
wb_inspector_free (WbInspector *self)
{
  g_clear_pointer (&self->model, wb_model_free);
  g_clear_pointer (&self->tokenizer, wb_tokenizer_free);
  g_clear_pointer (&self->config, wb_model_config_free);
  g_clear_pointer (&self->backend, wb_backend_close);
  g_clear_pointer (&self->encoding, wb_encoding_free);
  g_free (self);
}

/* The head that the weights have; a language model's says nothing of a text as it stands.  Without
 * one the model gets a head that is never run. */
static gboolean
choose_head (WbInspector *self, const char *folder, GError **error)
{
  g_autoptr (WbWeights) weights = wb_weights_open (folder, error);

  if (weights == NULL)
    return FALSE;
  self->has_head = wb_checkpoint_find_head (weights, self->config, &self->head) &&
                   wb_head_spec_check (&self->head, self->config, NULL) &&
                   self->head.kind != WB_HEAD_MASKED_LM &&
                   self->head.kind != WB_HEAD_REPLACED_TOKEN;
  if (!self->has_head)
    self->head = (WbHeadSpec){ .kind = WB_HEAD_CLASSIFICATION, .n_labels = 2 };
  return TRUE;
}

static gboolean
load_model (WbInspector *self, const char *folder, GError **error)
{
  g_autoptr (WbLoadReport) report = NULL;

  if (!choose_head (self, folder, error))
    return FALSE;
  self->model = wb_model_new (self->backend, self->config, &self->head, error);
  if (self->model == NULL || !wb_model_initialize (self->model, 0, TRUE, error))
    return FALSE;
  report = wb_checkpoint_load_weights (self->model, folder, error);
  if (report == NULL)
    return FALSE;
  self->has_head = self->has_head && !report->head_is_new;
  return TRUE;
}

WbInspector *
wb_inspector_open (const char *folder, WbSettings *settings, GError **error)
{
  g_autoptr (WbInspector) self = g_new0 (WbInspector, 1);

  self->encoding = wb_encoding_new ();
  self->config = wb_checkpoint_load_config (folder, error);
  if (self->config == NULL)
    return NULL;
  self->tokenizer = wb_model_folder_load_tokenizer (folder, self->config, error);
  if (self->tokenizer == NULL)
    return NULL;
  self->backend = wb_backend_open (wb_settings_get (settings, "backend"),
                                   (guint) wb_settings_get_count (settings, "threads"), error);
  if (self->backend == NULL || !load_model (self, folder, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* Absolute positions end; relative ones do not. */
static gboolean
check_length (const WbInspector *self, GError **error)
{
  if (!self->config->position_biased_input || self->encoding->n <= self->config->max_positions)
    return TRUE;
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_INVALID,
               "the text has %zu tokens, the model has positions for %zu: --max-length %zu cuts it",
               self->encoding->n, self->config->max_positions, self->config->max_positions);
  return FALSE;
}

gboolean
wb_inspector_read (WbInspector *self,
                   const char  *text,
                   const char  *pair,
                   gsize        max_length,
                   GError     **error)
{
  const WbEncodeOptions options = { .max_length = max_length };

  return wb_tokenizer_encode (self->tokenizer, text, pair, &options, self->encoding, error) &&
         check_length (self, error);
}

void
wb_inspector_mask (WbInspector *self, gsize i)
{
  g_return_if_fail (i < self->encoding->n);

  self->encoding->ids[i] = wb_tokenizer_get_special (self->tokenizer, WB_SPECIAL_MASK);
}

const WbModelConfig *
wb_inspector_get_config (const WbInspector *self)
{
  return self->config;
}

const WbHeadSpec *
wb_inspector_get_head (const WbInspector *self)
{
  return &self->head;
}

const WbEncoding *
wb_inspector_get_encoding (const WbInspector *self)
{
  return self->encoding;
}

char *
wb_inspector_dup_token (const WbInspector *self, gsize i)
{
  char *token = wb_tokenizer_dup_token (self->tokenizer, self->encoding->ids[i]);

  return token != NULL ? token : g_strdup ("");
}

gboolean
wb_inspector_is_special (const WbInspector *self, gsize i)
{
  const gint32 id = self->encoding->ids[i];

  return id == wb_tokenizer_get_special (self->tokenizer, WB_SPECIAL_CLS) ||
         id == wb_tokenizer_get_special (self->tokenizer, WB_SPECIAL_SEP);
}

WbAttentionTerms
wb_inspector_get_terms (const WbInspector *self)
{
  const WbModelConfig *c = self->config;
  WbAttentionTerms     terms = WB_ATTENTION_C2C;

  if (c->relative_attention && c->c2p)
    terms |= WB_ATTENTION_C2P;
  if (c->relative_attention && c->p2c)
    terms |= WB_ATTENTION_P2C;
  return terms;
}

gboolean
wb_inspector_check_memory (const WbInspector *self, gsize n_heads, GError **error)
{
  const double  n = (double) self->encoding->n;
  const double  needed = 5 * n * n * (double) n_heads * sizeof (float);
  const guint64 available = wb_machine_get_available_memory ();

  if (available == 0 || needed < 0.8 * (double) available)
    return TRUE;
  g_set_error (
      error, WB_APP_ERROR, WB_APP_ERROR_FAILED,
      "the attention of %zu heads over %zu tokens takes %.0f GB and %.0f GB are free: take "
      "fewer heads (--head) or a shorter text (--max-length)",
      n_heads, self->encoding->n, needed / 1e9, (double) available / 1e9);
  return FALSE;
}

WbInspection *
wb_inspector_begin (WbInspector *self, GError **error)
{
  const gsize         n = self->encoding->n;
  const WbModelLimits limits = { n, 1, n, 0, FALSE };
  const gint32        bounds[] = { 0, (gint32) n };
  const guint32       ordinal = 0;
  const WbBatch       batch = {
          .n_tokens = n,
          .n_sequences = 1,
          .max_length = n,
          .ids = self->encoding->ids,
          .type_ids = self->config->type_vocab_size > 0 ? self->encoding->type_ids : NULL,
          .cu_seqlens = bounds,
          .ordinals = &ordinal,
  };

  return wb_model_reserve (self->model, &limits, error)
             ? wb_inspection_new (self->model, &batch, self->has_head, error)
             : NULL;
}
