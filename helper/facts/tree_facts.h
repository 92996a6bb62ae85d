// The file systems of the trees that a step writes.
#pragma once

#include <string>
#include <vector>

#include "common/policy/policy.h"
#include "helper/facts/facts.h"
#include "helper/facts/own_mounts.h"
#include "helper/step/step.h"

namespace rind {

// The trees and files that the step may get as its own, if the policy lets it; canonical. Needs
// facts.repository.
std::vector<std::string> written_trees(const Facts& facts, const Policy& policy, const Step& step,
                                       const std::vector<ExtraView>& extra);

// Sets facts.inner_mounts, facts.read_only and facts.project_links. Adds to facts.unreadable what
// other users may not read: a few of the closed files in read-only trees, and targets of project
// links. mounts: this process's mount table.
void gather_trees(Facts& facts, OwnMounts& mounts, const Step& step,
                  const std::vector<std::string>& trees);

}  // namespace rind
