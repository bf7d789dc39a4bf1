#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WbActivation:
 * @WB_ACTIVATION_GELU: x Phi (x), the exact one
 * @WB_ACTIVATION_GELU_TANH: x/2 (1 + tanh (sqrt (2/pi) (x + 0.044715 x³)))
 * @WB_ACTIVATION_GELU_10: the exact one, not beyond 10
 * @WB_ACTIVATION_GELU_QUICK: x sigmoid (1.702 x)
 * @WB_ACTIVATION_SILU: x sigmoid (x)
 * @WB_ACTIVATION_MISH: x tanh (ln (1 + e^x))
 * @WB_ACTIVATION_HARDSWISH: x min (max (x + 3, 0), 6) / 6
 * @WB_ACTIVATION_RELU2: relu (x)²
 * @WB_ACTIVATION_RELU6: min (relu (x), 6)
 * @WB_ACTIVATION_LEAKY_RELU: x, below 0 x / 100
 * @WB_ACTIVATION_LAPLACE: Phi ((x - 0.707107) / 0.282095)
 * @WB_ACTIVATION_SQRT_SOFTPLUS: sqrt (ln (1 + e^x))
 *
 * The elementwise functions that config.json can name, which are upstream's (fact sheet 2.10) and
 * those of transformers 5 that have no parameters of their own.
 */
typedef enum
{
  WB_ACTIVATION_LINEAR,
  WB_ACTIVATION_GELU,
  WB_ACTIVATION_RELU,
  WB_ACTIVATION_TANH,
  WB_ACTIVATION_SIGMOID,
  WB_ACTIVATION_SILU,
  WB_ACTIVATION_GELU_TANH,
  WB_ACTIVATION_GELU_10,
  WB_ACTIVATION_GELU_QUICK,
  WB_ACTIVATION_MISH,
  WB_ACTIVATION_HARDSWISH,
  WB_ACTIVATION_RELU2,
  WB_ACTIVATION_RELU6,
  WB_ACTIVATION_LEAKY_RELU,
  WB_ACTIVATION_LAPLACE,
  WB_ACTIVATION_SQRT_SOFTPLUS,
} WbActivation;

#define WB_N_ACTIVATIONS (WB_ACTIVATION_SQRT_SOFTPLUS + 1)

/* Names of one function are several: "gelu_new", "gelu_fast", "gelu_pytorch_tanh", …  %FALSE with
 * WB_ENGINE_ERROR_UNSUPPORTED names the activation that we do not compute, and those that we do. */
gboolean wb_activation_parse (const char *name, WbActivation *activation, GError **error);

G_END_DECLS
