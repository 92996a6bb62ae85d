#include "helper/tools/launch.h"

#include <unistd.h>

#include <cerrno>

#include "common/base/error.h"
#include "common/base/exec_error.h"
#include "common/base/path_search.h"
#include "common/base/text.h"
#include "helper/plan/environment.h"
#include "helper/run.h"
#include "helper/step/argv.h"
#include "helper/step/call.h"
#include "helper/supervisor/supervisor.h"
#include "helper/tools/kit_faults.h"

namespace rind {
namespace {

void require_whole(const Kit& kit) {
  const std::vector<kit::Fault> faults = kit_faults(kit);
  if (!faults.empty()) throw faults.front().error;
}

// Like execvp(3), but a file of unknown format is not run as a script of sh: container runtimes do
// not do that either. Returns the errno that explains most.
int execute(const std::vector<std::string>& command, const std::vector<std::string>& environment) {
  const std::vector<char*> argv = argv_of(command), envp = argv_of(environment);
  // The PATH of container runtimes where the container has none.
  constexpr const char* kPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  int told = ENOENT;
  const std::string directories = variable(environment, "PATH").value_or(kPath);
  for (const auto& path : search_candidates(command[0], directories)) {
    ::execve(path.c_str(), argv.data(), envp.data());
    if (errno == ENOENT || errno == ENOTDIR) continue;
    told = errno;
    if (errno != EACCES) break;  // the program exists: do not look further
  }
  return told;
}

}  // namespace

void launch(const std::vector<std::string>& command) {
  const Kit kit = read_kit();
  require_whole(kit);
  const auto environment =
      narrowed_environment(kit.policy->narrow.environment, current_environment());
  throw ExecError(command[0], execute(command, environment));
}

}  // namespace rind
