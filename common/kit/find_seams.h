// Finding seams in a rootfs.
//
// The rootfs is hostile: it may contain a hundred thousand directories, loops of symlinks, and
// devices with the names of seams. Root opens every path. The number of entries limits the search,
// so that the limit is the same on every host. A time limit applies only to containers that are not
// known to be builders.
#pragma once

#include <string>
#include <vector>

#include "common/base/error.h"
#include "common/base/fd.h"
#include "common/base/resolve.h"
#include "common/kit/manifest.h"
#include "common/policy/policy.h"

namespace rind {

// The file of a seam, held by an O_PATH descriptor. It is a regular file.
struct FoundSeam {
  kit::SeamKind kind;
  Fd file;
};

// The prefixes named by PATH and VIRTUAL_ENV in `environment` (NAME=VALUE) and by the first two
// words of `arguments`: "/a" for "/a/bin". limit: an image can name any number of prefixes; at most
// limit + 1 are returned, which suffices to exceed the search's limit. Pure.
std::vector<std::string> container_prefixes(const std::vector<std::string>& environment,
                                            const std::vector<std::string>& arguments,
                                            uint64_t limit);

// The directories to search, as patterns: those of the policy and, if `environment_prefixes` is
// set, those below the container_prefixes. Pure.
std::vector<std::string> search_patterns(const SeamRules& rules,
                                         const std::vector<std::string>& environment,
                                         const std::vector<std::string>& arguments);

// The search was stopped before it had found a seam: it is not known whether the rootfs has one.
class SearchIncomplete : public Error {
 public:
  explicit SearchIncomplete(const Error& cause)
      : Error(cause.subject(), cause.why(), cause.remedy()) {}
};

// kUntilFirstFound: the search stops after rules.search_milliseconds if it has found nothing. Use
// it for containers that only a seam would make a builder: on a slow disk, such a container must
// not wait until the engine kills the hook. kUnlimited: no time limit.
enum class SearchTime { kUnlimited, kUntilFirstFound };

// Every isolation script below the patterns. Throws Error when a limit is exceeded, and when the
// path of a script is not a regular file: a seam that cannot be covered must not be ignored. If
// nothing was found before a limit was exceeded or a system call failed, the Error is a
// SearchIncomplete.
std::vector<FoundSeam> find_scripts(const Root& rootfs, const SeamRules& rules,
                                    const std::vector<std::string>& patterns,
                                    SearchTime time = SearchTime::kUnlimited);

// The `unshare` programs of the rootfs.
std::vector<FoundSeam> find_unshare(const Root& rootfs, const SeamRules& rules);

// The Python interpreters at the policy's paths and in the bin of `prefixes`: ELF files, symlinks
// resolved, each once. Other files with such names are ignored. Throws Error when a limit is
// exceeded.
std::vector<FoundSeam> find_interpreters(const Root& rootfs, const SeamRules& rules,
                                         const std::vector<std::string>& prefixes);

}  // namespace rind
