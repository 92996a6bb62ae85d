// Trusted commands are not steps; they run without network, as Fromager's own script runs them.
#pragma once

#include <string>
#include <vector>

namespace rind {

// Executes `path` with this command as its argv, without sockets that lead anywhere and without new
// privileges. It keeps the builder's rights, descriptors, environment and session. Returns only by
// throwing: Error or ExecError.
[[noreturn]] void run_trusted(const std::string& path, const std::vector<std::string>& command);

// Executes `path` with these arguments (argv[0] included), and changes nothing.
[[noreturn]] void run_original(const std::string& path, const std::vector<std::string>& argv);

}  // namespace rind
