#include "config.h"

#include "app/core/wb-translate.h"

#include <glib/gi18n-lib.h>

const char *
wb_translate (const char *text)
{
  /* gettext answers an empty text with the head of its file */
  return text != NULL && *text != '\0' ? _ (text) : text;
}
