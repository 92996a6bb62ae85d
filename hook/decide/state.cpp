#include "hook/decide/state.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "common/base/error.h"
#include "common/base/json.h"
#include "common/base/json_skip.h"
#include "common/base/sys.h"

namespace rind::hook {
namespace {

// Reads all of `fd`, but stores little more than kConfigLimit bytes.
std::string drain(int fd) {
  std::string text;
  char buffer[16384];
  for (;;) {
    const ssize_t n = ::read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_errno("read", "the container's state");
    if (n == 0) return text;
    if (text.size() <= kConfigLimit) text.append(buffer, static_cast<size_t>(n));
  }
}

std::map<std::string, std::string> string_map(const Json& parent, const char* key) {
  std::map<std::string, std::string> out;
  const auto found = parent.find(key);
  if (found == parent.end() || !found->is_object()) return out;
  for (const auto& [name, value] : found->items()) {
    if (value.is_string()) out.emplace(name, value.get<std::string>());
  }
  return out;
}

// The strings of the member `key`; empty when it is missing or null.
std::vector<std::string> strings_if_any(const Json& parent, const char* key,
                                        const std::string& origin) {
  const auto found = parent.find(key);
  if (found == parent.end() || found->is_null()) return {};
  return json_strings(*found, origin, JsonPath().key(key));
}

const Json& member(const Json& parent, const char* key) {
  static const Json kNone = Json::object();
  const auto found = parent.find(key);
  return found != parent.end() && found->is_object() ? *found : kNone;
}

std::string string_if_any(const Json& parent, const char* key) {
  const auto found = parent.find(key);
  return found != parent.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// process.user; root when it is missing.
ProcessUser user_of(const Json& process, const std::string& origin) {
  constexpr uint64_t kLargestId = 0xfffffffe;  // the next one means "no id" to the kernel
  JsonObject user(member(process, "user"), origin, JsonPath().key("process").key("user"));
  ProcessUser out;
  if (user.has("uid")) out.uid = static_cast<unsigned>(user.integer("uid", 0, kLargestId));
  if (user.has("gid")) out.gid = static_cast<unsigned>(user.integer("gid", 0, kLargestId));
  return out;
}

}  // namespace

State read_state(int fd) {
  const std::string origin = "the container's state";
  std::string text = drain(fd);
  if (text.size() > kConfigLimit) {
    throw Error("read " + origin, "it is larger than 16 MiB",
                "give the container fewer or shorter annotations");
  }
  const Json value = parse_json(text, origin);
  JsonObject top(value, origin);
  State state;
  state.pid = static_cast<pid_t>(top.integer("pid", 1, 4194304));
  state.bundle = top.string("bundle");
  if (state.bundle.empty() || state.bundle[0] != '/') throw top.wrong("bundle", "an absolute path");
  state.status = top.string("status");
  // Only builders need a valid id: record_file_name checks it.
  state.id = string_if_any(value, "id");
  state.annotations = string_map(value, "annotations");
  state.text = std::move(text);
  return state;
}

Config read_config(const std::string& bundle) {
  const std::string path = bundle + "/config.json";
  return parse_config(parse_config_text(sys::read_file(path, kConfigLimit), path), bundle);
}

Json parse_config_text(const std::string& text, const std::string& origin) {
  try {
    return parse_json(without_json_value(text, {"linux", "seccomp"}), origin);
  } catch (const Error&) {
    return parse_json(text, origin);  // its fault has another place there
  }
}

Config parse_config(const Json& value, const std::string& bundle) {
  const std::string origin = bundle + "/config.json";
  JsonObject top(value, origin);
  Config config;
  config.root = top.object("root").string("path");
  if (config.root.empty())
    throw Error("read " + origin, "root.path is empty",
                "let the engine write a whole config.json (OCI runtime specification)");
  if (config.root[0] != '/') config.root = bundle + "/" + config.root;

  const Json& process = member(value, "process");
  config.arguments = strings_if_any(process, "args", origin);
  config.environment = strings_if_any(process, "env", origin);
  config.user = user_of(process, origin);
  const std::string cwd = string_if_any(process, "cwd");
  if (!cwd.empty()) config.working_directory = (cwd[0] == '/' ? "" : "/") + cwd;
  config.bounding = strings_if_any(member(process, "capabilities"), "bounding", origin);
  config.masked_paths = strings_if_any(member(value, "linux"), "maskedPaths", origin);
  config.readonly_paths = strings_if_any(member(value, "linux"), "readonlyPaths", origin);
  config.mount_label = string_if_any(member(value, "linux"), "mountLabel");
  config.annotations = string_map(value, "annotations");

  const auto namespaces = member(value, "linux").find("namespaces");
  if (namespaces != member(value, "linux").end() && namespaces->is_array()) {
    for (const Json& entry : *namespaces) {
      if (entry.is_object() && string_if_any(entry, "type") == "uts") {
        config.own_uts_namespace = string_if_any(entry, "path").empty();
      }
    }
  }

  const auto mounts = value.find("mounts");
  if (mounts != value.end() && mounts->is_array()) {
    for (const Json& entry : *mounts) {
      if (!entry.is_object())
        throw Error("read " + origin, "a mount is not an object",
                    "let the engine write a whole config.json (OCI runtime specification)");
      config.mounts.push_back({string_if_any(entry, "destination"), string_if_any(entry, "type"),
                               string_if_any(entry, "source"),
                               strings_if_any(entry, "options", origin)});
    }
  }
  return config;
}

}  // namespace rind::hook
