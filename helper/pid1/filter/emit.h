// The seccomp program of a variant: a balanced tree over ranges of call numbers, and behind it the
// tests of arguments.
//
// The kernel's work when a filter is installed is why it is short: the kernel translates each
// instruction, and then follows the program once for each call number, to find out which calls
// are always allowed.
#pragma once

#include <linux/filter.h>

#include <vector>

#include "helper/pid1/filter/variants.h"

namespace rind::filter {

std::vector<struct sock_filter> emit(const Machine& machine, const Variant& variant);

}  // namespace rind::filter
