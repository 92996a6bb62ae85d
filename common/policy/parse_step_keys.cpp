#include "common/policy/parse_step_keys.h"

#include <algorithm>
#include <iterator>

#include "common/base/error.h"
#include "common/base/json.h"
#include "common/base/text.h"

namespace rind {
namespace {

// A number, or "inherit" for the container's limit.
std::optional<uint64_t> parse_limit(JsonObject& o, const std::string& key, uint64_t min) {
  const Json& value = o.any(key);
  if (value.is_string() && value.get<std::string>() == "inherit") return std::nullopt;
  if (value.is_string()) {
    throw o.wrong(key, R"(a number, or "inherit")",
                  did_you_mean(value.get<std::string>(), {"inherit"}));
  }
  return o.integer(key, min, kLargestSize);
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

std::string remedy_for_path(const std::string& path) {
  std::string clean = path.starts_with("~") || path.starts_with("${HOME}") ? "$HOME" : "";
  size_t from = path.starts_with("~") ? 1 : path.starts_with("${HOME}") ? 7 : 0;
  for (const auto& part : split(path.substr(from), '/')) {
    if (part == "..") return "write the path without ..";
    if (!part.empty() && part != ".") clean += "/" + part;
  }
  const bool absolute = path.starts_with("/") || from > 0;
  if (!absolute || clean.empty() || path.find('\0') != std::string::npos) {
    return "write an absolute path, such as \"/srv/data\"";
  }
  return "write \"" + clean + "\"";
}

void require_plain_absolute(const JsonObject& o, const std::string& key,
                            const std::vector<std::string>& paths) {
  for (size_t i = 0; i < paths.size(); ++i) {
    if (is_plain_absolute(paths[i])) continue;
    const std::string remedy = paths[i].starts_with("/") ? remedy_for_path(paths[i]) : "";
    throw o.wrong_element(key, i, "an absolute path without . and ..",
                          remedy.empty() ? "write the whole path, such as \"/srv/data\"" : remedy);
  }
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
    throw o.wrong("directory", "an absolute path without . and ..",
                  rules.directory == "/" ? "write for example \"/var/log/rind\""
                                         : remedy_for_path(rules.directory));
  }
  o.finish();
  return rules;
}

void require_patchable(JsonObject patch) {
  for (const auto& key : patch.keys()) {
    if (std::find(std::begin(kPatchable), std::end(kPatchable), key) == std::end(kPatchable)) {
      const std::string similar = did_you_mean(key, {std::begin(kPatchable), std::end(kPatchable)});
      throw patch.wrong(
          key,
          "a key that can differ between steps: identity, network, limits, views, "
          "devices, terminals, environment, seccomp, guard, artefact_names",
          similar.empty() ? "set it at the top of the policy, or in choices" : similar);
    }
  }
  // Every step of a container must map a lease to the same id.
  if (patch.has("identity") && patch.object("identity").has("first")) {
    throw patch.wrong("identity", "only the key \"ephemeral\" in it",
                      "set identity.first at the top of the policy");
  }
}

std::vector<std::string> views_written(const Json& patch) {
  std::vector<std::string> keys;
  if (!patch.contains("views") || !patch.at("views").is_object()) return keys;
  for (const auto& [key, view] : patch.at("views").items()) {
    const bool object = view.is_object() && view.contains("view");
    if ((object ? view.at("view") : view) == "rw") keys.push_back(key);
  }
  return keys;
}

std::vector<PackageRule> parse_packages(JsonObject o) {
  std::vector<PackageRule> rules;
  for (const auto& name : o.keys()) {
    JsonObject entry = o.object(name);
    PackageRule rule;
    rule.name = name;
    rule.packages = entry.strings("packages");
    if (rule.packages.empty()) {
      throw entry.wrong("packages", "at least one name", R"(write for example ["torch"])");
    }
    if (entry.has("hooks")) rule.hooks = entry.strings("hooks");
    require_patchable(entry.object("policy"));
    rule.patch = std::make_shared<Json>(entry.any("policy"));
    rule.written = views_written(*rule.patch);
    entry.finish();
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace rind
