// Ways: the directories and links that lead through an empty view to a view inside it. Pure.
#pragma once

#include <string>
#include <vector>

#include "helper/plan/rules.h"
#include "helper/plan/views.h"

namespace rind {

// True for views that show nothing of what lies below them.
bool covers(const PlannedView& view);

// The innermost of `views` that contains `path` and is not at `path`; nullptr for the root.
PlannedView* holder(std::vector<PlannedView>& views, const std::string& path);

// Hides the ways inside private views. The directories on the way would be writable, and writes to
// them would be lost silently. So the first directory on the way is hidden, and contains the way.
void hide_ways(std::vector<PlannedView>& views);

// Gives views that are empty, or may fall back to an empty one, the mount points and links inside
// them, and `directories`: a front end may start a command in an empty one.
void add_mount_points(std::vector<PlannedView>& views, const std::vector<std::string>& directories,
                      const std::vector<Link>& links);

// The repository above the sources that the step can read only while it owns it; "" for none. Where
// the policy shows it, it is lent, and shown read-only.
std::string lent_repository(const Facts& facts);

// Opens ways through directories that only the builder may search: the step's own uid cannot pass
// them. Each one is covered by a directory that leads only to what the step may see. The step could
// not have seen the rest.
void open_ways(Rules& rules, const Facts& facts, const ViewRequest& request);

}  // namespace rind
