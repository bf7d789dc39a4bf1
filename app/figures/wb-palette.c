#include "config.h"

#include "app/figures/wb-palette.h"

#define RGB(hex)                                                                                   \
  {                                                                                                \
    ((hex) >> 16) / 255.0, ((hex) >> 8 & 0xff) / 255.0, ((hex) &0xff) / 255.0, 1.0                 \
  }

static const WbPalette light = {
  .ground = RGB (0xffffff),
  .text = RGB (0x2e3436),
  .dim = RGB (0x6b6b70),
  .grid = RGB (0xe6e6e8),
  .series = { RGB (0x0072b2), RGB (0xd55e00), RGB (0x009e73), RGB (0xcc79a7), RGB (0xe69f00),
              RGB (0x56b4e9), RGB (0x4d4d4d) },
};

/* The same hues, lighter: each keeps a contrast of 4.5 or more against the ground. */
static const WbPalette dark = {
  .ground = RGB (0x363636),
  .text = RGB (0xffffff),
  .dim = RGB (0xb8b8bc),
  .grid = RGB (0x4a4a4c),
  .series = { RGB (0x62b5ea), RGB (0xff9a52), RGB (0x3fd3a5), RGB (0xe9a6cb), RGB (0xf6c445),
              RGB (0x9bd6f7), RGB (0xd0d0d0) },
};

static const WbPalette contrast_light = {
  .ground = RGB (0xffffff),
  .text = RGB (0x000000),
  .dim = RGB (0x2e2e32),
  .grid = RGB (0xb0b0b4),
  .series = { RGB (0x004f7d), RGB (0x8a3a00), RGB (0x005f43), RGB (0x7d2f5e), RGB (0x6b4800),
              RGB (0x14507a), RGB (0x303030) },
};

static const WbPalette contrast_dark = {
  .ground = RGB (0x363636),
  .text = RGB (0xffffff),
  .dim = RGB (0xe4e4e8),
  .grid = RGB (0x77777b),
  .series = { RGB (0x8fd0ff), RGB (0xffb583), RGB (0x63e8be), RGB (0xf5bedd), RGB (0xffd668),
              RGB (0xb8e4fc), RGB (0xe8e8e8) },
};

const WbPalette *
wb_palette_get_contrast (gboolean is_dark)
{
  return is_dark ? &contrast_dark : &contrast_light;
}

const WbPalette *
wb_palette_get (gboolean is_dark)
{
  return is_dark ? &dark : &light;
}

WbColor
wb_palette_series (const WbPalette *self, guint index)
{
  return self->series[index % WB_PALETTE_SERIES];
}
