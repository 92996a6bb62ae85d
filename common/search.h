// Finding seams in a rootfs.
//
// The rootfs is hostile: it may hold a hundred thousand directories, links in circles and devices
// under our names. Every path goes through Root; the search is limited by entries and by time.
#pragma once

#include <string>
#include <vector>

#include "common/fd.h"
#include "common/kit.h"
#include "common/policy.h"
#include "common/resolve.h"

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

// Every isolation script below the patterns. Throws Error when the limits are exceeded, or when
// something lies there that is no regular file: a seam that cannot be covered must not be passed
// over.
std::vector<FoundSeam> find_scripts(const Root& rootfs, const SeamRules& rules,
                                    const std::vector<std::string>& patterns);

// The `unshare` programs of the rootfs.
std::vector<FoundSeam> find_unshare(const Root& rootfs, const SeamRules& rules);

// The real files behind the Python interpreters at the policy's paths and in the bin of `prefixes`:
// ELF files, each once. Others of that name are passed over. Throws Error when the limits are
// exceeded.
std::vector<FoundSeam> find_interpreters(const Root& rootfs, const SeamRules& rules,
                                         const std::vector<std::string>& prefixes);

}  // namespace rind
