// Symbolic links on the way to something.
#pragma once

#include <string>
#include <vector>

namespace rind {

struct Link {
  std::string path;    // of the link itself, its directory canonical
  std::string target;  // as readlink(2) gives it
};

// The symbolic links that the kernel follows on the way to `path` (absolute), in order, as far as
// the path exists. Where a step sees an empty directory instead of one of their directories, the
// link is made there.
std::vector<Link> links_on_the_way(const std::string& path);

}  // namespace rind
