#pragma once

/* What wb-cpu-table.c lists; included by kernel files only, where WB_CPU_ISA is defined. */

#include "engine/cpu/wb-cpu-private.h"

G_BEGIN_DECLS

extern const WbBackendOps WB_CPU (wb_cpu_ops);

gboolean WB_CPU (wb_cpu_matmul_forward) (WbBackend                 *self,
                                         const WbMatmulForwardArgs *args,
                                         GError                   **error);
gboolean WB_CPU (wb_cpu_matmul_backward) (WbBackend                  *self,
                                          const WbMatmulBackwardArgs *args,
                                          GError                    **error);
gboolean WB_CPU (wb_cpu_embedding_forward) (WbBackend                    *self,
                                            const WbEmbeddingForwardArgs *args,
                                            GError                      **error);
gboolean WB_CPU (wb_cpu_embedding_backward) (WbBackend                     *self,
                                             const WbEmbeddingBackwardArgs *args,
                                             GError                       **error);
gboolean WB_CPU (wb_cpu_layernorm_forward) (WbBackend                    *self,
                                            const WbLayernormForwardArgs *args,
                                            GError                      **error);
gboolean WB_CPU (wb_cpu_layernorm_backward) (WbBackend                     *self,
                                             const WbLayernormBackwardArgs *args,
                                             GError                       **error);
gboolean WB_CPU (wb_cpu_residual_layernorm_forward) (WbBackend                            *self,
                                                     const WbResidualLayernormForwardArgs *args,
                                                     GError                              **error);
gboolean WB_CPU (wb_cpu_residual_layernorm_backward) (WbBackend                             *self,
                                                      const WbResidualLayernormBackwardArgs *args,
                                                      GError                               **error);
gboolean WB_CPU (wb_cpu_attention_forward) (WbBackend                    *self,
                                            const WbAttentionForwardArgs *args,
                                            GError                      **error);
gboolean WB_CPU (wb_cpu_attention_backward) (WbBackend                     *self,
                                             const WbAttentionBackwardArgs *args,
                                             GError                       **error);
gboolean WB_CPU (wb_cpu_attention_terms) (WbBackend                  *self,
                                          const WbAttentionTermsArgs *args,
                                          GError                    **error);
gboolean
    WB_CPU (wb_cpu_conv_forward) (WbBackend *self, const WbConvForwardArgs *args, GError **error);
gboolean
    WB_CPU (wb_cpu_conv_backward) (WbBackend *self, const WbConvBackwardArgs *args, GError **error);
gboolean WB_CPU (wb_cpu_loss_cross_entropy) (WbBackend                *self,
                                             const WbCrossEntropyArgs *args,
                                             GError                  **error);
gboolean WB_CPU (wb_cpu_loss_squared_error) (WbBackend                *self,
                                             const WbSquaredErrorArgs *args,
                                             GError                  **error);
gboolean WB_CPU (wb_cpu_loss_soft_cross_entropy) (WbBackend                    *self,
                                                  const WbSoftCrossEntropyArgs *args,
                                                  GError                      **error);
gboolean WB_CPU (wb_cpu_loss_sigmoid_cross_entropy) (WbBackend                       *self,
                                                     const WbSigmoidCrossEntropyArgs *args,
                                                     GError                         **error);
gboolean WB_CPU (wb_cpu_loss_segment_cross_entropy) (WbBackend                       *self,
                                                     const WbSegmentCrossEntropyArgs *args,
                                                     GError                         **error);
gboolean WB_CPU (wb_cpu_loss_vocabulary) (WbBackend                  *self,
                                          const WbVocabularyLossArgs *args,
                                          GError                    **error);
gboolean WB_CPU (wb_cpu_gather_rows) (WbBackend      *self,
                                      const WbTensor *x,
                                      const gint32   *rows,
                                      const WbTensor *y,
                                      GError        **error);
gboolean WB_CPU (wb_cpu_scatter_add_rows) (WbBackend      *self,
                                           const WbTensor *dy,
                                           const gint32   *rows,
                                           const WbTensor *dx,
                                           GError        **error);
gboolean WB_CPU (wb_cpu_add_first_rows) (WbBackend      *self,
                                         const WbBatch  *batch,
                                         const WbTensor *x,
                                         const WbTensor *y,
                                         GError        **error);
gboolean WB_CPU (wb_cpu_collect_first_rows) (WbBackend      *self,
                                             const WbBatch  *batch,
                                             const WbTensor *dy,
                                             GError        **error);
gboolean WB_CPU (wb_cpu_dropout_rows) (WbBackend       *self,
                                       const WbDropout *dropout,
                                       const guint32   *ordinals,
                                       const WbTensor  *x,
                                       const WbTensor  *y,
                                       GError         **error);
gboolean WB_CPU (wb_cpu_dropout_tokens) (WbBackend       *self,
                                         const WbDropout *dropout,
                                         const WbBatch   *batch,
                                         const WbTensor  *x,
                                         const WbTensor  *y,
                                         GError         **error);
gboolean WB_CPU (wb_cpu_fill) (WbBackend *self, const WbTensor *x, float value, GError **error);
gboolean
    WB_CPU (wb_cpu_copy) (WbBackend *self, const WbTensor *x, const WbTensor *y, GError **error);
gboolean
    WB_CPU (wb_cpu_add) (WbBackend *self, const WbTensor *x, const WbTensor *y, GError **error);
gboolean WB_CPU (wb_cpu_fill_normal) (WbBackend      *self,
                                      const WbTensor *x,
                                      const WbRandom *random,
                                      guint32         ordinal,
                                      float           std,
                                      GError        **error);
gboolean WB_CPU (wb_cpu_optimizer_update) (WbBackend             *self,
                                           const WbOptimizerStep *step,
                                           const WbTensor        *p,
                                           const WbTensor        *g,
                                           const WbTensor        *m,
                                           const WbTensor        *v,
                                           GError               **error);
gboolean WB_CPU (wb_cpu_optimizer_update_rows) (WbBackend                 *self,
                                                const WbOptimizerRowsArgs *args,
                                                GError                   **error);
gboolean WB_CPU (wb_cpu_sum_of_squares) (WbBackend      *self,
                                         const WbTensor *x,
                                         double         *sum,
                                         GError        **error);

G_END_DECLS
