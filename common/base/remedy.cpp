#include "common/base/remedy.h"

#include <cerrno>

#include "common/base/blocked_call.h"
#include "common/base/error.h"

namespace rind {

std::string remedy_of_errno(int code) {
  switch (code) {
    case ENOSPC:
      return "make room on its file system (df, df -i)";
    case EDQUOT:
      return "make room, or raise the quota of its owner";
    case EROFS:
      return "mount its file system writable";
    case ENOMEM:
      return "raise the memory limit, of the container or of the host";
    case EMFILE:
    case ENFILE:
      return "raise the limit of open files (ulimit -n)";
    case EAGAIN:
      return "raise the limit of processes (--pids-limit, ulimit -u)";
    case ENOSYS:
      return "use Linux 5.14 or newer, and a seccomp profile that lets the call through";
    case EACCES:
    case EPERM:
      return "check owner and mode, and the log of the security module (ausearch, dmesg)";
    case EIO:
      return "check the disk (dmesg)";
    case ETXTBSY:
      return "wait until no process writes the file";
    default:
      return {};
  }
}

std::string remedy_of_blocked(const std::string& call) {
  return "let the seccomp profile allow the system call " + call +
         ": the container's, or for rind-hook that of the engine's unit (SystemCallFilter=); it "
         "takes Linux 5.14 or newer";
}

std::string with_remedy(const std::exception& error, const std::string& general) {
  const auto* const known = dynamic_cast<const Error*>(&error);
  if (known != nullptr && !known->remedy().empty()) return error.what();
  const auto* const failed_call = dynamic_cast<const SysError*>(&error);
  const int code = failed_call == nullptr ? 0 : failed_call->code();
  const char* const blocked = code == EPERM || code == ENOSYS ? blocked_call() : nullptr;
  if (blocked != nullptr) return std::string(error.what()) + "; " + remedy_of_blocked(blocked);
  const std::string by_errno = remedy_of_errno(code);
  return std::string(error.what()) + "; " + (by_errno.empty() ? general : by_errno);
}

}  // namespace rind
