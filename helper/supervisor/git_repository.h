// What git sees of a repository: gitrepository-layout(5). No function follows a link.
#pragma once

#include <string>
#include <vector>

#include "common/base/fd.h"

namespace rind::git {

// The file that names the directory with the configuration, in a repository that shares one.
inline constexpr const char* kCommon = "commondir";

// Opens the directory `place` below `top`. Nothing where it does not exist, and for another user's
// that this process may not search: its git may not, either.
Fd open_place(int top, const std::string& place);

// Opens a subdirectory; nothing when it is not one.
Fd open_below(int directory, const std::string& name);

// Opens the regular file of a repository that `held` (O_PATH) holds. A step with the builder's uid
// can have closed it. name: for messages. Throws SysError.
Fd open_file(int held, const std::string& name);

// True for a directory in which git sees a repository.
bool is_repository(int directory);

// The hooks in `hooks` that git runs. Throws Error when there are more than `most`.
std::vector<std::string> hooks_in(const Fd& hooks, size_t most);

}  // namespace rind::git
