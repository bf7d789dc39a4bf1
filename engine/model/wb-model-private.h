#pragma once

#include "engine/core/wb-arena.h"
#include "engine/model/wb-model.h"
#include "engine/ops/wb-attention.h"
#include "engine/ops/wb-conv.h"
#include "engine/ops/wb-embedding.h"

G_BEGIN_DECLS

/* Names for shapes, as in the fact sheet: T tokens, B sequences, E embedding size, H hidden size, A
 * heads, I intermediate size, R half of the relative table, V vocabulary, W rows of the table that
 * the longest sequence reaches, n relative terms (c2p, p2c), C outputs of the head. */

/**
 * WbLayerTensors:
 *
 * Views of one layer's parameters, or of their gradients.  Position projections are those of
 * queries and keys where keys are shared; pos_w is absent without relative terms.
 */
typedef struct
{
  WbTensor qkv_w;       /* (3H, H): query, key, value */
  WbTensor qkv_b;       /* (3H) */
  WbTensor pos_w;       /* (nH, H): of queries (p2c), then keys (c2p) */
  WbTensor pos_b;       /* (nH) */
  WbTensor attention_w; /* (H, H) */
  WbTensor attention_b;
  WbTensor attention_gamma;
  WbTensor attention_beta;
  WbTensor intermediate_w; /* (I, H) */
  WbTensor intermediate_b;
  WbTensor output_w; /* (H, I) */
  WbTensor output_b;
  WbTensor output_gamma;
  WbTensor output_beta;
} WbLayerTensors;

/**
 * WbHeadTensors:
 *
 * Parameters of a head, or their gradients; absent where it has none.  E is H where the head is not
 * a masked language model; @out_w is the word table where that is tied to it.
 */
typedef struct
{
  WbTensor dense_w; /* (E, H) */
  WbTensor dense_b;
  WbTensor gamma; /* (E), replaced tokens: (H), before the dense layer */
  WbTensor beta;
  WbTensor out_w; /* (C, E) */
  WbTensor out_b;
} WbHeadTensors;

/* The convolution's, or their gradients. */
typedef struct
{
  WbTensor w; /* (H, H / g * k) */
  WbTensor b;
  WbTensor gamma;
  WbTensor beta;
} WbConvTensors;

/* Views of all parameters, or of all gradients; absent where the configuration has none. */
typedef struct
{
  WbTensor        word;       /* (V, E); gradient, where it is sparse: (distinct ids, E) */
  WbTensor        position;   /* (P, E) */
  WbTensor        type;       /* (types, E) */
  WbTensor        projection; /* (H, E) */
  WbTensor        embedding_gamma;
  WbTensor        embedding_beta;
  WbTensor        relative; /* (2R, H) */
  WbTensor        relative_gamma;
  WbTensor        relative_beta;
  WbConvTensors   conv;
  WbHeadTensors   head;
  WbLayerTensors *layers; /* (L + 1), the last twice: the decoder's second pass */
} WbModelTensors;

/* What a layer's forward pass leaves for its backward pass.  The tail, after attention, has T rows,
 * or in the last layer of a pass that only needs [CLS] B rows. */
typedef struct
{
  WbTensor x;       /* (T, H) input */
  WbTensor e;       /* (2R, H) the normalized table through this layer's dropout */
  WbTensor pos;     /* (W, nH) its reachable rows, projected */
  WbTensor qkv;     /* (T, 3H) */
  WbTensor context; /* (T, H) */
  WbTensor lse;     /* (T, A) */
  WbTensor tail_q;  /* (B, H) queries of [CLS], where the tail has those rows alone */
  WbTensor tail_context;
  WbTensor tail_x;
  WbTensor z1; /* (tail, H) what the attention block's LayerNorm normalizes */
  WbTensor mean1;
  WbTensor rstd1;
  WbTensor y1;  /* (tail, H) */
  WbTensor pre; /* (tail, I) before the activation; absent in prediction */
  WbTensor g;   /* (tail, I) after it */
  WbTensor z2;  /* (tail, H) */
  WbTensor mean2;
  WbTensor rstd2;
  WbTensor y; /* (tail, H) output; the next layer's x */
} WbLayerState;

/* Buffers of the backward pass, shared by all layers.  The last layer works on the tail's. */
typedef struct
{
  WbTensor dx;       /* (T, H) gradient of a layer's output, then of its input */
  WbTensor dy1;      /* (T, H) */
  WbTensor dg;       /* (T, I); gone when dcontext and dqkv are there */
  WbTensor dcontext; /* (T, H) */
  WbTensor dqkv;     /* (T, 3H) */
  WbTensor tail_dx;  /* (B, H) */
  WbTensor tail_dy1; /* (B, H) */
  WbTensor tail_dg;  /* (B, I) */
  WbTensor tail_dcontext;
  WbTensor dpos;   /* (W, nH) */
  WbTensor dlayer; /* (2R, H) gradient of one layer's e */
  WbTensor dtable; /* (2R, H) summed over the layers */
  WbTensor dsum;   /* (T, E) with embed_proj only */
} WbBackwardState;

/* The convolution after layer 0. */
typedef struct
{
  WbTensor z;    /* (T, H) layer 0's output, then what is normalized */
  WbTensor pre;  /* (T, H) before the activation */
  WbTensor y;    /* (T, H) output */
  WbTensor mean; /* (T) */
  WbTensor rstd;
  WbTensor work; /* the operation's own; shares memory with others */
  WbTensor dx;   /* (T, H) gradient of layer 0's input through the convolution */
} WbConvState;

/**
 * WbHeadState:
 *
 * What a head computes, from n rows: sequences, tokens or labelled tokens.
 */
typedef struct
{
  WbTensor x;       /* (n, H) input, through its dropout or gathered; or the last layer's rows */
  WbTensor pre;     /* (n, E) dense layer before the activation */
  WbTensor dense;   /* (n, E) after it */
  WbTensor norm_x;  /* (n, H) replaced tokens: what is normalized */
  WbTensor mean;    /* (n) */
  WbTensor rstd;    /* (n) */
  WbTensor out_x;   /* (n, E) input of the output layer */
  WbTensor logits;  /* (n, C); masked language model: scratch for a piece of them */
  WbTensor dlogits; /* (n, C) */
  WbTensor dout;    /* (n, E) gradient of out_x, then of what it came from */
  WbTensor dx;      /* (n, H) masked language model: gradient of x */
  gint32  *rows;    /* (n) masked language model: the labelled tokens */
  gint32  *labels;  /* (n) and their labels */
  double  *states;  /* (n, 4) its loss's scratch */
} WbHeadState;

/**
 * WbDecoderState:
 * @active: layers L - 1 and L of the work are the two passes of the decoder
 * @places: (T) each token's place within its sequence
 *
 * The enhanced mask decoder: the last layer's parameters twice, keys and values from that layer's
 * input, queries and residual from @query, then from the first pass's output (fact sheet 3.7).
 */
typedef struct
{
  gboolean active;
  gint32  *places;
  WbTensor query;   /* (T, H) absolute positions and the input added up */
  WbTensor dstates; /* (T, H) gradient of the input as keys and values */
} WbDecoderState;

/**
 * WbWork:
 *
 * Every tensor of a pass, cut from one arena before it.
 */
typedef struct
{
  gsize            n_layers; /* one more than the model has, with the decoder */
  WbLayerState    *layers;   /* (n_layers) */
  WbBackwardState  back;
  gsize            max_length;
  WbRelativeWindow window;
  gint32          *index;    /* (2 max_length - 1) */
  gint32          *bounds;   /* (B + 1) 0, 1, …, B: the tail's sequences are one token each */
  WbTensor         sum;      /* (T, E) with embed_proj only: the embeddings added up */
  WbTensor         embedded; /* (T, H) what the LayerNorm of the embeddings normalizes; likewise */
  WbTensor         embedding_mean;
  WbTensor         embedding_rstd;
  WbTensor         table; /* (2R, H) relative table, normalized where the configuration says so */
  WbTensor         table_mean;
  WbTensor         table_rstd;
  gboolean         convolved; /* a convolution follows layer 0 */
  WbConvState      conv;
  WbDecoderState   decoder;
  WbHeadState      head;
} WbWork;

/* What sizes a pass's tensors. */
typedef struct
{
  gsize    n_tokens;
  gsize    n_sequences;
  gsize    max_length;
  gsize    n_labelled; /* rows of a masked language model's head */
  gboolean training;
  gboolean whole;    /* the last layer's output for every token, not only for [CLS] */
  gboolean headless; /* the encoder alone */
} WbWorkShape;

typedef struct _WbInspection WbInspection;

/**
 * WbPass:
 * @inspection: (nullable): attention goes through wb_inspection_attend(), prediction only
 *
 * One forward pass and its backward pass.
 */
typedef struct
{
  const WbBatch *batch;
  WbBatch        tail; /* B sequences of one token: [CLS] */
  WbWorkShape    shape;
  guint64        seed;
  guint32        step;
  WbInspection  *inspection;
} WbPass;

struct _WbModel
{
  WbBackend        *backend;
  WbModelConfig    *config;
  WbHeadSpec        head;
  float            *class_weights;
  WbParameterTable *table;
  WbModelLimits     limits;
  WbArena          *parameter_arena;
  WbArena          *gradient_arena; /* NULL: not reserved for training */
  WbArena          *work_arena;
  float            *parameters;
  float            *gradients; /* of all parameters but the word table, gaps included */
  gsize             n_dense;   /* elements of @gradients */
  WbModelTensors    p;
  WbModelTensors    d;
  WbWork            work;
};

/* One block of parameters or gradients at @base, whose first element is the parameter block's
 * element @first. */
typedef struct
{
  const WbParameterTable *table;
  float                  *base;
  gsize                   first;
} WbBlock;

/* The parameter called @prefix @name; absent where there is none.  @rows 0: as the parameter says;
 * more: that many rows from the parameter's first on, which run over into those that follow it. */
WbTensor wb_block_view (const WbBlock *self, const char *prefix, const char *name, gsize rows);

/* Everything that the layout functions need. */
typedef struct
{
  WbWork              *work;
  const WbModelConfig *config;
  const WbHeadSpec    *head;
  const WbWorkShape   *shape;
  WbArena             *arena;
  gsize                t, b, h;
} WbLayout;

WbTensor wb_layout_cut (const WbLayout *self, gsize rows, gsize cols);

gsize wb_model_n_terms (const WbModelConfig *config); /* n: relative terms that are computed */

void wb_model_tensors_init (WbModelTensors      *self,
                            const WbModelConfig *config,
                            const WbHeadSpec    *head,
                            const WbBlock       *block);
void wb_model_tensors_clear (WbModelTensors *self);

/* Cuts all tensors of a pass; the arena is used from its beginning. */
void wb_work_init (WbWork *self, gsize n_layers);
void wb_work_clear (WbWork *self);
void wb_work_layout (WbWork              *self,
                     const WbModelConfig *config,
                     const WbHeadSpec    *head,
                     const WbWorkShape   *shape,
                     WbArena             *arena);

/* Whether the layer's tail works on the [CLS] rows alone. */
gboolean wb_work_is_gathered (const WbWork *self, const WbWorkShape *shape, gsize layer);

WbDropout wb_pass_get_dropout (const WbPass *pass, float p, WbRandomPurpose purpose, guint layer);

/* The sequences that a layer's tail sees: the batch's, or one [CLS] row each. */
const WbBatch *wb_pass_get_tail (const WbModel *self, const WbPass *pass, gsize layer);

/* A pass in evaluation mode; WB_ENGINE_ERROR_SHAPE when @batch is more than was reserved for. */
gboolean wb_pass_init (WbPass *pass, WbModel *self, const WbBatch *batch, GError **error);

#define WB_ALL_LAYERS G_MAXSIZE

/* Lays the pass out, then embeddings, relative table and layers 0 to @n_layers - 1; all that the
 * head needs are WB_ALL_LAYERS. */
gboolean wb_model_forward (WbModel *self, WbPass *pass, gsize n_layers, GError **error);

/* Its parts: everything before the layers; a layer's attention, from its input to the context; a
 * whole layer. */
gboolean wb_model_forward_begin (WbModel *self, WbPass *pass, GError **error);
gboolean
wb_model_forward_attention (WbModel *self, const WbPass *pass, gsize layer, GError **error);
gboolean wb_model_forward_layer (WbModel *self, const WbPass *pass, gsize layer, GError **error);
gboolean wb_model_backward (WbModel *self, const WbPass *pass, GError **error);

/* The convolution.  layout: what it leaves for its backward pass; gives the tensor that follows
 * layer 0, for layers[0].y. */
void     wb_model_conv_tensors_init (WbConvTensors *self, const WbBlock *block);
WbTensor wb_model_conv_layout (const WbLayout *layout);
void     wb_model_conv_layout_scratch (const WbLayout *layout);
gboolean wb_model_conv_forward (WbModel *self, const WbPass *pass, GError **error);
/* From the gradient of what follows layer 0 to that of layer 0's output, in back.dx, and of its
 * input, in conv.dx. */
gboolean wb_model_conv_backward (WbModel *self, const WbPass *pass, GError **error);

/* What forward and backward pass of an operation share. */
WbAttentionForwardArgs
wb_model_attention_args (const WbModel *self, const WbPass *pass, gsize layer);
WbEmbeddingForwardArgs wb_model_embedding_args (const WbModel *self, const WbPass *pass);
WbTensor               wb_work_window_rows (const WbWork *self, const WbTensor *table);

/* The attention of @layer, its q, k and v projected, with every term kept: to the layer's context,
 * of all tokens. */
gboolean wb_inspection_attend (WbInspection *self, const WbPass *pass, gsize layer, GError **error);

/* The enhanced mask decoder, a pass of it as layers L - 1 and L. */
void     wb_model_decoder_layout (const WbLayout *layout);
void     wb_model_decoder_layout_backward (const WbLayout *layout);
gboolean wb_work_is_decoding (const WbWork *self, gsize layer);
gboolean wb_model_decoder_begin (WbModel *self, const WbPass *pass, GError **error);
gboolean wb_model_decoder_project (WbModel *self, gsize layer, GError **error);
gboolean wb_model_decoder_project_backward (WbModel *self, gsize layer, GError **error);
gboolean wb_model_decoder_end_backward (WbModel *self, const WbPass *pass, GError **error);

/* The head: from the last layer's rows ([CLS] alone, or all) to logits; its loss and back to the
 * gradient of those rows, in back.tail_dx or back.dx. */
void     wb_model_head_tensors_init (WbHeadTensors       *self,
                                     const WbModelConfig *config,
                                     const WbHeadSpec    *head,
                                     const WbBlock       *block);
void     wb_model_head_layout (const WbLayout *layout);
void     wb_model_head_layout_backward (const WbLayout *layout);
gboolean wb_model_head_forward (WbModel *self, const WbPass *pass, GError **error);
/* What wb_model_predict() gives, after forward(). */
gboolean wb_model_head_predict (WbModel *self, const WbPass *pass, float *logits, GError **error);
gboolean wb_model_head_loss (WbModel            *self,
                             const WbPass       *pass,
                             const WbLossWeight *weight,
                             double             *loss,
                             GError            **error);
gboolean wb_model_head_backward (WbModel *self, const WbPass *pass, GError **error);

G_END_DECLS
