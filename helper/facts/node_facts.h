// What single paths of the container are, without following a link: type, owner, mode, mount.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace rind {

// An entry of a POSIX ACL (acl(5)).
struct AclEntry {
  enum class Tag { kOwner, kUser, kGroup, kNamedGroup, kMask, kOther } tag = Tag::kOther;
  unsigned id = 0;      // of a kUser or kNamedGroup, as this user namespace sees it
  unsigned rights = 0;  // 4 read, 2 write, 1 execute
};

struct NodeFact {
  enum class Type {
    kAbsent,
    kUnknown,  // this user may not look at it
    kDirectory,
    kFile,
    kLink,
    kSocket,
    kFifo,
    kCharacter,
    kBlock,
  } type = Type::kAbsent;
  unsigned mode = 0;  // permission bits
  unsigned uid = 0, gid = 0;
  std::string target;         // of a link
  std::vector<AclEntry> acl;  // empty where the mode says all
  uint64_t size = 0;          // in bytes
  uint64_t mount = 0;         // the id of its mount
  // Attributes of that mount, in the container.
  bool read_only = false, noexec = false, nodev = false;
};
std::string to_string(NodeFact::Type type);

// Looks at one path. Does not follow a link at its end.
using LookAtNode = std::function<NodeFact(const std::string& path)>;

// Looks at `path`, which has no link on its way. Never throws: what cannot be looked at is
// kUnknown.
NodeFact look_at_node(const std::string& path);

// What decides about access beside the files themselves.
struct AccessFacts {
  LookAtNode look;
  // The supplementary groups of a step that keeps the builder's ids.
  std::vector<unsigned> groups;
  // The sysctl fs.protected_symlinks: in a directory like /tmp, a link of a third user is not
  // followed.
  bool protected_symlinks = true;
};

// The facts of this container; `look` is look_at_node.
AccessFacts gather_access_facts();

}  // namespace rind
