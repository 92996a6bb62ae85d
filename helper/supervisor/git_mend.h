// The keys of a git configuration that run nothing. Pure.
//
// git runs commands that its configuration names: core.fsmonitor in `git status`, filters, aliases,
// helpers. There are many such keys, and every release adds some. So only keys that are known to
// run nothing are kept from a configuration that a step wrote.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/git_config.h"

namespace rind {

// True when this entry makes git neither run a command nor leave the repository.
bool is_inert(const GitEntry& entry);

// The configuration after a step: entries that run something are restored, all others are as the
// step left them. before: nothing for a repository that the step made.
struct MendedConfig {
  std::string text;
  std::vector<std::string> keys;  // the restored or removed keys, for people
};
MendedConfig mend_git_config(const std::optional<std::string>& before, const std::string& after);

}  // namespace rind
