// The step's root, made in place from the plan's views.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/base/fd.h"
#include "helper/pid1/devices.h"
#include "helper/pid1/notes.h"
#include "helper/pid1/originals.h"
#include "helper/plan/plan.h"

namespace rind {

// What the views show of the builder's tree, opened while nothing is covered and with the builder's
// rights; in the order of the plan's views, empty for those that show nothing.
struct Sources {
  std::vector<Fd> views;
  std::vector<Device> devices;
  std::vector<Original> originals;
};

// In the step's new mount namespace, still as the builder. scratch: the directory that backs each
// disk-backed private view, by the view's path. Throws Error.
Sources open_sources(const Plan& plan, const std::map<std::string, std::string>& scratch);

// The same, now as the step's uid, with all capabilities over the namespace: makes the whole tree
// read-only and nosuid in one call, then mounts the views outermost first. Nothing is copied and
// nothing pivoted: what is covered stays below its cover, which cannot be lifted without
// capabilities, nor from a nested namespace. Decides nothing: a failure is an error, unless the
// plan says what there is instead; then it is a note.
void build_root(const Plan& plan, Sources sources, Notes& notes);

}  // namespace rind
