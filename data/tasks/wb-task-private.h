#pragma once

#include "data/tasks/wb-task.h"

extern const WbTask wb_task_table[];
extern const gsize  wb_task_table_length;
