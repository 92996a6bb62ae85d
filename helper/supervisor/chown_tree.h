// Changing the owner of a whole tree that somebody else wrote.
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

// An entry of the tree, as it is found.
struct TreeEntry {
  Owner owner;
  mode_t mode = 0;  // with the type
  FileIdentity identity;
  int directory = -1;  // the one that it lies in, open
  std::string name;
  // Where it is, for messages. Of a tree that is as deep as its maker liked it is as long: not made
  // for every entry.
  std::function<std::string()> path;

  bool is_directory() const { return S_ISDIR(mode); }
};

enum class Change { kYes, kLeave };

// What becomes of files that have a further name outside of the tree.
enum class OutsideNames { kRefuse, kIgnore };

// kOwn: of a step that works as the builder itself. Mounts are entered; directories of ours that
// are closed are opened, since git can enter one that cannot be listed; others' closed ones are
// left.
enum class Entering { kLent, kOwn };

// Called for every entry, whosever it is, before it is changed. path: as in TreeEntry.
using SeenEntry =
    std::function<void(const std::string& name, const std::function<std::string()>& path)>;
// How large a tree is: what lies in it, and how many directories lie in one another (1: none does).
struct TreeSize {
  uint64_t entries = 0, depth = 0;
};

// What a walk does beside changing owners.
struct TreeWalk {
  OutsideNames outside = OutsideNames::kRefuse;
  SeenEntry seen = {};
  Entering entering = Entering::kLent;
  // Called with what was met so far; may throw.
  std::function<void(const TreeSize&)> grown = {};
};

// Gives what lies below the directory `top` (an open descriptor, not O_PATH), but not `top` itself,
// to `owner`, as far as `decide` says so; it may throw, too. Follows no link, leaves the file
// system at no mount point (Error), and holds two descriptors however deep the tree is. Nobody else
// must be changing the tree meanwhile. path: of `top`, for messages. Returns the whole size. Throws
// Error, with part of the tree changed.
TreeSize chown_below(int top, const std::string& path, Owner owner,
                     const std::function<Change(const TreeEntry&)>& decide, const TreeWalk& how);

}  // namespace rind
