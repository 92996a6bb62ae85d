// Settings in the home of the builder's user that tools apply to every build.
#pragma once

#include "common/policy/policy.h"
#include "helper/facts/facts.h"

namespace rind {

// Reads those that the policy shows ("$HOME/NAME": "ro"), for copies in the step's own HOME.
void gather_home_settings(Facts& facts, const Policy& policy);

// True for the key of such a view.
bool is_home_settings(const std::string& key);

}  // namespace rind
