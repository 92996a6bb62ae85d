#include "hook/kit/twins.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

#include "common/base/error.h"
#include "common/base/look.h"
#include "common/base/mount.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "hook/container/host_places.h"
#include "hook/container/user_namespace.h"

namespace rind::hook {
namespace {

// Every step's mount namespace has a copy of each twin, which takes the kernel 3 microseconds.
constexpr size_t kMostLeases = 8;

// Places of the system. Trees of builds are elsewhere, and a twin costs every step.
constexpr const char* kSystem[] = {"/dev", "/etc", "/proc", "/run", "/sys", "/var/run"};

constexpr const char* kNeeded[] = {"CAP_SETUID", "CAP_SETGID", "CAP_CHOWN", "CAP_DAC_OVERRIDE",
                                   "CAP_FOWNER"};

struct Map {
  unsigned id = 0;
  Fd user_namespace;
};

std::vector<Map> make_maps(const Container& container, const Policy& policy) {
  const HostIds root = container.root_ids();
  std::vector<Map> maps;
  for (const unsigned id : container.lease_ids(policy.identity.first, policy.leases, kMostLeases)) {
    const HostIds outside = container.user_ids({id, id});
    maps.push_back({id, make_user_namespace(swapped_ids(root.uid, outside.uid),
                                            swapped_ids(root.gid, outside.gid))});
  }
  return maps;
}

// What config.json says of the container's mounts, by their ids. A destination goes through the
// image's links, as the runtime has resolved it.
class Configured {
 public:
  Configured(const Root& rootfs, const Config& config) : rootfs_(rootfs) {
    for (const auto& mount : config.mounts) {
      const auto has = [&](const char* option) {
        return std::count(mount.options.begin(), mount.options.end(), option) != 0;
      };
      const auto id = mount_at(mount.destination);
      if (!id) continue;
      (has("ro") || has("rro") ? restricted_ : writable_).insert(*id);
      if (has("noexec")) noexec_.insert(*id);
    }
    for (const auto* paths : {&config.masked_paths, &config.readonly_paths}) {
      for (const auto& path : *paths) {
        if (const auto id = mount_at(path)) restricted_.insert(*id);
      }
    }
  }

  bool may_have_twin(uint64_t mount) const {
    return writable_.count(mount) != 0 && restricted_.count(mount) == 0;
  }
  uint64_t attributes(uint64_t mount) const {
    return mnt::kNoSuid | mnt::kNoDev | (noexec_.count(mount) != 0 ? mnt::kNoExec : 0);
  }

 private:
  // The mount that contains `path`; nothing where the path does not exist.
  std::optional<uint64_t> mount_at(const std::string& path) const {
    try {
      return sys::mount_place(rootfs_.open(UntrustedPath(path), O_PATH).get(), path).mount_id;
    } catch (const SysError& e) {
      if (sys::is_no_answer(e.code())) throw;
      return std::nullopt;
    }
  }

  const Root& rootfs_;
  std::set<uint64_t> writable_, restricted_, noexec_;
};

// The top of a volume; nothing for a file, and where another mount covers it.
std::optional<Fd> open_volume(const Root& rootfs, const MountEntry& entry,
                              const std::string& inside) {
  try {
    Fd top = sys::open2(rootfs.top(), inside, O_PATH | O_DIRECTORY | O_NOFOLLOW,
                        RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
    const sys::MountPlace place = sys::mount_place(top.get(), inside);
    if (place.is_root && place.mount_id == entry.id) return top;
  } catch (const SysError&) {
    // A file, a closed directory of another user, or a dead server: trees there are lent file by
    // file, and fail with their own message.
  }
  return std::nullopt;
}

// All twins of one volume, or none. Sets its obstacle.
std::vector<Twins::Tree> make_trees(int top, const std::vector<Map>& maps, size_t volume,
                                    uint64_t attributes, const std::string& path,
                                    std::string& obstacle) {
  std::vector<Twins::Tree> trees;
  try {
    for (const Map& map : maps) {
      trees.push_back(
          {map.id, volume, mnt::clone_idmapped(top, map.user_namespace.get(), attributes, path)});
    }
    return trees;
  } catch (const SysError& e) {
    // The file system knows no id-mapped mounts (EINVAL), the mount is one already (EPERM), it
    // belongs to another user namespace (EPERM), or the kernel is too old (ENOSYS).
    obstacle = e.why();
    return {};
  }
}

}  // namespace

std::vector<MountEntry> volumes_of(const std::vector<MountEntry>& table,
                                   const std::set<dev_t>& host,
                                   const std::vector<kit::HostPlace>& hidden,
                                   const std::string& rootfs) {
  std::vector<MountEntry> volumes;
  for (const auto& mount : table) {
    if (mount.target == rootfs || !is_within(mount.target, rootfs)) continue;
    const std::string inside = rootfs == "/" ? mount.target : mount.target.substr(rootfs.size());
    const bool system = std::any_of(std::begin(kSystem), std::end(kSystem),
                                    [&](const char* place) { return is_within(inside, place); });
    const bool read_only = (mount.attributes & mnt::kReadOnly) != 0;
    if (system || read_only || host.count(mount.device) == 0) continue;
    const bool covered = std::any_of(table.begin(), table.end(), [&](const MountEntry& other) {
      return other.id != mount.id && is_within(other.target, mount.target);
    });
    if (covered || shows(place_of_mount(mount), hidden)) continue;
    volumes.push_back(mount);
  }
  return volumes;
}

bool wants_twins(const Policy& policy, const Config& config) {
  if (policy.lend.idmapped == Want::kNone || policy.identity.ephemeral == Want::kNone) return false;
  return config.user.uid == 0 && config.user.gid == 0 &&
         std::all_of(std::begin(kNeeded), std::end(kNeeded), [&](const char* name) {
           return std::count(config.bounding.begin(), config.bounding.end(), name) != 0;
         });
}

Twins make_twins(const Container& container, const Root& rootfs, const Config& config,
                 const Policy& policy, const std::vector<MountEntry>& volumes) {
  Twins twins;
  if (volumes.empty()) return twins;
  const Configured configured(rootfs, config);
  const std::string rootfs_path = sys::path_of(rootfs.top());
  std::vector<Map> maps;
  std::string no_maps;
  for (const auto& entry : volumes) {
    if (twins.volumes.size() == kMostVolumes || !configured.may_have_twin(entry.id)) continue;
    const std::string inside = entry.target.substr(rootfs_path.size());
    const std::optional<Fd> top = open_volume(rootfs, entry, inside);
    if (!top) continue;
    if (maps.empty() && no_maps.empty()) {
      try {
        maps = make_maps(container, policy);
      } catch (const SysError& e) {
        // An engine of an ordinary user, or in a container, may not map these ids (EPERM); or a
        // limit of user namespaces is reached (ENOSPC, EUSERS).
        no_maps = e.what();
      }
      if (maps.empty() && no_maps.empty()) return twins;  // no ids to lease
    }
    kit::Volume volume{place_of_mount(entry), no_maps};
    if (no_maps.empty()) {
      for (auto& tree : make_trees(top->get(), maps, twins.volumes.size(),
                                   configured.attributes(entry.id), inside, volume.obstacle)) {
        twins.trees.push_back(std::move(tree));
      }
    }
    twins.volumes.push_back(std::move(volume));
  }
  for (const Map& map : maps) twins.ids.push_back(map.id);
  return twins;
}

}  // namespace rind::hook
