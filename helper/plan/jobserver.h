// make's jobserver, in a step's variables. Pure.
#pragma once

#include <string>

namespace rind {

// Returns the value of the variable `name` without a jobserver. In MAKEFLAGS, MFLAGS, GNUMAKEFLAGS
// and CARGO_MAKEFLAGS the options that name one are cut: its fifo or descriptors are not the
// step's, and a step could take its tokens and keep them. `-jN` stays; a `-j` without a number,
// which only the jobserver limits, becomes `-j` with `processors`. Other variables are not changed.
std::string without_jobserver(const std::string& name, const std::string& value,
                              unsigned processors);

}  // namespace rind
