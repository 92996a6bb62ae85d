// The one door into a tree that somebody else wrote.
//
// A rootfs comes from an image, a source tree from a package: any component may be a symlink, and
// may change while we look. A path in such a tree is an UntrustedPath, which nothing but Root::open
// turns into a descriptor; the kernel resolves it with the tree's top as "/" (openat2,
// RESOLVE_IN_ROOT) and without magic links.
#pragma once

#include <string>
#include <utility>

#include "common/base/fd.h"

namespace rind {

class UntrustedPath {
 public:
  explicit UntrustedPath(std::string path) : path_(std::move(path)) {}
  // For messages and for the resolver only.
  const std::string& text() const { return path_; }

 private:
  std::string path_;
};

// A tree held by a descriptor of its top directory.
class Root {
 public:
  explicit Root(Fd top) : top_(std::move(top)) {}

  // Opens below the top; symlinks are followed as a process whose root is the top would follow
  // them. flags: open(2) flags, usually O_PATH. Throws SysError.
  Fd open(const UntrustedPath& path, int flags) const;
  // Of a path that open() did not find: the first link on the way to it that leads nowhere from
  // here, as one into /proc/self does that a process inside could follow, or one of a loop. "" when
  // a part of the path is just not there.
  std::string dangling_link(const UntrustedPath& path) const;
  int top() const { return top_.get(); }

 private:
  Fd top_;
};

// Opens an absolute path that was canonical when it was resolved, and must still be: a component
// that has become a symlink since is an error (ELOOP).
Fd open_canonical(const std::string& path, int flags);

}  // namespace rind
