#include "common/base/proc.h"

#include <fcntl.h>

#include <cerrno>
#include <cstdlib>

#include "common/base/error.h"
#include "common/base/sys.h"
#include "common/base/text.h"

namespace rind::sys {
namespace {

Error not_shown(const std::string& why) {
  return Error("find a process in /proc", why,
               "start the container without a mount on /proc, or with a /proc that shows its "
               "processes");
}

std::string fdinfo_of(int pidfd) {
  constexpr size_t kLimit = 64 * 1024;
  const std::string path = "/proc/self/fdinfo/" + std::to_string(pidfd);
  try {
    return read_file(path, kLimit);
  } catch (const SysError& e) {
    // In the procfs of a pid namespace without this process, "self" does not resolve.
    if (e.code() != ENOENT) throw;
    throw not_shown(
        "/proc does not show this process: /proc is covered, or belongs to a pid namespace "
        "without this process");
  }
}

}  // namespace

pid_t number_in_proc(const std::string& fdinfo) {
  for (const auto& line : split(fdinfo, '\n')) {
    if (line.starts_with("Pid:\t")) return std::atoi(line.c_str() + 5);
  }
  throw Error("find a process in /proc", "/proc/self/fdinfo has no line Pid for its pidfd",
              "use Linux 5.14 or newer, and a /proc that shows this process");
}

std::string proc_directory(int pidfd) {
  const pid_t number = number_in_proc(fdinfo_of(pidfd));
  if (number < 0) throw SysError("find a process in", "/proc", ESRCH);
  if (number == 0) throw not_shown("/proc belongs to a pid namespace without that process");
  return "/proc/" + std::to_string(number);
}

}  // namespace rind::sys
