// What waits in this process' standard input. It stays there, for the program that reads it.
#pragma once

#include <cstddef>
#include <string>

namespace rind {

// What an interpreter reads from there. A program and a request are waited for.
enum class Input { kProgram, kRequest, kOther };

// At most `most` bytes of a file or a pipe; nothing of a terminal, a socket or a device. Throws
// SysError.
std::string waiting_input(Input input, size_t most);

}  // namespace rind
