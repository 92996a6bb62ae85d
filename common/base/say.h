// Rind's own lines on standard error, and the output of its commands on standard output.
#pragma once

#include <string>

namespace rind {

// Writes "rind: LINE" to standard error. A closed standard error is ignored: the caller has the
// exit status.
void say(const std::string& line);

// Writes `text` to standard output. Throws Error when it cannot be written.
void print(const std::string& text);

}  // namespace rind
