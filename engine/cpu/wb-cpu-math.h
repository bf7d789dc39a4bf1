#pragma once

#include <glib.h>
#include <string.h>

/* Elementary functions in F32 as plain C without branches, so that the compiler makes vectors of
 * them inside "omp simd" loops.  For kernel files only (static in each: compiled per instruction
 * set).
 *
 * Polynomials are our own minimax fits (weighted least squares, Lawson's reweighting) of relative
 * error below 1e-8; the results' errors are measured by tests/engine/test-cpu-math.c.  NaN comes
 * out where NaN goes in. */

static inline guint32
wb_cpu_bits (float x)
{
  guint32 bits;

  memcpy (&bits, &x, sizeof bits);
  return bits;
}

static inline float
wb_cpu_from_bits (guint32 bits)
{
  float x;

  memcpy (&x, &bits, sizeof x);
  return x;
}

/* 2^n r for n from -252 to 254, r near 1: two factors, so that denormal results and infinity come
 * out by rounding. */
static inline float
wb_cpu_scale (float r, gint32 n)
{
  const gint32 half = n >> 1;

  return r * wb_cpu_from_bits ((guint32) (half + 127) << 23) *
         wb_cpu_from_bits ((guint32) (n - half + 127) << 23);
}

/* e^x = 2^n e^r, n = round (x / ln 2), |r| <= ln 2 / 2; ln 2 in two parts (Cody, Waite). */
static inline float
wb_cpu_exp (float x)
{
  const float magic = 12582912.0f; /* 1.5 * 2^23: adding it rounds to an integer */
  float       t, n, r, p;

  x = x > 89.0f ? 89.0f : x;
  x = x < -104.0f ? -104.0f : x;
  t = x * 1.44269504f + magic;
  n = t - magic;
  r = x - n * 0.693145751953125f;
  r = r - n * 1.42860682e-6f;
  p = 1.3814511e-3f;
  p = p * r + 8.3687836e-3f;
  p = p * r + 4.1668394e-2f;
  p = p * r + 1.6666520e-1f;
  p = p * r + 4.9999993e-1f;
  p = p * r * r + r + 1.0f;
  return wb_cpu_scale (p, (gint32) (wb_cpu_bits (t) - wb_cpu_bits (magic)));
}

/* Natural logarithm of a positive normal number (zero and denormals are not for this): x = 2^n m, m
 * from sqrt (1/2) to sqrt (2). */
static inline float
wb_cpu_log (float x)
{
  const guint32 bits = wb_cpu_bits (x) - 0x3f3504f3u; /* sqrt (1/2) */
  const float   n = (float) ((gint32) bits >> 23);
  const float   f = wb_cpu_from_bits ((bits & 0x007fffffu) + 0x3f3504f3u) - 1.0f;
  float         p = -7.634498e-2f;

  p = p * f + 1.2761578e-1f;
  p = p * f - 1.3160182e-1f;
  p = p * f + 1.4201758e-1f;
  p = p * f - 1.6623357e-1f;
  p = p * f + 2.0001227e-1f;
  p = p * f - 2.5000821e-1f;
  p = p * f + 3.3333332e-1f;
  p = p * f * f * f + n * 1.42860682e-6f;
  p = p - 0.5f * f * f;
  return p + f + n * 0.693145751953125f;
}

/* sin (2 pi x) and cos (2 pi x) for x from 0 to 1: the nearest quarter turn and the rest. */
static inline void
wb_cpu_sincos_turns (float x, float *sine, float *cosine)
{
  const gint32 quarter = (gint32) (4.0f * x + 0.5f);
  const float  r = x - 0.25f * (float) quarter, r2 = r * r;
  const float s = ((-75.3935888f * r2 + 81.5923543f) * r2 - 41.3416615f) * r2 * r + 6.28318529f * r;
  const float c =
      (((59.2292509f * r2 - 85.4432365f) * r2 + 64.9393218f) * r2 - 19.7392087f) * r2 + 1.0f;
  const float a = (quarter & 1) != 0 ? c : s, b = (quarter & 1) != 0 ? s : c;

  *sine = (quarter & 2) != 0 ? -a : a;
  *cosine = ((quarter + 1) & 2) != 0 ? -b : b;
}

static inline float
wb_cpu_abs (float x)
{
  return wb_cpu_from_bits (wb_cpu_bits (x) & 0x7fffffffu);
}

static inline float
wb_cpu_copysign (float size, float sign)
{
  return wb_cpu_from_bits (wb_cpu_bits (size) | (wb_cpu_bits (sign) & 0x80000000u));
}

static inline float
wb_cpu_tanh (float x)
{
  const float a = wb_cpu_abs (x), x2 = x * x;
  const float large = 1.0f - 2.0f / (wb_cpu_exp (2.0f * a) + 1.0f);
  float       p = -5.7049872e-3f;

  p = p * x2 + 2.0639087e-2f;
  p = p * x2 - 5.3739715e-2f;
  p = p * x2 + 1.3331442e-1f;
  p = p * x2 - 3.3333282e-1f;
  p = p * x2 * x + x;
  return a < 0.625f ? p : wb_cpu_copysign (large, x);
}

static inline float
wb_cpu_sigmoid (float x)
{
  return 1.0f / (1.0f + wb_cpu_exp (-x));
}

/* The normal distribution at x: its density without 1 / sqrt (2 pi), e^(-x²/2), to @density, and
 * its cumulative probability.  The tail beyond |x| is e^(-x²/2) G (|x|), G (a) = erfcx (a / sqrt
 * (2)) / 2, a polynomial in 1 / (1 + a / 4) up to 15, where the exponential is zero: so small
 * probabilities keep their relative precision. */
static inline float
wb_cpu_normal (float x, float *density)
{
  const float a = wb_cpu_abs (x);
  const float z = 1.0f / (1.0f + 0.25f * a);
  const float e = wb_cpu_exp (-0.5f * a * a);
  float       g = 1.7177182e-2f;
  float       tail;

  g = g * z - 6.6119163e-2f;
  g = g * z + 5.9692940e-2f;
  g = g * z + 1.7385070e-2f;
  g = g * z + 2.2212723e-2f;
  g = g * z + 8.1367711e-2f;
  g = g * z + 7.3902587e-2f;
  g = g * z + 9.5089623e-2f;
  g = g * z + 9.9546342e-2f;
  g = g * z + 9.9744990e-2f;
  tail = e * z * g;
  *density = e;
  return x > 0.0f ? 1.0f - tail : tail;
}

/* x Phi (x); at -infinity 0 (the product alone would be NaN). */
static inline float
wb_cpu_gelu (float x)
{
  float       density;
  const float p = wb_cpu_normal (x, &density);

  return x < -30.0f ? -0.0f : x * p;
}

/* Phi (x) + x phi (x) */
static inline float
wb_cpu_gelu_derivative (float x)
{
  float       density;
  const float p = wb_cpu_normal (x, &density);
  const float slope = p + 0.398942280f * x * density;

  return x < -30.0f ? 0.0f : x > 30.0f ? 1.0f : slope;
}

/* The same two of x Phi (x) approximated: x sigmoid (2 u), u = sqrt (2/pi) (x + 0.044715 x³). */
static inline float
wb_cpu_gelu_tanh_inner (float x)
{
  return 1.59576912f * x * (1.0f + 0.044715f * x * x);
}

static inline float
wb_cpu_gelu_tanh (float x)
{
  return x < -30.0f ? -0.0f : x * wb_cpu_sigmoid (wb_cpu_gelu_tanh_inner (x));
}

static inline float
wb_cpu_gelu_tanh_derivative (float x)
{
  const float u = wb_cpu_gelu_tanh_inner (x), s = wb_cpu_sigmoid (u);
  const float slope = 1.59576912f * (1.0f + 0.134145f * x * x);
  const float d = s * (1.0f + x * wb_cpu_sigmoid (-u) * slope);

  return x < -30.0f ? 0.0f : x > 30.0f ? 1.0f : d;
}

/* ln (1 + e^x): what rounding took from 1 + u is put right by the quotient. */
static inline float
wb_cpu_softplus (float x)
{
  const float u = wb_cpu_exp (-wb_cpu_abs (x)), w = 1.0f + u, rest = w - 1.0f;
  const float small = rest > 0.0f ? wb_cpu_log (w) * (u / rest) : u;

  return (x > 0.0f ? x : 0.0f) + small;
}

/* tanh (ln (1 + e^x)) = w / (w + 2), w = e^x (e^x + 2); 1 from 20 on. */
static inline float
wb_cpu_mish_factor (float x)
{
  const float e = wb_cpu_exp (x > 20.0f ? 20.0f : x), w = e * (e + 2.0f);

  return w / (w + 2.0f);
}

static inline float
wb_cpu_mish (float x)
{
  return x < -110.0f ? -0.0f : x * wb_cpu_mish_factor (x);
}

/* t + x (1 - t²) sigmoid (x); 1 - t = 2 / (w + 2) */
static inline float
wb_cpu_mish_derivative (float x)
{
  const float e = wb_cpu_exp (x > 20.0f ? 20.0f : x), w = e * (e + 2.0f);
  const float t = w / (w + 2.0f), rest = 2.0f / (w + 2.0f);
  const float d = t + x * rest * (1.0f + t) * wb_cpu_sigmoid (x);

  return x < -110.0f ? 0.0f : x > 20.0f ? 1.0f : d;
}
