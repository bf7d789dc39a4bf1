#include "config.h"

#include "engine/checkpoint/wb-widen-private.h"

#include <math.h>
#include <omp.h>
#include <string.h>

#ifdef __x86_64__
#include <immintrin.h>
#endif

#include "engine/files/wb-bytes.h"
#include "engine/core/wb-engine-error.h"
#include "engine/core/wb-processor.h"

/* A piece and what it becomes stay in the second-level cache. */
#define PIECE ((gsize) 1 << 18) /* bytes */

static const struct
{
  const char *name;
  gsize       size;
} types[] = {
  [WB_WEIGHT_F32] = { "F32", 4 },   [WB_WEIGHT_F16] = { "F16", 2 },
  [WB_WEIGHT_BF16] = { "BF16", 2 }, [WB_WEIGHT_F64] = { "F64", 8 },
  [WB_WEIGHT_I64] = { "I64", 8 },   [WB_WEIGHT_I32] = { "I32", 4 },
  [WB_WEIGHT_I16] = { "I16", 2 },   [WB_WEIGHT_I8] = { "I8", 1 },
  [WB_WEIGHT_U8] = { "U8", 1 },     [WB_WEIGHT_BOOL] = { "BOOL", 1 },
  [WB_WEIGHT_U64] = { "U64", 8 },   [WB_WEIGHT_U32] = { "U32", 4 },
  [WB_WEIGHT_U16] = { "U16", 2 },   [WB_WEIGHT_OTHER] = { "other", 0 },
};

const char *
wb_weight_type_name (WbWeightType type)
{
  g_return_val_if_fail ((gsize) type < G_N_ELEMENTS (types), NULL);

  return types[type].name;
}

gsize
wb_weight_type_size (WbWeightType type)
{
  g_return_val_if_fail ((gsize) type < G_N_ELEMENTS (types), 0);

  return types[type].size;
}

gboolean
wb_weight_type_is_float (WbWeightType type)
{
  return type <= WB_WEIGHT_F64;
}

WbWeightType
wb_weight_type_parse (const char *name)
{
  for (gsize i = 0; i < WB_WEIGHT_OTHER; i++)
    if (g_str_equal (types[i].name, name))
      return (WbWeightType) i;
  return WB_WEIGHT_OTHER;
}

char *
wb_weight_dup_shape (const gsize *dims, gsize n_dims)
{
  GString *text = g_string_new ("(");

  for (gsize i = 0; i < n_dims; i++)
    g_string_append_printf (text, "%s%zu", i > 0 ? ", " : "", dims[i]);
  g_string_append_c (text, ')');
  return g_string_free (text, FALSE);
}

gboolean
wb_widen_check (const WbReader *file,
                const char     *name,
                WbWeightType    type,
                const char     *shown,
                GError        **error)
{
  if (wb_weight_type_is_float (type))
    return TRUE;
  wb_engine_error_set (error, WB_ENGINE_ERROR_UNSUPPORTED,
                       "%s: tensor %s is %s; F32, F16, BF16 and F64 can be read", file->path, name,
                       shown);
  return FALSE;
}

static float
bits_float (guint32 bits)
{
  float x;

  memcpy (&x, &bits, 4);
  return x;
}

static guint32
float_bits (float x)
{
  guint32 bits;

  memcpy (&bits, &x, 4);
  return bits;
}

/* The bits of a half are those of a float whose exponent is 112 too small; subnormals too, since
 * multiplying makes them normal. */
static float
half_to_float (guint16 half)
{
  const guint32 magnitude = float_bits (bits_float ((half & 0x7fffu) << 13) * 0x1p112f);
  const guint32 special = (half & 0x7c00u) == 0x7c00u ? 0x7f800000u : 0;

  return bits_float (magnitude | special | (half & 0x8000u) << 16);
}

#ifdef __x86_64__
/* Eight at a time, in the processor.  Returns: how many were done */
__attribute__ ((target ("avx,f16c"))) static gsize
widen_halves (const guint8 *bytes, gsize n, float *values)
{
  gsize i = 0;

  for (; i + 8 <= n; i += 8)
    _mm256_storeu_ps (values + i,
                      _mm256_cvtph_ps (_mm_loadu_si128 ((const __m128i *) (bytes + 2 * i))));
  return i;
}
#else
static gsize
widen_halves (const guint8 *bytes, gsize n, float *values)
{
  return 0;
}
#endif

static void
widen_f16 (const guint8 *bytes, gsize n, float *values)
{
  for (gsize i = wb_processor_has_f16c () ? widen_halves (bytes, n, values) : 0; i < n; i++)
    values[i] = half_to_float (wb_bytes_get_u16 (bytes + 2 * i));
}

static void
widen_bf16 (const guint8 *bytes, gsize n, float *values)
{
#pragma omp simd
  for (gsize i = 0; i < n; i++)
    values[i] = bits_float ((guint32) wb_bytes_get_u16 (bytes + 2 * i) << 16);
}

static void
widen_f32 (const guint8 *bytes, gsize n, float *values)
{
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
  memcpy (values, bytes, 4 * n);
#else
  for (gsize i = 0; i < n; i++)
    values[i] = bits_float (wb_bytes_get_u32 (bytes + 4 * i));
#endif
}

static void
widen_f64 (const guint8 *bytes, gsize n, float *values)
{
  for (gsize i = 0; i < n; i++)
    {
      const guint64 bits = wb_bytes_get_u64 (bytes + 8 * i);
      double        x;

      memcpy (&x, &bits, 8);
      values[i] = (float) x;
    }
}

/* The first of @values that is not finite, or @n. */
static gsize
find_not_finite (const float *values, gsize n)
{
  guint32 bad = 0;
  gsize   i = 0;

#pragma omp simd reduction(+ : bad)
  for (gsize k = 0; k < n; k++)
    bad += (float_bits (values[k]) & 0x7f800000u) == 0x7f800000u;
  if (bad == 0)
    return n;
  while ((float_bits (values[i]) & 0x7f800000u) != 0x7f800000u)
    i++;
  return i;
}

gsize
wb_widen (WbWeightType type, const guint8 *bytes, gsize n, float *values)
{
  switch (type)
    {
    case WB_WEIGHT_F32:
      widen_f32 (bytes, n, values);
      break;
    case WB_WEIGHT_F16:
      widen_f16 (bytes, n, values);
      break;
    case WB_WEIGHT_BF16:
      widen_bf16 (bytes, n, values);
      break;
    case WB_WEIGHT_F64:
      widen_f64 (bytes, n, values);
      break;
    default:
      g_return_val_if_reached (0);
    }
  return find_not_finite (values, n);
}

/* What a thread needs of wb_widen_read()'s arguments. */
typedef struct
{
  const WbReader *file;
  const char     *name;
  WbWeightType    type;
  guint64         place; /* of element @first */
  gsize           first;
  gsize           n;
  float          *values;
} Job;

/* Elements [@done, @done + @n) of the job. */
static gboolean
read_piece (const Job *job, gsize done, gsize n, guint8 *piece, GError **error)
{
  const gsize   size = wb_weight_type_size (job->type);
  const guint64 place = job->place + (guint64) done * size;
  gsize         bad;

  if (!wb_reader_read (job->file, place, piece, n * size, error))
    return FALSE;
  bad = wb_widen (job->type, piece, n, job->values + done);
  if (bad == n)
    return TRUE;
  return wb_reader_fail (job->file, error,
                         "tensor %s: element %zu is not a finite number%s (byte "
                         "%" G_GUINT64_FORMAT ")",
                         job->name, job->first + done + bad,
                         job->type == WB_WEIGHT_F64 ? " of F32" : "", place + bad * size);
}

/* Every @step-th piece from @start on. */
static gboolean
read_pieces (const Job *job, gsize start, gsize step, GError **error)
{
  const gsize        size = wb_weight_type_size (job->type);
  const gsize        at_once = PIECE / size;
  g_autofree guint8 *piece = g_malloc (MIN (at_once, job->n) * size + 1);
  gboolean           ok = TRUE;

  for (gsize i = start; ok && i * at_once < job->n; i += step)
    ok = read_piece (job, i * at_once, MIN (at_once, job->n - i * at_once), piece, error);
  return ok;
}

/* Errors of all threads; the first thread's is told. */
static gboolean
read_with_threads (const Job *job, int n_threads, GError **error)
{
  g_autofree GError **errors = g_new0 (GError *, n_threads);
  gboolean            ok = TRUE;

#pragma omp parallel num_threads(n_threads)
  {
    const gsize thread = (gsize) omp_get_thread_num ();

    read_pieces (job, thread, (gsize) omp_get_num_threads (), &errors[thread]);
  }
  for (int i = 0; i < n_threads; i++)
    if (errors[i] != NULL && ok)
      {
        g_propagate_error (error, errors[i]);
        ok = FALSE;
      }
    else
      g_clear_error (&errors[i]);
  return ok;
}

gboolean
wb_widen_read (const WbReader *file,
               const char     *name,
               WbWeightType    type,
               guint64         place,
               gsize           first,
               gsize           n,
               float          *values,
               GError        **error)
{
  const gsize size = wb_weight_type_size (type);
  const Job   job = { file, name, type, place + (guint64) first * size, first, n, values };
  const int   n_threads = (int) MIN ((gsize) omp_get_max_threads (), n / (PIECE / size) / 4 + 1);

  if (n_threads > 1)
    return read_with_threads (&job, n_threads, error);
  return read_pieces (&job, 0, 1, error);
}
