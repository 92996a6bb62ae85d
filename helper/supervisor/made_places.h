// Directories that do not exist yet and in which a step gets a private directory.
#pragma once

#include "helper/pid1/notes.h"
#include "helper/plan/plan.h"

namespace rind {

// Makes the directories of the plan's views that are `made`, as the builder: the build would have
// made them. A view whose directory cannot be made is removed from the plan, and a note says why.
// Works by descriptor and follows no link.
void make_places(Plan& plan, Notes& notes);

}  // namespace rind
