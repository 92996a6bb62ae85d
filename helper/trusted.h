// Trusted commands: no step, but without network, as the script that we stand in for runs them.
#pragma once

#include <string>
#include <vector>

namespace rind {

// Executes `path` with this command as its argv, with no socket that leads anywhere and no new
// privileges, and otherwise as it is: with the builder's rights, descriptors, environment and
// session. Returns only by throwing: Error, or ExecError.
[[noreturn]] void run_trusted(const std::string& path, const std::vector<std::string>& command);

// Executes `path` with these arguments (argv[0] included) and nothing changed.
[[noreturn]] void run_original(const std::string& path, const std::vector<std::string>& argv);

}  // namespace rind
