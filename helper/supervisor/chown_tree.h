// Changes the owner of a whole tree that somebody else wrote.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/policy/policy.h"
#include "helper/facts/facts.h"
#include "helper/supervisor/tree_entry.h"

namespace rind {

// What happens to an entry.
struct Change {
  std::optional<Owner> to = {};            // nothing: it keeps its owner
  std::optional<unsigned> inherited = {};  // of a directory: TreeEntry::inherited of its entries
};

// A file with a hard link outside of the tree. names: how many of its names were found in the tree.
using OutsideLink = std::function<void(const TreeEntry&, uint32_t names)>;

// kLent: the walk skips mounts. kOwn: the tree of a step that runs with the builder's uid. The walk
// enters mounts. It opens closed directories of this user, since git can enter a directory that
// cannot be listed; it skips those of other users.
enum class Entering { kLent, kOwn };

// kEach: the walk looks at each entry. kOnly: it looks at each and changes none. kNames: it lists
// the directories only and changes nothing; `seen` and `grown` are all that it calls. That takes a
// third of the time.
enum class Looking { kEach, kOnly, kNames };

// Called for every entry of any owner, before it is changed.
using SeenEntry = std::function<void(std::string_view name, const PathOf& place)>;
// The size of a tree: its entries, and its levels of directories (1: no subdirectories).
struct TreeSize {
  uint64_t entries = 0, depth = 0;
  // Another process added, removed or moved entries meanwhile: the walk may have missed some.
  bool disturbed = false;
};

// What of `size` exceeds a limit, for people; "" for nothing. Pure.
std::string excess_of(const TreeSize& size, const LimitRules& limits);

// What a walk does. Each function may throw.
struct TreeWalk {
  std::function<Change(const TreeEntry&)> decide = {};
  // Called after a change, with the entry as it was.
  std::function<void(const TreeEntry&)> changed = {};
  // Set: called for the files with a hard link outside, after all others were changed. The function
  // replaces the file by one that has the new owner. Not set: such files are changed as others are.
  // With kOnly it must throw.
  OutsideLink outside_link = {};
  SeenEntry seen = {};
  // Called for each directory below the top when it is open, before it is changed.
  std::function<void(const TreeEntry&)> entered = {};
  Entering entering = Entering::kLent;
  Looking looking = Looking::kEach;
  // Called with the size so far.
  std::function<void(const TreeSize&)> grown = {};
  // TreeEntry::inherited of the top's entries.
  std::optional<unsigned> inherited = {};
};

// Changes the owners of the entries below the directory `top` (an open descriptor, not O_PATH), but
// not of `top` itself, as `how` says. It follows no link and holds a bounded number of descriptors
// at any depth.
// Other processes may change the tree meanwhile. What is looked at is held, and what is held is
// changed, so no file outside of the tree is changed whatever takes the place of an entry. An entry
// that is gone is no error. path: that of `top`, for messages. Returns the whole size. Throws
// Error, with a part of the tree changed.
TreeSize chown_below(int top, const std::string& path, const TreeWalk& how);

// The same, repeated while other processes change the tree, so that nothing is missed. Throws Error
// also when there is something to change in every pass.
TreeSize chown_all_below(int top, const std::string& path, const TreeWalk& how);

}  // namespace rind
