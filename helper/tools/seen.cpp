#include "helper/tools/seen.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "common/base/error.h"
#include "common/base/json.h"
#include "common/base/own_identity.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "common/kit/manifest.h"
#include "helper/facts/own_mounts.h"
#include "helper/tools/kit_faults.h"

namespace rind {
namespace {

constexpr const char* kNamespaces[] = {"user", "mnt", "pid", "net", "ipc", "uts", "cgroup"};
constexpr size_t kListed = 64;  // at most so many entries are reported
constexpr size_t kTextLimit = 1024 * 1024;

void read_status(Seen& seen) {
  for (const auto& line : split(sys::read_file("/proc/self/status", kTextLimit), '\n')) {
    const size_t colon = line.find(":\t");
    if (colon == std::string::npos) continue;
    const std::string key = line.substr(0, colon), value = line.substr(colon + 2);
    if (key.starts_with("Cap")) {
      seen.capabilities[key] = std::strtoull(value.c_str(), nullptr, 16);
    } else if (key == "NoNewPrivs") {
      seen.no_new_privs = value == "1";
    } else if (key == "Seccomp") {
      seen.seccomp = static_cast<unsigned>(std::strtoul(value.c_str(), nullptr, 10));
    } else if (key == "Seccomp_filters") {
      seen.filters = std::strtoull(value.c_str(), nullptr, 10);
    }
  }
}

// The id above this user namespace of the id `inside`.
unsigned outer_id(const char* map, unsigned inside) {
  for (const auto& range : parse_id_map(sys::read_file(map, kTextLimit))) {
    if (inside >= range.inside && inside - range.inside < range.count) {
      return static_cast<unsigned>(range.outside + (inside - range.inside));
    }
  }
  throw Error(
      "look at the ids", std::string(map) + " does not have " + std::to_string(inside),
      "run it in a step, or in a container whose first process is not in another user namespace");
}

// "   lo: 0 0 ..." below two lines of headings.
void read_interfaces(Seen& seen) {
  for (const auto& line : split(sys::read_file("/proc/self/net/dev", kTextLimit), '\n')) {
    const size_t colon = line.find(':');
    const size_t start = line.find_first_not_of(' ');
    if (colon == std::string::npos || start >= colon) continue;
    seen.interfaces.push_back(line.substr(start, colon - start));
  }
}

bool is_read_only(const char* path) {
  struct statvfs fs = {};
  if (::statvfs(path, &fs) != 0) throw_errno("statvfs", path);
  return (fs.f_flag & ST_RDONLY) != 0;
}

void list_processes(Seen& seen) {
  const Fd proc = sys::open(AT_FDCWD, "/proc", O_PATH | O_DIRECTORY);
  sys::for_each_entry(proc.get(), "/proc", [&](const dirent& entry) {
    if (entry.d_name[0] < '0' || entry.d_name[0] > '9') return true;
    seen.processes.push_back(std::strtoull(entry.d_name, nullptr, 10));
    return seen.processes.size() < kListed;
  });
}

void list_home(Seen& seen) {
  const char* home = ::getenv("HOME");
  if (home == nullptr || home[0] != '/') return;
  seen.home = home;
  try {
    const Fd directory = sys::open(AT_FDCWD, home, O_PATH | O_DIRECTORY);
    sys::for_each_entry(directory.get(), home, [&](const dirent& entry) {
      seen.home_entries.emplace_back(entry.d_name);
      return seen.home_entries.size() < kListed;
    });
  } catch (const SysError& e) {
    // HOME does not exist or is closed: the step sees nothing in it.
    if (e.code() != ENOENT && e.code() != ENOTDIR && e.code() != EACCES) throw;
  }
}

bool can_read_environment() {
  const char* environment = ::getenv("VIRTUAL_ENV");
  if (environment == nullptr) return false;
  const std::string file = std::string(environment) + "/" + kProbedPackage + "/" + kProbedFile;
  const Fd opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  return static_cast<bool>(opened);
}

}  // namespace

Seen look_at_self() {
  Seen seen;
  for (const char* name : kNamespaces) {
    seen.namespaces[name] = sys::read_link(AT_FDCWD, std::string("/proc/self/ns/") + name);
  }
  seen.uid = ::geteuid();
  seen.gid = ::getegid();
  seen.outer_uid = outer_id("/proc/self/uid_map", seen.uid);
  seen.outer_gid = outer_id("/proc/self/gid_map", seen.gid);
  read_status(seen);
  read_interfaces(seen);
  seen.root_read_only = is_read_only("/");
  seen.proc_read_only = is_read_only("/proc");
  list_processes(seen);
  list_home(seen);
  seen.environment_readable = can_read_environment();
  const std::vector<MountInfo> mounts = own_mounts();
  const MountInfo* dev = mount_at(mounts, "/dev");
  seen.step_devices = dev != nullptr && dev->type == "tmpfs" && dev->source == kit::kName;
  return seen;
}

Json to_json(const Seen& seen) {
  return {{"namespaces", seen.namespaces},
          {"uid", seen.uid},
          {"gid", seen.gid},
          {"outer_uid", seen.outer_uid},
          {"outer_gid", seen.outer_gid},
          {"capabilities", seen.capabilities},
          {"no_new_privs", seen.no_new_privs},
          {"seccomp", seen.seccomp},
          {"filters", seen.filters},
          {"root_read_only", seen.root_read_only},
          {"proc_read_only", seen.proc_read_only},
          {"processes", seen.processes},
          {"interfaces", seen.interfaces},
          {"home", seen.home},
          {"home_entries", seen.home_entries},
          {"environment_readable", seen.environment_readable},
          {"step_devices", seen.step_devices}};
}

Seen parse_seen(const Json& value, const std::string& origin) {
  constexpr uint64_t kAny = ~0ULL, kLargestId = ~0U;
  JsonObject top(value, origin);
  Seen seen;
  JsonObject namespaces = top.object("namespaces");
  for (const auto& name : namespaces.keys()) seen.namespaces[name] = namespaces.string(name);
  seen.uid = static_cast<unsigned>(top.integer("uid", 0, kLargestId));
  seen.gid = static_cast<unsigned>(top.integer("gid", 0, kLargestId));
  seen.outer_uid = static_cast<unsigned>(top.integer("outer_uid", 0, kLargestId));
  seen.outer_gid = static_cast<unsigned>(top.integer("outer_gid", 0, kLargestId));
  JsonObject capabilities = top.object("capabilities");
  for (const auto& name : capabilities.keys()) {
    seen.capabilities[name] = capabilities.integer(name, 0, kAny);
  }
  seen.no_new_privs = top.boolean("no_new_privs");
  seen.seccomp = static_cast<unsigned>(top.integer("seccomp", 0, 2));
  seen.filters = top.integer("filters", 0, kAny);
  seen.root_read_only = top.boolean("root_read_only");
  seen.proc_read_only = top.boolean("proc_read_only");
  const Json& processes = top.any("processes");
  if (!processes.is_array()) throw top.wrong("processes", "an array");
  for (const auto& process : processes) {
    if (!process.is_number_unsigned()) throw top.wrong("processes", "an array of numbers");
    seen.processes.push_back(process.get<uint64_t>());
  }
  seen.interfaces = top.strings("interfaces");
  seen.home = top.string("home");
  seen.home_entries = top.strings("home_entries");
  seen.environment_readable = top.boolean("environment_readable");
  seen.step_devices = top.boolean("step_devices");
  top.finish();
  return seen;
}

}  // namespace rind
