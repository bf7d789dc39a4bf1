#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WbWidth:
 *
 * How much room there is, from a phone's to a wide screen's.
 */
typedef enum
{
  WB_WIDTH_NARROW, /* below 600 */
  WB_WIDTH_MEDIUM, /* below 960 */
  WB_WIDTH_WIDE,   /* below 1100 */
  WB_WIDTH_FULL,
} WbWidth;

#define WB_TYPE_WIDTH_BIN (wb_width_bin_get_type ())
G_DECLARE_FINAL_TYPE (WbWidthBin, wb_width_bin, WB, WIDTH_BIN, GtkWidget)

/**
 * WbWidthBin:
 *
 * Holds one child and says how wide it is: property "width" (WbWidth as uint, notifies), so that
 * a page can fold what does not fit; "narrow-below" (int, 600).  It has the style
 * class "narrow" while it is.  Asks for no more than 320 in
 * width, whatever the child wants; what does not fit until the page has folded is cut off.
 */
WbWidth wb_width_bin_get_width (WbWidthBin *self);

/* Even narrower than the smallest window with text of the usual size: what stands side by side has
 * no room.  "width" is notified of it too. */
gboolean wb_width_bin_is_tight (WbWidthBin *self);

/* How much larger than usual @widget's text is: 2 with text at 200 %. */
double wb_text_scale (GtkWidget *widget);

G_END_DECLS
