#include "common/base/held.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <string_view>

#include "common/base/error.h"
#include "common/base/look.h"
#include "common/base/sys.h"

namespace rind::sys {

Fd hold(int directory, const char* name) {
  Fd held(::openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
  if (!held && errno != ENOENT) throw_errno("open", name);
  return held;
}

HeldPath::HeldPath(int fd) {
  constexpr std::string_view kLinks = "/proc/self/fd/";
  char* const number = std::copy(kLinks.begin(), kLinks.end(), text_.data());
  std::to_chars(number, text_.data() + text_.size() - 1, fd);
}

Fd open_held(int held, int flags, const std::string& name) {
  Fd file(::open(HeldPath(held).c_str(), flags | O_CLOEXEC));
  if (!file) throw_errno("open", name);
  return file;
}

std::string attribute_of(int held, const char* attribute, const std::string& name) {
  std::string value(64, '\0');
  const ssize_t size = ::getxattr(HeldPath(held).c_str(), attribute, value.data(), value.size());
  if (size < 0 && is_no_answer(errno)) throw_errno("read an attribute of", name);
  value.resize(static_cast<size_t>(std::max<ssize_t>(size, 0)));
  return value;
}

void set_attribute(int file, const char* attribute, const std::string& value,
                   const std::string& name) {
  const auto set = [&] { return ::fsetxattr(file, attribute, value.data(), value.size(), 0) == 0; };
  if (set() || errno == EOPNOTSUPP) return;
  if (errno != EACCES) throw_errno("set an attribute of", name);
  // An owner without CAP_DAC_OVERRIDE must be able to write to the file.
  const mode_t mode = stat_fd(file, name).st_mode & 07777;
  if (::fchmod(file, mode | S_IWUSR) != 0 || !set() || ::fchmod(file, mode) != 0) {
    throw_errno("set an attribute of", name);
  }
}

void set_mode(int held, mode_t mode, const std::string& name) {
  if (::chmod(HeldPath(held).c_str(), mode) != 0) throw_errno("set the mode of", name);
}

void set_owner(int held, uid_t uid, gid_t gid, const std::string& name) {
  if (::fchownat(held, "", uid, gid, AT_EMPTY_PATH) != 0) throw_errno("change the owner of", name);
}

}  // namespace rind::sys
