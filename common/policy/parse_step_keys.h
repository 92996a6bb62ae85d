// Parsers for the parts of a policy; common/policy/policy.cpp combines them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/policy/policy.h"

namespace rind {

class JsonObject;

// A larger size or count is a mistake in the policy.
inline constexpr uint64_t kLargestSize = uint64_t{1} << 50;

// True for an absolute path without NUL and without empty, "." or ".." components.
bool is_plain_absolute(const std::string& path);

// What to write for `path`, for which is_plain_absolute is false.
std::string remedy_for_path(const std::string& path);
// Throws JsonError for the first of `paths`, the array at `key` of `o`, that is not
// is_plain_absolute.
void require_plain_absolute(const JsonObject& o, const std::string& key,
                            const std::vector<std::string>& paths);

// The view at `key` of `views`.
ViewSpec parse_view(JsonObject& views, const std::string& key);
IdentityRules parse_identity(JsonObject o);
LimitRules parse_limits(JsonObject o);
RecordRules parse_record(JsonObject o);
std::vector<PackageRule> parse_packages(JsonObject o);
// The keys of the views that `patch` makes rw.
std::vector<std::string> views_written(const Json& patch);
// Throws Error when `patch` sets a key that cannot differ between the steps of a container.
void require_patchable(JsonObject patch);
NarrowRules parse_narrow(JsonObject o);
std::vector<PolicyChoice> parse_choices(JsonObject o);

// Applies `patch` to `document` as a JSON Merge Patch. The patches inside it (of packages and
// choices) keep their nulls: these remove keys when the inner patch is applied.
Json lay_over(const Json& document, const Json& patch);

}  // namespace rind
