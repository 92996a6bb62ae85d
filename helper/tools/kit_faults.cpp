#include "helper/tools/kit_faults.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "common/base/error.h"
#include "common/base/look.h"
#include "common/base/sys.h"
#include "common/kit/flat.h"
#include "helper/facts/own_mounts.h"

namespace rind {
namespace {

using Part = kit::Fault::Part;

constexpr const char* kRecreate = "recreate the container";

// Runs `look`, and adds the error that it throws.
template <typename Look>
void note(std::vector<kit::Fault>& faults, Part part, Look look) {
  try {
    look();
  } catch (const Error& e) {
    faults.push_back({part, e});
  }
}

// Requires a file of the kit that no mount covers.
void require_kits_own(const std::string& path, uint64_t kit_mount) {
  const Fd file = sys::open(AT_FDCWD, path, O_PATH | O_NOFOLLOW);
  if (!S_ISREG(sys::stat_fd(file.get(), path).st_mode)) {
    throw Error("check " + path, "it is not a regular file", kRecreate);
  }
  if (sys::mount_place(file.get(), path).mount_id != kit_mount) {
    throw Error("check " + path, "another mount covers it", kRecreate);
  }
}

void require_cover() {
  constexpr unsigned kPermissions = 0777;
  const Fd anchor = sys::open(AT_FDCWD, kit::kAnchor, O_PATH | O_NOFOLLOW);
  if ((sys::stat_fd(anchor.get(), kit::kAnchor).st_mode & kPermissions) != 0) {
    throw Error(std::string("check ") + kit::kAnchor, "the directory that covers it can be entered",
                kRecreate);
  }
}

// A directory above the seam may be covered by now: then the helper's mount exists, but the path
// does not lead to it.
void require_helper(const std::string& path) {
  struct stat helper = {}, seam = {};
  if (::stat(kit::kHelper, &helper) != 0) throw_errno("stat", kit::kHelper);
  if (!sys::try_stat(path, seam)) {
    // A builder that may not reach the seam cannot run it either.
    if (errno == EACCES) return;
    throw_errno("check the seam", path);
  }
  if (seam.st_dev == helper.st_dev && seam.st_ino == helper.st_ino) return;
  throw Error("check the seam " + path, "the helper does not cover it",
              "recreate the container: another file was mounted or renamed over the helper");
}

}  // namespace

std::vector<kit::Fault> kit_faults(const Kit& kit) {
  std::vector<kit::Fault> faults = kit::mount_faults(kit.manifest, own_mounts());
  note(faults, Part::kKit, [&] {
    const Fd top = sys::open(AT_FDCWD, kit::kDirectory, O_PATH | O_DIRECTORY | O_NOFOLLOW);
    const uint64_t mount = sys::mount_place(top.get(), kit::kDirectory).mount_id;
    for (const char* path : {kit::kPolicy, kit::kManifest, kit::kFlat})
      require_kits_own(path, mount);
    for (uint64_t i = 0; i < kit.policy->leases; ++i) {
      require_kits_own(std::string(kit::kDirectory) + "/leases/" + std::to_string(i), mount);
    }
  });
  note(faults, Part::kBuried, [] { require_cover(); });
  for (const auto& seam : kit.manifest.seams) {
    note(faults, Part::kSeam, [&] { require_helper(seam.path); });
  }
  return faults;
}

}  // namespace rind
