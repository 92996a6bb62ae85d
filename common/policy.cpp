#include "common/policy.h"

#include <algorithm>

#include "common/error.h"
#include "common/text.h"

namespace rind {

std::string to_string(View view) {
  switch (view) {
    case View::kRo:
      return "ro";
    case View::kRw:
      return "rw";
    case View::kPrivate:
      return "private";
    case View::kHidden:
      return "hidden";
  }
  return "?";
}

std::string to_string(Backing backing) { return backing == Backing::kDisk ? "disk" : "memory"; }

namespace {

// An absolute path without empty, "." or ".." components.
bool is_plain_absolute(const std::string& path) {
  if (path.empty() || path[0] != '/') return false;
  if (path == "/") return true;
  for (const auto& part : split(path.substr(1), '/')) {
    if (part.empty() || part == "." || part == "..") return false;
  }
  return true;
}

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

View view_of(const std::string& name, const JsonObject& at, const std::string& key) {
  if (name == "ro") return View::kRo;
  if (name == "rw") return View::kRw;
  if (name == "private") return View::kPrivate;
  if (name == "hidden") return View::kHidden;
  if (name == "cow") {
    throw at.wrong(key, "another view: \"cow\" is reserved for a later version");
  }
  throw at.wrong(key, R"(one of "ro" "rw" "private" "hidden")");
}

ViewSpec parse_view(JsonObject& views, const std::string& key) {
  const Json& value = views.any(key);
  ViewSpec spec;
  if (value.is_string()) {
    spec.view = view_of(value.get<std::string>(), views, key);
    if (spec.view == View::kPrivate) {
      throw views.wrong(key,
                        R"(an object for a private view: {"view": "private", "backing": ...})");
    }
    return spec;
  }
  JsonObject object = views.object(key);
  spec.view = view_of(object.string("view"), object, "view");
  if (spec.view == View::kPrivate) {
    const bool disk = object.choice("backing", {"memory", "disk"}) == "disk";
    spec.backing = disk ? Backing::kDisk : Backing::kMemory;
    // A size holds where there is a file system of its own: a tmpfs.
    if (!disk) spec.size = object.integer("size", 4096, uint64_t{1} << 50);
  }
  object.finish();
  return spec;
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
    const std::string path = o.path_to(key) + "[" + std::to_string(i) + "]";
    out.push_back(json_strings(list[i], o.origin(), path));
    if (out.back().empty() || out.back()[0].empty() || out.back()[0] == "...") {
      throw Error("read " + o.origin(), path + " is empty, expected a command");
    }
  }
  return out;
}

SeamRules parse_seams(JsonObject o) {
  SeamRules rules;
  JsonObject script = o.object("script");
  rules.script_file = script.string("file");
  if (!is_plain_absolute("/" + rules.script_file) || rules.script_file.empty()) {
    throw script.wrong("file", "a relative path without . and ..");
  }
  rules.script_directories = script.strings("directories");
  for (const auto& directory : rules.script_directories) {
    if (!is_plain_absolute(directory)) {
      throw script.wrong("directories", "absolute paths without . and ..");
    }
  }
  rules.environment_prefixes = script.boolean("environment_prefixes");
  JsonObject limits = script.object("limits");
  rules.search_entries = limits.integer("entries", 100, 10'000'000);
  rules.search_milliseconds = limits.integer("milliseconds", 10, 60'000);
  limits.finish();
  script.finish();

  JsonObject unshare = o.object("unshare");
  rules.unshare_paths = unshare.strings("paths");
  for (const auto& path : rules.unshare_paths) {
    if (!is_plain_absolute(path)) throw unshare.wrong("paths", "absolute paths without . and ..");
  }
  rules.unshare_calls = parse_commands(unshare, "calls");
  unshare.finish();
  o.finish();
  return rules;
}

EnvironmentRules parse_environment(JsonObject o) {
  EnvironmentRules rules;
  rules.always = o.strings("always");
  rules.keep = o.strings("keep");
  rules.remove = o.strings("delete");
  rules.remove_url_credentials = o.boolean("delete_url_credentials");
  rules.keep_by_default = o.choice("default", {"keep", "delete"}) == "keep";
  o.finish();
  return rules;
}

}  // namespace

Policy parse_policy(const Json& merged, const std::string& origin) {
  JsonObject top(merged, origin);
  Policy policy;
  top.integer("version", 1, 1);
  policy.containers = parse_containers(top.object("containers"));
  policy.seams = parse_seams(top.object("seams"));
  policy.trusted = parse_commands(top, "trusted");
  policy.leases = top.integer("leases", 1, 4096);
  top.choice("identity", {"self"});
  top.choice("network", {"none"});

  JsonObject views = top.object("views");
  for (const auto& key : views.keys()) {
    if (!is_variable(key) && !is_plain_absolute(key)) {
      throw views.wrong(key,
                        "an absolute path without . and .., or $NAME, or $NAME/BELOW, as the key");
    }
    if (key == "/") throw views.wrong(key, "another path: the root is always \"ro\"");
    if (key != "/dev/shm" && (key + "/").rfind("/dev/", 0) == 0) {
      throw views.wrong(key, "another path: /dev is minimal, see \"devices\"");
    }
    if ((key + "/").rfind("/proc/", 0) == 0) {
      throw views.wrong(key, "another path: /proc is the step's own");
    }
    policy.views.emplace_back(key, parse_view(views, key));
  }

  policy.devices = top.strings("devices");
  for (const auto& device : policy.devices) {
    if (device.find('/') != std::string::npos || device.empty() || device[0] == '.') {
      throw top.wrong("devices", "names of device nodes in /dev");
    }
  }
  const std::string terminals = top.choice("terminals", {"none", "preferred", "required"});
  policy.terminals = terminals == "none"        ? Policy::Terminals::kNone
                     : terminals == "preferred" ? Policy::Terminals::kPreferred
                                                : Policy::Terminals::kRequired;
  policy.environment = parse_environment(top.object("environment"));
  top.finish();
  return policy;
}

}  // namespace rind
