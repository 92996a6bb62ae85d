#include "hook/narrow/narrow_plan.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <iterator>

#include "common/base/error.h"
#include "common/base/mount.h"
#include "common/base/text.h"

namespace rind::hook {
namespace {

// The paths at which podman, buildah and Docker mount the program of `--init`.
constexpr const char* kInits[] = {"/run/podman-init", "/dev/init", "/sbin/docker-init"};

uint64_t attributes_for(HostMount::Kind kind, const NarrowRules& rules) {
  uint64_t attributes = 0;
  if (rules.nosuid) attributes |= mnt::kNoSuid;
  if (rules.nodev && kind != HostMount::Kind::kDeviceNode) attributes |= mnt::kNoDev;
  if (rules.noexec && kind != HostMount::Kind::kInit) attributes |= mnt::kNoExec;
  return attributes;
}

// True when a mount at or below `top` does not get every attribute of the policy.
bool has_exception(const std::vector<HostMount>& mounts, const std::string& top) {
  return std::any_of(mounts.begin(), mounts.end(), [&](const HostMount& mount) {
    return mount.kind != HostMount::Kind::kOther && is_within(mount.entry.target, top);
  });
}

}  // namespace

std::vector<MountEntry> mounts_from_host(const std::vector<MountEntry>& table,
                                         const std::set<dev_t>& host, const std::string& rootfs) {
  std::vector<MountEntry> mounts;
  for (const auto& mount : table) {
    if (mount.target == rootfs || !is_within(mount.target, rootfs)) continue;
    if (host.count(mount.device) != 0 || mount.type == "overlay") mounts.push_back(mount);
  }
  return mounts;
}

HostMount::Kind kind_of(const std::string& path, unsigned mode) {
  if (S_ISCHR(mode) || S_ISBLK(mode)) return HostMount::Kind::kDeviceNode;
  const bool init = std::find(std::begin(kInits), std::end(kInits), path) != std::end(kInits);
  return init && S_ISREG(mode) ? HostMount::Kind::kInit : HostMount::Kind::kOther;
}

bool is_out_of_reach(int error) {
  static constexpr int kErrors[] = {
      EACCES,       ENOENT,       ENODEV,     ENXIO,        ESTALE,      EIO,
      ENOTCONN,     ETIMEDOUT,    EHOSTDOWN,  EHOSTUNREACH, ENETDOWN,    ENETUNREACH,
      ECONNABORTED, ECONNREFUSED, ECONNRESET, ENETRESET,    ESHUTDOWN,   EPIPE,
      EREMOTEIO,    ENOLINK,      ENOKEY,     EKEYEXPIRED,  EKEYREVOKED, EKEYREJECTED,
  };
  return std::find(std::begin(kErrors), std::end(kErrors), error) != std::end(kErrors);
}

std::vector<Restriction> plan_restrictions(const std::vector<HostMount>& mounts,
                                           const NarrowRules& rules) {
  std::vector<Restriction> restrictions;
  std::vector<std::string> done;  // restricted recursively
  for (size_t i = 0; i < mounts.size(); ++i) {
    const HostMount& mount = mounts[i];
    const std::string& target = mount.entry.target;
    const uint64_t attributes = attributes_for(mount.kind, rules);
    if (!mount.reachable || attributes == 0) continue;
    if (std::any_of(done.begin(), done.end(),
                    [&](const auto& top) { return is_within(target, top); })) {
      continue;
    }
    const bool recursive = mount.kind == HostMount::Kind::kOther && !has_exception(mounts, target);
    restrictions.push_back({i, attributes, recursive});
    if (recursive) done.push_back(target);
  }
  return restrictions;
}

std::vector<std::pair<std::string, ViewSpec>> outermost_first(
    std::vector<std::pair<std::string, ViewSpec>> views) {
  // A path begins with the path that contains it, so alphabetical order suffices.
  std::sort(views.begin(), views.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  return views;
}

void require_narrowable(const std::string& path, const std::string& resolved) {
  if (resolved != "/" && !is_within(resolved, "/proc") && !is_within(resolved, "/dev")) return;
  throw Error("narrow " + path + " in the container", "in this image it leads to " + resolved,
              "remove the path from narrow.views, or fix the link in the image");
}

}  // namespace rind::hook
