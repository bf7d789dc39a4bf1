#include "config.h"

#include <math.h>

#include "engine/cpu/wb-cpu-math.h"
#include "engine/cpu/wb-cpu-norm.h"
#include "engine/cpu/wb-cpu-ops-private.h"

/* Cross entropy over a vocabulary, a piece of rows × columns at a time. */

/* What is known of a row after the columns so far. */
typedef struct
{
  double greatest;
  double sum;   /* of exp (logit - greatest) */
  double label; /* the label's logit */
  double total; /* of the logits: label smoothing */
} RowState;

typedef struct
{
  gsize row, n_rows; /* of x */
  gsize col, n_cols; /* of the vocabulary */
} Piece;

static WbTensor
columns_of (const WbTensor *vector, const Piece *piece)
{
  return vector->data != NULL ? wb_tensor_columns (vector, piece->col, piece->n_cols)
                              : (WbTensor){ NULL };
}

/* The top left corner of the scratch, rows as far apart as the piece is wide. */
static WbTensor
piece_logits (const WbVocabularyLossArgs *args, const Piece *piece)
{
  return wb_tensor_matrix (args->chunk.data, WB_DTYPE_F32, piece->n_rows, piece->n_cols);
}

static gboolean
compute_logits (WbBackend                  *self,
                const WbVocabularyLossArgs *args,
                const Piece                *piece,
                GError                    **error)
{
  const WbMatmulForwardArgs product = { .x = wb_tensor_rows (&args->x, piece->row, piece->n_rows),
                                        .w = wb_tensor_rows (&args->w, piece->col, piece->n_cols),
                                        .bias = columns_of (&args->bias, piece),
                                        .y = piece_logits (args, piece) };

  return WB_CPU (wb_cpu_matmul_forward) (self, &product, error);
}

static float
row_greatest (const float *x, gsize n)
{
  float m = x[0];

#pragma omp simd reduction(max : m)
  for (gsize i = 0; i < n; i++)
    m = x[i] > m ? x[i] : m;
  return m;
}

static float
row_exponentials (const float *x, gsize n, float greatest)
{
  float sum = 0;

#pragma omp simd reduction(+ : sum)
  for (gsize i = 0; i < n; i++)
    sum += wb_cpu_exp (x[i] - greatest);
  return sum;
}

static float
row_total (const float *x, gsize n)
{
  float sum = 0;

#pragma omp simd reduction(+ : sum)
  for (gsize i = 0; i < n; i++)
    sum += x[i];
  return sum;
}

/* Another @n logits of a row, online (Milakov, Gimelshein 2018). */
static void
row_add (RowState *state, const float *x, gsize n)
{
  const double piece = (double) row_greatest (x, n);
  const double greatest = piece > state->greatest ? piece : state->greatest;

  state->sum = state->sum * exp (state->greatest - greatest) +
               (double) row_exponentials (x, n, (float) greatest);
  state->greatest = greatest;
}

static void
add_piece (WbBackend *self, const WbVocabularyLossArgs *args, const Piece *piece)
{
  const WbTensor  logits = piece_logits (args, piece);
  RowState *const states = (RowState *) args->state;

#pragma omp parallel for num_threads(self->n_threads) schedule(static)
  for (gsize r = 0; r < piece->n_rows; r++)
    {
      RowState *const    state = &states[piece->row + r];
      const float *const x = wb_cpu_row (&logits, r);
      const gsize        label = (gsize) args->labels[piece->row + r];

      row_add (state, x, piece->n_cols);
      if (label >= piece->col && label < piece->col + piece->n_cols)
        state->label = (double) x[label - piece->col];
      if (args->smoothing > 0)
        state->total += (double) row_total (x, piece->n_cols);
    }
}

/* In place: (exp (x - greatest) × share - shift) × scale; share is 1 / the sum of exponentials */
static void
row_gradient (float *x, gsize n, float greatest, float share, float shift, float scale)
{
#pragma omp simd
  for (gsize i = 0; i < n; i++)
    x[i] = (wb_cpu_exp (x[i] - greatest) * share - shift) * scale;
}

static void
derive_piece (WbBackend *self, const WbVocabularyLossArgs *args, const Piece *piece)
{
  const WbTensor  logits = piece_logits (args, piece);
  const RowState *states = (const RowState *) args->state;
  const double    s = (double) args->smoothing;

#pragma omp parallel for num_threads(self->n_threads) schedule(static)
  for (gsize r = 0; r < piece->n_rows; r++)
    {
      const RowState *state = &states[piece->row + r];
      float *const    x = wb_cpu_row (&logits, r);
      const gsize     label = (gsize) args->labels[piece->row + r];

      row_gradient (x, piece->n_cols, (float) state->greatest, (float) (1 / state->sum),
                    (float) (s / (double) args->w.rows), (float) (1 / args->denominator));
      if (label >= piece->col && label < piece->col + piece->n_cols)
        x[label - piece->col] -= (float) ((1 - s) / args->denominator);
    }
}

static gboolean
propagate_piece (WbBackend                  *self,
                 const WbVocabularyLossArgs *args,
                 const Piece                *piece,
                 GError                    **error)
{
  const WbMatmulBackwardArgs product = {
    .dy = piece_logits (args, piece),
    .x = wb_tensor_rows (&args->x, piece->row, piece->n_rows),
    .w = wb_tensor_rows (&args->w, piece->col, piece->n_cols),
    .dx = wb_tensor_rows (&args->dx, piece->row, piece->n_rows),
    .dw = wb_tensor_rows (&args->dw, piece->col, piece->n_cols),
    .dbias = columns_of (&args->dbias, piece),
    .accumulate_dx = piece->col > 0,
  };

  return WB_CPU (wb_cpu_matmul_backward) (self, &product, error);
}

typedef gboolean (*PieceFunc) (WbBackend                  *self,
                               const WbVocabularyLossArgs *args,
                               const Piece                *piece,
                               GError                    **error);

/* Pieces in an order that reads each part of the table once. */
static gboolean
for_each_piece (WbBackend *self, const WbVocabularyLossArgs *args, PieceFunc func, GError **error)
{
  for (gsize col = 0; col < args->w.rows; col += WB_VOCABULARY_COLS)
    for (gsize row = 0; row < args->x.rows; row += WB_VOCABULARY_ROWS)
      {
        const Piece piece = { row, MIN (args->x.rows - row, (gsize) WB_VOCABULARY_ROWS), col,
                              MIN (args->w.rows - col, (gsize) WB_VOCABULARY_COLS) };

        if (!func (self, args, &piece, error))
          return FALSE;
      }
  return TRUE;
}

static gboolean
forward_piece (WbBackend                  *self,
               const WbVocabularyLossArgs *args,
               const Piece                *piece,
               GError                    **error)
{
  if (!compute_logits (self, args, piece, error))
    return FALSE;
  add_piece (self, args, piece);
  return TRUE;
}

static gboolean
backward_piece (WbBackend                  *self,
                const WbVocabularyLossArgs *args,
                const Piece                *piece,
                GError                    **error)
{
  const gboolean kept = piece->n_rows == args->x.rows && piece->n_cols == args->w.rows;

  if (!kept && !compute_logits (self, args, piece, error))
    return FALSE;
  derive_piece (self, args, piece);
  return propagate_piece (self, args, piece, error);
}

gboolean
WB_CPU (wb_cpu_loss_vocabulary) (WbBackend *self, const WbVocabularyLossArgs *args, GError **error)
{
  RowState *const states = (RowState *) args->state;
  const double    s = (double) args->smoothing, v = (double) args->w.rows;
  double          sum = 0;

  for (gsize r = 0; r < args->x.rows; r++)
    states[r] = (RowState){ .greatest = -G_MAXFLOAT };
  if (!for_each_piece (self, args, forward_piece, error))
    return FALSE;
  for (gsize r = 0; r < args->x.rows; r++)
    {
      const double lse = states[r].greatest + log (states[r].sum);

      sum += (1 - s) * (lse - states[r].label);
      if (s > 0)
        sum += s * (lse - states[r].total / v);
    }
  *args->loss = sum / args->denominator;
  return args->dx.data == NULL || for_each_piece (self, args, backward_piece, error);
}
