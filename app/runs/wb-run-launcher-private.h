#pragma once

#include "app/runs/wb-run-launcher.h"

G_BEGIN_DECLS

/* The program to start; at first the one that runs. */
void wb_run_launcher_set_program (const char *path);

G_END_DECLS
