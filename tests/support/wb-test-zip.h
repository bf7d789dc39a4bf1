#pragma once

#include <string.h>

#include "engine/files/wb-zip-private.h"

/* Zip files that tests make, with claims of their own. */

/* One entry of a zip file that a test makes; the fields say what the file claims. */
typedef struct
{
  const char *name;
  const char *data;
  guint16     method;
  guint16     flags;
  guint32     crc;        /* 0: the right one */
  guint32     packed;     /* 0: the right one */
  guint32     size;       /* 0: the right one */
  const char *local_name; /* (nullable): another name before the data */
  guint32     place;      /* 0: the right one */
  gsize       length;     /* of @data; 0: up to NUL */
} TestZipEntry;

static inline guint32
test_zip_length (const TestZipEntry *e)
{
  return (guint32) (e->length != 0 ? e->length : strlen (e->data));
}

static inline void
test_zip_append_number (GString *zip, guint64 value, gsize bytes)
{
  for (gsize i = 0; i < bytes; i++)
    g_string_append_c (zip, i < 8 ? (char) (value >> 8 * i & 0xff) : 0);
}

static inline void
test_zip_append_fields (GString *zip, const TestZipEntry *e)
{
  const guint32 n = test_zip_length (e);

  test_zip_append_number (zip, 20, 2);
  test_zip_append_number (zip, e->flags, 2);
  test_zip_append_number (zip, e->method, 2);
  test_zip_append_number (zip, 0, 4);
  test_zip_append_number (zip, e->crc != 0 ? e->crc : wb_crc32_update (0, e->data, n), 4);
  test_zip_append_number (zip, e->packed != 0 ? e->packed : n, 4);
  test_zip_append_number (zip, e->size != 0 ? e->size : n, 4);
}

static inline void
test_zip_append_local (GString *zip, const TestZipEntry *e)
{
  const char *name = e->local_name != NULL ? e->local_name : e->name;

  g_string_append_len (zip, "PK\3\4", 4);
  test_zip_append_fields (zip, e);
  test_zip_append_number (zip, strlen (name), 2);
  test_zip_append_number (zip, 0, 2);
  g_string_append (zip, name);
  g_string_append_len (zip, e->data, test_zip_length (e));
}

static inline void
test_zip_append_central (GString *zip, const TestZipEntry *e, gsize place)
{
  g_string_append_len (zip, "PK\1\2", 4);
  test_zip_append_number (zip, 20, 2);
  test_zip_append_fields (zip, e);
  test_zip_append_number (zip, strlen (e->name), 2);
  test_zip_append_number (zip, 0, 2 + 2 + 2 + 2 + 4);
  test_zip_append_number (zip, e->place != 0 ? e->place : place, 4);
  g_string_append (zip, e->name);
}

/* The directory and its end. */
static inline void
test_zip_append_end (GString *zip, const TestZipEntry *entries, const gsize *places, gsize n)
{
  const gsize begin = zip->len;
  gsize       size;

  for (gsize i = 0; i < n; i++)
    test_zip_append_central (zip, &entries[i], places[i]);
  size = zip->len - begin;
  g_string_append_len (zip, "PK\5\6", 4);
  test_zip_append_number (zip, 0, 4);
  test_zip_append_number (zip, n, 2);
  test_zip_append_number (zip, n, 2);
  test_zip_append_number (zip, size, 4);
  test_zip_append_number (zip, begin, 4);
  test_zip_append_number (zip, 0, 2);
}

static inline GString *
test_zip_new (const TestZipEntry *entries, gsize n)
{
  GString          *zip = g_string_new (NULL);
  g_autofree gsize *places = g_new (gsize, MAX (n, 1));

  for (gsize i = 0; i < n; i++)
    {
      places[i] = zip->len;
      test_zip_append_local (zip, &entries[i]);
    }
  test_zip_append_end (zip, entries, places, n);
  return zip;
}
