#include "config.h"

#include "engine/ref/wb-ref-activation.h"

#include <math.h>

/* laplace's centre and width, as transformers writes them. */
#define CENTRE 0.707107
#define WIDTH 0.282095

/* The probability of a normal number below x, and its density there. */
static double
normal_below (double x)
{
  return 0.5 * erfc (-x / G_SQRT2);
}

static double
normal_density (double x)
{
  return exp (-x * x / 2) / sqrt (2 * G_PI);
}

static double
sigmoid (double x)
{
  return 1 / (1 + exp (-x));
}

static double
softplus (double x)
{
  return x > 0 ? x + log1p (exp (-x)) : log1p (exp (x));
}

/* gelu_new's argument of tanh, and its derivative. */
static double
inner (double x)
{
  return sqrt (2 / G_PI) * (x + 0.044715 * x * x * x);
}

static double
inner_derivative (double x)
{
  return sqrt (2 / G_PI) * (1 + 3 * 0.044715 * x * x);
}

double
wb_ref_activation (WbActivation activation, double x)
{
  switch (activation)
    {
    case WB_ACTIVATION_GELU:
      return x * normal_below (x);
    case WB_ACTIVATION_GELU_TANH:
      return 0.5 * x * (1 + tanh (inner (x)));
    case WB_ACTIVATION_GELU_10:
      return fmin (x * normal_below (x), 10);
    case WB_ACTIVATION_GELU_QUICK:
      return x * sigmoid (1.702 * x);
    case WB_ACTIVATION_MISH:
      return x * tanh (softplus (x));
    case WB_ACTIVATION_HARDSWISH:
      return x * fmin (fmax (x + 3, 0), 6) / 6;
    case WB_ACTIVATION_RELU:
      return fmax (x, 0);
    case WB_ACTIVATION_RELU2:
      return fmax (x, 0) * fmax (x, 0);
    case WB_ACTIVATION_RELU6:
      return fmin (fmax (x, 0), 6);
    case WB_ACTIVATION_LEAKY_RELU:
      return x > 0 ? x : 0.01 * x;
    case WB_ACTIVATION_LAPLACE:
      return normal_below ((x - CENTRE) / WIDTH);
    case WB_ACTIVATION_SQRT_SOFTPLUS:
      return sqrt (softplus (x));
    case WB_ACTIVATION_TANH:
      return tanh (x);
    case WB_ACTIVATION_SIGMOID:
      return sigmoid (x);
    case WB_ACTIVATION_SILU:
      return x * sigmoid (x);
    case WB_ACTIVATION_LINEAR:
    default:
      return x;
    }
}

static double
mish_derivative (double x)
{
  const double t = tanh (softplus (x));

  return t + x * (1 - t * t) * sigmoid (x);
}

static double
gelu_tanh_derivative (double x)
{
  const double t = tanh (inner (x));

  return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * inner_derivative (x);
}

double
wb_ref_activation_derivative (WbActivation activation, double x)
{
  const double s = sigmoid (x), quick = sigmoid (1.702 * x);

  switch (activation)
    {
    case WB_ACTIVATION_GELU:
      return normal_below (x) + x * normal_density (x);
    case WB_ACTIVATION_GELU_TANH:
      return gelu_tanh_derivative (x);
    case WB_ACTIVATION_GELU_10:
      return x * normal_below (x) <= 10 ? normal_below (x) + x * normal_density (x) : 0;
    case WB_ACTIVATION_GELU_QUICK:
      return quick + 1.702 * x * quick * (1 - quick);
    case WB_ACTIVATION_MISH:
      return mish_derivative (x);
    case WB_ACTIVATION_HARDSWISH:
      return x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5;
    case WB_ACTIVATION_RELU:
      return x > 0 ? 1 : 0;
    case WB_ACTIVATION_RELU2:
      return 2 * fmax (x, 0);
    case WB_ACTIVATION_RELU6:
      return x > 0 && x < 6 ? 1 : 0;
    case WB_ACTIVATION_LEAKY_RELU:
      return x > 0 ? 1 : 0.01;
    case WB_ACTIVATION_LAPLACE:
      return normal_density ((x - CENTRE) / WIDTH) / WIDTH;
    case WB_ACTIVATION_SQRT_SOFTPLUS:
      return s / (2 * sqrt (softplus (x)));
    case WB_ACTIVATION_TANH:
      return 1 - tanh (x) * tanh (x);
    case WB_ACTIVATION_SIGMOID:
      return s * (1 - s);
    case WB_ACTIVATION_SILU:
      return s + x * s * (1 - s);
    case WB_ACTIVATION_LINEAR:
    default:
      return 1;
    }
}
