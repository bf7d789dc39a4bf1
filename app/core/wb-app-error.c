#include "app/core/wb-app-error.h"

G_DEFINE_QUARK (wb_app_error, wb_app_error)
