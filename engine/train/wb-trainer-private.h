#pragma once

#include "engine/train/wb-trainer.h"

G_BEGIN_DECLS

/**
 * WbMoments:
 *
 * One mapping of zero pages cut into m and v of the same length; a page costs memory from its first
 * write on.
 */
typedef struct
{
  void  *block;
  gsize  bytes;
  float *m;
  float *v;
} WbMoments;

#define WB_TRAINER_NO_WORD G_MAXSIZE

/**
 * WbTrainer:
 * @word: the word table's number in the parameter table; %WB_TRAINER_NO_WORD where its gradient is
 * dense: it is then a parameter like any other
 * @dense_offsets: (n parameters) first element of each dense parameter in @dense
 * @n_dense: elements of all dense parameters
 * @rates: (layers + 2) what layer_decay multiplies the learning rate by, by depth
 * @rows: moments of the word table, (V, E); pages of rows that never had a gradient are never
 * touched
 * @factors: (step) what every update so far did to the word table
 * @row_updates, @row_touched: (V) see #WbOptimizerRowsArgs
 */
struct _WbTrainer
{
  WbModel            *model;
  WbTrainerOptions    options;
  guint64             step;
  gsize               word;
  gsize              *dense_offsets;
  gsize               n_dense;
  double             *rates;
  WbMoments           dense;
  WbMoments           rows;
  WbOptimizerFactors *factors;
  gsize               factors_size;
  guint32            *row_updates;
  guint8             *row_touched;
};

/* The table that is updated by rows; without rows where none is. */
WbTensor wb_trainer_get_word (const WbTrainer *self);

/* Makes room for @n updates in the history. */
gboolean wb_trainer_reserve_factors (WbTrainer *self, gsize n, GError **error);

G_END_DECLS
