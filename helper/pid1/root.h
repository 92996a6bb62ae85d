// The step's root, made in place from the plan's views.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/base/fd.h"
#include "helper/pid1/devices.h"
#include "helper/pid1/notes.h"
#include "helper/pid1/originals.h"
#include "helper/plan/plan.h"

namespace rind {

// The sources of the views, opened with the builder's rights while nothing is covered. `views` has
// the order of the plan's views, and empty descriptors for views that show nothing.
struct Sources {
  std::vector<Fd> views;
  std::vector<Fd> twins;           // the tops of plan.twins
  Fd empty_directory, empty_file;  // the kit's, or nothing
  DeviceSources devices;
  std::vector<Original> originals;
};

// Runs in the step's new mount namespace, still as the builder. scratch: the directory that backs
// each disk-backed private view, by the view's path. Throws Error.
Sources open_sources(const Plan& plan, const std::map<std::string, std::string>& scratch);

// Takes the twins of lent trees, and of what lies in them, as the sources of their views. As the
// step's uid: in a twin the builder's directories are the step's, and may be closed. Returns the
// ids of these mounts. Throws Error.
std::vector<uint64_t> take_twins(const Plan& plan, Sources& sources);

// Builds the root, as the step's uid with all capabilities over the namespace. It makes the whole
// tree read-only and nosuid in one call, then mounts the views outermost first. Nothing is copied,
// and there is no pivot_root: a cover cannot be removed without capabilities, nor from a nested
// namespace. It decides nothing: a failure is an error, or a note where the plan names a fallback.
// Throws Error.
void build_root(const Plan& plan, Sources sources, Notes& notes);

}  // namespace rind
