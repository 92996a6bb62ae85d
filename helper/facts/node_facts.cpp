#include "helper/facts/node_facts.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "common/base/error.h"
#include "common/base/look.h"
#include "common/base/names.h"
#include "common/base/resolve.h"
#include "common/base/sys.h"

namespace rind {
namespace {

NodeFact::Type type_of(mode_t mode) {
  using Type = NodeFact::Type;
  switch (mode & S_IFMT) {
    case S_IFDIR:
      return Type::kDirectory;
    case S_IFLNK:
      return Type::kLink;
    case S_IFSOCK:
      return Type::kSocket;
    case S_IFIFO:
      return Type::kFifo;
    case S_IFCHR:
      return Type::kCharacter;
    case S_IFBLK:
      return Type::kBlock;
    default:
      return Type::kFile;
  }
}

// "system.posix_acl_access", version 2: a header, then entries of tag, rights and id, each little
// endian (linux/posix_acl_xattr.h).
std::vector<AclEntry> parse_acl(const unsigned char* bytes, size_t size) {
  using Tag = AclEntry::Tag;
  constexpr size_t kHeader = 4, kEntry = 8;
  const auto number = [&](size_t at, size_t width) {
    unsigned value = 0;
    for (size_t i = width; i-- > 0;) value = value << 8 | bytes[at + i];
    return value;
  };
  std::vector<AclEntry> entries;
  for (size_t at = kHeader; at + kEntry <= size; at += kEntry) {
    AclEntry entry = {Tag::kOther, number(at + 4, 4), number(at + 2, 2)};
    switch (number(at, 2)) {
      case 0x01:
        entry.tag = Tag::kOwner;
        break;
      case 0x02:
        entry.tag = Tag::kUser;
        break;
      case 0x04:
        entry.tag = Tag::kGroup;
        break;
      case 0x08:
        entry.tag = Tag::kNamedGroup;
        break;
      case 0x10:
        entry.tag = Tag::kMask;
        break;
      default:
        break;
    }
    entries.push_back(entry);
  }
  return entries;
}

std::vector<AclEntry> acl_of(const std::string& self) {
  unsigned char bytes[4096];
  const ssize_t size = ::getxattr(self.c_str(), "system.posix_acl_access", bytes, sizeof bytes);
  if (size < 0 && sys::is_no_answer(errno)) throw_errno("read the ACL of", self);
  if (size <= 0) return {};  // ENODATA: the mode says all; EOPNOTSUPP: the file system has none
  return parse_acl(bytes, static_cast<size_t>(size));
}

NodeFact look(const std::string& path) {
  const Fd file = open_canonical(path, O_PATH | O_NOFOLLOW);
  const struct stat st = sys::stat_fd(file.get(), path);
  NodeFact node;
  node.type = type_of(st.st_mode);
  node.mode = st.st_mode & 07777U;
  node.uid = st.st_uid;
  node.gid = st.st_gid;
  node.size = static_cast<uint64_t>(st.st_size);
  node.mount = sys::mount_place(file.get(), path).mount_id;
  if (node.type == NodeFact::Type::kLink) {
    node.target = sys::read_link(file.get(), "");
    return node;
  }
  struct statvfs fs = {};
  if (::fstatvfs(file.get(), &fs) != 0) throw_errno("statvfs", path);
  node.read_only = (fs.f_flag & ST_RDONLY) != 0;
  node.noexec = (fs.f_flag & ST_NOEXEC) != 0;
  node.nodev = (fs.f_flag & ST_NODEV) != 0;
  node.acl = acl_of("/proc/self/fd/" + std::to_string(file.get()));
  return node;
}

bool has_setgid_capability() {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {};
  return ::syscall(SYS_capget, &header, data) == 0 && (data[0].effective >> CAP_SETGID & 1) != 0;
}

// The supervisor takes the builder's groups from the step where it may.
std::vector<unsigned> groups_that_stay() {
  const int count = has_setgid_capability() ? 0 : ::getgroups(0, nullptr);
  std::vector<unsigned> groups(count > 0 ? static_cast<size_t>(count) : 0);
  if (!groups.empty() && ::getgroups(count, groups.data()) < 0) groups.clear();
  return groups;
}

}  // namespace

std::string to_string(NodeFact::Type type) {
  using Type = NodeFact::Type;
  static constexpr Name<Type> kNames[] = {
      {Type::kAbsent, "absent"},       {Type::kUnknown, "unknown"},
      {Type::kDirectory, "directory"}, {Type::kFile, "file"},
      {Type::kLink, "link"},           {Type::kSocket, "socket"},
      {Type::kFifo, "fifo"},           {Type::kCharacter, "character device"},
      {Type::kBlock, "block device"}};
  return name_of(kNames, type);
}

NodeFact look_at_node(const std::string& path) {
  NodeFact node;
  try {
    return look(path);
  } catch (const SysError& e) {
    const bool absent = e.code() == ENOENT || e.code() == ENOTDIR || e.code() == ENAMETOOLONG;
    if (!absent) node.type = NodeFact::Type::kUnknown;
  } catch (const Error&) {
    node.type = NodeFact::Type::kUnknown;
  }
  return node;
}

AccessFacts gather_access_facts() {
  AccessFacts facts;
  facts.look = look_at_node;
  facts.groups = groups_that_stay();
  constexpr size_t kLimit = 16;
  try {
    const auto text = sys::try_read_file("/proc/sys/fs/protected_symlinks", kLimit);
    facts.protected_symlinks = !text || !text->starts_with("0");
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): closed; the usual value is assumed
  }
  return facts;
}

}  // namespace rind
