// Symbolic links on the way to something.
#pragma once

#include <string>
#include <vector>

namespace rind {

struct Link {
  std::string path;    // of the link itself, its directory canonical
  std::string target;  // as readlink(2) gives it
};

// Every symbolic link that the kernel follows on the way to `path` (absolute), in that order, as
// far as the path leads. A step that sees an empty directory in the place of one of them needs the
// link there.
std::vector<Link> links_on_the_way(const std::string& path);

}  // namespace rind
