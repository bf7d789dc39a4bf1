#pragma once

#include "engine/core/wb-backend.h"
#include "engine/ops/wb-attention-terms.h"
#include "engine/ops/wb-attention.h"
#include "engine/ops/wb-conv.h"
#include "engine/ops/wb-embedding.h"
#include "engine/ops/wb-layernorm.h"
#include "engine/ops/wb-loss.h"
#include "engine/ops/wb-matmul.h"
#include "engine/ops/wb-optimizer.h"
#include "engine/ops/wb-residual-layernorm.h"
#include "engine/ops/wb-rows.h"

G_BEGIN_DECLS

/**
 * WbScratchShape:
 * @max_rows, @max_cols: of what is summed over rows: the gradients of a bias or of a norm, a
 * norm's side by side
 * @max_tokens, @max_length: of a batch, and of one sequence
 * @n_heads, @head_size: of the attention
 * @c2p, @p2c: its terms
 * @training: with backward passes
 * @dropout: the attention's
 *
 * What operations may meet; each needs no more working memory for less of anything.
 */
typedef struct
{
  gsize    max_rows, max_cols;
  gsize    max_tokens, max_length;
  gsize    n_heads, head_size;
  gboolean c2p, p2c;
  gboolean training;
  gboolean dropout;
} WbScratchShape;

/**
 * WbBackendOps:
 *
 * One table per backend (and, on the processor, per instruction set).  Shapes and dtypes are
 * checked in ops/ before these are called, so an implementation only computes.  A %NULL entry is
 * unsupported.
 */
typedef struct
{
  gsize (*measure_scratch) (const WbScratchShape *shape, guint n_threads);
  gboolean (*reserve_scratch) (WbBackend *self, const WbScratchShape *shape, GError **error);

  gboolean (*matmul_forward) (WbBackend *self, const WbMatmulForwardArgs *args, GError **error);
  gboolean (*matmul_backward) (WbBackend *self, const WbMatmulBackwardArgs *args, GError **error);

  gboolean (*embedding_forward) (WbBackend                    *self,
                                 const WbEmbeddingForwardArgs *args,
                                 GError                      **error);
  gboolean (*embedding_backward) (WbBackend                     *self,
                                  const WbEmbeddingBackwardArgs *args,
                                  GError                       **error);

  gboolean (*layernorm_forward) (WbBackend                    *self,
                                 const WbLayernormForwardArgs *args,
                                 GError                      **error);
  gboolean (*layernorm_backward) (WbBackend                     *self,
                                  const WbLayernormBackwardArgs *args,
                                  GError                       **error);

  gboolean (*residual_layernorm_forward) (WbBackend                            *self,
                                          const WbResidualLayernormForwardArgs *args,
                                          GError                              **error);
  gboolean (*residual_layernorm_backward) (WbBackend                             *self,
                                           const WbResidualLayernormBackwardArgs *args,
                                           GError                               **error);

  gboolean (*attention_forward) (WbBackend                    *self,
                                 const WbAttentionForwardArgs *args,
                                 GError                      **error);
  gboolean (*attention_backward) (WbBackend                     *self,
                                  const WbAttentionBackwardArgs *args,
                                  GError                       **error);
  gboolean (*attention_terms) (WbBackend *self, const WbAttentionTermsArgs *args, GError **error);

  gboolean (*conv_forward) (WbBackend *self, const WbConvForwardArgs *args, GError **error);
  gboolean (*conv_backward) (WbBackend *self, const WbConvBackwardArgs *args, GError **error);

  gboolean (*loss_cross_entropy) (WbBackend *self, const WbCrossEntropyArgs *args, GError **error);
  gboolean (*loss_squared_error) (WbBackend *self, const WbSquaredErrorArgs *args, GError **error);
  gboolean (*loss_soft_cross_entropy) (WbBackend                    *self,
                                       const WbSoftCrossEntropyArgs *args,
                                       GError                      **error);
  gboolean (*loss_sigmoid_cross_entropy) (WbBackend                       *self,
                                          const WbSigmoidCrossEntropyArgs *args,
                                          GError                         **error);
  gboolean (*loss_segment_cross_entropy) (WbBackend                       *self,
                                          const WbSegmentCrossEntropyArgs *args,
                                          GError                         **error);
  gboolean (*loss_vocabulary) (WbBackend *self, const WbVocabularyLossArgs *args, GError **error);

  gboolean (*gather_rows) (WbBackend      *self,
                           const WbTensor *x,
                           const gint32   *rows,
                           const WbTensor *y,
                           GError        **error);
  gboolean (*scatter_add_rows) (WbBackend      *self,
                                const WbTensor *dy,
                                const gint32   *rows,
                                const WbTensor *dx,
                                GError        **error);
  gboolean (*add_first_rows) (WbBackend      *self,
                              const WbBatch  *batch,
                              const WbTensor *x,
                              const WbTensor *y,
                              GError        **error);
  gboolean (*collect_first_rows) (WbBackend      *self,
                                  const WbBatch  *batch,
                                  const WbTensor *dy,
                                  GError        **error);
  gboolean (*dropout_rows) (WbBackend       *self,
                            const WbDropout *dropout,
                            const guint32   *ordinals,
                            const WbTensor  *x,
                            const WbTensor  *y,
                            GError         **error);
  gboolean (*dropout_tokens) (WbBackend       *self,
                              const WbDropout *dropout,
                              const WbBatch   *batch,
                              const WbTensor  *x,
                              const WbTensor  *y,
                              GError         **error);
  gboolean (*fill) (WbBackend *self, const WbTensor *x, float value, GError **error);
  gboolean (*copy) (WbBackend *self, const WbTensor *x, const WbTensor *y, GError **error);
  gboolean (*add) (WbBackend *self, const WbTensor *x, const WbTensor *y, GError **error);
  gboolean (*fill_normal) (WbBackend      *self,
                           const WbTensor *x,
                           const WbRandom *random,
                           guint32         ordinal,
                           float           std,
                           GError        **error);

  gboolean (*optimizer_update) (WbBackend             *self,
                                const WbOptimizerStep *step,
                                const WbTensor        *p,
                                const WbTensor        *g,
                                const WbTensor        *m,
                                const WbTensor        *v,
                                GError               **error);
  gboolean (*optimizer_update_rows) (WbBackend                 *self,
                                     const WbOptimizerRowsArgs *args,
                                     GError                   **error);
  gboolean (*sum_of_squares) (WbBackend *self, const WbTensor *x, double *sum, GError **error);
} WbBackendOps;

struct _WbBackend
{
  const WbBackendOps *ops;
  const char         *name;            /* "cpu" */
  const char         *instruction_set; /* "baseline", "avx2", "avx512" */
  guint               n_threads;
  const int          *cancel; /* nullable; atomic */
  void               *state;  /* the backend's own: matrix library handles, scratch memory */
  void (*close_state) (WbBackend *self);
  char *(*dup_fingerprint) (const WbBackend *self);
};

/* Bytes of the working memory that operations share. @n_threads: as wb_backend_open() has it */
gsize wb_backend_measure_scratch (const WbScratchShape *shape, guint n_threads);

/* After this no operation within @shape allocates.  WB_ENGINE_ERROR_OUT_OF_MEMORY. */
gboolean wb_backend_reserve_scratch (WbBackend *self, const WbScratchShape *shape, GError **error);

/* Whether @self has the operation; sets WB_ENGINE_ERROR_UNSUPPORTED, naming it, when it has not.
 * Matrix products are also where wb_backend_set_cancel() is obeyed: they are frequent and change no
 * state that outlives a step. */
gboolean
wb_backend_check_op (const WbBackend *self, gboolean present, const char *name, GError **error);

G_END_DECLS
