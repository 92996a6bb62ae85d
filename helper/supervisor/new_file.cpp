#include "helper/supervisor/new_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "common/base/error.h"
#include "common/base/held.h"
#include "common/base/sys.h"

namespace rind {
namespace {

std::string random_name() {
  uint64_t number = 0;
  if (::getrandom(&number, sizeof number, 0) != sizeof number) throw_errno("getrandom");
  return ".rind-copy-" + std::to_string(number);
}

// Links the file of `held` to a new name in `directory`.
std::string link_new(int held, int directory) {
  std::string name = random_name();
  if (::linkat(AT_FDCWD, sys::HeldPath(held).c_str(), directory, name.c_str(), AT_SYMLINK_FOLLOW) !=
      0) {
    throw_errno("link", name);
  }
  return name;
}

}  // namespace

NewFile::NewFile(int directory, Fd held, std::string name)
    : directory_(directory), held_(std::move(held)), name_(std::move(name)) {}

NewFile::NewFile(int directory) : directory_(directory) {
  constexpr mode_t kClosed = 0600;
  try {
    held_ = sys::open(directory, ".", O_TMPFILE | O_RDWR, kClosed);
    return;
  } catch (const SysError& e) {
    // The file system has no O_TMPFILE.
    if (e.code() != EOPNOTSUPP && e.code() != EISDIR && e.code() != ENOENT) throw;
  }
  name_ = random_name();
  held_ = sys::open(directory, name_, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, kClosed);
}

NewFile::NewFile(int directory, const std::string& target) : directory_(directory) {
  std::string name = random_name();
  sys::make_symlink(target, directory, name);
  name_ = std::move(name);
  held_ = sys::hold(directory, name_.c_str());
  if (held_) {
    const struct stat st = sys::stat_fd(held_.get(), name_);
    if (S_ISLNK(st.st_mode) && st.st_nlink == 1 && sys::read_link(held_.get(), "") == target)
      return;
  }
  name_.clear();  // whatever is there now is not ours
  throw Error("make a link", "another process replaced it at once",
              "let no other process change the tree while a step begins or ends");
}

NewFile NewFile::link_to(int directory, int held) {
  return {directory, Fd(), link_new(held, directory)};
}

NewFile::NewFile(NewFile&& other) noexcept
    : directory_(other.directory_),
      held_(std::move(other.held_)),
      name_(std::exchange(other.name_, {})) {}

NewFile::~NewFile() {
  if (!name_.empty()) (void)::unlinkat(directory_, name_.c_str(), 0);
}

void NewFile::put(const std::string& name) {
  if (name_.empty()) name_ = link_new(held_.get(), directory_);
  if (::renameat(directory_, name_.c_str(), directory_, name.c_str()) != 0) {
    throw_errno("replace", name);
  }
  // rename(2) does nothing where both names are the same file's.
  if (!held_) (void)::unlinkat(directory_, name_.c_str(), 0);
  name_.clear();
}

}  // namespace rind
