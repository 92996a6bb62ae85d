#include "common/policy/parse_step_keys.h"

#include <algorithm>
#include <iterator>

#include "common/base/error.h"
#include "common/base/json.h"
#include "common/base/text.h"

namespace rind {
namespace {

// A larger size or count is a mistake in the policy.
constexpr uint64_t kLargest = uint64_t{1} << 50;

View view_of(const std::string& name, const JsonObject& at, const std::string& key) {
  for (const auto& [view, known] : kViewNames) {
    if (name == known) return view;
  }
  throw at.wrong(key, R"(one of "ro" "rw" "cow" "private" "hidden")");
}

void parse_cow(ViewSpec& spec, JsonObject& o) {
  spec.size = o.integer("size", 4096, kLargest);
  spec.directories = o.integer("directories", 1, 1'000'000);
  spec.fallback = o.choice("fallback", kCowFallbackNames);
}

void parse_private(ViewSpec& spec, JsonObject& o) {
  spec.backing = o.choice("backing", kBackingNames);
  const bool disk = spec.backing == Backing::kDisk;
  // A size limits a tmpfs. With "disk" it is that of the tmpfs which replaces a directory that
  // cannot be made.
  if (!disk || o.has("size")) spec.size = o.integer("size", 4096, kLargest);
}

// A number, or "inherit" for the container's limit.
std::optional<uint64_t> parse_limit(JsonObject& o, const std::string& key, uint64_t min) {
  const Json& value = o.any(key);
  if (value.is_string() && value.get<std::string>() == "inherit") return std::nullopt;
  if (value.is_string()) throw o.wrong(key, R"(a number, or "inherit")");
  return o.integer(key, min, kLargest);
}

// The keys that a package rule can change. The others are the same for all steps of a container.
constexpr const char* kPatchable[] = {"identity", "network",       "limits",    "views",
                                      "devices",  "seccomp",       "terminals", "environment",
                                      "guard",    "artefact_names"};

}  // namespace

bool is_plain_absolute(const std::string& path) {
  if (path.empty() || path[0] != '/' || path.find('\0') != std::string::npos) return false;
  if (path == "/") return true;
  for (const auto& part : split(path.substr(1), '/')) {
    if (part.empty() || part == "." || part == "..") return false;
  }
  return true;
}

ViewSpec parse_view(JsonObject& views, const std::string& key) {
  const Json& value = views.any(key);
  ViewSpec spec;
  if (value.is_string()) {
    spec.view = view_of(value.get<std::string>(), views, key);
    if (spec.view == View::kPrivate || spec.view == View::kCow) {
      throw views.wrong(key,
                        "an object for this view, e.g. {\"view\": \"private\", \"backing\": "
                        "\"disk\"}");
    }
    return spec;
  }
  JsonObject object = views.object(key);
  spec.view = view_of(object.string("view"), object, "view");
  if (spec.view == View::kPrivate) parse_private(spec, object);
  if (spec.view == View::kCow) parse_cow(spec, object);
  if (spec.view != View::kHidden && object.has("noexec")) spec.noexec = object.boolean("noexec");
  if (spec.view == View::kRw && object.has("lend")) spec.lend = object.boolean("lend");
  object.finish();
  return spec;
}

IdentityRules parse_identity(JsonObject o) {
  IdentityRules rules;
  rules.ephemeral = o.choice("ephemeral", kWantNames);
  rules.first = o.integer("first", 1, 4'000'000'000);
  o.finish();
  return rules;
}

LimitRules parse_limits(JsonObject o) {
  LimitRules rules;
  rules.wall_clock = parse_limit(o, "wall_clock_seconds", 1);
  rules.grace = o.integer("grace_seconds", 0, 3600);
  rules.processes = parse_limit(o, "processes", 1);
  rules.open_files = parse_limit(o, "open_files", 16);
  rules.address_space = parse_limit(o, "address_space_bytes", 1024 * 1024);
  rules.core = parse_limit(o, "core_bytes", 0);
  rules.processes_required = o.boolean("processes_required");
  rules.tree_entries = parse_limit(o, "tree_entries", 1);
  rules.tree_depth = parse_limit(o, "tree_depth", 1);
  rules.traced_rerun = o.integer("traced_rerun_seconds", 0, 3600);
  o.finish();
  return rules;
}

RecordRules parse_record(JsonObject o) {
  RecordRules rules;
  rules.place = o.choice("place", RecordRules::kPlaceNames);
  rules.directory = o.string("directory");
  if (!is_plain_absolute(rules.directory) || rules.directory == "/") {
    throw o.wrong("directory", "an absolute path without . and ..");
  }
  o.finish();
  return rules;
}

void require_patchable(JsonObject patch) {
  for (const auto& key : patch.keys()) {
    if (std::find(std::begin(kPatchable), std::end(kPatchable), key) == std::end(kPatchable)) {
      throw patch.wrong(key,
                        "a key that can differ between steps: identity, network, limits, views, "
                        "devices, terminals, environment, seccomp, guard, artefact_names");
    }
  }
  // Every step of a container must map a lease to the same id.
  if (patch.has("identity") && patch.object("identity").has("first")) {
    throw patch.wrong("identity", "only the key \"ephemeral\" in it");
  }
}

std::vector<PackageRule> parse_packages(JsonObject o) {
  std::vector<PackageRule> rules;
  for (const auto& name : o.keys()) {
    JsonObject entry = o.object(name);
    PackageRule rule;
    rule.name = name;
    rule.packages = entry.strings("packages");
    if (rule.packages.empty()) throw entry.wrong("packages", "at least one name");
    if (entry.has("hooks")) rule.hooks = entry.strings("hooks");
    require_patchable(entry.object("policy"));
    rule.patch = std::make_shared<Json>(entry.any("policy"));
    entry.finish();
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace rind
