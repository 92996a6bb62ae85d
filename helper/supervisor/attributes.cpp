#include "helper/supervisor/attributes.h"

#include <sys/xattr.h>

#include <array>
#include <cerrno>
#include <vector>

#include "common/base/error.h"
#include "common/base/held.h"

namespace rind {
namespace {

constexpr const char* kAccess = "system.posix_acl_access";
constexpr const char* kDefault = "system.posix_acl_default";

// The f*xattr calls refuse O_PATH descriptors.
std::string by_descriptor(int fd) { return sys::HeldPath(fd).c_str(); }

// ENOTSUP: the file system does not support this kind.
bool is_absent(int code) { return code == ENODATA || code == ENOTSUP; }

void remove(const std::string& path, const std::string& attribute, const std::string& name) {
  if (::removexattr(path.c_str(), attribute.c_str()) == 0 || is_absent(errno)) return;
  throw_errno("remove the attribute " + attribute + " of", name);
}

// The same of an open file; EBADF: it was opened with O_PATH.
void remove(int fd, const char* attribute, const std::string& name) {
  if (::fremovexattr(fd, attribute) == 0 || is_absent(errno)) return;
  if (errno != EBADF) throw_errno(std::string("remove the attribute ") + attribute + " of", name);
  remove(by_descriptor(fd), attribute, name);
}

// The names of all attributes, each followed by NUL; "" where there are none.
std::string attributes_of(int fd, const std::string& path, const std::string& name) {
  // Most files have none, and the kernel allocates as much as it is asked for.
  std::array<char, 256> few;
  const ssize_t fits = ::flistxattr(fd, few.data(), few.size());
  if (fits >= 0) return {few.data(), static_cast<size_t>(fits)};
  std::array<char, 65536> names;  // XATTR_LIST_MAX
  const ssize_t size = ::listxattr(path.c_str(), names.data(), names.size());
  if (size >= 0) return {names.data(), static_cast<size_t>(size)};
  if (errno == ENOTSUP) return {};
  throw_errno("list the attributes of", name);
}

uint32_t number(std::string_view bytes, size_t at, int length) {
  uint32_t value = 0;  // little endian, on every machine
  for (int i = length - 1; i >= 0; --i) {
    value = value << 8 | static_cast<unsigned char>(bytes[at + static_cast<size_t>(i)]);
  }
  return value;
}

}  // namespace

void remove_acls(int fd, const std::string& name) {
  for (const char* acl : {kAccess, kDefault}) remove(fd, acl, name);
}

void remove_user_attributes(int fd, const std::string& name) {
  const std::string path = by_descriptor(fd);
  const std::string names = attributes_of(fd, path, name);
  for (size_t start = 0; start < names.size();) {
    const std::string attribute = names.c_str() + start;
    if (attribute.starts_with("user.")) remove(path, attribute, name);
    start += attribute.size() + 1;
  }
}

// struct posix_acl_xattr_header and _entry of <linux/posix_acl_xattr.h>.
bool acl_names(std::string_view acl, const std::function<bool(uint32_t id)>& is_lease) {
  constexpr uint32_t kVersion = 2, kUser = 0x02, kGroup = 0x08;
  constexpr size_t kHeader = 4, kEntry = 8;
  if (acl.size() < kHeader || (acl.size() - kHeader) % kEntry != 0) return true;
  if (number(acl, 0, 4) != kVersion) return true;
  for (size_t at = kHeader; at < acl.size(); at += kEntry) {
    const uint32_t tag = number(acl, at, 2);
    if ((tag == kUser || tag == kGroup) && is_lease(number(acl, at + 4, 4))) return true;
  }
  return false;
}

bool has_no_acls(int held) {
  std::array<char, 256> names;
  ssize_t size = ::flistxattr(held, names.data(), names.size());
  if (size < 0 && errno == EBADF) {
    size = ::listxattr(sys::HeldPath(held).c_str(), names.data(), names.size());
  }
  if (size < 0) return false;
  return std::string_view(names.data(), static_cast<size_t>(size)).find("posix_acl") ==
         std::string_view::npos;
}

bool remove_acls_of_leases(int held, const char* name, bool is_directory,
                           const std::function<bool(uint32_t id)>& is_lease) {
  const sys::HeldPath path(held);
  const auto read = [&](const char* kind, char* acl, size_t size) {
    const ssize_t got = ::fgetxattr(held, kind, acl, size);
    return got < 0 && errno == EBADF ? ::getxattr(path.c_str(), kind, acl, size) : got;
  };
  for (const char* kind : {kAccess, kDefault}) {
    if (kind == kDefault && !is_directory) continue;
    // The kernel clears as much memory as it is asked for: first ask for an ACL of a few entries.
    std::array<char, 256> few;
    std::vector<char> many;  // XATTR_SIZE_MAX
    char* acl = few.data();
    ssize_t size = read(kind, acl, few.size());
    if (size < 0 && errno == ERANGE) {
      many.resize(65536);
      acl = many.data();
      size = read(kind, acl, many.size());
    }
    if (size < 0 && errno == ENOTSUP) return false;
    if (size < 0 && errno == ENODATA) continue;
    if (size < 0) throw_errno("read the ACL of", name);
    if (acl_names({acl, static_cast<size_t>(size)}, is_lease)) remove(held, kind, name);
  }
  return true;
}

}  // namespace rind
