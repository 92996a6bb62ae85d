#include "hook/container/host_places.h"

#include <fcntl.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cerrno>

#include "common/base/error.h"
#include "common/base/sys.h"
#include "common/base/text.h"

namespace rind::hook {
namespace {

std::string device_text(dev_t device) {
  return std::to_string(major(device)) + ":" + std::to_string(minor(device));
}

// `path`, which is below the mount's target, as a path in the mount's file system.
std::string in_file_system(const MountEntry& mount, const std::string& path) {
  const std::string below = mount.target == "/" ? path : path.substr(mount.target.size());
  if (below.empty() || below == "/") return mount.root;
  return mount.root == "/" ? below : mount.root + below;
}

}  // namespace

kit::HostPlace place_of(int fd, const std::string& path, const std::vector<MountEntry>& table) {
  const uint64_t id = sys::mount_place(fd, path).mount_id;
  for (const auto& mount : table) {
    if (mount.id == id && is_within(path, mount.target)) {
      return {device_text(mount.device), in_file_system(mount, path)};
    }
  }
  return {};
}

kit::HostPlace place_of_mount(const MountEntry& mount) {
  return {device_text(mount.device), mount.root};
}

std::vector<kit::HostPlace> host_places(const std::vector<MountEntry>& table) {
  std::vector<kit::HostPlace> places;
  const auto add = [&](const std::string& path, bool its_parent) {
    try {
      const Fd fd = sys::open(AT_FDCWD, path, O_PATH);
      kit::HostPlace place = place_of(fd.get(), sys::path_of(fd.get()), table);
      // If /etc is the root of a separate file system, its parent is not in that file system.
      if (place.device.empty() || (its_parent && place.root == "/")) return;
      if (its_parent) place.root = parent_of(place.root);
      if (std::find(places.begin(), places.end(), place) == places.end()) places.push_back(place);
    } catch (const SysError& e) {
      if (e.code() != ENOENT) throw;
    }
  };
  add("/", false);
  add("/etc", true);
  return places;
}

bool shows(const kit::HostPlace& place, const std::vector<kit::HostPlace>& hidden) {
  return std::any_of(hidden.begin(), hidden.end(), [&](const kit::HostPlace& other) {
    return place.device == other.device && is_within(other.root, place.root);
  });
}

std::vector<std::string> overlay_lowers(const std::string& options) {
  std::vector<std::string> lowers;
  for (const auto& option : split(options, ',')) {
    const size_t equals = option.find('=');
    if (equals == std::string::npos) continue;
    const std::string key = option.substr(0, equals);
    // Linux 6.5 added "lowerdir+", with one directory each. "::" starts the data-only directories.
    if (key != "lowerdir" && key != "lowerdir+" && key != "datadir+") continue;
    for (auto& part : split(option.substr(equals + 1), ':')) {
      if (!part.empty() && part[0] == '/') lowers.push_back(std::move(part));
    }
  }
  return lowers;
}

void add_overlays(std::vector<kit::HostPlace>& places, const std::vector<MountEntry>& table) {
  for (const auto& mount : table) {
    if (mount.type != "overlay") continue;
    for (const auto& lower : overlay_lowers(mount.options)) {
      try {
        const Fd fd = sys::open(AT_FDCWD, lower, O_PATH);
        if (!shows(place_of(fd.get(), sys::path_of(fd.get()), table), places)) continue;
        places.push_back({device_text(mount.device), "/"});
        break;
      } catch (const SysError& e) {
        // An image's layers: relative paths, or paths in another mount namespace.
        if (e.code() != ENOENT && e.code() != EACCES && e.code() != ENOTDIR) throw;
      }
    }
  }
}

}  // namespace rind::hook
