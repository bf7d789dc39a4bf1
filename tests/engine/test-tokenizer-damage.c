#include "config.h"

#include <math.h>

#include "engine/core/wb-engine-error.h"
#include "engine/tokenizer/unigram/wb-protobuf-private.h"
#include "engine/tokenizer/unigram/wb-spm-file-private.h"
#include "engine/tokenizer/wb-tokenizer-train.h"
#include "engine/tokenizer/wb-tokenizer.h"
#include "tests/support/wb-test-shared.h"
#include "tests/support/wb-test-text.h"

/* Files from outside: whatever is done to them, loading either fails with a message or gives a
 * tokenizer that works. */

/* One thread: ThreadSanitizer has little to see here, and is slow. */
#if defined(__SANITIZE_THREAD__)
#define RARELY 20
#else
#define RARELY 1
#endif

static const char *const probes[] = { "", "toka, 12 sela.", "ﬁ ½ … 日本 \U00100000 \u2581 \u0301",
                                      "  a\t\u00a0 b" };

static void
write_model (const char *folder, const guint8 *data, gsize size)
{
  g_autofree char *path = g_build_filename (folder, "spm.model", NULL);

  g_assert_true (g_file_set_contents (path, (const char *) data, (gssize) size, NULL));
}

static void
try_model (const char *folder, const guint8 *data, gsize size, guint *n_loaded)
{
  g_autoptr (WbTokenizer) tokenizer = NULL;
  g_autoptr (WbEncoding) encoding = wb_encoding_new ();
  g_autoptr (GError) error = NULL;

  write_model (folder, data, size);
  tokenizer = wb_tokenizer_load (folder, &error);
  if (tokenizer == NULL)
    {
      g_assert_true (error->domain == WB_ENGINE_ERROR);
      g_assert_nonnull (strstr (error->message, "spm.model"));
      return;
    }
  g_assert_no_error (error);
  (*n_loaded)++;
  for (gsize i = 0; i < G_N_ELEMENTS (probes); i++)
    {
      g_autoptr (GError) unused = NULL; /* a changed piece may break what the library expects */
      wb_tokenizer_encode (tokenizer, probes[i], NULL, NULL, encoding, &unused);
    }
}

static char *
new_vocabulary (gboolean byte_fallback, GByteArray **model)
{
  g_auto (GStrv) text = wb_test_text_new (200, 3);
  g_autofree char *path = NULL;
  char            *folder = g_dir_make_tmp ("wb-tokenizer-XXXXXX", NULL);
  char            *data;
  gsize            size;

  g_assert_true (wb_tokenizer_train ((const char *const *) text, 200, byte_fallback ? 320 : 120,
                                     byte_fallback, folder, NULL));
  path = g_build_filename (folder, "spm.model", NULL);
  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  *model = g_byte_array_new_take ((guint8 *) data, size);
  return folder;
}

static void
test_truncations (void)
{
  g_autoptr (GByteArray) model = NULL;
  char *folder = new_vocabulary (TRUE, &model);
  guint n_loaded = 0, n_tried = 0;

  for (gsize size = 0; size < model->len; size += RARELY * (size < 300 ? 1 : 997))
    {
      try_model (folder, model->data, size, &n_loaded);
      n_tried++;
    }
  g_test_message ("%u of %u loaded", n_loaded, n_tried);
  g_assert_cmpuint (n_loaded, <, n_tried / 4); /* a cut between two pieces may leave a whole file */
  wb_test_tokenizer_folder_free (folder);
}

static void
test_flips (void)
{
  GRand *rand = g_rand_new_with_seed (1);

  for (gint byte_fallback = 0; byte_fallback < 2; byte_fallback++)
    {
      g_autoptr (GByteArray) model = NULL;
      char *folder = new_vocabulary (byte_fallback, &model);
      guint n_loaded = 0;

      for (guint i = 0; i < 400 / RARELY; i++)
        {
          g_autoptr (GByteArray) copy = g_byte_array_new ();
          g_byte_array_append (copy, model->data, model->len);
          for (guint k = 0; k < 1 + i % 4; k++)
            {
              const guint at =
                  i % 2 == 0 ? (guint) g_rand_int_range (rand, 0, (gint) MIN (8000, copy->len))
                             : (guint) g_rand_int_range (rand, 0, (gint) copy->len);
              copy->data[at] ^= (guint8) (1u << g_rand_int_range (rand, 0, 8));
            }
          try_model (folder, copy->data, copy->len, &n_loaded);
        }
      g_test_message ("%u of %d loaded", n_loaded, 400 / RARELY);
      wb_test_tokenizer_folder_free (folder);
    }
  g_rand_free (rand);
}

/* The normalization map alone, hit hard: every unit can be reached by some text. */
static void
test_map (void)
{
  g_autoptr (GByteArray) model = NULL;
  char         *folder = new_vocabulary (TRUE, &model);
  GRand        *rand = g_rand_new_with_seed (2);
  guint         n_loaded = 0;
  gsize         size, start;
  WbSpmFile    *file = wb_spm_file_parse (model->data, model->len, "spm.model", NULL);
  const guint8 *map = g_bytes_get_data (file->charsmap_bytes, &size);

  for (start = 0; memcmp (model->data + start, map, 64) != 0; start++)
    ;
  for (guint i = 0; i < 300 / RARELY; i++)
    {
      g_autoptr (GByteArray) copy = g_byte_array_new ();
      g_byte_array_append (copy, model->data, model->len);
      for (guint k = 0; k < 50; k++)
        copy->data[start + (gsize) g_rand_int_range (rand, i % 3 == 0 ? 0 : 4, (gint) size)] =
            (guint8) g_rand_int (rand);
      try_model (folder, copy->data, copy->len, &n_loaded);
    }
  g_test_message ("%u of %d loaded", n_loaded, 300 / RARELY);
  wb_spm_file_free (file);
  g_rand_free (rand);
  wb_test_tokenizer_folder_free (folder);
}

/* Files made by hand */

typedef struct
{
  const char *text;
  float       score;
  guint       type;
} Piece;

static void
put_message (GByteArray *out, guint32 number, GByteArray *message)
{
  wb_wire_put_bytes (out, number, message->data, message->len);
  g_byte_array_set_size (message, 0);
}

static GByteArray *
build (const Piece  *pieces,
       gsize         n,
       guint         model_type,
       gboolean      byte_fallback,
       const guint8 *map,
       gsize         map_size)
{
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GByteArray) part = g_byte_array_new ();

  for (gsize i = 0; i < n; i++)
    {
      wb_wire_put_bytes (part, 1, pieces[i].text, strlen (pieces[i].text));
      wb_wire_put_float (part, 2, pieces[i].score);
      wb_wire_put_varint (part, 3, pieces[i].type);
      put_message (out, 1, part);
    }
  wb_wire_put_varint (part, 3, model_type);
  wb_wire_put_varint (part, 35, byte_fallback);
  put_message (out, 2, part);
  if (map_size > 0)
    wb_wire_put_bytes (part, 2, map, map_size);
  put_message (out, 3, part);
  return out;
}

static void
assert_refused (const Piece  *pieces,
                gsize         n,
                guint         model_type,
                gboolean      byte_fallback,
                WbEngineError code,
                const char   *part)
{
  g_autoptr (GByteArray) model = build (pieces, n, model_type, byte_fallback, NULL, 0);
  g_autoptr (GError) error = NULL;

  g_assert_null (wb_spm_file_parse (model->data, model->len, "spm.model", &error));
  g_assert_error (error, WB_ENGINE_ERROR, (gint) code);
  if (strstr (error->message, part) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, part);
}

static void
test_pieces (void)
{
  const Piece good[] = { { "[UNK]", 0, 2 }, { "a", -1, 1 } };
  const Piece no_unknown[] = { { "a", -1, 1 } };
  const Piece two_unknown[] = { { "[UNK]", 0, 2 }, { "u", 0, 2 }, { "a", -1, 1 } };
  const Piece twice[] = { { "[UNK]", 0, 2 }, { "a", -1, 1 }, { "a", -2, 1 } };
  const Piece nan[] = { { "[UNK]", 0, 2 }, { "a", NAN, 1 } };
  const Piece huge[] = { { "[UNK]", 0, 2 }, { "a", 1e30f, 1 } };
  const Piece empty[] = { { "[UNK]", 0, 2 }, { "", -1, 1 } };
  const Piece utf8[] = { { "[UNK]", 0, 2 }, { "a\xff", -1, 1 } };
  const Piece type[] = { { "[UNK]", 0, 2 }, { "a", -1, 7 } };
  const Piece only_unknown[] = { { "[UNK]", 0, 2 } };
  const Piece byte[] = { { "[UNK]", 0, 2 }, { "a", -1, 1 }, { "<0x00>", 0, 6 } };

  assert_refused (no_unknown, 1, 1, FALSE, WB_ENGINE_ERROR_INVALID, "no unknown piece");
  assert_refused (two_unknown, 3, 1, FALSE, WB_ENGINE_ERROR_INVALID, "piece 1: a second unknown");
  assert_refused (twice, 3, 1, FALSE, WB_ENGINE_ERROR_INVALID, "piece 2: \"a\" is there twice");
  assert_refused (nan, 2, 1, FALSE, WB_ENGINE_ERROR_INVALID, "piece 1: its score");
  assert_refused (huge, 2, 1, FALSE, WB_ENGINE_ERROR_INVALID, "piece 1: its score");
  assert_refused (empty, 2, 1, FALSE, WB_ENGINE_ERROR_INVALID, "piece 1: its text");
  assert_refused (utf8, 2, 1, FALSE, WB_ENGINE_ERROR_INVALID, "piece 1: its text");
  assert_refused (type, 2, 1, FALSE, WB_ENGINE_ERROR_INVALID, "piece 1: no such type");
  assert_refused (only_unknown, 1, 1, FALSE, WB_ENGINE_ERROR_INVALID, "no normal pieces");
  assert_refused (byte, 3, 1, FALSE, WB_ENGINE_ERROR_INVALID, "1 byte pieces");
  assert_refused (byte, 3, 1, TRUE, WB_ENGINE_ERROR_INVALID, "without a piece <0x01>");
  assert_refused (good, 2, 2, FALSE, WB_ENGINE_ERROR_UNSUPPORTED, "model_type 2");
}

#define NOTHING (1u << 31) /* a unit that is nobody's child */

/* A trie of one block: from the root the letter 'a' leads to a node, whose value is a place in
 * @blob. */
static GByteArray *
make_map (guint32 offset, guint32 value, const char *blob, gsize blob_size)
{
  const guint32 node = 1 ^ 'a';
  GByteArray   *map = g_byte_array_new ();
  guint32       units[257];

  for (guint i = 0; i < 257; i++)
    units[i] = GUINT32_TO_LE (NOTHING);
  units[0] = GUINT32_TO_LE (256 * sizeof (guint32)); /* the trie's size */
  units[1] = GUINT32_TO_LE (1u << 10);               /* the root: children at 1 ^ label */
  units[1 + node] = GUINT32_TO_LE ('a' | 1u << 8 | offset << 10);
  if ((node ^ offset) < 256)
    units[1 + (node ^ offset)] = GUINT32_TO_LE (value | 1u << 31);
  g_byte_array_append (map, (const guint8 *) units, sizeof units);
  g_byte_array_append (map, (const guint8 *) blob, (guint) blob_size);
  return map;
}

static void
check_map (guint32 offset, guint32 value, const char *blob, gsize blob_size, const char *part)
{
  g_autoptr (GByteArray) map = make_map (offset, value, blob, blob_size);
  g_autoptr (GError) error = NULL;
  WbCharsmap charsmap;
  gsize      matched = 0;

  if (part == NULL)
    {
      g_assert_true (wb_charsmap_init (&charsmap, map->data, map->len, &error));
      g_assert_cmpstr (wb_charsmap_match (&charsmap, "abc", 3, &matched), ==, "A");
      g_assert_cmpuint (matched, ==, 1);
      g_assert_null (wb_charsmap_match (&charsmap, "bc", 2, &matched));
      return;
    }
  g_assert_false (wb_charsmap_init (&charsmap, map->data, map->len, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
  if (strstr (error->message, part) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, part);
}

static void
test_map_by_hand (void)
{
  check_map (3, 0, "A\0", 2, NULL);
  check_map (3, 2, "A\0", 2, "outside of the block");
  check_map (3, 0, "A", 1, "does not end");
  check_map (3, 0, "\xff\0", 2, "not UTF-8");
  check_map (256, 0, "A\0", 2, "an offset points outside");
  check_map (0x1fffff, 0, "A\0", 2, "an offset points outside");
}

/* 40 nested replacements would overrun the library's buffer of 32. */
static void
test_map_nested (void)
{
  g_autoptr (GByteArray) map = g_byte_array_new ();
  g_autofree guint32 *units = g_new (guint32, 1 + 256 * 42);
  g_autoptr (GError) error = NULL;
  WbCharsmap charsmap;

  for (guint i = 0; i < 1 + 256 * 42; i++)
    units[i] = NOTHING;
  units[0] = 256 * 42 * sizeof (guint32);
  for (guint i = 0; i <= 40; i++) /* node i lies at 256 i + 'a'; its block is the next one */
    {
      const guint node = i == 0 ? 0 : 256 * i + 'a';
      const guint base = 256 * (i + 1);
      units[1 + node] = (i == 0 ? 0 : 'a' | 1u << 8) | (node ^ base) << 10;
      units[1 + base] = 1u << 31;
    }
  g_byte_array_append (map, (const guint8 *) units, sizeof (guint32) * (1 + 256 * 42));
  g_byte_array_append (map, (const guint8 *) "A", 2);
  g_assert_false (wb_charsmap_init (&charsmap, map->data, map->len, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "too many replacements nest"));
}

/* A key that stops inside a character: the library would go on with the rest of it. */
static void
test_map_half_character (void)
{
  g_autoptr (GByteArray) map = make_map (3, 0, "A\0", 2);
  g_autoptr (GError) error = NULL;
  WbCharsmap charsmap;
  guint32    unit;

  memcpy (&unit, map->data + 4 * (1 + (1 ^ 'a')), sizeof unit);
  unit = GUINT32_TO_LE ((GUINT32_FROM_LE (unit) & ~0xffu) | 0xc3);
  memcpy (map->data + 4 * (1 + (1 ^ 0xc3)), &unit, sizeof unit);
  g_assert_false (wb_charsmap_init (&charsmap, map->data, map->len, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "within a character"));
  g_clear_error (&error);
  unit = GUINT32_TO_LE ((GUINT32_FROM_LE (unit) & ~0xffu) | 0x80); /* no character begins so */
  memcpy (map->data + 4 * (1 + (1 ^ 0x80)), &unit, sizeof unit);
  g_assert_false (wb_charsmap_init (&charsmap, map->data, map->len, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "not UTF-8"));
}

static void
test_too_many (void)
{
  g_autoptr (WbSpmFile) file = wb_spm_file_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 2000000; i++)
    g_assert_true (wb_spm_file_add_piece (file, "a", 1, -1, WB_PIECE_NORMAL, NULL));
  g_assert_false (wb_spm_file_add_piece (file, "a", 1, -1, WB_PIECE_NORMAL, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
}

/* User-defined pieces are taken as they are, the longest first; places stay right. */
static void
test_user_defined (void)
{
  const Piece   pieces[] = { { "[UNK]", 0, 2 }, { "▁", -1, 1 },   { "a", -2, 1 },
                             { "<x>", 0, 4 },   { "<x>y", 0, 4 }, { "é", 0, 4 } };
  const gint32  ids[] = { 1, 2, 4, 2, 3, 5, 2 };
  const guint32 ends[] = { 0, 1, 5, 6, 9, 10, 11 };
  g_autoptr (GByteArray) model = build (pieces, G_N_ELEMENTS (pieces), 1, FALSE, NULL, 0);
  g_autoptr (WbTokenizer) tokenizer = NULL;
  g_autoptr (WbEncoding) encoding = wb_encoding_new ();
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("wb-tokenizer-XXXXXX", NULL);

  write_model (folder, model->data, model->len);
  tokenizer = wb_tokenizer_load (folder, &error);
  g_assert_no_error (error);
  g_assert_true (wb_tokenizer_encode (tokenizer, "a<x>ya<x>éa", NULL, NULL, encoding, NULL));
  g_assert_cmpmem (encoding->ids + 1, (encoding->n - 2) * sizeof *ids, ids, sizeof ids);
  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    g_assert_cmpuint (encoding->offsets[i + 1].end, ==, ends[i]);
  wb_test_tokenizer_folder_free (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/tokenizer-damage/truncations", test_truncations);
  g_test_add_func ("/engine/tokenizer-damage/flips", test_flips);
  g_test_add_func ("/engine/tokenizer-damage/map", test_map);
  g_test_add_func ("/engine/tokenizer-damage/pieces", test_pieces);
  g_test_add_func ("/engine/tokenizer-damage/map-by-hand", test_map_by_hand);
  g_test_add_func ("/engine/tokenizer-damage/map-half-character", test_map_half_character);
  g_test_add_func ("/engine/tokenizer-damage/too-many", test_too_many);
  g_test_add_func ("/engine/tokenizer-damage/user-defined", test_user_defined);
  g_test_add_func ("/engine/tokenizer-damage/map-nested", test_map_nested);
  return g_test_run ();
}
