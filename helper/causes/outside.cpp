#include "helper/causes/outside.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "common/base/error.h"
#include "common/base/fd.h"
#include "common/base/look.h"
#include "common/base/sys.h"
#include "common/base/text.h"

namespace rind {
namespace {

bool may(const std::string& path, int mode) {
  try {
    return sys::may_access(path, mode, AT_EACCESS);
  } catch (const SysError& e) {
    if (e.code() != EPERM) throw;
    return false;  // the container's device rules deny it
  }
}

bool exists(const std::string& path) { return may(path, F_OK); }

bool may_change_entries(const std::string& path) { return may(parent_of(path), W_OK | X_OK); }

// The device of the directory that has `path`; 0 when it is not there.
dev_t device_above(const std::string& path) {
  struct stat st = {};
  return sys::try_stat(parent_of(path), st) ? st.st_dev : 0;
}

std::string text_of(const std::string& path) {
  constexpr size_t kLimit = 4 * 1024 * 1024;
  try {
    return sys::try_read_file(path, kLimit).value_or("");
  } catch (const Error&) {
    return {};
  }
}

// True when a table of /proc/net has a listening socket with this port. A line:
// "  0: 0100007F:1F90 00000000:0000 0A ...".
bool has_listener(const std::string& table, unsigned port) {
  constexpr size_t kLocal = 1, kState = 3;
  constexpr int kHex = 16;
  for (const auto& line : split(table, '\n')) {
    std::vector<std::string> fields;
    for (auto& field : split(line, ' ')) {
      if (!field.empty()) fields.push_back(std::move(field));
    }
    if (fields.size() <= kState || fields[kState] != "0A") continue;
    const size_t colon = fields[kLocal].rfind(':');
    if (colon == std::string::npos) continue;
    if (std::strtoul(fields[kLocal].c_str() + colon + 1, nullptr, kHex) == port) return true;
  }
  return false;
}

}  // namespace

bool builder_may(const FailedCall& call) {
  using Wanted = FailedCall::Want;
  const std::string& path = call.path;
  if (!path.starts_with("/")) return false;
  switch (call.want) {
    case Wanted::kLook:
      return exists(path);
    case Wanted::kRead:
      return may(path, R_OK);
    case Wanted::kExecute:
      return may(path, X_OK);
    case Wanted::kWrite:
      return exists(path) ? may(path, W_OK) : may_change_entries(path);
    case Wanted::kCreate:
    case Wanted::kRemove:
      return may_change_entries(path);
    case Wanted::kChange: {
      struct stat st = {};
      return sys::try_stat(path, st) && (::geteuid() == 0 || st.st_uid == ::geteuid());
    }
    case Wanted::kRename:
      return may_change_entries(path) && may_change_entries(call.other) &&
             device_above(path) == device_above(call.other);
    case Wanted::kConnect:
      return may(path, W_OK);
    case Wanted::kCall:
      break;
  }
  return false;
}

bool is_served(const std::string& address) {
  if (address.starts_with("@")) {
    for (const auto& line : split(text_of("/proc/self/net/unix"), '\n')) {
      if (line.ends_with(" " + address)) return true;
    }
    return false;
  }
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos) return false;
  const auto port = static_cast<unsigned>(std::strtoul(address.c_str() + colon + 1, nullptr, 10));
  return has_listener(text_of("/proc/self/net/tcp"), port) ||
         has_listener(text_of("/proc/self/net/tcp6"), port);
}

bool has_route(const std::string& address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos) return false;
  std::string host = address.substr(0, colon);
  if (host.starts_with("[")) host = host.substr(1, host.size() - 2);
  constexpr in_port_t kAny = 9;  // connect(2) of a datagram socket only looks for a route
  struct sockaddr_in four = {};
  struct sockaddr_in6 six = {};
  four.sin_family = AF_INET;
  six.sin6_family = AF_INET6;
  four.sin_port = six.sin6_port = htons(kAny);
  const bool is_four = ::inet_pton(AF_INET, host.c_str(), &four.sin_addr) == 1;
  if (!is_four && ::inet_pton(AF_INET6, host.c_str(), &six.sin6_addr) != 1) return false;
  const Fd socket(::socket(is_four ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const auto* const to = is_four ? reinterpret_cast<const struct sockaddr*>(&four)
                                 : reinterpret_cast<const struct sockaddr*>(&six);
  return socket && ::connect(socket.get(), to, is_four ? sizeof four : sizeof six) == 0;
}

bool builder_sees_process(const std::string& number) { return exists("/proc/" + number + "/stat"); }

bool builder_has_terminal() {
  return static_cast<bool>(Fd(::open("/dev/tty", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)));
}

std::string head_of_file(const std::string& path, size_t limit) {
  // Opening a device or a fifo does something, and another step may exchange the file meanwhile.
  const Fd handle(::open(path.c_str(), O_PATH | O_CLOEXEC));
  struct stat st = {};
  if (!handle || ::fstat(handle.get(), &st) != 0 || !S_ISREG(st.st_mode)) return {};
  const std::string same = "/proc/self/fd/" + std::to_string(handle.get());
  const Fd file(::open(same.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  std::string head(limit, '\0');
  const ssize_t size = file ? ::read(file.get(), head.data(), head.size()) : -1;
  head.resize(size < 0 ? 0 : static_cast<size_t>(size));
  return head;
}

uint64_t own_capabilities() {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {};
  if (::syscall(SYS_capget, &header, data) != 0) return 0;
  constexpr int kHalf = 32;
  return data[0].effective | static_cast<uint64_t>(data[1].effective) << kHalf;
}

}  // namespace rind
