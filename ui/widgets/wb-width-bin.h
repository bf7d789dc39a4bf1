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

G_END_DECLS
