// What Rind says beside a step's own words, and what it answers.
#pragma once

#include <string>

namespace rind {

// Writes "rind: LINE" to standard error. When that is closed the exit status must do.
void say(const std::string& line);

// Writes `text` to standard output; that it was not written is an Error.
void print(const std::string& text);

}  // namespace rind
