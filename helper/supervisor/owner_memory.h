// Remembers whose files were, while a tree is lent.
//
// A file is known by its device, inode, type and time of birth, never by its name: a step can
// rename every file of its tree. It can also remove a file, and the kernel may use the inode again
// for a file that the step makes. Where the file system knows no time of birth, the kernel's file
// handle tells such files apart: it has the inode's generation. Where neither is known, the new
// file goes to the owner of the removed one. The step gains nothing by that: it could have written,
// renamed and opened up the removed file itself.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "helper/facts/facts.h"
#include "helper/supervisor/chown_tree.h"

namespace rind {

class OwnerMemory {
 public:
  // file: as it is after the change of its owner; on an overlay, the change made a new inode.
  // Throws Error when there are too many: the memory is the builder's.
  void remember(const TreeEntry& file, Owner owner);
  // The owner that was remembered for this file.
  std::optional<Owner> owner_of(const TreeEntry& file);

 private:
  struct Known {
    FileIdentity identity;
    int64_t birth;         // or a digest of the file handle; 0 where neither is known
    uint32_t type, owner;  // owner: index in owners_
    bool operator<(const Known& other) const { return identity < other.identity; }
  };
  std::vector<Known> known_;
  bool sorted_ = true;
  std::vector<Owner> owners_;
};

}  // namespace rind
