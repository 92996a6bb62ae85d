#include "helper/trusted.h"

#include <sched.h>
#include <unistd.h>

#include <cerrno>

#include "helper/argv.h"
#include "helper/sandbox.h"
#include "helper/userns.h"

namespace rind {
void run_trusted(const std::string& path, const std::vector<std::string>& command, bool as_root) {
  const unsigned uid = ::geteuid();
  const unsigned gid = ::getegid();
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWUTS) != 0) throw no_user_namespace(errno);
  map_ids("self", {{as_root ? 0 : uid, uid}}, {{as_root ? 0 : gid, gid}});
  bring_loopback_up();
  // "localhost" resolves to something in there. Engines that allow it only with CAP_SYS_ADMIN
  // (EPERM) have had it set from outside, at poststart.
  constexpr std::string_view kName = "localhost";
  if (::sethostname(kName.data(), kName.size()) != 0 && errno != EPERM) {
    throw_errno("set the host name");
  }
  ::execv(path.c_str(), argv_of(command).data());
  throw ExecError(command[0], errno);
}

void run_original(const std::string& path, const std::vector<std::string>& argv) {
  ::execv(path.c_str(), argv_of(argv).data());
  throw ExecError(path, errno);
}

}  // namespace rind
