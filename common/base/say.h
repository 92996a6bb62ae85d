// Rind's own lines on standard error, beside the step's output.
#pragma once

#include <string>

namespace rind {

// Writes "rind: LINE" to standard error. A closed standard error is ignored: the caller has the
// exit status.
void say(const std::string& line);

}  // namespace rind
