// The container's first process gets no variable that the policy's narrow.environment names.
//
// A hook cannot change the environment of an entry point, so the helper lies over the program that
// the entry point's shebang chain ends in, drops the variables, and executes the original.
#pragma once

#include <string>

namespace rind {

// To be called before anything else. path: what this process executes, as the kernel has it.
// As the container's first process: takes the variables out of environ. Where `path` is covered for
// the environment's sake alone: executes the original with `argv`, and does not return. Throws
// Error when the kit is damaged, ExecError when the original cannot be executed.
void pass_entry(const std::string& path, char** argv);

}  // namespace rind
