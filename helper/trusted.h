// Trusted commands: no step, but without network, as the script that we stand in for runs them.
#pragma once

#include <string>
#include <vector>

namespace rind {

// Executes `path` with this command as its argv in new user, network and UTS namespaces of this
// very process, with loopback up. Descriptors, environment, working directory and session stay as
// they are. as_root: the user is root in the namespace (what the script seam maps), else itself
// (unshare seam). Returns only by throwing: Error, or ExecError.
[[noreturn]] void run_trusted(const std::string& path, const std::vector<std::string>& command,
                              bool as_root);

// Executes `path` with these arguments (argv[0] included) and nothing changed.
[[noreturn]] void run_original(const std::string& path, const std::vector<std::string>& argv);

}  // namespace rind
