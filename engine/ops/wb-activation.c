#include "config.h"

#include "engine/ops/wb-activation.h"

#include "engine/core/wb-engine-error.h"

static const struct
{
  const char  *name;
  WbActivation activation;
} activations[] = {
  { "gelu", WB_ACTIVATION_GELU },
  { "gelu_10", WB_ACTIVATION_GELU_10 },
  { "gelu_accurate", WB_ACTIVATION_GELU_TANH },
  { "gelu_fast", WB_ACTIVATION_GELU_TANH },
  { "gelu_new", WB_ACTIVATION_GELU_TANH },
  { "gelu_python", WB_ACTIVATION_GELU },
  { "gelu_python_tanh", WB_ACTIVATION_GELU_TANH },
  { "gelu_pytorch_tanh", WB_ACTIVATION_GELU_TANH },
  { "hardswish", WB_ACTIVATION_HARDSWISH },
  { "laplace", WB_ACTIVATION_LAPLACE },
  { "leaky_relu", WB_ACTIVATION_LEAKY_RELU },
  { "linear", WB_ACTIVATION_LINEAR },
  { "mish", WB_ACTIVATION_MISH },
  { "quick_gelu", WB_ACTIVATION_GELU_QUICK },
  { "relu", WB_ACTIVATION_RELU },
  { "relu2", WB_ACTIVATION_RELU2 },
  { "relu6", WB_ACTIVATION_RELU6 },
  { "sigmoid", WB_ACTIVATION_SIGMOID },
  { "silu", WB_ACTIVATION_SILU },
  { "sqrtsoftplus", WB_ACTIVATION_SQRT_SOFTPLUS },
  { "swish", WB_ACTIVATION_SILU },
  { "tanh", WB_ACTIVATION_TANH },
};

gboolean
wb_activation_parse (const char *name, WbActivation *activation, GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (activations); i++)
    {
      if (g_strcmp0 (name, activations[i].name) == 0)
        {
          *activation = activations[i].activation;
          return TRUE;
        }
      g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", activations[i].name);
    }
  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_UNSUPPORTED,
               "activation \"%s\" is not computed here; there are: %s", name != NULL ? name : "",
               known->str);
  return FALSE;
}
