#include "helper/plan/devices.h"

#include <algorithm>
#include <cstdio>

#include "common/base/glob.h"
#include "common/base/text.h"

namespace rind {
namespace {

// True when the pattern matches the name, or a directory on its way.
bool names(const std::string& pattern, const std::string& name) {
  for (size_t end = name.find('/'); end != std::string::npos; end = name.find('/', end + 1)) {
    if (glob_match_path("/" + pattern, "/" + name.substr(0, end))) return true;
  }
  return glob_match_path("/" + pattern, "/" + name);
}

bool is_named(const std::vector<std::string>& patterns, const std::string& name) {
  // The container's terminal: wildcards do not mean it.
  if (name == "console") return std::find(patterns.begin(), patterns.end(), name) != patterns.end();
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return names(pattern, name); });
}

// What every container has. Nobody misses it.
bool is_ordinary(const std::string& name) {
  for (const char* known :
       {"null", "zero", "full", "random", "urandom", "tty", "console", "core"}) {
    if (name == known) return true;
  }
  return false;
}

bool is_steps_own(const std::string& name) {
  for (const char* own : {"pts", "ptmx", "shm", "mqueue", "fd", "stdin", "stdout", "stderr"}) {
    if (name == own) return true;
  }
  return false;
}

// The device that a relative link leads to, or "".
std::string target_of(const DeviceFact& link) {
  if (link.target.empty() || link.target[0] == '/') return {};
  std::vector<std::string> parts = split(link.name, '/');
  parts.pop_back();
  for (const auto& part : split(link.target, '/')) {
    if (part == "..") {
      if (parts.empty()) return {};
      parts.pop_back();
    } else if (part != ".") {
      parts.push_back(part);
    }
  }
  std::string path;
  for (const auto& part : parts) path += (path.empty() ? "" : "/") + part;
  return path;
}

std::string mode_text(unsigned mode) {
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, "0%o", mode);
  return buffer;
}

// A group of the system: files of other people do not have it. Group 0 and the builder's have too
// many files. 65534 is any group without a number in the container.
bool may_join(unsigned gid, unsigned builder_gid) {
  constexpr unsigned kFirstOfPeople = 1000;
  return gid != 0 && gid < kFirstOfPeople && gid != builder_gid;
}

// Lets the step open a device that other users may not open, or says that it cannot.
void open_to_step(const DeviceFact& device, unsigned builder_gid, PlannedDevices& plan) {
  const unsigned owner = device.mode >> 6 & 6U, group = device.mode >> 3 & 6U,
                 others = device.mode & 6U;
  if ((owner & ~others) == 0) return;
  if ((owner & ~group) == 0 && may_join(device.gid, builder_gid)) {
    if (std::find(plan.groups.begin(), plan.groups.end(), device.gid) == plan.groups.end()) {
      plan.groups.push_back(device.gid);
    }
    return;
  }
  plan.faults.push_back(
      "access to the device " + device.name + ": its mode is " + mode_text(device.mode) +
      " and its group " + std::to_string(device.gid) +
      "; let other users open it where the container is made (chmod, a udev rule)");
}

}  // namespace

PlannedDevices plan_devices(const std::vector<std::string>& patterns,
                            const std::vector<DeviceFact>& devices, bool ephemeral,
                            unsigned builder_gid) {
  using Type = DeviceFact::Type;
  PlannedDevices plan;
  for (const auto& device : devices) {
    const bool named = is_named(patterns, device.name);
    if (device.type == Type::kCharacter && named) {
      plan.given.push_back(device.name);
      if (ephemeral) open_to_step(device, builder_gid, plan);
    } else if (device.type == Type::kCharacter && !is_ordinary(device.name)) {
      plan.not_given.push_back(device.name);
    } else if (device.type == Type::kOther &&
               std::find(patterns.begin(), patterns.end(), device.name) != patterns.end()) {
      plan.faults.push_back("the device " + device.name + ": it is not a character device");
    }
  }
  for (const auto& pattern : patterns) {
    if (is_steps_own(pattern))
      plan.faults.push_back("the device " + pattern + ": each step has its own");
  }
  for (const auto& link : devices) {
    const std::string target = link.type == Type::kLink ? target_of(link) : std::string();
    if (target.empty() || !is_named(patterns, link.name)) continue;
    if (std::find(plan.given.begin(), plan.given.end(), target) == plan.given.end()) continue;
    plan.links.emplace_back(link.name, link.target);
  }
  return plan;
}

}  // namespace rind
