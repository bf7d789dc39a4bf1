/* Charts as files: the SVG is parsed, the CSV read back, the PNG looked at. */
#include "app/core/wb-app-error.h"
#include "app/figures/wb-figure.h"

#include <cairo.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "tests/support/wb-test-folder.h"

static const double steps[] = { 0, 10, 20, 30, 40 };
static const double loss[] = { 1, 0.5, NAN, 0.25, 0.1 };
static const double smooth[] = { 1, 0.7, NAN, 0.4, 0.2 };
static const double dev_steps[] = { 20, 25, 40 }, dev[] = { 0.6, 0.30000000000000004, 1.0 / 3 };

static const WbChartSeries series[] = {
  { .name = "train <loss> & \"more\"", .x = steps, .y = loss, .smooth = smooth, .n = 5 },
  { .name = "dev", .x = dev_steps, .y = dev, .n = 3, .color = 1 },
};

static WbFigure
figure (void)
{
  return (WbFigure){ .title = "Loss, “run 7” \x01",
                     .chart = { .series = series,
                                .n_series = 2,
                                .x_low = NAN,
                                .x_high = NAN,
                                .x_unit = WB_AXIS_COUNT,
                                .x_title = "step" } };
}

/* ---- SVG ---- */

typedef struct
{
  GPtrArray *texts;   /* "start: content" */
  GPtrArray *strokes; /* the "style" or "stroke" of each path */
  GString   *open;    /* content of the text that is being read */
  char      *anchor;
  char      *title;
  double     width;
  guint      glyphs; /* outlines of letters: there should be none */
} Svg;

static void
start_cb (GMarkupParseContext *context,
          const char          *element,
          const char         **names,
          const char         **values,
          gpointer             data,
          GError             **error)
{
  Svg *svg = data;

  svg->glyphs += g_str_equal (element, "symbol") || g_str_equal (element, "use");
  if (g_str_equal (element, "text") || g_str_equal (element, "title"))
    svg->open = g_string_new (NULL);
  for (gsize i = 0; names[i] != NULL; i++)
    {
      if (g_str_equal (element, "text") && g_str_equal (names[i], "text-anchor"))
        svg->anchor = g_strdup (values[i]);
      if (g_str_equal (element, "path") &&
          (g_str_equal (names[i], "style") || g_str_equal (names[i], "stroke")))
        g_ptr_array_add (svg->strokes, g_strdup (values[i]));
      if (g_str_equal (element, "svg") && g_str_equal (names[i], "width"))
        svg->width = g_ascii_strtod (values[i], NULL);
    }
}

static void
text_cb (GMarkupParseContext *context,
         const char          *text,
         gsize                length,
         gpointer             data,
         GError             **error)
{
  Svg *svg = data;

  if (svg->open != NULL)
    g_string_append_len (svg->open, text, (gssize) length);
}

static void
end_cb (GMarkupParseContext *context, const char *element, gpointer data, GError **error)
{
  Svg *svg = data;

  if (g_str_equal (element, "text"))
    g_ptr_array_add (svg->texts, g_strdup_printf ("%s: %s", svg->anchor, svg->open->str));
  else if (g_str_equal (element, "title"))
    svg->title = g_strdup (svg->open->str);
  else
    return;
  g_string_free (svg->open, TRUE);
  svg->open = NULL;
  g_clear_pointer (&svg->anchor, g_free);
}

static Svg
parse_svg (const char *path)
{
  static const GMarkupParser parser = { start_cb, end_cb, text_cb, NULL, NULL };
  g_autofree char           *content = NULL;
  GMarkupParseContext       *context;
  Svg svg = { g_ptr_array_new_with_free_func (g_free), g_ptr_array_new_with_free_func (g_free) };
  GError *error = NULL;
  gsize   length;

  g_file_get_contents (path, &content, &length, &error);
  g_assert_no_error (error);
  context = g_markup_parse_context_new (&parser, 0, &svg, NULL);
  g_markup_parse_context_parse (context, content, (gssize) length, &error);
  g_assert_no_error (error);
  g_markup_parse_context_end_parse (context, &error);
  g_assert_no_error (error);
  g_markup_parse_context_free (context);
  return svg;
}

static void
svg_clear (Svg *svg)
{
  g_ptr_array_unref (svg->texts);
  g_ptr_array_unref (svg->strokes);
  g_free (svg->title);
}

static gboolean
has_text (const Svg *svg, const char *text)
{
  return g_ptr_array_find_with_equal_func (svg->texts, text, g_str_equal, NULL);
}

/* Is there a line of this colour, in percent as Cairo writes it? */
static guint
count_strokes (const Svg *svg, WbColor color)
{
  guint n = 0;

  for (guint i = 0; i < svg->strokes->len; i++)
    {
      const char *style = svg->strokes->pdata[i], *rgb = strstr (style, "rgb(");
      double      red, green, blue;
      char       *end;

      /* Cairo 1.16 writes styles, 1.18 attributes, of which only the stroke is here */
      if (rgb == NULL || (rgb != style && strstr (style, "fill:none") == NULL))
        continue;
      red = g_ascii_strtod (rgb + 4, &end);
      green = g_ascii_strtod (end + 2, &end);
      blue = g_ascii_strtod (end + 2, &end);
      n += fabs (red - 100 * color.red) < 0.5 && fabs (green - 100 * color.green) < 0.5 &&
           fabs (blue - 100 * color.blue) < 0.5;
    }
  return n;
}

static void
test_svg (void)
{
  g_autoptr (WbTestFolder) folder = wb_test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "a b.svg", NULL);
  const WbFigure   drawn = figure ();
  const WbPalette *palette = wb_palette_get (FALSE);
  GError          *error = NULL;
  Svg              svg;

  g_assert_true (wb_figure_save (&drawn, path, &error));
  g_assert_no_error (error);
  svg = parse_svg (path);
  g_assert_cmpstr (svg.title, ==, "Loss, “run 7”  ");
  g_assert_cmpfloat (svg.width, ==, 960);
  g_assert_cmpuint (svg.glyphs, ==, 0);
  g_assert_true (has_text (&svg, "start: Loss, “run 7”  "));
  g_assert_true (has_text (&svg, "start: train <loss> & \"more\""));
  g_assert_true (has_text (&svg, "start: dev"));
  g_assert_true (has_text (&svg, "end: step"));
  g_assert_true (has_text (&svg, "middle: 20"));
  g_assert_true (has_text (&svg, "end: 0.5"));
  g_assert_true (has_text (&svg, "end: 1.0"));
  /* raw, smoothed, and the sample in the legend; the other series has no smoothed line */
  g_assert_cmpuint (count_strokes (&svg, wb_palette_series (palette, 0)), ==, 3);
  g_assert_cmpuint (count_strokes (&svg, wb_palette_series (palette, 1)), ==, 2);
  svg_clear (&svg);
}

/* So many texts that the file's string is moved on the heap while they are added. */
static void
test_svg_long (void)
{
  g_autoptr (WbTestFolder) folder = wb_test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "long.svg", NULL), *content = NULL;
  g_autofree char *name = g_strnfill (20000, 'w');
  WbChartSeries    many[40];
  WbFigure         drawn = figure ();
  GError          *error = NULL;
  const char      *first;
  Svg              svg;

  for (gsize i = 0; i < G_N_ELEMENTS (many); i++)
    many[i] = (WbChartSeries){ .name = name, .x = steps, .y = loss, .n = 2, .color = (guint) i };
  drawn.chart.series = many;
  drawn.chart.n_series = G_N_ELEMENTS (many);
  g_assert_true (wb_figure_save (&drawn, path, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_true (g_str_has_suffix (content, "</g>\n</svg>\n"));
  first = strchr (strstr (content, "<svg"), '>') + 1;
  g_assert_true (g_str_has_prefix (first, "\n<title>Loss, “run 7”  </title>\n"));
  svg = parse_svg (path);
  g_assert_cmpstr (svg.title, ==, "Loss, “run 7”  ");
  svg_clear (&svg);
}

/* ---- CSV ---- */

static void
test_csv (void)
{
  const WbFigure   drawn = figure ();
  gsize            length;
  g_autofree char *csv = wb_figure_format_csv (&drawn, &length);
  g_auto (GStrv) lines = g_strsplit (csv, "\r\n", -1);

  g_assert_cmpuint (length, ==, strlen (csv));
  g_assert_cmpuint (g_strv_length (lines), ==, 8); /* heading, six places, the end */
  g_assert_cmpstr (
      lines[0], ==,
      "step,\"train <loss> & \"\"more\"\"\",\"train <loss> & \"\"more\"\" (smoothed)\",dev");
  g_assert_cmpstr (lines[1], ==, "0,1,1,");
  g_assert_cmpstr (lines[3], ==, "20,NaN,NaN,0.6");
  g_assert_cmpstr (lines[4], ==, "25,,,0.30000000000000004");
  g_assert_cmpstr (lines[5], ==, "30,0.25,0.4,");
  g_assert_cmpfloat (g_ascii_strtod (strrchr (lines[6], ',') + 1, NULL), ==, 1.0 / 3);
}

static void
test_csv_hidden (void)
{
  WbChartSeries one[2];
  WbFigure      drawn = figure ();
  gsize         length;

  memcpy (one, series, sizeof one);
  one[0].hidden = TRUE;
  one[1].name = NULL;
  drawn.chart.series = one;
  drawn.title = NULL;
  drawn.chart.x_title = NULL;
  {
    g_autofree char *csv = wb_figure_format_csv (&drawn, &length);

    g_assert_true (g_str_has_prefix (csv, "x,y\r\n20,0.6\r\n"));
  }
}

/* ---- PNG, PDF ---- */

static void
test_png (void)
{
  g_autoptr (WbTestFolder) folder = wb_test_folder_new ();
  g_autofree char     *path = g_build_filename (folder, "a.PNG", NULL);
  const WbFigure       drawn = figure ();
  const WbColor        blue = wb_palette_series (wb_palette_get (FALSE), 0);
  GError              *error = NULL;
  cairo_surface_t     *surface;
  const unsigned char *pixels;
  guint                n_blue = 0;
  int                  stride;

  g_assert_true (wb_figure_save (&drawn, path, &error));
  g_assert_no_error (error);
  surface = cairo_image_surface_create_from_png (path);
  g_assert_cmpint (cairo_image_surface_get_width (surface), ==, 1920);
  g_assert_cmpint (cairo_image_surface_get_height (surface), ==, 1080);
  pixels = cairo_image_surface_get_data (surface);
  stride = cairo_image_surface_get_stride (surface);
  for (int y = 0; y < 1080; y++)
    for (int x = 0; x < 1920; x++)
      {
        guint32 pixel;

        memcpy (&pixel, pixels + (gssize) y * stride + (gssize) x * 4, 4);
        n_blue += fabs ((pixel >> 16 & 0xff) - 255 * blue.red) < 4 &&
                  fabs ((pixel >> 8 & 0xff) - 255 * blue.green) < 4 &&
                  fabs ((pixel & 0xff) - 255 * blue.blue) < 4;
        if (x == 0 || y == 0)
          g_assert_cmphex (pixel & 0xffffff, ==, 0xffffff);
      }
  g_assert_cmpuint (n_blue, >, 500);
  cairo_surface_destroy (surface);
}

static void
test_pdf (void)
{
  g_autoptr (WbTestFolder) folder = wb_test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "a.pdf", NULL), *content = NULL;
  const WbFigure   drawn = figure ();
  GError          *error = NULL;
  gsize            length;

  g_assert_true (wb_figure_save (&drawn, path, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  g_assert_true (g_str_has_prefix (content, "%PDF-"));
  for (gsize i = 0; i < length; i++)
    if (content[i] == '\0')
      content[i] = ' ';
  /* letters with a font and with what they mean: text that can be searched */
  g_assert_nonnull (strstr (content, "/Type /Font"));
  g_assert_nonnull (strstr (content, "/ToUnicode"));
}

static void
test_refused (void)
{
  g_autoptr (WbTestFolder) folder = wb_test_folder_new ();
  g_autofree char *odd = g_build_filename (folder, "a.gif", NULL);
  g_autofree char *nowhere = g_build_filename (folder, "no/such/folder/a.svg", NULL);
  const WbFigure   drawn = figure ();
  GError          *error = NULL;

  g_assert_false (wb_figure_save (&drawn, odd, &error));
  g_assert_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE);
  g_clear_error (&error);
  g_assert_false (g_file_test (odd, G_FILE_TEST_EXISTS));
  g_assert_false (wb_figure_save (&drawn, nowhere, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_clear_error (&error);
}

/* Nothing, one point, names without end: a file all the same. */
static void
test_odd (void)
{
  g_autoptr (WbTestFolder) folder = wb_test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "odd.svg", NULL);
  g_autofree char *name = g_strnfill (300, 'w');
  WbChartSeries    many[40];
  WbFigure         drawn = figure ();
  GError          *error = NULL;
  Svg              svg;

  for (gsize i = 0; i < 40; i++)
    many[i] = (WbChartSeries){ .name = i % 2 ? name : "a\x02\nb",
                               .x = steps,
                               .y = loss,
                               .n = 1,
                               .color = (guint) i };
  drawn.chart.series = many;
  drawn.chart.n_series = 40;
  g_assert_true (wb_figure_save (&drawn, path, &error));
  g_assert_no_error (error);
  svg = parse_svg (path);
  svg_clear (&svg);
  drawn.chart.n_series = 0;
  drawn.title = NULL;
  drawn.chart.nothing = "No points yet";
  g_assert_true (wb_figure_save (&drawn, path, &error));
  svg = parse_svg (path);
  g_assert_true (has_text (&svg, "middle: No points yet"));
  svg_clear (&svg);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/figures/figure/svg", test_svg);
  g_test_add_func ("/figures/figure/svg-long", test_svg_long);
  g_test_add_func ("/figures/figure/csv", test_csv);
  g_test_add_func ("/figures/figure/csv-hidden", test_csv_hidden);
  g_test_add_func ("/figures/figure/png", test_png);
  g_test_add_func ("/figures/figure/pdf", test_pdf);
  g_test_add_func ("/figures/figure/refused", test_refused);
  g_test_add_func ("/figures/figure/odd", test_odd);
  return g_test_run ();
}
