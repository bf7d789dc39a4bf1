#include "engine/files/wb-pickle-private.h"

#include <string.h>

#include "engine/core/wb-engine-error.h"

/* The pickle interpreter: what it understands, and that it refuses everything else. */

#define BYTES(text) ((const guint8 *) (text)), sizeof (text) - 1

static void
assert_refused (const guint8 *data, gsize length, gint code, const char *part)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (wb_pickle_parse (data, length, "a.pkl", NULL, &error));
  g_assert_error (error, WB_ENGINE_ERROR, code);
  g_assert_true (g_str_has_prefix (error->message, "a.pkl: "));
  if (strstr (error->message, part) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, part);
}

static void
assert_json (const guint8 *data, gsize length, const char *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbPickle) pickle = wb_pickle_parse (data, length, "a.pkl", NULL, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = wb_pickle_value_to_json (wb_pickle_get_root (pickle), 1000);
  g_assert_cmpstr (text, ==, json);
}

static void
test_values (void)
{
  assert_json (BYTES ("N."), "null");
  assert_json (BYTES ("\x80\x02\x88."), "true");
  assert_json (BYTES ("\x89."), "false");
  assert_json (BYTES ("J\xff\xff\xff\xff."), "-1");
  assert_json (BYTES ("J\x00\x00\x00\x80."), "-2147483648");
  assert_json (BYTES ("K\xff."), "255");
  assert_json (BYTES ("M\xff\xff."), "65535");
  assert_json (BYTES ("\x8a\x00."), "0");
  assert_json (BYTES ("\x8a\x01\xff."), "-1");
  assert_json (BYTES ("\x8a\x05\x00\x00\x00\x00\x01."), "4294967296");
  assert_json (BYTES ("\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x80."), "-9223372036854775808");
  assert_json (BYTES ("G\x3f\xb9\x99\x99\x99\x99\x99\x9a."), "0.10000000000000001");
  assert_json (BYTES ("X\x03\x00\x00\x00\xc3\xa9\n."), "\"é\\u000a\"");
  assert_json (BYTES ("U\x02q\"."), "\"q\\\"\"");
  assert_json (BYTES ("T\x01\x00\x00\x00\\."), "\"\\\\\"");
  assert_json (BYTES ("\x8c\x02hi."), "\"hi\"");
  assert_json (BYTES (")."), "[]");
  assert_json (BYTES ("]."), "[]");
  assert_json (BYTES ("}."), "{}");
}

static void
test_containers (void)
{
  assert_json (BYTES ("](K\x01K\x02"
                      "eK\x03"
                      "a."),
               "[1,2,3]");
  assert_json (BYTES ("(K\x01K\x02K\x03K\x04t."), "[1,2,3,4]");
  assert_json (BYTES ("K\x01\x85."), "[1]");
  assert_json (BYTES ("K\x01K\x02\x86."), "[1,2]");
  assert_json (BYTES ("K\x01K\x02K\x03\x87."), "[1,2,3]");
  assert_json (BYTES ("}U\x01"
                      "aK\x01s(U\x01"
                      "bNU\x01"
                      "c]u."),
               "{\"a\":1,\"b\":null,\"c\":[]}");
  assert_json (BYTES ("ccollections\nOrderedDict\n)R(U\x01"
                      "aK\x01u}U\x09_metadataK\x01sb."),
               "{\"a\":1}");
  assert_json (BYTES ("\x8c\x0b"
                      "collections\x8c\x0bOrderedDict\x93)\x81."),
               "{}");
  assert_json (BYTES ("ccollections\nOrderedDict\n](](U\x01"
                      "aK\x01"
                      "e](U\x01"
                      "bK\x02"
                      "ee\x85R."),
               "{\"a\":1,\"b\":2}");                                               /* Python 2's */
  assert_json (BYTES ("\x80\x04\x95\x02\x00\x00\x00\x00\x00\x00\x00K\x07."), "7"); /* frame */
}

static void
test_memo (void)
{
  assert_json (BYTES ("](U\x01"
                      "aq\x01h\x01"
                      "e."),
               "[\"a\",\"a\"]");
  assert_json (BYTES ("](U\x01"
                      "ar\x02\x00\x00\x00j\x02\x00\x00\x00"
                      "e."),
               "[\"a\",\"a\"]");
  assert_json (BYTES ("](U\x01"
                      "a\x94h\x00"
                      "e."),
               "[\"a\",\"a\"]");
  assert_json (BYTES ("K\x01K\x02"
                      "0."),
               "1");                     /* POP */
  assert_json (BYTES ("K\x01(0."), "1"); /* of a mark */
  assert_json (BYTES ("K\x01(K\x02K\x03"
                      "1."),
               "1"); /* POP_MARK */
}

static void
test_access (void)
{
  static const char pickle[] = "}(U\x01"
                               "a](K\x05\x88G\x40\x04\x00\x00\x00\x00\x00\x00N"
                               "C\x02\x00\xff"
                               "eU\x01"
                               "bK\x01U\x01"
                               "bK\x02u.";
  g_autoptr (WbPickle) parsed = wb_pickle_parse (BYTES (pickle), "a.pkl", NULL, NULL);
  const WbPickleValue *root = wb_pickle_get_root (parsed), *list, *bytes;

  g_assert_cmpuint (wb_pickle_value_get_n (root), ==, 3);
  g_assert_cmpstr (wb_pickle_value_get_string (wb_pickle_value_get_key (root, 1)), ==, "b");
  g_assert_cmpint (wb_pickle_value_get_int (wb_pickle_value_find (root, "b")), ==, 2);
  g_assert_null (wb_pickle_value_find (root, "c"));
  list = wb_pickle_value_find (root, "a");
  g_assert_cmpstr (wb_pickle_kind_name (wb_pickle_value_get_kind (list)), ==, "list");
  g_assert_cmpint (wb_pickle_value_get_int (wb_pickle_value_get_element (list, 0)), ==, 5);
  g_assert_true (wb_pickle_value_get_bool (wb_pickle_value_get_element (list, 1)));
  g_assert_cmpfloat (wb_pickle_value_get_element (list, 2)->real, ==, 2.5);
  bytes = wb_pickle_value_get_element (list, 4);
  g_assert_cmpint (bytes->kind, ==, WB_PICKLE_BYTES);
  g_assert_cmpmem (bytes->text, bytes->n, "\x00\xff", 2);
  g_assert_null (wb_pickle_value_get_string (list));
  g_assert_null (wb_pickle_value_to_json (root, 1000)); /* bytes are no JSON */
}

#define STORAGE                                                                                    \
  "(U\x07storagectorch\nFloatStorage\nU\x01"                                                       \
  "0U\x03"                                                                                         \
  "cpuK\x06tQ"
#define REBUILD "ctorch._utils\n_rebuild_tensor_v2\n("

static void
test_tensor (void)
{
  static const char pickle[] = REBUILD STORAGE "K\x01K\x02K\x02\x86K\x03K\x01\x86\x89"
                                               "ccollections\nOrderedDict\n)RtR.";
  g_autoptr (GError) error = NULL;
  g_autoptr (WbPickle) parsed = wb_pickle_parse (BYTES (pickle), "a.pkl", NULL, &error);
  const WbPickleTensor *tensor;

  g_assert_no_error (error);
  tensor = wb_pickle_value_get_tensor (wb_pickle_get_root (parsed));
  g_assert_cmpstr (tensor->storage->type, ==, "Float");
  g_assert_cmpstr (tensor->storage->key, ==, "0");
  g_assert_cmpuint (tensor->storage->n_elements, ==, 6);
  g_assert_null (tensor->dtype);
  g_assert_cmpuint (tensor->offset, ==, 1);
  g_assert_cmpuint (tensor->n_dims, ==, 2);
  g_assert_cmpuint (tensor->dims[1], ==, 2);
  g_assert_cmpuint (tensor->strides[0], ==, 3);
}

static void
test_used (void)
{
  gsize used = 0;
  g_autoptr (WbPickle) first = wb_pickle_parse (BYTES ("K\x01.more"), "a.pkl", &used, NULL);

  g_assert_nonnull (first);
  g_assert_cmpuint (used, ==, 3);
  assert_refused (BYTES ("K\x01.more"), WB_ENGINE_ERROR_INVALID, "4 bytes follow");
}

/* Every opcode that Python has and we refuse, by its name and byte. */
static void
test_refused_opcodes (void)
{
  static const struct
  {
    const char *name;
    guint8      code;
  } opcodes[] = {
    { "DUP", '2' },          { "FLOAT", 'F' },
    { "INT", 'I' },          { "LONG", 'L' },
    { "PERSID", 'P' },       { "STRING", 'S' },
    { "UNICODE", 'V' },      { "DICT", 'd' },
    { "GET", 'g' },          { "INST", 'i' },
    { "LIST", 'l' },         { "OBJ", 'o' },
    { "PUT", 'p' },          { "EXT1", 0x82 },
    { "EXT2", 0x83 },        { "EXT4", 0x84 },
    { "LONG4", 0x8b },       { "BINUNICODE8", 0x8d },
    { "BINBYTES8", 0x8e },   { "EMPTY_SET", 0x8f },
    { "ADDITEMS", 0x90 },    { "FROZENSET", 0x91 },
    { "NEWOBJ_EX", 0x92 },   { "BYTEARRAY8", 0x96 },
    { "NEXT_BUFFER", 0x97 }, { "READONLY_BUFFER", 0x98 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (opcodes); i++)
    {
      const guint8     data[] = { 'K', 1, opcodes[i].code, 0, 0, 0, 0, 0, 0, 0, 0, '\n', '.' };
      g_autofree char *part =
          g_strdup_printf ("byte 2 of the pickle: opcode %s (0x%02x)", opcodes[i].name, data[2]);

      assert_refused (data, sizeof data, WB_ENGINE_ERROR_UNSUPPORTED, part);
    }
  assert_refused (BYTES ("\xff."), WB_ENGINE_ERROR_INVALID, "0xff is no opcode");
}

static void
test_refused_globals (void)
{
  static const char *const globals[] = {
    "posix\nsystem",    "builtins\neval",         "__builtin__\nexec", "os\nsystem",
    "torch\nload",      "torch._utils\n_rebuild", "numpy\nndarray",    "torch\nFloatTensor",
    "torch.nn\nModule", "torch.jit\nscript",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (globals); i++)
    {
      g_autofree char *pickle = g_strdup_printf ("c%s\n(U\x04trueetR.", globals[i]);
      g_autofree char *name = g_strdelimit (g_strdup (globals[i]), "\n", ' ');

      assert_refused ((const guint8 *) pickle, strlen (pickle), WB_ENGINE_ERROR_UNSUPPORTED, name);
    }
  assert_refused (BYTES ("\x8c\x02os\x8c\x06system\x93."), WB_ENGINE_ERROR_UNSUPPORTED,
                  "\"os system\"");
  assert_refused (BYTES ("c\x1b[2J\nx\n."), WB_ENGINE_ERROR_UNSUPPORTED, "\\x1b[2J x");
  assert_refused (BYTES ("cabc"), WB_ENGINE_ERROR_INVALID, "a name without an end");
}

static void
test_refused_calls (void)
{
  assert_refused (BYTES ("ctorch\nFloatStorage\n)R."), WB_ENGINE_ERROR_UNSUPPORTED,
                  "torch FloatStorage");
  assert_refused (BYTES ("U\x04"
                         "eval)R."),
                  WB_ENGINE_ERROR_UNSUPPORTED, "a str is called");
  assert_refused (BYTES ("ccollections\nOrderedDict\nK\x01R."), WB_ENGINE_ERROR_INVALID,
                  "no tuple");
  assert_refused (BYTES ("ccollections\nOrderedDict\nK\x01\x85R."), WB_ENGINE_ERROR_INVALID,
                  "no list of pairs");
  assert_refused (BYTES ("ccollections\nOrderedDict\n]K\x01"
                         "a\x85R."),
                  WB_ENGINE_ERROR_INVALID, "no list of pairs");
  assert_refused (BYTES ("]}b."), WB_ENGINE_ERROR_UNSUPPORTED, "BUILD gives a list");
  assert_refused (BYTES ("}}b."), WB_ENGINE_ERROR_UNSUPPORTED, "BUILD gives a dict");
  assert_refused (BYTES ("ctorch._utils\n_rebuild_parameter\nK\x01\x88K\x01\x87R."),
                  WB_ENGINE_ERROR_UNSUPPORTED, "_rebuild_parameter");
}

static void
test_refused_tensors (void)
{
  /* size and stride do not agree */
  assert_refused (BYTES (REBUILD STORAGE "K\x00K\x02\x85))\x89)tR."), WB_ENGINE_ERROR_INVALID,
                  "makes no sense");
  assert_refused (BYTES (REBUILD STORAGE "J\xff\xff\xff\xffK\x02\x85K\x01\x85\x89)tR."),
                  WB_ENGINE_ERROR_INVALID, "makes no sense");
  assert_refused (BYTES (REBUILD STORAGE "K\x00K\x02\x85J\xff\xff\xff\xff\x85\x89)tR."),
                  WB_ENGINE_ERROR_INVALID, "makes no sense");
  /* more elements than can be counted */
  assert_refused (BYTES (REBUILD STORAGE "K\x00\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x40"
                                         "K\x08\x86K\x00K\x00\x86\x89)tR."),
                  WB_ENGINE_ERROR_INVALID, "whose size makes no sense");
  assert_refused (BYTES (REBUILD STORAGE "K\x00K\x08\x85\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x40"
                                         "\x85\x89)tR."),
                  WB_ENGINE_ERROR_INVALID, "whose size makes no sense");
  assert_refused (BYTES (REBUILD "K\x01K\x00))\x89)tR."), WB_ENGINE_ERROR_INVALID,
                  "makes no sense");
  assert_refused (BYTES ("(U\x07storageccollections\nOrderedDict\nU\x01"
                         "0U\x03"
                         "cpuK\x06tQ."),
                  WB_ENGINE_ERROR_INVALID, "no storage");
  assert_refused (BYTES ("(U\x06moduleNNNNtQ."), WB_ENGINE_ERROR_INVALID, "no storage");
  assert_refused (BYTES ("K\x01Q."), WB_ENGINE_ERROR_INVALID, "no storage");
}

static void
test_damaged (void)
{
  assert_refused (BYTES (""), WB_ENGINE_ERROR_INVALID, "truncated");
  assert_refused (BYTES ("K"), WB_ENGINE_ERROR_INVALID, "truncated");
  assert_refused (BYTES ("X\xff\xff\x00\x00"
                         "abc."),
                  WB_ENGINE_ERROR_INVALID, "truncated");
  assert_refused (BYTES ("X\xff\xff\xff\xff"
                         "abc."),
                  WB_ENGINE_ERROR_INVALID, "a string of 4294967295 bytes");
  assert_refused (BYTES ("U\x02\xff\xff."), WB_ENGINE_ERROR_INVALID, "not UTF-8");
  assert_refused (BYTES ("U\x01\x00."), WB_ENGINE_ERROR_INVALID, "U+0000");
  assert_refused (BYTES ("\x8a\x09"
                         "123456789."),
                  WB_ENGINE_ERROR_INVALID, "9 bytes");
  assert_refused (BYTES ("\x80\x06N."), WB_ENGINE_ERROR_UNSUPPORTED, "protocol 6");
  assert_refused (BYTES ("\x95\xff\xff\xff\xff\xff\xff\xff\xffN."), WB_ENGINE_ERROR_INVALID,
                  "frame");
  assert_refused (BYTES ("."), WB_ENGINE_ERROR_INVALID, "0 values on the stack");
  assert_refused (BYTES ("NN."), WB_ENGINE_ERROR_INVALID, "2 values on the stack");
  assert_refused (BYTES ("N(."), WB_ENGINE_ERROR_INVALID, "on the stack");
  assert_refused (BYTES ("t."), WB_ENGINE_ERROR_INVALID, "no mark");
  assert_refused (BYTES ("0."), WB_ENGINE_ERROR_INVALID, "no mark");
  assert_refused (BYTES ("N(\x85."), WB_ENGINE_ERROR_INVALID, "too few values"); /* below a mark */
  assert_refused (BYTES ("a."), WB_ENGINE_ERROR_INVALID, "too few values");
  assert_refused (BYTES ("NN"
                         "a."),
                  WB_ENGINE_ERROR_INVALID, "put into a None");
  assert_refused (BYTES ("}(Nu."), WB_ENGINE_ERROR_INVALID, "a key without a value");
  assert_refused (BYTES ("h\x00."), WB_ENGINE_ERROR_INVALID, "memo 0 was never set");
  assert_refused (BYTES ("Nr\xff\xff\xff\xff."), WB_ENGINE_ERROR_INVALID, "makes no sense here");
  assert_refused (BYTES ("\x93."), WB_ENGINE_ERROR_INVALID, "too few values");
  assert_refused (BYTES ("NN\x93."), WB_ENGINE_ERROR_INVALID, "no name");
}

/* Values that contain themselves, directly or through another. */
static void
test_cycles (void)
{
  assert_refused (BYTES ("]q\x00h\x00"
                         "a."),
                  WB_ENGINE_ERROR_INVALID, "itself");
  assert_refused (BYTES ("]q\x00]q\x01h\x00"
                         "ah\x01"
                         "a."),
                  WB_ENGINE_ERROR_INVALID, "itself");
  assert_refused (BYTES ("}q\x00U\x01"
                         "ah\x00s."),
                  WB_ENGINE_ERROR_INVALID, "itself");
  assert_refused (BYTES ("]q\x00h\x00\x85"
                         "a."),
                  WB_ENGINE_ERROR_INVALID, "itself");
}

static void
test_bombs (void)
{
  g_autoptr (GString) deep = g_string_new (NULL);
  g_autoptr (GString) wide = g_string_new ("Nq");
  g_autoptr (GString) marks = g_string_new (NULL);
  g_autoptr (GString) many = g_string_new (NULL);

  for (guint i = 0; i < 100000; i++)
    g_string_append_c (deep, ']');
  for (guint i = 1; i < 100000; i++)
    g_string_append_c (deep, 'a');
  g_string_append_c (deep, '.');
  assert_refused ((const guint8 *) deep->str, deep->len, WB_ENGINE_ERROR_INVALID,
                  "more than 32 values within each other");

  g_string_append_c (wide, '\0'); /* a billion laughs: each a tuple of three of the one before */
  for (guint i = 0; i < 30; i++)
    g_string_append_len (wide, "h\0h\0\x87q\0", 7);
  g_string_append_c (wide, '.');
  assert_refused ((const guint8 *) wide->str, wide->len, WB_ENGINE_ERROR_INVALID,
                  "that would spread to more than");

  for (guint i = 0; i < 100000; i++)
    g_string_append_c (marks, '(');
  assert_refused ((const guint8 *) marks->str, marks->len, WB_ENGINE_ERROR_INVALID, "marks");

  for (guint i = 0; i < 4100000; i++)
    g_string_append_c (many, ']');
  assert_refused ((const guint8 *) many->str, many->len, WB_ENGINE_ERROR_INVALID,
                  "more than 4000000 values");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/pickle/values", test_values);
  g_test_add_func ("/engine/pickle/containers", test_containers);
  g_test_add_func ("/engine/pickle/memo", test_memo);
  g_test_add_func ("/engine/pickle/access", test_access);
  g_test_add_func ("/engine/pickle/tensor", test_tensor);
  g_test_add_func ("/engine/pickle/used", test_used);
  g_test_add_func ("/engine/pickle/refused/opcodes", test_refused_opcodes);
  g_test_add_func ("/engine/pickle/refused/globals", test_refused_globals);
  g_test_add_func ("/engine/pickle/refused/calls", test_refused_calls);
  g_test_add_func ("/engine/pickle/refused/tensors", test_refused_tensors);
  g_test_add_func ("/engine/pickle/damaged", test_damaged);
  g_test_add_func ("/engine/pickle/cycles", test_cycles);
  g_test_add_func ("/engine/pickle/bombs", test_bombs);
  return g_test_run ();
}
