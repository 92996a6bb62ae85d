// The host's policy, where its defaults are those that a program knows: without reading most of it.
//
// The files decide what the policy is, as with load_policy(). But where the text of the defaults'
// file is the known one, that text is valid, and of the operator's files only what they change
// needs a check.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/policy/policy.h"

namespace rind {

// A valid policy, compiled in.
struct KnownDefaults {
  struct Part {
    std::string_view key, text;  // a key at the top, and the JSON text of its value
  };
  std::string_view text;  // of the file
  std::span<const Part> parts;
  Policy (*rules)();  // its `containers`, `seams`, `identity`, `lend` and `record`
};

// A policy that is valid as a whole, of which some keys were parsed.
struct PartialPolicy {
  Policy policy;                    // with the keys that were asked for, and perhaps others
  std::vector<SharedJson> patches;  // the operator's files
};

// The keys `keys` of the policy in `files`, of which `patches` are the operator_files(). `keys`:
// some of those that KnownDefaults::rules has. Nothing where the defaults are not `known`, and
// where this function does not see that load_policy() would take the files: that function then
// decides, and has the words for it. Throws nothing but std::bad_alloc.
std::optional<PartialPolicy> load_partial_policy(const PolicyFiles& files,
                                                 const std::vector<std::string>& patches,
                                                 const KnownDefaults& known,
                                                 const std::vector<std::string>& keys);

// All of it, as load_policy() returns it.
LoadedPolicy complete(const PartialPolicy& partial, const KnownDefaults& known);

}  // namespace rind
