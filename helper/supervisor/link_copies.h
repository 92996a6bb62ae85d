// Replaces files of a tree that have a hard link outside of it by copies.
//
// A change of owner would change the names outside, too. `git clone` of a path, `cp -al` and uv
// make such links. The copy has the mode, times and attributes of the file, and takes its place by
// a rename, so the names outside keep everything.
//
// A hard link may lead to a secret of the builder. So only what other users may read is copied: a
// step can read that through the link anyway.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "common/base/error.h"
#include "helper/facts/facts.h"
#include "helper/supervisor/chown_tree.h"

namespace rind {

class LinkCopies {
 public:
  // tree: the top, canonical; `top`: the same, open. owner: of the copies.
  LinkCopies(std::string tree, int top, Owner owner)
      : tree_(std::move(tree)), top_(top), owner_(owner) {}

  // Replaces the file that `found` holds, and returns the copy as it is then, without a descriptor.
  // names: how many of the file's
  // names are in the tree; they stay links to one copy. Throws Error for a file that is neither a
  // regular file nor a symbolic link, that others may not read, or when the copies are too large.
  TreeEntry replace(const TreeEntry& found, uint32_t names);

 private:
  std::optional<TreeEntry> link_to_earlier(const TreeEntry& found);
  TreeEntry copy_file(const TreeEntry& found);
  void copy_content(int from, int to, const std::string& path);
  Error refusal(const TreeEntry& found, const std::string& why) const;

  struct Copy {
    std::string path;  // below the top
    FileIdentity identity;
  };
  std::string tree_;
  int top_;
  Owner owner_;
  uint64_t copied_ = 0;  // bytes that take space
  std::map<FileIdentity, Copy> copies_;
};

}  // namespace rind
