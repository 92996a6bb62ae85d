#include "common/kit/faults.h"

#include "common/base/error.h"

namespace rind::kit {
namespace {

constexpr const char* kRecreate = "recreate the container";

class Look {
 public:
  Look(const Manifest& manifest, const std::vector<MountInfo>& mounts)
      : manifest_(manifest), mounts_(mounts) {}

  std::vector<Fault> faults() {
    look_at_kit();
    look_at_anchor();
    for (const auto& seam : manifest_.seams) look_at_seam(seam);
    return std::move(faults_);
  }

 private:
  void add(Fault::Part part, const std::string& what, const std::string& why,
           const std::string& remedy = kRecreate) {
    faults_.push_back({part, Error(what, why, remedy)});
  }

  // The mount at `path`, which must be there and read-only.
  const MountInfo* require(Fault::Part part, const std::string& path) {
    const MountInfo* mount = mount_at(mounts_, path);
    if (mount == nullptr) {
      add(part, "look at " + path, "nothing is mounted there");
    } else if (!mount->has("ro")) {
      add(part, "look at " + path, "it is mounted writable");
    }
    return mount;
  }

  // What holds an original: of an interpreter with a prefix of its own that whole prefix is
  // mounted.
  static std::string holder_of(const std::string& original) {
    const std::string top = std::string(kDirectory) + "/originals/";
    if (!original.starts_with(top)) return original;
    return original.substr(0, original.find('/', top.size()));
  }

  void look_at_kit() {
    const MountInfo* kit = require(Fault::Part::kKit, kDirectory);
    if (kit != nullptr && (kit->type != "tmpfs" || kit->source != kName)) {
      add(Fault::Part::kKit, std::string("look at ") + kDirectory,
          "what is mounted there is not what the hook makes");
    }
    require(Fault::Part::kKit, kHelper);
    for (const auto& seam : manifest_.seams) {
      require(Fault::Part::kKit, holder_of(seam.original));
    }
  }

  // A procfs, read-only, and over the directory that it lies in an empty tmpfs.
  void look_at_anchor() {
    const std::string buried = std::string(kAnchor) + "/proc";
    const MountInfo* proc = require(Fault::Part::kBuried, buried);
    if (proc != nullptr && (proc->type != "proc" || proc->root != "/")) {
      add(Fault::Part::kBuried, "look at " + buried, "it is not a procfs");
    }
    const MountInfo* cover = require(Fault::Part::kBuried, kAnchor);
    if (cover == nullptr) return;
    if (cover->type != "tmpfs") {
      add(Fault::Part::kBuried, std::string("look at ") + kAnchor, "it is not covered by a tmpfs");
    }
    // The cover lies over the directory, the anchor in it: both have the kit as their parent.
    const MountInfo* kit = mount_at(mounts_, kDirectory);
    if (kit == nullptr || cover->parent != kit->id || proc == nullptr || proc->parent != kit->id) {
      add(Fault::Part::kBuried, std::string("look at ") + kAnchor,
          "the anchor does not lie below its cover");
    }
  }

  void look_at_seam(const Seam& seam) {
    const MountInfo* helper = mount_at(mounts_, kHelper);
    const MountInfo* mount = mount_at(mounts_, seam.path);
    const std::string what = "look at the seam " + seam.path;
    if (mount == nullptr) {
      add(Fault::Part::kSeam, what, "it is not covered by the helper",
          "it was renamed or replaced since the container started: recreate the container");
    } else if (helper == nullptr || mount->device != helper->device ||
               mount->root != helper->root) {
      add(Fault::Part::kSeam, what, "something else than the helper is mounted on it");
    } else if (!mount->has("ro")) {
      add(Fault::Part::kSeam, what, "the helper is mounted writable on it");
    }
  }

  const Manifest& manifest_;
  const std::vector<MountInfo>& mounts_;
  std::vector<Fault> faults_;
};

}  // namespace

std::vector<Fault> mount_faults(const Manifest& manifest, const std::vector<MountInfo>& mounts) {
  return Look(manifest, mounts).faults();
}

}  // namespace rind::kit
