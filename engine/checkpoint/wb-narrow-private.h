#pragma once

#include <glib.h>
#include <math.h>
#include <string.h>

/* F32 to the two short types: round to nearest, ties to even (IEEE 754).  What is too large becomes
 * an infinity, whose exponent is all ones. */

#define WB_HALF_INFINITY 0x7c00u
#define WB_BFLOAT_INFINITY 0x7f80u

static inline guint32
wb_narrow_bits (float x)
{
  guint32 bits;

  memcpy (&bits, &x, 4);
  return bits;
}

/* Below the smallest normal half, adding 0.5 leaves the value in units of 2⁻²⁴ in the low bits of
 * the sum: the addition itself rounds. */
static inline guint16
wb_narrow_to_half (float x)
{
  const guint32 bits = wb_narrow_bits (x), sign = bits >> 16 & 0x8000u;
  const guint32 magnitude = bits & 0x7fffffffu;
  /* 13 bits go; a carry into the exponent is right, up to infinity */
  const guint32 rounded = magnitude + 0xfffu + (magnitude >> 13 & 1u) - 0x38000000u;

  if (magnitude >= 0x7f800000u) /* infinite or not a number */
    return (guint16) (sign | WB_HALF_INFINITY | (magnitude > 0x7f800000u ? 0x200u : 0));
  if (magnitude < 0x38800000u)
    return (guint16) (sign | (wb_narrow_bits (fabsf (x) + 0.5f) - 0x3f000000u));
  return (guint16) (sign | MIN (rounded >> 13, WB_HALF_INFINITY));
}

static inline guint16
wb_narrow_to_bfloat (float x)
{
  const guint32 bits = wb_narrow_bits (x);

  if ((bits & 0x7fffffffu) > 0x7f800000u)
    return (guint16) (bits >> 16 | 0x40u);
  return (guint16) ((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}
