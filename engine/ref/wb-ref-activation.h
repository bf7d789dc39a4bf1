#pragma once

#include "engine/ops/wb-activation.h"

G_BEGIN_DECLS

double wb_ref_activation (WbActivation activation, double x);
double wb_ref_activation_derivative (WbActivation activation, double x);

G_END_DECLS
