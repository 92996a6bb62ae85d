// Finding seams in a rootfs.
//
// The rootfs is hostile: it may hold a hundred thousand directories, links in circles and devices
// under our names. Every path goes through Root; the search is limited by a count of entries, which
// is the same on every host. A clock may end it only where nothing is known to be a builder.
#pragma once

#include <string>
#include <vector>

#include "common/base/error.h"
#include "common/base/fd.h"
#include "common/base/resolve.h"
#include "common/kit/manifest.h"
#include "common/policy/policy.h"

namespace rind {

// A seam's file, held by an O_PATH descriptor. It is a regular file.
struct FoundSeam {
  kit::SeamKind kind;
  Fd file;
};

// The prefixes that PATH and VIRTUAL_ENV in `environment` (NAME=VALUE) and the first two words of
// `arguments` name: "/a" of "/a/bin". limit: one more than so many are enough to exceed a search's
// limit; an image can name any number. Pure.
std::vector<std::string> container_prefixes(const std::vector<std::string>& environment,
                                            const std::vector<std::string>& arguments,
                                            uint64_t limit);

// The directories to search, as patterns: the policy's, and with `environment_prefixes` those below
// the container_prefixes. Pure.
std::vector<std::string> search_patterns(const SeamRules& rules,
                                         const std::vector<std::string>& environment,
                                         const std::vector<std::string>& arguments);

// The search ended before its end and had found nothing: whether there is a seam is not known.
class SearchIncomplete : public Error {
 public:
  explicit SearchIncomplete(const Error& cause)
      : Error(cause.subject(), cause.why(), cause.remedy()) {}
};

// kUntilFirstFound: rules.search_milliseconds ends a search that has found nothing. It is for
// containers that nothing else makes a builder: they must not wait for a slow disk until the engine
// ends the hook. Everything else is searched to its end, however long that takes.
enum class SearchTime { kUnlimited, kUntilFirstFound };

// Every isolation script below the patterns. Throws Error when the limits are exceeded, or when
// something lies there that is no regular file: a seam that cannot be covered must not be passed
// over. Where nothing was found before a limit or a system call that failed, the Error is a
// SearchIncomplete.
std::vector<FoundSeam> find_scripts(const Root& rootfs, const SeamRules& rules,
                                    const std::vector<std::string>& patterns,
                                    SearchTime time = SearchTime::kUnlimited);

// The `unshare` programs of the rootfs.
std::vector<FoundSeam> find_unshare(const Root& rootfs, const SeamRules& rules);

// The real files behind the Python interpreters at the policy's paths and in the bin of `prefixes`:
// ELF files, each once. Others of that name are passed over. Throws Error when the limits are
// exceeded.
std::vector<FoundSeam> find_interpreters(const Root& rootfs, const SeamRules& rules,
                                         const std::vector<std::string>& prefixes);

}  // namespace rind
