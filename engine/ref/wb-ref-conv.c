#include "config.h"

#include "engine/ref/wb-ref-conv.h"

#include <string.h>

#include "engine/ref/wb-ref-dropout.h"
#include "engine/ref/wb-ref-layernorm.h"
#include "engine/ref/wb-ref-matmul.h"

/* The row of x that tap @tap of the kernel sees from @token; %FALSE beyond the sequence. */
static gboolean
find_tap (const WbRefConv *self, gsize token, gsize tap, gsize *row)
{
  const gsize  sequence = wb_ref_sequence_of (self->batch, token);
  const gint64 at = (gint64) token + (gint64) tap - (gint64) (self->kernel / 2);

  *row = (gsize) at;
  return at >= self->batch->cu_seqlens[sequence] && at < self->batch->cu_seqlens[sequence + 1];
}

/* Calls with the place in x and in weight of every product of output (@token, @out). */
typedef void (*ProductFunc) (gpointer data, gsize x, gsize weight);

static void
visit_products (const WbRefConv *self, gsize token, gsize out, ProductFunc visit, gpointer data)
{
  const gsize width = self->cols / self->groups, first = out / width * width;

  for (gsize t = 0; t < self->kernel; t++)
    {
      gsize row;

      if (!find_tap (self, token, t, &row))
        continue;
      for (gsize i = 0; i < width; i++)
        visit (data, row * self->cols + first + i, (out * width + i) * self->kernel + t);
    }
}

typedef struct
{
  const WbRefConv *conv;
  double           sum;
  double           gradient;
  double          *dx;
  double          *dweight;
} Products;

static void
add_product (gpointer data, gsize x, gsize weight)
{
  Products *self = data;

  self->sum += self->conv->x[x] * self->conv->weight[weight];
}

static void
add_gradients (gpointer data, gsize x, gsize weight)
{
  Products *self = data;

  self->dx[x] += self->gradient * self->conv->weight[weight];
  self->dweight[weight] += self->gradient * self->conv->x[x];
}

static double
dropout_factor (const WbRefConv *self, gsize token, gsize col)
{
  return wb_ref_dropout_token_factor (&self->dropout, self->batch, token, col, self->cols);
}

void
wb_ref_conv_forward (const WbRefConv *self, double *pre, double *sum, double *y)
{
  const gsize          rows = self->batch->n_tokens, cols = self->cols;
  const WbRefLayernorm norm = { rows, cols, self->eps, sum, self->gamma, self->beta };

  for (gsize r = 0; r < rows; r++)
    for (gsize c = 0; c < cols; c++)
      {
        Products products = { .conv = self, .sum = self->bias[c] };

        visit_products (self, r, c, add_product, &products);
        pre[r * cols + c] = dropout_factor (self, r, c) * products.sum;
        sum[r * cols + c] =
            self->residual[r * cols + c] + wb_ref_activation (self->activation, pre[r * cols + c]);
      }
  wb_ref_layernorm_forward (&norm, y, NULL, NULL);
}

void
wb_ref_conv_backward (const WbRefConv *self,
                      const double    *dy,
                      double          *dx,
                      double          *dresidual,
                      double          *dweight,
                      double          *dbias,
                      double          *dgamma,
                      double          *dbeta)
{
  const gsize          rows = self->batch->n_tokens, cols = self->cols, n = rows * cols;
  g_autofree double   *pre = g_new (double, n), *sum = g_new (double, n), *y = g_new (double, n);
  const WbRefLayernorm norm = { rows, cols, self->eps, sum, self->gamma, self->beta };

  wb_ref_conv_forward (self, pre, sum, y);
  wb_ref_layernorm_backward (&norm, dy, dresidual, dgamma, dbeta);
  memset (dx, 0, n * sizeof *dx);
  memset (dweight, 0, cols * cols / self->groups * self->kernel * sizeof *dweight);
  memset (dbias, 0, cols * sizeof *dbias);
  for (gsize r = 0; r < rows; r++)
    for (gsize c = 0; c < cols; c++)
      {
        Products products = { .conv = self, .dx = dx, .dweight = dweight };

        products.gradient = dresidual[r * cols + c] * dropout_factor (self, r, c) *
                            wb_ref_activation_derivative (self->activation, pre[r * cols + c]);
        dbias[c] += products.gradient;
        visit_products (self, r, c, add_gradients, &products);
      }
}
