// Removes the variables that the policy's narrow.environment names from the container's first
// process.
//
// An OCI hook cannot change the environment of an entry point. So the helper covers the program in
// which the entry point's shebang chain ends. It drops the variables and executes the original.
#pragma once

#include <string>

namespace rind {

// Call this first. path: what this process executes, as the kernel names it. In the container's
// first process it removes the variables from environ. Where `path` is covered only for the
// environment, it executes the original with `argv` and does not return. Throws Error when the kit
// is damaged, ExecError when the original cannot be executed.
void pass_entry(const std::string& path, char** argv);

}  // namespace rind
