// The only way to open a path in an untrusted tree.
//
// A rootfs comes from an image, a source tree from a package: any component may be a symlink, and
// may change at any time. A path in such a tree is an UntrustedPath; only Root::open turns it into
// a descriptor. The kernel resolves it with the top of the tree as "/" (openat2, RESOLVE_IN_ROOT)
// and without magic links.
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

// A tree, held by a descriptor of its top directory.
class Root {
 public:
  explicit Root(Fd top) : top_(std::move(top)) {}

  // Opens `path` below the top. Symlinks resolve as for a process whose root is the top. flags: of
  // open(2), usually O_PATH. Throws SysError.
  Fd open(const UntrustedPath& path, int flags) const;
  // For a path that open() did not find: the first symlink in it that does not resolve here, e.g. a
  // link into /proc/self (a process inside could follow it), or a link in a loop. "" when a
  // component does not exist.
  std::string dangling_link(const UntrustedPath& path) const;
  int top() const { return top_.get(); }

 private:
  Fd top_;
};

// Opens an absolute path that was canonical when it was resolved. A component that has become a
// symlink since then is an error (ELOOP).
Fd open_canonical(const std::string& path, int flags);
// The same; an empty Fd, and no exception, where the path does not exist (ENOENT).
Fd try_open_canonical(const std::string& path, int flags);

}  // namespace rind
