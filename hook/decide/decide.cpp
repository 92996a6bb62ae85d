#include "hook/decide/decide.h"

#include <algorithm>
#include <cstdio>
#include <vector>

#include "common/base/error.h"
#include "common/base/glob.h"
#include "common/base/text.h"
#include "common/kit/manifest.h"

namespace rind::hook {
namespace {

bool is_true(const std::map<std::string, std::string>& annotations, const std::string& name) {
  const auto found = annotations.find(name);
  return found != annotations.end() && found->second == "true";
}

// `path` without repeated and trailing slashes.
std::string tidy(const std::string& path) {
  std::string out;
  for (const char c : path) {
    if (c != '/' || out.empty() || out.back() != '/') out += c;
  }
  while (out.size() > 1 && out.back() == '/') out.pop_back();
  return out;
}

// A line of uid_map or gid_map.
struct IdRange {
  unsigned inside = 0, outside = 0, count = 0;
};

std::vector<IdRange> id_ranges(const std::string& map) {
  std::vector<IdRange> ranges;
  for (const auto& line : split(map, '\n')) {
    IdRange range;
    if (std::sscanf(line.c_str(), "%u %u %u", &range.inside,
                    &range.outside,  // NOLINT(cert-err34-c)
                    &range.count) == 3) {
      ranges.push_back(range);
    }
  }
  return ranges;
}

}  // namespace

bool requires_hook(const Config& config) {
  const auto& words = config.arguments;
  const std::string helper = kit::kHelper;
  if (!words.empty() && words[0] == helper) return true;
  // After the engine's init or an entry point, or inside a shell's command.
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i].starts_with(helper + " launch")) return true;
    if (words[i] == helper && i + 1 < words.size() && words[i + 1] == "launch") return true;
  }
  return false;
}

std::vector<std::string> launched_command(const Config& config) {
  const auto& words = config.arguments;
  auto at = std::find(words.begin(), words.end(), kit::kHelper);
  if (at == words.end()) return words;
  ++at;
  for (const char* word : {"launch", "--"}) {
    if (at != words.end() && *at == word) ++at;
  }
  return {at, words.end()};
}

std::string opted_in_by(const ContainerRules& rules, const State& state, const Config& config) {
  for (const std::string& name : {rules.annotation, std::string(kDefaultOptIn)}) {
    if (is_true(config.annotations, name) || is_true(state.annotations, name)) return name;
  }
  return {};
}

std::string builder_by_config(const ContainerRules& rules, const State& state,
                              const Config& config) {
  const std::string opted_in = opted_in_by(rules, state, config);
  if (!opted_in.empty()) return "annotation " + opted_in;
  if (requires_hook(config)) return std::string("command ") + kit::kHelper;

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

bool may_have_sys_admin(const Config& config) {
  return std::find(config.bounding.begin(), config.bounding.end(), "CAP_SYS_ADMIN") !=
         config.bounding.end();
}

void require_isolable(const ContainerRules& rules, const Config& config) {
  const std::string what = "isolate the builder container";
  if (!rules.start_privileged && may_have_sys_admin(config)) {
    throw Error(what, "it may have CAP_SYS_ADMIN, with which it can undo the isolation",
                "start it without --privileged and --cap-add SYS_ADMIN, or set "
                "containers.privileged to \"start\" in the policy");
  }
  // The container sees the last mount on /dev.
  const Mount* dev = nullptr;
  for (const auto& mount : config.mounts) {
    if (tidy(mount.destination) == "/dev") dev = &mount;
  }
  if (dev == nullptr || dev->type != "tmpfs") {
    throw Error(what, "its /dev is not a private tmpfs",
                "start it without a bind mount on /dev (Rind writes nothing to the host's /dev)");
  }
  // The supervisor writes a step's id maps to /proc. Check config.json, not the mount: crun makes a
  // bind mount read-only only after prestart.
  const Mount* proc = nullptr;
  for (const auto& mount : config.mounts) {
    if (tidy(mount.destination) == "/proc") proc = &mount;
  }
  const auto is = [&](const char* option) {
    return std::find(proc->options.begin(), proc->options.end(), option) != proc->options.end();
  };
  if (proc != nullptr && (is("ro") || is("rro"))) {
    throw Error(what, "its /proc is read-only", "start it without :ro on /proc");
  }
}

std::optional<unsigned> outside_root(const std::string& map) {
  std::optional<IdRange> lowest;
  for (const IdRange& range : id_ranges(map)) {
    if (!lowest || range.inside < lowest->inside) lowest = range;
  }
  if (!lowest) return std::nullopt;
  return lowest->outside;
}

std::optional<unsigned> outside_id(const std::string& map, unsigned id) {
  // The kernel's number for an id that the reader's user namespace does not contain.
  constexpr unsigned kUnmapped = ~0U;
  for (const IdRange& range : id_ranges(map)) {
    if (id < range.inside || id - range.inside >= range.count) continue;
    if (range.outside == kUnmapped) return std::nullopt;
    return range.outside + (id - range.inside);
  }
  return std::nullopt;
}

std::string record_file_name(const std::string& id) {
  constexpr size_t kNameMax = 255;  // NAME_MAX of <limits.h>
  const auto is_alphanumeric = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  const auto is_wrong = [&](char c) {
    return !is_alphanumeric(c) && c != '_' && c != '.' && c != '-';
  };
  std::string name = id + ".jsonl";
  if (id.empty() || !is_alphanumeric(id[0]) || std::any_of(id.begin(), id.end(), is_wrong) ||
      name.size() > kNameMax) {
    throw Error(
        "name the container's record file",
        "the container's id is not a plain file name: " + id.substr(0, kNameMax),
        "use an id of letters, digits, '_', '.' and '-' (at most 249, a letter or digit first), or "
        "set record.place to \"container\" or \"none\" in the policy");
  }
  return name;
}

}  // namespace rind::hook
