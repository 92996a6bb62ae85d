#include "helper/supervisor/link_copies.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "common/base/error.h"
#include "common/base/held.h"
#include "common/base/sys.h"
#include "helper/supervisor/attributes.h"
#include "helper/supervisor/new_file.h"

namespace rind {
namespace {

// Of all copies in one tree. A clone (FICLONE) takes no space and does not count.
constexpr uint64_t kMostBytes = uint64_t{4} << 30;

// Copies ACLs and user attributes. Those of security modules are the new file's own, and a file
// capability is lost at every change of owner.
void copy_attributes(int from, int to, const std::string& path) {
  std::array<char, 65536> names, value;  // XATTR_LIST_MAX, XATTR_SIZE_MAX
  const ssize_t size = ::flistxattr(from, names.data(), names.size());
  if (size < 0 && errno == ENOTSUP) return;
  if (size < 0) throw_errno("list the attributes of", path);
  for (ssize_t at = 0; at < size;) {
    const std::string name = names.data() + at;
    at += static_cast<ssize_t>(name.size()) + 1;
    if (!name.starts_with("user.") && name != "system.posix_acl_access") continue;
    const ssize_t length = ::fgetxattr(from, name.c_str(), value.data(), value.size());
    if (length < 0 || ::fsetxattr(to, name.c_str(), value.data(), static_cast<size_t>(length), 0)) {
      throw_errno("copy the attribute " + name + " of", path);
    }
  }
}

TreeEntry copy_link(const TreeEntry& found, Owner owner) {
  const struct stat st = sys::stat_fd(found.held, found.name);
  NewFile copy(found.directory, sys::read_link(found.held, ""));
  sys::set_owner(copy.held(), owner.uid, owner.gid, found.name);
  const struct timespec times[] = {st.st_atim, st.st_mtim};
  if (::utimensat(copy.held(), "", times, AT_EMPTY_PATH) != 0) {
    throw_errno("copy the link", found.path());
  }
  copy.put(found.name);
  TreeEntry entry = look_at_entry(copy.held());
  entry.held = -1;
  return entry;
}

}  // namespace

Error LinkCopies::refusal(const TreeEntry& found, const std::string& why) const {
  return Error("lend " + tree_,
               found.path() + " has another hard link outside of " + tree_ + ", and " + why,
               "replace the hard links by copies: `git clone --no-hardlinks` for a repository, "
               "UV_LINK_MODE=copy for uv, `cp -a --reflink=auto` instead of `cp -al`");
}

// Where one name of the file was replaced already, links that copy to this one, too. Returns the
// copy; nothing when it is not found where it was made.
std::optional<TreeEntry> LinkCopies::link_to_earlier(const TreeEntry& found) {
  const auto earlier = copies_.find(found.identity);
  if (earlier == copies_.end()) return std::nullopt;
  Fd copy;
  try {
    copy = sys::open2(top_, earlier->second.path, O_PATH | O_NOFOLLOW,
                      RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV);
  } catch (const SysError& e) {
    // Its path is too long, or it is gone: this name gets a copy of its own.
    const bool gone = e.code() == ENOENT || e.code() == ENOTDIR || e.code() == ELOOP;
    if (!gone && e.code() != ENAMETOOLONG && e.code() != EXDEV) throw;
    return std::nullopt;
  }
  TreeEntry entry = look_at_entry(copy.get());
  if (entry.identity != earlier->second.identity) return std::nullopt;
  NewFile::link_to(found.directory, copy.get()).put(found.name);
  entry.held = -1;
  return entry;
}

void LinkCopies::copy_content(int from, int to, const std::string& path) {
  if (::ioctl(to, FICLONE, from) == 0) return;
  constexpr size_t kPiece = size_t{1} << 30;
  ssize_t n = 0;
  while ((n = ::sendfile(to, from, nullptr, kPiece)) > 0) {
  }
  if (n < 0) throw_errno("copy", path);
}

TreeEntry LinkCopies::copy_file(const TreeEntry& found) {
  const Fd from = sys::open_held(found.held, O_RDONLY | O_NONBLOCK, found.name);
  const struct stat st = sys::stat_fd(from.get(), found.name);
  NewFile made(found.directory);
  const int to = made.held();
  copied_ += static_cast<uint64_t>(st.st_size);
  if (copied_ > kMostBytes && ::ioctl(to, FICLONE, from.get()) != 0) {
    throw refusal(found, "copies of such files would take more than 4 GiB");
  }
  copy_content(from.get(), to, found.path());
  // Those that the directory passes on to new files.
  remove_acls(to, found.name);
  copy_attributes(from.get(), to, found.path());
  if (::fchown(to, owner_.uid, owner_.gid) != 0) {
    throw_errno("change the owner of", found.path());
  }
  // A setuid bit goes, as at every change of owner.
  if (::fchmod(to, st.st_mode & 01777) != 0) throw_errno("set the mode of", found.path());
  const struct timespec times[] = {st.st_atim, st.st_mtim};
  if (::futimens(to, times) != 0) throw_errno("set the times of", found.path());
  made.put(found.name);
  return look_at_entry(to);
}

TreeEntry LinkCopies::replace(const TreeEntry& found, uint32_t names) {
  if (S_ISLNK(found.mode)) return copy_link(found, owner_);
  if (!S_ISREG(found.mode)) throw refusal(found, "it is not a regular file");
  if ((found.mode & S_IROTH) == 0) {
    throw refusal(found, "other users may not read it, so it may be a secret of the builder");
  }
  if (const auto earlier = link_to_earlier(found)) return *earlier;
  TreeEntry copy = copy_file(found);
  copy.held = -1;
  if (names > 1) {
    copies_[found.identity] = {found.path().substr(tree_.size() + 1), copy.identity};
  }
  return copy;
}

}  // namespace rind
