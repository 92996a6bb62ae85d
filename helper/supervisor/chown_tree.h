// Changes the owner of a whole tree that somebody else wrote.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "common/policy/policy.h"
#include "helper/facts/facts.h"

namespace rind {

// Device and inode.
using FileIdentity = std::pair<dev_t, ino_t>;

// The path of the entry `name` of the directory in which a walk is; "." and "": of the directory
// itself. For messages: in a deep tree a path is long, so it is made only when needed.
using PathOf = std::function<std::string(std::string_view name)>;

// An entry of the tree, before it is changed. It is valid while a walk is at it: a walk allocates
// nothing for an entry.
struct TreeEntry {
  Owner owner;
  mode_t mode = 0;  // with the type
  FileIdentity identity;
  int64_t birth = 0;  // nanoseconds; 0 where the file system does not know it
  // The directory that contains it, open. For a directory: the directory itself, and the name ".".
  int directory = -1;
  const char* name = "";
  // The group of files that are made beside it, where the directory passes its own on (setgid).
  std::optional<unsigned> inherited = {};
  const PathOf* place = nullptr;

  std::string path() const { return place != nullptr ? (*place)(name) : std::string(name); }
  bool is_directory() const { return S_ISDIR(mode); }
};

// `name` in `directory` (for "": `directory` itself) as an entry, without `place` and `inherited`.
// `name` must live as long as the entry. Throws SysError.
TreeEntry look_at_entry(int directory, const char* name);

// What happens to an entry.
struct Change {
  std::optional<Owner> to = {};            // nothing: it keeps its owner
  std::optional<unsigned> inherited = {};  // of a directory: TreeEntry::inherited of its entries
};

// A file with a hard link outside of the tree. names: how many of its names are in the tree.
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
// Nobody else may change the tree meanwhile. path: that of `top`, for messages. Returns the whole
// size. Throws Error, with a part of the tree changed.
TreeSize chown_below(int top, const std::string& path, const TreeWalk& how);

}  // namespace rind
