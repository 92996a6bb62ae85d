// The step's root, made in place from the plan's views.
#pragma once

#include <map>
#include <string>

#include "helper/plan.h"

namespace rind {

// In the step's new mount namespace, as its pid 1: first clones what will be writable or shown
// again, then makes the whole tree read-only and nosuid in one call, then mounts the views
// outermost first. Nothing is copied and nothing pivoted: what is covered stays below its cover,
// which cannot be lifted without capabilities, nor from a nested namespace. Decides nothing: a
// failure is an error. scratch: the directory that backs each disk-backed private view, by the
// view's path.
void build_root(const Plan& plan, const std::map<std::string, std::string>& scratch);

}  // namespace rind
