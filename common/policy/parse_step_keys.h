// The parts of a policy as they are read from JSON; common/policy/policy.cpp puts them together.
#pragma once

#include <string>

#include "common/policy/policy.h"

namespace rind {

class JsonObject;

// True for an absolute path without NUL and without empty, "." or ".." components.
bool is_plain_absolute(const std::string& path);

// The view that `views` has at `key`.
ViewSpec parse_view(JsonObject& views, const std::string& key);
IdentityRules parse_identity(JsonObject o);
LimitRules parse_limits(JsonObject o);
RecordRules parse_record(JsonObject o);
std::vector<PackageRule> parse_packages(JsonObject o);
// Throws Error when `patch` has a key that a step may not have of its own.
void require_patchable(JsonObject patch);
NarrowRules parse_narrow(JsonObject o);
std::vector<PolicyChoice> parse_choices(JsonObject o);

// `document` with `patch` laid over it: a JSON Merge Patch, but that what is itself a patch in it
// (a package's, a choice's) keeps its nulls, to take keys away when it is applied.
Json lay_over(const Json& document, const Json& patch);

}  // namespace rind
