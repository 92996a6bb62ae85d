// Holds a seccomp program against others that must together say the same.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "helper/pid1/filter/interpreter.h"
#include "helper/pid1/filter/variants.h"

namespace rind::filter {

// The call that `program` and `expected` answer differently, in words for people; empty: none
// does. `expected` are installed together: the strictest answer counts, and of equally strict ones
// the first program's.
//
// Compared are every architecture (those of the kernel's headers, and values that are none), every
// call number below 2^16, with and without the bits of x32 and of a negative number, the numbers
// around each one that a program compares. Where a run looked at arguments, each half of each one
// gets the values around all that any program compares it with, together with the other halves'
// that a rule names. Where no run looked at an argument, none can change the answer.
std::string difference(const Machine& machine, Program program,
                       const std::vector<std::vector<struct sock_filter>>& expected);

}  // namespace rind::filter
