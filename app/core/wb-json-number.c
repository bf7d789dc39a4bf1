#include "app/core/wb-json-number-private.h"

#include <math.h>
#include <string.h>

#define LEAST_DIGITS 6
#define MOST_DIGITS 9

static const double powers[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                 1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

/* @x times 10^@power, one rounding; |@power| <= 22 */
static double
shift (double x, int power)
{
  return power >= 0 ? x * powers[power] : x / powers[-power];
}

/* @digits: without trailing zeros; @exponent: of the first one */
static void
write_fixed (char *text, const char *digits, int n, int exponent)
{
  for (int i = exponent; i < 0; i++) /* 0.00ddd */
    {
      *text++ = '0';
      if (i == exponent)
        *text++ = '.';
    }
  for (int i = 0; i < MAX (n, exponent + 1); i++)
    {
      *text++ = i < n ? digits[i] : '0';
      if (exponent >= 0 && i == exponent && i + 1 < n)
        *text++ = '.';
    }
  *text = '\0';
}

static void
write_scientific (char *text, const char *digits, int n, int exponent)
{
  *text++ = digits[0];
  if (n > 1)
    *text++ = '.';
  memcpy (text, digits + 1, (gsize) n - 1);
  text += n - 1;
  *text++ = 'e';
  *text++ = exponent < 0 ? '-' : '+';
  *text++ = (char) ('0' + ABS (exponent) / 10);
  *text++ = (char) ('0' + ABS (exponent) % 10);
  *text = '\0';
}

/* @mantissa has @n digits. */
static void
write_number (char *text, guint64 mantissa, int n, int exponent)
{
  char digits[MOST_DIGITS];
  int  left = n;

  for (int i = n - 1; i >= 0; i--, mantissa /= 10)
    digits[i] = (char) ('0' + mantissa % 10);
  while (left > 1 && digits[left - 1] == '0')
    left--;
  if (exponent < -4 || exponent >= n)
    write_scientific (text, digits, left, exponent);
  else
    write_fixed (text, digits, left, exponent);
}

/* Nine digits before the point: from 1e8 to below 1e9. */
static double
normalize (double x, int *exponent)
{
  double scaled;

  *exponent = (int) floor (log10 (x));
  scaled = shift (x, MOST_DIGITS - 1 - *exponent);
  if (scaled >= 1e9)
    scaled = shift (x, MOST_DIGITS - 1 - ++*exponent);
  else if (scaled < 1e8)
    scaled = shift (x, MOST_DIGITS - 1 - --*exponent);
  return scaled;
}

gboolean
wb_json_format_float (char *text, float value)
{
  const double x = fabs ((double) value);
  double       scaled;
  int          exponent;

  if (signbit (value))
    *text++ = '-';
  if (x == 0)
    {
      strcpy (text, "0");
      return TRUE;
    }
  if (!(x >= 1e-13 && x < 1e27))
    return FALSE;
  scaled = normalize (x, &exponent);
  for (int n = LEAST_DIGITS; n <= MOST_DIGITS; n++)
    {
      double mantissa = rint (scaled / powers[MOST_DIGITS - n]);
      int    first = exponent;

      if (mantissa >= powers[n])
        {
          mantissa /= 10;
          first++;
        }
      if ((float) shift (mantissa, first - (n - 1)) != (float) x)
        continue;
      write_number (text, (guint64) mantissa, n, first);
      return TRUE;
    }
  return FALSE;
}
