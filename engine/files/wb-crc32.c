#include "config.h"

#include <pthread.h>

#include "engine/files/wb-bytes.h"
#include "engine/files/wb-zip-private.h"

/* The checksum of zip files: polynomial 0xedb88320, bits from the lowest.  Sixteen bytes at a time:
 * tables[k][b] is the checksum of byte b followed by k zeros. */

#define N_TABLES 16

static guint32        tables[N_TABLES][256];
static pthread_once_t tables_made = PTHREAD_ONCE_INIT;

static void
make_tables (void)
{
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
}

static guint32
four (guint first, guint32 word)
{
  return tables[first][word & 0xff] ^ tables[first - 1][word >> 8 & 0xff] ^
         tables[first - 2][word >> 16 & 0xff] ^ tables[first - 3][word >> 24];
}

guint32
wb_crc32_update (guint32 crc, const void *data, gsize length)
{
  const guint8 *p = data;

  pthread_once (&tables_made, make_tables);
  crc = ~crc;
  for (; length >= 16; p += 16, length -= 16)
    crc = four (15, crc ^ wb_bytes_get_u32 (p)) ^ four (11, wb_bytes_get_u32 (p + 4)) ^
          four (7, wb_bytes_get_u32 (p + 8)) ^ four (3, wb_bytes_get_u32 (p + 12));
  for (; length > 0; p++, length--)
    crc = crc >> 8 ^ tables[0][(crc ^ *p) & 0xff];
  return ~crc;
}
