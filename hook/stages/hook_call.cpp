#include "hook/stages/hook_call.h"

#include <cstring>

#include "hook/paths.h"

namespace rind::hook {
namespace {

// Takes `--NAME VALUE` or `--NAME=VALUE` from `words`, and moves on to the next word.
const char* take_option(char**& words, const char* name) {
  const size_t length = std::strlen(name);
  if (std::strncmp(*words, name, length) != 0) return nullptr;
  const char* after = *words + length;
  if (*after == '=' && after[1] != '\0') {
    ++words;
    return after + 1;
  }
  // CLI11 judges a value that looks like an option, and one that is empty.
  if (*after != '\0' || words[1] == nullptr || words[1][0] == '-' || words[1][0] == '\0') {
    return nullptr;
  }
  words += 2;
  return words[-1];
}

}  // namespace

std::optional<HostPaths> parse_hook_call(char** words) {
  if (*words == nullptr || std::strcmp(*words, "hook") != 0) return std::nullopt;
  const char *helper = nullptr, *defaults = nullptr, *config = nullptr;
  for (++words; *words != nullptr;) {
    const char** value = nullptr;
    const char* taken = nullptr;
    if (!helper && (taken = take_option(words, "--helper")))
      value = &helper;
    else if (!defaults && (taken = take_option(words, "--defaults")))
      value = &defaults;
    else if (!config && (taken = take_option(words, "--config")))
      value = &config;
    if (value == nullptr) return std::nullopt;
    *value = taken;
  }
  HostPaths paths{RIND_HELPER_PATH, {RIND_DEFAULTS_PATH, RIND_CONFIG_DIRECTORY}};
  if (helper) paths.helper = helper;
  if (defaults) paths.policy.defaults = defaults;
  if (config) {
    paths.policy.directory = config;
    paths.policy.directory_is_named = true;
  }
  return paths;
}

std::vector<std::string> hook_call(const HostPaths& paths) {
  std::vector<std::string> words = {"rind-hook", "hook", "--helper=" + paths.helper,
                                    "--defaults=" + paths.policy.defaults};
  if (paths.policy.directory_is_named) words.push_back("--config=" + paths.policy.directory);
  return words;
}

}  // namespace rind::hook
