#pragma once

#include "app/runs/wb-task-info.h"
#include "data/tasks/wb-task.h"

G_BEGIN_DECLS

const WbTask *wb_task_info_get_task (WbTaskInfo *self);

G_END_DECLS
