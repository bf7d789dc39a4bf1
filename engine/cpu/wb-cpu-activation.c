#include "config.h"

#include "engine/cpu/wb-cpu-activation-private.h"

#include "engine/cpu/wb-cpu-math.h"

/* y[i] = f (y[i] + bias[i]), the sum to @pre; one loop for each activation, without a branch. */
#define ACTIVATION_ROW(name, expression)                                                           \
  static void name (float *y, const float *bias, float *pre, gsize n)                              \
  {                                                                                                \
    _Pragma ("omp simd") for (gsize i = 0; i < n; i++)                                             \
    {                                                                                              \
      const float x = y[i] + bias[i];                                                              \
                                                                                                   \
      pre[i] = x;                                                                                  \
      y[i] = (expression);                                                                         \
    }                                                                                              \
  }

ACTIVATION_ROW (linear_row, x)
ACTIVATION_ROW (gelu_row, wb_cpu_gelu (x))
ACTIVATION_ROW (relu_row, x > 0.0f || x != x ? x : 0.0f)
ACTIVATION_ROW (tanh_row, wb_cpu_tanh (x))
ACTIVATION_ROW (sigmoid_row, wb_cpu_sigmoid (x))
ACTIVATION_ROW (silu_row, x *wb_cpu_sigmoid (x))

typedef void (*ActivationRow) (float *y, const float *bias, float *pre, gsize n);

static const ActivationRow activation_rows[] = {
  [WB_ACTIVATION_LINEAR] = linear_row,   [WB_ACTIVATION_GELU] = gelu_row,
  [WB_ACTIVATION_RELU] = relu_row,       [WB_ACTIVATION_TANH] = tanh_row,
  [WB_ACTIVATION_SIGMOID] = sigmoid_row, [WB_ACTIVATION_SILU] = silu_row,
};

/* dy[i] *= f' (pre[i]), added to @sums. */
#define DERIVATIVE_ROW(name, expression)                                                           \
  static void name (float *dy, const float *pre, float *sums, gsize n)                             \
  {                                                                                                \
    _Pragma ("omp simd") for (gsize i = 0; i < n; i++)                                             \
    {                                                                                              \
      const float x = pre[i];                                                                      \
      const float d = dy[i] * (expression);                                                        \
                                                                                                   \
      dy[i] = d;                                                                                   \
      sums[i] += d;                                                                                \
    }                                                                                              \
  }

static inline float
tanh_derivative (float x)
{
  const float t = wb_cpu_tanh (x);

  return (1.0f - t) * (1.0f + t);
}

static inline float
silu_derivative (float x)
{
  const float s = wb_cpu_sigmoid (x);

  return s * (1.0f + x * wb_cpu_sigmoid (-x));
}

DERIVATIVE_ROW (gelu_derivative_row, wb_cpu_gelu_derivative (x))
DERIVATIVE_ROW (relu_derivative_row, x > 0.0f ? 1.0f : 0.0f)
DERIVATIVE_ROW (tanh_derivative_row, tanh_derivative (x))
DERIVATIVE_ROW (sigmoid_derivative_row, wb_cpu_sigmoid (x) * wb_cpu_sigmoid (-x))
DERIVATIVE_ROW (silu_derivative_row, silu_derivative (x))

static void
linear_derivative_row (float *dy, const float *pre, float *sums, gsize n)
{
#pragma omp simd
  for (gsize i = 0; i < n; i++)
    sums[i] += dy[i];
}

typedef void (*DerivativeRow) (float *dy, const float *pre, float *sums, gsize n);

static const DerivativeRow derivative_rows[] = {
  [WB_ACTIVATION_LINEAR] = linear_derivative_row,   [WB_ACTIVATION_GELU] = gelu_derivative_row,
  [WB_ACTIVATION_RELU] = relu_derivative_row,       [WB_ACTIVATION_TANH] = tanh_derivative_row,
  [WB_ACTIVATION_SIGMOID] = sigmoid_derivative_row, [WB_ACTIVATION_SILU] = silu_derivative_row,
};

void
WB_CPU (
    wb_cpu_activate_row) (WbActivation activation, float *y, const float *bias, float *pre, gsize n)
{
  activation_rows[activation](y, bias, pre, n);
}

void
WB_CPU (
    wb_cpu_derive_row) (WbActivation activation, float *dy, const float *pre, float *sums, gsize n)
{
  derivative_rows[activation](dy, pre, sums, n);
}
