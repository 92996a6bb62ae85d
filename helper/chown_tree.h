// Changing the owner of a whole tree that somebody else wrote.
#pragma once

#include <functional>
#include <string>

#include "helper/facts.h"

namespace rind {

// An entry of the tree, as it is found.
struct TreeEntry {
  Owner owner;
  int directory = -1;  // the one that it lies in, open
  std::string name;
  bool is_directory = false;
  // Where it is, for messages. Of a tree that is as deep as its maker liked it is as long: not made
  // for every entry.
  std::function<std::string()> path;
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

// Gives what lies below the directory `top` (an open descriptor, not O_PATH), but not `top` itself,
// to `owner`, as far as `decide` says so; it may throw, too. Follows no link, leaves the file
// system at no mount point (Error), and holds two descriptors however deep the tree is. Nobody else
// must be changing the tree meanwhile. path: of `top`, for messages. Throws Error, with part of the
// tree changed.
void chown_below(int top, const std::string& path, Owner owner,
                 const std::function<Change(const TreeEntry&)>& decide, OutsideNames outside,
                 const SeenEntry& seen = {}, Entering entering = Entering::kLent);

}  // namespace rind
