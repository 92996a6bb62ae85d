// Changing the owner of a whole tree that somebody else wrote.
#pragma once

#include <functional>
#include <string>

#include "helper/facts.h"

namespace rind {

// Gives everything below the directory `top` (an open descriptor, not O_PATH), but not itself, to
// `owner`. Follows no link, leaves the file system at no mount point (Error), and holds two
// descriptors however deep the tree is. Nobody else must be changing the tree meanwhile. path: of
// `top`, for messages. may_change: asked of each owner; where it says no, the tree is refused.
// Throws Error, with part of the tree changed.
void chown_below(int top, const std::string& path, Owner owner,
                 const std::function<bool(const Owner&)>& may_change);

}  // namespace rind
