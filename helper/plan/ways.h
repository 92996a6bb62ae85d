// Ways: what has to be there for a step to get from an empty view to one further in. Pure.
#pragma once

#include <string>
#include <vector>

#include "helper/plan/rules.h"
#include "helper/plan/views.h"

namespace rind {

// True for views that show nothing of what lies below them.
bool covers(const PlannedView& view);

// The innermost of `views` that holds `path` and is not at `path`; nullptr for the root.
PlannedView* holder(std::vector<PlannedView>& views, const std::string& path);

// A view further inside a private one would leave writable directories on the way to it, in which a
// write vanishes silently: the first directory on the way becomes hidden, and holds the way.
void hide_ways(std::vector<PlannedView>& views);

// Gives empty views the mount points and links that lie in them, and `directories`, which the step
// must find there though they are empty: a front end may start a command in such a one.
void add_mount_points(std::vector<PlannedView>& views, const std::vector<std::string>& directories,
                      const std::vector<Link>& links);

// A uid of the step's own cannot pass a directory that only the builder may search. Such a
// directory is covered by one that leads to what the step may see; of the rest it could not have
// seen anything.
void open_ways(Rules& rules, const Facts& facts, const ViewRequest& request);

}  // namespace rind
