// Changes the owner of a whole tree that somebody else wrote.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "helper/facts/facts.h"

namespace rind {

// Device and inode.
using FileIdentity = std::pair<dev_t, ino_t>;

// An entry of the tree, before it is changed.
struct TreeEntry {
  Owner owner;
  mode_t mode = 0;  // with the type
  FileIdentity identity;
  int directory = -1;  // the directory that contains it, open
  std::string name;
  // Its path, for messages. In a deep tree the path is long, so it is made only when needed.
  std::function<std::string()> path;

  bool is_directory() const { return S_ISDIR(mode); }
};

enum class Change { kYes, kLeave };

// What to do with files that have another hard link outside of the tree.
enum class OutsideNames { kRefuse, kIgnore };

// kOwn: the tree of a step that runs with the builder's uid. The walk enters mounts. It opens
// closed directories of this user, since git can enter a directory that cannot be listed; it skips
// those of other users.
enum class Entering { kLent, kOwn };

// Called for every entry of any owner, before it is changed. path: as in TreeEntry.
using SeenEntry =
    std::function<void(const std::string& name, const std::function<std::string()>& path)>;
// The size of a tree: its entries, and its levels of directories (1: no subdirectories).
struct TreeSize {
  uint64_t entries = 0, depth = 0;
};

// What a walk does besides changing owners.
struct TreeWalk {
  OutsideNames outside = OutsideNames::kRefuse;
  SeenEntry seen = {};
  Entering entering = Entering::kLent;
  // Called with the size so far; may throw.
  std::function<void(const TreeSize&)> grown = {};
};

// Gives the entries below the directory `top` (an open descriptor, not O_PATH), but not `top`
// itself, to `owner` where `decide` says so; `decide` may throw. It follows no link, stops with an
// Error at a mount point, and holds two descriptors at any depth. Nobody else may change the tree
// meanwhile. path: that of `top`, for messages. Returns the whole size. Throws Error, with a part
// of the tree changed.
TreeSize chown_below(int top, const std::string& path, Owner owner,
                     const std::function<Change(const TreeEntry&)>& decide, const TreeWalk& how);

}  // namespace rind
