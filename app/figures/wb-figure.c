/* A chart as a file: SVG, PDF and PNG through Cairo. */
#include "config.h"

#include "app/figures/wb-chart-private.h"
#include "app/figures/wb-figure.h"

#include "app/core/wb-app-error.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#define WIDTH 960
#define HEIGHT 540
#define MARGIN 16
#define FONT_SIZE 12
#define TITLE_SIZE 16
#define PIXELS 2 /* of a PNG, per unit */
#define MAX_SIDE 16000

static const char *const endings[] = { "svg", "pdf", "png", "csv", NULL };

const char *const *
wb_figure_get_endings (void)
{
  return endings;
}

static PangoFontDescription *
new_font (double size, PangoWeight weight)
{
  PangoFontDescription *font = pango_font_description_from_string ("Sans");

  pango_font_description_set_absolute_size (font, size * PANGO_SCALE);
  pango_font_description_set_weight (font, weight);
  return font;
}

static void
draw_page (const WbFigure *self, cairo_t *cr, double width, double height, GArray *texts)
{
  PangoContext         *context = pango_cairo_create_context (cr);
  PangoFontDescription *font = new_font (FONT_SIZE, PANGO_WEIGHT_NORMAL);
  PangoFontDescription *title = new_font (TITLE_SIZE, PANGO_WEIGHT_BOLD);
  const double          top = self->title != NULL ? TITLE_SIZE + MARGIN : 0;
  WbChart               chart = self->chart;

  chart.palette = wb_palette_get (FALSE);
  chart.pixels = PIXELS;
  chart.legend = WB_CHART_LEGEND_ALWAYS;
  chart.texts = texts;
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  if (self->title != NULL)
    {
      chart.font = title;
      wb_chart_set_color (cr, chart.palette->text, 1);
      wb_chart_draw_text (&chart, cr, self->title, MARGIN, MARGIN, 0);
    }
  chart.font = font;
  cairo_translate (cr, MARGIN, MARGIN + top);
  wb_chart_layout (&chart, context, width - 2 * MARGIN, height - 2 * MARGIN - top);
  wb_chart_draw (&chart, cr);
  pango_font_description_free (font);
  pango_font_description_free (title);
  g_object_unref (context);
}

static cairo_status_t
write_cb (void *data, const unsigned char *bytes, unsigned length)
{
  g_string_append_len (data, (const char *) bytes, length);
  return CAIRO_STATUS_SUCCESS;
}

/* What XML cannot hold becomes blanks. */
static char *
escape (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  for (char *p = valid; *p != '\0'; p++)
    if ((guchar) *p < 0x20 || *p == 0x7f)
      *p = ' ';
  return g_markup_escape_text (valid, -1);
}

static void
append_text (GString *svg, const WbChartText *text)
{
  static const char *const anchors[] = { "start", "middle", "end" };
  g_autofree char         *content = escape (text->text);
  char                     x[G_ASCII_DTOSTR_BUF_SIZE], y[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (x, sizeof x, "%.2f", text->x);
  g_ascii_formatd (y, sizeof y, "%.2f", text->y);
  g_string_append_printf (
      svg,
      "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\" font-size=\"%d\" "
      "font-weight=\"%s\" fill=\"#%02x%02x%02x\">%s</text>\n",
      x, y, anchors[CLAMP ((int) (text->align * 2 + 0.5), 0, 2)], (int) (text->size + 0.5),
      text->bold ? "bold" : "normal", (guint) (text->color.red * 255 + 0.5),
      (guint) (text->color.green * 255 + 0.5), (guint) (text->color.blue * 255 + 0.5), content);
}

/* Cairo writes text as outlines: texts were kept apart and are added here. */
static void
add_texts (const WbFigure *self, GString *svg, GArray *texts)
{
  const char *start = strstr (svg->str, "<svg");
  const char *open = start != NULL ? strchr (start, '>') : NULL;
  char       *close = g_strrstr (svg->str, "</svg>");
  gssize      title_at;

  if (open == NULL || close == NULL)
    return;
  title_at = open + 1 - svg->str; /* the string moves as it grows */
  g_string_truncate (svg, (gsize) (close - svg->str));
  g_string_append (svg, "<g font-family=\"sans-serif\">\n");
  for (guint i = 0; i < texts->len; i++)
    append_text (svg, &g_array_index (texts, WbChartText, i));
  g_string_append (svg, "</g>\n</svg>\n");
  if (self->title != NULL)
    {
      g_autofree char *title = escape (self->title);
      g_autofree char *element = g_strdup_printf ("\n<title>%s</title>", title);

      g_string_insert (svg, title_at, element);
    }
}

static void
chart_text_clear (gpointer data)
{
  g_free (((WbChartText *) data)->text);
}

static cairo_surface_t *
new_surface (const char *ending, GString *out, double width, double height)
{
  cairo_surface_t *surface;

  if (strcmp (ending, "png") == 0)
    {
      surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) (width * PIXELS),
                                            (int) (height * PIXELS));
      cairo_surface_set_device_scale (surface, PIXELS, PIXELS);
      return surface;
    }
  if (strcmp (ending, "pdf") == 0)
    return cairo_pdf_surface_create_for_stream (write_cb, out, width, height);
  surface = cairo_svg_surface_create_for_stream (write_cb, out, width, height);
  cairo_svg_surface_set_document_unit (surface, CAIRO_SVG_UNIT_PX);
  return surface;
}

static GString *
render (const WbFigure *self, const char *ending, GError **error)
{
  g_autoptr (GArray) texts = g_array_new (FALSE, FALSE, sizeof (WbChartText));
  const gboolean   is_svg = strcmp (ending, "svg") == 0;
  const double     width = self->width > 0 ? MIN (self->width, MAX_SIDE) : WIDTH;
  const double     height = self->height > 0 ? MIN (self->height, MAX_SIDE) : HEIGHT;
  GString         *out = g_string_new (NULL);
  cairo_surface_t *surface = new_surface (ending, out, width, height);
  cairo_t         *cr = cairo_create (surface);
  cairo_status_t   status;

  g_array_set_clear_func (texts, chart_text_clear);
  if (strcmp (ending, "pdf") == 0 && self->title != NULL && cairo_status (cr) == 0)
    cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, self->title);
  draw_page (self, cr, width, height, is_svg ? texts : NULL);
  status = cairo_status (cr);
  cairo_destroy (cr);
  if (status == CAIRO_STATUS_SUCCESS && strcmp (ending, "png") == 0)
    status = cairo_surface_write_to_png_stream (surface, write_cb, out);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status != CAIRO_STATUS_SUCCESS)
    {
      g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_FAILED, _ ("the chart cannot be drawn: %s"),
                   cairo_status_to_string (status));
      g_string_free (out, TRUE);
      return NULL;
    }
  if (is_svg)
    add_texts (self, out, texts);
  return out;
}

static const char *
ending_of (const char *path)
{
  const char *dot = strrchr (path, '.');

  for (gsize i = 0; dot != NULL && endings[i] != NULL; i++)
    if (g_ascii_strcasecmp (dot + 1, endings[i]) == 0)
      return endings[i];
  return NULL;
}

gboolean
wb_figure_save (const WbFigure *self, const char *path, GError **error)
{
  const char      *ending = ending_of (path);
  g_autofree char *csv = NULL;
  GString         *out;
  gboolean         saved;
  gsize            length;

  if (ending == NULL)
    {
      g_set_error (
          error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
          _ ("“%s” does not say what kind of file it is: end it in .svg, .pdf, .png or .csv"),
          path);
      return FALSE;
    }
  if (strcmp (ending, "csv") == 0)
    {
      csv = wb_figure_format_csv (self, &length);
      return g_file_set_contents (path, csv, (gssize) length, error);
    }
  out = render (self, ending, error);
  if (out == NULL)
    return FALSE;
  saved = g_file_set_contents (path, out->str, (gssize) out->len, error);
  g_string_free (out, TRUE);
  return saved;
}
