// What Rind says beside a step's own words.
#pragma once

#include <string>

namespace rind {

// Writes "rind: LINE" to standard error. When that is closed the exit status must do.
void say(const std::string& line);

}  // namespace rind
