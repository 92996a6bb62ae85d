#include "helper/supervisor/twins.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "common/base/error.h"
#include "common/base/resolve.h"
#include "common/base/sys.h"
#include "common/base/text.h"

namespace rind {
namespace {

constexpr size_t kMountInfoLimit = 16 * 1024 * 1024;

std::optional<size_t> volume_at(const kit::Manifest& manifest, const MountInfo& mount) {
  const kit::HostPlace place = {mount.device, mount.root};
  for (size_t i = 0; i < manifest.volumes.size(); ++i) {
    if (manifest.volumes[i].place == place) return i;
  }
  return std::nullopt;
}

bool is_ours(const LentTree& tree, unsigned uid) {
  const Fd top = open_canonical(tree.path, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  return sys::stat_fd(top.get(), tree.path).st_uid == uid;
}

// The mount on which the tree lies.
const MountInfo* mount_of(const LentTree& tree, const std::vector<MountInfo>& mounts) {
  const Fd top = open_canonical(tree.path, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  const uint64_t id = sys::mount_place(top.get(), tree.path).mount_id;
  const auto found = std::find_if(mounts.begin(), mounts.end(),
                                  [&](const MountInfo& mount) { return mount.id == id; });
  return found == mounts.end() || !is_within(tree.path, found->point) ? nullptr : &*found;
}

// No program locks this byte of a directory for another reason.
struct flock use_mark(short type) {
  struct flock lock = {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = 0x72696e64;
  lock.l_len = 1;
  return lock;
}

}  // namespace

Twins::Twins(const LendRules& rules, const kit::Manifest& manifest, const Plan& plan)
    : rules_(rules), manifest_(manifest), plan_(plan) {
  if (rules.idmapped == Want::kNone || manifest.volumes.empty() || plan.lent.empty()) return;
  mounts_ = parse_mountinfo(sys::read_file("/proc/self/mountinfo", kMountInfoLimit));
}

// Why the tree on this mount, which is a volume, has no twin whatever the id.
std::string Twins::obstacle_to(const LentTree& tree, const MountInfo& mount) const {
  const std::string& volume = manifest_.volumes[*volume_at(manifest_, mount)].obstacle;
  if (!volume.empty())
    return "the hook could make no id-mapped mount of " + mount.point + ": " + volume;
  if (plan_.builder_uid != 0 || plan_.builder_gid != 0) return "the builder is not 0:0";
  if (plan_.seccomp == SeccompProfile::kNone) return "seccomp is \"none\"";
  if (!is_ours(tree, plan_.builder_uid)) return "it does not belong to the builder";
  for (const auto& other : mounts_) {
    if (other.point != tree.path && is_within(other.point, tree.path)) {
      return other.point + " is a mount point";
    }
  }
  for (const auto& output : plan_.outputs) {
    // What is taken from there has to be the step's own.
    if (output.in_place && is_within(output.path, tree.path)) return output.path + " is in it";
  }
  const PlannedView* view = deciding_view(plan_, tree.path);
  const bool shown = view != nullptr && view->path == tree.path && view->view == View::kRw &&
                     view->kind == PlannedView::Kind::kView;
  return shown ? std::string() : "the step sees it as part of another view";
}

std::optional<PlannedTwin> Twins::of(const LentTree& tree, unsigned id,
                                     std::string& obstacle) const {
  obstacle.clear();
  if (mounts_.empty() || !tree.directory) return std::nullopt;
  const MountInfo* mount = mount_of(tree, mounts_);
  const auto volume = mount != nullptr ? volume_at(manifest_, *mount) : std::nullopt;
  if (!volume) return std::nullopt;
  obstacle = obstacle_to(tree, *mount);
  const auto& ids = manifest_.twin_ids;
  if (obstacle.empty() && std::find(ids.begin(), ids.end(), id) == ids.end()) {
    obstacle = "more steps run at once than there are twins (" + std::to_string(ids.size()) + ")";
  }
  if (!obstacle.empty()) return std::nullopt;
  const size_t above = mount->point == "/" ? 0 : mount->point.size();
  return PlannedTwin{tree.path, kit::twin_path(id, *volume), tree.path.substr(above)};
}

std::vector<unsigned> Twins::ids() const {
  std::string obstacle;
  const bool any = !manifest_.twin_ids.empty() &&
                   std::any_of(plan_.lent.begin(), plan_.lent.end(), [&](const LentTree& tree) {
                     return of(tree, manifest_.twin_ids.front(), obstacle).has_value();
                   });
  return any ? manifest_.twin_ids : std::vector<unsigned>();
}

void Twins::require(const LentTree& tree, const std::string& obstacle) const {
  if (rules_.idmapped != Want::kRequired || obstacle.empty()) return;
  throw Error("lend " + tree.path + " by an id-mapped mount", obstacle,
              "remove the cause, or set lend.idmapped to \"preferred\" in the policy");
}

std::string obstacle_below(int top, const std::string& path, Owner builder, TreeWalk how) {
  const std::string what = "look through " + path;
  how.decide = [&](const TreeEntry& entry) -> Change {
    if (entry.owner.uid != builder.uid) {
      throw Error(what, entry.path() + " belongs to uid " + std::to_string(entry.owner.uid),
                  "give the tree to the builder: chown -R");
    }
    // Its content could be exchanged through a shared mapping, which leaves the bits.
    if (!entry.is_directory() && !S_ISLNK(entry.mode) && (entry.mode & (S_ISUID | S_ISGID)) != 0) {
      throw Error(what, entry.path() + " is setuid or setgid", "remove the bits: chmod -R ug-s");
    }
    return {};
  };
  how.looking = Looking::kOnly;
  how.outside_link = [&](const TreeEntry& entry, uint32_t) {
    throw Error(what, std::string(entry.name) + " has a hard link outside",
                "copy the file instead of linking to it");
  };
  try {
    chown_below(top, path, how);
    return {};
  } catch (const Error& e) {
    // Lending file by file says it again, unless it can do something about it.
    return e.why();
  }
}

void mark(int top) {
  struct flock lock = use_mark(F_RDLCK);
  // Without it (NFS without locks) only the owner tells, and a tree there has no twin.
  (void)::fcntl(top, F_OFD_SETLK, &lock);
}

bool is_marked(int top) {
  struct flock lock = use_mark(F_WRLCK);
  return ::fcntl(top, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

bool has_no_mark(int top) {
  struct flock lock = use_mark(F_WRLCK);
  return ::fcntl(top, F_OFD_GETLK, &lock) == 0 && lock.l_type == F_UNLCK;
}

}  // namespace rind
