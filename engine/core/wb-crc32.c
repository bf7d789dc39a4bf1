#include "config.h"

#include "engine/core/wb-bytes.h"
#include "engine/core/wb-zip-private.h"

/* The checksum of zip files: polynomial 0xedb88320, bits from the lowest.  Sixteen bytes at a time:
 * tables[k][b] is the checksum of byte b followed by k zeros. */

#define N_TABLES 16

typedef guint32 Tables[N_TABLES][256];

static gpointer
make_tables (gpointer unused)
{
  guint32 (*tables)[256] = g_malloc (sizeof (Tables));

  for (guint32 b = 0; b < 256; b++)
    {
      guint32 crc = b;

      for (guint bit = 0; bit < 8; bit++)
        crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320u : 0);
      tables[0][b] = crc;
    }
  for (guint k = 1; k < N_TABLES; k++)
    for (guint b = 0; b < 256; b++)
      tables[k][b] = tables[k - 1][b] >> 8 ^ tables[0][tables[k - 1][b] & 0xff];
  return tables;
}

static guint32
four (guint32 (*tables)[256], guint first, guint32 word)
{
  return tables[first][word & 0xff] ^ tables[first - 1][word >> 8 & 0xff] ^
         tables[first - 2][word >> 16 & 0xff] ^ tables[first - 3][word >> 24];
}

guint32
wb_crc32_update (guint32 crc, const void *data, gsize length)
{
  static GOnce once = G_ONCE_INIT;
  guint32 (*tables)[256] = g_once (&once, make_tables, NULL);
  const guint8 *p = data;

  crc = ~crc;
  for (; length >= 16; p += 16, length -= 16)
    crc = four (tables, 15, crc ^ wb_bytes_get_u32 (p)) ^
          four (tables, 11, wb_bytes_get_u32 (p + 4)) ^ four (tables, 7, wb_bytes_get_u32 (p + 8)) ^
          four (tables, 3, wb_bytes_get_u32 (p + 12));
  for (; length > 0; p++, length--)
    crc = crc >> 8 ^ tables[0][(crc ^ *p) & 0xff];
  return ~crc;
}
