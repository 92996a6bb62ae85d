// Rind's own lines on standard error, beside the step's output, and the output of its commands.
#pragma once

#include <string>

namespace rind {

// Writes "rind: LINE" to standard error. A closed standard error is ignored: the caller has the
// exit status.
void say(const std::string& line);

// Writes `text` to standard output; that it was not written is an Error.
void print(const std::string& text);

}  // namespace rind
