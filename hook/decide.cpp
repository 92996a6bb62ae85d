#include "hook/decide.h"

#include <algorithm>
#include <cstdio>

#include "common/error.h"
#include "common/glob.h"

namespace rind::hook {
namespace {

bool is_true(const std::map<std::string, std::string>& annotations, const std::string& name) {
  const auto found = annotations.find(name);
  return found != annotations.end() && found->second == "true";
}

// A destination without trailing and doubled slashes.
std::string tidy(const std::string& path) {
  std::string out;
  for (const char c : path) {
    if (c != '/' || out.empty() || out.back() != '/') out += c;
  }
  while (out.size() > 1 && out.back() == '/') out.pop_back();
  return out;
}

}  // namespace

bool is_annotated(const ContainerRules& rules, const State& state, const Config& config) {
  return is_true(config.annotations, rules.annotation) ||
         is_true(state.annotations, rules.annotation);
}

std::string builder_by_config(const ContainerRules& rules, const State& state,
                              const Config& config) {
  if (is_annotated(rules, state, config)) return "annotation " + rules.annotation;

  std::string command;
  for (const auto& word : config.arguments) command += (command.empty() ? "" : " ") + word;
  for (const auto& pattern : rules.commands) {
    if (glob_match(pattern, command)) return "command " + pattern;
  }
  for (const auto& pattern : rules.environment) {
    for (const auto& entry : config.environment) {
      if (glob_match(pattern, entry)) return "environment " + pattern;
    }
  }
  return {};
}

void require_isolable(const ContainerRules& rules, const Config& config) {
  const std::string what = "isolate the builder container";
  if (!rules.start_privileged && std::find(config.bounding.begin(), config.bounding.end(),
                                           "CAP_SYS_ADMIN") != config.bounding.end()) {
    throw Error(what, "it may have CAP_SYS_ADMIN, with which it can undo the isolation",
                "start it without --privileged and --cap-add SYS_ADMIN, or set "
                "containers.privileged to \"start\" in the policy");
  }
  // The last mount on /dev is the one that the container sees.
  const Mount* dev = nullptr;
  for (const auto& mount : config.mounts) {
    if (tidy(mount.destination) == "/dev") dev = &mount;
  }
  if (dev == nullptr || dev->type != "tmpfs") {
    throw Error(what, "its /dev is not a tmpfs of its own",
                "start it without a bind mount on /dev: nothing is ever made on the host's");
  }
}

std::optional<unsigned> outside_root(const std::string& map) {
  std::optional<unsigned> outside;
  unsigned lowest = 0;
  size_t start = 0;
  while (start < map.size()) {
    size_t end = map.find('\n', start);
    if (end == std::string::npos) end = map.size();
    unsigned in = 0;
    unsigned out = 0;
    unsigned count = 0;
    const std::string line = map.substr(start, end - start);
    if (std::sscanf(line.c_str(), "%u %u %u", &in, &out, &count) == 3 &&  // NOLINT(cert-err34-c)
        (!outside || in < lowest)) {
      lowest = in;
      outside = out;
    }
    start = end + 1;
  }
  return outside;
}

}  // namespace rind::hook
