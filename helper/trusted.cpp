#include "helper/trusted.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>

#include "common/base/exec_error.h"
#include "helper/pid1/seccomp.h"
#include "helper/step/argv.h"
#include "helper/supervisor/supervisor.h"

namespace rind {

void run_trusted(const std::string& path, const std::vector<std::string>& command) {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) throw_errno("prctl", "PR_SET_NO_NEW_PRIVS");
  deny_network();
  ::execv(path.c_str(), argv_of(command).data());
  throw ExecError(command[0], errno);
}

void run_original(const std::string& path, const std::vector<std::string>& argv) {
  ::execv(path.c_str(), argv_of(argv).data());
  throw ExecError(path, errno);
}

}  // namespace rind
