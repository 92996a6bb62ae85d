#include "common/policy/policy.h"

#include <algorithm>
#include <optional>

#include "common/base/glob.h"
#include "common/base/json.h"
#include "common/base/text.h"
#include "common/policy/accepted_policy.h"
#include "common/policy/parse_step_keys.h"

namespace rind {

namespace {

// $NAME, or $NAME/below.
bool is_variable(const std::string& key) {
  if (key.empty() || key[0] != '$') return false;
  const size_t slash = std::min(key.find('/'), key.size());
  const bool named =
      slash > 1 &&
      std::all_of(key.begin() + 1, key.begin() + static_cast<std::ptrdiff_t>(slash), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               c == '_';
      });
  return named &&
         (slash == key.size() || (slash + 1 < key.size() && is_plain_absolute(key.substr(slash))));
}

ContainerRules parse_containers(JsonObject o) {
  ContainerRules rules;
  rules.annotation = o.string("annotation");
  if (rules.annotation.empty()) throw o.wrong("annotation", "a name");
  rules.commands = o.strings("commands");
  rules.environment = o.strings("environment");
  rules.seam = o.boolean("seam");
  rules.start_without_seam = o.choice("without_seam", {"refuse", "start"}) == "start";
  rules.start_privileged = o.choice("privileged", {"refuse", "start"}) == "start";
  rules.host_name = o.string("host_name");
  if (rules.host_name.size() > 64) throw o.wrong("host_name", "at most 64 characters");
  o.finish();
  return rules;
}

std::vector<std::vector<std::string>> parse_commands(JsonObject& o, const std::string& key) {
  const Json& list = o.any(key);
  if (!list.is_array()) throw o.wrong(key, "an array of commands, each an array of words");
  std::vector<std::vector<std::string>> out;
  for (size_t i = 0; i < list.size(); ++i) {
    if (!list[i].is_array()) {
      throw o.wrong_element(key, i, "a command as an array of words",
                            R"(write for example ["uv", "venv", "..."])");
    }
    out.push_back(json_strings(list[i], o.origin(), o.path_to(key).element(i)));
    if (out.back().empty() || out.back()[0].empty() || out.back()[0] == "...") {
      throw o.wrong_element(key, i, "a command as an array of words, the first of them a program",
                            R"(write for example ["uv", "venv", "..."], or remove it)");
    }
  }
  return out;
}

std::vector<std::string> patterns_of_paths(JsonObject& o, const std::string& key) {
  std::vector<std::string> patterns = o.strings(key);
  require_plain_absolute(o, key, patterns);
  return patterns;
}

SeamRules parse_seams(JsonObject o) {
  SeamRules rules;
  JsonObject script = o.object("script");
  rules.script_file = script.string("file");
  if (!is_plain_absolute("/" + rules.script_file) || rules.script_file.empty()) {
    throw script.wrong("file", "a relative path without . and ..");
  }
  rules.script_directories = patterns_of_paths(script, "directories");
  rules.environment_prefixes = script.boolean("environment_prefixes");
  JsonObject limits = script.object("limits");
  rules.search_entries = limits.integer("entries", 100, 10'000'000);
  rules.search_milliseconds = limits.integer("milliseconds", 10, 60'000);
  limits.finish();
  script.finish();

  JsonObject unshare = o.object("unshare");
  rules.unshare_paths = patterns_of_paths(unshare, "paths");
  rules.unshare_calls = parse_commands(unshare, "calls");
  unshare.finish();

  JsonObject interpreter = o.object("interpreter");
  rules.interpreters = interpreter.choice("use", {"never", "always"}) == "always";
  rules.interpreter_paths = patterns_of_paths(interpreter, "paths");
  rules.own_environments = patterns_of_paths(interpreter, "environments");
  rules.refused_calls = parse_commands(interpreter, "refuse");
  require_patchable(interpreter.object("installs"));
  rules.install_patch = std::make_shared<Json>(interpreter.any("installs"));
  rules.install_written = views_written(*rules.install_patch);
  interpreter.finish();
  o.finish();
  return rules;
}

EnvironmentRules parse_environment(JsonObject o) {
  EnvironmentRules rules;
  rules.always = o.strings("always");
  rules.keep = o.strings("keep");
  // A patch replaces a whole list. The defaults leave `keep_also` empty for the operator.
  rules.keep_also = o.strings("keep_also");
  rules.remove = o.strings("delete");
  rules.remove_inherited = o.strings("delete_inherited");
  rules.remove_url_credentials = o.boolean("delete_url_credentials");
  rules.keep_by_default = o.choice("default", {"keep", "delete"}) == "keep";
  o.finish();
  return rules;
}

// Why `path` cannot have a view, and what to do; nothing when it can.
struct NoView {
  const char* expected;
  const char* remedy;
};
std::optional<NoView> no_view_of(const std::string& path) {
  if (path == "/") {
    return NoView{"another path: the root is always \"ro\"", "name the directories below it"};
  }
  if (path != "/dev/shm" && (path + "/").rfind("/dev/", 0) == 0) {
    return NoView{"another path: /dev is minimal",
                  "remove it; \"devices\" names the devices that steps have"};
  }
  if ((path + "/").rfind("/proc/", 0) == 0) {
    return NoView{"another path: each step has its own /proc", "remove it"};
  }
  return std::nullopt;
}

std::vector<std::pair<std::string, ViewSpec>> parse_views(JsonObject views) {
  std::vector<std::pair<std::string, ViewSpec>> out;
  for (const auto& key : views.keys()) {
    if (!is_variable(key) && !is_plain_absolute(key)) {
      throw views.wrong(key,
                        "the key to be an absolute path without . and .., or $NAME, or $NAME/BELOW",
                        remedy_for_path(key));
    }
    if (const auto none = no_view_of(key)) throw views.wrong(key, none->expected, none->remedy);
    out.emplace_back(key, parse_view(views, key));
  }
  return out;
}

std::vector<std::string> parse_hide(JsonObject& top) {
  std::vector<std::string> paths = patterns_of_paths(top, "hide");
  for (size_t i = 0; i < paths.size(); ++i) {
    if (const auto none = no_view_of(paths[i])) {
      throw top.wrong_element("hide", i, none->expected, none->remedy);
    }
  }
  return paths;
}

std::vector<std::string> parse_names(JsonObject& o, const std::string& key,
                                     const std::string& expected) {
  std::vector<std::string> names = o.strings(key);
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i].find('/') != std::string::npos || names[i].empty() || names[i][0] == '.') {
      throw o.wrong_element(key, i, expected, "write a name, without a directory");
    }
  }
  return names;
}

LendRules parse_lend(JsonObject o) {
  LendRules rules;
  rules.idmapped = o.choice("idmapped", kWantNames);
  o.finish();
  return rules;
}

std::vector<std::string> parse_guard(JsonObject o) {
  std::vector<std::string> tools = parse_names(o, "tools", "the name of a program");
  o.finish();
  return tools;
}

std::vector<std::string> parse_devices(JsonObject& top) {
  std::vector<std::string> patterns = top.strings("devices");
  for (size_t i = 0; i < patterns.size(); ++i) {
    const std::vector<std::string> parts = split(patterns[i], '/');
    const bool hidden = std::any_of(parts.begin(), parts.end(), [](const std::string& part) {
      return part.empty() || part[0] == '.';
    });
    if (!hidden) continue;
    const std::string dev = "/dev/";
    throw top.wrong_element("devices", i, "the name of a device node, relative to /dev",
                            patterns[i].starts_with(dev) && patterns[i].size() > dev.size()
                                ? "write \"" + patterns[i].substr(dev.size()) + "\""
                                : R"(write for example "dri/renderD*")");
  }
  return patterns;
}

bool matches_any(const std::vector<std::string>& patterns, const std::string& text) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const auto& pattern) { return glob_match(pattern, text); });
}

// A top key of the policy. The parts depend on nothing outside of themselves.
struct Part {
  const char* key;
  void (*parse)(Policy& policy, JsonObject& top);
};
constexpr Part kParts[] = {
    {"version", [](Policy&, JsonObject& top) { top.integer("version", 1, 1); }},
    {"containers",
     [](Policy& p, JsonObject& top) { p.containers = parse_containers(top.object("containers")); }},
    {"seams", [](Policy& p, JsonObject& top) { p.seams = parse_seams(top.object("seams")); }},
    {"narrow", [](Policy& p, JsonObject& top) { p.narrow = parse_narrow(top.object("narrow")); }},
    {"choices",
     [](Policy& p, JsonObject& top) { p.choices = parse_choices(top.object("choices")); }},
    {"trusted", [](Policy& p, JsonObject& top) { p.trusted = parse_commands(top, "trusted"); }},
    {"leases", [](Policy& p, JsonObject& top) { p.leases = top.integer("leases", 1, 4096); }},
    {"identity",
     [](Policy& p, JsonObject& top) { p.identity = parse_identity(top.object("identity")); }},
    {"lend", [](Policy& p, JsonObject& top) { p.lend = parse_lend(top.object("lend")); }},
    {"network",
     [](Policy& p, JsonObject& top) { p.network = top.choice("network", kNetworkNames); }},
    {"limits", [](Policy& p, JsonObject& top) { p.limits = parse_limits(top.object("limits")); }},
    {"seccomp",
     [](Policy& p, JsonObject& top) { p.seccomp = top.choice("seccomp", kSeccompNames); }},
    {"guard",
     [](Policy& p, JsonObject& top) { p.guarded_tools = parse_guard(top.object("guard")); }},
    {"record", [](Policy& p, JsonObject& top) { p.record = parse_record(top.object("record")); }},
    {"packages",
     [](Policy& p, JsonObject& top) { p.packages = parse_packages(top.object("packages")); }},
    {"views", [](Policy& p, JsonObject& top) { p.views = parse_views(top.object("views")); }},
    {"hide", [](Policy& p, JsonObject& top) { p.hide = parse_hide(top); }},
    {"artefact_names",
     [](Policy& p, JsonObject& top) {
       p.artefact_names = parse_names(top, "artefact_names", "the name of a distribution");
     }},
    {"devices", [](Policy& p, JsonObject& top) { p.devices = parse_devices(top); }},
    {"terminals",
     [](Policy& p, JsonObject& top) { p.terminals = top.choice("terminals", kWantNames); }},
    {"environment",
     [](Policy& p, JsonObject& top) {
       p.environment = parse_environment(top.object("environment"));
     }},
};

// some: a key may be missing, and its part of the policy is then empty.
Policy parse_parts(const Json& merged, const std::string& origin, bool some) {
  JsonObject top(merged, origin);
  Policy policy;
  for (const Part& part : kParts) {
    if (!some || merged.contains(part.key)) part.parse(policy, top);
  }
  policy.environment.narrowed = policy.narrow.environment;
  top.finish();
  return policy;
}

Policy parse_whole(const Json& merged, const std::string& origin) {
  return parse_parts(merged, origin, false);
}

// Front ends name a work directory NAME-VERSION; a version begins with a digit and contains no '-'.
// Any other text is only a name.
struct NameAndVersion {
  std::string name, version;
};
NameAndVersion parts_of(const std::string& package) {
  const size_t dash = package.rfind('-');
  const bool versioned = dash != std::string::npos && dash + 1 < package.size() &&
                         package[dash + 1] >= '0' && package[dash + 1] <= '9';
  if (!versioned) return {package, ""};
  return {package.substr(0, dash), package.substr(dash + 1)};
}

// A pattern is NAME or NAME==VERSION, both with wildcards. NAME is matched with the name alone:
// otherwise operators would write "torch-*" for any version of torch, and match torch-evil.
bool is_of_rule(const PackageRule& rule, const std::string& package) {
  const NameAndVersion parts = parts_of(package);
  return std::any_of(rule.packages.begin(), rule.packages.end(), [&](const std::string& pattern) {
    const size_t equals = pattern.find("==");
    const std::string name = normalised_name(pattern.substr(0, equals));
    if (!glob_match(name, normalised_name(parts.name))) return false;
    return equals == std::string::npos || glob_match(pattern.substr(equals + 2), parts.version);
  });
}

Json patched(const Json& document, const Json& patch) {
  Json copy = document;
  copy.merge_patch(patch);
  return copy;
}

// Checks `merged`, too, with each patch that it contains.
Policy parse_checked(const Json& merged, const std::string& origin, bool some) {
  Policy policy = parse_parts(merged, origin, some);
  // Report a rule that cannot be applied when the policy is read, not when the package is built.
  const auto with_patch = [](const std::vector<std::string>& keys, const auto& parse) {
    try {
      parse();
    } catch (const JsonError& e) {
      throw e.of_patch(keys);
    }
  };
  for (const auto& rule : policy.packages) {
    with_patch({"packages", rule.name, "policy"}, [&] {
      parse_parts(patched(merged, *rule.patch), origin + ", with packages." + rule.name + ".policy",
                  some);
    });
  }
  if (policy.seams.install_patch) {
    with_patch({"seams", "interpreter", "installs"}, [&] {
      parse_parts(patched(merged, *policy.seams.install_patch),
                  origin + ", with seams.interpreter.installs", some);
    });
  }
  for (const auto& choice : policy.choices) {
    Json chosen = lay_over(merged, *choice.patch);
    chosen["choices"] = Json::object();
    with_patch({"choices", choice.name},
               [&] { parse_checked(chosen, origin + ", with choices." + choice.name, some); });
  }
  return policy;
}

}  // namespace

Policy parse_policy(const Json& merged, const std::string& origin) {
  return parse_checked(merged, origin, false);
}

Policy parse_some_policy(const Json& some, const std::string& origin) {
  return parse_checked(some, origin, true);
}

Policy parse_accepted_policy(const Json& merged, const std::string& origin) {
  return parse_whole(merged, origin);
}

std::vector<std::string> rules_for_step(const Policy& policy, const std::string& package,
                                        const std::string& hook) {
  std::vector<std::string> names;
  for (const auto& rule : policy.packages) {
    if (package.empty() || !is_of_rule(rule, package)) continue;
    if (rule.hooks.empty() || matches_any(rule.hooks, hook)) names.push_back(rule.name);
  }
  return names;
}

Policy policy_with_rules(const Json& document, const std::vector<std::string>& rules) {
  Json result = document;
  for (const auto& rule : rules) result.merge_patch(document.at("packages").at(rule).at("policy"));
  return parse_whole(result,
                     rules.empty() ? "the policy" : "the policy with packages." + rules.back());
}

Policy policy_for_install(const Json& document) {
  const Json& patch = document.at("seams").at("interpreter").at("installs");
  return parse_whole(patched(document, patch), "the policy with seams.interpreter.installs");
}

}  // namespace rind
