#include "helper/supervisor/link_copies.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "common/base/error.h"
#include "common/base/sys.h"
#include "helper/supervisor/attributes.h"

namespace rind {
namespace {

// Of all copies in one tree. A clone (FICLONE) takes no space and does not count.
constexpr uint64_t kMostBytes = uint64_t{4} << 30;

std::string by_descriptor(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

std::string random_name() {
  uint64_t number = 0;
  if (::getrandom(&number, sizeof number, 0) != sizeof number) throw_errno("getrandom");
  return ".rind-copy-" + std::to_string(number);
}

// Removes a file that did not get its place.
class Unfinished {
 public:
  Unfinished(int directory, std::string name) : directory_(directory), name_(std::move(name)) {}
  ~Unfinished() {
    if (!name_.empty()) (void)::unlinkat(directory_, name_.c_str(), 0);
  }
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;
  void move_to(const std::string& name) {
    if (::renameat(directory_, name_.c_str(), directory_, name.c_str()) != 0) {
      throw_errno("replace", name);
    }
    name_.clear();
  }

 private:
  int directory_;
  std::string name_;
};

// Links the file of `fd` to a new name in `directory`.
std::string link_new(int fd, int directory) {
  std::string name = random_name();
  if (::linkat(AT_FDCWD, by_descriptor(fd).c_str(), directory, name.c_str(), AT_SYMLINK_FOLLOW) !=
      0) {
    throw_errno("link", name);
  }
  return name;
}

// A new file without a name, so that SIGKILL leaves nothing; or with a name, which is returned,
// where the file system has no O_TMPFILE.
Fd make_file(int directory, std::string& name) {
  constexpr mode_t kClosed = 0600;
  try {
    return sys::open(directory, ".", O_TMPFILE | O_RDWR, kClosed);
  } catch (const SysError& e) {
    if (e.code() != EOPNOTSUPP && e.code() != EISDIR && e.code() != ENOENT) throw;
  }
  name = random_name();
  return sys::open(directory, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, kClosed);
}

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

void copy_link(const TreeEntry& found, Owner owner) {
  const std::string name = random_name();
  struct stat st = {};
  if (::fstatat(found.directory, found.name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
    throw_errno("look at", found.path());
  }
  sys::make_symlink(sys::read_link(found.directory, found.name), found.directory, name);
  Unfinished copy(found.directory, name);
  const struct timespec times[] = {st.st_atim, st.st_mtim};
  if (::fchownat(found.directory, name.c_str(), owner.uid, owner.gid, AT_SYMLINK_NOFOLLOW) != 0 ||
      ::utimensat(found.directory, name.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0) {
    throw_errno("copy the link", found.path());
  }
  copy.move_to(found.name);
}

}  // namespace

Error LinkCopies::refusal(const TreeEntry& found, const std::string& why) const {
  return Error("lend " + tree_,
               found.path() + " has another hard link outside of " + tree_ + ", and " + why,
               "replace the hard links by copies: `git clone --no-hardlinks` for a repository, "
               "UV_LINK_MODE=copy for uv, `cp -a --reflink=auto` instead of `cp -al`");
}

// Where one name of the file was replaced already, links that copy to this one, too. Returns false
// when the copy is not found where it was made.
bool LinkCopies::link_to_earlier(const TreeEntry& found) {
  const auto earlier = copies_.find(found.identity);
  if (earlier == copies_.end()) return false;
  Fd copy;
  try {
    copy = sys::open2(top_, earlier->second.path, O_PATH | O_NOFOLLOW,
                      RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV);
  } catch (const SysError& e) {
    // Its path is too long: this name gets a copy of its own.
    if (e.code() != ENAMETOOLONG && e.code() != EXDEV) throw;
    return false;
  }
  const struct stat st = sys::stat_fd(copy.get(), earlier->second.path);
  if (FileIdentity{st.st_dev, st.st_ino} != earlier->second.identity) return false;
  Unfinished link(found.directory, link_new(copy.get(), found.directory));
  link.move_to(found.name);
  return true;
}

void LinkCopies::copy_content(int from, int to, const std::string& path) {
  if (::ioctl(to, FICLONE, from) == 0) return;
  constexpr size_t kPiece = size_t{1} << 30;
  ssize_t n = 0;
  while ((n = ::sendfile(to, from, nullptr, kPiece)) > 0) {
  }
  if (n < 0) throw_errno("copy", path);
}

void LinkCopies::copy_file(const TreeEntry& found) {
  const Fd from = sys::open(found.directory, found.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  const struct stat st = sys::stat_fd(from.get(), found.name);
  if (FileIdentity{st.st_dev, st.st_ino} != found.identity || !S_ISREG(st.st_mode)) {
    throw refusal(found, "another process has just replaced it");
  }
  std::string name;
  const Fd to = make_file(found.directory, name);
  Unfinished copy(found.directory, name);
  copied_ += static_cast<uint64_t>(st.st_size);
  if (copied_ > kMostBytes && ::ioctl(to.get(), FICLONE, from.get()) != 0) {
    throw refusal(found, "copies of such files would take more than 4 GiB");
  }
  copy_content(from.get(), to.get(), found.path());
  // Those that the directory passes on to new files.
  remove_acls(to.get(), found.name);
  copy_attributes(from.get(), to.get(), found.path());
  if (::fchown(to.get(), owner_.uid, owner_.gid) != 0) {
    throw_errno("change the owner of", found.path());
  }
  // A setuid bit goes, as at every change of owner.
  if (::fchmod(to.get(), st.st_mode & 01777) != 0) throw_errno("set the mode of", found.path());
  const struct timespec times[] = {st.st_atim, st.st_mtim};
  if (::futimens(to.get(), times) != 0) throw_errno("set the times of", found.path());
  if (name.empty()) {
    Unfinished linked(found.directory, link_new(to.get(), found.directory));
    linked.move_to(found.name);
  } else {
    copy.move_to(found.name);
  }
}

TreeEntry LinkCopies::replace(const TreeEntry& found, uint32_t names) {
  if (S_ISLNK(found.mode)) {
    copy_link(found, owner_);
    return look_at_entry(found.directory, found.name);
  }
  if (!S_ISREG(found.mode)) throw refusal(found, "it is not a regular file");
  if ((found.mode & S_IROTH) == 0) {
    throw refusal(found, "other users may not read it, so it may be a secret of the builder");
  }
  if (link_to_earlier(found)) return look_at_entry(found.directory, found.name);
  copy_file(found);
  const TreeEntry copy = look_at_entry(found.directory, found.name);
  if (names > 1) {
    copies_[found.identity] = {found.path().substr(tree_.size() + 1), copy.identity};
  }
  return copy;
}

}  // namespace rind
