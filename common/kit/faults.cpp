#include "common/kit/faults.h"

#include "common/base/error.h"

namespace rind::kit {
namespace {

constexpr const char* kRecreate = "recreate the container";

class Examination {
 public:
  Examination(const Manifest& manifest, const std::vector<MountInfo>& mounts)
      : manifest_(manifest), mounts_(mounts) {}

  std::vector<Fault> faults() {
    examine_kit();
    examine_anchor();
    for (const auto& seam : manifest_.seams) examine_seam(seam);
    return std::move(faults_);
  }

 private:
  void add(Fault::Part part, const std::string& what, const std::string& why,
           const std::string& remedy = kRecreate) {
    faults_.push_back({part, Error(what, why, remedy)});
  }

  // The mount at `path`; nullptr when there is none. Adds a fault unless it exists and is
  // read-only.
  const MountInfo* require(Fault::Part part, const std::string& path) {
    const MountInfo* mount = mount_at(mounts_, path);
    if (mount == nullptr) {
      add(part, "check the mount " + path, "nothing is mounted there");
    } else if (!mount->has("ro")) {
      add(part, "check the mount " + path, "it is writable");
    }
    return mount;
  }

  // The mount of `original`: for an interpreter with its own prefix, the whole prefix is mounted.
  std::string holder_of(const std::string& original) const {
    const std::string top = std::string(kDirectory) + "/originals/";
    const size_t end = original.find('/', top.size());
    const std::string prefix = original.substr(0, end);
    const bool of_prefix = original.starts_with(top) && mount_at(mounts_, original) == nullptr &&
                           mount_at(mounts_, prefix) != nullptr;
    return of_prefix ? prefix : original;
  }

  void examine_kit() {
    const MountInfo* kit = require(Fault::Part::kKit, kDirectory);
    if (kit != nullptr && (kit->type != "tmpfs" || kit->source != kName)) {
      add(Fault::Part::kKit, std::string("check the mount ") + kDirectory,
          "it is not the tmpfs that the hook mounts");
    }
    require(Fault::Part::kKit, kHelper);
    for (const auto& seam : manifest_.seams) {
      require(Fault::Part::kKit, holder_of(seam.original));
    }
  }

  // The anchor is a read-only procfs; an empty tmpfs covers the directory that contains it.
  void examine_anchor() {
    const std::string buried = std::string(kAnchor) + "/proc";
    const MountInfo* proc = require(Fault::Part::kBuried, buried);
    if (proc != nullptr && (proc->type != "proc" || proc->root != "/")) {
      add(Fault::Part::kBuried, "check the mount " + buried, "it is not a whole procfs");
    }
    const MountInfo* cover = require(Fault::Part::kBuried, kAnchor);
    if (cover == nullptr) return;
    if (cover->type != "tmpfs") {
      add(Fault::Part::kBuried, std::string("check the mount ") + kAnchor,
          "its cover is not a tmpfs");
    }
    // The cover is mounted on the directory, the anchor inside it: the kit is the parent of both.
    const MountInfo* kit = mount_at(mounts_, kDirectory);
    if (kit == nullptr || cover->parent != kit->id || proc == nullptr || proc->parent != kit->id) {
      add(Fault::Part::kBuried, std::string("check the mount ") + kAnchor,
          "the anchor is not below its cover");
    }
  }

  void examine_seam(const Seam& seam) {
    const MountInfo* helper = mount_at(mounts_, kHelper);
    const MountInfo* mount = mount_at(mounts_, seam.path);
    const std::string what = "check the seam " + seam.path;
    if (mount == nullptr) {
      add(Fault::Part::kSeam, what,
          "it is not covered by the helper: it was renamed or replaced since the container "
          "started");
    } else if (helper == nullptr || mount->device != helper->device ||
               mount->root != helper->root) {
      add(Fault::Part::kSeam, what, "a file other than the helper is mounted on it");
    } else if (!mount->has("ro")) {
      add(Fault::Part::kSeam, what, "the mount of the helper on it is writable");
    }
  }

  const Manifest& manifest_;
  const std::vector<MountInfo>& mounts_;
  std::vector<Fault> faults_;
};

}  // namespace

std::vector<Fault> mount_faults(const Manifest& manifest, const std::vector<MountInfo>& mounts) {
  return Examination(manifest, mounts).faults();
}

}  // namespace rind::kit
