#include "helper/causes/outside.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "common/base/error.h"
#include "common/base/sys.h"
#include "common/base/text.h"

namespace rind {
namespace {

using Want = FailedCall::Want;

bool may(const std::string& path, int mode) {
  return ::faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0;
}

bool exists(const std::string& path) { return may(path, F_OK); }

bool may_change_entries(const std::string& path) { return may(parent_of(path), W_OK | X_OK); }

// The device of the directory that has `path`; 0 when it is not there.
dev_t device_above(const std::string& path) {
  struct stat st = {};
  return ::stat(parent_of(path).c_str(), &st) == 0 ? st.st_dev : 0;
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
  const std::string& path = call.path;
  if (!path.starts_with("/")) return false;
  switch (call.want) {
    case Want::kLook:
      return exists(path);
    case Want::kRead:
      return may(path, R_OK);
    case Want::kExecute:
      return may(path, X_OK);
    case Want::kWrite:
      return exists(path) ? may(path, W_OK) : may_change_entries(path);
    case Want::kCreate:
    case Want::kRemove:
      return may_change_entries(path);
    case Want::kChange: {
      struct stat st = {};
      return ::stat(path.c_str(), &st) == 0 && (::geteuid() == 0 || st.st_uid == ::geteuid());
    }
    case Want::kRename:
      return may_change_entries(path) && may_change_entries(call.other) &&
             device_above(path) == device_above(call.other);
    case Want::kConnect:
      return may(path, W_OK);
    case Want::kCall:
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

bool has_interfaces() {
  for (const auto& line : split(text_of("/proc/self/net/dev"), '\n')) {
    const size_t colon = line.find(':');
    const size_t start = line.find_first_not_of(' ');
    if (colon == std::string::npos || start == std::string::npos) continue;
    if (line.substr(start, colon - start) != "lo") return true;
  }
  return false;
}

uint64_t own_capabilities() {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {};
  if (::syscall(SYS_capget, &header, data) != 0) return 0;
  constexpr int kHalf = 32;
  return data[0].effective | static_cast<uint64_t>(data[1].effective) << kHalf;
}

}  // namespace rind
