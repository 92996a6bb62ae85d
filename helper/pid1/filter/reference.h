// The programs that libseccomp makes of the rules in rules.h. They are not installed: they are what
// our own programs are held against. libseccomp's have five times as many instructions.
#pragma once

#include <linux/filter.h>

#include <vector>

#include "helper/pid1/filter/variants.h"

namespace rind::filter {

// Throws std::runtime_error where a call is listed twice, or libseccomp does not know one that it
// must know.
void check_rules();

// The programs for `variant`, to be installed from the last to the first. libseccomp keeps one rule
// of a call, so a second argument of the same call needs a program of its own; of two that refuse,
// the first one's answer counts. Throws std::runtime_error.
std::vector<std::vector<struct sock_filter>> reference(const Machine& machine,
                                                       const Variant& variant);

}  // namespace rind::filter
