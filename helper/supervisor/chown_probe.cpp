#include "helper/supervisor/chown_probe.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "common/base/error.h"
#include "common/base/resolve.h"
#include "common/base/sys.h"
#include "common/base/text.h"

namespace rind {
namespace {

// File systems that keep owners as POSIX says. Only an id-mapped mount of one may deny an owner.
bool is_local(int directory) {
  constexpr unsigned kXfs = 0x58465342, kOverlay = 0x794c7630, kZfs = 0x2fc12fc1;
  struct statfs fs = {};
  if (::fstatfs(directory, &fs) != 0) return false;
  const auto type = static_cast<unsigned>(fs.f_type);
  return type == EXT4_SUPER_MAGIC || type == BTRFS_SUPER_MAGIC || type == TMPFS_MAGIC ||
         type == F2FS_SUPER_MAGIC || type == kXfs || type == kOverlay || type == kZfs;
}

// What the kernel says to a change of owner of a new file; "" when it works or is not known.
std::string why_denied(int file, unsigned id) {
  if (::fchown(file, id, id) != 0) {
    // Any other error says nothing of owners.
    const bool denies = errno == EPERM || errno == EACCES || errno == EINVAL ||
                        errno == EOVERFLOW || errno == EOPNOTSUPP || errno == ENOSYS;
    return denies ? ::strerror(errno) : "";
  }
  struct stat st = {};
  if (::fstat(file, &st) != 0) return {};
  return st.st_uid == id && st.st_gid == id ? "" : "the change has no effect";
}

std::string random_name() {
  uint64_t number = 0;
  if (::getrandom(&number, sizeof number, 0) != sizeof number) throw_errno("getrandom");
  return ".rind-probe-" + std::to_string(number);
}

// For a file system without O_TMPFILE.
std::string ask_with_name(int directory, unsigned id) {
  const std::string name = random_name();
  const Fd file(
      ::openat(directory, name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return {};  // lending says what is wrong
  std::string why = why_denied(file.get(), id);
  if (::unlinkat(directory, name.c_str(), 0) != 0) throw_errno("remove", name);
  return why;
}

// lends: the directory is lent. Others are asked only where owners may not work at all.
std::string ask(const std::string& path, unsigned id, bool lends) {
  const Fd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory) return {};
  const bool local = is_local(directory.get());
  if (local && !lends) return {};
  const Fd file(::openat(directory.get(), ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (file) return why_denied(file.get(), id);
  return local ? std::string() : ask_with_name(directory.get(), id);
}

}  // namespace

std::string obstacle_to_lending(const Plan& plan) {
  const auto& ids = plan.identity.ids;
  const auto id = std::find_if(ids.begin(), ids.end(),
                               [](unsigned known) { return known != PlannedIdentity::kNoId; });
  if (plan.identity.mode == PlannedIdentity::Mode::kSelf || id == ids.end()) return {};
  const auto why = [&](const std::string& path, bool lends) {
    const std::string denied = ask(path, *id, lends);
    return denied.empty() ? denied
                          : "the file system of " + path +
                                " does not let the builder change the owner of a file: " + denied;
  };
  for (const auto& tree : plan.lent) {
    const std::string found = why(tree.directory ? tree.path : parent_of(tree.path), true);
    if (!found.empty()) return found;
  }
  for (const auto& path : plan.package_directories) {
    const std::string found = why(path, false);
    if (!found.empty()) return found;
  }
  for (const auto& view : plan.views) {
    if (view.view != View::kPrivate || view.backing != Backing::kDisk) continue;
    const std::string found = why(view.path, false);
    if (!found.empty()) return found;
  }
  return {};
}

}  // namespace rind
